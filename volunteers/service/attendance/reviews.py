"""Looking at what is not clean: approving together or one by one, refusing with a reason, flags."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import DomainError, NotAllowed, Refused, WrongState
from orgs.models import User
from orgs.scoping import reach_of
from orgs.values.names import is_visible
from volunteers.service.accounts.spans import minutes, union
from volunteers.service.activities.sign_ups import spans_of
from volunteers.service.attendance import attendance, presence
from volunteers.service.enums import (
    STREET_ROLES,
    EvidenceState,
    Permission,
    ReviewState,
)
from volunteers.service.models import Activity, Attendance, CheckEvent, Flag
from volunteers.service.reportins.same_person import Oneself, is_same_person, refuse_own_case

TO_REVIEW = frozenset({ReviewState.WAITING, ReviewState.WAITING_ABOVE, ReviewState.MISSING_OUT})


@transaction.atomic
def approve(
    *,
    attendance_row: Attendance,
    number: int | None = None,
    oneself: Oneself | None = None,
    by: User,
    now: datetime,
) -> Attendance:
    """Credits what had to be looked at; `number`: so many minutes of it, not more; `oneself`:
    whoever approves, where the caller has read them already.

    Raises NotAllowed for one's own (`own_case`), for what one entered oneself (`entered_yourself`) and
    for what only the level above approves; WrongState where it is decided or not over yet.
    """
    oneself = oneself or Oneself(by)
    row = _locked(attendance_row, oneself, now)
    plan = spans_of(row.activity)
    if row.review == ReviewState.MISSING_OUT:
        _fill_to_planned_end(row)
    if number is not None:
        if not 0 <= number <= row.minutes:
            raise Refused(_("Not more than what was recorded."), field="minutes")
        spans = attendance.loaded(row.presence)
        row.presence = attendance.dumped(presence.filled(spans, number) if number else [])
        row.minutes = number
        row.state = presence.state_of(number, row.planned_minutes)
    row.review, row.reviewed_by, row.reviewed_at = ReviewState.APPROVED, by, now
    attendance.book(row, plan, by=by, now=now, oneself=oneself)
    row.save()
    audit.record(
        "service.approve-attendance", by=by, obj=row, detail={"minutes": row.minutes}, now=now
    )
    return row


@transaction.atomic
def approve_all(*, rows: QuerySet[Attendance], by: User, now: datetime) -> int:
    """Approves what this person may of several; what they may not stays for others. How many."""
    # All rows are locked before the first account, and both always in one order: of two who approve at
    # the same time one waits for the other, never both, and leaves out what the other has approved.
    keys = list(rows.order_by().values_list("pk", flat=True))
    waiting = Attendance.objects.filter(pk__in=keys, review__in=TO_REVIEW)
    locked = waiting.select_for_update(of=("self",)).order_by("pk")
    oneself, approved = Oneself(by), 0
    for row in sorted(locked, key=lambda row: (row.participant_id, row.pk)):
        try:
            approve(attendance_row=row, oneself=oneself, by=by, now=now)
        except DomainError:
            continue
        approved += 1
    return approved


def confirm_missing(*, activity: Activity, by: User, now: datetime) -> int:
    """One tap for all who forgot to check out: present up to the planned end. How many."""
    if not by.has_perm(Permission.REVIEW_ATTENDANCE, activity.unit):
        raise NotAllowed(_("You do not review the attendance of this place."))
    return approve_all(
        rows=activity.attendances.filter(review=ReviewState.MISSING_OUT), by=by, now=now
    )


def _fill_to_planned_end(row: Attendance) -> None:
    since, plan = attendance.open_since(row), spans_of(row.activity)
    spans = attendance.loaded(row.presence)
    if since is not None and since < plan[-1][1]:
        spans = union([*spans, (since, plan[-1][1])])
    counted = presence.counted(spans, plan)
    row.presence, row.minutes = attendance.dumped(counted), minutes(counted)
    row.state = presence.state_of(row.minutes, row.planned_minutes)


@transaction.atomic
def grant_planned(
    *, attendance_row: Attendance, reason: str, by: User, now: datetime
) -> Attendance:
    """Credits the planned time, less what another service fills of it: an appeal was granted.

    Whoever calls has checked who may decide it, and that it is not their own.
    """
    rows = Attendance.objects.select_for_update(of=("self",))
    row: Attendance = rows.select_related("activity__unit", "activity__item", "participant").get(
        pk=attendance_row.pk
    )
    plan = spans_of(row.activity)
    number = min(minutes(plan), row.planned_minutes)
    row.presence, row.minutes = attendance.dumped(presence.filled(plan, number)), number
    row.state = presence.state_of(number, row.planned_minutes)
    row.review, row.reviewed_by, row.reviewed_at = ReviewState.APPROVED, by, now
    row.reason = reason.strip()[:300]
    attendance.book(row, plan, by=by, now=now, reason=reason)
    row.save()
    return row


@transaction.atomic
def reject(*, attendance_row: Attendance, reason: str, by: User, now: datetime) -> Attendance:
    """Does not credit it; what was credited of it goes back exactly. The member reads why, and may appeal.

    What the phone showed is not rewritten: each entry that waited gets a second one that answers it.
    """
    row = _locked(attendance_row, Oneself(by), now)
    if not is_visible(reason):
        raise Refused(_("Say why."), code="no_reason", field="reason")
    row.review, row.reviewed_by, row.reviewed_at = ReviewState.REJECTED, by, now
    row.reason = reason.strip()[:300]
    if row.credits.exists():
        row.presence, row.minutes = [], 0
        attendance.book(row, spans_of(row.activity), by=by, now=now, reason=row.reason)
    row.save()
    _answer_evidence(row, by, now)
    audit.record("service.reject-attendance", by=by, obj=row, now=now)
    return row


def _answer_evidence(row: Attendance, by: User, now: datetime) -> None:
    waiting = CheckEvent.objects.filter(
        activity=row.activity,
        participant=row.participant,
        state=EvidenceState.TO_CONFIRM,
        answered_by=None,
    )
    CheckEvent.objects.bulk_create(
        CheckEvent(
            id=uuid4(),
            activity=row.activity,
            participant=row.participant,
            by=by,
            direction=event.direction,
            source=event.source,
            state=EvidenceState.REFUSED,
            reason="rejected",
            at=event.at,
            received_at=now,
            answers=event,
        )
        for event in waiting
    )


def _locked(given: Attendance, oneself: Oneself, now: datetime) -> Attendance:
    """The row, locked, for somebody who may decide it. Raises NotAllowed, WrongState."""
    by = oneself.account
    rows = Attendance.objects.select_for_update(of=("self",))
    row: Attendance = rows.select_related(
        "activity__unit", "activity__item", "participant", "entered_by"
    ).get(pk=given.pk)
    unit = row.activity.unit
    if not by.has_perm(Permission.REVIEW_ATTENDANCE, unit):
        raise NotAllowed(_("You do not review the attendance of this place."))
    oneself.refuse_own_case(row.participant)
    if oneself.is_account(row.entered_by):
        raise NotAllowed(
            _("Whoever entered it does not approve it: another person looks."),
            code="entered_yourself",
        )
    if is_above(row, by):
        raise NotAllowed(_("Over 12 hours in a day the street approves."), code="level_above")
    if row.review == ReviewState.CLEAN or now < row.activity.ends_at:
        raise WrongState(_("Nothing is credited before the end."), code="not_over")
    if row.review == ReviewState.REJECTED:
        raise WrongState(_("This is decided already."), code="decided")
    return row


def is_above(row: Attendance, by: User) -> bool:
    """Whether the street decides about an attendance, and this person is not of it."""
    if row.review != ReviewState.WAITING_ABOVE:
        return False
    return not reach_of(by).roles_at(row.activity.unit) & STREET_ROLES


def _organiser_of(flag: Flag) -> User | None:
    """Whose lists a flag is about: of one activity, or of a month."""
    if flag.activity is not None:
        return flag.activity.organiser
    return User.objects.filter(pk=flag.detail.get("organiser")).first()


@transaction.atomic
def decide_flag(*, flag: Flag, upheld: bool, reason: str, by: User, now: datetime) -> Flag:
    """Decides a flag by name and with a reason. It deducts nothing: what it is about is looked at anew.

    Raises NotAllowed (`own_case`), Refused without a reason, WrongState where it is decided.
    """
    row: Flag = (
        Flag.objects.select_for_update(of=("self",))
        .select_related("unit", "participant", "activity__organiser")
        .get(pk=flag.pk)
    )
    if not by.has_perm(Permission.REVIEW_ATTENDANCE, row.unit):
        raise NotAllowed(_("You do not review the attendance of this place."))
    if row.participant is not None:
        refuse_own_case(row.participant, by)
    if is_same_person(_organiser_of(row), by):
        raise NotAllowed(_("Nobody decides a flag about themselves."), code="own_case")
    if row.upheld is not None:
        raise WrongState(_("This is decided already."), code="decided")
    if not is_visible(reason):
        raise Refused(_("Say why."), code="no_reason", field="reason")
    row.upheld, row.decided_by, row.decided_at = upheld, by, now
    row.reason = reason.strip()[:300]
    row.save(update_fields=["upheld", "decided_by", "decided_at", "reason"])
    audit.record("service.decide-flag", by=by, obj=row, detail={"upheld": upheld}, now=now)
    return row
