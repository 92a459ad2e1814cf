"""The workflow of a service order (点单、派单、接单、评单): who may do what with it, from which state."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from orgs.enums import Role
from orgs.errors import NotAllowed, WrongState
from orgs.scoping import reach_of
from orgs.workflow.transitions import SYSTEM, Step, System, Transition, Transitions, Workflow
from volunteers.service.enums import (
    SERVICE_KEEPERS,
    STREET_ROLES,
    Level,
    OrderAction,
    OrderState,
    OrderWho,
    Skill,
)
from volunteers.service.models import OrderEntry, ServiceOrder
from volunteers.service.orders.around import area_of, belongs_to, level_above, serves_in
from volunteers.service.reportins.participants import has_skill
from volunteers.service.reportins.same_person import is_of_person, is_same_person

# The roles by which somebody can come to be this to an order; None: whoever it is.
ROLES: dict[OrderWho, frozenset[Role] | None] = {
    OrderWho.ORDERER: None,
    OrderWho.KEEPER: SERVICE_KEEPERS,
    OrderWho.CENTRE: STREET_ROLES,
    OrderWho.SERVING: None,
    OrderWho.NAMED: None,
    OrderWho.TAKER: None,
    OrderWho.SYSTEM: None,
}


def _of_somebody_else(order: ServiceOrder, user: Any) -> None:
    own = (
        is_of_person(order.person, user) if order.person else is_same_person(order.ordered_by, user)
    )
    if own:
        raise NotAllowed(_("Nobody serves themselves."), code="own_case")


def _free_to_take(order: ServiceOrder, user: Any, now: datetime) -> None:
    """Who is asked first is waited for; nobody serves the own household, or lacks the item's skill."""
    _of_somebody_else(order, user)
    if order.household_id and belongs_to(user, order.household_id):
        raise WrongState(_("Nobody takes an order of the own household."), code="own_household")
    if order.item.skill and not has_skill(user, order.item.skill):
        raise WrongState(
            _("This item asks for a skill that your branch has not entered for you: %(skill)s.")
            % {"skill": Skill(order.item.skill).label},
            code="skill_needed",
        )
    if order.bound_until is None or order.bound_until <= now:
        return
    if not order.offers.filter(participant__account=user, declined_at=None).exists():
        raise WrongState(
            _("Others are asked first; from then on the order is open to you too."),
            code="others_first",
        )


def _asked(order: ServiceOrder, user: Any, now: datetime) -> None:
    if not order.offers.filter(participant__account=user, declined_at=None).exists():
        raise WrongState(_("You have said no already."), code="said_no")


def _for_somebody_without_account(order: ServiceOrder, user: Any, now: datetime) -> None:
    """The desk speaks for whoever cannot do it in the portal, and for nobody else."""
    if order.person is None or order.person.account_id is not None:
        raise WrongState(_("Whoever ordered does this themselves."), code="not_for_the_desk")


def _may_rise(order: ServiceOrder, user: Any, now: datetime) -> None:
    if order.due_at is None or order.due_at > now or level_above(order.level) is None:
        raise WrongState(_("This order does not rise now."), code="not_due")


def _may_expire(order: ServiceOrder, user: Any, now: datetime) -> None:
    if order.due_at is None or order.due_at > now:
        raise WrongState(_("There is still time to rate it."), code="not_due")


