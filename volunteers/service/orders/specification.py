"""What pages and the API know of each action with an order, in the order of the next steps."""

from django.utils.translation import gettext_lazy as _

from orgs.workflow.notifications import Staff
from orgs.workflow.specification import Specification
from volunteers.service.enums import (
    SERVICE_KEEPERS,
    STREET_ROLES,
    Level,
    OrderAction,
    OrderState,
)
from volunteers.service.models import OrderEntry
from volunteers.service.orders import bodies, forms, orders, work
from volunteers.service.orders.around import area_of, serving_accounts

# The kinds of notices: one's own orders, those one could take, those of a place where one works.
MINE, NEAR, TODO = "order-mine", "order-near", "order-todo"


def _orderer(entry: OrderEntry) -> set[int]:
    row = entry.order
    for_whom = row.person.account_id if row.person else None
    return {key for key in (row.ordered_by_id, for_whom) if key is not None}


def _taker(entry: OrderEntry) -> set[int]:
    account = entry.order.taker.account_id if entry.order.taker else None
    return {account} if account else set()


def _for_orderer(entry: OrderEntry, staff: Staff) -> dict[str, set[int]]:
    return {MINE: _orderer(entry)}


def _for_both(entry: OrderEntry, staff: Staff) -> dict[str, set[int]]:
    return {MINE: _orderer(entry) | _taker(entry)}


def _for_desk(entry: OrderEntry, staff: Staff) -> dict[str, set[int]]:
    return {TODO: staff.at(entry.order.unit, SERVICE_KEEPERS)}


def _offered(entry: OrderEntry, staff: Staff) -> dict[str, set[int]]:
    """Who is asked first; where nobody is, all who serve in the area. Whoever ordered reads it too."""
    row = entry.order
    if row.state != OrderState.OFFERED:
        return {MINE: _orderer(entry)}
    return {MINE: _orderer(entry), NEAR: _asked(entry, staff) - _orderer(entry)}


def _asked(entry: OrderEntry, staff: Staff) -> set[int]:
    row = entry.order
    if row.bound_until is not None and row.bound_until > entry.at:
        offers = row.offers.filter(declined_at=None)
        return set(offers.values_list("participant__account", flat=True)) - {None}
    area = area_of(row.unit, row.level)
    # At the street the desk looks for somebody: a thousand people are not rung for one order.
    if area.kind == Level.STREET:
        return set()
    return staff.once(("serving", area.pk), lambda: serving_accounts(area, staff.today))


def _dropped(entry: OrderEntry, staff: Staff) -> dict[str, set[int]]:
    return {MINE: _orderer(entry), **_for_desk(entry, staff)}


def _risen(entry: OrderEntry, staff: Staff) -> dict[str, set[int]]:
    """The desk of the new level, and who serves there."""
    row = entry.order
    desk = SERVICE_KEEPERS | (STREET_ROLES if entry.data["level"] == Level.STREET else frozenset())
    told = {TODO: staff.at(row.unit, desk)}
    if row.state == OrderState.OFFERED:
        told[NEAR] = _asked(entry, staff) - _orderer(entry)
    return told


def _rated(entry: OrderEntry, staff: Staff) -> dict[str, set[int]]:
    """The member; the desk too where nothing was done."""
    told = {MINE: _taker(entry)}
    return told if entry.data.get("resolved", True) else told | _for_desk(entry, staff)


A = OrderAction
SPECIFICATIONS: dict[OrderAction, Specification] = {
    A.TAKE: Specification(
        work.take, done=_("It is yours. Door and telephone are shown below; say when it is done."),
        audience=_for_orderer, is_next_step=True,
    ),
    A.RESOLVE: Specification(
        work.resolve, forms.ResolveForm, bodies.OrderResolveBody,
        done=_("Done. Minutes and points are booked once it is rated, or after the time for that."),
        audience=_for_orderer, is_next_step=True,
    ),
    A.RATE: Specification(
        work.rate, forms.RateForm, bodies.OrderRateBody,
        done=_("Thank you. The service is closed."), audience=_rated, is_next_step=True,
    ),
    A.OFFER: Specification(
        orders.offer, forms.OfferForm, bodies.OrderOfferBody,
        done=_("Offered; whoever takes it first gets it."), audience=_offered, is_next_step=True,
    ),
    A.REFUSE: Specification(
        work.refuse, done=_("All right. Nobody asks why, and nothing follows."),
    ),
    A.DROP: Specification(
        work.drop, forms.WordsForm, bodies.OrderWordsBody,
        done=_("Given back; others can take it at once."), audience=_dropped,
    ),
    A.DECLINE: Specification(
        orders.decline, forms.ReasonForm, bodies.OrderReasonBody,
        done=_("Not offered; whoever ordered reads the reason."), audience=_for_orderer,
    ),
    A.WITHDRAW: Specification(
        orders.withdraw, forms.WordsForm, bodies.OrderWordsBody,
        done=_("Withdrawn."), audience=_for_both,
    ),
    # Part of ordering.
    A.ORDER: Specification(audience=_for_desk),
    A.RISE: Specification(audience=_risen),
    A.EXPIRE: Specification(audience=_for_both),
}  # fmt: skip
