"""The rosters of people and their homes: residents, and tenants with the floating population."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy

from orgs.enums import Verdict
from orgs.imports.rosters import Column, Roster, Row, Run
from orgs.imports.workbooks import cells, places
from orgs.scoping import lies_in
from orgs.values.names import compared
from orgs.values.sentences import gettext as _
from residents.enums import OWNING, HouseholdState, Marital, Permission, Relation
from residents.models import Belonging, Household, Person
from residents.roll import guardians, people
from residents.roll.households import code_of, floor_of
from residents.roll.values import masking
from residents.rosters import address_columns as homes
from residents.rosters import cells as own_cells
from residents.rosters import person_columns as folk
from residents.rosters.address_columns import Door
from residents.rosters.person_columns import People

if TYPE_CHECKING:
    from orgs.models import Unit, User

OWNER, CO_OWNER, TENANT, FAMILY = (relation.value for relation in Relation)
RELATION_WORDS = {
    "业主": OWNER, "户主": OWNER, "产权人": OWNER, "房主": OWNER, "本人": OWNER,
    "共有产权人": CO_OWNER, "共有人": CO_OWNER, "共同产权人": CO_OWNER, "共有业主": CO_OWNER,
    "租户": TENANT, "租客": TENANT, "承租人": TENANT, "房客": TENANT, "同住租户": TENANT,
    "家属": FAMILY, "家庭成员": FAMILY, "配偶": FAMILY, "妻子": FAMILY, "丈夫": FAMILY,
    "妻": FAMILY, "夫": FAMILY, "子女": FAMILY, "子": FAMILY, "女": FAMILY, "儿子": FAMILY,
    "女儿": FAMILY, "长子": FAMILY, "次子": FAMILY, "长女": FAMILY, "次女": FAMILY, "父母": FAMILY,
    "父亲": FAMILY, "母亲": FAMILY, "父": FAMILY, "母": FAMILY, "孙子": FAMILY, "孙女": FAMILY,
    "外孙": FAMILY, "外孙女": FAMILY, "儿媳": FAMILY, "女婿": FAMILY, "兄弟姐妹": FAMILY,
    "其他": FAMILY,
}  # fmt: skip
MARITAL_WORDS = {
    "未婚": Marital.SINGLE.value, "已婚": Marital.MARRIED.value, "初婚": Marital.MARRIED.value,
    "再婚": Marital.MARRIED.value, "离异": Marital.DIVORCED.value, "离婚": Marital.DIVORCED.value,
    "丧偶": Marital.WIDOWED.value,
}  # fmt: skip
RELATION_NAMES = {OWNER: "业主", CO_OWNER: "共有产权人", TENANT: "租户", FAMILY: "家属"}
# What is shown instead of what an export must not tell; read in again, it changes nothing.
HIDDEN = "****"

RELATION = Column(
    "relation", "与户主关系", cells.choice(RELATION_WORDS),
    ("与业主关系", "人员类型", "与其他人员关系", "居住关系", "关系", "与房屋关系", "人口类型"),
    choices=tuple(RELATION_NAMES.values()), example="业主",
    note=gettext_lazy("empty: as the roll has it, a family member for somebody new"),
)  # fmt: skip
SHARE = Column(
    "share", "产权份额", own_cells.share, ("份额", "产权比例", "所有权份额"), example="1/2",
    note=gettext_lazy("for owners, as text like 1/2; all of a home make at most the whole"),
)  # fmt: skip
GUARDIAN = Column(
    "guardian", "监护人姓名", cells.name(40), ("监护人",),
    note=gettext_lazy("for children under 14: somebody of the same home; empty: its owner"),
)  # fmt: skip
STARTS = Column(
    "starts", "登记日期", cells.day, ("入住日期", "迁入日期", "居住开始日期", "起租日期"),
    example="2026-03-10", note=gettext_lazy("since when; empty: today"),
)  # fmt: skip
PLAIN = (
    Column("ethnicity", "民族", cells.text(20), example="汉族"),
    Column(
        "marital", "婚姻状况", cells.choice(MARITAL_WORDS), choices=("未婚", "已婚", "离异", "丧偶")
    ),
    Column("employment", "就业状态", cells.text(40), ("工作学习情况", "职业", "从业状况")),
    Column("insurance", "医保类型", cells.text(40), ("医疗保险", "参保类型")),
    Column(
        "registered_at", "户籍地址", cells.text(120),
        ("户籍地", "户籍门(楼)详址", "户籍所在地", "户口所在地"),
        private=True, mask=lambda value: HIDDEN,
    ),
    Column("note", "备注", cells.text(500), private=True, mask=lambda value: HIDDEN),
)  # fmt: skip
PERSON_KEYS = ("sex", "born", *[column.key for column in PLAIN])
IGNORED = ("年龄", "网格", "所属网格", "网格名称", "户编号", "曾用名", "籍贯", "文化程度", "学历")


@dataclass(slots=True)
class Home:
    """What one pass knows of a home: its owner, shares and adults by name, old rows and the file's."""

    owner: str = ""
    shares: dict[str, Fraction] = field(default_factory=dict)
    adults: set[str] = field(default_factory=set)
    # Name and ID number -> the row that brought them, and what it said.
    rows: dict[int, tuple[int, int]] = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    """What writing a row does."""

    household: Household
    person: Person
    belonging: Belonging | None = None
    person_values: dict[str, Any] = field(default_factory=dict)
    belonging_values: dict[str, Any] = field(default_factory=dict)
    household_values: dict[str, Any] = field(default_factory=dict)


