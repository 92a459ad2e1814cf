"""Filters that a person keeps: saving, renaming, showing one first, deleting."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from orgs.accounts.sign_in import signed_in
from orgs.errors import DomainError
from orgs.web.refusals import refuse
from tasks.lists import saved_filters
from tasks.lists.filters import kept
from tasks.lists.forms import SavedFilterForm, SaveFilterForm
from tasks.models import SavedFilter


@login_required
@require_http_methods(["GET", "POST"])
def saved(request: HttpRequest) -> HttpResponse:
    """The person's filters; POST keeps another one and goes back to the list that it shows."""
    form = SaveFilterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        query = kept(data.pop("query"))
        try:
            saved = saved_filters.save(query=query, by=signed_in(request), **data)
        except DomainError as refusal:
            refuse(request, form, refusal)
        else:
            messages.success(request, _("Saved as “%(name)s”.") % {"name": saved.name})
            return redirect(f"{reverse('tasks:list')}?{saved.query}")
    return _page(request, form)


@login_required
@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name, or shown first from now on."""
    row, form = _find(request, pk), SavedFilterForm(request.POST)
    if form.is_valid():
        try:
            saved_filters.change(saved=row, by=signed_in(request), **form.cleaned_data)
        except DomainError as refusal:
            refuse(request, form, refusal)
        else:
            messages.success(request, _("Changed."))
            return redirect("tasks:saved")
    return _page(request, form, row.pk)


@login_required
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forgets one."""
    row = _find(request, pk)
    saved_filters.delete(saved=row, by=signed_in(request))
    messages.success(request, _("“%(name)s” is deleted.") % {"name": row.name})
    return redirect("tasks:saved")


def _find(request: HttpRequest, pk: int) -> SavedFilter:
    return get_object_or_404(saved_filters.own(signed_in(request)), pk=pk)


def _page(request: HttpRequest, form: SavedFilterForm, wrong: int = 0) -> HttpResponse:
    """The list of filters; a form that was refused stands in its place."""
    rows = [
        (row, form if row.pk == wrong else _form_of(row))
        for row in saved_filters.own(signed_in(request))
    ]
    new = form if form.is_bound and not wrong else None
    status = 400 if form.is_bound else 200
    return render(request, "tasks/lists/saved.html", {"rows": rows, "new": new}, status=status)


def _form_of(row: SavedFilter) -> SavedFilterForm:
    initial = {"name": row.name, "is_default": row.is_default}
    return SavedFilterForm(initial=initial, auto_id=f"filter_{row.pk}_%s")
