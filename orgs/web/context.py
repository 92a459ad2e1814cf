"""What every page needs: its frame (navigation, place and role, type size) and the time."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from orgs.accounts import social
from orgs.enums import TypeSize
from orgs.models import User
from orgs.notifications.notifications import unread_count
from orgs.scoping import Post, reach_of
from orgs.web import navigation
from orgs.web.navigation import Group, NavItem, Purpose
from orgs.web.return_to import is_ours

if TYPE_CHECKING:
    from orgs.scoping import Person
    from orgs.web.unsent.forms import Unsent

TYPE_SIZE_COOKIE = "large_type"
PHONE_ITEMS = 5
# So many pages are seen at a glance.
WITHOUT_HEADINGS = 8


@dataclass(frozen=True)
class NavLink:
    """A navigation item on one page."""

    item: NavItem
    url: str
    current: bool


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
        path, home = self.request.path, reverse("home")
        shown = [
            (item, reverse(item.url_name)) for item in navigation.items() if item.shown(self.user)
        ]
        around = [
            url for _item, url in shown if path == url or (url != home and path.startswith(url))
        ]
        # The appeals lie below the assessments, and have an item of their own.
        nearest = max(around, key=len, default="")
        for item, url in shown:
            yield NavLink(item, url, url == nearest)

    @cached_property
    def menu(self) -> list[tuple[str, list[NavLink]]]:
        """All pages of a person, below the headings of their groups; a short menu needs none."""
        links = [link for link in self.links if link.item.desk]
        if len(links) <= WITHOUT_HEADINGS:
            return [("", links)]
        groups = [(group, [link for link in links if link.item.group == group]) for group in Group]
        return [(str(group.label), listed) for group, listed in groups if listed]

    @property
    def phone(self) -> list[NavLink]:
        """The bottom bar of a phone: at most five, the best ranked, in their usual order."""
        ranked = sorted(
            (link for link in self.links if link.item.phone), key=lambda link: link.item.phone
        )
        chosen = {link.url for link in ranked[:PHONE_ITEMS]}
        return [link for link in self.links if link.item.phone and link.url in chosen]

    @property
    def positions(self) -> tuple[Post, ...]:
        """What the person holds today, first the one to show."""
        return reach_of(self.user).posts

    @property
    def position(self) -> Post | None:
        return self.positions[0] if self.positions else None

    @cached_property
    def unread(self) -> int:
        """How many notices wait to be read; one query."""
        return unread_count(self.user) if isinstance(self.user, User) else 0

    @property
    def type_size(self) -> TypeSize:
        """The reader's own, or what was chosen in this browser."""
        if self.user.is_authenticated:
            return TypeSize(self.user.type_size)
        wished = self.request.COOKIES.get(TYPE_SIZE_COOKIE, "")
        return TypeSize(int(wished)) if wished in map(str, TypeSize.values) else TypeSize.NORMAL

    @property
    def other_sizes(self) -> list[TypeSize]:
        """What else can be chosen, the next larger first."""
        sizes = list(TypeSize)
        return [*sizes[self.type_size + 1 :], *sizes[: self.type_size]]

    def _address(self, purpose: Purpose) -> str:
        """Where a page of another floor is for this person; "" without one."""
        urls = (link.url for link in self.links if link.item.purpose == purpose)
        return next(urls, "")

    @property
    def search_url(self) -> str:
        """Where the search box of the top bar leads; "" for those who have no list."""
        return self._address(Purpose.SEARCH)

    @property
    def report_url(self) -> str:
        """Where "report" leads: with an account or without."""
        return self._address(Purpose.REPORT)

    @property
    def progress_url(self) -> str:
        """Where visitors follow their report."""
        return self._address(Purpose.PROGRESS)

    @property
    def privacy_url(self) -> str:
        """What is done with data."""
        return self._address(Purpose.PRIVACY)

    @property
    def help_url(self) -> str:
        """The guides, at the heading that tells of this page; "" where there are none."""
        match = self.request.resolver_match
        address = self._address(Purpose.HELP)
        return f"{address}?at={match.view_name}" if address and match else address

    @property
    def complaints_url(self) -> str:
        """Where to complain and to suggest."""
        return self._address(Purpose.COMPLAINTS)

    @property
    def ways_in(self) -> list[tuple[str, str]]:
        """Other ways of signing in that this browser can take: code and name."""
        return social.ways_in(self.request)

    @property
    def account_links(self) -> list[NavLink]:
        """What upper floors add to the page of one's account."""
        return [link for link in self.links if link.item.purpose == Purpose.ACCOUNT]

    @property
    def back_url(self) -> str:
        """The page of this portal that one came from; "" where that is unknown."""
        referer = self.request.META.get("HTTP_REFERER", "")
        return referer if is_ours(referer, self.request) else ""

    @property
    def unsent(self) -> "Unsent | None":
        """The words that this page's form shows again after their session had ended."""
        found: Unsent | None = getattr(self.request, "unsent", None)
        return found if found and found.shown else None

    @property
    def page_url(self) -> str:
        """Where to come back to after changing the language or the type size."""
        return self.request.get_full_path() if self.request.method == "GET" else reverse("home")


def portal(request: HttpRequest) -> dict[str, Any]:
    """The frame of the page; a view that passes its own `now` overrides this one."""
    return {"frame": Frame(request), "now": timezone.now(), "DEMO": settings.DEMO}
