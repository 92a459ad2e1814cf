"""Pages of forms that count: what words mean, the numbers beforehand, who is behind one."""

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance.data_forms.answers.answers import Cell
from governance.data_forms.answers.forms import cells, sent_cells
from governance.data_forms.answers.views.desk import key_of_text
from governance.data_forms.blanks.queries import form_for
from governance.data_forms.enums import Permission, Subject, SumKind
from governance.data_forms.fillings import filters
from governance.data_forms.fillings.forms import chosen
from governance.data_forms.models import BlankForm, SumPart
from governance.data_forms.sums import parts, sums, typed_numbers
from governance.data_forms.sums.forms import NumbersForm, PartForm, subject_of
from orgs.accounts.sign_in import signed_in
from orgs.models import Unit
from orgs.scoping import lies_in
from orgs.web.pages import row_for, use_case_page
from orgs.web.paging import page_by_key

if TYPE_CHECKING:
    from datetime import datetime

    from orgs.models import User


@login_required
def choose(request: HttpRequest, pk: int, row: int, place: int) -> HttpResponse:
    """Says what the words of a line count, or what one cell does."""
    form: BlankForm = row_for(request, BlankForm, pk, Permission.KEEP_FORMS, "unit")
    part = get_object_or_404(form.parts.select_related("form__unit"), row=row, place=place)

    def save(*, by: "User", now: "datetime", **sent: Any) -> SumPart:
        kind, subject = SumKind(sent.pop("kind")), subject_of(sent)
        asked = chosen(sent)
        return parts.choose(part=part, kind=kind, subject=subject, filters_=asked, by=by, now=now)

    inside = Unit.objects.filter(lies_in(form.unit), level__lte=parts.LOWEST_PLACE)
    return use_case_page(
        request,
        partial(PartForm, part=part, places=inside.order_by("tree_id", "lft")),
        save,
        heading=_("What is counted in “%(words)s”") % {"words": part.text or _cell(part)},
        done=_("Saved; the next form with these words is offered the same."),
        back=reverse("data_forms:form", args=[form.pk]),
    )


def _cell(part: SumPart) -> str:
    return _("row %(row)d, column %(place)d") % {"row": part.row, "place": part.place}


@require_safe
@login_required
@never_cache
def behind(request: HttpRequest, pk: int, row: int, place: int) -> HttpResponse:
    """Who is behind the number of a cell."""
    form, user, now = (
        form_for(signed_in(request), pk, Permission.FILL_FORMS),
        signed_in(request),
        timezone.now(),
    )
    found = sums.behind(form=form, place=(row, place), by=user, now=now)
    return _listed(request, form, found)


@require_safe
@login_required
@never_cache
def behind_column(request: HttpRequest, pk: int, place: int, code: str) -> HttpResponse:
    """Who is behind the number of a column, in the place of one row."""
    form, user, now = (
        form_for(signed_in(request), pk, Permission.FILL_FORMS),
        signed_in(request),
        timezone.now(),
    )
    found = sums.behind_column(form=form, column=place, code=code, by=user, now=now)
    return _listed(request, form, found)


def _listed(request: HttpRequest, form: BlankForm, found: sums.Behind) -> HttpResponse:
    listing = found.listing
    page = page_by_key(request, listing.found.only("pk"))
    keys = [row.pk for row in page.rows]
    rows = sums.opened(form=form, found=found, keys=keys, by=listing.by, now=listing.now)
    context = {
        "heading": found.text or form.name, "form_": form, "who": found.who, "page": page,
        "headings": listing.headings, "rows": rows, "total": listing.found.count(),
        "back": reverse("data_forms:form_preview", args=[form.pk]),
    }  # fmt: skip
    return render(request, "data_forms/behind.html", context)


@login_required
@never_cache
def complete(request: HttpRequest, pk: int) -> HttpResponse:
    """The numbers that the portal does not know, for one of the own places."""
    form, user, now = (
        form_for(signed_in(request), pk, Permission.FILL_FORMS),
        signed_in(request),
        timezone.now(),
    )
    if form.subject != Subject.SUMS:
        return redirect("data_forms:form_complete", form.pk)
    places = filters.places_for(form, user)
    unit = next((place for place in places if place.code == request.GET.get("unit")), None)
    answered = request.GET.get("answered") == "1"
    sent = sent_cells(request.POST) if request.method == "POST" else None
    shown = typed_numbers.unknown(
        form=form, unit=unit, after=key_of_text(request.GET.get("after", "")), answered=answered,
        only=sent, by=user, now=now,
    )  # fmt: skip
    # What is counted by now is refused, and what was typed in the other cells stays.
    gone = [Cell(*where, "") for where in sent or () if where not in shown.numbers]

    def save(*, by: "User", now: "datetime", **words: Any) -> dict[str, int]:
        return typed_numbers.save(
            form=form, cells=[*cells(words), *gone], unit=shown.unit, by=by, now=now
        )

    here = f"{request.path}?unit={shown.unit.code}"
    return use_case_page(
        request,
        partial(NumbersForm, shown=shown),
        save,
        heading=_("To be completed: “%(form)s”") % {"form": form.name},
        done=_("Saved; these answers stand in the form from now on."),
        back=reverse("data_forms:form_preview", args=[form.pk]),
        then=lambda _done: f"{here}&answered=1" if answered else here,
        template="data_forms/complete_numbers.html",
        form_=form,
        unknown=shown,
        places=places,
        answered=answered,
        now=now,
    )


# --- How a sheet is shown --------------------------------------------------------------------------


def lines_of(sheet: sums.Sheet) -> list[tuple[SumPart, list[sums.Number | None]]]:
    """The rows of a table, each with the numbers below its columns."""
    return [
        (row, [sheet.numbers.get((row.row, column.place)) for column in sheet.columns])
        for row in sheet.rows
    ]


def pairs_of(sheet: sums.Sheet) -> list[sums.Number]:
    """The numbers that stand beside words of their own."""
    return [] if sheet.rows else list(sheet.numbers.values())
