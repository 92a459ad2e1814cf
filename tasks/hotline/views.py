"""Hotline tickets by Excel: sending a sheet, looking at what it would do, importing it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.errors import DomainError
from orgs.imports import spreadsheets
from orgs.web.pages import to_fill_in, workbook
from orgs.web.refusals import audit_refusal, refuse
from orgs.web.throttling import count_upload
from tasks.hotline import files
from tasks.hotline import sheet as hotline_sheet
from tasks.hotline.imports import PERMISSION, Sheet
from tasks.lists.forms import HotlineForm
from tasks.models import HotlineFile

may_import = permission_required(PERMISSION, raise_exception=True)
SHOWN = 10


@never_cache
@login_required
@may_import
@require_http_methods(["GET", "POST"])
def hotline(request: HttpRequest) -> HttpResponse:
    """Sending a sheet; what it would do is shown next."""
    user, now = signed_in(request), timezone.now()
    form = HotlineForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {
        "form": form,
        "errors": [],
        "sent": HotlineFile.objects.filter(sent_by=user)[:SHOWN],
    }
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            count_upload(request)
            spreadsheets.refuse_too_large(file.size)
            kept = files.keep(name=file.name, content=file.read(), by=user, now=now)
        except DomainError as refusal:
            refuse(request, form, refusal, field="file")
            context["errors"] = getattr(refusal, "errors", [])
        else:
            return redirect("tasks:hotline_sheet", kept.pk)
    status = 400 if form.errors else 200
    return render(request, "tasks/hotline/hotline.html", context, status=status)


@require_safe
@login_required
@may_import
def template(request: HttpRequest) -> HttpResponseBase:
    """The sheet to fill in."""
    return workbook(hotline_sheet.template(), to_fill_in(_("Hotline tickets")))


@never_cache
@login_required
@may_import
@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """What a sheet would do; POST does it. A second POST changes nothing."""
    user, now = signed_in(request), timezone.now()
    kept = get_object_or_404(HotlineFile.objects.filter(sent_by=user), pk=pk)
    status = 200
    if request.method == "POST":
        try:
            kept = files.apply(kept=kept, by=user, now=now)
        except DomainError as refusal:
            audit_refusal(request, refusal)
            messages.error(request, refusal.message)
            status = refusal.status
        else:
            messages.success(
                request,
                _("%(new)d tickets are new tasks now; %(known)d were there already.")
                % {"new": kept.new, "known": kept.known},
            )
            return redirect(f"{reverse('tasks:list')}?channel=hotline")
    found = Sheet() if kept.applied_at else files.preview(kept=kept, by=user, now=now)
    context = {"kept": kept, "found": found, "now": now}
    return render(request, "tasks/hotline/sheet.html", context, status=status)
