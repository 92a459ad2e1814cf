"""Pages of answers: the cells that the portal does not know, one page of rows at a time."""

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from governance.data_forms.answers import answers
from governance.data_forms.answers.forms import CellsForm, cells
from governance.data_forms.answers.returned_roster import RETURNED, refuse_sums
from governance.data_forms.blanks.queries import form_for
from governance.data_forms.enums import Permission, Subject
from orgs.accounts.sign_in import signed_in
from orgs.errors import Refused
from orgs.imports import views as imports
from orgs.web.pages import use_case_page

if TYPE_CHECKING:
    from datetime import datetime

    from orgs.models import User

# Keys have fewer digits than this.
LONGEST_KEY = 19


@login_required
@never_cache
def complete(request: HttpRequest, pk: int) -> HttpResponse:
    """The cells that the portal does not know, one page of rows at a time."""
    form, user, now = (
        form_for(signed_in(request), pk, Permission.FILL_FORMS),
        signed_in(request),
        timezone.now(),
    )
    if form.subject == Subject.SUMS:
        return redirect("data_forms:form_numbers", form.pk)
    answered = request.GET.get("answered") == "1"
    sent = keys_of_text(request.POST.get("rows", "")) if request.method == "POST" else None
    shown = answers.waiting(
        form=form, after=key_of_text(request.GET.get("after", "")), keys=sent, answered=answered, by=user,
        now=now,
    )  # fmt: skip
    if sent == []:
        raise Http404
    # What was typed in the other rows stays when one is listed no longer.
    gone = [answers.Cell(row, 0, "") for row in sent or () if row not in shown.lines]

    def save(*, by: "User", now: "datetime", **typed: Any) -> dict[str, int]:
        return answers.save(form=form, cells=[*cells(typed), *gone], by=by, now=now)

    here = reverse("data_forms:form_complete", args=[form.pk])
    return use_case_page(
        request,
        partial(CellsForm, shown=shown),
        save,
        heading=_("To be completed: “%(form)s”") % {"form": form.name},
        done=said,
        back=reverse("data_forms:form", args=[form.pk]),
        then=lambda _done: f"{here}?answered=1" if answered else here,
        template="data_forms/complete.html",
        form_=form,
        waiting=shown,
        answered=answered,
        now=now,
    )


@login_required
@require_http_methods(["GET", "POST"])
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Sending a copy that was completed in Excel; what it would do is shown next. Of a form of numbers
    none comes back: what is empty is typed."""
    form = form_for(signed_in(request), pk, Permission.FILL_FORMS)
    try:
        refuse_sums(form)
    except Refused as refusal:
        messages.info(request, refusal.message)
        return redirect("data_forms:form_numbers", form.pk)
    return imports.send(
        request,
        RETURNED.for_target(form),
        form,
        template_address="",
        trail=[
            (_("Forms to fill"), reverse("data_forms:forms")),
            (form.name, reverse("data_forms:form", args=[form.pk])),
            (_("Send a completed copy"), ""),
        ],
    )


def said(done: dict[str, int]) -> str:
    """What became of answers that were saved."""
    if done["to_rosters"]:
        return _(
            "Saved; what a roster has room for was entered there, the rest stands in the form."
        )
    return _("Saved; these answers stand in the form from now on.")


def key_of_text(text: str) -> int:
    """A key of an address; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_KEY else 0


def keys_of_text(text: str) -> list[int]:
    """The keys of the rows that a page showed, at most one page of them."""
    return [key_of_text(part) for part in text.split(",")[: answers.SHOWN_ROWS] if part]
