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


def _months(user: "User", _oneself: Oneself) -> QuerySet[Any]:
    return queries.months(user).filter(state=MonthState.REVIEW)


def _report_ins(user: "User", _oneself: Oneself) -> QuerySet[Any]:
    return ReportIn.objects.visible_to(user).filter(state=ReportInState.REPORTED)


def _claims(user: "User", _oneself: Oneself) -> QuerySet[Any]:
    return PostClaim.objects.visible_to(user).filter(state=ClaimState.CLAIMED)


def _orders(user: "User", _oneself: Oneself) -> QuerySet[Any]:
    return orders.to_hand_out(user)


def _rings(user: "User", _oneself: Oneself) -> QuerySet[Any]:
    return Ring.objects.visible_to(user).filter(state=RingState.RETURNED)


# Who does it, what waits, how it is said, where.
_WORK: tuple[
    tuple[
        Permission, Callable[["User", Oneself], QuerySet[Any]], Callable[[int], str], str
    ], ...
] = (
    (
        Permission.REVIEW_MONTHS,
        _months,
        lambda n: ngettext("%(n)d month to review", "%(n)d months to review", n),
        "service:desk",
    ),
    (
        Permission.DECIDE_APPEALS,
        queries.appeals,
        lambda n: ngettext("%(n)d appeal to decide", "%(n)d appeals to decide", n),
        "service:desk",
    ),
    (
        Permission.KEEP_REPORTINS,
        _report_ins,
        lambda n: ngettext("%(n)d report-in to confirm", "%(n)d report-ins to confirm", n),
        "service:report_ins",
    ),
    (
        Permission.REVIEW_ATTENDANCE,
        attendance.to_review,
        lambda n: ngettext("%(n)d attendance to look at", "%(n)d attendances to look at", n),
        "service:attendance_review",
    ),
    (
        Permission.KEEP_POSTS,
        _claims,
        lambda n: ngettext("%(n)d claim of a post to confirm", "%(n)d claims of posts to confirm", n),
        "service:posts",
    ),
    (
        Permission.KEEP_ORDERS,
        _orders,
        lambda n: ngettext("%(n)d order to hand out", "%(n)d orders to hand out", n),
        "service:orders",
    ),
    (
        Permission.KEEP_TEAMS,
        _rings,
        lambda n: ngettext(
            "%(n)d ring for help that nobody answered", "%(n)d rings for help that nobody answered", n
        ),
        "service:rings",
    ),
)  # fmt: skip


def desk_panel(*, user: "User", now: datetime) -> Counting | None:
    """What waits for this person in the service of their places."""
    if not user.has_perm(Permission.VIEW_SERVICE):
        return None
    oneself = Oneself(user)
    asked = {
        f"service {permission}": (rows(user, oneself), said, address)
        for permission, rows, said, address in _WORK
        if user.has_perm(permission)
    }

    def panel(counts: Counts) -> Panel | None:
        waiting = [
            Waiting(said(number) % {"n": number}, reverse(address))
            for name, (_rows, said, address) in asked.items()
            for _first, _second, number, _more in counts[name]
            if number
        ]
        return Panel("service/desk/desk_panel.html", waiting, place=10) if waiting else None

    number = Count("pk", distinct=True)
    return Counting(
        [counted(name, rows, number=number) for name, (rows, _, _) in asked.items()], panel
    )
