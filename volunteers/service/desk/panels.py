"""Service on the desk of whoever runs it: what waits for them, with how much of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import ngettext

from orgs.db.counting import Counts, counted
from orgs.web.panels import Counting, Panel
from volunteers.service.attendance import queries as attendance
from volunteers.service.desk import queries
from volunteers.service.enums import (
    ClaimState,
    MonthState,
    Permission,
    ReportInState,
    RingState,
)
from volunteers.service.models import PostClaim, ReportIn, Ring
from volunteers.service.orders import queries as orders
from volunteers.service.reportins.same_person import Oneself

if TYPE_CHECKING:
    from orgs.models import User


@dataclass(frozen=True)
class Waiting:
    """One kind of work: how it is said for a number, where it is done."""

    said: str
    url: str


@dataclass(frozen=True)
class _Work:
    """Who does it, what waits, how it is said, on which page it is done."""

    permission: Permission
    rows: Callable[[], QuerySet[Any]]
    words: Callable[[int], str]
    page: str


def _all_work(user: "User") -> list[_Work]:
    oneself = Oneself(user)
    return [
        _Work(
            Permission.REVIEW_MONTHS,
            lambda: queries.months(user).filter(state=MonthState.REVIEW),
            lambda n: ngettext("%(n)d month to review", "%(n)d months to review", n),
            "service:desk",
        ),
        _Work(
            Permission.DECIDE_APPEALS,
            lambda: queries.appeals(user, oneself),
            lambda n: ngettext("%(n)d appeal to decide", "%(n)d appeals to decide", n),
            "service:desk",
        ),
        _Work(
            Permission.KEEP_REPORTINS,
            lambda: ReportIn.objects.visible_to(user).filter(state=ReportInState.REPORTED),
            lambda n: ngettext("%(n)d report-in to confirm", "%(n)d report-ins to confirm", n),
            "service:report_ins",
        ),
        _Work(
            Permission.REVIEW_ATTENDANCE,
            lambda: attendance.to_review(user, oneself),
            lambda n: ngettext("%(n)d attendance to look at", "%(n)d attendances to look at", n),
            "service:attendance_review",
        ),
        _Work(
            Permission.KEEP_POSTS,
            lambda: PostClaim.objects.visible_to(user).filter(state=ClaimState.CLAIMED),
            lambda n: ngettext(
                "%(n)d claim of a post to confirm", "%(n)d claims of posts to confirm", n
            ),
            "service:posts",
        ),
        _Work(
            Permission.KEEP_ORDERS,
            lambda: orders.to_hand_out(user),
            lambda n: ngettext("%(n)d order to hand out", "%(n)d orders to hand out", n),
            "service:orders",
        ),
        _Work(
            Permission.KEEP_TEAMS,
            lambda: Ring.objects.visible_to(user).filter(state=RingState.RETURNED),
            lambda n: ngettext(
                "%(n)d ring for help that nobody answered",
                "%(n)d rings for help that nobody answered",
                n,
            ),
            "service:rings",
        ),
    ]


def desk_panel(*, user: "User", now: datetime) -> Counting | None:
    """What waits for this person in the service of their places."""
    if not user.has_perm(Permission.VIEW_SERVICE):
        return None
    mine = {
        f"service {work.permission}": work
        for work in _all_work(user)
        if user.has_perm(work.permission)
    }

    def panel(counts: Counts) -> Panel | None:
        waiting = [
            Waiting(work.words(number) % {"n": number}, reverse(work.page))
            for name, work in mine.items()
            for _first, _second, number, _more in counts[name]
            if number
        ]
        return Panel("service/desk/desk_panel.html", waiting, place=10) if waiting else None

    number = Count("pk", distinct=True)
    asked = [counted(name, work.rows(), number=number) for name, work in mine.items()]
    return Counting(asked, panel)
