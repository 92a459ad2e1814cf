"""Appeals: a member says that an approval, or a month, is wrong; somebody else decides."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.notifications.notifications import NewNotice, notify
from orgs.values.names import is_visible
from volunteers.service.accounts import long_days
from volunteers.service.accounts.credits import credit, live_intervals
from volunteers.service.accounts.spans import without
from volunteers.service.attendance import reviews
from volunteers.service.duty import counting, letters
from volunteers.service.duty.notifications import DECIDED
from volunteers.service.enums import (
    AppealState,
    MinutesKind,
    MonthState,
    Permission,
    ReviewState,
)
from volunteers.service.models import (
    Appeal,
    Attendance,
    Credit,
    LongDay,
    MonthResult,
    Participant,
    ServiceMonth,
    ServiceOrder,
)
from volunteers.service.reportins.participants import whose
from volunteers.service.reportins.same_person import Oneself

if TYPE_CHECKING:
    from orgs.models import User

Subject = Credit | Attendance | LongDay | MonthResult


def subject_of(mine: Participant | None, entry: str = "", month: date | None = None) -> Subject:
    """What an appeal of somebody is about: an entry of their own page, or their month.

    Raises Refused (`no_subject`) for what is not theirs.
    """
    found: Subject | None = None
    kind, _dash, key = entry.rpartition("-")
    if mine and entry and key.isdecimal() and len(key) < 19:
        if kind == "attendance":
            found = Attendance.objects.filter(participant=mine, pk=int(key)).first()
        elif kind == "long_day":
            refused = LongDay.objects.filter(participant=mine, approved=False)
            found = refused.filter(pk=int(key)).first()
        elif kind in ("credit", ""):
            found = Credit.objects.filter(participant=mine, pk=int(key), is_latest=True).first()
    elif mine and month is not None:
        results = MonthResult.objects.filter(participant=mine, month__month=month.replace(day=1))
        found = results.order_by("-pk").first()
    if found is None:
        message = _("Choose an entry, or a month that was counted.")
        raise Refused(message, code="no_subject", field="entry")
    return found


def appeal(
    *,
    entry: str = "",
    month: date | None = None,
    reason: str = "",
    participant: Participant | None = None,
    by: "User",
    now: datetime,
) -> Appeal:
    """Says that an entry, or a month's result, of one's own is wrong; one tap is enough.

    The desk says it for a `participant` without an account. Raises NotAllowed, Refused
    (`no_subject`), WrongState (`appeal_waits`) while one waits.
    """
    about = subject_of(whose(participant, by), entry, month)
    words = reason.strip()[:500] or _("Please look at this again.")
    fields = {
        Credit: "credit", Attendance: "attendance", LongDay: "long_day", MonthResult: "result",
    }  # fmt: skip
    try:
        with transaction.atomic():
            row: Appeal = Appeal.objects.create(
                participant=about.participant,
                unit=_place_of(about),
                reason=words,
                by=by,
                at=now,
                **{fields[type(about)]: about},
            )
            audit.record(
                "service.appeal", by=by, obj=row, detail=audit.on_behalf_of(participant), now=now
            )
    except IntegrityError:
        message = _("An appeal about this waits already; somebody will decide it.")
        raise WrongState(message, code="appeal_waits") from None
    return row


def _place_of(about: Subject) -> Any:
    if isinstance(about, Credit | LongDay):
        return about.unit
    return about.activity.unit if isinstance(about, Attendance) else about.report_in.unit


@transaction.atomic
def decide(*, appeal: Appeal, granted: bool, reason: str, by: "User", now: datetime) -> Appeal:
    """Decides an appeal. Granted, an attendance is credited as planned, a refused long day as it was,
    and a month is counted anew.

    Raises NotAllowed (`own_case` for one's own, and for whoever entered or refused the attendance or
    refused the long day; `level_above` where the street decides), Refused without a reason, WrongState when it was
    decided already.
    """
    row = _locked(appeal)
    _refuse_own(row, by)
    if not by.has_perm(Permission.DECIDE_APPEALS, row.unit):
        raise NotAllowed(_("You do not decide appeals of this place."))
    if row.long_day is not None:
        long_days.refuse_above(row.long_day, row.long_day.longest, by)
    if not is_visible(reason):
        raise Refused(_("Say why."), code="no_reason", field="reason")
    if row.state != AppealState.WAITING:
        raise WrongState(_("This appeal is decided."), code="appeal_decided")
    row.state = AppealState.GRANTED if granted else AppealState.REJECTED
    row.decided_by, row.decided_at, row.decision = by, now, reason.strip()[:500]
    row.save(update_fields=["state", "decided_by", "decided_at", "decision"])
    detail: dict[str, Any] = {"granted": granted}
    if granted:
        detail |= _refusal(row)
        _make_good(row, by, now)
    audit.record("service.decide-appeal", by=by, obj=row, detail=detail, now=now)
    told = {"granted": granted, "decision": row.decision}
    recipient, link = row.participant.account_key, reverse("service:mine")
    if recipient is None:  # whoever entered it at the desk tells them
        recipient, told = row.by_id, told | {"name": row.participant.name}
        link = reverse("service:participant", args=[row.participant_id])
    notice = NewNotice(DECIDED, f"service-appeal:{row.pk}", recipient, link, told)
    notify([notice], now=now)
    return row


def _locked(appeal: Appeal) -> Appeal:
    rows = Appeal.objects.select_for_update(no_key=True, of=("self",)).select_related(
        *("unit", "participant", "credit__attendance__activity", "attendance__activity"),
        *("long_day__unit", "long_day__decided_by", "result", "by"),
    )
    found: Appeal = rows.get(pk=appeal.pk)
    return found


def attendance_of(appeal: Appeal) -> Attendance | None:
    """The attendance that an appeal is about, directly or by its credit."""
    return appeal.attendance or (appeal.credit.attendance if appeal.credit else None)


def _refuse_own(row: Appeal, by: "User") -> None:
    oneself = Oneself(by)
    oneself.refuse_own_case(row.participant)
    concerned = [row.by, row.long_day.decided_by if row.long_day else None]
    if attendance := attendance_of(row):
        concerned.append(attendance.entered_by)
        if attendance.review == ReviewState.REJECTED:
            concerned.append(attendance.reviewed_by)
    if any(map(oneself.is_account, concerned)):
        raise NotAllowed(_("Nobody decides their own case."), code="own_case")


def _refusal(row: Appeal) -> dict[str, Any]:
    """Who refused what an appeal is about, and why: the answer is written over it."""
    attendance = attendance_of(row)
    if row.long_day is not None:
        return {"refused_by": row.long_day.decided_by_id, "refusal": row.long_day.reason}
    if attendance is not None and attendance.review == ReviewState.REJECTED:
        return {"refused_by": attendance.reviewed_by_id, "refusal": attendance.reason}
    return {}


def _make_good(row: Appeal, by: "User", now: datetime) -> None:
    attendance = attendance_of(row)
    if attendance is not None:
        reviews.grant_planned(attendance_row=attendance, reason=row.decision, by=by, now=now)
    elif row.credit is not None:
        _credit_whole(row.credit, row, by, now)
    elif row.long_day is not None:
        long_days.grant(long_day=row.long_day, reason=row.decision, by=by, now=now)
    if row.result is not None:
        months = ServiceMonth.objects.select_for_update(no_key=True, of=("self",))
        rows = list(months.select_related("branch").filter(pk=row.result.month_id))
        counting.count(rows, now)
        if rows[0].state == MonthState.CLOSED:
            letters.write(rows, now)


def _credit_whole(known: Credit, row: Appeal, by: "User", now: datetime) -> None:
    """An order's or work order's planned minutes, in the time that was credited."""
    # What was taken back is made good from the revision before it.
    booked = (
        Credit.objects.filter(
            participant=known.participant, order=known.order, task_number=known.task_number
        )
        .exclude(minutes=0, points=0)
        .order_by("-revision")
        .first()
    ) or known
    filled = list(booked.intervals.order_by("starts_at").values_list("starts_at", "ends_at"))
    if filled and booked.pk != known.pk:
        taken = live_intervals(known.participant, filled[0][0], filled[-1][1])
        filled = without(filled, taken)
    made = credit(
        participant=known.participant,
        unit=known.unit,
        month=known.month,
        minutes_kind=MinutesKind(known.minutes_kind),
        intervals=filled,
        minutes=max(known.minutes, known.planned_minutes),
        planned_minutes=known.planned_minutes,
        counts_activity=True,
        item=known.item,
        points=None if known.item else booked.points,
        order=known.order,
        task_number=known.task_number,
        text=known.item.name if known.item else known.task_number,
        approved_by=by,
        reason=row.decision,
        now=now,
    )
    if known.order is not None:
        ServiceOrder.objects.filter(pk=known.order.pk).update(minutes=made.minutes)
