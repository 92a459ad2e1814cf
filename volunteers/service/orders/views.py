"""Pages of service orders: mine, near me, the desk's; ordering, one order, every step with it."""

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.models import User
from orgs.units.queries import point_of, unit_for
from orgs.web.pages import trail, use_case_page
from orgs.web.paging import page_by_key
from orgs.workflow.views import ActView, open_steps, why_closed
from volunteers.service.enums import FINAL_ORDERS, OrderAction, OrderState, Permission, Skill
from volunteers.service.models import ServiceOrder
from volunteers.service.models.base import serving_units
from volunteers.service.orders import orders, queries
from volunteers.service.orders.around import ORDER_PLACES
from volunteers.service.orders.contact_page import contact_fields, reveal_on
from volunteers.service.orders.forms import DeskOrderForm, OrderForm
from volunteers.service.orders.specification import SPECIFICATIONS
from volunteers.service.orders.workflow import WORKFLOW, sentence

# Colours of the states in lists.
TAGS = {
    OrderState.ORDERED: "tag-amber",
    OrderState.OFFERED: "tag-blue",
    OrderState.TAKEN: "tag-blue",
    OrderState.RESOLVED: "tag-amber",
    OrderState.CLOSED: "tag-green",
}


@require_safe
@login_required
def order_list(request: HttpRequest) -> HttpResponse:
    """One's own orders; for who serves those near; for the desk what waits and what is under way."""
    user = signed_in(request)
    tabs = _tabs(user)
    view = request.GET.get("view", next(iter(tabs)))
    view = view if view in tabs else next(iter(tabs))
    page = page_by_key(request, _rows(view, user))
    context = {
        "now": timezone.now(),
        "page": page,
        "rows": [(row, TAGS.get(OrderState(row.state), "")) for row in page.rows],
        "asked": queries.asked(user, page.rows) if view == "near" else set(),
        "view": view,
        "tabs": list(tabs.items()),
    }
    return render(request, "service/orders/list.html", context)


def _tabs(user: User) -> dict[str, str]:
    """What somebody may look at, what they came for first."""
    tabs: dict[str, str] = {}
    if user.has_perm(Permission.KEEP_ORDERS):
        tabs |= {"waiting": _("To offer"), "open": _("Under way"), "ended": _("Ended")}
    if serving_units(user).exists():
        tabs |= {"near": _("Near me"), "taken": _("Taken by me")}
    return tabs | {"mine": _("My orders")}


def _rows(view: str, user: User) -> QuerySet[ServiceOrder]:
    if view == "waiting":
        return queries.to_hand_out(user)
    if view == "open":
        return queries.under_way(user)
    if view == "ended":
        return queries.orders(user).filter(state__in=FINAL_ORDERS)
    if view == "near":
        return queries.near(user)
    return queries.taken_by(user) if view == "taken" else queries.ordered_by(user)


@login_required
def add(request: HttpRequest) -> HttpResponse:
    """Orders a service for oneself: what, and a sentence."""
    user = signed_in(request)
    places = queries.places_of(user)
    initial = {"unit": places[0].code if places else "", "item": request.GET.get("item", "")}
    return use_case_page(
        request,
        partial(OrderForm, places=places, initial=initial),
        orders.order,
        heading=_("Order a service"),
        submit=_("Order it"),
        done=_("Ordered. The branch offers it; you are told who comes."),
        back=reverse("service:orders"),
        then=address_of,
        template="service/orders/add.html",
        places=places,
    )


@login_required
def add_for(request: HttpRequest, code: str) -> HttpResponse:
    """The desk orders for somebody who comes or rings; the same rows are written."""
    user = signed_in(request)
    unit = unit_for(user, code, Permission.HELP_RESIDENTS)
    if unit.kind not in ORDER_PLACES:
        raise Http404
    return use_case_page(
        request,
        partial(DeskOrderForm, user=user),
        partial(orders.order, unit=unit),
        heading=_("Order a service for somebody"),
        submit=_("Order it"),
        done=_("Ordered; how the person agreed is kept with it."),
        back=reverse("service:orders"),
        then=address_of,
        trail=trail(unit, _("Order a service for somebody")),
    )


def address_of(row: ServiceOrder) -> str:
    """The page of an order."""
    return reverse("service:order", args=[row.pk])


@require_safe
@login_required
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """One order: where it stands, what the reader may know and do."""
    return _page(request, _find(request, pk))


@require_POST
@never_cache
@login_required
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows the contact in clear, once, for a purpose that is kept."""
    return reveal_on(_page, request, _find(request, pk))


def _page(
    request: HttpRequest, row: ServiceOrder, *, status: int = 200, **more: Any
) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    seen = queries.sight(row, user)
    buttons = open_steps(OrderActView, row, user, now, "service:order_act")
    context = {
        "now": now,
        "row": row,
        "tag": TAGS.get(OrderState(row.state), ""),
        "seen": seen,
        "waits_for_others": row.bound_until if row.bound_until and row.bound_until > now else None,
        "offers": list(row.offers.select_related("participant")) if seen.is_desk else [],
        "entries": [
            (entry, _label(entry.action), sentence(entry))
            for entry in queries.entries(row, user, seen)
        ]
        if seen.sees_words
        else [],
        "skill": Skill(row.item.skill).label if row.item.skill else "",
        "why_not": why_closed(WORKFLOW, row, OrderAction.TAKE, user, now)
        if row.state == OrderState.OFFERED
        else "",
        "buttons": [one for one in buttons if not one["is_next"]],
        "next_buttons": [one for one in buttons if one["is_next"]],
        "point": point_of(row.unit) if seen.is_taker else None,
        **contact_fields(row, user, "service:order_reveal"),
        "trail": [(_("Service orders"), reverse("service:orders")), (row.item.name, "")],
    } | more
    return render(request, "service/orders/order.html", context, status=status)


def _label(action: str) -> str:
    return capfirst(next(str(one.label) for one in SPECIFICATIONS if one.value == action))


class OrderActView(ActView):
    """One step with an order."""

    workflow, specifications = WORKFLOW, SPECIFICATIONS
    template_name = "components/form_page.html"

    def get_object(self) -> ServiceOrder:
        return _find(self.request, self.kwargs["pk"])

    def page_of(self, row: ServiceOrder) -> str:
        # Who said no may have lost sight of it.
        seen = ServiceOrder.objects.visible_to(self.user, one=True).filter(pk=row.pk).exists()
        return address_of(row) if seen else reverse("service:orders")


def _find(request: HttpRequest, pk: int) -> ServiceOrder:
    seen = ServiceOrder.objects.visible_to(signed_in(request), one=True)
    row: ServiceOrder = get_object_or_404(queries.whole(seen), pk=pk)
    return row
