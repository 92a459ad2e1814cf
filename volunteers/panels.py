"""What members and posts add to pages below: class of members, staff and gaps, contacts."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from orgs.web.panels import Panel
from volunteers.contacts.coverage import Covered, coverage
from volunteers.members.queries import by_class
from volunteers.models import HouseholdLink
from volunteers.posts.vacancies import Line, summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orgs.models import Unit, User
    from residents.models import Belonging
    from volunteers.enums import MemberClass


@dataclass(frozen=True)
class Share:
    """One class of members; `width` in per mille of the largest."""

    member_class: "MemberClass"
    count: int
    width: int


@dataclass(frozen=True)
class Overview:
    """What is shown; what somebody may not see is None."""

    unit: "Unit"
    classes: list[Share] | None
    staff: Line | None
    links: Covered | None
    reads_members: bool
    reads_posts: bool

    @property
    def members(self) -> int:
        return sum(share.count for share in self.classes or ())


def panel(*, unit: "Unit", user: "User", now: datetime) -> Panel | None:
    """The panel for those who work with members or posts here; None for others."""
    may = {
        name: user.has_perm(f"volunteers.{name}", unit)
        for name in ("count_members", "count_posts", "view_links", "view_members", "view_posts")
    }
    if not any(may.values()):
        return None
    values = Overview(
        unit,
        _shares(by_class(unit)) if may["count_members"] else None,
        summary(unit, timezone.localdate(now)) if may["count_posts"] else None,
        coverage(unit) if may["view_links"] else None,
        may["view_members"],
        may["view_posts"],
    )
    return Panel("volunteers/unit_panel.html", values, place=1)


def _shares(counts: "dict[MemberClass, int]") -> list[Share]:
    largest = max(counts.values()) or 1
    return [Share(key, count, count * 1000 // largest) for key, count in counts.items()]


def home_panel(*, belongings: "Sequence[Belonging]") -> Panel | None:
    """Who looks after the homes that somebody verified: contacts by name, and no number of theirs."""
    links = (
        HouseholdLink.objects.filter(
            household__in=[belonging.household_id for belonging in belongings], ends=None
        )
        .select_related("household__building", "person")
        .order_by("household", "pk")
    )
    return Panel("volunteers/home_panel.html", links) if links else None
