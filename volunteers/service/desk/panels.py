"""Service on the desk of whoever runs it: what waits for them, with how much of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, QuerySet, Value
from django.urls import reverse
from django.utils.translation import ngettext

from orgs.db.first_keys import Statement, read, statement_of
from orgs.db.same_offices import OfficeStatement
from orgs.web.panels import Panel
from volunteers.service.attendance import queries as attendance
from volunteers.service.desk import queries
from volunteers.service.enums import (
    ClaimState,
    MonthState,
    Permission,
    ReportInState,
    RingState,
)
from volunteers.service.models import PostClaim, ReportIn, Ring, ServiceMonth
from volunteers.service.orders import queries as orders
from volunteers.service.reportins.same_person import own_keys

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
    # Of whom, and of the keys that they have as a participant: nobody decides their own case.
    rows: Callable[["User", frozenset[int]], QuerySet[Any]]
    words: Callable[[int], str]
    page: str


_WORK = (
    _Work(
        Permission.REVIEW_MONTHS,
        lambda user, _own: ServiceMonth.objects.visible_to(user).filter(state=MonthState.REVIEW),
        lambda n: ngettext("%(n)d month to review", "%(n)d months to review", n),
        "service:desk",
    ),
    _Work(
        Permission.DECIDE_APPEALS,
        queries.appeals,
        lambda n: ngettext("%(n)d appeal to decide", "%(n)d appeals to decide", n),
        "service:desk",
    ),
    _Work(
        Permission.KEEP_REPORTINS,
        lambda user, _own: ReportIn.objects.visible_to(user).filter(state=ReportInState.REPORTED),
        lambda n: ngettext("%(n)d report-in to confirm", "%(n)d report-ins to confirm", n),
        "service:report_ins",
    ),
    _Work(
        Permission.REVIEW_ATTENDANCE,
        attendance.to_review,
        lambda n: ngettext("%(n)d attendance to look at", "%(n)d attendances to look at", n),
        "service:attendance_review",
    ),
    _Work(
        Permission.KEEP_POSTS,
        lambda user, _own: PostClaim.objects.visible_to(user).filter(state=ClaimState.CLAIMED),
        lambda n: ngettext(
            "%(n)d claim of a post to confirm", "%(n)d claims of posts to confirm", n
        ),
        "service:posts",
    ),
    _Work(
        Permission.KEEP_ORDERS,
        lambda user, _own: orders.to_hand_out(user),
        lambda n: ngettext("%(n)d order to hand out", "%(n)d orders to hand out", n),
        "service:orders",
    ),
    _Work(
        Permission.KEEP_TEAMS,
        lambda user, _own: Ring.objects.visible_to(user).filter(state=RingState.RETURNED),
        lambda n: ngettext(
            "%(n)d ring for help that nobody answered",
            "%(n)d rings for help that nobody answered",
            n,
        ),
        "service:rings",
    ),
)


def desk_panel(*, user: "User", now: datetime) -> Panel | None:
    """What waits for this person in the service of their places; three statements."""
    if not user.has_perm(Permission.VIEW_SERVICE):
        return None
    own = own_keys(user)
    counts = dict(read(_counts(user, own) if own else _COUNTS.of(user)))
    waiting = [
        Waiting(work.words(number) % {"n": number}, reverse(work.page))
        for place, work in enumerate(_WORK)
        if (number := counts.get(place))
    ]
    return Panel("service/desk/desk_panel.html", waiting, place=10) if waiting else None


def _counts(user: "User", own: frozenset[int] = frozenset()) -> Statement:
    """How much of each work there is, by its place in the table."""
    number = Count("pk", distinct=True)
    asked = [
        work.rows(user, own).order_by().values_list(Value(place)).annotate(number)
        for place, work in enumerate(_WORK)
        if user.has_perm(work.permission)
    ]
    return statement_of(asked[0].union(*asked[1:], all=True)) if asked else ("", ())


# Of those who are no participants, which most of the staff are not.
_COUNTS = OfficeStatement(_counts)
