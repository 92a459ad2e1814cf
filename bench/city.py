"""Makes a city of any size: `python -m bench.city --scale 0.1` fills the database bench_portal.

Everything is invented, follows from the seed and keeps all constraints. On PostgreSQL rows go in by
COPY, elsewhere by bulk inserts.
"""

import argparse
import csv
import hashlib
import io
import itertools
import json
import os
import random
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any

from bench import databases
from orgs.values.names import compared

# At scale 1: a city like Wuhan (design, "Sizes to design for").
STREETS, COMMUNITIES, COMPOUNDS, BUILDINGS = 158, 1_531, 8_329, 100_000
# Tasks at hand at scale 1, in all states: about a month of 30,000 events a day. Whatever is asked for
# beyond them lies further back and is finished: a year is `--tasks 11000000`.
TASKS = 1_000_000
DAYS, YEAR_DAYS = 90, 365
SEED = 2026
# The latest moment of the invented past; a run may name another.
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=timezone(timedelta(hours=8)))
# Accounts that report: one for every ten tasks, of which the first get a token.
TOKENS_OF_REPORTERS = 1_000
DEPARTMENTS = ("urban-management", "housing", "market", "fire", "police", "water", "power", "civil")
KINDS = (
    ("parking", "违规停车"), ("lifts", "电梯故障"), ("fumes", "油烟扰民"), ("noise", "噪声扰民"),
    ("fly-wire", "飞线充电"), ("rubbish", "垃圾堆放"), ("illegal-building", "违章搭建"),
    ("pipes", "管道堵塞"), ("dogs", "不文明养犬"), ("fire-lane", "占用消防通道"),
)  # fmt: skip
# State: out of a hundred tasks.
STATES = {
    "submitted": 15, "handling": 8, "offered": 3, "taken": 3, "whistled": 6, "dispatched": 6,
    "reported_in": 9, "resolved": 5, "rating": 6, "closed": 35, "declined": 3, "withdrawn": 1,
}  # fmt: skip
FINISHED = {state: STATES[state] for state in ("closed", "declined", "withdrawn")}
CHUNK = 20_000

Row = dict[str, Any]
Say = Callable[[str], None]


@dataclass
class City:
    """What was made: enough for a run to know whom to act as, and where."""

    scale: float
    tasks: int
    counts: dict[str, int] = field(default_factory=dict)


def token_of(username: str, seed: int = SEED) -> str:
    """The API token of one of the city's accounts; whoever knows the seed knows it."""
    return hashlib.sha256(f"bench:{seed}:{username}".encode()).hexdigest()


# --- Storing -----------------------------------------------------------------------------------


def store(model: Any, rows: Iterable[Row], say: Say) -> int:
    """Stores rows, each a dictionary of column values; what is not named gets the field's default."""
    from django.db import connection

    count = 0
    rows = iter(rows)
    put = _copy if connection.vendor == "postgresql" else _insert
    while chunk := list(itertools.islice(rows, CHUNK)):
        put(model, chunk)
        count += len(chunk)
        if len(chunk) == CHUNK:
            say(f"  {model._meta.verbose_name_plural}: {count:,} ...")
    say(f"  {model._meta.verbose_name_plural}: {count:,}")
    return count


def _insert(model: Any, rows: list[Row]) -> None:
    model._base_manager.bulk_create([model(**row) for row in rows])


def _copy(model: Any, rows: list[Row]) -> None:
    from django.db import connection

    given = {name for row in rows for name in row}
    # A key that nobody names comes from its sequence.
    columns = [
        one for one in model._meta.concrete_fields if one.attname in given or not one.primary_key
    ]
    defaults = {one.attname: one.get_default() for one in columns}
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow(
            [_text(one, row.get(one.attname, defaults[one.attname])) for one in columns]
        )
    out.seek(0)
    quote = connection.ops.quote_name
    names = ", ".join(quote(one.column) for one in columns)
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(
            f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN (FORMAT csv, NULL '\\N')", out
        )


def _text(column: Any, value: Any) -> str:
    """One value as COPY reads it."""
    from orgs.crypto import EncryptedTextField

    if value is None:
        return "\\N"
    if isinstance(value, str):
        return _sealed(column, value) if isinstance(column, EncryptedTextField) else value
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


_seals: dict[str, str] = {}


def _sealed(column: Any, value: str) -> str:
    if value not in _seals:
        _seals[value] = column.get_prep_value(value)
    return _seals[value]


