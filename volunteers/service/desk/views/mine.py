"""The member's own page: the month, what counts and why, points, appeal, certificate."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.errors import DomainError
from orgs.web.pages import pdf
from orgs.web.refusals import audit_refusal
from volunteers.service.accounts import downloads
from volunteers.service.accounts.queries import minutes_of, points_of
from volunteers.service.desk.views.months import month_asked
from volunteers.service.duty import appeals, months, papers
from volunteers.service.duty.certificates import certify
from volunteers.service.duty.naming import agree
from volunteers.service.duty.standing import of_user, standing
from volunteers.service.enums import (
    CertificateKind,
    Ledger,
    MinutesKind,
)
from volunteers.service.models import (
    Certificate,
)


@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """One's own month in a sentence, what counts, what does not and why, points, certificate."""
    now = timezone.now()
    participant = of_user(signed_in(request))
    month, steps = month_asked(request, now)
    found = standing(participant, month, now)
    account = getattr(participant, "points_account", None)
    context = {
        "now": now,
        "participant": participant,
        "month": found,
        "counted": [line for line in found.entries if line.counts],
        "not_counted": [line for line in found.entries if not line.counts],
        "points": account.balance if account else 0,
    } | steps
    return render(request, "service/desk/mine.html", context)


def _back_to_month(request: HttpRequest) -> HttpResponse:
    month = request.POST.get("month", "")
    asked = f"?month={month}" if len(month) == 7 and month.replace("-", "").isdecimal() else ""
    return redirect(reverse("service:mine") + asked)


@require_POST
@login_required
def appeal(request: HttpRequest) -> HttpResponse:
    """Says with one tap that an entry, or the month, is wrong."""
    user, entry = signed_in(request), request.POST.get("entry", "")
    try:
        month = None if entry else months.parse(request.POST.get("month", ""))
        reason = request.POST.get("reason", "")
        appeals.appeal(entry=entry, month=month, reason=reason, by=user, now=timezone.now())
    except DomainError as refusal:
        audit_refusal(request, refusal)
        messages.warning(request, refusal.message)
    else:
        done = _("Sent. Somebody other than who entered it decides; you read the answer here.")
        messages.success(request, done)
    return _back_to_month(request)


@require_POST
@login_required
def naming(request: HttpRequest) -> HttpResponse:
    """Agrees to be named in the yearly publicity, or takes it back."""
    named = request.POST.get("named") == "1"
    try:
        agree(named=named, by=signed_in(request), now=timezone.now())
    except DomainError as refusal:
        audit_refusal(request, refusal)
        messages.warning(request, refusal.message)
    else:
        yes, no = (
            _("The yearly publicity may name you."),
            _("The yearly publicity does not name you."),
        )
        messages.success(request, yes if named else no)
    return redirect("service:mine")


@require_safe
@login_required
def download(request: HttpRequest, name: str) -> HttpResponse:
    """One's own account as a file that can be counted anew."""
    user = signed_in(request)
    found: Any = None
    if name == Ledger.POINTS:
        found = points_of(user)
    elif name in MinutesKind.values:
        found = next((one for one in minutes_of(user) if one.minutes_kind == name), None)
    if found is None:
        raise Http404
    answer = JsonResponse(
        downloads.document(found), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return answer


@require_POST
@login_required
def certificate_new(request: HttpRequest) -> HttpResponse:
    """Issues a certificate of one's own voluntary service."""
    try:
        made = certify(by=signed_in(request), now=timezone.now())
    except DomainError as refusal:
        audit_refusal(request, refusal)
        messages.warning(request, refusal.message)
        return redirect("service:mine")
    return redirect("service:service_certificate", made.pk)


@require_safe
@login_required
def certificate_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The certificate of voluntary service as PDF, for whose it is."""
    own = Certificate.objects.filter(
        kind=CertificateKind.SERVICE, participant__account=signed_in(request)
    )
    row = get_object_or_404(own, pk=pk)
    return pdf(papers.service(row), f"service-{row.number[:8]}")
