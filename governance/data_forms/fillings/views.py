"""Pages of filling: who is listed, a look beforehand, ordering, how far it is, the file."""

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from governance.data_forms.blanks.queries import form_for
from governance.data_forms.enums import FileState, Permission, Subject
from governance.data_forms.fields import registry
from governance.data_forms.fillings import fillings, filters
from governance.data_forms.fillings.forms import FillForm, RowsForm, chosen
from governance.data_forms.models import BlankForm, FilledFile, FilledRun
from governance.data_forms.sums import sums
from governance.data_forms.sums.views import lines_of, pairs_of
from orgs.accounts.sign_in import signed_in
from orgs.web.pages import dated, row_for, use_case_page, wants_part, workbook

if TYPE_CHECKING:
    from datetime import datetime

    from orgs.models import User


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
    form, user, now = (
        form_for(signed_in(request), pk, Permission.FILL_FORMS),
        signed_in(request),
        timezone.now(),
    )
    if form.subject == Subject.SUMS:
        sheet = sums.preview(form=form, by=user, now=now)
        context = {
            "form_": form,
            "sheet": sheet,
            "lines": lines_of(sheet),
            "pairs": pairs_of(sheet),
        }
        return render(request, "data_forms/numbers.html", context)
    shown = fillings.preview(form=form, by=user, now=now)
    context = {"form_": form, "shown": shown, "rows": _cells(form, shown)}
    return render(request, "data_forms/preview.html", context)


def _cells(form: BlankForm, shown: fillings.Preview) -> list[list[tuple[Any, str]]]:
    """The values of each row, those that are counted with the address of who that is."""
    found = []
    for number, values in enumerate(shown.rows):
        cells = []
        for column, value in zip(shown.columns, values, strict=True):
            opens = column.field == registry.COUNT and value is not None
            where = [form.pk, column.place, shown.codes[number]] if opens else []
            cells.append((value, reverse("data_forms:form_column", args=where) if opens else ""))
        found.append(cells)
    return found


@login_required
def fill(request: HttpRequest, pk: int) -> HttpResponse:
    """Orders a filled copy."""
    form = form_for(signed_in(request), pk, Permission.FILL_FORMS)
    return use_case_page(
        request,
        partial(FillForm, places=filters.places_for(form, signed_in(request))),
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
