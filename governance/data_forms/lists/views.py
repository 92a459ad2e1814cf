"""Pages of saved lists: which there are, one opened, who is on it, fetching it, forgetting it."""

from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance.data_forms.enums import Permission
from governance.data_forms.fillings import filters
from governance.data_forms.fillings.forms import chosen
from governance.data_forms.lists import lists
from governance.data_forms.lists.forms import ChooseForm, ExportForm, SaveForm
from governance.data_forms.models import SavedList
from orgs.accounts.sign_in import signed_in
from orgs.errors import DomainError
from orgs.web.pages import dated, form_page, row_for, use_case_page, workbook
from orgs.web.paging import page_by_key
from orgs.web.refusals import refuse

if TYPE_CHECKING:
    from datetime import datetime

    from orgs.models import User


@require_safe
@login_required
def saved(request: HttpRequest) -> HttpResponse:
    """The saved lists of one's places."""
    user = _filler(request)
    page = page_by_key(request, SavedList.objects.visible_to(user).select_related("unit", "by"))
    units = filters.named_units(page.rows)
    rows = [(kept, lists.in_words(kept, units)) for kept in page.rows]
    return render(
        request, "data_forms/lists.html", {"page": page, "rows": rows, "now": timezone.now()}
    )


@login_required
def save(request: HttpRequest) -> HttpResponse:
    """Saves a list under a name."""
    user = _filler(request)
    return use_case_page(
        request,
        partial(SaveForm, places=filters.places_of(user).filter(level__lte=1)),
        lists.save,
        heading=_("Save a list"),
        submit=_("Go on: who is listed"),
        back=reverse("data_forms:lists"),
        then=lambda kept: reverse("data_forms:list_rows", args=[kept.pk]),
    )


@require_safe
@login_required
@never_cache
def opened(request: HttpRequest, pk: int) -> HttpResponse:
    """One list: who is on it, page by page."""
    user, now = _filler(request), timezone.now()
    kept = _list(request, pk)
    listing = lists.opened(kept=kept, by=user, now=now)
    page = page_by_key(request, listing.found.only("pk"))
    rows = lists.look(
        kept=kept, listing=listing, keys=[row.pk for row in page.rows], by=user, now=now
    )
    context = {
        "kept": kept, "page": page, "rows": rows, "headings": listing.headings,
        "who": filters.in_words(listing.chosen, listing.subject), "total": listing.found.count(),
        "may_keep": user.has_perm(Permission.KEEP_LISTS, kept), "now": now,
    }  # fmt: skip
    return render(request, "data_forms/list.html", context)


@login_required
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Says who is on a list, and which fields it shows."""
    kept = row_for(request, SavedList, pk, Permission.KEEP_LISTS, "unit")
    user = signed_in(request)

    def change(*, by: "User", now: "datetime", columns: list[str], **typed: Any) -> SavedList:
        return lists.choose(kept=kept, chosen=chosen(typed), columns=columns, by=by, now=now)

    return use_case_page(
        request,
        partial(ChooseForm, form=kept, places=filters.places_of(user)),
        change,
        heading=_("Who is listed in “%(form)s”") % {"form": kept.name},
        done=_("Saved; the list shows these rows from now on."),
        back=reverse("data_forms:list", args=[kept.pk]),
    )


@login_required
@never_cache
def export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Fetches a list as a workbook, for a purpose."""
    _filler(request)
    kept = _list(request, pk)
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        purpose = form.cleaned_data["purpose"]
        try:
            file = lists.export(
                kept=kept, purpose=purpose, by=signed_in(request), now=timezone.now()
            )
            return workbook(file, dated(kept.name))
        except DomainError as error:
            refuse(request, form, error)
    return form_page(
        request, form, _("Fetch “%(list)s” as a workbook") % {"list": kept.name}, _("Fetch"),
        reverse("data_forms:list", args=[kept.pk]),
    )  # fmt: skip


@login_required
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forgets a list, after asking."""
    kept = row_for(request, SavedList, pk, Permission.KEEP_LISTS, "unit")
    return use_case_page(
        request,
        forms.Form,
        partial(lists.delete, kept=kept),
        heading=_("Delete the list “%(list)s”?") % {"list": kept.name},
        submit=_("Delete"),
        done=_("The list is deleted; the rosters stay as they are."),
        back=reverse("data_forms:list", args=[kept.pk]),
        then=lambda _done: reverse("data_forms:lists"),
    )


def _filler(request: HttpRequest) -> "User":
    user = signed_in(request)
    if not user.has_perm(Permission.FILL_FORMS):
        raise PermissionDenied
    return user


def _list(request: HttpRequest, pk: int) -> SavedList:
    seen = SavedList.objects.visible_to(signed_in(request), one=True).select_related("unit")
    kept: SavedList = get_object_or_404(seen, pk=pk)
    return kept
