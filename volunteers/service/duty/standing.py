"""How a month stands for one person: what counts, what does not and why."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum, Window
from django.utils.translation import gettext as _

from volunteers.service.accounts.long_days import ABOVE_LOOKS
from volunteers.service.duty import counting
from volunteers.service.duty.counting import Done
from volunteers.service.duty.rules import begin, next_month, rules_for
from volunteers.service.enums import AttendanceState, MinutesKind, MonthState, ReviewState
from volunteers.service.models import (
    Appeal,
    Attendance,
    Credit,
    LongDay,
    MinutesAccount,
    MonthResult,
    Participant,
    ReportIn,
)

if TYPE_CHECKING:
    from orgs.models import User

_WAITING = frozenset(
    {ReviewState.WAITING, ReviewState.WAITING_ABOVE, ReviewState.MISSING_OUT, ReviewState.CLEAN}
)


@dataclass(frozen=True)
class Line:
    """One entry of the month's page; `id` is what an appeal names, "" where nothing was decided."""

    id: str
    title: str
    at: datetime
    kind: str
    minutes: int
    counts: bool
    reason: str
    appeal: str = ""


@dataclass(frozen=True)
class Standing:
    """A month of one person, counted now, or as its branch has closed it."""

    month: date
    state: MonthState
    done: Done
    needed_activities: int
    needed_minutes: int
    owes: bool
    entries: list[Line]
    result: MonthResult | None = None
    has_more: bool = False

    @property
    def met(self) -> bool:
        return (
            self.done.activities >= self.needed_activities
            and self.done.minutes >= self.needed_minutes
        )

    @property
    def missing_minutes(self) -> int:
        return max(self.needed_minutes - self.done.minutes, 0)

    @property
    def missing_activities(self) -> int:
        return max(self.needed_activities - self.done.activities, 0)


def standing(
    participant: Participant | None, month: date, now: datetime, *, most: int | None = None
) -> Standing:
    """How a month stands; eight statements at most.

    `entries` are the newest `most` of each kind; `has_more` says that there are others. The sums are of
    all.
    """
    month = month.replace(day=1)
    if participant is None:
        return Standing(month, MonthState.OPEN, Done(), 0, 0, False, [])
    # One more than is shown says that there are others.
    newest = slice(most + 1 if most else None)
    credits = list(_credits(participant, month)[newest])
    attendances = list(_not_credited(participant, month)[newest])
    days = list(_long_days(participant, month)[newest])
    done = Done()
    if credits:
        of_all = credits[0]
        done = Done(of_all.all_activities, of_all.all_duty or 0, of_all.all_voluntary or 0)
    entries = [_of_credit(row) for row in credits[:most]]
    entries += [_of_attendance(row) for row in attendances[:most]]
    entries += [_of_long_day(row) for row in days[:most]]
    has_more = most is not None and max(map(len, (credits, attendances, days))) > most
    result: MonthResult | None = (
        MonthResult.objects.filter(participant=participant, month__month=month)
        .select_related("month")
        .order_by("-pk")
        .first()
    )
    counted: MonthResult | counting.Figures | None = result
    if result is None or result.month.state != MonthState.CLOSED:
        counted = _count_now(participant, month, done)
    return Standing(
        month=month,
        state=MonthState(result.month.state) if result else MonthState.OPEN,
        done=done,
        needed_activities=counted.needed_activities if counted else 0,
        needed_minutes=counted.needed_minutes if counted else 0,
        owes=counted is not None,
        entries=entries,
        result=result,
        has_more=has_more,
    )


def _count_now(participant: Participant, month: date, done: Done) -> counting.Figures | None:
    """What a member owes as things are today; None for whoever is no member."""
    stays = counting.stays_in(month, ReportIn.objects.filter(participant=participant))
    mine = stays.get(participant.pk)
    if mine is None:
        return None
    reliefs = counting.reliefs_in(month, [participant.pk]).get(participant.pk, ())
    rule = rules_for([mine.branch], month)[mine.branch]
    return counting.figures(month, mine, reliefs, rule, done)


def _appeal(column: str) -> Subquery:
    """The state of the latest appeal about a row."""
    appeals = Appeal.objects.filter(**{column: OuterRef("pk")}).order_by("-pk")
    return Subquery(appeals.values("state")[:1])