# --- Planning ------------------------------------------------------------------------------------


def planner(default: str) -> Callable[[list[Row], Run], None]:
    """Plans rows about people at home; who is new and says no relation gets the default one."""

    def plan(rows: list[Row], run: Run) -> None:
        known = folk.people_of(rows, run, home_required=True)
        chunk = _Chunk(known, run, default)
        for row in rows:
            if row.number in known.doors:
                chunk.plan(row)
        chunk.settle_empty_homes(rows)

    return plan


class _Chunk:
    """Planning one chunk: what the database and the rows before say."""

    def __init__(self, known: People, run: Run, default: str) -> None:
        self.known, self.run, self.default = known, run, default
        self.new_homes: dict[Door, Household] = {}
        self.new_belongings: dict[tuple[Door, int], Belonging] = {}
        for door, household in known.homes.items():
            self._remember_home(door, known.living[household.pk])

    def _remember_home(self, door: Door, living: list[Belonging]) -> None:
        """Reads a home once in a pass; afterwards the rows of the file keep it true."""
        if door in self.run.seen:
            return
        home = self.run.seen[door] = Home()
        for belonging in living:
            if belonging.relation == OWNER:
                home.owner = belonging.person.name_key
            if belonging.share_part:
                home.shares[belonging.person.name_key] = Fraction(
                    belonging.share_part, belonging.share_whole
                )
            if not guardians.is_child(belonging.person.born, self.run.today):
                home.adults.add(belonging.person.name_key)

    def plan(self, row: Row) -> None:
        door = self.known.doors[row.number]
        home = self.run.seen.setdefault(door, Home())
        folk.refuse_contradiction(row)
        person = self.known.of(row)
        if row.is_open or self._says_again(row, home):
            return
        details = _details(row)
        person, person_values = self._person(row, person, details)
        household = self.known.homes.get(door) or self._new_home(door)
        belonging = self._belonging(door, household, person)
        values = self._belonging_values(row, belonging)
        self._check_owning(row, home, belonging, values)
        self._check_guardian(row, home, household, person, person_values)
        if row.is_open or row.waits:
            return
        self._keep(row, home, person, values)
        row.plan = Plan(household, person, belonging, person_values, values)
        row.changes = _changes(row.plan)
        row.verdict = Verdict.CHANGED if row.changes else Verdict.UNCHANGED
        if belonging is None:
            row.verdict, row.changes = Verdict.NEW, []
            if self.run.applying:
                row.plan.belonging = self._enters(door, person, household, values)

    def settle_empty_homes(self, rows: list[Row]) -> None:
        """Rooms made by pattern are empty until the first people are entered: let to who rents, else
        lived in."""
        arriving: dict[int, list[Row]] = {}
        for row in rows:
            if row.verdict == Verdict.NEW and row.plan and self._stands_empty(row.plan.household):
                arriving.setdefault(row.plan.household.pk, []).append(row)
        for first, *others in arriving.values():
            relations = {row.plan.belonging_values["relation"] for row in (first, *others)}
            state = HouseholdState.LET if TENANT in relations else HouseholdState.LIVED_IN
            first.plan.household_values = {"state": state.value}

    def _stands_empty(self, household: Household) -> bool:
        return bool(
            household.pk
            and household.state == HouseholdState.EMPTY
            and not self.known.living[household.pk]
        )

    def _says_again(self, row: Row, home: Home) -> bool:
        """Whether an earlier row of the file is about the same person in the same home."""
        key = hash((compared(row.get("name")), row.get("id_number")))
        digest = hash(tuple(sorted((name, str(value)) for name, value in row.values.items())))
        number, before = home.rows.setdefault(key, (row.number, digest))
        if number == row.number:
            return False
        if before == digest:
            row.verdict = Verdict.UNCHANGED
        else:
            row.wrong(
                "name", _("Row %(row)d says something else of this person.") % {"row": number}
            )
        return True

    def _person(
        self, row: Row, person: Person | None, details: people.Details
    ) -> tuple[Person, dict[str, Any]]:
        """The person with what changes; a new one is not in the database yet."""
        if person is None:
            columns = details.columns()
            building_id = self.known.doors[row.number].building_id
            person = Person(place_id=building_id, entered_at=self.run.now, **columns)
            if not row.is_open:
                self.known.remember(row, person)
            return person, {}
        if person.pk is None or person.pk in self.known.foreign:
            return person, {}
        return person, {
            name: value
            for name, value in details.columns().items()
            if getattr(person, name) != value
            # Another way of writing the same name changes nothing.
            and not (name == "name" and person.name_key == details.name_key)
        }

    def _new_home(self, door: Door) -> Household:
        if door not in self.new_homes:
            building = places.buildings_of(self.run).by_id[door.building_id]
            self.new_homes[door] = Household(
                building=building,
                entrance=door.entrance,
                room=door.room,
                floor=floor_of(door.room),
                code=code_of(building.code, door.entrance, door.room),
            )
        return self.new_homes[door]

    def _belonging(self, door: Door, household: Household, person: Person) -> Belonging | None:
        if household.pk and person.pk:
            living = self.known.living[household.pk]
            return next(
                (belonging for belonging in living if belonging.person_id == person.pk), None
            )
        return self.new_belongings.get((door, id(person)))

    def _belonging_values(self, row: Row, belonging: Belonging | None) -> dict[str, Any]:
        """What the row says of how they belong; only what is new of a belonging that exists."""
        facts: dict[str, Any] = {}
        if row.get("relation"):
            facts["relation"] = row.get("relation")
        if row.get("share"):
            share = Fraction(row.get("share"))
            facts |= {"share_part": share.numerator, "share_whole": share.denominator}
        if belonging is None:
            starts = row.get("starts")
            facts.setdefault("relation", self.default)
            facts["starts"] = date.fromisoformat(starts) if starts else self.run.today
            return facts
        if facts.get("relation", belonging.relation) not in OWNING and belonging.share_part:
            facts |= {"share_part": None, "share_whole": None}
        return {name: value for name, value in facts.items() if getattr(belonging, name) != value}

    def _check_owning(
        self, row: Row, home: Home, belonging: Belonging | None, values: dict[str, Any]
    ) -> None:
        """One first owner; shares for owners only, at most the whole. Later rows may make it right."""
        relation = values.get("relation") or (belonging.relation if belonging else self.default)
        name = compared(row.get("name"))
        if row.get("share") and relation not in OWNING:
            row.wrong("share", _("Only owners have a share."))
        elif relation == OWNER and home.owner and home.owner != name:
            self._later(row, "relation", _("This home has an owner already: write 共有产权人."))
        elif row.get("share"):
            others = sum(share for owner, share in home.shares.items() if owner != name)
            if others + Fraction(row.get("share")) > 1:
                self._later(row, "share", _("The shares of this home make more than the whole."))

    def _later(self, row: Row, column: str, sentence: str) -> None:
        if self.run.last:
            row.wrong(column, sentence)
        else:
            row.wait()

    def _check_guardian(
        self, row: Row, home: Home, household: Household, person: Person, values: dict[str, Any]
    ) -> None:
        """A child under 14 has a guardian of the same home: the one named, else its owner."""
        born = values.get("born", person.born)
        if not guardians.is_child(born, self.run.today):
            return
        named = row.get("guardian")
        if person.guardian_id and not named:
            return
        guardian = compared(named) or home.owner
        living = self.known.living[household.pk] if household.pk else []
        grown_up = next(
            (belonging.person for belonging in living if belonging.person.name_key == guardian),
            None,
        )
        if guardian in home.adults and grown_up:
            self._give_guardian(person, values, grown_up.pk)
        elif guardian in home.adults and not self.run.applying:
            self._give_guardian(person, values, None)
        else:
            sentence = _("A child under 14 needs a guardian in the same home: write 监护人姓名.")
            self._later(row, "guardian", sentence)

    def _give_guardian(
        self, person: Person, values: dict[str, Any], guardian_id: int | None
    ) -> None:
        """Without a key (the preview only): somebody whom the file brings."""
        if person.pk is None:
            person.guardian_id = guardian_id
        elif guardian_id is None or person.guardian_id != guardian_id:
            values["guardian_id"] = guardian_id

    def _keep(self, row: Row, home: Home, person: Person, values: dict[str, Any]) -> None:
        """Later rows see what this one does to the home."""
        name = compared(row.get("name"))
        if values.get("relation") == OWNER:
            home.owner = name
        elif home.owner == name and "relation" in values:
            home.owner = ""
        if row.get("share"):
            home.shares[name] = Fraction(row.get("share"))
        elif "share_part" in values:
            home.shares.pop(name, None)
        if not guardians.is_child(person.born, self.run.today):
            home.adults.add(name)

    def _enters(
        self, door: Door, person: Person, household: Household, values: dict[str, Any]
    ) -> Belonging:
        belonging = Belonging(
            person=person,
            household=household,
            verified_by=self.run.by,
            verified_at=self.run.now,
            **values,
        )
        self.new_belongings[door, id(person)] = belonging
        return belonging


