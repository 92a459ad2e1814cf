"""One measure of a campaign list: its page, putting it on the list, changing it, every step with it."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.attachments import attachments
from orgs.errors import DomainError, WrongState
from orgs.models import Attachment
from orgs.web.pages import Trail, form_page
from orgs.web.refusals import audit_refusal, refuse
from orgs.web.throttling import count_upload
from tasks.campaigns import queries
from tasks.campaigns.campaigns import add_measure, change_measure
from tasks.campaigns.forms import FORMS, MeasureForm
from tasks.campaigns.use_cases import USE_CASES
from tasks.campaigns.workflow import available_actions, check
from tasks.enums import MeasureAction
from tasks.models import Campaign, Measure


@require_safe
@login_required
def measure(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one measure, and what the reader may do."""
    user, now = signed_in(request), timezone.now()
    row = _find(request, pk)
    buttons = [_button(action, row) for action in available_actions(row, user)]
    context = {
        "now": now,
        "measure": row,
        "light": row.light(timezone.localdate(now)),
        "trail": _trail(row),
        "entries": queries.entries(row),
        "first": buttons[0] if buttons else None,
        "others": buttons[1:],
    }
    return render(request, "tasks/campaigns/measure.html", context)


def _button(action: MeasureAction, row: Measure) -> dict[str, str]:
    if action == MeasureAction.CHANGE:
        url = reverse("tasks:measure_change", args=[row.pk])
    else:
        url = reverse("tasks:measure_act", args=[row.pk, action.value])
    return {"label": capfirst(str(action.label)), "url": url}


@login_required
@require_http_methods(["GET", "POST"])
def measure_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts a measure on a list."""
    user = signed_in(request)
    seen = Campaign.objects.visible_to(user, one=True).select_related("district", "street")
    row = get_object_or_404(seen, pk=pk)
    if not user.has_perm("tasks.keep_campaign", row):
        raise PermissionDenied
    form = MeasureForm(request.POST or None, campaign=row)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_measure(campaign=row, by=user, now=timezone.now(), **form.cleaned_data)
        except DomainError as refusal:
            refuse(request, form, refusal)
        else:
            messages.success(
                request, _("Measure %(number)d is on the list.") % {"number": made.number}
            )
            return redirect("tasks:campaign", row.pk)
    back = reverse("tasks:campaign", args=[row.pk])
    trail = [(_("Campaign lists"), reverse("tasks:campaigns")), (row.name, back)]
    heading = _("Add a measure")
    return _form_page(request, form, heading, _("Add"), back, [*trail, (heading, "")])


@login_required
@require_http_methods(["GET", "POST"])
def measure_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Changes a measure under way."""
    user, row = signed_in(request), _find(request, pk)
    try:
        check(row, MeasureAction.CHANGE, user)
    except WrongState as refusal:
        return _not_now(request, row, refusal)
    form = MeasureForm(request.POST or None, campaign=row.campaign, measure=row)
    if request.method == "POST" and form.is_valid():
        try:
            change_measure(measure=row, by=user, now=timezone.now(), **form.cleaned_data)
        except WrongState as refusal:
            return _not_now(request, row, refusal)
        except DomainError as refusal:
            refuse(request, form, refusal)
        else:
            messages.success(request, _("The measure is changed."))
            return redirect("tasks:measure", row.pk)
    heading = capfirst(str(MeasureAction.CHANGE.label))
    return _form_page(request, form, heading, _("Save"), _address(row), _trail(row, heading))


@login_required
@require_http_methods(["GET", "POST"])
def measure_act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """One step: its form, and taking it. Role first, then state, then what was typed."""
    if action not in USE_CASES:
        raise Http404
    step, user, now = MeasureAction(action), signed_in(request), timezone.now()
    row = _find(request, pk)
    try:
        check(row, step, user)
    except WrongState as refusal:
        return _not_now(request, row, refusal)
    form = FORMS[step](request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 400
        body = _body(request, form, now) if form.is_valid() else None
        if body is not None:
            try:
                USE_CASES[step](measure=row, by=user, now=now, **body)
            except WrongState as refusal:
                if refusal.code != "evidence_required":
                    return _not_now(request, row, refusal)
                refuse(request, form, refusal)
                status = refusal.status
            else:
                messages.success(request, _happened(step))
                return redirect("tasks:measure", row.pk)
    heading = capfirst(str(step.label))
    back, trail = _address(row), _trail(row, heading)
    return _form_page(request, form, heading, heading, back, trail, measure=row, status=status)


def _body(request: HttpRequest, form: forms.Form, now: datetime) -> dict[str, Any] | None:
    """The keywords of the use-case, its photos taken in; None where one of them is refused."""
    body = dict(form.cleaned_data)
    if "photos" not in body:
        return body
    kept: list[Attachment] = []
    for upload in body.pop("photos"):
        try:
            count_upload(request)
            kept.append(attachments.store(upload=upload, by=signed_in(request), now=now))
        except DomainError as refusal:
            audit_refusal(request, refusal)
            form.add_error("photos", f"{upload.name}: {refusal.message}")
    return None if form.errors else body | {"attachments": kept}


def _happened(step: MeasureAction) -> str:
    return {
        MeasureAction.REPORT: _("Your report stands on the timeline."),
        MeasureAction.SUBMIT: _("Asked for; whoever keeps the list checks the evidence."),
        MeasureAction.CLOSE: _("Struck off the list."),
        MeasureAction.SEND_BACK: _("Sent back; the lead department is to bring new evidence."),
        MeasureAction.REOPEN: _("Under way again."),
    }[step]


def _form_page(
    request: HttpRequest,
    form: forms.Form,
    heading: str,
    submit: str,
    back: str,
    trail: Trail,
    **more: Any,
) -> HttpResponse:
    template = "tasks/campaigns/form.html"
    return form_page(request, form, heading, submit, back, template=template, trail=trail, **more)


def _not_now(request: HttpRequest, row: Measure, refusal: WrongState) -> HttpResponse:
    """Back to the measure with a sentence."""
    audit_refusal(request, refusal)
    messages.warning(request, refusal.message)
    return redirect("tasks:measure", row.pk)


def _find(request: HttpRequest, pk: int) -> Any:
    seen = Measure.objects.visible_to(signed_in(request), one=True)
    return get_object_or_404(
        queries.measures(seen).select_related(
            *("campaign__district", "campaign__street", "lead", "closed_by"),
            *("submitted_by", "evidence"),
        ),
        pk=pk,
    )


def _address(row: Measure) -> str:
    return reverse("tasks:measure", args=[row.pk])


def _trail(row: Measure, last: str = "") -> list[tuple[str, str]]:
    number = _("No. %(number)d") % {"number": row.number}
    trail = [
        (_("Campaign lists"), reverse("tasks:campaigns")),
        (row.campaign.name, reverse("tasks:campaign", args=[row.campaign_id])),
    ]
    if not last:
        return [*trail, (number, "")]
    return [*trail, (number, _address(row)), (last, "")]
