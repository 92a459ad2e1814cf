"""What tasks add to a unit's page: the open ones by state and light, each figure with its list."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils import timezone

from orgs.db.counting import Counts
from orgs.enums import UnitTab
from orgs.scoping import lies_in, reach_of
from orgs.values.days import in_force
from orgs.web.panels import Counting, Panel, UnitPanel
from residents.models import Belonging, Person
from tasks.enums import HANDLER_ROLES, OPEN, STREET_ROLES, WATCHING_ROLES, Light, Status
from tasks.models import Task
from tasks.workflow.contacts import revealable
from tasks.workflow.limits.limits import by_state_and_light

if TYPE_CHECKING:
    from orgs.models import Unit, User
    from residents.models import Household


@dataclass(frozen=True)
class OpenTasks:
    """Counts of the open tasks of a place, in the order of their states; lights from the worst."""

    unit: "Unit"
    states: list[tuple[Status, int]]
    lights: list[tuple[Light, int]]

    @property
    def total(self) -> int:
        return sum(count for _state, count in self.states)


def household_panel(*, household: "Household", user: "User", now: datetime) -> Counting | None:
    """On a household's page: the open tasks of its building."""
    place = household.building
    return _open_tasks(place, user, now) if _sees(place, user) else None


# So many of somebody's reports are shown, the newest first.
LATEST = 20


def person_reports(*, person: Person, user: "User", now: datetime) -> Panel | None:
    """On a person's page: what they reported, by their account or their telephone."""
    return _reports(Person.objects.filter(pk=person.pk), person.place, user, now)


def home_reports(*, household: "Household", user: "User", now: datetime) -> Panel | None:
    """On a household's page: what the people who belong there reported."""
    today = timezone.localdate(now)
    there = Belonging.objects.filter(in_force(today), household=household)
    people = Person.objects.filter(pk__in=there.values("person"))
    return _reports(people, household.building, user, now)


def _reports(people: QuerySet[Person], place: "Unit", user: "User", now: datetime) -> Panel | None:
    """For those who work with reports at the place; only what they may know the contact of."""
    if not reach_of(user).roles_at(place) & (HANDLER_ROLES | STREET_ROLES):
        return None
    known = list(people.values_list("account", "phone_index"))
    accounts = [account for account, _phone in known if account]
    telephones = [phone for _account, phone in known if phone]
    of_them = Q(reporter__in=accounts) | Q(contact_phone_index__in=telephones)
    tasks = Task.objects.visible_to(user).filter(revealable(user), of_them)
    latest = list(tasks.select_related("unit", "category").order_by("-pk")[:LATEST])
    return Panel("tasks/lists/reports_panel.html", {"tasks": latest, "now": now})


def unit_panel(*, unit: "Unit", user: "User", now: datetime) -> UnitPanel:
    """The open tasks, for those who watch over the tasks of the place."""
    return UnitPanel(
        UnitTab.OVERVIEW, partial(_sees, unit, user), partial(_open_tasks, unit, user, now)
    )


def _sees(unit: "Unit", user: "User") -> bool:
    return user.is_superuser or bool(reach_of(user).roles_at(unit) & WATCHING_ROLES)


def _open_tasks(unit: "Unit", user: "User", now: datetime) -> Counting:
    here = Task.objects.visible_to(user).filter(lies_in(unit, "unit"), status__in=OPEN)

    def panel(counts: Counts) -> Panel:
        states, lights = Counter[str](), Counter[str]()
        for status, light, number, _none in counts["open-tasks"]:
            states[status] += number
            lights[light] += number
        values = OpenTasks(
            unit,
            [(status, states[status]) for status in Status if status in states],
            [(light, lights[light]) for light in reversed(Light)],
        )
        return Panel("tasks/lists/unit_panel.html", values)

    return Counting([by_state_and_light("open-tasks", here, now)], panel)
