"""Ordering a service (点单), releasing and offering it (派单), and what ends it before anybody came."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import Refused, TooOften
from orgs.models import Unit
from orgs.values.names import is_visible
from residents.models import Household, Person
from volunteers.service.enums import (
    OPEN_ORDERS,
    ConsentWay,
    OrderAction,
    OrderWho,
    RuleKind,
)
from volunteers.service.models import (
    OrderEntry,
    OrderOffer,
    Participant,
    RiseRule,
    ServiceItem,
    ServiceOrder,
)
from volunteers.service.orders.around import ORDER_PLACES, bound_to, first_level, household_at
from volunteers.service.orders.queries import to_be_asked
from volunteers.service.orders.workflow import WORKFLOW, OrderStep
from volunteers.service.proxies.consents import acting_for

if TYPE_CHECKING:
    from orgs.models import User

# So many orders of one's own wait at the same time at most.
MOST_OPEN = 10
LONGEST_TEXT = 2000


def rule_in_force(kind: RuleKind) -> RiseRule:
    """The rule of rising that counts now."""
    return RiseRule.objects.filter(kind=kind).order_by("-version")[0]


@transaction.atomic
def order(
    *,
    unit: Unit,
    item: ServiceItem,
    text: str = "",
    wished_at: datetime | None = None,
    person: Person | None = None,
    way: ConsentWay | None = None,
    witness: str = "",
    by: "User",
    now: datetime,
) -> ServiceOrder:
    """Orders an item of the library: for oneself, or for a `person` who agreed (`way`, `witness`).

    Raises Refused for a wrong place, item or moment; TooOften for too many open orders of one's own;
    what `acting_for` raises where it is for somebody else.
    """
    _check(unit, item, text, wished_at, now)
    consent = None
    if person is not None and person.account_id != by.pk:
        consent = acting_for(
            person=person, matter=item.name, way=way, witness=witness, by=by, now=now
        )
    else:
        person = None
        _refuse_too_many(by)
    rule = rule_in_force(RuleKind.ORDER)
    made: ServiceOrder = ServiceOrder.objects.create(
        unit=unit,
        household=_household(unit, person, by),
        item=item,
        text=text.strip(),
        wished_at=wished_at,
        level=first_level(unit),
        rule=rule,
        ordered_by=by,
        person=person,
        consent=consent,
        ordered_at=now,
        due_at=now + timedelta(hours=rule.hours),
    )
    OrderEntry.objects.create(
        order=made, action=OrderAction.ORDER, by=by, who=OrderWho.ORDERER, at=now
    )
    detail = {"item": item.code, "version": item.version, "for_another": person is not None}
    audit.record("service.order-serviceorder", by=by, obj=made, detail=detail, now=now)
    return made


def _check(
    unit: Unit, item: ServiceItem, text: str, wished_at: datetime | None, now: datetime
) -> None:
    wrong: dict[str, list[str]] = {}
    if unit.kind not in ORDER_PLACES:
        wrong["unit"] = [_("Choose your building, compound or community.")]
    # One library for activities and orders alike: `use` says where an item is suggested.
    if item.has_ended:
        wrong["item"] = [_("This item cannot be ordered.")]
    if len(text) > LONGEST_TEXT:
        wrong["text"] = [_("Write at most %(most)d characters.") % {"most": LONGEST_TEXT}]
    if wished_at is not None and wished_at <= now:
        wrong["wished_at"] = [_("Choose a moment that lies ahead.")]
    if wrong:
        raise Refused(_("Some of what was sent is not right."), code="bad_order", fields={**wrong})


def _refuse_too_many(by: "User") -> None:
    # The account's row is the queue: two phones of one account count one after the other.
    type(by)._default_manager.select_for_update(of=("self",)).get(pk=by.pk)
    waiting = ServiceOrder.objects.filter(ordered_by=by, person=None, state__in=OPEN_ORDERS)
    if waiting.count() >= MOST_OPEN:
        raise TooOften(
            _("%(most)d of your orders are still open: withdraw one, or wait for one to be done.")
            % {"most": MOST_OPEN}
        )


def _household(unit: Unit, person: Person | None, by: "User") -> Household | None:
    if person is not None:
        return household_at(unit, person=person)
    return household_at(unit, account=by)


def offer(
    *, serviceorder: ServiceOrder, to: Iterable[Participant] = (), by: "User", now: datetime
) -> ServiceOrder:
    """Releases an order to all who serve in its area, or asks named people first.

    Without names the members bound to the household are asked first. Whoever is asked first has the
    hours of the rule alone. Raises Refused for who cannot be asked (`cannot_be_asked`, `asked_already`).
    """
    with WORKFLOW.step(OrderAction.OFFER, serviceorder, by=by, now=now) as step:
        row: ServiceOrder = step.row
        named = list(to)
        if named:
            _refuse_wrong(row, named, by)
        bound = [] if named else [one for one in bound_to(row.household) if _may_be_asked(row, one)]
        asked = _ask(row, named or bound, is_bound=not named, by=by, now=now)
        hours = row.rule.bound_first_hours
        row.bound_until = now + timedelta(hours=hours) if asked and hours else None
        row.offered_by, row.offered_at = by, now
        row.due_at = now + timedelta(hours=row.rule.hours)
        step.data = {"named": [one.pk for one in named], "bound": len(bound)}
    return row


def _may_be_asked(row: ServiceOrder, one: Participant) -> bool:
    """Nobody is asked to serve themselves."""
    for_whom = row.person.account_id if row.person else None
    return one.account_id is not None and one.account_id not in (row.ordered_by_id, for_whom)


def _refuse_wrong(row: ServiceOrder, named: list[Participant], by: "User") -> None:
    """Who is named serves near and was not asked before: nobody is asked twice."""
    free = set(to_be_asked(row, by).filter(pk__in=[one.pk for one in named]))
    before = set(row.offers.values_list("participant", flat=True))
    for one in named:
        if one.pk in before:
            raise Refused(
                _("%(name)s was asked already; nobody is asked twice.") % {"name": one.name},
                code="asked_already",
                field="to",
            )
        if one not in free:
            raise Refused(
                _("%(name)s cannot be asked for this order.") % {"name": one.name},
                code="cannot_be_asked",
                field="to",
            )


def _ask(
    row: ServiceOrder, people: list[Participant], *, is_bound: bool, by: "User", now: datetime
) -> int:
    """Asks each of them once; how many may still say yes."""
    for one in people:
        OrderOffer.objects.get_or_create(
            order=row,
            participant=one,
            defaults={"is_bound": is_bound, "offered_by": by, "offered_at": now},
        )
    open_offers: int = row.offers.filter(participant__in=people, declined_at=None).count()
    return open_offers


def decline(*, serviceorder: ServiceOrder, reason: str, by: "User", now: datetime) -> ServiceOrder:
    """Does not offer an order, or gives up looking; whoever ordered reads why."""
    with WORKFLOW.step(OrderAction.DECLINE, serviceorder, by=by, now=now) as step:
        if not is_visible(reason):
            raise Refused(_("Say why."), code="no_reason", field="reason")
        step.text = step.row.reason = reason.strip()[:300]
        close(step)
    return step.row


def withdraw(
    *, serviceorder: ServiceOrder, reason: str = "", by: "User", now: datetime
) -> ServiceOrder:
    """Takes an order back; whoever took it is told."""
    with WORKFLOW.step(OrderAction.WITHDRAW, serviceorder, by=by, now=now) as step:
        step.text = step.row.reason = reason.strip()[:300]
        close(step)
    return step.row


def close(step: OrderStep) -> None:
    """Nothing more is due."""
    step.row.closed_at, step.row.due_at, step.row.bound_until = step.now, None, None
