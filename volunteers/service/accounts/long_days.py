"""The limit of a day: over 8 hours the branch looks before anything is credited, over 12 the level above.

Activities keep what waits in their attendance; orders and work orders keep it here.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.scoping import reach_of
from orgs.values.names import is_visible
from volunteers.service.accounts.credits import credit, live_intervals
from volunteers.service.accounts.ledgers import locked_minutes
from volunteers.service.accounts.spans import Span, common, minutes, without
from volunteers.service.enums import STREET_ROLES, MinutesKind, Permission
from volunteers.service.models import Attendance, Credit, LongDay, Participant, ServiceOrder
from volunteers.service.reportins.same_person import refuse_own_case

if TYPE_CHECKING:
    from orgs.models import User

# A day beyond which the branch looks, and beyond which the level above does, in minutes.
BRANCH_LOOKS, ABOVE_LOOKS = 8 * 60, 12 * 60
# As long as the column.
LONGEST_REASON = 300


def longest_day(
    participant: Participant, spans: Sequence[Span], *, but: Attendance | None = None
) -> int:
    """Minutes of the longest day that these spans make with what is credited.

    A night counts for both its days, each with its own part. `but` the attendance counted anew.
    """
    first, last = timezone.localdate(spans[0][0]), timezone.localdate(spans[-1][1])
    days = [_whole_day(first + timedelta(days=n)) for n in range((last - first).days + 1)]
    others = live_intervals(participant, days[0][0], days[-1][1], but=but)
    return max(minutes(common([*others, *spans], [day])) for day in days)


def _whole_day(day: date) -> Span:
    starts, ends = (
        timezone.make_aware(datetime.combine(one, time.min)) for one in (day, day + timedelta(1))
    )
    return starts, ends


def waits(*, free: Sequence[Span], participant: Participant, now: datetime, **what: Any) -> bool:
    """Keeps time that makes a day too long, for somebody to look at; False where it does not.

    `free` is what is not credited otherwise; `what` are the other columns of a LongDay. The caller
    holds the account. Twice keeps it once.
    """
    longest = longest_day(participant, free) if free else 0
    if longest <= BRANCH_LOOKS:
        return False
    about = {name: what.pop(name) for name in ("order", "task_number") if name in what}
    LongDay.objects.get_or_create(
        participant=participant,
        approved=None,
        **about,
        defaults={"longest": longest, "at": now, **what},
    )
    return True


def forget(task_number: str) -> None:
    """What waits of a work order that is taken up again goes; what was decided stays."""
    LongDay.objects.filter(task_number=task_number, approved=None).delete()


@transaction.atomic
def approve(*, long_day: LongDay, by: "User", now: datetime) -> LongDay:
    """Credits it, without what another service fills by now.

    Raises NotAllowed (`own_case`, `level_above`), WrongState where it is decided.
    """
    row = _locked(long_day, by)
    if row.approved is not None:
        raise WrongState(_("This is decided already."), code="decided")
    _credit(row, "", by, now)
    return _decided(row, True, "", by, now)


@transaction.atomic
def grant(*, long_day: LongDay, reason: str, by: "User", now: datetime) -> LongDay:
    """Credits after all what was refused, as an appeal decided. Raises as `approve`."""
    row = _locked(long_day, by)
    done_again = Credit.objects.filter(
        participant=row.participant, order=row.order, task_number=row.task_number, is_latest=True
    )
    if row.approved is not False or done_again.exclude(minutes=0).exists():
        raise WrongState(_("This is decided already."), code="decided")
    _credit(row, reason, by, now)
    return _decided(row, True, reason, by, now)


def _credit(row: LongDay, reason: str, by: "User", now: datetime) -> None:
    locked_minutes(row.participant, MinutesKind(row.minutes_kind))
    free = without(
        [(row.starts_at, row.ends_at)], live_intervals(row.participant, row.starts_at, row.ends_at)
    )
    # What was credited since it began to wait counts too.
    refuse_above(row, longest_day(row.participant, free) if free else 0, by)
    left, all_ = minutes(free), minutes([(row.starts_at, row.ends_at)])
    credit(
        participant=row.participant,
        unit=row.unit,
        month=timezone.localdate(row.starts_at),
        minutes_kind=MinutesKind(row.minutes_kind),
        intervals=free,
        minutes=left,
        planned_minutes=row.planned_minutes,
        counts_activity=left > 0 and 5 * left >= 3 * row.planned_minutes,
        item=row.order.item if row.order else None,
        points=None if row.order else (2 * row.points * left + all_) // (2 * all_),
        order=row.order,
        task_number=row.task_number,
        text=row.text,
        approved_by=by,
        reason=reason,
        now=now,
    )
    _say_booked(row, left)


def _say_booked(row: LongDay, minutes: int) -> None:
    """An order says the minutes that were booked for it."""
    if row.order is not None:
        ServiceOrder.objects.filter(pk=row.order.pk).update(minutes=minutes)


@transaction.atomic
def refuse(*, long_day: LongDay, reason: str, by: "User", now: datetime) -> LongDay:
    """Does not credit it; the member reads why. Raises as `approve`, Refused without a reason."""
    row = _locked(long_day, by)
    if not is_visible(reason):
        raise Refused(_("Say why."), code="no_reason", field="reason")
    if row.approved is not None:
        raise WrongState(_("This is decided already."), code="decided")
    _say_booked(row, 0)
    return _decided(row, False, reason.strip(), by, now)


def _locked(long_day: LongDay, by: "User") -> LongDay:
    rows = LongDay.objects.select_for_update(of=("self",))
    row: LongDay = rows.select_related("unit", "participant", "order__item").get(pk=long_day.pk)
    if not by.has_perm(Permission.REVIEW_ATTENDANCE, row.unit):
        raise NotAllowed(_("You do not review the attendance of this place."))
    refuse_own_case(row.participant, by)
    refuse_above(row, row.longest, by)
    return row


def is_above(row: LongDay, longest: int, by: "User") -> bool:
    """Whether the street decides about a day of so many minutes, and this person is not of it."""
    return longest > ABOVE_LOOKS and not reach_of(by).roles_at(row.unit) & STREET_ROLES


def refuse_above(row: LongDay, longest: int, by: "User") -> None:
    """Raises NotAllowed (`level_above`) where the street decides about a day of so many minutes."""
    if is_above(row, longest, by):
        raise NotAllowed(_("Over 12 hours in a day the street approves."), code="level_above")


def _decided(row: LongDay, approved: bool, reason: str, by: "User", now: datetime) -> LongDay:
    row.approved, row.decided_by, row.decided_at = approved, by, now
    # The reason of an appeal may be longer; the appeal keeps it whole.
    row.reason = reason[:LONGEST_REASON]
    row.save(update_fields=["approved", "decided_by", "decided_at", "reason"])
    name = "approve" if approved else "refuse"
    audit.record(f"service.{name}-long-day", by=by, obj=row, now=now)
    return row
