"""Exchanging points: held with a code, handed over by the shop, or given back exactly once.

Locks are taken in one order: the goods, the account of points, the redemption.
"""

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from residents.models import Household
from volunteers.service.accounts import ledgers
from volunteers.service.enums import (
    EntryKind,
    EntrySource,
    Permission,
    RedemptionState,
    StockKind,
)
from volunteers.service.models import (
    ExchangeRule,
    Participant,
    PointsAccount,
    Redemption,
    Reward,
    StockEntry,
)
from volunteers.service.reportins.participants import join, whose
from volunteers.service.reportins.same_person import Oneself
from volunteers.service.rewards.rewards import locked

if TYPE_CHECKING:
    from orgs.models import User

CODE_DIGITS = 8
# What counts against the limit of a month.
_SPENT = (RedemptionState.HELD, RedemptionState.HANDED_OVER)


def rule_in_force() -> ExchangeRule:
    """The rule of exchange; every installation has one."""
    return ExchangeRule.objects.order_by("-version")[0]


@transaction.atomic
def redeem(
    *,
    reward: Reward,
    household: Household | None = None,
    participant: Participant | None = None,
    by: "User",
    now: datetime,
) -> Redemption:
    """Holds one of the goods for somebody's points; the answer carries the pick-up code.

    `household`: for the points of a family that `by` belongs to, as whoever calls has checked.
    `participant`: somebody without an account, for whom the desk exchanges.

    Raises NotAllowed; WrongState: `has_account`, `not_offered`, `out_of_stock`, `account_stopped`, `not_enough_points`,
    `month_limit`.
    """
    reward = locked(reward)
    if not reward.is_offered:
        raise WrongState(_("This is not offered any more."), code="not_offered")
    if reward.stock < 1:
        raise WrongState(_("The last one is gone. No points were taken."), code="out_of_stock")
    at_desk, participant = participant, whose(participant, by)
    if participant is None and household is not None:
        participant = join(account=by, place=household.building, now=now)
    if participant is None:
        raise _too_few(0, reward.points)
    account = (
        ledgers.locked_points(household=household)
        if household is not None
        else ledgers.locked_points(participant)
    )
    if account.stopped_at:
        message = _("This account is being checked; nothing is exchanged until then.")
        raise WrongState(message, code="account_stopped")
    if account.balance < reward.points:
        raise _too_few(account.balance, reward.points)
    rule = rule_in_force()
    if _spent_this_month(account, now) + reward.points > rule.redeemed_a_month:
        message = _("At most %(most)d points are exchanged a month.")
        raise WrongState(message % {"most": rule.redeemed_a_month}, code="month_limit")
    redemption: Redemption = Redemption.objects.create(
        reward=reward,
        participant=participant,
        account=account,
        rule=rule,
        points=reward.points,
        code=_new_code(),
        held_at=now,
        expires_at=now + timedelta(hours=rule.hold_hours),
    )
    _move(redemption, reward, account, StockKind.HOLD, by, now)
    detail = {"points": reward.points} | audit.on_behalf_of(at_desk)
    audit.record("service.redeem", by=by, obj=redemption, detail=detail, now=now)
    return redemption


def _too_few(balance: int, points: int) -> WrongState:
    message = _("This costs %(points)d points; there are %(balance)d.")
    return WrongState(message % {"points": points, "balance": balance}, code="not_enough_points")


def _spent_this_month(account: PointsAccount, now: datetime) -> int:
    """Points that an account exchanged since the first day of the month, by local time."""
    local = timezone.localtime(now)
    first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    spent = Redemption.objects.filter(account=account, state__in=_SPENT, held_at__gte=first)
    return spent.aggregate(sum=Sum("points"))["sum"] or 0


def _new_code() -> str:
    """A pick-up code that no held redemption carries; the database refuses the same twice."""
    while True:
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        if not Redemption.objects.filter(code=code, state=RedemptionState.HELD).exists():
            return code


def hand_over(*, redemption: Redemption, code: str, by: "User", now: datetime) -> Redemption:
    """The shop hands it over, against the code.

    Raises NotAllowed (`own_case` for one's own, and for what one exchanged for somebody at the desk),
    Refused (`wrong_code`), WrongState when it is not held any more (`expired` after its time).
    """
    if not by.has_perm(Permission.HAND_OVER, redemption.reward.unit):
        raise NotAllowed(_("You do not hand out the goods of this shop."))
    held = redemption.stock_entries.filter(kind=StockKind.HOLD).select_related("by")
    oneself = Oneself(by)
    if oneself.is_participant(redemption.participant) or any(
        oneself.is_account(one.by) for one in held
    ):
        raise NotAllowed(_("Somebody else hands over what you exchanged."), code="own_case")
    with transaction.atomic():
        row = _locked_redemption(redemption)
        _refuse_ended(row)
        if row.expires_at <= now:
            raise WrongState(_("Its time is over; the points go back."), code="expired")
        if not constant_time_compare(code.strip(), row.code):
            raise Refused(_("This is not its pick-up code."), code="wrong_code", field="code")
        _end(row, RedemptionState.HANDED_OVER, by, now)
        audit.record("service.hand-over-redemption", by=by, obj=row, now=now)
    return row


