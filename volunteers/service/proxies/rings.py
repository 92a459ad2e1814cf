"""Ringing for help, taking a ring, helping; what time does with a ring that nobody takes."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import Refused, TooOften, WrongState
from orgs.models import Unit
from orgs.values.days import in_force
from orgs.values.names import is_visible
from orgs.workflow.transitions import SYSTEM
from residents.models import Person
from volunteers.service.enums import (
    FINAL_RINGS,
    ConsentWay,
    Level,
    RingAction,
    RingState,
    RingWho,
    RuleKind,
)
from volunteers.service.models import CloudPair, Ring, RingEntry
from volunteers.service.orders.around import (
    ORDER_PLACES,
    bound_to,
    first_level,
    household_at,
    level_above,
)
from volunteers.service.orders.orders import rule_in_force
from volunteers.service.proxies.consents import acting_for
from volunteers.service.proxies.workflow import WORKFLOW
from volunteers.service.reportins.participants import join

if TYPE_CHECKING:
    from orgs.models import User

# So many rings of one's own wait at the same time at most.
MOST_OPEN = 5
# A job takes so many at once; the next run takes what is left.
AT_ONCE = 500


@transaction.atomic
def ring(
    *,
    unit: Unit,
    matter: str,
    person: Person | None = None,
    way: ConsentWay | None = None,
    witness: str = "",
    by: "User",
    now: datetime,
) -> Ring:
    """Rings for help, for oneself or for a `person` who agreed; the bound member hears it first.

    Raises Refused for a wrong place or without a matter, TooOften for too many open rings of one's
    own, and what `acting_for` raises.
    """
    if unit.kind not in ORDER_PLACES:
        raise Refused(
            _("Choose your building, compound or community."), code="bad_ring", field="unit"
        )
    if not is_visible(matter):
        raise Refused(_("Say what you need help with."), code="bad_ring", field="matter")
    matter = matter.strip()[:200]
    consent = None
    if person is not None and person.account_id != by.pk:
        consent = acting_for(person=person, matter=matter, way=way, witness=witness, by=by, now=now)
    else:
        person = None
        type(by)._default_manager.select_for_update(of=("self",)).get(pk=by.pk)
        waiting = Ring.objects.filter(rung_by=by, person=None).exclude(state__in=FINAL_RINGS)
        if waiting.count() >= MOST_OPEN:
            raise TooOften(_("You have rung for several things already: wait for the help."))
    household = household_at(unit, person=person, account=by)
    own = {by.pk, person.account_id if person else None}
    bound = next((one for one in bound_to(household) if one.account_id not in own), None)
    rule = rule_in_force(RuleKind.RING)
    made: Ring = Ring.objects.create(
        unit=unit,
        household=household,
        person=person,
        matter=matter,
        rung_by=by,
        rung_at=now,
        consent=consent,
        rule=rule,
        level=first_level(unit),
        bound=bound,
        due_at=now + timedelta(hours=rule.hours),
    )
    RingEntry.objects.create(ring=made, action=RingAction.RING, by=by, who=RingWho.CALLER, at=now)
    detail = {"for_another": person is not None}
    audit.record("service.ring-ring", by=by, obj=made, detail=detail, now=now)
    return made


def take(*, ring: Ring, pair: CloudPair | None = None, by: "User", now: datetime) -> Ring:
    """Answers a ring; with `pair` a government helper helps along (云帮办).

    Raises WrongState for who comes second or has to wait for the bound member; Refused for a pair
    that is not one's own.
    """
    with WORKFLOW.step(RingAction.TAKE, ring, by=by, now=now) as step:
        row: Ring = step.row
        row.taker, row.taken_at = join(account=by, place=row.unit, now=now), now
        if pair is not None:
            own = CloudPair.objects.filter(in_force(timezone.localdate(now)), pk=pair.pk)
            if not own.filter(volunteer=row.taker).exists():
                raise Refused(_("Choose a pair of your own."), code="not_your_pair", field="pair")
            step.data = {"pair": pair.pk}
        row.pair, row.due_at = pair, None
    return row


def drop(*, ring: Ring, reason: str = "", by: "User", now: datetime) -> Ring:
    """Gives a ring back; it rings again at its level."""
    with WORKFLOW.step(RingAction.DROP, ring, by=by, now=now) as step:
        row: Ring = step.row
        step.text = reason.strip()[:300]
        row.taker = row.taken_at = row.pair = None
        row.due_at = now + timedelta(hours=row.rule.hours)
    return row


def finish(
    *, ring: Ring, zero_trips: bool, at_once: bool, text: str = "", by: "User", now: datetime
) -> Ring:
    """Says that it is done, whether the resident had to go anywhere (零跑) and came once only (一次办)."""
    with WORKFLOW.step(RingAction.FINISH, ring, by=by, now=now) as step:
        row: Ring = step.row
        row.done_at, row.zero_trips, row.at_once = now, zero_trips, at_once
        step.text = text.strip()[:2000]
        step.data = {"zero_trips": zero_trips, "at_once": at_once}
    return row


def cancel(*, ring: Ring, reason: str = "", by: "User", now: datetime) -> Ring:
    """Takes a ring back."""
    with WORKFLOW.step(RingAction.CANCEL, ring, by=by, now=now) as step:
        step.text, step.row.due_at = reason.strip()[:300], None
    return step.row


def rise(*, ring: Ring, now: datetime) -> Ring:
    """Passes a ring that nobody took to the next level; from the street it returns to the branch."""
    action = RingAction.RETURN if ring.level == Level.STREET else RingAction.RISE
    with WORKFLOW.step(action, ring, by=SYSTEM, now=now) as step:
        row: Ring = step.row
        level = level_above(row.level)
        if action == RingAction.RISE:
            assert level is not None
            row.level, row.due_at = level, now + timedelta(hours=row.rule.hours)
            step.data = {"level": level}
        else:
            row.due_at = None
    return row


def raise_rings(now: datetime) -> int:
    """Raises or returns what is due; how many. Running it twice changes nothing."""
    due = Ring.objects.filter(state=RingState.RINGING, due_at__lte=now).order_by("due_at", "pk")
    done = 0
    for key in list(due.values_list("pk", flat=True)[:AT_ONCE]):
        try:
            rise(ring=Ring.objects.get(pk=key), now=now)
        except WrongState:
            continue  # somebody was faster
        done += 1
    return done


def counted(rings: Any) -> dict[str, int]:
    """Of some rings: how many are done, without a trip (零跑), at once (一次办)."""
    done = rings.filter(state=RingState.DONE)
    return {
        "done": done.count(),
        "zero_trips": done.filter(zero_trips=True).count(),
        "at_once": done.filter(at_once=True).count(),
    }
