"""Proving what dashboards show: counted once more from base rows, one by one, by other code.

Jobs count in the database and add up what `tasks.rates` keeps; here every row is looked at in Python.
What changed since the last count is no difference: the next job counts it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from governance.dashboards.counting import spots, standing
from governance.dashboards.counting.places import Boards
from governance.dashboards.enums import Part
from governance.dashboards.models import Board, BoardDay, DutyMonth, HotSpot, Reckoning
from orgs.models import Unit
from residents.deliberation.enums import FINAL_STAGES
from residents.deliberation.models import Topic, TopicEntry
from residents.enums import Coverage
from residents.models import CoverageDay
from residents.organisations import coverage
from tasks.enums import ACTIVE_ASSIGNMENT, AT_WORK, OPEN, WITH_DEPARTMENTS
from tasks.models import Assignment, DayCount, DayToCount, Event, Task
from tasks.rates import day_counts, rates
from tasks.rates.periods import Period
from tasks.rates.rates import SUMMED
from volunteers.service.models import MonthResult

# Hot spots follow the counts of days, which follow what happens.
LAG = timedelta(minutes=15)
# Entries of timelines are found by their key: so many are a day of the largest city.
LATEST = 100_000
# As many days as the nightly job counts anew.
DAYS = day_counts.NIGHTLY_DAYS


@dataclass
class Proof:
    """What was compared, what differs, and how much waits for the next count."""

    compared: int = 0
    differences: list[str] = field(default_factory=list)
    waiting: int = 0

    def compare(
        self,
        what: str,
        kept: Mapping[Any, Any],
        true: Mapping[Any, Any],
        changed: Iterable[Any] = (),
        name: Any = str,
    ) -> None:
        """Compares rows by their key; of `changed` dashboards the next count is waited for."""
        skipped = set(changed)
        for key in sorted(kept.keys() | true.keys(), key=str):
            self.compared += 1
            if kept.get(key) == true.get(key):
                continue
            if (key[0] if isinstance(key, tuple) else key) in skipped:
                self.waiting += 1
                continue
            self.differences.append(
                f"{what} of {name(key)}: kept {_text(kept.get(key))}, true {_text(true.get(key))}"
            )


def _text(row: Any) -> str:
    if isinstance(row, dict):
        return ", ".join(f"{name} {value}" for name, value in row.items() if value) or "nothing"
    return "nothing" if row is None else str(row)


class Places:
    """The dashboards above each unit, from the tree as it is."""

    def __init__(self) -> None:
        self.boards = Boards.all()
        rows = Unit.objects.order_by("pk").values_list("pk", "level", "parent", "tree_id")
        self.units = {pk: (level, parent, tree) for pk, level, parent, tree in rows}
        shown = Board.objects.select_related("unit", "district", "department").order_by("pk")
        self.names = {board.pk: f"{board.code} {board.name}" for board in shown}

    def over(self, unit: int) -> list[int]:
        """The dashboards of a unit and of all that covers it."""
        level, parent, tree = self.units[unit]
        above = {level: unit}
        while parent is not None:
            level, unit = level - 1, parent
            above[level] = unit
            _level, parent, _tree = self.units[unit]
        return list(self.boards.over(above.get(2), above.get(1), tree))

    def name(self, key: Any) -> str:
        first, *rest = key if isinstance(key, tuple) else (key,)
        return " · ".join([self.names.get(first, str(first)), *(str(one) for one in rest if one)])


def prove(now: datetime, days: int = DAYS) -> Proof:
    """Compares all numbers of dashboards with their base rows."""
    proof, places = Proof(), Places()
    as_of = {
        row.part: row.as_of for row in Reckoning.objects.order_by("part") if row.as_of is not None
    }
    for part in Part:
        if part not in as_of:
            proof.differences.append(f"{part.label}: never counted")
    if Part.NOW in as_of:
        _prove_now(proof, places, as_of[Part.NOW])
    if Part.DAYS in as_of:
        _prove_days(proof, places, as_of[Part.DAYS], days)
    if Part.SPOTS in as_of:
        _prove_spots(proof, places, as_of[Part.SPOTS])
    if Part.DUTY in as_of:
        _prove_duty(proof, places)
    if Part.COVERAGE in as_of:
        _prove_coverage(proof, timezone.localdate(as_of[Part.COVERAGE]))
    return proof


# --- What is open ------------------------------------------------------------------------------------


def _prove_now(proof: Proof, places: Places, at: datetime) -> None:
    sums: dict[int, Counter[str]] = {pk: Counter() for pk in places.names}
    for pk, place, counts in _open_tasks(places, at):
        for board in (*places.over(place), *pk):
            names = standing.OF_DEPARTMENTS if board in pk else standing.OF_TASKS
            sums[board].update({name: counts[name] for name in names})
    for unit, stage, due_by in Topic.objects.exclude(stage__in=FINAL_STAGES).values_list(
        "unit", "stage", "due_by"
    ):
        late = int(due_by is not None and due_by < at)
        for board in places.over(unit):
            sums[board].update({stage: 1, "topics_late": late})
    columns = (*standing.OF_TASKS, *standing.OF_TOPICS)
    kept = {row.pop("pk"): row for row in Board.objects.order_by("pk").values("pk", *columns)}
    true = {pk: {name: counts[name] for name in columns} for pk, counts in sums.items()}
    proof.compare("what is open", kept, true, _changed(places, at), places.name)


def _open_tasks(places: Places, at: datetime) -> Iterator[tuple[list[int], int, Counter[str]]]:
    """Each open task: the dashboards of departments that work on it, its place, what it counts for."""
    works: dict[int, list[int]] = defaultdict(list)
    active = Assignment.objects.filter(status__in=ACTIVE_ASSIGNMENT, task__status__in=OPEN)
    for task, department in active.order_by("pk").values_list("task", "department"):
        board = places.boards.departments.get(department)
        if board and board not in works[task]:
            works[task].append(board)
    rows = Task.objects.filter(status__in=OPEN).order_by("pk")
    for pk, unit, status, limit, remind, is_urgent in rows.values_list(
        "pk", "unit", "status", "limit_at", "remind_at", "is_urgent"
    ).iterator():
        is_late = limit is not None and limit < at
        counts = Counter(
            open=1,
            late=int(is_late),
            soon=int(limit is not None and not is_late and remind is not None and remind < at),
            urgent=int(is_urgent and status in AT_WORK),
            departments=int(status in WITH_DEPARTMENTS),
        )
        counts.update({status: 1} if status in ("submitted", "whistled", "rating") else {})
        yield works.get(pk, []), unit, counts


def _changed(places: Places, since: datetime) -> set[int]:
    """The dashboards at whose tasks or topics something happened since then."""
    tasks = _happened_to(since)
    units = set(Task.objects.filter(pk__in=tasks).values_list("unit", flat=True).order_by())
    topics = TopicEntry.objects.filter(at__gt=since).order_by()
    units |= set(topics.values_list("topic__unit", flat=True))
    called = Assignment.objects.filter(task__in=tasks).order_by().values_list("department")
    departments = {places.boards.departments.get(department) for (department,) in called}
    boards = {board for unit in units for board in places.over(unit)}
    return boards | {board for board in departments if board}


def _happened_to(since: datetime) -> list[int]:
    """The tasks to which something happened since then, among the latest entries of all timelines."""
    last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    entries = Event.objects.filter(pk__gt=last - LATEST, at__gt=since).order_by()
    return list(entries.values_list("task", flat=True).distinct())


# --- Days --------------------------------------------------------------------------------------------


def _prove_days(proof: Proof, places: Places, at: datetime, days: int) -> None:
    last = timezone.localdate(at)
    waiting = set(DayToCount.objects.values_list("day", flat=True).order_by("day"))
    waiting |= day_counts.touched_days(_happened_to(at))
    for number in range(days):
        day = last - timedelta(days=number)
        if day in waiting:
            proof.waiting += 1
        else:
            proof.compare(f"{day}", _kept(day, places), _true(day, places, at), name=places.name)


def _kept(day: date, places: Places) -> dict[Any, dict[str, int]]:
    """The rows of one day; of communities those of `tasks`, without departments."""
    kept: dict[Any, dict[str, int]] = {}
    for board, category, street, *numbers in BoardDay.objects.filter(day=day).values_list(
        "board", "category", "street", *SUMMED
    ):
        kept[board, category, street] = dict(zip(SUMMED, numbers, strict=True))
    sums: dict[Any, Counter[str]] = defaultdict(Counter)
    communities = DayCount.objects.filter(day=day, unit__level=1)
    for unit, category, *numbers in communities.values_list("unit", "category", *SUMMED):
        key = (places.boards.units.get(unit), category, None)
        sums[key].update(dict(zip(SUMMED, numbers, strict=True)))
    return kept | {key: {name: sums[key][name] for name in SUMMED} for key in sums}


def _true(day: date, places: Places, at: datetime) -> dict[Any, dict[str, int]]:
    """The same from base rows, by their own unit."""
    sums: dict[Any, Counter[str]] = defaultdict(Counter)
    rule = day_counts.rule_of(day)
    for source in rates.SOURCES:
        rows = source.rows(Period(day, day))
        for (unit, department, category), figures in day_counts.figures_of(
            source, rows, rule, at, _at_units
        ):
            assert unit is not None, "every task has a place"
            for board in places.over(unit):
                sums[board, category, None].update(figures)
            led = places.boards.departments.get(department or 0)
            if led is not None:
                street = places.boards.roots[places.units[unit][2]]
                sums[led, category, None].update(figures)
                sums[led, None, street].update(figures)
    return {key: {name: counts[name] for name in SUMMED} for key, counts in sums.items()}


def _at_units(rows: QuerySet[Any], path: str) -> QuerySet[Any]:
    return rows.annotate(place=F(f"{path}unit_id"))


# --- Beside ------------------------------------------------------------------------------------------


def _prove_spots(proof: Proof, places: Places, at: datetime) -> None:
    since, until = spots.window(at)
    begins, ends = Period(since, until).moments
    counts: Counter[int] = Counter()
    rows = Task.objects.filter(created_at__gte=begins, created_at__lt=ends, unit__level__gte=2)
    for unit, level, parent in rows.values_list("unit", "unit__level", "unit__parent"):
        counts[unit if level == 2 else parent] += 1
    above = ((compound, *places.units[compound][1:], count) for compound, count in counts.items())
    found = spots.the_most(above, places.boards)
    true = {(board, unit): count for board, most in found.items() for count, unit in most}
    kept = {
        (board, unit): count
        for board, unit, count in HotSpot.objects.values_list("board", "unit", "reported")
    }
    proof.compare("hot spots", kept, true, _changed(places, at - LAG), places.name)


def _prove_duty(proof: Proof, places: Places) -> None:
    months = sorted({*MonthResult.objects.values_list("month__month", flat=True)})[-2:]
    sums: dict[Any, Counter[str]] = defaultdict(Counter)
    rows = MonthResult.objects.filter(month__month__in=months)
    for month, unit, met in rows.values_list("month__month", "participant__place", "met"):
        for board in places.over(unit):
            sums[board, month].update(members=1, met=int(met))
    true = {key: (counts["members"], counts["met"]) for key, counts in sums.items()}
    kept = {
        (board, month): (members, met)
        for board, month, members, met in DutyMonth.objects.values_list(
            "board", "month", "members", "met"
        )
    }
    proof.compare("duty", kept, true, name=places.name)


def _prove_coverage(proof: Proof, day: date) -> None:
    names = ("compounds", "all_five", *Coverage.values)
    days = CoverageDay.objects.filter(day=day).order_by("unit")
    kept = {row.pop("unit"): row for row in days.values("unit", *names)}
    true = {
        counted.pk: {"compounds": counted.compounds, "all_five": counted.all_five}
        | {kind.value: number for kind, number in counted.having.items()}
        for counted in coverage.every_count(day)
    }
    proof.compare("coverage", kept, true)
