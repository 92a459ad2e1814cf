"""Work orders: what a member or volunteer did is credited, and couriers earn points by reports.

The floor above calls down with the work order's number, in the transaction in which its task moves;
it knows no account, this floor no task.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from orgs.db.prepared import PreparedQuery
from orgs.models import Unit
from volunteers.service.accounts import ledgers, long_days
from volunteers.service.accounts.credits import credit, live_intervals
from volunteers.service.accounts.spans import minutes as whole_minutes
from volunteers.service.accounts.spans import without
from volunteers.service.enums import (
    NEW_EMPLOYMENT,
    EntrySource,
    MinutesKind,
    ReportInState,
)
from volunteers.service.models import Credit, ExchangeRule, Participant, ReportIn
from volunteers.service.reportins.participants import is_member, join, open_report_in
from volunteers.service.reportins.same_person import is_own_case, is_same_person

if TYPE_CHECKING:
    from orgs.models import User


def credit_work(
    *,
    number: str,
    unit: Unit,
    taker: "User",
    minutes: int,
    points: int,
    done_at: datetime,
    text: str,
    approved_by: "User | None",
    now: datetime,
) -> Credit | None:
    """Books what was agreed for a work order that is done: the time up to `done_at`.

    At most the minutes of the rule in force count, the points stay what was agreed. Time that another
    service fills is left out, and the points with it. Where no points were agreed,
    a courier's done task (用心做) earns those of the rule. Nothing (None) where `approved_by` did the
    work, where there is nothing to book, or where the day gets too long and somebody looks first.
    Once booked, the same again changes nothing.
    """
    minutes = min(minutes, most_minutes())
    # Before anything is written about who took it.
    if approved_by is not None and is_same_person(taker, approved_by):
        return None
    participant = join(account=taker, place=unit, now=now)
    # A name on the roll or on a list may tell more than the account.
    if approved_by is not None and is_own_case(participant, approved_by):
        return None
    report_in = open_report_in(participant)
    points = points or _rule_points(report_in)
    earlier = Credit.objects.filter(participant=participant, task_number=number)
    latest = earlier.filter(is_latest=True).first()
    if latest is not None and latest.minutes + latest.points:
        return latest
    if not minutes + points:
        return None
    # What a member does so is duty; of volunteers and new employment it is voluntary service.
    kind = MinutesKind.DUTY if is_member(participant, report_in) else MinutesKind.VOLUNTARY
    if latest is not None:
        kind = MinutesKind(latest.minutes_kind)
    # The account is the lock: two work orders that end together fill the time one after the other.
    ledgers.locked_minutes(participant, kind)
    starts_at = done_at - timedelta(minutes=minutes)
    free = without([(starts_at, done_at)], live_intervals(participant, starts_at, done_at))
    left = whole_minutes(free)
    if long_days.waits(
        free=free,
        participant=participant,
        unit=unit,
        task_number=number,
        text=text[:200],
        minutes_kind=kind,
        starts_at=starts_at,
        ends_at=done_at,
        planned_minutes=max(minutes, 1),
        points=points,
        now=now,
    ):
        return None
    return credit(
        participant=participant,
        unit=unit,
        month=timezone.localdate(starts_at),
        minutes_kind=kind,
        intervals=free,
        minutes=left,
        planned_minutes=max(minutes, 1),
        counts_activity=left > 0 and 5 * left >= 3 * minutes,
        points=(2 * points * left + minutes) // (2 * minutes) if minutes else points,
        task_number=number,
        text=text,
        approved_by=approved_by,
        now=now,
    )


def most_minutes() -> int:
    """How many minutes one work order may be credited with, by the rule in force."""
    return (_rule() or ExchangeRule()).work_order_minutes


def _rule() -> ExchangeRule | None:
    """The rule in force."""
    return ExchangeRule.objects.order_by("-version").first()


def take_work_back(*, number: str, reason: str, now: datetime) -> None:
    """Reverses exactly what was booked for a work order that is taken up again. Twice changes nothing."""
    long_days.forget(number)
    rows = Credit.objects.filter(task_number=number, is_latest=True).exclude(minutes=0, points=0)
    for row in rows.select_related("participant", "unit"):
        credit(
            participant=row.participant,
            unit=row.unit,
            month=row.month,
            minutes_kind=MinutesKind(row.minutes_kind),
            intervals=[],
            minutes=0,
            planned_minutes=row.planned_minutes,
            counts_activity=False,
            points=0,
            task_number=number,
            text=number,
            approved_by=None,
            reason=reason,
            now=now,
        )


# --- Reports of couriers (随手拍) ------------------------------------------------------------------


# Asked at each step that accepts a report, and of most reporters the answer is nothing.
_COURIERS = PreparedQuery(
    lambda account: ReportIn.objects.filter(
        participant__account=account,
        state=ReportInState.CONFIRMED,
        kind__in=sorted(NEW_EMPLOYMENT),
    ).select_related("participant")[:1]
)


def _rule_points(report_in: ReportIn | None) -> int:
    """What the rule in force gives couriers and drivers whom the branch has confirmed; 0 to others."""
    if report_in is None or report_in.kind not in NEW_EMPLOYMENT:
        return 0
    if report_in.state != ReportInState.CONFIRMED:
        return 0
    rule = _rule()
    return rule.report_points if rule else 0


def award_report(*, task: int, reporter: int, text: str, now: datetime) -> int:
    """Points for a report that was accepted, to a courier or driver; how many. Twice books once."""
    report_in = next(iter(_COURIERS.rows(reporter)), None)
    points = _rule_points(report_in)
    if report_in is None or not points:
        return 0
    account = ledgers.locked_points(report_in.participant)
    if account.entries.filter(source=EntrySource.REPORT, source_id=task).exists():
        return 0
    _book_report(account, task, points, text, now)
    return points


def take_report_back(*, task: int, reporter: int, text: str, now: datetime) -> None:
    """Takes the points of a report back that turned out a duplicate, or was withdrawn. Once."""
    participant = Participant.objects.filter(
        account=reporter,
        points_account__entries__source=EntrySource.REPORT,
        points_account__entries__source_id=task,
    ).first()
    if participant is not None:
        _book_report(ledgers.locked_points(participant), task, 0, text, now)


def _book_report(account: ledgers.Account, task: int, due: int, text: str, now: datetime) -> None:
    ledgers.book_difference(
        account,
        due=due,
        before=ledgers.booked(account, EntrySource.REPORT, [task]),
        source=EntrySource.REPORT,
        source_id=task,
        month=timezone.localdate(now),
        text=text,
        by=None,
        now=now,
    )
