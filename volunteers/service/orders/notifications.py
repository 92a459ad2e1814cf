"""Who is told of orders: the desk, those who could take one, whoever ordered, whoever took it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.notifications.notifications import NewNotice, NoticeKind
from orgs.workflow.notifications import notify_audiences
from volunteers.service.enums import OrderAction
from volunteers.service.models import OrderEntry
from volunteers.service.orders.specification import MINE, NEAR, SPECIFICATIONS, TODO

BOOKMARK = "service.order-entries"


def _mine(data: Mapping[str, Any]) -> str:
    words: dict[str, str] = {
        OrderAction.OFFER: _("Your order “%(item)s” is offered to members and volunteers."),
        OrderAction.TAKE: _("%(taker)s takes your order “%(item)s”."),
        OrderAction.DROP: _("Your order “%(item)s” is offered to others again."),
        OrderAction.RESOLVE: _("“%(item)s” is done: please rate it."),
        OrderAction.DECLINE: _("Your order “%(item)s” is not offered: %(text)s"),
        OrderAction.RATE: _("“%(item)s” is rated; minutes and points are booked."),
        OrderAction.EXPIRE: _("“%(item)s” is closed; nobody rated it in time."),
        OrderAction.WITHDRAW: _("The order “%(item)s” is withdrawn."),
    }
    if data["action"] == OrderAction.RATE and not data["resolved"]:
        return _("“%(item)s” is said not to be done: the branch asks.") % {**data}
    return words[OrderAction(data["action"])] % {**data}


def _near(data: Mapping[str, Any]) -> str:
    return _("“%(item)s” is wanted at %(place)s: whoever takes it first gets it.") % {**data}


def _todo(data: Mapping[str, Any]) -> str:
    words: dict[str, str] = {
        OrderAction.ORDER: _("“%(item)s” is ordered at %(place)s: offer it."),
        OrderAction.DROP: _("“%(item)s” at %(place)s was given back."),
        OrderAction.RISE: _("Nobody has taken “%(item)s” at %(place)s yet: it has risen."),
        OrderAction.RATE: _("“%(item)s” at %(place)s is said not to be done: please ask."),
    }
    return words[OrderAction(data["action"])] % {**data}


KINDS = (
    NoticeKind(MINE, gettext_lazy("services that I ordered or took"), _mine),
    NoticeKind(NEAR, gettext_lazy("orders near me that I can take"), _near),
    NoticeKind(TODO, gettext_lazy("service orders of a place where I work"), _todo),
)


def notify_of_entries(now: datetime) -> int:
    """Tells people what stands on the timelines since the last time; how many notices."""
    entries = OrderEntry.objects.select_related(
        "order__unit", "order__item", "order__person", "order__taker"
    )
    return notify_audiences(SPECIFICATIONS, entries, _telling, bookmark=BOOKMARK, now=now)


def _telling(kind: str, entry: OrderEntry, person: int) -> NewNotice:
    row = entry.order
    data = {
        "action": entry.action,
        "item": row.item.name,
        "place": row.unit.short_name,
        "taker": row.taker.name if row.taker else "",
        "text": entry.text[:80],
        "resolved": entry.data.get("resolved", True),
    }
    link = reverse("service:order", args=[row.pk])
    return NewNotice(kind, f"order-entry:{entry.pk}", person, link, data)
