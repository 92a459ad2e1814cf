"""What every page needs: its frame (navigation, place and role, type size) and the time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orgs.enums import STAFF_ROLES, Role
from orgs.models import User
from orgs.notifications.notifications import unread_count
from orgs.scoping import reach_of
from orgs.values.days import in_force
from orgs.web.return_to import is_ours

if TYPE_CHECKING:
    from orgs.models import Position
    from orgs.scoping import Person

LARGE_TYPE_COOKIE = "large_type"
PHONE_ITEMS = 5

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


@dataclass(frozen=True)
class NavItem:
    """One entry of the navigation. `phone` ranks it for the bottom bar: 0 never, 1 first."""

    label: Promise
    icon: str
    url_name: str
    shown: Predicate
    phone: int = 0
    desk: bool = True


# In the order in which they are shown.
NAVIGATION = (
    NavItem(_("Home"), "home", "home", anyone, phone=1),
    NavItem(
        _("Dispatch board"),
        "broadcast",
        "tasks:board",
        oversees(*DIRECTING),
        phone=3,
    ),
    NavItem(_("Inbox"), "inbox", "tasks:inbox", holds(Role.DEPARTMENT_OFFICER), phone=3),
    NavItem(
        _("Tasks"),
        "clipboard-list",
        "tasks:list",
        oversees(
            *STAFF_ROLES - {Role.AUDITOR},
            Role.BRANCH_SECRETARY,
            Role.OWNERS_COMMITTEE,
            Role.PROPERTY_STAFF,
        ),
        phone=4,
    ),
    NavItem(
        _("Campaign lists"),
        "checklist",
        "tasks:campaigns",
        oversees(*DIRECTING, Role.DEPARTMENT_OFFICER),
    ),
    NavItem(
        _("Open to take"),
        "heart-handshake",
        "tasks:orders",
        holds(
            Role.PARTY_MEMBER,
            Role.VOLUNTEER,
            Role.BRANCH_SECRETARY,
        ),
        phone=3,
    ),
    NavItem(
        _("My households"),
        "home-heart",
        "volunteers:my_households",
        holds(Role.PARTY_MEMBER),
        phone=4,
    ),
    NavItem(_("Report"), "camera-plus", "tasks:report", signed_in, phone=2, desk=False),
    NavItem(_("Report"), "camera-plus", "tasks:public_report", visitor, phone=2, desk=False),
    NavItem(_("My reports"), "message-report", "tasks:mine", signed_in, phone=5),
    NavItem(_("Check progress"), "list-search", "tasks:progress", visitor, phone=3),
    NavItem(_("Patrols"), "walk", "tasks:patrols", may("tasks.go_patrol")),
    NavItem(
        _("Rates"),
        "chart-bar",
        "tasks:rates",
        oversees(*DIRECTING, Role.COMMUNITY_WORKER, Role.DEPARTMENT_OFFICER),
    ),
    NavItem(
        _("Refusals"),
        "hand-stop",
        "tasks:refusals",
        oversees(*DIRECTING),
    ),
    NavItem(
        _("Rate departments"),
        "star",
        "tasks:feedback",
        oversees(*STAFF_ROLES - {Role.AUDITOR, Role.DEPARTMENT_OFFICER}),
    ),
    NavItem(_("Residents"), "users-group", "residents:people_search", may("residents.view_roll")),
    NavItem(
        _("Ledger of members"), "id-badge-2", "volunteers:members", may("volunteers.view_members")
    ),
    NavItem(_("Coverages"), "chart-donut-3", "residents:coverage", may("residents.view_coverage")),
    NavItem(_("Units"), "sitemap", "orgs:units", oversees(*STAFF_ROLES)),
    NavItem(_("Staff"), "users", "orgs:staff", may("orgs.appoint_staff")),
    NavItem(_("Duty roster"), "calendar-user", "orgs:duty", may("orgs.keep_duty")),
    NavItem(_("My homes"), "home-check", "residents:my_home", signed_in),
    NavItem(
        _("Claims of homes"), "home-question", "residents:claim_desk", may("residents.keep_roll")
    ),
    NavItem(
        _("Requests about data"),
        "file-alert",
        "residents:data_requests",
        may("residents.keep_roll"),
    ),
    NavItem(
        _("Who reads care ledgers"),
        "user-shield",
        "residents:care_readers",
        may("residents.appoint_carereader"),
    ),
    NavItem(_("Who saw whom"), "eye-check", "residents:unmaskings", holds(Role.AUDITOR)),
    NavItem(_("Audit"), "shield-search", "orgs:audit", holds(Role.AUDITOR), phone=3),
    NavItem(_("Administration"), "settings", "admin:index", staff_site),
    NavItem(_("Me"), "user-circle", "orgs:account", signed_in, phone=2, desk=False),
    NavItem(_("Sign in"), "login-2", "account_login", visitor, phone=4, desk=False),
)


@dataclass(frozen=True)
class NavLink:
    """A navigation item on one page."""

    item: NavItem
    url: str
    current: bool


def optional_url(name: str) -> str:
    """The address of a page, "" where the portal has none of that name (yet)."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