def _next_key(model: Any) -> int:
    from django.db.models import Max

    return (model._base_manager.aggregate(last=Max("pk"))["last"] or 0) + 1


def _reset_sequences(models: Iterable[Any]) -> None:
    from django.core.management.color import no_style
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
            cursor.execute(statement)


# --- The tree ----------------------------------------------------------------------------------


@dataclass
class Node:
    """One unit, with its numbers in its street's tree."""

    pk: int
    code: str
    name: str
    kind: str
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)
    tree_id: int = 0
    lft: int = 0
    rght: int = 0

    @property
    def level(self) -> int:
        return self.parent.level + 1 if self.parent else 0

    @property
    def path_name(self) -> str:
        name = self.name.removesuffix("居民委员会")
        return f"{self.parent.path_name} {name}" if self.parent else name

    def number(self, start: int) -> int:
        """Sets the ranges of a tree whose left end is `start`; gives the next free number."""
        self.lft = start
        for child in self.children:
            child.tree_id = self.tree_id
            start = child.number(start + 1)
        self.rght = start + 1
        return self.rght

    def walk(self) -> Iterator["Node"]:
        yield self
        for child in self.children:
            yield from child.walk()


def tree(scale: float, first_pk: int, first_tree: int) -> list[Node]:
    """The streets of a city, each with everything in it; the same for the same scale."""
    keys = itertools.count(first_pk)
    total = [max(1, round(most * scale)) for most in (STREETS, COMMUNITIES, COMPOUNDS, BUILDINGS)]
    streets = [
        Node(
            next(keys),
            f"4299{index // 90:02}{index % 90 + 1:03}000",
            f"第{index + 1}街道",
            "street",
        )
        for index in range(total[0])
    ]
    communities = _below(
        streets, total[1], keys, "community",
        lambda parent, index: (f"{parent.code[:9]}{index:03}", f"第{index}社区居民委员会"),
    )  # fmt: skip
    compounds = _below(
        communities, total[2], keys, "compound",
        lambda parent, index: (f"{parent.code}-{index:03}", f"第{index}小区"),
    )  # fmt: skip
    _below(
        compounds, total[3], keys, "building",
        lambda parent, index: (f"{parent.code}-{index:03}", f"{index}栋"),
    )  # fmt: skip
    for tree_id, street in enumerate(streets, first_tree):
        street.tree_id = tree_id
        street.number(1)
    return streets


def _below(
    parents: list[Node],
    total: int,
    keys: Iterator[int],
    kind: str,
    naming: Callable[[Node, int], tuple[str, str]],
) -> list[Node]:
    made = []
    for index in range(max(total, len(parents))):
        parent = parents[index % len(parents)]
        code, name = naming(parent, len(parent.children) + 1)
        node = Node(next(keys), code, name, kind, parent)
        parent.children.append(node)
        made.append(node)
    return made


# --- Building ----------------------------------------------------------------------------------


