"""Pages about personal data: the notice, the uses, one's own data, who saw whom."""

import json
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.errors import Refused
from orgs.imports.workbooks import spreadsheets
from orgs.models import User
from orgs.web.pages import dated, row_for, use_case_page, workbook
from orgs.web.paging import key_of, page_by_key
from residents.care import queries
from residents.enums import ConsentPurpose, DataRequestKind, Permission, PrivateField
from residents.models import DataRequest, Person
from residents.privacy import (
    consents,
    data_requests,
    own_data,
    own_data_labels,
    purposes,
    unmasking,
)
from residents.privacy.forms import AnswerForm, DataRequestForm, PeriodForm, UnmaskForm
from residents.roll import guardians


@require_safe
def notice(request: HttpRequest) -> HttpResponse:
    """The newest privacy notice and what each field is for; open to everybody."""
    context = {"notice": consents.current_notice(), "uses": purposes.listed()}
    return render(request, "residents/privacy/notice.html", context)


@login_required
@sensitive_post_parameters()
def my_data(request: HttpRequest) -> HttpResponse:
    """My consents and those for my children, my requests, the way to a copy; a new request."""
    user, now = signed_in(request), timezone.now()
    today = timezone.localdate(now)
    wards = guardians.wards_of(user, today)
    requests = data_requests.of_account(user).select_related("ward").order_by("-pk")[:30]

    return use_case_page(
        request,
        partial(DataRequestForm, today=today),
        partial(_ask, ward=_ward(request)),
        done=lambda asked: (
            _("Asked. You get an answer by %(day)s.")
            % {"day": date_format(timezone.localdate(asked.due_at))}
        ),
        back=reverse("residents:my_data"),
        template="residents/privacy/my_data.html",
        notice=consents.current_notice(),
        speaking=[(ward, consents.in_force(user, ward).items()) for ward in (None, *wards)],
        wards=wards,
        requests=[
            (data_request, data_requests.light(data_request, now)) for data_request in requests
        ],
        care=[(entry, queries.in_words(entry, own=True)) for entry in queries.own_entries(user)],
    )


def _ask(
    kind: DataRequestKind,
    text: str,
    by: User,
    now: datetime,
    agrees: bool = False,
    sure: bool = True,
    ward: Person | None = None,
    person: Person | None = None,
    **facts: Any,
) -> DataRequest:
    """What the form asks for; of its facts, those that were filled in are corrections."""
    corrections = {name: value for name, value in facts.items() if value}
    return data_requests.ask(
        kind=kind, text=text, corrections=corrections, agrees=agrees, sure=sure,
        ward=ward, person=person, by=by, now=now,
    )  # fmt: skip


@require_POST
@login_required
def consent(request: HttpRequest) -> HttpResponse:
    """Gives or withdraws one consent: one click either way."""
    purpose = request.POST.get("purpose", "")
    if purpose not in ConsentPurpose.values:
        raise Refused(_("There is no such purpose."), code="bad_purpose")
    given = request.POST.get("given") == "1"
    consents.consent(
        purpose=ConsentPurpose(purpose),
        given=given,
        ward=_ward(request),
        by=signed_in(request),
        now=timezone.now(),
    )
    messages.success(request, _("Consent given.") if given else _("Consent withdrawn."))
    return redirect("residents:my_data")


@require_POST
@login_required
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes one's own open request back."""
    row = get_object_or_404(data_requests.of_account(signed_in(request)), pk=pk)
    data_requests.take_back(request=row, by=signed_in(request), now=timezone.now())
    messages.success(request, _("Your request is taken back."))
    return redirect("residents:my_data")


def _ward(request: HttpRequest) -> Person | None:
    """The child that a guardian speaks for, if the form names one."""
    key = request.POST.get("ward", "")
    if not key:
        return None
    mine = guardians.wards_of(signed_in(request), timezone.localdate())
    return get_object_or_404(mine, pk=key_of(key))


@require_POST
@login_required
@never_cache
def export(request: HttpRequest) -> HttpResponse:
    """All my data, or my child's: as a page to read, or as JSON to take away."""
    user, now, ward = signed_in(request), timezone.now(), _ward(request)
    if ward:
        data = own_data.copy_of_ward(ward=ward, by=user, now=now)
    else:
        data = own_data.copy(by=user, now=now)
    if request.POST.get("format") == "json":
        text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        disposition = content_disposition_header(True, f"{dated(_('My data'))}.json")
        headers = {"Content-Disposition": str(disposition)}
        return HttpResponse(text, content_type="application/json", headers=headers)
    context = {"sections": own_data_labels.sections(data), "person": None}
    return render(request, "residents/privacy/my_data_copy.html", context)


@require_safe
@login_required
def request_desk(request: HttpRequest) -> HttpResponse:
    """The open requests that I answer."""
    user, now = signed_in(request), timezone.now()
    if not user.has_perm(Permission.KEEP_ROLL):
        raise PermissionDenied
    page = page_by_key(request, data_requests.open_for(user))
    rows = [
        (row, data_requests.light(row, now), data_requests.shown_corrections(row))
        for row in page.rows
    ]
    return render(request, "residents/privacy/data_requests.html", {"page": page, "rows": rows})


