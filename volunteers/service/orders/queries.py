"""Reading orders: near me, mine, those of the desk; what each reader sees of one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils import timezone

from orgs.enums import Role, UnitKind
from orgs.models import Attachment, Position, Unit
from orgs.scoping import around, reach_of
from orgs.values.days import in_force
from residents.models import Belonging
from volunteers.service.enums import (
    FINAL_ORDERS,
    OPEN_REPORT_INS,
    SERVICE_HELPERS,
    SERVICE_KEEPERS,
    SERVING,
    ItemUse,
    Level,
    OrderAction,
    OrderState,
    ServantKind,
)
from volunteers.service.items import items
from volunteers.service.models import (
    OrderAttachment,
    OrderEntry,
    OrderOffer,
    Participant,
    ReportIn,
    ServiceItem,
    ServiceOrder,
)
from volunteers.service.models.base import serving_units
from volunteers.service.orders.around import ORDER_PLACES, area_of

if TYPE_CHECKING:
    from orgs.models import User
    from orgs.scoping import Person

# What is between an offer and those who were asked is theirs: nobody else reads who said no.
PRIVATE = frozenset({OrderAction.REFUSE})


@dataclass(frozen=True)
class Sight:
    """What somebody reads of an order beside place, item and state."""

    is_orderer: bool
    is_desk: bool
    is_taker: bool

    @property
    def sees_words(self) -> bool:
        """What was written, the door, and who is served: whoever has to come, or has to know."""
        return self.is_orderer or self.is_desk or self.is_taker


def whole(rows: QuerySet[ServiceOrder]) -> QuerySet[ServiceOrder]:
    """With all that a row of a list shows."""
    return rows.select_related("unit", "item", "taker", "person", "household", "ordered_by", "rule")


def orders(user: "User") -> QuerySet[ServiceOrder]:
    """The orders that somebody may see."""
    return whole(ServiceOrder.objects.visible_to(user))


def ordered_by(user: "User") -> QuerySet[ServiceOrder]:
    """What somebody ordered, or what was ordered for them, the latest first."""
    own = ServiceOrder.objects.filter(Q(ordered_by=user) | Q(person__account=user))
    return whole(own).order_by("-pk")


def taken_by(user: "User") -> QuerySet[ServiceOrder]:
    """What somebody took, open first, the latest first."""
    return whole(ServiceOrder.objects.filter(taker__account=user)).order_by("-pk")


def near(user: "User") -> QuerySet[ServiceOrder]:
    """What somebody could take: offered in their area, or to them by name; nothing of their own."""
    said_no = OrderOffer.objects.filter(participant__account=user).exclude(declined_at=None)
    seen = ServiceOrder.objects.visible_to(user).filter(state=OrderState.OFFERED)
    own = Q(ordered_by=user) | Q(person__account=user)
    return whole(seen.exclude(own).exclude(pk__in=said_no.order_by().values("order")))


def asked(user: "User", rows: list[ServiceOrder]) -> set[int]:
    """The keys of those orders that somebody is asked for by name."""
    mine = OrderOffer.objects.filter(
        order__in=[row.pk for row in rows], participant__account=user, declined_at=None
    )
    return set(mine.values_list("order", flat=True))


def to_hand_out(user: "User") -> QuerySet[ServiceOrder]:
    """What waits for the desk: not released yet, or risen to the street without a taker."""
    seen = orders(user)
    return seen.filter(
        Q(state=OrderState.ORDERED) | Q(state=OrderState.OFFERED, level=Level.STREET)
    )


def under_way(user: "User") -> QuerySet[ServiceOrder]:
    """What is offered, taken, or waits to be rated."""
    return orders(user).exclude(state__in=FINAL_ORDERS).exclude(state=OrderState.ORDERED)


def sight(row: ServiceOrder, user: "User") -> Sight:
    """How much of an order somebody reads."""
    for_whom = row.person.account_id if row.person else None
    taker = row.taker.account_id if row.taker else None
    return Sight(
        is_orderer=user.pk in (row.ordered_by_id, for_whom),
        is_desk=bool(reach_of(user).roles_at(row.unit) & SERVICE_HELPERS),
        is_taker=taker == user.pk,
    )


def entries(row: ServiceOrder, user: "User", seen: Sight) -> QuerySet[OrderEntry]:
    """An order's timeline as somebody reads it, the latest first."""
    rows: QuerySet[OrderEntry] = row.entries.select_related("by").prefetch_related(
        "attached__attachment"
    )
    if not seen.is_desk:
        rows = rows.exclude(Q(action__in=PRIVATE) & ~Q(by=user))
    return rows.order_by("-pk")


def may_see_attachment(user: "Person", attachment: Attachment) -> bool:
    """Whether a picture belongs to an order of which somebody reads the words."""
    attached = OrderAttachment.objects.filter(attachment=attachment)
    picture = attached.select_related("entry__order__person", "entry__order__taker").first()
    if picture is None or not user.is_authenticated:
        return False
    row = picture.entry.order
    if not ServiceOrder.objects.visible_to(user, one=True).filter(pk=row.pk).exists():
        return False
    seen = sight(row, user)
    return seen.sees_words and entries(row, user, seen).filter(pk=picture.entry_id).exists()


def items_to_order() -> QuerySet[ServiceItem]:
    """The items that can be ordered today, by class and code."""
    return items.in_force().exclude(use=ItemUse.ACTIVITY).order_by("item_class", "code")


def to_be_asked(row: ServiceOrder, user: "User") -> QuerySet[Participant]:
    """Whom the desk may ask by name: who serves in the area and has an account, not asked yet.

    The practice centre asks volunteers only.
    """
    area = area_of(row.unit, row.level)
    here = ReportIn.objects.filter(around(area, "unit"), state__in=OPEN_REPORT_INS)
    roles = SERVING
    if not reach_of(user).roles_at(row.unit) & SERVICE_KEEPERS:
        here, roles = here.exclude(kind=ServantKind.MEMBER), frozenset({Role.VOLUNTEER})
    held = Position.objects.filter(
        in_force(timezone.localdate()), around(area, "unit"), role__in=roles
    )
    for_whom = row.person.account_id if row.person else None
    rows: QuerySet[Participant] = Participant.objects.filter(
        Q(pk__in=here.order_by().values("participant"))
        | Q(account__in=held.order_by().values("user")),
        account__is_active=True,
    )
    own = [key for key in (row.ordered_by_id, for_whom) if key is not None]
    asked_already = row.offers.order_by().values("participant")
    return rows.exclude(account__in=own).exclude(pk__in=asked_already).order_by("name", "pk")


def places_of(user: "User") -> list[Unit]:
    """Where somebody orders for themselves: home, the buildings of their flats, where they serve."""
    flats = Belonging.objects.filter(person__account=user, ends=None).order_by()
    serving = serving_units(user).filter(kind=UnitKind.COMPOUND)
    rows = Unit.objects.filter(
        Q(pk=user.home_id)
        | Q(pk__in=flats.values("household__building"))
        | Q(pk__in=serving.values("pk")),
        kind__in=ORDER_PLACES,
    )
    # Home first, then the narrower place.
    return sorted(rows, key=lambda one: (one.pk != user.home_id, -one.level, one.code))
