"""Pages of households: the list of a unit, one household, adding and changing."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.errors import DomainError
from orgs.models import User
from orgs.units.queries import unit_by_code, unit_for
from orgs.web.pages import form_page, trail
from orgs.web.paging import page_by_key
from orgs.web.panels import called_panels
from orgs.web.refusals import refuse
from residents.enums import Relation
from residents.models import Belonging, Household, Visit
from residents.roll import households, masking, people, queries, visits
from residents.roll.forms import (
    HouseholdFilter,
    HouseholdForm,
    MoveInForm,
    MoveOutForm,
    PatternForm,
    VisitForm,
)

SHOWN_VISITS = 20


@require_safe
@login_required
def household_list(request: HttpRequest) -> HttpResponse:
    """The households of a unit in sight, by key."""
    form = HouseholdFilter(request.GET)
    form.is_valid()
    found: QuerySet[Household] = Household.objects.visible_to(signed_in(request))
    unit = unit_by_code(form.cleaned_data.get("unit") or "")
    if unit:
        found = queries.households_of(unit, found)
    if state := form.cleaned_data.get("state"):
        found = found.filter(state=state)
    page = page_by_key(request, queries.with_members(found.select_related("building")))
    reads = signed_in(request).has_perm("residents.view_roll", unit)
    context = {"form": form, "unit": unit, "page": page, "reads": reads}
    return render(request, "residents/roll/households.html", context)


@require_safe
@login_required
def household_page(request: HttpRequest, code: str) -> HttpResponse:
    """One household: its facts, who belongs to it, who did, visits."""
    household, user = _household(request, code), signed_in(request)
    place = household.building
    members = household.belongings.filter(ends=None).select_related("person").order_by("pk")
    reads = user.has_perm("residents.view_roll", place)
    context = {
        "household": household,
        "members": [(one, masking.name_for(one.person, user, place)) for one in members],
        "former": queries.history_of(household) if reads else [],
        "visits": Visit.objects.visible_to(user)
        .filter(household=household)
        .select_related("by", "person")
        .order_by("-on", "-pk")[:SHOWN_VISITS],
        "reads": reads,
        "keeps": user.has_perm("residents.keep_roll", place),
        "calls": user.has_perm("residents.visit_household", household),
        "floor": _floor(household, user),
        "panels": called_panels(
            "household_panels", household=household, user=user, now=timezone.now()
        ),
        "trail": trail(household.building, household.door),
    }
    return render(request, "residents/roll/household.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def household_add(request: HttpRequest, code: str) -> HttpResponse:
    """Adds one household to a building."""
    building = unit_for(request.user, code, "residents.keep_roll")
    form = HouseholdForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = households.add(
                building=building, by=signed_in(request), now=timezone.now(), **form.cleaned_data
            )
        except DomainError as error:
            refuse(request, form, error)
        else:
            messages.success(request, _("%(household)s was added.") % {"household": made})
            return redirect("residents:household", code=made.code)
    heading = _("Add a room to %(building)s") % {"building": building}
    return form_page(request, form, heading, _("Add"), reverse("orgs:unit", args=[building.code]))


@login_required
@require_http_methods(["GET", "POST"])
def pattern(request: HttpRequest, code: str) -> HttpResponse:
    """Fills a building: so many entrances, floors and rooms."""
    building = unit_for(request.user, code, "residents.keep_roll")
    form = PatternForm(request.POST or None)
    back = reverse("orgs:unit", args=[building.code])
    if request.method == "POST" and form.is_valid():
        try:
            added = households.add_by_pattern(
                building=building, by=signed_in(request), now=timezone.now(), **form.cleaned_data
            )
        except DomainError as error:
            refuse(request, form, error)
        else:
            said = ngettext("%(count)d room was added.", "%(count)d rooms were added.", added)
            messages.success(request, said % {"count": added})
            return redirect(back)
    heading = _("Add rooms to %(building)s by pattern") % {"building": building}
    return form_page(request, form, heading, _("Add"), back)


@login_required
@require_http_methods(["GET", "POST"])
def household_change(request: HttpRequest, code: str) -> HttpResponse:
    """Changes floor, area and state."""
    household = _household(request, code, "residents.keep_roll")
    initial = {name: getattr(household, name) for name in households.CHANGEABLE}
    form = HouseholdForm(request.POST or None, change=True, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            households.change(
                household=household, by=signed_in(request), now=timezone.now(), **form.cleaned_data
            )
        except DomainError as error:
            refuse(request, form, error)
        else:
            messages.success(request, _("%(household)s was changed.") % {"household": household})
            return redirect("residents:household", code=household.code)
    return form_page(request, form, str(household), _("Save"), _address(household))


@login_required
@require_http_methods(["GET", "POST"])
def move_in(request: HttpRequest, code: str) -> HttpResponse:
    """Enters who belongs to a household."""
    household = _household(request, code, "residents.keep_roll")
    form = MoveInForm(request.POST or None, guardians=queries.guardians_in(household))
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        terms = {name: given.pop(name) for name in ("share", "starts")}
        relation = Relation(given.pop("relation"))
        try:
            belonging = people.move_in(
                household=household,
                details=people.checked(**given),
                relation=relation,
                by=signed_in(request),
                now=timezone.now(),
                **terms,
            )
        except DomainError as error:
            refuse(request, form, error)
        else:
            said = _("%(name)s now belongs to %(household)s.")
            names = {"name": belonging.person.name, "household": household}
            messages.success(request, said % names)
            return redirect("residents:household", code=household.code)
    heading = _("Who belongs to %(household)s") % {"household": household}
    return form_page(request, form, heading, _("Enter"), _address(household))


@login_required
@require_http_methods(["GET", "POST"])
def move_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends that somebody belongs to a household; the history stays."""
    user = signed_in(request)
    belonging = (
        Belonging.objects.visible_to(user, one=True)
        .select_related("person", "household__building")
        .filter(pk=pk)
        .first()
    )
    if belonging is None:
        raise Http404
    household = belonging.household
    _require(request, "residents.keep_roll", household.building)
    form = MoveOutForm(request.POST or None, initial={"ends": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            people.move_out(belonging=belonging, by=user, now=timezone.now(), **form.cleaned_data)
        except DomainError as error:
            refuse(request, form, error)
        else:
            said = _("%(name)s has moved out; the history is kept.")
            messages.success(request, said % {"name": belonging.person.name})
            return redirect("residents:household", code=household.code)
    heading = _("%(name)s moves out of %(household)s") % {
        "name": belonging.person.name,
        "household": household,
    }
    return form_page(request, form, heading, _("Move out"), _address(household))


@login_required
@require_http_methods(["GET", "POST"])
def visit(request: HttpRequest, code: str) -> HttpResponse:
    """Writes down a visit."""
    household = _household(request, code, "residents.visit_household", whole=True)
    start = {"on": timezone.localdate(), "event_id": uuid4()}
    form = VisitForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            visits.log(
                household=household, by=signed_in(request), now=timezone.now(), **form.cleaned_data
            )
        except DomainError as error:
            refuse(request, form, error)
        else:
            messages.success(request, _("The visit is written down."))
            return redirect("residents:household", code=household.code)
    heading = _("Visit to %(household)s") % {"household": household}
    return form_page(request, form, heading, _("Write down"), _address(household))


def _floor(household: Household, user: User) -> list[Household]:
    """The doors of the floor, with how many live behind each; for who may read the building."""
    seen = Household.objects.visible_to(user).filter(
        building=household.building_id, floor=household.floor
    )
    if household.floor is None:
        seen = seen.filter(pk=household.pk)
    living = Count("belongings", filter=Q(belongings__ends=None))
    return list(seen.annotate(living=living).order_by("entrance", "room"))


def _household(
    request: HttpRequest, code: str, perm: str = "", *, whole: bool = False
) -> Household:
    """The household in sight; with `perm` one must hold it at the building (or the household)."""
    seen = Household.objects.visible_to(signed_in(request), one=True)
    household = queries.household_by_code(code, seen)
    if household is None:
        raise Http404
    if perm:
        _require(request, perm, household if whole else household.building)
    return household


def _require(request: HttpRequest, perm: str, obj: Any) -> None:
    if not request.user.has_perm(perm, obj):
        raise PermissionDenied


def _address(household: Household) -> str:
    return reverse("residents:household", args=[household.code])