T, S, A, W = Transition, OrderState, OrderAction, OrderWho
_HAND_OUT = {W.KEEPER, W.CENTRE}
TRANSITIONS: dict[OrderAction, Transitions] = {
    A.ORDER: Transitions(),
    A.OFFER: Transitions(T({S.ORDERED, S.OFFERED}, S.OFFERED, _HAND_OUT)),
    A.DECLINE: Transitions(T({S.ORDERED, S.OFFERED}, S.DECLINED, _HAND_OUT)),
    A.TAKE: Transitions(T({S.OFFERED}, S.TAKEN, {W.NAMED, W.SERVING}, guard=_free_to_take)),
    A.REFUSE: Transitions(T({S.OFFERED}, None, {W.NAMED}, guard=_asked)),
    A.DROP: Transitions(T({S.TAKEN}, S.OFFERED, {W.TAKER, W.KEEPER})),
    A.RESOLVE: Transitions(T({S.TAKEN}, S.RESOLVED, {W.TAKER})),
    A.RATE: Transitions(
        T({S.RESOLVED}, S.CLOSED, {W.ORDERER}),
        T({S.RESOLVED}, S.CLOSED, {W.KEEPER}, guard=_for_somebody_without_account),
    ),
    A.EXPIRE: Transitions(T({S.RESOLVED}, S.CLOSED, {W.SYSTEM}, guard=_may_expire)),
    A.RISE: Transitions(T({S.ORDERED, S.OFFERED}, None, {W.SYSTEM}, guard=_may_rise)),
    A.WITHDRAW: Transitions(
        T({S.ORDERED, S.OFFERED, S.TAKEN}, S.WITHDRAWN, {W.ORDERER}),
        T(
            {S.ORDERED, S.OFFERED, S.TAKEN},
            S.WITHDRAWN,
            {W.KEEPER},
            guard=_for_somebody_without_account,
        ),
    ),
}


@dataclass
class OrderStep(Step[ServiceOrder]):
    """One action under way with an order."""

    data: dict[str, Any] = field(default_factory=dict)


class OrderWorkflow(Workflow[ServiceOrder]):
    """Orders, from what a resident asks to the rating."""

    model = ServiceOrder
    step_class = OrderStep
    states, state = OrderState, "state"
    timeline = "entries"
    audit_action = "service.{action}-serviceorder"

    def relations(self, row: ServiceOrder, user: Any) -> frozenset[OrderWho]:
        if user is SYSTEM:
            return frozenset({OrderWho.SYSTEM})
        if isinstance(user, System) or not user.is_authenticated:
            return frozenset()
        found = set(_offices(row, user))
        if _ordered(row, user):
            # Nobody serves themselves.
            return frozenset({*found, OrderWho.ORDERER})
        if row.taker is not None and row.taker.account_id == user.pk:
            found.add(OrderWho.TAKER)
        if row.state in (OrderState.ORDERED, OrderState.OFFERED):
            if row.offers.filter(participant__account=user).exists():
                found.add(OrderWho.NAMED)
            if serves_in(user, area_of(row.unit, row.level)):
                found.add(OrderWho.SERVING)
        return frozenset(found)

    def locked(self, row: ServiceOrder) -> ServiceOrder:
        rows = ServiceOrder.objects.select_for_update(of=("self",))
        return rows.select_related(
            "unit", "item", "person", "taker", "rule", "household", "ordered_by"
        ).get(pk=row.pk)

    def columns(self, step: OrderStep) -> dict[str, Any]:
        return {"who": step.who, "data": step.data}

    def audited(self, step: OrderStep) -> dict[str, Any]:
        return step.data


def _ordered(row: ServiceOrder, user: Any) -> bool:
    for_whom = row.person.account_id if row.person else None
    return user.pk in (row.ordered_by_id, for_whom)


def _offices(row: ServiceOrder, user: Any) -> set[OrderWho]:
    """What somebody is to an order by office; nobody keeps what they took themselves."""
    if row.taker is not None and row.taker.account_id == user.pk:
        return set()
    roles = reach_of(user).roles_at(row.unit)
    found = {OrderWho.KEEPER} if roles & SERVICE_KEEPERS else set()
    return found | ({OrderWho.CENTRE} if roles & STREET_ROLES else set())


def sentence(entry: OrderEntry) -> str:
    """What an entry of the timeline adds to its action."""
    if entry.action == OrderAction.RISE:
        return str(Level(entry.data["level"]).label)
    if entry.action == OrderAction.RESOLVE:
        return _("%(minutes)d minutes") % {"minutes": entry.data["minutes"]}
    if entry.action == OrderAction.RATE:
        if not entry.data.get("resolved", True):
            return _("not done, says whoever ordered")
        return _("%(stars)d of 5 stars") % {"stars": entry.data["stars"]}
    return ""


WORKFLOW = OrderWorkflow(TRANSITIONS)
