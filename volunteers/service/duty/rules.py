"""What is owed a month: rules with versions, and the days on which somebody owes less."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import PartyOrganisation
from orgs.values.names import is_visible
from volunteers.service.enums import MonthState, Permission, ReliefKind
from volunteers.service.models import DutyRelief, DutyRule, Participant, ServiceMonth
from volunteers.service.reportins.same_person import refuse_own_case

if TYPE_CHECKING:
    from orgs.models import User

# Days of a month are counted in hundredths: a relief may be a part of a day.
WHOLE_DAY = 100


def days_in(month: date) -> int:
    return monthrange(month.year, month.month)[1]


def last_day(month: date) -> date:
    return month.replace(day=days_in(month))


def next_month(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def rules_for(branches: Iterable[int], month: date) -> dict[int, DutyRule]:
    """The rule of each branch in a month: the latest beginning, then the highest version; its own first."""
    keys = set(branches)
    rows = DutyRule.objects.filter(Q(branch__in=keys) | Q(branch=None), month__lte=month)
    found: dict[int | None, DutyRule] = {}
    for rule in rows.order_by("month", "version"):
        found[rule.branch_id] = rule
    return {key: found.get(key) or found[None] for key in keys}


def share(amount: int, owed: int, month: date) -> int:
    """The part of a month's amount that falls on the days owed (in hundredths), rounded half up."""
    whole = days_in(month) * WHOLE_DAY
    return (2 * amount * owed + whole) // (2 * whole)


def owed_days(
    month: date,
    stays: Iterable[tuple[date, date | None]],
    reliefs: Iterable[tuple[date, date, int]],
) -> int:
    """Days owed in a month, in hundredths.

    A day on which somebody was reported in anywhere is owed once, the day of a move too. Of several
    reliefs on one day (first day, last day, per cent) the greatest counts.
    """
    day, last, owed = month, last_day(month), 0
    stays, reliefs = list(stays), list(reliefs)
    if not reliefs and any(starts <= day and (not ends or last <= ends) for starts, ends in stays):
        # As nearly everybody's month is.
        return days_in(month) * WHOLE_DAY
    while day <= last:
        if any(starts <= day and (ends is None or day <= ends) for starts, ends in stays):
            relieved = [percent for starts, ends, percent in reliefs if starts <= day <= ends]
            owed += WHOLE_DAY - max(relieved, default=0)
        day += timedelta(days=1)
    return owed


def _refuse_keeper(branch: PartyOrganisation, by: "User") -> None:
    if not by.has_perm(Permission.KEEP_DUTY, branch):
        raise NotAllowed(_("You do not keep this branch."))


@transaction.atomic
def set_rule(
    *,
    branch: PartyOrganisation,
    month: date,
    activities: int,
    minutes: int,
    source: str,
    by: "User",
    now: datetime,
) -> DutyRule:
    """A branch's own duty from a month on. Months that are closed keep the rule they were counted by.

    Raises NotAllowed, Refused for a wrong figure or no source, WrongState (`month_closed`).
    """
    PartyOrganisation.objects.select_for_update(of=("self",)).get(pk=branch.pk)
    _refuse_keeper(branch, by)
    wrong = {}
    if not 0 <= activities <= 31:
        wrong["activities"] = [_("A month has 0 to 31 activities.")]
    if not 0 <= minutes <= 44640:
        wrong["minutes"] = [_("A month has 0 to 44640 minutes.")]
    if not is_visible(source):
        wrong["source"] = [_("Say what decides it: a resolution, a document.")]
    if wrong:
        message = _("Some of what was sent is not right.")
        raise Refused(message, code="bad_rule", fields={**wrong})
    month = month.replace(day=1)
    closed = ServiceMonth.objects.filter(branch=branch, month__gte=month, state=MonthState.CLOSED)
    if closed.exists():
        message = _("This month is closed; a new rule begins later.")
        raise WrongState(message, code="month_closed")
    last = DutyRule.objects.filter(branch=branch).aggregate(last=Max("version"))["last"] or 0
    rule: DutyRule = DutyRule.objects.create(
        branch=branch,
        version=last + 1,
        month=month,
        activities=activities,
        minutes=minutes,
        source=source.strip()[:300],
        entered_by=by,
        entered_at=now,
    )
    detail = {"activities": activities, "minutes": minutes, "month": f"{month:%Y-%m}"}
    audit.record("service.set-duty-rule", by=by, obj=rule, detail=detail, now=now)
    return rule


@transaction.atomic
def grant_relief(
    *,
    participant: Participant,
    kind: ReliefKind,
    starts: date,
    ends: date,
    percent: int = 100,
    reason: str = "",
    by: "User",
    now: datetime,
) -> DutyRelief:
    """Days on which a member owes nothing, or so many per cent less.

    The reason is optional: nobody has to tell an illness. Raises NotAllowed (`own_case` for oneself),
    Refused for days or a share that cannot be.
    """
    if not by.has_perm(Permission.KEEP_REPORTINS, participant.place):
        raise NotAllowed(_("You do not run the service of this place."))
    refuse_own_case(participant, by)
    if ends < starts:
        raise Refused(_("The last day lies before the first."), code="bad_days", field="ends")
    if not 1 <= percent <= 100:
        raise Refused(_("Give 1 to 100 per cent."), code="bad_percent", field="percent")
    relief: DutyRelief = DutyRelief.objects.create(
        participant=participant,
        kind=kind,
        starts=starts,
        ends=ends,
        percent=percent,
        reason=reason.strip()[:200],
        granted_by=by,
        granted_at=now,
    )
    detail = {"kind": kind, "starts": f"{starts}", "ends": f"{ends}", "percent": percent}
    audit.record("service.grant-relief", by=by, obj=relief, detail=detail, now=now)
    return relief


@transaction.atomic
def withdraw_relief(*, relief: DutyRelief, by: "User", now: datetime) -> DutyRelief:
    """Takes a relief back, for months that are not closed. Raises NotAllowed, WrongState."""
    relief = (
        DutyRelief.objects.select_for_update(of=("self",))
        .select_related("participant__place")
        .get(pk=relief.pk)
    )
    if not by.has_perm(Permission.KEEP_REPORTINS, relief.participant.place):
        raise NotAllowed(_("You do not run the service of this place."))
    if relief.withdrawn_at:
        raise WrongState(_("This relief was taken back already."))
    relief.withdrawn_at = now
    relief.save(update_fields=["withdrawn_at"])
    audit.record("service.withdraw-relief", by=by, obj=relief, now=now)
    return relief


def begin(day: date) -> datetime:
    """The first moment of a day, by local time."""
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())


def month_of(moment: datetime) -> date:
    """The month of a moment, by local time, as its first day."""
    return timezone.localdate(moment).replace(day=1)
