"""Free places of posts on the page of a unit."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.db.models import Count, Q, Sum
from django.utils import timezone

from orgs.db.counting import Counts, counted
from orgs.enums import UnitTab
from orgs.scoping import lies_in
from orgs.web.panels import Counting, Panel, UnitPanel
from volunteers.service.enums import Permission, ReportInState
from volunteers.service.models import ReportIn
from volunteers.service.posts.queries import vacancies

if TYPE_CHECKING:
    from orgs.models import Unit, User


@dataclass(frozen=True)
class Vacancy:
    """The posts of one unit: how many places there are, and how many are free."""

    code: str
    name: str
    places: int
    held: int

    @property
    def free(self) -> int:
        return self.places - self.held


@dataclass(frozen=True)
class Overview:
    """What the panel shows."""

    unit: "Unit"
    rows: list[Vacancy]
    reported_in: int
    waiting: int
    keeps: bool

    @property
    def free(self) -> int:
        return sum(row.free for row in self.rows)


def unit_panel(*, unit: "Unit", user: "User", now: datetime) -> UnitPanel:
    """Posts by building, for those who run the service here."""
    return UnitPanel(
        UnitTab.SERVICE,
        partial(user.has_perm, Permission.VIEW_SERVICE, unit),
        partial(_panel, unit, user, now),
    )


def _panel(unit: "Unit", user: "User", now: datetime) -> Counting:
    keeps = user.has_perm(Permission.KEEP_POSTS, unit)
    report_ins = ReportIn.objects.filter(lies_in(unit, "unit"))
    queries = [
        counted(
            *("vacancies", vacancies(unit, user, timezone.localdate(now))),
            *("unit__code", "unit__name"),
            number=Sum("number"),
            more=Sum("taken"),
        ),
        counted(
            *("report-ins", report_ins),
            number=Count("pk", filter=Q(state=ReportInState.CONFIRMED)),
            more=Count("pk", filter=Q(state=ReportInState.REPORTED)),
        ),
    ]

    def panel(counts: Counts) -> Panel:
        [(*_texts, reported_in, waiting)] = counts["report-ins"]
        rows = [Vacancy(*row) for row in sorted(counts["vacancies"])]
        values = Overview(unit, rows, reported_in, waiting, keeps)
        return Panel("service/posts/unit_panel.html", values, place=2)

    return Counting(queries, panel)
