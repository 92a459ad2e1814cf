"""Pages of the library of items."""

from functools import partial
from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orgs.accounts.sign_in import signed_in
from orgs.web.pages import use_case_page
from volunteers.service.enums import ItemClass, Permission
from volunteers.service.items import items
from volunteers.service.items.forms import ItemForm, NewItemForm, initial_of
from volunteers.service.models import ServiceItem


@require_safe
@login_required
def item_list(request: HttpRequest) -> HttpResponse:
    """The five classes with their items, each in its version in force."""
    keeps = signed_in(request).has_perm(Permission.KEEP_ITEMS)
    rows = (items.latest() if keeps else items.in_force()).order_by("code")
    by_class = sorted(rows, key=lambda item: (_place(item), item.code))
    context = {
        "classes": [
            (label, list(found))
            for label, found in groupby(by_class, key=lambda item: item.get_item_class_display())
        ],
        "keeps": keeps,
    }
    return render(request, "service/items/library.html", context)


def _place(item: ServiceItem) -> int:
    return ItemClass.values.index(item.item_class)


@login_required
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Puts the next version of an item in force."""
    _must_keep(request)
    item = items.latest().filter(code=code).first()
    if item is None:
        raise Http404
    return use_case_page(
        request,
        partial(ItemForm, initial=initial_of(item)),
        partial(items.save, code=item.code),
        heading=_("Next version of “%(name)s”") % {"name": item.name},
        submit=_("Put in force"),
        done=_("In force; what was ordered or held before keeps its version."),
        back=reverse("service:items"),
    )


@login_required
def add(request: HttpRequest) -> HttpResponse:
    """Adds an item."""
    _must_keep(request)
    return use_case_page(
        request,
        NewItemForm,
        items.save,
        heading=_("New item"),
        submit=_("Put in force"),
        done=_("The item is in the library."),
        back=reverse("service:items"),
    )


def _must_keep(request: HttpRequest) -> None:
    if not signed_in(request).has_perm(Permission.KEEP_ITEMS):
        raise PermissionDenied
