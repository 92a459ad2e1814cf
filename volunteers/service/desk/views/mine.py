"""The member's own page: the month, what counts and why, points, appeal, certificate."""

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.web.pages import pdf, use_case_button
from volunteers.service.accounts import downloads
from volunteers.service.accounts.queries import minutes_of, points_of
from volunteers.service.desk.views.months import SHOWN, entries_page, month_asked
from volunteers.service.duty import appeals, months, papers
from volunteers.service.duty.certificates import certify
from volunteers.service.duty.naming import agree
from volunteers.service.duty.standing import of_user, standing
from volunteers.service.enums import CertificateKind, Ledger, MinutesKind
from volunteers.service.models import Appeal, Certificate


@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """One's own month in a sentence, what counts, what does not and why, points, certificate."""
    now = timezone.now()
    participant = of_user(signed_in(request))
    month, steps = month_asked(request, now)
    found = standing(participant, month, now, most=SHOWN)
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


@require_safe
@login_required
def entries(request: HttpRequest) -> HttpResponse:
    """All entries of a month of one's own."""
    trail = [(_("My service"), reverse("service:mine")), (_("All entries"), "")]
    return entries_page(request, of_user(signed_in(request)), "service/desk/line.html", trail)


def _address_of_month(month: str) -> str:
    asked = f"?month={month}" if len(month) == 7 and month.replace("-", "").isdecimal() else ""
    return reverse("service:mine") + asked


@require_POST
@login_required
def appeal(request: HttpRequest) -> HttpResponse:
    """Says with one tap that an entry, or the month, is wrong."""
    entry, month = request.POST.get("entry", ""), request.POST.get("month", "")

    def call(**who: Any) -> Appeal:
        about = None if entry else months.parse(month)
        reason = request.POST.get("reason", "")
        return appeals.appeal(entry=entry, month=about, reason=reason, **who)

    return use_case_button(
        request,
        call,
        done=_("Sent. Somebody other than who entered it decides; you read the answer here."),
        back=_address_of_month(month),
    )


@require_POST
@login_required
def naming(request: HttpRequest) -> HttpResponse:
    """Agrees to be named in the yearly publicity, or takes it back."""
    named = request.POST.get("named") == "1"
    yes, no = (
        _("The yearly publicity may name you."),
        _("The yearly publicity does not name you."),
    )
    call = partial(agree, named=named)
    return use_case_button(request, call, done=yes if named else no, back=reverse("service:mine"))


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
    return use_case_button(
        request,
        certify,
        back=reverse("service:mine"),
        then=lambda made: reverse("service:service_certificate", args=[made.pk]),
    )


@require_safe
@login_required
def certificate_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The certificate of voluntary service as PDF, for whose it is."""
    own = Certificate.objects.filter(
        kind=CertificateKind.SERVICE, participant__account=signed_in(request)
    )
    row = get_object_or_404(own, pk=pk)
    return pdf(papers.service(row), f"service-{row.number[:8]}")
