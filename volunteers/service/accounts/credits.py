"""Crediting: an approval becomes minutes and points, booked as the difference to what was booked."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import WrongState
from orgs.models import Unit
from volunteers.service.accounts import ledgers
from volunteers.service.accounts.spans import Span
from volunteers.service.enums import EntrySource, MinutesKind
from volunteers.service.models import (
    Attendance,
    Credit,
    CreditedInterval,
    Participant,
    ServiceItem,
    ServiceOrder,
)
from volunteers.service.reportins.same_person import Oneself

if TYPE_CHECKING:
    from orgs.models import User


def points_for(item: ServiceItem | None, minutes: int, planned_minutes: int) -> int:
    """An item's points × credited ÷ planned minutes, at most 1, rounded half up; nothing without item."""
    if item is None:
        return 0
    counted = min(minutes, planned_minutes)
    return (2 * item.points * counted + planned_minutes) // (2 * planned_minutes)


def live_intervals(
    participant: Participant, starts: datetime, ends: datetime, *, but: Attendance | None = None
) -> list[Span]:
    """What is credited already of a span, in order; `but` the attendance that is counted anew."""
    rows = CreditedInterval.objects.filter(
        participant=participant, is_live=True, starts_at__lt=ends, ends_at__gt=starts
    )
    if but is not None:
        rows = rows.exclude(credit__attendance=but)
    return list(rows.order_by("starts_at").values_list("starts_at", "ends_at"))


@transaction.atomic
def credit(
    *,
    participant: Participant,
    unit: Unit,
    month: date,
    minutes_kind: MinutesKind,
    intervals: Sequence[Span],
    minutes: int,
    planned_minutes: int,
    counts_activity: bool,
    item: ServiceItem | None = None,
    points: int | None = None,
    attendance: Attendance | None = None,
    order: ServiceOrder | None = None,
    task_number: str = "",
    text: str,
    approved_by: "User | None",
    oneself: Oneself | None = None,
    reason: str = "",
    now: datetime,
) -> Credit:
    """The next approval of one attendance, order or work order: its revision, its time, the ledgers.

    `month` is that of the start, `minutes` all that is credited of it now, `points` what was agreed
    (None: counted from the item), `oneself` the approver as the caller has read them. Where nothing
    changes the one in force is given and nothing is written; no minutes and no intervals take everything
    back. Raises NotAllowed (`own_case`) for whoever approves their own, WrongState (`overlap`) where
    another credit fills the time.
    """
    if approved_by is not None:
        (oneself or Oneself(approved_by)).refuse_own_case(participant)
    if points is None:
        points = points_for(item, minutes, planned_minutes)
    # The account is the lock: approvals of one person come one by one.
    minutes_account = ledgers.locked_minutes(participant, minutes_kind)
    earlier = list(
        Credit.objects.filter(
            participant=participant, attendance=attendance, order=order, task_number=task_number
        ).order_by("revision")
    )
    latest = earlier[-1] if earlier else None
    new = Credit(
        participant=participant,
        unit=unit,
        attendance=attendance,
        order=order,
        task_number=task_number,
        revision=len(earlier) + 1,
        item=item,
        minutes_kind=minutes_kind,
        month=month.replace(day=1),
        minutes=minutes,
        planned_minutes=planned_minutes,
        points=points,
        counts_activity=counts_activity,
        approved_by=approved_by,
        approved_at=now,
        reason=reason[:300],
    )
    if latest is not None:
        if latest.minutes_kind != minutes_kind:
            message = _("The kind of minutes is fixed by the first approval.")
            raise WrongState(message, code="other_kind")
        if _is_same(latest, new, intervals):
            return latest
        CreditedInterval.objects.filter(credit=latest, is_live=True).update(is_live=False)
        Credit.objects.filter(pk=latest.pk).update(is_latest=False)
    new.save(force_insert=True)
    _fill(new, intervals)
    _book(new, [one.pk for one in earlier], minutes_account, text, now)
    return new


def _is_same(latest: Credit, new: Credit, intervals: Sequence[Span]) -> bool:
    """Whether an approval says what the one in force says."""
    columns = ("minutes", "planned_minutes", "points", "counts_activity", "month", "reason")
    if any(getattr(latest, name) != getattr(new, name) for name in columns):
        return False
    filled = latest.intervals.filter(is_live=True).values_list("starts_at", "ends_at")
    return sorted(filled) == sorted(intervals)


def _fill(new: Credit, intervals: Sequence[Span]) -> None:
    rows = [
        CreditedInterval(
            credit=new, participant=new.participant, starts_at=starts_at, ends_at=ends_at
        )
        for starts_at, ends_at in intervals
    ]
    try:
        with transaction.atomic():
            CreditedInterval.objects.bulk_create(rows)
    except IntegrityError:
        message = _("Another service of the same person fills this time.")
        raise WrongState(message, code="overlap") from None


def _book(
    new: Credit, earlier: list[int], minutes_account: ledgers.Account, text: str, now: datetime
) -> None:
    """Books minutes, then points; what was spent already and cannot be taken back is audited."""
    dues = [(minutes_account, new.minutes)]
    if new.points or Credit.objects.filter(Q(pk__in=earlier) & ~Q(points=0)).exists():
        dues.append((ledgers.locked_points(new.participant), new.points))
    for account, due in dues:
        uncovered = ledgers.book_difference(
            account,
            due=due,
            before=ledgers.booked(account, EntrySource.CREDIT, earlier) if earlier else 0,
            source=EntrySource.CREDIT,
            source_id=new.pk,
            month=new.month,
            text=text,
            by=new.approved_by,
            now=now,
        )
        if uncovered:
            detail = {"account": ledgers.name_of(account), "uncovered": uncovered}
            audit.record(
                "service.uncovered-reversal",
                by=new.approved_by,
                obj=new,
                detail=detail,
                now=now,
            )
