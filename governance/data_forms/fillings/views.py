"""Pages of filling: who is listed, a look beforehand, ordering, how far it is, the file."""

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from governance.data_forms.enums import FileState, Permission
from governance.data_forms.fillings import answers, fillings, filters
from governance.data_forms.fillings.forms import CellsForm, FillForm, RowsForm, cells, chosen
from governance.data_forms.models import BlankForm, FilledFile, FilledRun
from orgs.accounts.sign_in import signed_in
from orgs.web.pages import dated, row_for, use_case_page, wants_part, workbook

if TYPE_CHECKING:
    from datetime import datetime

    from orgs.models import User

# Keys have fewer digits than this.
LONGEST_KEY = 19


@login_required
def choose_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """Says who is listed."""
    form = row_for(request, BlankForm, pk, Permission.KEEP_FORMS, "unit")
    user = signed_in(request)

    def save(*, by: "User", now: "datetime", **typed: Any) -> BlankForm:
        return fillings.choose_rows(form=form, chosen=chosen(typed), by=by, now=now)

    return use_case_page(
        request,
        partial(RowsForm, form=form, places=filters.places_of(user)),
        save,
        heading=_("Who is listed in “%(form)s”") % {"form": form.name},
        submit=_("Save"),
        done=_("Saved; the form lists these rows from now on."),
        back=reverse("data_forms:form", args=[form.pk]),
    )


@require_safe
@login_required
@never_cache
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The first rows as they would be filled."""
    form = _form(request, pk)
    shown = fillings.preview(form=form, by=signed_in(request), now=timezone.now())
    return render(request, "data_forms/preview.html", {"form_": form, "shown": shown})


@login_required
@never_cache
def complete(request: HttpRequest, pk: int) -> HttpResponse:
    """The cells that the portal does not know, one page of rows at a time."""
    form, user, now = _form(request, pk), signed_in(request), timezone.now()
    answered = request.GET.get("answered") == "1"
    sent = _keys(request.POST.get("rows", "")) if request.method == "POST" else None
    shown = answers.waiting(
        form=form, after=_key(request.GET.get("after", "")), keys=sent, answered=answered, by=user,
        now=now,
    )  # fmt: skip
    if sent == []:
        raise Http404
    # What was typed in the other rows stays when one is listed no longer.
    gone = [answers.Cell(row, 0, "") for row in sent or () if row not in shown.rows]

    def save(*, by: "User", now: "datetime", **typed: Any) -> dict[str, int]:
        return answers.save(form=form, cells=[*cells(typed), *gone], by=by, now=now)

    here = reverse("data_forms:form_complete", args=[form.pk])
    return use_case_page(
        request,
        partial(CellsForm, shown=shown),
        save,
        heading=_("To be completed: “%(form)s”") % {"form": form.name},
        done=_("Saved; these answers stand in the form from now on."),
        back=reverse("data_forms:form", args=[form.pk]),
        then=lambda _done: f"{here}?answered=1" if answered else here,
        template="data_forms/complete.html",
        form_=form,
        waiting=shown,
        answered=answered,
    )


def _key(text: str) -> int:
    """A key of an address; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_KEY else 0


def _keys(text: str) -> list[int]:
    """The keys of the rows that a page showed, at most one page of them."""
    return [_key(part) for part in text.split(",")[: answers.SHOWN_ROWS] if part]


@login_required
def fill(request: HttpRequest, pk: int) -> HttpResponse:
    """Orders a filled copy."""
    form = _form(request, pk)
    return use_case_page(
        request,
        FillForm,
        partial(fillings.order, form=form),
        heading=_("Fill “%(form)s”") % {"form": form.name},
        submit=_("Fill the form"),
        back=reverse("data_forms:form", args=[form.pk]),
        then=lambda run: reverse("data_forms:filled", args=[run.pk]),
    )


@require_safe
@login_required
@never_cache
def filled_page(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a filled copy is."""
    seen = FilledRun.objects.visible_to(signed_in(request), one=True)
    run = get_object_or_404(seen.select_related("form", "unit", "sheet"), pk=pk)
    context = {"run": run, "file": run.sheet, "now": timezone.now(), "waits": _waits(run.sheet)}
    page = "data_forms/filled.html"
    return render(request, f"{page}#progress" if wants_part(request) else page, context)


def _waits(file: FilledFile) -> bool:
    return file.state == FileState.WAITING


@require_POST
@login_required
@never_cache
def fetch(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The workbook."""
    user = signed_in(request)
    seen = FilledFile.objects.visible_to(user, one=True).select_related(
        "run__form", "run__unit", "run__collection"
    )
    file = get_object_or_404(seen, run=pk)
    content = fillings.fetch(file=file, by=user, now=timezone.now())
    return workbook(content, dated(f"{file.run.form.name}-{file.run_id}-"))


def _form(request: HttpRequest, pk: int) -> BlankForm:
    user = signed_in(request)
    if not user.has_perm(Permission.FILL_FORMS):
        raise PermissionDenied
    seen = BlankForm.objects.visible_to(user, one=True).select_related("unit")
    form: BlankForm = get_object_or_404(seen, pk=pk)
    return form
