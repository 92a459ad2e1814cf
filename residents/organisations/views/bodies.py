"""Pages of a place's bodies and of a compound's property contracts."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orgs.accounts.sign_in import signed_in
from orgs.enums import UnitKind, UnitTab
from orgs.models import Attachment, Unit
from orgs.units.queries import unit_by_code
from orgs.values.unit_addresses import unit_address
from orgs.web.editing import Edited
from orgs.web.pages import trail, use_case_page
from residents.enums import Permission
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
        "keeps": user.has_perm(Permission.KEEP_BODIES, body.unit),
        "trail": trail(body.unit, body.get_kind_display()),
    }
    return render(request, "residents/organisations/body.html", context)


@login_required
def body_add(request: HttpRequest, code: str) -> HttpResponse:
    """Enters a body of a compound or community."""
    unit = _kept_unit(request, code, panels.HAS_BODIES)
    return use_case_page(
        request,
        partial(BodyForm, unit_kind=unit.kind),
        partial(bodies.establish, unit=unit),
        heading=_("Enter a body of %(unit)s") % {"unit": unit.short_name},
        done=lambda body: _("%(body)s is entered. Now its term of office.") % {"body": body},
        back=unit_address(unit.code, UnitTab.ORGANISATIONS),
        then=lambda body: reverse("residents:term_add", args=[body.pk]),
    )


@login_required
def term_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enters a term of office."""
    body = _body(request, pk, keep=True)
    return use_case_page(
        request,
        TermForm,
        partial(bodies.add_term, body=body),
        heading=_("Term of office: %(body)s") % {"body": body},
        done=_("The term of office is entered."),
        back=_at(body),
    )


@login_required
def term_register(request: HttpRequest, pk: int) -> HttpResponse:
    """Writes down that a term was registered."""
    term = _term(request, pk)

    def register(registered_on: date, registration: str, **who: Any) -> Term:
        return bodies.register_term(term=term, on=registered_on, number=registration, **who)

    return use_case_page(
        request,
        RegisterForm,
        register,
        heading=_("Registration: %(body)s") % {"body": term.body},
        done=_("The registration is written down."),
        back=_at(term.body),
    )


@login_required
def term_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a term before its time."""
    term = _term(request, pk)
    return use_case_page(
        request,
        EndForm,
        partial(bodies.end_term, term=term),
        heading=_("End the term of office: %(body)s") % {"body": term.body},
        done=_("The term of office is ended; it stays as history."),
        back=_at(term.body),
    )


@login_required
def member_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives somebody a seat in the present term."""
    body = _body(request, pk, keep=True)
    return use_case_page(
        request,
        SeatForm,
        partial(bodies.seat, body=body),
        heading=_("Member: %(body)s") % {"body": body},
        done=_seated,
        back=_at(body),
    )


def _seated(member: BodyMember) -> str:
    on_roll, by_name = _("%(name)s of the roll has a seat."), _("%(name)s has a seat.")
    return (on_roll if member.person else by_name) % {"name": member.shown_name}


@login_required
def member_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Writes down that somebody left a seat."""
    seen = BodyMember.objects.visible_to(signed_in(request), one=True)
    member = get_object_or_404(seen.select_related("person", "term__body__unit"), pk=pk)
    body = member.term.body
    _require(request, body.unit)
    names = {"name": member.shown_name, "body": body}
    return use_case_page(
        request,
        LeaveForm,
        partial(bodies.unseat, member=member),
        heading=_("%(name)s leaves: %(body)s") % names,
        done=_("%(name)s has left the seat; the history is kept.") % names,
        back=_at(body),
    )


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
            Permission.VIEW_PROPERTYCONTRACT, PropertyContract(compound=unit)
        ),
        "today": today,
        "soon": today + timedelta(days=expiry_reminders.REMIND_DAYS),
        "keeps": user.has_perm(Permission.KEEP_BODIES, unit),
        "trail": trail(unit, _("Property service")),
    }
    return render(request, "residents/organisations/contracts.html", context)


@login_required
def contract_add(request: HttpRequest, code: str) -> HttpResponse:
    """Enters who looks after a compound."""
    unit = _kept_unit(request, code, {UnitKind.COMPOUND})

    def start(photo: list[Attachment], **body: Any) -> PropertyContract:
        return contracts.start(compound=unit, document=next(iter(photo), None), **body)

    return use_case_page(
        request,
        ContractForm,
        start,
        heading=_("Property service of %(unit)s") % {"unit": unit.short_name},
        done=_("The contract is entered."),
        back=reverse("residents:contracts", args=[unit.code]),
    )


@login_required
def contract_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a contract before its time."""
    seen = PropertyContract.objects.visible_to(signed_in(request), one=True)
    contract = get_object_or_404(seen.select_related("compound", "firm"), pk=pk)
    _require(request, contract.compound)
    return use_case_page(
        request,
        EndForm,
        partial(contracts.end, contract=contract),
        heading=_("End the contract: %(contract)s") % {"contract": contract},
        done=_("The contract is ended; it stays as history."),
        back=reverse("residents:contracts", args=[contract.compound.code]),
        edits=Edited(contract, _ending, hold=partial(contracts.lock, contract.compound)),
    )


def _ending(contract: PropertyContract) -> dict[str, Any]:
    """How a contract ends, by the fields of the form: two people may be ending it."""
    return {"on": contract.ends, "reason": contract.end_reason}


# --- What they share -------------------------------------------------------------------------------


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
    if not request.user.has_perm(Permission.KEEP_BODIES, unit):
        raise PermissionDenied


def _at(body: LocalBody) -> str:
    return reverse("residents:body", args=[body.pk])