class Frame:
    """The frame around a page; everything in it is worked out when a template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        # Errors raised before the authentication middleware also get a page.
        self.user: Person = getattr(request, "user", None) or AnonymousUser()

    @cached_property
    def links(self) -> tuple[NavLink, ...]:
        return tuple(self._links())

    def _links(self) -> Iterator[NavLink]:
        for item in NAVIGATION:
            url = optional_url(item.url_name)
            if url and item.shown(self.user):
                yield NavLink(item, url, self._is_current(url))

    def _is_current(self, url: str) -> bool:
        path = self.request.path
        return path == url or (url != reverse("home") and path.startswith(url))

    @property
    def desk(self) -> list[NavLink]:
        """The side navigation of a PC."""
        return [link for link in self.links if link.item.desk]

    @property
    def phone(self) -> list[NavLink]:
        """The bottom bar of a phone: at most five, the best ranked, in their usual order."""
        ranked = sorted(
            (link for link in self.links if link.item.phone), key=lambda link: link.item.phone
        )
        chosen = ranked[:PHONE_ITEMS]
        return [link for link in self.links if link in chosen]

    @cached_property
    def positions(self) -> "list[Position]":
        """What the person holds today, first the one to show; one query."""
        if not self.user.is_authenticated:
            return []
        return list(
            self.user.positions.filter(in_force(timezone.localdate()))
            .select_related("unit", "grid", "district", "party_organisation", "department")
            # What a position is called, of the seventy columns that lie behind it.
            .only(
                "user",
                "role",
                "unit__name",
                "unit__path_name",
                "grid__name",
                "district__name",
                "party_organisation__name",
                "department__short_name",
            )
            .order_by("pk")
        )

    @property
    def position(self) -> "Position | None":
        return self.positions[0] if self.positions else None

    @cached_property
    def unread(self) -> int:
        """How many notices wait to be read; one query."""
        return unread_count(self.user) if isinstance(self.user, User) else 0

    @property
    def large_type(self) -> bool:
        if self.user.is_authenticated:
            return self.user.large_type
        return self.request.COOKIES.get(LARGE_TYPE_COOKIE) == "1"

    @property
    def search_url(self) -> str:
        """Where the search box of the top bar leads; "" for those who have no list."""
        lists = any(link.item.url_name == "tasks:list" for link in self.links)
        return optional_url("tasks:find") if lists else ""

    @property
    def report_url(self) -> str:
        """Where "report" leads: with an account or without."""
        return optional_url("tasks:report" if self.user.is_authenticated else "tasks:public_report")

    @property
    def progress_url(self) -> str:
        return optional_url("tasks:progress")

    @property
    def account_url(self) -> str:
        return optional_url("orgs:account")

    @property
    def back_url(self) -> str:
        """The page of this portal that one came from; "" where that is unknown."""
        referer = self.request.META.get("HTTP_REFERER", "")
        return referer if is_ours(referer, self.request) else ""

    @property
    def page_url(self) -> str:
        """Where to come back to after changing the language or the type size."""
        return self.request.get_full_path() if self.request.method == "GET" else reverse("home")


def portal(request: HttpRequest) -> dict[str, Any]:
    """The frame of the page; a view that passes its own `now` overrides this one."""
    return {"frame": Frame(request), "now": timezone.now(), "DEMO": settings.DEMO}
