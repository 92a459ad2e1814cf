"""Who plays which part where: the people, places and kinds that the stories draw from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from governance.demo.places import COMMUNITY, COMPOUNDS, EMERALD, SECOND_STREET, SIBLING, STREET
from orgs.models import Unit, User
from tasks.enums import Triage, WhistleKind
from tasks.models import Assignment, Category, Task

_WORKERS = {
    COMMUNITY: "community",
    SIBLING: "community2",
    "421102001001": "demo-community3",
    "421102001002": "demo-community4",
}
_CALL_BACKS = {COMMUNITY: "demo-callback", SIBLING: "demo-callback2"}
_STREETS = {STREET: "street", SECOND_STREET: "street2"}
_OFFICERS = {
    "urban-management": "dept_urban",
    "housing": "dept_housing",
    "fire": "demo-fire",
    "public-security": "demo-police",
    "traffic": "demo-traffic",
    "market": "demo-market",
    "environment": "demo-environment",
    "health": "demo-health",
    "civil-affairs": "demo-civil",
    "water": "demo-water",
    "power": "demo-power",
    "xihu-safety-office": "demo-safety",
}
# Residents of 翡翠一品小区, the often heard ones more often.
_EMERALD_VOICES = (
    "owner owner owner owner2 owner2 tenant tenant member volunteer committee property "
    "demo-resident01 demo-resident02 demo-resident03 demo-resident04"
).split()
_VOICES = {
    f"{COMMUNITY}-002": "demo-resident05",
    f"{COMMUNITY}-003": "demo-resident06",
    f"{SIBLING}-001": "demo-resident07",
    f"{SIBLING}-002": "demo-resident08",
    "421102001001-001": "demo-resident09",
    "421102001002-001": "demo-resident10",
}
_HELPERS = ("member", "member2", "volunteer")
_ELSEWHERE = tuple(compound.code for compound in COMPOUNDS if compound.code != EMERALD)
# How often a story happens in a compound, as compared with 翡翠一品小区 (weight 60).
_WEIGHTS = (12, 10, 7, 4, 9, 3)
# A hundredth of a degree is about a kilometre.
_JITTER = 0.0012


@dataclass(frozen=True)
class Cast:
    """Everybody by user name and by key, every place by code, and the selectable kinds."""

    people: Mapping[str, User]
    by_id: Mapping[int, User]
    units: Mapping[str, Unit]
    categories: Sequence[Category]

    def place(self, random: Random, *, emerald: bool, home_street: bool) -> Unit:
        """Where a story happens: mostly a building of 翡翠一品小区, sometimes its grounds."""
        code = EMERALD
        if not emerald:
            code = random.choices([EMERALD, *_ELSEWHERE], weights=[60, *_WEIGHTS])[0]
        if home_street and not code.startswith(COMMUNITY):
            code = EMERALD
        compound = next(compound for compound in COMPOUNDS if compound.code == code)
        if not emerald and random.random() < 0.04:
            return self.units[code[:12]]
        if random.random() < 0.25:
            return self.units[code]
        return self.units[f"{code}-{random.randint(1, compound.buildings):03}"]

    def elsewhere(self, random: Random, unit: Unit) -> Unit:
        """A place in the other community of the demo's street."""
        other = SIBLING if unit.code.startswith(COMMUNITY) else COMMUNITY
        return self.units[f"{other}-{random.choice(['001', '002'])}"]

    def point(self, random: Random, unit: Unit) -> tuple[float, float] | None:
        """Somewhere in the unit's compound, WGS-84; None outside of compounds."""
        compound = next(
            (compound for compound in COMPOUNDS if unit.code.startswith(compound.code)), None
        )
        if compound is None:
            return None
        near = [round(random.uniform(-_JITTER, _JITTER), 6) for _axis in "xy"]
        return round(compound.lon + near[0], 6), round(compound.lat + near[1], 6)

    def whistle_kind(self, random: Random, task: Task) -> WhistleKind:
        """Mostly residents' demands; key work only where the leadership can sign."""
        kinds = [WhistleKind.PUBLIC, WhistleKind.ENFORCEMENT, WhistleKind.EMERGENCY]
        weights = [66, 22, 4]
        if task.unit.code.startswith(STREET[:9]):
            kinds, weights = [*kinds, WhistleKind.PRIORITY], [*weights, 8]
        return random.choices(kinds, weights=weights)[0]

    def resident(self, random: Random, unit: Unit, *, other_than: User | None) -> User:
        """Somebody who lives in the unit's compound (or in 翡翠一品小区)."""
        name = _VOICES.get(unit.code[:16]) or random.choice(_EMERALD_VOICES)
        if other_than is not None and self.people[name] == other_than:
            name = "demo-resident02" if name != "demo-resident02" else "owner"
        return self.people[name]

    def patrol(self, unit: Unit) -> User:
        return self.people["grid"] if unit.code.startswith(EMERALD) else self.worker_of(unit)

    def worker_of(self, unit: Unit) -> User:
        """The community worker of a place."""
        return self.people[_WORKERS[unit.code[:12]]]

    def street_of(self, unit: Unit) -> User:
        """The street cadre of a place."""
        return self.people[_STREETS[f"{unit.code[:9]}000"]]

    def handler_of(self, task: Task, random: Random) -> User:
        """Who receives a task: its community or grid, or the street."""
        if task.triage == Triage.STREET:
            return self.street_of(task.unit)
        if task.unit.code.startswith(EMERALD) and random.random() < 0.2:
            return self.people["grid"]
        return self.worker_of(task.unit)

    def call_back(self, unit: Unit) -> User | None:
        name = _CALL_BACKS.get(unit.code[:12])
        return self.people[name] if name else None

    def helper(self, random: Random, *, other_than: User | None) -> User:
        """A member or volunteer other than the reporter."""
        helpers = [self.people[name] for name in _HELPERS]
        return random.choice([helper for helper in helpers if helper != other_than])

    def officer_of(self, assignment: Assignment | None) -> User | None:
        return self.people[_OFFICERS[assignment.department.code]] if assignment else None
