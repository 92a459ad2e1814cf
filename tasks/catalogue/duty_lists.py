"""The departments' duty lists as residents read them (部门职责任务下沉小区清单)."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db.models import F

from orgs.enums import UnitKind, UnitTab
from orgs.models import Department, Unit
from orgs.web.panels import Panel, UnitPanel
from tasks.catalogue.catalogue import callable_departments
from tasks.enums import AssignmentRole
from tasks.models import Category, Duty

if TYPE_CHECKING:
    from orgs.models import User

# The list is public, the same for all compounds of a street, and seldom changes.
REMEMBERED_SECONDS = 60


@dataclass
class Line:
    """Who answers for one kind of problem."""

    category: Category
    leads: list[Duty] = field(default_factory=list)
    assists: list[Duty] = field(default_factory=list)


@dataclass
class Section:
    """A heading of the catalogue with its kinds."""

    name: str
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class DutyList:
    """Who answers for what in a place, and how these departments are reached."""

    unit: Unit
    sections: list[Section]
    departments: list[Department]

    @property
    def count(self) -> int:
        """How many kinds of problem are listed."""
        return sum(len(section.lines) for section in self.sections)


def duty_list(unit: Unit, words: str = "") -> DutyList:
    """The duties of the departments that the street of a place may call; at most three statements.

    `words` narrows the kinds by name, search words and heading. A line for a kind goes before one
    for its heading.
    """
    street = _street_of(unit)
    duties: dict[int, list[Duty]] = defaultdict(list)
    lines = Duty.objects.filter(department__in=callable_departments(street))
    for duty in lines.select_related("department").order_by("department__code"):
        duties[duty.category_id].append(duty)
    kinds = Category.objects.filter(is_selectable=True).select_related("parent")
    sections: dict[int | None, Section] = {}
    named: dict[int, Department] = {}
    for kind in kinds.order_by(F("parent__position").asc(nulls_last=True), "position", "code"):
        answering = duties.get(kind.pk) or duties.get(kind.parent_id or 0, [])
        if not answering or not _fits(kind, words):
            continue
        heading = kind.parent.name if kind.parent else ""
        line = Line(kind)
        for duty in answering:
            (line.leads if duty.role == AssignmentRole.LEAD else line.assists).append(duty)
            named[duty.department_id] = duty.department
        sections.setdefault(kind.parent_id, Section(heading)).lines.append(line)
    departments = sorted(named.values(), key=lambda one: one.code)
    return DutyList(unit, list(sections.values()), departments)


def _street_of(unit: Unit) -> Unit:
    """The street that a unit is or lies in; no statement where those above were read with it."""
    while unit.parent:
        unit = unit.parent
    return unit


def _fits(kind: Category, words: str) -> bool:
    heading = kind.parent.name if kind.parent else ""
    text = f"{kind.name} {kind.keywords} {heading}".casefold()
    return all(word in text for word in words.casefold().split())


def unit_panel(*, unit: Unit, user: "User", now: datetime) -> UnitPanel:
    """On a compound's page: the list, folded."""
    return UnitPanel(UnitTab.DUTIES, lambda: unit.kind == UnitKind.COMPOUND, partial(_panel, unit))


def _panel(unit: Unit) -> Panel:
    street = _street_of(unit)
    public = cache.get_or_set(f"duties:{street.pk}", lambda: duty_list(street), REMEMBERED_SECONDS)
    assert public is not None, "what was counted just now"
    return Panel("tasks/catalogue/duties_panel.html", replace(public, unit=unit), place=90)
