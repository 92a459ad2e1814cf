"""Pages of the roster of members: the list, one member with the history, the steps."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from orgs.accounts.sign_in import signed_in
from orgs.models import PartyOrganisation
from orgs.units.queries import unit_by_code
from orgs.web.editing import Edited, columns
from orgs.web.pages import dated, use_case_page, workbook
from orgs.web.paging import page_by_key
from residents.roll.values import masking
from volunteers import exports
from volunteers.enums import Permission
from volunteers.members import members, queries
from volunteers.members.forms import ClassForm, EndForm, MemberFilter, RegisterForm, TransferForm
from volunteers.models import HouseholdLink, PartyMembership


@require_safe
@login_required
def member_list(request: HttpRequest) -> HttpResponse:
    """The members in sight, of a unit or class, newest row first."""
    _must(request, Permission.VIEW_MEMBERS)
    form, members = _filtered(request)
    unit = unit_by_code(form.cleaned_data.get("unit") or "")
    page = page_by_key(request, members.select_related("person", "organisation"))
    context = {
        "form": form,
        "unit": unit,
        "page": page,
        "query": request.GET.urlencode(),
        "keeps": request.user.has_perm(Permission.KEEP_MEMBERS),
    }
    return render(request, "volunteers/members/members.html", context)


@require_safe
@login_required
@never_cache
def export(request: HttpRequest) -> HttpResponseBase:
    """The roster of the list with the same address, as a workbook."""
    _must(request, Permission.VIEW_MEMBERS)
    form, members = _filtered(request)
    chosen = {name: value for name, value in form.cleaned_data.items() if value}
    file = exports.members(rows=members, filters=chosen, by=signed_in(request), now=timezone.now())
    return workbook(file, dated(exports.MEMBER_TITLE))


@require_safe
@login_required
def member_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One member: class, organisation, history, the households that they are the contact of."""
    user, row = signed_in(request), _membership(request, pk)
    person = row.person
    context = {
        "row": row,
        "phone": masking.phone(person),
        "history": queries.history_of(row),
        "links": HouseholdLink.objects.visible_to(user)
        .filter(person=person, ends=None)
        .select_related("household__building")
        .order_by("pk"),
        "keeps": row.ends is None and user.has_perm(Permission.KEEP_MEMBERS, row.organisation),
    }
    return render(request, "volunteers/members/member.html", context)


@login_required
@sensitive_post_parameters()
def register(request: HttpRequest) -> HttpResponse:
    """Puts a person of the roll on a roster."""
    _must(request, Permission.KEEP_MEMBERS)

    def enter(
        organisation: PartyOrganisation, name: str, number: str, **body: Any
    ) -> PartyMembership:
        person = queries.required_person(organisation, name, number)
        return members.register(person=person, organisation=organisation, **body)

    return use_case_page(
        request,
        partial(RegisterForm, by=signed_in(request)),
        enter,
        heading=_("Enter a party member"),
        submit=_("Enter"),
        done=lambda row: _("%(name)s stands on the roster of %(organisation)s.") % _names(row),
        back=reverse("volunteers:members"),
        then=_address,
    )


@login_required
def change_class(request: HttpRequest, pk: int) -> HttpResponse:
    """Moves a member to another class."""
    row = _kept(request, pk)
    form = partial(ClassForm, initial={"member_class": row.member_class})
    call = partial(members.change_class, membership=row)
    edits = Edited(row, columns("member_class"))
    return _step(request, row, form, call, _("Change the class of %(name)s"), _("Change"), edits)


@login_required
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """Moves a member to another organisation."""
    row = _kept(request, pk)
    form = partial(TransferForm, by=signed_in(request))
    call = partial(members.transfer, membership=row)
    return _step(request, row, form, call, _("Transfer %(name)s"), _("Transfer"))


@login_required
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a member off the roster."""
    row = _kept(request, pk)
    call = partial(members.end, membership=row)
    return _step(request, row, EndForm, call, _("Take %(name)s off the roster"), _("Take off"))


def _step(
    request: HttpRequest,
    row: PartyMembership,
    form: Callable[..., forms.Form],
    call: Callable[..., PartyMembership],
    heading: str,
    submit: str,
    edits: Edited | None = None,
) -> HttpResponse:
    sentence = _("Done: %(name)s, %(class)s, %(organisation)s. The history is kept.")
    return use_case_page(
        request,
        form,
        call,
        heading=heading % {"name": row.person.name},
        submit=submit,
        done=lambda row: sentence % _names(row),
        back=_address(row),
        then=_address,
        edits=edits,
    )


def _address(row: PartyMembership) -> str:
    return reverse("volunteers:member", args=[row.pk])


def _names(row: PartyMembership) -> dict[str, str]:
    return {
        "name": row.person.name,
        "class": row.get_member_class_display(),
        "organisation": row.organisation.name,
    }


def _filtered(request: HttpRequest) -> tuple[MemberFilter, QuerySet[PartyMembership]]:
    form = MemberFilter(request.GET)
    form.is_valid()
    memberships: QuerySet[PartyMembership] = PartyMembership.objects.visible_to(signed_in(request))
    unit = unit_by_code(form.cleaned_data.get("unit") or "")
    if unit:
        memberships = queries.members_of(unit, memberships)
    if member_class := form.cleaned_data.get("member_class"):
        memberships = memberships.filter(member_class=member_class)
    return form, memberships if form.cleaned_data.get("ended") else memberships.filter(ends=None)


def _membership(request: HttpRequest, pk: int) -> PartyMembership:
    seen = PartyMembership.objects.visible_to(signed_in(request), one=True)
    return get_object_or_404(seen.select_related("person__place", "organisation"), pk=pk)


def _kept(request: HttpRequest, pk: int) -> PartyMembership:
    row = _membership(request, pk)
    if not request.user.has_perm(Permission.KEEP_MEMBERS, row.organisation):
        raise PermissionDenied
    return row


def _must(request: HttpRequest, perm: str) -> None:
    if not request.user.has_perm(perm):
        raise PermissionDenied