def _details(row: Row) -> people.Details:
    plain = {key: row.get(key) for key in PERSON_KEYS if row.get(key)}
    if "born" in plain:
        plain["born"] = date.fromisoformat(plain["born"])
    return people.Details(row.get("name"), row.get("id_number"), row.get("phone"), plain)


def _changes(plan: Plan) -> list[str]:
    """The columns that say something else than the roll."""
    columns = {"guardian_id": "guardian", "share_part": "share", "share_whole": "share"}
    names = [*plan.person_values, *plan.belonging_values]
    shown = [
        columns.get(name, name) for name in names if not name.endswith(("_index", "_tail", "_key"))
    ]
    return sorted(dict.fromkeys(shown))


# --- Writing -------------------------------------------------------------------------------------


def write(rows: list[Row], run: Run) -> None:
    """Homes, then people, then how they belong; what changes goes before what is new."""
    plans: list[tuple[Row, Plan]] = [(row, row.plan) for row in rows]
    run.create(_first([(row, plan.household) for row, plan in plans if plan.household.pk is None]))
    run.change(
        [
            (row, plan.household, plan.household_values)
            for row, plan in plans
            if plan.household_values
        ]
    )
    run.change(
        [(row, plan.person, plan.person_values) for row, plan in plans if plan.person_values]
    )
    run.create(_first([(row, plan.person) for row, plan in plans if plan.person.pk is None]))
    belonging = [(row, plan.belonging, plan) for row, plan in plans if plan.belonging]
    run.change(
        [
            (row, present, plan.belonging_values)
            for row, present, plan in belonging
            if present.pk and plan.belonging_values
        ]
    )
    run.create(_first([(row, present) for row, present, _one in belonging if present.pk is None]))


