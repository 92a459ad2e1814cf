"""The organiser's roll-call, on screen or from a printed sheet: it always replaces check-ins."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import DomainError, NotAllowed, Refused, WrongState
from orgs.scoping import around
from orgs.values import names
from volunteers.service.accounts.spans import Span, minutes
from volunteers.service.activities.sign_ups import locked, spans_of
from volunteers.service.activities.workflow import WORKFLOW
from volunteers.service.attendance import presence
from volunteers.service.attendance.attendance import approve_clean, write
from volunteers.service.enums import (
    ActivityState,
    AttendanceState,
    ReviewState,
    RollCallKind,
    SignUpState,
)
from volunteers.service.models import Activity, Attendance, Participant, RollCall, RollCallLine
from volunteers.service.reportins.participants import enter
from volunteers.service.reportins.same_person import own_keys

if TYPE_CHECKING:
    from orgs.models import User

MOST_LINES = 2000
IN_TIME = timedelta(hours=2)
LONGEST_NUMBER = 9  # digits


@dataclass(frozen=True)
class Line:
    """What the organiser says of somebody; `state` None: not whether they were there.

    `is_readable`: the minutes are a number, or none were given.
    """

    person: int
    state: AttendanceState | None
    minutes: int | None = None
    is_readable: bool = True


@dataclass(frozen=True)
class Result:
    """What became of a line; `code` says why it was not taken, or who has to look first ("").

    `detail` is the sentence about a line that was not taken.
    """

    person: int
    ok: bool
    code: str = ""
    detail: str = ""


def read(person: int, state: Any, number: Any) -> Line:
    """A line as it was typed or sent: the minutes as a number or its digits, None or "" for none."""
    known = AttendanceState(state) if state in AttendanceState.values else None
    text = "" if number is None else str(number).strip()
    is_readable = not text or (text.isdecimal() and len(text) <= LONGEST_NUMBER)
    return Line(person, known, int(text) if text and is_readable else None, is_readable)


def roll_call(
    *,
    activity: Activity,
    people: Sequence[Line],
    kind: RollCallKind = RollCallKind.SCREEN,
    by: "User",
    now: datetime,
) -> list[Result]:
    """Writes a roll-call; one bad line never rejects the rest.

    It counts fully only for an activity published before it began, kept by somebody who is not on the
    list, entered between its start and two hours after its end; everything else goes to another
    reviewer. Raises NotAllowed; WrongState (`not_open`, `not_begun`); Refused for an empty list.
    """
    if not WORKFLOW.relations(activity, by):
        raise NotAllowed(_("Only the organiser and the branch keep the roll-call."))
    if not 1 <= len(people) <= MOST_LINES:
        raise Refused(
            _("A roll-call has 1 to %(most)d lines.") % {"most": MOST_LINES}, field="people"
        )
    with transaction.atomic():
        activity = locked(activity)
        if activity.state not in (ActivityState.PUBLISHED, ActivityState.HELD):
            raise WrongState(_("This activity is neither published nor held."), code="not_open")
        if now < activity.starts_at:
            raise WrongState(_("This activity has not begun."), code="not_begun")
        call = RollCall.objects.create(activity=activity, kind=kind, by=by, at=now)
        known = _people(activity, people, by)
        placed = set(
            activity.sign_ups.filter(
                state__in=[SignUpState.PLACED, SignUpState.RELEASED]
            ).values_list("participant", flat=True)
        )
        whole = _reasons(activity, kind, known.values(), placed, by, now)
        keeper = _Keeper(call, activity, spans_of(activity), placed, whole, by, now)
        results = [keeper.take(line, known) for line in people]
        taken = sum(result.ok for result in results)
        audit.record("service.roll-call", by=by, obj=activity, detail={"lines": taken}, now=now)
    return results


@transaction.atomic
def walk_in(
    *,
    activity: Activity,
    name: str,
    phone: str = "",
    minutes: int | None = None,
    by: "User",
    now: datetime,
) -> Participant:
    """Adds to the roll-call somebody who came without a sign-up, by name as on the printed sheet.

    Without a telephone a name means the one person of that name who serves around; else, or where
    nobody has it, somebody is entered. No `minutes`: as planned. Another person looks at it. Raises
    what `roll_call` raises; Refused for a name that several have (`several`), too many minutes.
    """
    known = Participant.objects.filter(
        around(activity.unit, "place"), name_key=names.compared(name)
    )
    rows = [] if phone else list(known[:2])
    if len(rows) > 1:
        message = _("Several people have this name: give the telephone number.")
        raise Refused(message, code="several", field="phone")
    who = rows[0] if rows else enter(name=name, phone=phone, place=activity.unit, by=by, now=now)
    line = Line(who.pk, AttendanceState.AS_PLANNED, minutes)
    [result] = roll_call(activity=activity, people=[line], by=by, now=now)
    if not result.ok:
        field = "minutes" if result.code == "too_many_minutes" else ""
        raise Refused(result.detail, code=result.code, field=field)
    return who


def _people(activity: Activity, lines: Sequence[Line], by: "User") -> dict[int, Participant]:
    """Those of the lines whom the keeper may name: who signed up, came, or serves in sight."""
    keys = {line.person for line in lines}
    here = Participant.objects.filter(sign_ups__activity=activity) | Participant.objects.filter(
        checks__activity=activity
    )
    seen = Participant.objects.visible_to(by).filter(pk__in=keys)
    rows = [*here.filter(pk__in=keys).distinct(), *seen]
    return {row.pk: row for row in rows}


def _reasons(
    activity: Activity,
    kind: RollCallKind,
    named: Iterable[Participant],
    placed: set[int],
    by: "User",
    now: datetime,
) -> set[str]:
    """Why the whole roll-call goes to another reviewer."""
    reasons = set()
    if activity.published_at is None or activity.published_at >= activity.starts_at:
        reasons.add("published_late")
    if own_keys(by) & {*placed, *(one.pk for one in named)}:
        reasons.add("keeper_on_list")
    if now > activity.ends_at + IN_TIME:
        reasons.add("late")
    if kind == RollCallKind.BULK:
        reasons.add("bulk")
    return reasons


@dataclass
class _Keeper:
    """One roll-call under way."""

    call: RollCall
    activity: Activity
    plan: list[Span]
    placed: set[int]
    whole: set[str]
    by: "User"
    now: datetime

    def __post_init__(self) -> None:
        self.seen: set[int] = set()

    def take(self, line: Line, known: dict[int, Participant]) -> Result:
        """Writes one line, or says why not."""
        who = known.get(line.person)
        try:
            if who is None:
                raise Refused(_("Nobody of this list."), code="unknown_person")
            if who.pk in self.seen:
                raise Refused(_("Stands twice in this list."), code="twice")
            spans = self._spans(line)
            with transaction.atomic():
                reasons = self._write(line, who, spans)
        except DomainError as refusal:
            return Result(line.person, False, refusal.code, refusal.message)
        self.seen.add(who.pk)
        return Result(line.person, True, sorted(reasons)[0] if reasons else "")

    def _spans(self, line: Line) -> list[Span]:
        """The time that a line says. Raises Refused for one that cannot be read."""
        planned, most = minutes(self.plan), presence.most_minutes(self.plan)
        if line.state is None or line.state == AttendanceState.UNKNOWN:
            raise Refused(_("Say whether this person was there."), code="bad_row")
        if not line.is_readable:
            raise Refused(_("Give the minutes as a whole number."), code="bad_minutes")
        if line.state == AttendanceState.NO_SHOW:
            if line.minutes:
                message = _(
                    "Who was not there has no minutes: clear them, or say that they were there."
                )
                raise Refused(message, code="absent_with_minutes")
            return []
        number = line.minutes
        if number is None:
            if line.state != AttendanceState.AS_PLANNED:
                raise Refused(_("Say how many minutes."), code="minutes_missing")
            number = planned
        if not 1 <= number <= most:
            raise Refused(
                _("Give 1 to %(most)d minutes.") % {"most": most},
                code="too_many_minutes",
            )
        return presence.filled(self.plan, number)

    def _write(self, line: Line, who: Participant, spans: list[Span]) -> set[str]:
        is_walk_in = who.pk not in self.placed
        reasons = self.whole | ({"walk_in"} if is_walk_in and spans else set())
        row, _is_new = Attendance.objects.select_for_update(of=("self",)).get_or_create(
            activity=self.activity,
            participant=who,
            defaults={"planned_minutes": max(minutes(self.plan), 1), "entered_at": self.now},
        )
        row.activity, row.participant = self.activity, who
        row.is_walk_in, row.entered_by, row.entered_at = is_walk_in, self.by, self.now
        row.reviewed_by = row.reviewed_at = None
        row.reason = ""
        write(row, spans, reasons)
        RollCallLine.objects.create(
            roll_call=self.call,
            participant=who,
            state=line.state or AttendanceState.UNKNOWN,
            minutes=row.minutes,
            is_walk_in=is_walk_in,
            reason=row.reasons[0] if row.reasons else "",
        )
        row.save()
        # Nothing is credited before the end.
        if self.now >= self.activity.ends_at and row.review == ReviewState.CLEAN:
            approve_clean(row, self.plan, self.now)
        return set(row.reasons)