def build(
    scale: float, tasks: int | None = None, *, now: datetime, say: Say, seed: int = SEED
) -> City:
    """Fills the default database, which must hold no units yet, with a city of one scale."""
    from django.contrib.auth.hashers import make_password
    from knox.models import AuthToken

    from orgs.models import CompoundProfile, Department, District, Position, Unit, User
    from tasks.catalogue.catalogue import ensure_whistle_rules
    from tasks.models import Assignment, Category, Event, Rating, Task, WhistleRule

    if Unit.objects.exists():
        raise ValueError("There are units already: a city is made in an empty database.")
    dice = random.Random(seed)  # repeatable, not secret
    city = City(scale, tasks if tasks is not None else max(1, round(TASKS * scale)))
    ensure_whistle_rules()
    district = District.objects.create(code="429900000000", name="测试区")
    streets = tree(scale, _next_key(Unit), 1)
    units = [unit for street in streets for unit in street.walk()]
    say("Building the city ...")
    city.counts["units"] = store(Unit, (_unit_row(unit, district.pk) for unit in units), say)
    store(
        CompoundProfile,
        (
            {"unit_id": unit.pk, "year_built": 1980 + unit.pk % 45, "planned_households": 600}
            for unit in units
            if unit.kind == "compound"
        ),
        say,
    )
    departments = [
        Department.objects.create(code=code, name=code, short_name=code, district=district)
        for code in DEPARTMENTS
    ]
    categories = [
        Category.objects.get_or_create(code=code, defaults={"name": name})[0]
        for code, name in KINDS
    ]
    people = _People(streets, departments, max(20, city.tasks // 10), _next_key(User))
    password = make_password(None)
    city.counts["users"] = store(User, people.rows(password), say)
    city.counts["positions"] = store(Position, people.positions(now.date()), say)
    store(AuthToken, people.tokens(seed, now), say)
    _reset_sequences([Unit, CompoundProfile, User, Position])

    history = _History(
        units=[unit for unit in units if unit.kind in ("compound", "building")],
        people=people,
        departments=[department.pk for department in departments],
        categories=[(category.pk, category.name) for category in categories],
        rule=WhistleRule.objects.get(kind="public", version=1).pk,
        dice=dice,
        now=now,
        first_pk=_next_key(Task),
        older=max(0, city.tasks - max(1, round(TASKS * scale))),
    )
    for start in range(0, city.tasks, CHUNK):
        made = history.make(start, min(CHUNK, city.tasks - start), city.tasks)
        for model, rows in zip((Task, Assignment, Event, Rating), made, strict=True):
            name = model._meta.model_name
            city.counts[f"{name}s"] = city.counts.get(f"{name}s", 0) + store(
                model, rows, lambda _: None
            )
        say(f"  tasks: {city.counts['tasks']:,} of {city.tasks:,}")
    _reset_sequences([Task, Assignment, Event, Rating])
    return city


def _unit_row(unit: Node, district: int) -> Row:
    return {
        "id": unit.pk,
        "code": unit.code,
        "name": unit.name,
        "kind": unit.kind,
        "parent_id": unit.parent.pk if unit.parent else None,
        "district_id": None if unit.parent else district,
        "path_name": unit.path_name,
        "name_key": compared(unit.name),
        "path_key": compared(unit.path_name),
        "tree_id": unit.tree_id,
        "lft": unit.lft,
        "rght": unit.rght,
        "level": unit.level,
    }


class _People:
    """An administrator, one cadre a street, one worker a community, one officer a department, reporters."""

    def __init__(
        self, streets: list[Node], departments: list[Any], reporters: int, first_pk: int
    ) -> None:
        keys = itertools.count(first_pk)
        self.admin = ("bench_admin", next(keys))
        self.cadres = {street.pk: (f"cadre_{street.code}", next(keys)) for street in streets}
        self.workers = {
            community.pk: (f"worker_{community.code}", next(keys))
            for street in streets
            for community in street.children
        }
        self.officers = {
            department.pk: (f"officer_{department.code}", next(keys)) for department in departments
        }
        self.reporters = [(f"reporter_{index:07}", next(keys)) for index in range(reporters)]

    def staff(self) -> list[tuple[str, int]]:
        return [
            self.admin, *self.cadres.values(), *self.workers.values(), *self.officers.values()
        ]  # fmt: skip

    def rows(self, password: str) -> Iterator[Row]:
        for index, (username, pk) in enumerate([*self.staff(), *self.reporters]):
            yield {
                "id": pk,
                "username": username,
                "name": f"居民{index}",
                "password": password,
                "phone": f"1390000{index % 100:04}",
                "is_superuser": username == self.admin[0],
                "is_staff": username == self.admin[0],
            }

    def positions(self, starts: date) -> Iterator[Row]:
        begin = {"starts": starts - timedelta(days=365)}
        for unit, (_name, pk) in self.cadres.items():
            yield {"user_id": pk, "role": "street_cadre", "unit_id": unit, **begin}
        for unit, (_name, pk) in self.workers.items():
            yield {"user_id": pk, "role": "community_worker", "unit_id": unit, **begin}
        for department, (_name, pk) in self.officers.items():
            yield {
                "user_id": pk, "role": "department_officer", "department_id": department, **begin
            }  # fmt: skip

    def tokens(self, seed: int, now: datetime) -> Iterator[Row]:
        from knox.crypto import hash_token

        for username, pk in [*self.staff(), *self.reporters[:TOKENS_OF_REPORTERS]]:
            token = token_of(username, seed)
            yield {
                "digest": hash_token(token),
                "token_key": token[:15],
                "user_id": pk,
                "created": now,
                # The invented present may lie in the past of the machine that runs it.
                "expiry": None,
            }


@dataclass
class _History:
    """Tasks with their assignments and timelines, oldest first."""

    units: list[Node]
    people: _People
    departments: list[int]
    categories: list[tuple[int, str]]
    rule: int
    dice: random.Random
    now: datetime
    first_pk: int
    # How many of them, the first, lie further back than DAYS and are finished.
    older: int = 0

    def make(self, start: int, count: int, total: int) -> tuple[list[Row], ...]:
        """The rows of so many tasks, of their assignments, timelines and ratings."""
        tasks, assignments, events, ratings = [], [], [], []
        finished = min(count, max(0, self.older - start))
        states = [*self._states(FINISHED, finished), *self._states(STATES, count - finished)]
        for index, state in enumerate(states, start):
            at = self.now - self._ago(index, total)
            task = self._task(index, at)
            works, story = self._life(task, state, at)
            tasks.append(task)
            assignments += works
            events += story
            ratings += [_rating(event, works) for event in story if event["action"] == "rate"]
        return tasks, assignments, events, ratings

    def _states(self, weights: dict[str, int], count: int) -> list[str]:
        return self.dice.choices(list(weights), weights=list(weights.values()), k=count)

    def _ago(self, index: int, total: int) -> timedelta:
        recent = timedelta(days=DAYS)
        if index >= self.older:
            return recent * ((total - index) / (total - self.older))
        return recent + timedelta(days=YEAR_DAYS - DAYS) * ((self.older - index) / self.older)

    def _task(self, index: int, at: datetime) -> Row:
        category, name = self.dice.choice(self.categories)
        reporter = self.dice.choice(self.people.reporters)[1]
        return {
            "id": self.first_pk + index,
            # Distinct on every day: the step is prime.
            "number": f"BE{at:%y%m%d}{index * 7_919 % 10**6:06}",
            "unit_id": self.dice.choice(self.units).pk,
            "category_id": category,
            "title": name,
            "text": f"{name},影响居民出行,已持续{self.dice.randrange(1, 30)}天,请尽快处理。",
            "channel": "resident",
            "triage": "community",
            "reporter_id": reporter,
            "contact_name": "居民",
            "contact_phone": f"1390000{reporter % 100:04}",
            "created_at": at,
            "moved_at": at,
            "lon": 114.3 + self.dice.random() / 10,
            "lat": 30.5 + self.dice.random() / 10,
        }

    def _life(self, task: Row, state: str, at: datetime) -> tuple[list[Row], list[Row]]:
        """Brings a fresh task to a state; gives its assignments and its timeline."""
        worker = self._worker(task["unit_id"])
        story = [_event(task, "report", task["reporter_id"], "reporter", at, "", "submitted")]
        works: list[Row] = []
        task["status"] = state
        if state == "submitted":
            return works, story

        def then(action: str, by: int, who: str, before: str, after: str, **more: Any) -> datetime:
            moment = at + timedelta(hours=len(story))
            story.append(_event(task, action, by, who, moment, before, after, **more))
            task["moved_at"] = moment
            return moment

        if state == "declined":
            data = {"reason_code": "beyond_duties"}
            task["closed_at"] = then(
                "decline",
                worker,
                "handler",
                "submitted",
                "declined",
                data=data,
                text="不属于受理范围",
            )
            task["decline_reason"] = "beyond_duties"
        elif state == "withdrawn":
            task["closed_at"] = then(
                "withdraw", task["reporter_id"], "reporter", "submitted", "withdrawn"
            )
        elif state in ("offered", "taken"):
            then("offer", worker, "handler", "submitted", "offered")
            task["offered_by_id"] = worker
            if state == "taken":
                task["taker_id"] = self.dice.choice(self.people.reporters)[1]
                then("take", task["taker_id"], "helper", "offered", "taken")
        elif state == "handling":
            then("accept", worker, "handler", "submitted", "handling")
        else:
            works = self._whistle(task, state, worker, then)
        return works, story

    def _whistle(
        self, task: Row, state: str, worker: int, then: Callable[..., datetime]
    ) -> list[Row]:
        """The way through the departments, as far as `state`."""
        order = ["whistled", "dispatched", "reported_in", "resolved", "rating", "closed"]
        reached = order.index(state)
        unit = self._community(task["unit_id"])
        assert unit.parent is not None
        cadre = self.people.cadres[unit.parent.pk][1]
        lead, assist = self.dice.sample(self.departments, 2)
        officer = self.people.officers[lead][1]
        task |= {"whistle_kind": "public", "whistle_rule_id": self.rule}
        then("whistle", worker, "handler", "submitted", "whistled", data={"kind": "public"})
        if reached < 1:
            return []
        names = {"lead": "主责部门", "assist": ["配合部门"]}
        moment = then("dispatch", cadre, "street", "whistled", "dispatched", data=names)
        limits = {
            "report_in_by": moment + timedelta(hours=1),
            "respond_by": moment + timedelta(days=1),
            "resolve_by": moment + timedelta(days=3),
        }
        task |= {"dispatch_round": 1, "resolve_by": limits["resolve_by"]}
        if state == "dispatched":
            task |= _limit("report_in", moment, limits["report_in_by"])
        elif state == "reported_in":
            task |= _limit("contact", moment, limits["respond_by"])
        common = {"task_id": task["id"], "round": 1, "dispatched_at": moment, **limits}
        works: list[Row] = [
            common | {"department_id": lead, "role": "lead", "status": "dispatched"},
            common | {"department_id": assist, "role": "assist", "status": "dispatched"},
        ]
        if reached >= 2:
            moment = then(
                "report-in", officer, "lead", "dispatched", "reported_in", department_id=lead
            )
            works[0] |= {"status": "reported_in", "reported_in_at": moment}
        if reached >= 3:
            data = {"outcome": "solved"}
            moment = then(
                "resolve", officer, "lead", "reported_in", "resolved", data=data, department_id=lead
            )
            works[0] |= {"status": "finished", "finished_at": moment}
            task |= {
                "resolved_at": moment, "outcome": "solved", "result": "已处理",
                "worked_from": "reported_in",
            }  # fmt: skip
        if reached >= 4:
            then("confirm", cadre, "confirmer", "resolved", "rating")
        if reached >= 5:
            data = {"stars": 5, "resolved": True, "contacted": True, "called_back": False}
            task["closed_at"] = then(
                "rate", task["reporter_id"], "reporter", "rating", "closed", data=data
            )
            task["ending"] = "rated"
        return works

    def _community(self, unit: int) -> Node:
        node = self._nodes[unit]
        while node.kind != "community":
            assert node.parent is not None
            node = node.parent
        return node

    def _worker(self, unit: int) -> int:
        return self.people.workers[self._community(unit).pk][1]

    def __post_init__(self) -> None:
        self._nodes = {unit.pk: unit for unit in self.units}


def _limit(kind: str, began: datetime, limit: datetime) -> Row:
    """The limit that runs, as if all its steps had been taken long ago."""
    return {
        "limit_kind": kind,
        "limit_at": limit,
        "remind_at": limit - (limit - began) / 4,
        "street_at": limit + timedelta(hours=4),
        "district_at": limit + timedelta(days=1),
        "limit_step": 4,
    }


def _event(
    task: Row, action: str, by: int, who: str, at: datetime, before: str, after: str, **more: Any
) -> Row:
    return {
        "task_id": task["id"], "action": action, "by_id": by, "who": who, "at": at,
        "from_status": before, "to_status": after, **more,
    }  # fmt: skip


def _rating(event: Row, works: list[Row]) -> Row:
    return event["data"] | {
        "task_id": event["task_id"], "by_id": event["by_id"], "at": event["at"],
        "department_id": works[0]["department_id"],
    }  # fmt: skip


# --- The command -------------------------------------------------------------------------------


def say(text: str) -> None:
    """One line of progress, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    """Makes the database anew and fills it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=0.01, help="1/1000 to 1 of a city")
    parser.add_argument("--tasks", type=int, help="instead of those that the scale gives")
    parser.add_argument("--database", default="bench_portal")
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    if not 0.001 <= asked.scale <= 1:
        parser.error("the scale lies between 0.001 and 1")
    try:
        databases.check_name(asked.database)
    except databases.RefusedName as refusal:
        parser.error(str(refusal))
    say(f"Making {asked.database} ...")
    databases.recreate(asked.database)
    os.environ.update(
        databases.environment(asked.database), DJANGO_SETTINGS_MODULE="governance.settings"
    )
    import django

    django.setup()
    from django.db import connection, transaction

    with transaction.atomic():
        city = build(
            asked.scale, asked.tasks, now=datetime.now(NOW.tzinfo), say=say, seed=asked.seed
        )
    from tasks.rates import day_counts

    say("Counting the days ...")
    day_counts.count_recent(datetime.now(NOW.tzinfo))
    with connection.cursor() as cursor:
        # As PostgreSQL's own vacuuming leaves a database that has lived for a day.
        cursor.execute("VACUUM ANALYZE")
    say(" · ".join(f"{name} {count:,}" for name, count in city.counts.items()))


if __name__ == "__main__":
    main()