def _first(pairs: list[tuple[Row, Any]]) -> list[tuple[Row, Any]]:
    """Each object once, with the first row that brings it."""
    first: dict[int, tuple[Row, Any]] = {}
    for row, thing in pairs:
        first.setdefault(id(thing), (row, thing))
    return list(first.values())


# --- Showing -------------------------------------------------------------------------------------


def lines(user: "User", unit: "Unit | None", filters: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Who belongs where today, in sight of somebody; numbers masked."""
    seen = Person.objects.visible_to(user)
    belongings = Belonging.objects.filter(ends=None, person__in=seen.values("pk"))
    belongings = belongings.filter(household__in=Household.objects.visible_to(user).values("pk"))
    if unit:
        belongings = belongings.filter(lies_in(unit, "household__building"))
    if filters.get("relation"):
        belongings = belongings.filter(relation=filters["relation"])
    belongings = belongings.select_related("person__guardian", "household__building__parent")
    for belonging in belongings.order_by("household__code", "pk").iterator(chunk_size=1000):
        yield _line(belonging)


def _line(belonging: Belonging) -> dict[str, Any]:
    person, household = belonging.person, belonging.household
    plain = {key: getattr(person, key) for key in ("ethnicity", "employment", "insurance")}
    return plain | {
        "name": person.name,
        "relation": RELATION_NAMES[belonging.relation],
        "id_number": masking.id_number(person),
        "phone": masking.phone(person),
        "sex": person.get_sex_display(),
        "born": person.born.isoformat() if person.born else "",
        "compound": household.building.parent.name if household.building.parent else "",
        "building": household.building.name,
        "entrance": household.entrance,
        "room": household.room,
        "share": str(belonging.share or ""),
        "guardian": person.guardian.name if person.guardian else "",
        "marital": person.get_marital_display(),
        "registered_at": HIDDEN if person.registered_at else "",
        "note": HIDDEN if person.note else "",
        "starts": belonging.starts.isoformat(),
    }


def _tenants(
    user: "User", unit: "Unit | None", filters: dict[str, str]
) -> Iterator[dict[str, Any]]:
    return lines(user, unit, filters | {"relation": TENANT})


RESIDENTS = Roster(
    code="residents",
    name=gettext_lazy("Residents"),
    about=gettext_lazy("Who lives or owns where: one row for each person and home."),
    columns=(
        *(folk.NAME, RELATION, folk.ID_NUMBER, folk.PHONE, folk.SEX, folk.BORN),
        *(*places.COLUMNS, SHARE, GUARDIAN, STARTS, *PLAIN),
    ),
    permission=Permission.KEEP_ROLL,
    reads=Permission.VIEW_ROLL,
    plan=planner(FAMILY),
    write=write,
    lines=lines,
    links=homes.links,
    filters={"relation": Relation.values},
    candidates=folk.candidates,
    refuse_heading=folk.refuse_control,
    ignored=IGNORED,
)
TENANTS = Roster(
    code="tenants",
    name=gettext_lazy("Tenants and floating population"),
    about=gettext_lazy("Who rents where: one row for each tenant."),
    columns=(
        *(folk.NAME, folk.ID_NUMBER, folk.PHONE, folk.SEX, folk.BORN, *places.COLUMNS),
        *(GUARDIAN, STARTS, *PLAIN),
    ),
    permission=Permission.KEEP_ROLL,
    reads=Permission.VIEW_ROLL,
    plan=planner(TENANT),
    write=write,
    lines=_tenants,
    links=homes.links,
    candidates=folk.candidates,
    refuse_heading=folk.refuse_control,
    ignored=(*IGNORED, "与户主关系", "人员类型"),
)