def hand_over_by_code(*, code: str, by: "User", now: datetime) -> Redemption:
    """The same for whoever has typed a code at the counter. Raises Refused (`wrong_code`)."""
    held = Redemption.objects.visible_to(by).filter(state=RedemptionState.HELD, code=code.strip())
    redemption = held.select_related("reward__unit", "participant").first()
    if redemption is None:
        message = _("No goods are held under this code.")
        raise Refused(message, code="wrong_code", field="code")
    return hand_over(redemption=redemption, code=code, by=by, now=now)


def cancel(*, redemption: Redemption, by: "User", now: datetime) -> Redemption:
    """Gives goods and points back: whoever exchanged them, or who runs the shop or its place.

    Raises NotAllowed, or WrongState when it is not held any more.
    """
    who = redemption.participant
    own = who.account_key == by.pk
    at_desk = who.account_key is None and by.has_perm(Permission.KEEP_REPORTINS, who.place)
    if not (own or at_desk) and not by.has_perm(Permission.KEEP_REWARDS, redemption.reward.unit):
        raise NotAllowed(_("Only whoever exchanged it gives it back."))
    with transaction.atomic():
        row = _give_back(redemption, RedemptionState.CANCELLED, by, now)
        detail = audit.on_behalf_of(None if own else who)
        audit.record("service.cancel-redemption", by=by, obj=row, detail=detail, now=now)
    return row


def expire_due(now: datetime) -> int:
    """Gives back what nobody picked up in time; how many. Run twice it changes nothing."""
    due = Redemption.objects.filter(state=RedemptionState.HELD, expires_at__lte=now)
    expired = 0
    for redemption in due.select_related("reward").order_by("pk").iterator(chunk_size=200):
        with transaction.atomic():
            try:
                row = _give_back(redemption, RedemptionState.EXPIRED, None, now)
            except WrongState:
                continue  # picked up or cancelled meanwhile
            audit.record("service.expire-redemption", by=None, obj=row, now=now)
        expired += 1
    return expired


def _give_back(
    redemption: Redemption, state: RedemptionState, by: "User | None", now: datetime
) -> Redemption:
    reward = locked(redemption.reward)
    account = PointsAccount.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=redemption.account_id
    )
    row = _locked_redemption(redemption)
    _refuse_ended(row)
    _end(row, state, by, now)
    _move(row, reward, account, StockKind.RELEASE, by, now)
    return row


def _locked_redemption(redemption: Redemption) -> Redemption:
    rows = Redemption.objects.select_for_update(no_key=True, of=("self",))
    found: Redemption = rows.select_related("reward__unit", "participant").get(pk=redemption.pk)
    return found


def _refuse_ended(row: Redemption) -> None:
    if row.state != RedemptionState.HELD:
        message = _("Nothing is held any more: %(state)s.") % {"state": row.get_state_display()}
        raise WrongState(message)


def _end(row: Redemption, state: RedemptionState, by: "User | None", now: datetime) -> None:
    row.state, row.ended_by, row.ended_at = state, by, now
    row.save(update_fields=["state", "ended_by", "ended_at"])


def _move(
    redemption: Redemption,
    reward: Reward,
    account: PointsAccount,
    kind: StockKind,
    by: "User | None",
    now: datetime,
) -> None:
    """One of the goods leaves the shelf and points the account, or both come back."""
    sign = -1 if kind == StockKind.HOLD else 1
    reward.stock += sign
    reward.save(update_fields=["stock"])
    StockEntry.objects.create(
        reward=reward, kind=kind, amount=sign, redemption=redemption, by=by, at=now
    )
    ledgers.book(
        account,
        amount=sign * redemption.points,
        kind=EntryKind.REDEEM if sign < 0 else EntryKind.GIVE_BACK,
        source=EntrySource.REDEMPTION,
        source_id=redemption.pk,
        month=timezone.localdate(now),
        text=reward.name,
        by=by,
        now=now,
    )


def balance_of(participant: Participant | None) -> int:
    """Somebody's points; nothing before they first earned any."""
    account = PointsAccount.objects.filter(participant=participant).first() if participant else None
    return account.balance if account else 0
