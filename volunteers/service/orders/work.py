"""Taking an order (接单), saying no, giving it back, doing it, rating it (评单), and what time does."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.errors import Refused, WrongState
from orgs.models import Attachment
from orgs.workflow.transitions import SYSTEM
from volunteers.service.accounts.credits import credit, live_intervals
from volunteers.service.accounts.ledgers import locked_minutes
from volunteers.service.accounts.long_days import waits
from volunteers.service.accounts.spans import minutes as whole_minutes
from volunteers.service.accounts.spans import without
from volunteers.service.enums import Level, MinutesKind, OrderAction, OrderState
from volunteers.service.models import ServiceOrder
from volunteers.service.orders.around import level_above
from volunteers.service.orders.orders import close
from volunteers.service.orders.workflow import WORKFLOW
from volunteers.service.reportins.participants import join

if TYPE_CHECKING:
    from orgs.models import User

# What one order takes at most; longer help is an activity, with its own rules.
MOST_MINUTES = 480
# Below this part of the planned time the minutes count, the service does not (3 of 5).
COUNTS_FROM = (3, 5)


def take(*, serviceorder: ServiceOrder, by: "User", now: datetime) -> ServiceOrder:
    """Takes an order; the first one gets it.

    Raises NotAllowed (`own_case`) for one's own; WrongState for who comes second, who has to wait for
    others (`others_first`), whose own household it is, or who lacks the item's skill (`skill_needed`).
    """
    with WORKFLOW.step(OrderAction.TAKE, serviceorder, by=by, now=now) as step:
        row: ServiceOrder = step.row
        row.taker, row.taken_at = join(account=by, place=row.unit, now=now), now
        row.due_at = row.bound_until = None
    return row


def refuse(*, serviceorder: ServiceOrder, by: "User", now: datetime) -> ServiceOrder:
    """Says no to an offer: no reason is asked, and nothing follows (志愿服务条例, art. 25).

    Once nobody who was asked first is left, the order is open to all who serve in the area.
    """
    with WORKFLOW.step(OrderAction.REFUSE, serviceorder, by=by, now=now) as step:
        row: ServiceOrder = step.row
        row.offers.filter(participant__account=by, declined_at=None).update(declined_at=now)
        if not row.offers.filter(declined_at=None).exists():
            row.bound_until = None
    return row


def drop(
    *, serviceorder: ServiceOrder, reason: str = "", by: "User", now: datetime
) -> ServiceOrder:
    """Gives an order back, or takes it from somebody who cannot come; it is offered again at once."""
    with WORKFLOW.step(OrderAction.DROP, serviceorder, by=by, now=now) as step:
        row: ServiceOrder = step.row
        step.text, step.data = reason.strip()[:300], {"taker": row.taker_id}
        row.taker = row.taken_at = None
        row.due_at = now + timedelta(hours=row.rule.hours)
    return row


def resolve(
    *,
    serviceorder: ServiceOrder,
    minutes: int,
    ended_at: datetime | None = None,
    text: str = "",
    attachments: Sequence[Attachment] = (),
    by: "User",
    now: datetime,
) -> ServiceOrder:
    """Says that it is done: so many minutes until `ended_at` (now). Booked once rated or timed out.

    Raises Refused for a time that did not pass since the order was taken, or is credited already.
    """
    with WORKFLOW.step(OrderAction.RESOLVE, serviceorder, by=by, now=now) as step:
        row: ServiceOrder = step.row
        row.resolved_at, row.minutes = ended_at or now, minutes
        _check_time(row, now)
        row.due_at = now + timedelta(days=row.rule.rate_days)
        step.text, step.attachments = text.strip(), attachments
        step.data = {"minutes": minutes}
    return row


def _check_time(row: ServiceOrder, now: datetime) -> None:
    """Minutes are those between taking and now, and nobody is at two places at once."""
    starts, ends = served(row)
    assert row.taker is not None
    assert row.taken_at is not None
    if not 1 <= (ends - starts).total_seconds() / 60 <= MOST_MINUTES:
        raise Refused(
            _("An order takes 1 to %(most)d minutes.") % {"most": MOST_MINUTES},
            code="bad_minutes",
            field="minutes",
        )
    if ends > now:
        raise Refused(_("This lies ahead."), code="not_over", field="ended_at")
    if starts < row.taken_at:
        passed = int((ends - row.taken_at).total_seconds() // 60)
        raise Refused(
            _("Only %(passed)d minutes had passed since you took the order.")
            % {"passed": max(passed, 0)},
            code="before_taking",
            field="minutes",
        )
    if live_intervals(row.taker, starts, ends):
        raise Refused(
            _("Part of this time is credited to you already: check the hour."),
            code="overlap",
            field="ended_at",
        )


def served(row: ServiceOrder) -> tuple[datetime, datetime]:
    """When the service began and ended."""
    assert row.resolved_at is not None
    assert row.minutes is not None
    return row.resolved_at - timedelta(minutes=row.minutes), row.resolved_at


def rate(
    *,
    serviceorder: ServiceOrder,
    stars: int,
    resolved: bool = True,
    text: str = "",
    by: "User",
    now: datetime,
) -> ServiceOrder:
    """Rates a service with 1 to 5 stars; the minutes are booked, unless it was not done."""
    with WORKFLOW.step(OrderAction.RATE, serviceorder, by=by, now=now) as step:
        row: ServiceOrder = step.row
        if not 1 <= stars <= 5:
            raise Refused(_("Give 1 to 5 stars."), code="bad_stars", field="stars")
        row.stars, row.rating_text = stars, text.strip()[:500]
        step.text, step.data = row.rating_text, {"stars": stars, "resolved": resolved}
        close(step)
        if resolved:
            book(row, by=by, now=now)
        else:
            row.minutes = 0
    return row


def expire(*, serviceorder: ServiceOrder, now: datetime) -> ServiceOrder:
    """Closes what nobody rated in time; booked are at most the minutes that the item plans."""
    with WORKFLOW.step(OrderAction.EXPIRE, serviceorder, by=SYSTEM, now=now) as step:
        row: ServiceOrder = step.row
        assert row.minutes is not None
        row.minutes = min(row.minutes, row.item.minutes)
        step.data = {"minutes": row.minutes}
        close(step)
        book(row, by=None, now=now)
    return row


def book(row: ServiceOrder, *, by: "User | None", now: datetime) -> None:
    """Books minutes and points of a service, without what is credited to the member otherwise.

    Where the day gets too long it waits for a person instead.
    """
    assert row.taker is not None
    starts, ends = served(row)
    # Two services of one member that end at once are looked at one after the other.
    locked_minutes(row.taker, MinutesKind(row.item.minutes_kind))
    free = without([(starts, ends)], live_intervals(row.taker, starts, ends))
    minutes = whole_minutes(free)
    row.minutes = minutes
    if not minutes:
        return
    if waits(
        free=free,
        participant=row.taker,
        unit=row.unit,
        order=row,
        text=row.item.name[:200],
        minutes_kind=row.item.minutes_kind,
        starts_at=starts,
        ends_at=ends,
        planned_minutes=row.item.minutes,
        now=now,
    ):
        return
    part, of = COUNTS_FROM
    credit(
        participant=row.taker,
        unit=row.unit,
        month=timezone.localdate(starts).replace(day=1),
        minutes_kind=MinutesKind(row.item.minutes_kind),
        intervals=free,
        minutes=minutes,
        planned_minutes=row.item.minutes,
        counts_activity=of * minutes >= part * row.item.minutes,
        item=row.item,
        order=row,
        text=row.item.name,
        approved_by=by,
        now=now,
    )


def rise(*, serviceorder: ServiceOrder, now: datetime) -> ServiceOrder:
    """Passes an order that nobody took to the next level; at the street it waits for people."""
    with WORKFLOW.step(OrderAction.RISE, serviceorder, by=SYSTEM, now=now) as step:
        row: ServiceOrder = step.row
        level = level_above(row.level)
        assert level is not None
        row.level, row.bound_until = level, None
        row.due_at = now + timedelta(hours=row.rule.hours) if level != Level.STREET else None
        step.data = {"level": level}
    return row


def due_to_rise(now: datetime) -> "QuerySet[ServiceOrder, int]":
    """The keys of orders that rise now, the longest waiting first."""
    states = (OrderState.ORDERED, OrderState.OFFERED)
    return _due(now).filter(state__in=states).exclude(level=Level.STREET)


def due_to_expire(now: datetime) -> "QuerySet[ServiceOrder, int]":
    """The keys of orders whose time of rating has run out, the longest waiting first."""
    return _due(now).filter(state=OrderState.RESOLVED)


def _due(now: datetime) -> "QuerySet[ServiceOrder, int]":
    rows = ServiceOrder.objects.filter(due_at__lte=now).order_by("due_at", "pk")
    keys: QuerySet[ServiceOrder, int] = rows.values_list("pk", flat=True)
    return keys


def raise_orders(now: datetime) -> int:
    """Raises what is due; how many. Running it twice changes nothing."""
    return _each(due_to_rise(now), rise, now)


def close_unrated(now: datetime) -> int:
    """Closes what nobody rated in time; how many."""
    return _each(due_to_expire(now), expire, now)


def _each(keys: "QuerySet[ServiceOrder, int]", use_case: object, now: datetime) -> int:
    done = 0
    for key in list(keys[:AT_ONCE]):
        try:
            use_case(serviceorder=ServiceOrder.objects.get(pk=key), now=now)  # type: ignore[operator]
        except WrongState:
            continue  # somebody was faster
        done += 1
    return done


# The next run takes what is left.
AT_ONCE = 500
