"""Orders and rings on the page of a unit."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from orgs.db.counting import Counts, counted
from orgs.enums import UnitKind, UnitTab
from orgs.scoping import lies_in
from orgs.web.panels import Counting, Panel, UnitPanel
from volunteers.service.enums import OPEN_ORDERS, OrderState, Permission
from volunteers.service.models import ServiceOrder
from volunteers.service.orders.around import ORDER_PLACES

if TYPE_CHECKING:
    from orgs.models import Unit, User


@dataclass(frozen=True)
class Overview:
    """What the panel shows."""

    unit: "Unit"
    waiting: int
    open: int
    may_order: bool
    keeps_teams: bool


def unit_panel(*, unit: "Unit", user: "User", now: datetime) -> UnitPanel:
    """What waits here, and the ways of the desk, for who works with the place."""
    return UnitPanel(
        UnitTab.SERVICE,
        partial(user.has_perm, Permission.HELP_RESIDENTS, unit),
        partial(_panel, unit, user),
    )


def _panel(unit: "Unit", user: "User") -> Counting:
    keeps_teams = unit.kind != UnitKind.BUILDING and user.has_perm(Permission.KEEP_TEAMS, unit)
    orders = counted(
        *("service-orders", ServiceOrder.objects.filter(lies_in(unit, "unit"))),
        number=Count("pk", filter=Q(state=OrderState.ORDERED)),
        more=Count("pk", filter=Q(state__in=OPEN_ORDERS)),
    )

    def panel(counts: Counts) -> Panel:
        [(*_texts, waiting, under_way)] = counts["service-orders"]
        values = Overview(unit, waiting, under_way, unit.kind in ORDER_PLACES, keeps_teams)
        return Panel("service/orders/unit_panel.html", values, place=3)

    return Counting([orders], panel)