@require_POST
@login_required
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Answers one request; what is granted is carried out."""
    data_request = get_object_or_404(DataRequest, pk=pk)
    if not data_requests.may_decide(signed_in(request), data_request):
        raise Http404
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Write what was done, or why not."), code="reason_needed")
    data_requests.decide(
        request=data_request,
        granted=form.cleaned_data["granted"] == "1",
        reason=form.cleaned_data["reason"],
        by=signed_in(request),
        now=timezone.now(),
    )
    messages.success(request, _("Answered; what was granted is done."))
    return redirect("residents:data_requests")


# --- At the desk, for people without an account ---------------------------------------------------


def _at_desk(request: HttpRequest, pk: int) -> Person:
    """Somebody on the roll for whom the desk speaks. Raises Http404, PermissionDenied."""
    return row_for(request, Person, pk, Permission.KEEP_ROLL, "place", at="place")


@login_required
@never_cache
@sensitive_post_parameters()
def person_data(request: HttpRequest, pk: int) -> HttpResponse:
    """For somebody without an account: their consents on paper, a copy to hand over, their requests."""
    person, now = _at_desk(request, pk), timezone.now()

    heading = _("Data of %(name)s") % {"name": person.name}
    return use_case_page(
        request,
        partial(DataRequestForm, today=timezone.localdate(now)),
        partial(_ask, person=person),
        heading=heading,
        done=lambda asked: (
            _("Entered. A colleague answers by %(day)s; tell the person then.")
            % {"day": date_format(timezone.localdate(asked.due_at))}
        ),
        back=reverse("residents:person_data", args=[pk]),
        template="residents/privacy/person_data.html",
        trail=[(person.name, reverse("residents:person", args=[pk])), (_("Their data"), "")],
        person=person,
        notice=consents.current_notice(),
        on_paper=consents.on_paper(person).items(),
        requests=[
            (one, data_requests.light(one, now))
            for one in person.data_requests_at_desk.select_related("user").order_by("-pk")[:30]
        ],
        now=now,
    )


@require_POST
@login_required
def consent_for(request: HttpRequest, pk: int) -> HttpResponse:
    """Enters a consent, or its withdrawal, that somebody without an account wrote on paper."""
    purpose = request.POST.get("purpose", "")
    if purpose not in consents.ON_PAPER:
        raise Refused(_("There is no such purpose."), code="bad_purpose")
    given = request.POST.get("given") == "1"
    consents.consent(
        purpose=ConsentPurpose(purpose), given=given, person=_at_desk(request, pk),
        by=signed_in(request), now=timezone.now(),
    )  # fmt: skip
    messages.success(request, _("Consent entered.") if given else _("Withdrawal entered."))
    return redirect("residents:person_data", pk)


@require_POST
@login_required
def take_back_for(request: HttpRequest, pk: int, asked: int) -> HttpResponse:
    """Takes an open request back for whom it was entered."""
    row = get_object_or_404(DataRequest, pk=asked, person=_at_desk(request, pk))
    data_requests.take_back(request=row, by=signed_in(request), now=timezone.now())
    messages.success(request, _("The request is taken back."))
    return redirect("residents:person_data", pk)


@require_POST
@login_required
@never_cache
def copy_for(request: HttpRequest, pk: int) -> HttpResponse:
    """All that the portal holds about somebody without an account, to print and hand over."""
    person = _at_desk(request, pk)
    data = own_data.copy_at_desk(person=person, by=signed_in(request), now=timezone.now())
    context = {"sections": own_data_labels.sections(data), "person": person}
    return render(request, "residents/privacy/my_data_copy.html", context)


# --- Unmasking -------------------------------------------------------------------------------------


@require_POST
@login_required
@never_cache
def unmask(request: HttpRequest, pk: int) -> HttpResponse:
    """One field in clear, once; never in an address, a log or a cache."""
    user = signed_in(request)
    person = get_object_or_404(
        Person.objects.visible_to(user, one=True).select_related("place"), pk=pk
    )
    form = UnmaskForm(request.POST)
    if not form.is_valid():
        raise Refused(str(unmasking.PURPOSE_ASKED), code="purpose_needed", field="purpose")
    field = PrivateField(form.cleaned_data["field"])
    value = unmasking.reveal(
        person=person,
        field=field,
        purpose=form.cleaned_data["purpose"],
        by=user,
        now=timezone.now(),
    )
    left = unmasking.left_today(user, timezone.now())
    context = {"person": person, "field": field, "value": value, "looks_left": left}
    return render(request, "residents/privacy/unmasked.html", context)


@require_safe
@login_required
@permission_required(Permission.VIEW_UNMASKING, raise_exception=True)
def who_saw_whom(request: HttpRequest) -> HttpResponseBase:
    """The auditor's report by period, as a page or (?format=xlsx) a workbook."""
    form = PeriodForm(request.GET or None)
    if not form.is_valid():
        return render(
            request, "residents/privacy/unmaskings.html", {"form": form, "page": None}, status=400
        )
    period = form.cleaned_data
    if request.GET.get("format") != "xlsx":
        page = page_by_key(request, unmasking.who_saw_whom(**period))
        return render(request, "residents/privacy/unmaskings.html", {"form": form, "page": page})
    headings, rows = unmasking.report(**period, by=signed_in(request), now=timezone.now())
    return workbook(
        spreadsheets.stream(headings, rows, _("Who saw whom")), dated(_("Who saw whom"))
    )
