"""Goods of the shop: entering them, deliveries, counts that are put right."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Unit
from orgs.values.names import is_visible
from volunteers.service.enums import Permission, StockKind
from volunteers.service.models import Reward, StockEntry

if TYPE_CHECKING:
    from orgs.models import User

MOST_POINTS = 100_000
MOST_AT_ONCE = 10_000


def _refuse_wrong(name: str, shop: str, points: int) -> None:
    wrong = {}
    if not is_visible(name):
        wrong["name"] = [_("Give the goods a name.")]
    if not is_visible(shop):
        wrong["shop"] = [_("Say which shop hands it over.")]
    if not 1 <= points <= MOST_POINTS:
        wrong["points"] = [_("It costs 1 to %(most)d points.") % {"most": MOST_POINTS}]
    if wrong:
        message = _("Some of what was sent is not right.")
        raise Refused(message, code="bad_reward", fields={**wrong})


@transaction.atomic
def add(
    *,
    unit: Unit,
    shop: str,
    name: str,
    points: int,
    stock: int = 0,
    text: str = "",
    by: "User",
    now: datetime,
) -> Reward:
    """Goods that are new in a shop, with what is on the shelf.

    Raises NotAllowed, Refused for a wrong name or price, WrongState (`already_there`).
    """
    if not by.has_perm(Permission.KEEP_REWARDS, unit):
        raise NotAllowed(_("You do not run the service of this place."))
    _refuse_wrong(name, shop, points)
    name, shop = name.strip(), shop.strip()
    if Reward.objects.filter(unit=unit, shop=shop, name=name).exists():
        raise WrongState(_("This shop has these goods already."), code="already_there")
    reward: Reward = Reward.objects.create(
        unit=unit,
        shop=shop,
        name=name,
        text=text.strip(),
        points=points,
        entered_by=by,
        entered_at=now,
    )
    audit.record("service.add-reward", by=by, obj=reward, detail={"points": points}, now=now)
    if stock:
        reward = _move(reward, StockKind.DELIVERY, stock, "", by, now)
    return reward


@transaction.atomic
def change(
    *, reward: Reward, points: int, is_offered: bool, text: str = "", by: "User", now: datetime
) -> Reward:
    """Another price for whoever comes next, or no longer offered; what is held keeps its price."""
    reward = locked(reward)
    if not by.has_perm(Permission.KEEP_REWARDS, reward.unit):
        raise NotAllowed(_("You do not run the service of this place."))
    _refuse_wrong(reward.name, reward.shop, points)
    detail = {"points": [reward.points, points], "offered": [reward.is_offered, is_offered]}
    reward.points, reward.is_offered, reward.text = points, is_offered, text.strip()
    reward.save(update_fields=["points", "is_offered", "text"])
    audit.record("service.change-reward", by=by, obj=reward, detail=detail, now=now)
    return reward


@transaction.atomic
def move_stock(
    *, reward: Reward, amount: int, reason: str = "", by: "User", now: datetime
) -> Reward:
    """Goods that came in; with a reason a count that is put right, which may be below nothing moved.

    Raises NotAllowed, Refused for an amount that cannot be.
    """
    may = by.has_perm(Permission.KEEP_REWARDS, reward.unit)
    if not may and not by.has_perm(Permission.HAND_OVER, reward.unit):
        raise NotAllowed(_("You do not run this shop."))
    if not amount or abs(amount) > MOST_AT_ONCE:
        message = _("Give a number of 1 to %(most)d.") % {"most": MOST_AT_ONCE}
        raise Refused(message, code="bad_amount", field="amount")
    if amount < 0 and not is_visible(reason):
        raise Refused(_("Say why there is less."), code="no_reason", field="reason")
    kind = StockKind.CORRECTION if is_visible(reason) else StockKind.DELIVERY
    reward = locked(reward)
    if reward.stock + amount < 0:
        message = _("There are only %(number)d on the shelf.") % {"number": reward.stock}
        raise Refused(message, code="bad_amount", field="amount")
    return _move(reward, kind, amount, reason, by, now)


def locked(reward: Reward) -> Reward:
    """The goods, locked until the end of the transaction: always before an account of points."""
    rows = Reward.objects.select_for_update(no_key=True, of=("self",)).select_related("unit")
    found: Reward = rows.get(pk=reward.pk)
    return found


def _move(
    reward: Reward, kind: StockKind, amount: int, reason: str, by: "User", now: datetime
) -> Reward:
    reward.stock += amount
    reward.save(update_fields=["stock"])
    StockEntry.objects.create(
        reward=reward, kind=kind, amount=amount, reason=reason.strip()[:200], by=by, at=now
    )
    detail = {"kind": kind, "amount": amount}
    audit.record("service.move-stock", by=by, obj=reward, detail=detail, now=now)
    return reward
