"""Corrections by hand: one person asks, another books, neither for themselves."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.values.names import is_visible
from volunteers.service.accounts import ledgers
from volunteers.service.enums import (
    AdjustmentState,
    EntryKind,
    EntrySource,
    Ledger,
    MinutesKind,
    Permission,
)
from volunteers.service.models import Adjustment, Participant
from volunteers.service.reportins.same_person import is_same_person, refuse_own_case

if TYPE_CHECKING:
    from orgs.models import User

MOST = 100_000


def _refuse(participant: Participant, by: "User") -> None:
    if not by.has_perm(Permission.ADJUST_ACCOUNTS, participant.place):
        raise NotAllowed(_("You do not run the service of this place."))
    refuse_own_case(participant, by)


@transaction.atomic
def ask(
    *,
    participant: Participant,
    ledger: Ledger,
    amount: int,
    month: date,
    reason: str,
    minutes_kind: MinutesKind | None = None,
    by: "User",
    now: datetime,
) -> Adjustment:
    """Asks for a correction; nothing is booked before a second person agrees.

    An adjustment puts an error right and never punishes: what somebody earned is taken back by
    reviewing the service itself. Raises NotAllowed, Refused.
    """
    _refuse(participant, by)
    wrong = {}
    if not amount or abs(amount) > MOST:
        wrong["amount"] = [_("Give a number that is not nothing.")]
    if not is_visible(reason):
        wrong["reason"] = [_("Say why.")]
    if (ledger == Ledger.MINUTES) != (minutes_kind is not None):
        wrong["minutes_kind"] = [_("Choose the kind of minutes; points have none.")]
    if wrong:
        message = _("Some of what was sent is not right.")
        raise Refused(message, code="bad_adjustment", fields={**wrong})
    adjustment: Adjustment = Adjustment.objects.create(
        participant=participant,
        ledger=ledger,
        minutes_kind=minutes_kind or "",
        amount=amount,
        month=month.replace(day=1),
        reason=reason.strip()[:300],
        asked_by=by,
        asked_at=now,
    )
    detail = {"ledger": ledger, "amount": amount}
    audit.record("service.ask-adjustment", by=by, obj=adjustment, detail=detail, now=now)
    return adjustment


@transaction.atomic
def decide(*, adjustment: Adjustment, granted: bool, by: "User", now: datetime) -> Adjustment:
    """A second person books it, or refuses.

    Raises NotAllowed (`own_case` for whoever asked, or whose account it is), WrongState when it was
    decided, or where the account does not hold so much (`not_enough`).
    """
    row: Adjustment = (
        Adjustment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("participant__place", "asked_by")
        .get(pk=adjustment.pk)
    )
    _refuse(row.participant, by)
    if is_same_person(row.asked_by, by):
        raise NotAllowed(_("A second person decides what you asked for."), code="own_case")
    if row.state != AdjustmentState.WAITING:
        raise WrongState(_("This adjustment is decided."), code="adjustment_decided")
    row.state = AdjustmentState.BOOKED if granted else AdjustmentState.REFUSED
    row.decided_by, row.decided_at = by, now
    row.save(update_fields=["state", "decided_by", "decided_at"])
    if granted:
        account: ledgers.Account
        if row.ledger == Ledger.MINUTES:
            account = ledgers.locked_minutes(row.participant, MinutesKind(row.minutes_kind))
        else:
            account = ledgers.locked_points(row.participant)
        ledgers.book(
            account,
            amount=row.amount,
            kind=EntryKind.ADJUSTMENT,
            source=EntrySource.ADJUSTMENT,
            source_id=row.pk,
            month=row.month,
            text=row.reason,
            by=by,
            now=now,
        )
    detail = {"granted": granted}
    audit.record("service.decide-adjustment", by=by, obj=row, detail=detail, now=now)
    return row