def _credits(participant: Participant, month: date) -> QuerySet[Any]:
    """What is credited; each row carries the sums of all, however few are asked for."""
    rows = Credit.objects.filter(participant=participant, month=month, is_latest=True)
    duty = Q(minutes_kind=MinutesKind.DUTY)
    return (
        rows.select_related("attendance__activity", "order__item")
        .annotate(
            appeal_state=_appeal("credit"),
            all_activities=Window(Count("pk", filter=Q(counts_activity=True))),
            all_duty=Window(Sum("minutes", filter=duty)),
            all_voluntary=Window(Sum("minutes", filter=~duty)),
        )
        .order_by("-pk")
    )


def _not_credited(participant: Participant, month: date) -> QuerySet[Any]:
    credited = Credit.objects.filter(attendance=OuterRef("pk"), is_latest=True)
    rows = Attendance.objects.filter(
        ~Exists(credited),
        participant=participant,
        activity__starts_at__gte=begin(month),
        activity__starts_at__lt=begin(next_month(month)),
    )
    whole = rows.select_related("activity").annotate(appeal_state=_appeal("attendance"))
    return whole.order_by("-pk")


def _of_credit(row: Credit) -> Line:
    title, at = _what(row)
    reason = row.reason
    if row.minutes and not row.counts_activity:
        reason = _(
            "Under 60 per cent of the planned time: the minutes count, the activity does not."
        )
    elif not row.minutes and not reason:
        # Nothing is left of it: `without` took away what another service fills.
        reason = _("Another service counts for this time already.")
    return Line(
        f"credit-{row.pk}",
        title,
        at,
        row.minutes_kind,
        row.minutes,
        row.minutes > 0,
        reason,
        getattr(row, "appeal_state", "") or "",
    )


def _what(row: Credit) -> tuple[str, datetime]:
    if row.attendance is not None:
        return row.attendance.activity.title, row.attendance.activity.starts_at
    if row.order is not None:
        return row.order.item.name, row.approved_at
    return _("Work order %(number)s") % {"number": row.task_number}, row.approved_at


def _of_attendance(row: Attendance) -> Line:
    reason = row.reason
    if row.state == AttendanceState.NO_SHOW:
        reason = reason or str(row.get_state_display())
    elif row.review in _WAITING:
        reason = _why_it_waits(row)
    return Line(
        f"attendance-{row.pk}",
        row.activity.title,
        row.activity.starts_at,
        row.activity.minutes_kind,
        0,
        False,
        reason or str(row.get_review_display()),
        getattr(row, "appeal_state", "") or "",
    )


def _long_days(participant: Participant, month: date) -> QuerySet[Any]:
    """What waits because the day got too long, or was not credited for it."""
    rows = LongDay.objects.filter(
        participant=participant,
        starts_at__gte=begin(month),
        starts_at__lt=begin(next_month(month)),
    )
    shown = rows.exclude(approved=True).annotate(appeal_state=_appeal("long_day"))
    return shown.order_by("-pk")


def _of_long_day(row: LongDay) -> Line:
    waits = _("More than 8 hours that day: the branch looks at it first.")
    if row.longest > ABOVE_LOOKS:
        waits = _("More than 12 hours that day: the street looks at it first.")
    is_refused = row.approved is False
    return Line(
        f"long_day-{row.pk}" if is_refused else "",
        row.text,
        row.starts_at,
        row.minutes_kind,
        0,
        False,
        row.reason if is_refused else waits,
        getattr(row, "appeal_state", "") or "",
    )


def _why_it_waits(row: Attendance) -> str:
    return {
        ReviewState.MISSING_OUT: _(
            "Check-out missing: the organiser confirms until when you were there."
        ),
        ReviewState.WAITING_ABOVE: _("The level above looks at it first."),
        ReviewState.WAITING: _("Somebody other than the organiser looks at it first."),
    }.get(ReviewState(row.review), _("It is credited when the activity is closed."))


def of_user(user: "User") -> Participant | None:
    """The participant of an account, with the points, and the minutes in all as `total_duty` and
    `total_voluntary` (None before any were booked); one query."""
    totals = {
        f"total_{kind.value}": Subquery(
            MinutesAccount.objects.filter(participant=OuterRef("pk"), minutes_kind=kind)
            .order_by()
            .values("balance")
        )
        for kind in MinutesKind
    }
    own = Participant.objects.filter(account=user).select_related("points_account")
    return own.annotate(**totals).first()
