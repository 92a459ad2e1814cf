"""Pages of blank forms: which there are, one with its headings, what they mean."""

from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from governance.data_forms.answers import answers, questions
from governance.data_forms.blanks import blanks, deletion
from governance.data_forms.blanks.admitted import is_admitted
from governance.data_forms.blanks.forms import AddForm, FieldsForm, chosen
from governance.data_forms.enums import Permission, Subject, SumKind
from governance.data_forms.fields import registry
from governance.data_forms.fillings import filters
from governance.data_forms.models import BlankForm, FilledRun, FormColumn
from governance.data_forms.sums import parts
from orgs.accounts.sign_in import signed_in
from orgs.errors import DomainError
from orgs.web.pages import row_for, use_case_page
from orgs.web.paging import page_by_key

if TYPE_CHECKING:
    from datetime import datetime

    from orgs.models import User

SHOWN_RUNS = 10


@require_safe
@login_required
def form_list(request: HttpRequest) -> HttpResponse:
    """The blank forms of one's places."""
    user = signed_in(request)
    if not user.has_perm(Permission.FILL_FORMS):
        raise PermissionDenied
    seen = BlankForm.objects.visible_to(user).select_related("unit").defer("content")
    page = page_by_key(request, seen)
    context = {"page": page, "rows": page.rows, "now": timezone.now()}
    return render(request, "data_forms/forms.html", context)


@login_required
def add(request: HttpRequest) -> HttpResponse:
    """Sends a blank form."""
    user = signed_in(request)
    if not user.has_perm(Permission.FILL_FORMS):
        raise PermissionDenied
    return use_case_page(
        request,
        partial(AddForm, places=filters.places_of(user).filter(level__lte=1)),
        blanks.add,
        heading=_("Send a blank form"),
        submit=_("Read the headings"),
        done=_said,
        back=reverse("data_forms:forms"),
        then=lambda form: reverse("data_forms:form", args=[form.pk]),
        refused_field="file",
    )


def _said(form: BlankForm) -> str:
    if form.subject == Subject.SUMS:
        return _("Look through what was understood before you fill the form.")
    columns = list(form.columns.all())
    known = sum(bool(column.field) for column in columns)
    return ngettext(
        "%(known)d of %(count)d heading is known. Look through it before you fill the form.",
        "%(known)d of %(count)d headings are known. Look through them before you fill the form.",
        len(columns),
    ) % {"known": known, "count": len(columns)}


@login_required
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forgets a form that was sent by mistake, after asking."""
    form = row_for(request, BlankForm, pk, Permission.KEEP_FORMS, "unit")
    return use_case_page(
        request,
        forms.Form,
        partial(deletion.delete, form=form),
        heading=_("Delete the form “%(form)s”?") % {"form": form.name},
        submit=_("Delete"),
        done=_("The form is deleted; the rosters stay as they are."),
        back=reverse("data_forms:form", args=[form.pk]),
        then=lambda _done: reverse("data_forms:forms"),
    )


@require_safe
@login_required
def form_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One blank form: its headings with what stands below them, who is listed, what was filled."""
    user, now = signed_in(request), timezone.now()
    seen = BlankForm.objects.visible_to(user, one=True).select_related("unit", "by")
    form: BlankForm = get_object_or_404(seen.defer("content"), pk=pk)
    if not user.has_perm(Permission.FILL_FORMS):
        raise PermissionDenied
    keeps, admitted = user.has_perm(Permission.KEEP_FORMS, form), is_admitted(form)
    columns, said = list(form.columns.all()), list(form.parts.exclude(text=""))
    runs = FilledRun.objects.visible_to(user).filter(form=form, expires_at__gt=now)
    context = {
        "form_": form,
        "columns": [(column, label_of(column), blanks.use_of(column)) for column in columns],
        "parts": [(part, parts.in_words(part)) for part in said],
        "understood": sum(part.kind != SumKind.NONE for part in said),
        "known": sum(bool(column.field) for column in columns),
        "who": filters.in_words(filters.Filter.of(form.filters), Subject(form.subject)),
        "asks": bool(questions.asked_columns(form)),
        "empty": _empty(form, user, now),
        "may_keep": keeps and not admitted,
        "is_admitted": keeps and admitted,
        "runs": runs.select_related("sheet").order_by("-pk")[:SHOWN_RUNS],
        "now": now,
    }
    page = "data_forms/sums.html" if form.subject == Subject.SUMS else "data_forms/form.html"
    return render(request, page, context)


def _empty(form: BlankForm, user: "User", now: "datetime") -> int:
    """How many cells wait for an answer of this reader; none of who fills no forms there."""
    if form.subject == Subject.SUMS:
        return 0
    try:
        return answers.empty_cells(form=form, by=user, now=now)
    except DomainError:
        return 0


def label_of(column: FormColumn) -> str:
    """What stands in a column; "" for what the portal does not know."""
    if column.field == registry.SERIAL:
        return _("running number")
    if column.field == registry.COUNT:
        return _("a number that is counted")
    field = registry.get(column.field)
    return field.label if field else ""


@login_required
def choose_fields(request: HttpRequest, pk: int) -> HttpResponse:
    """Says what stands in each column."""
    form = row_for(request, BlankForm, pk, Permission.KEEP_FORMS, "unit")
    if form.subject == Subject.SUMS:
        messages.info(
            request,
            _(
                "A form of numbers has no fields below headings: say beside each line what it counts."
            ),
        )
        return redirect("data_forms:form", form.pk)

    def save(*, by: "User", now: "datetime", **typed: Any) -> BlankForm:
        return blanks.choose_fields(form=form, **chosen(typed), by=by, now=now)

    return use_case_page(
        request,
        partial(FieldsForm, form=form),
        save,
        heading=_("What stands in “%(form)s”") % {"form": form.name},
        submit=_("Save"),
        done=_("Saved; the next form with these headings is offered the same."),
        back=reverse("data_forms:form", args=[form.pk]),
    )
