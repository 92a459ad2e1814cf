"""What members and posts add to pages below: class of members, staff and gaps, contacts."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.utils import timezone

from orgs.db.counting import Counts
from orgs.enums import UnitTab
from orgs.web.panels import Counting, Panel, UnitPanel
from volunteers.contacts.coverage import Covered, covered_rows
from volunteers.enums import MemberClass
from volunteers.members.queries import by_class
from volunteers.models import HouseholdLink
from volunteers.posts.vacancies import Line, summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orgs.models import Unit, User
    from residents.models import Belonging


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


def unit_panel(*, unit: "Unit", user: "User", now: datetime) -> UnitPanel:
    """The panel for those who work with members or posts here."""
    may = {
        name: user.has_perm(f"volunteers.{name}", unit)
        for name in ("count_members", "count_posts", "view_links", "view_members", "view_posts")
    }
    return UnitPanel(UnitTab.SERVICE, lambda: any(may.values()), partial(_panel, unit, may, now))


def _panel(unit: "Unit", may: dict[str, bool], now: datetime) -> Counting:
    queries = [by_class(unit)] * may["count_members"] + [covered_rows(unit)] * may["view_links"]
    staff = summary(unit, timezone.localdate(now)) if may["count_posts"] else None

    def panel(counts: Counts) -> Panel:
        values = Overview(
            unit,
            _shares({row[0]: row[2] for row in counts["members"]})
            if may["count_members"]
            else None,
            staff,
            next((Covered(unit, *row[2:]) for row in counts["contacts"]), None),
            may["view_members"],
            may["view_posts"],
        )
        return Panel("volunteers/unit_panel.html", values, place=1)

    return Counting(queries, panel)


def _shares(counts: dict[str, int]) -> list[Share]:
    largest = max(counts.values(), default=1)
    shares = [(key, counts.get(key.value, 0)) for key in MemberClass]
    return [Share(key, count, count * 1000 // largest) for key, count in shares]


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
