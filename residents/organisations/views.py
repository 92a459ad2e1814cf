"""Pages of a place's bodies and of a compound's property contracts."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.attachments import attachments
from orgs.enums import UnitKind
from orgs.errors import DomainError
from orgs.models import Attachment, Unit, User
from orgs.units.queries import unit_by_code
from orgs.web.pages import form_page, trail
from orgs.web.refusals import refuse
from orgs.web.throttling import count_upload
from residents.enums import BodyKind, ContractKind, Seat
from residents.models import BodyMember, LocalBody, PropertyContract, Term
from residents.organisations import bodies, contracts, expiry_reminders, panels
from residents.organisations.forms import (
    BodyForm,
    ContractForm,
    EndForm,
    LeaveForm,
    RegisterForm,
    SeatForm,
    TermForm,
)

# --- Bodies ----------------------------------------------------------------------------------------


@require_safe
@login_required
def body_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One body: its terms of office, the latest first, and who sits or sat in them."""
    user, now = signed_in(request), timezone.now()
    body = _body(request, pk)
    today = timezone.localdate(now)
    members = BodyMember.objects.select_related("person").order_by("seat", "pk")
    terms = body.terms.prefetch_related(Prefetch("members", members)).order_by("-starts")
    context = {
        "body": body,
        "terms": terms,
        "today": today,
        "soon": today + timedelta(days=expiry_reminders.REMIND_DAYS),
        "keeps": user.has_perm(bodies.KEEP, body.unit),
        "trail": trail(body.unit, body.get_kind_display()),
    }
    return render(request, "residents/organisations/body.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def body_add(request: HttpRequest, code: str) -> HttpResponse:
    """Enters a body of a compound or community."""
    unit = _kept_unit(request, code, panels.HAS_BODIES)
    form = BodyForm(request.POST or None, unit_kind=unit.kind)

    def work(user: User) -> HttpResponse:
        kind = BodyKind(form.cleaned_data["kind"])
        made = bodies.establish(unit=unit, kind=kind, by=user, now=timezone.now())
        messages.success(
            request, _("%(body)s is entered. Now its term of office.") % {"body": made}
        )
        return redirect("residents:term_add", pk=made.pk)

    heading = _("Enter a body of %(unit)s") % {"unit": unit.short_name}
    return _answer(request, form, work, heading, _unit_address(unit))


@login_required
@require_http_methods(["GET", "POST"])
def term_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enters a term of office."""
    body = _body(request, pk, keep=True)
    form = TermForm(request.POST or None)

    def work(user: User) -> HttpResponse:
        bodies.add_term(body=body, by=user, now=timezone.now(), **form.cleaned_data)
        return _done(request, body, _("The term of office is entered."))

    return _answer(request, form, work, _("Term of office: %(body)s") % {"body": body}, _at(body))


@login_required
@require_http_methods(["GET", "POST"])
def term_register(request: HttpRequest, pk: int) -> HttpResponse:
    """Writes down that a term was registered."""
    term = _term(request, pk)
    form = RegisterForm(request.POST or None, initial={"registered_on": timezone.localdate()})

    def work(user: User) -> HttpResponse:
        given = form.cleaned_data
        bodies.register_term(
            term=term,
            on=given["registered_on"],
            number=given["registration"],
            by=user,
            now=timezone.now(),
        )
        return _done(request, term.body, _("The registration is written down."))

    heading = _("Registration: %(body)s") % {"body": term.body}
    return _answer(request, form, work, heading, _at(term.body))


@login_required
@require_http_methods(["GET", "POST"])
def term_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a term before its time."""
    term = _term(request, pk)
    form = EndForm(request.POST or None, initial={"on": timezone.localdate()})

    def work(user: User) -> HttpResponse:
        bodies.end_term(term=term, by=user, now=timezone.now(), **form.cleaned_data)
        return _done(request, term.body, _("The term of office is ended; it stays as history."))

    heading = _("End the term of office: %(body)s") % {"body": term.body}
    return _answer(request, form, work, heading, _at(term.body))


@login_required
@require_http_methods(["GET", "POST"])
def member_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives somebody a seat in the present term."""
    body = _body(request, pk, keep=True)
    form = SeatForm(request.POST or None)

    def work(user: User) -> HttpResponse:
        given = dict(form.cleaned_data)
        seat = Seat(given.pop("seat"))
        made = bodies.seat(body=body, seat=seat, by=user, now=timezone.now(), **given)
        said = _("%(name)s of the roll has a seat.") if made.person else _("%(name)s has a seat.")
        return _done(request, body, said % {"name": made.shown_name})

    return _answer(request, form, work, _("Member: %(body)s") % {"body": body}, _at(body))


@login_required
@require_http_methods(["GET", "POST"])
def member_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Writes down that somebody left a seat."""
    seen = BodyMember.objects.visible_to(signed_in(request), one=True)
    member = get_object_or_404(seen.select_related("person", "term__body__unit"), pk=pk)
    body = member.term.body
    _require(request, body.unit)
    form = LeaveForm(request.POST or None, initial={"on": timezone.localdate()})

    def work(user: User) -> HttpResponse:
        bodies.unseat(member=member, on=form.cleaned_data["on"], by=user, now=timezone.now())
        said = _("%(name)s has left the seat; the history is kept.")
        return _done(request, body, said % {"name": member.shown_name})

    heading = _("%(name)s leaves: %(body)s") % {"name": member.shown_name, "body": body}
    return _answer(request, form, work, heading, _at(body))


# --- Contracts -------------------------------------------------------------------------------------


@require_safe
@login_required
def contract_list(request: HttpRequest, code: str) -> HttpResponse:
    """Who looked after a compound, the latest first."""
    user, today = signed_in(request), timezone.localdate()
    unit = _unit(code, {UnitKind.COMPOUND})
    if not panels.reads(user, unit):
        raise PermissionDenied
    context = {
        "unit": unit,
        "contracts": PropertyContract.objects.filter(compound=unit)
        .select_related("firm", "document")
        .order_by("-starts"),
        "reads_paper": user.has_perm(
            "residents.view_propertycontract", PropertyContract(compound=unit)
        ),
        "today": today,
        "soon": today + timedelta(days=expiry_reminders.REMIND_DAYS),
        "keeps": user.has_perm(bodies.KEEP, unit),
        "trail": trail(unit, _("Property service")),
    }
    return render(request, "residents/organisations/contracts.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def contract_add(request: HttpRequest, code: str) -> HttpResponse:
    """Enters who looks after a compound."""
    unit = _kept_unit(request, code, {UnitKind.COMPOUND})
    form = ContractForm(request.POST or None, request.FILES or None)
    back = reverse("residents:contracts", args=[unit.code])

    def work(user: User) -> HttpResponse:
        given = dict(form.cleaned_data)
        kind, paper = ContractKind(given.pop("kind")), _photo(request, user)
        given.pop("photo")
        contracts.start(
            compound=unit, kind=kind, document=paper, by=user, now=timezone.now(), **given
        )
        messages.success(request, _("The contract is entered."))
        return redirect(back)

    heading = _("Property service of %(unit)s") % {"unit": unit.short_name}
    return _answer(request, form, work, heading, back)


@login_required
@require_http_methods(["GET", "POST"])
def contract_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a contract before its time."""
    seen = PropertyContract.objects.visible_to(signed_in(request), one=True)
    contract = get_object_or_404(seen.select_related("compound", "firm"), pk=pk)
    _require(request, contract.compound)
    form = EndForm(request.POST or None, initial={"on": timezone.localdate()})
    back = reverse("residents:contracts", args=[contract.compound.code])

    def work(user: User) -> HttpResponse:
        contracts.end(contract=contract, by=user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The contract is ended; it stays as history."))
        return redirect(back)

    heading = _("End the contract: %(contract)s") % {"contract": contract}
    return _answer(request, form, work, heading, back)


def _photo(request: HttpRequest, user: User) -> Attachment | None:
    upload = request.FILES.get("photo")
    if not upload:
        return None
    count_upload(request)
    return attachments.store(upload=upload, by=user, now=timezone.now())


# --- What they share -------------------------------------------------------------------------------


def _answer(
    request: HttpRequest,
    form: forms.Form,
    work: Callable[[User], HttpResponse],
    heading: str,
    back: str,
) -> HttpResponse:
    """A form's page; when it was sent rightly, what the work answers."""
    if request.method == "POST" and form.is_valid():
        try:
            return work(signed_in(request))
        except DomainError as error:
            refuse(request, form, error)
    return form_page(request, form, heading, _("Save"), back)


def _unit(code: str, kinds: Any) -> Unit:
    unit = unit_by_code(code)
    if unit is None or unit.kind not in kinds:
        raise Http404
    return unit


def _kept_unit(request: HttpRequest, code: str, kinds: Any) -> Unit:
    unit = _unit(code, kinds)
    _require(request, unit)
    return unit


def _body(request: HttpRequest, pk: int, *, keep: bool = False) -> LocalBody:
    seen = LocalBody.objects.visible_to(signed_in(request), one=True).select_related("unit")
    body: LocalBody = get_object_or_404(seen, pk=pk)
    if keep:
        _require(request, body.unit)
    return body


def _term(request: HttpRequest, pk: int) -> Term:
    seen = Term.objects.visible_to(signed_in(request), one=True).select_related("body__unit")
    term: Term = get_object_or_404(seen, pk=pk)
    _require(request, term.body.unit)
    return term


def _require(request: HttpRequest, unit: Unit) -> None:
    if not request.user.has_perm(bodies.KEEP, unit):
        raise PermissionDenied


def _done(request: HttpRequest, body: LocalBody, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("residents:body", pk=body.pk)


def _at(body: LocalBody) -> str:
    return reverse("residents:body", args=[body.pk])


def _unit_address(unit: Unit) -> str:
    return reverse("orgs:unit", args=[unit.code])
