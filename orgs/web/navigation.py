"""The navigation: every app registers its own pages, each for those who have use of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orgs.enums import Role
from orgs.scoping import reach_of

if TYPE_CHECKING:
    from orgs.scoping import Person

# Who directs what departments do: the street and the district.
DIRECTING = (Role.STREET_CADRE, Role.STREET_LEADER, Role.DISTRICT_OFFICE)

Predicate = Callable[["Person"], bool]


def anyone(person: "Person") -> bool:
    return True


def visitor(person: "Person") -> bool:
    return not person.is_authenticated


def signed_in(person: "Person") -> bool:
    return person.is_authenticated


def holds(*roles: Role) -> Predicate:
    """Those who hold one of the roles themselves."""
    return lambda person: bool(reach_of(person).roles.intersection(roles))


def oversees(*roles: Role) -> Predicate:
    """Those who hold one of the roles, and whoever sees everything."""
    return lambda person: (
        reach_of(person).everywhere or bool(reach_of(person).roles.intersection(roles))
    )


def may(perm: str) -> Predicate:
    """Those who hold a permission at any unit."""
    return lambda person: person.has_perm(perm)


def staff_site(person: "Person") -> bool:
    return person.is_authenticated and person.is_staff


class Purpose(StrEnum):
    """What the pages of lower floors link to, whichever floor has it."""

    REPORT = auto()
    PROGRESS = auto()
    SEARCH = auto()
    PRIVACY = auto()
    HELP = auto()
    COMPLAINTS = auto()
    # Among the buttons of one's account.
    ACCOUNT = auto()


class Group(TextChoices):
    """What a page is for: the headings of a long menu, in this order."""

    START = "start", ""
    WORK = "work", _("Cases")
    TOGETHER = "together", _("Deliberation")
    SERVICE = "service", _("Volunteer service and posts")
    FORMS = "forms", _("Reporting forms")
    ROLL = "roll", _("Residents and places")
    ASSESSMENT = "assessment", _("Rates and assessments")
    OFFICE = "office", _("Office and oversight")
    OWN = "own", _("My own")


@dataclass(frozen=True)
class NavItem:
    """A page, or what else is linked to by its purpose. Lower `place` first, in a long menu within its `group`.

    `phone` ranks it for the bottom bar of a phone: 0 never, 1 first. What has neither `desk` nor
    `phone` is linked to by its purpose alone.
    """

    label: Promise
    icon: str
    url_name: str
    shown: Predicate
    place: int
    phone: int = 0
    desk: bool = True
    purpose: Purpose | None = None
    group: Group = Group.START


_items: list[NavItem] = []


def register(items: Iterable[NavItem]) -> None:
    """Adds pages of an app; it calls this when it is ready."""
    _items.extend(item for item in items if item not in _items)
    _items.sort(key=lambda item: item.place)


def items() -> list[NavItem]:
    """All that was registered, in the order in which it is shown."""
    return _items
