"""Pages of households: the list of a unit, one household, adding and changing."""

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from orgs import registry
from orgs.accounts.sign_in import signed_in
from orgs.models import User
from orgs.units.queries import unit_by_code, unit_for
from orgs.web.editing import Edited, columns
from orgs.web.pages import trail, use_case_page
from orgs.web.paging import page_by_key
from orgs.web.panels import called_panels
from residents.enums import Permission
from residents.models import Belonging, Household, Visit
from residents.roll import households, people, queries, visits
from residents.roll.forms import (
    HouseholdFilter,
    HouseholdForm,
    MoveInForm,
    MoveOutForm,
    PatternForm,
    VisitForm,
)
from residents.roll.values import masking

SHOWN_VISITS = 20


@require_safe
@login_required
def household_list(request: HttpRequest) -> HttpResponse:
    """The households of a unit in sight, by key."""
    form = HouseholdFilter(request.GET)
    form.is_valid()
    rows: QuerySet[Household] = Household.objects.visible_to(signed_in(request))
    unit = unit_by_code(form.cleaned_data.get("unit") or "")
    if unit:
        rows = queries.households_of(unit, rows)
    if state := form.cleaned_data.get("state"):
        rows = rows.filter(state=state)
    page = page_by_key(request, queries.with_members(rows.select_related("building")))
    reads = signed_in(request).has_perm(Permission.VIEW_ROLL, unit)
    context = {"form": form, "unit": unit, "page": page, "reads": reads}
    return render(request, "residents/roll/households.html", context)


@require_safe
@login_required
def household_page(request: HttpRequest, code: str) -> HttpResponse:
    """One household: its facts, who belongs to it, who did, visits."""
    user = signed_in(request)
    household = queries.household_for(user, code)
    place = household.building
    members = household.belongings.filter(ends=None).select_related("person").order_by("pk")
    reads = user.has_perm(Permission.VIEW_ROLL, place)
    context = {
        "household": household,
        "members": [(member, masking.name_for(member.person, user, place)) for member in members],
        "former": queries.history_of(household) if reads else [],
        "visits": Visit.objects.visible_to(user)
        .filter(household=household)
        .select_related("by", "person")
        .order_by("-on", "-pk")[:SHOWN_VISITS],
        "reads": reads,
        "keeps": user.has_perm(Permission.KEEP_ROLL, place),
        "calls": user.has_perm(Permission.VISIT_HOUSEHOLD, household),
        "floor": _floor(household, user),
        "panels": called_panels(
            registry.Name.HOUSEHOLD_PANELS, household=household, user=user, now=timezone.now()
        ),
        "trail": trail(household.building, household.door),
    }
    return render(request, "residents/roll/household.html", context)


@login_required
def household_add(request: HttpRequest, code: str) -> HttpResponse:
    """Adds one household to a building."""
    building = unit_for(request.user, code, Permission.KEEP_ROLL)
    return use_case_page(
        request,
        HouseholdForm,
        partial(households.add, building=building),
        heading=_("Add a room to %(building)s") % {"building": building},
        submit=_("Add"),
        done=lambda household: _("%(household)s was added.") % {"household": household},
        back=reverse("orgs:unit", args=[building.code]),
        then=_address,
    )


@login_required
def pattern(request: HttpRequest, code: str) -> HttpResponse:
    """Fills a building: so many entrances, floors and rooms."""
    building = unit_for(request.user, code, Permission.KEEP_ROLL)
    return use_case_page(
        request,
        PatternForm,
        partial(households.add_by_pattern, building=building),
        heading=_("Add rooms to %(building)s by pattern") % {"building": building},
        submit=_("Add"),
        done=lambda added: (
            ngettext("%(count)d room was added.", "%(count)d rooms were added.", added)
            % {"count": added}
        ),
        back=reverse("orgs:unit", args=[building.code]),
    )


@login_required
def household_change(request: HttpRequest, code: str) -> HttpResponse:
    """Changes floor, area and state."""
    household = _kept(request, code)
    initial = {name: getattr(household, name) for name in households.CHANGEABLE}
    return use_case_page(
        request,
        partial(HouseholdForm, change=True, initial=initial),
        partial(households.change, household=household),
        heading=str(household),
        done=_("%(household)s was changed.") % {"household": household},
        back=_address(household),
        edits=Edited(household, columns(*households.CHANGEABLE)),
    )


@login_required
def move_in(request: HttpRequest, code: str) -> HttpResponse:
    """Enters who belongs to a household."""
    household = _kept(request, code)

    def move_in(**body: Any) -> Belonging:
        return people.move_in(household=household, **people.with_details(body))

    return use_case_page(
        request,
        partial(MoveInForm, guardians=queries.guardians_in(household)),
        move_in,
        heading=_("Who belongs to %(household)s") % {"household": household},
        submit=_("Enter"),
        done=lambda belonging: (
            _("%(name)s now belongs to %(household)s.")
            % {"name": belonging.person.name, "household": household}
        ),
        back=_address(household),
    )


@login_required
def move_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends that somebody belongs to a household; the history stays."""
    seen = Belonging.objects.visible_to(signed_in(request), one=True)
    belonging = get_object_or_404(seen.select_related("person", "household__building"), pk=pk)
    household = belonging.household
    _require(request, Permission.KEEP_ROLL, household.building)
    names = {"name": belonging.person.name, "household": household}
    return use_case_page(
        request,
        MoveOutForm,
        partial(people.move_out, belonging=belonging),
        heading=_("%(name)s moves out of %(household)s") % names,
        submit=_("Move out"),
        done=_("%(name)s has moved out; the history is kept.") % names,
        back=_address(household),
    )


@login_required
def visit(request: HttpRequest, code: str) -> HttpResponse:
    """Writes down a visit."""
    household = queries.household_for(signed_in(request), code)
    _require(request, Permission.VISIT_HOUSEHOLD, household)
    return use_case_page(
        request,
        VisitForm,
        partial(visits.log, household=household),
        heading=_("Visit to %(household)s") % {"household": household},
        submit=_("Write down"),
        done=_("The visit is written down."),
        back=_address(household),
    )


def _floor(household: Household, user: User) -> list[Household]:
    """The doors of the floor, with how many live behind each; for who may read the building."""
    seen = Household.objects.visible_to(user).filter(
        building=household.building_id, floor=household.floor
    )
    if household.floor is None:
        seen = seen.filter(pk=household.pk)
    living = Count("belongings", filter=Q(belongings__ends=None))
    return list(seen.annotate(living=living).order_by("entrance", "room"))


def _kept(request: HttpRequest, code: str) -> Household:
    """The household in sight, for whoever keeps its roll."""
    household = queries.household_for(signed_in(request), code)
    _require(request, Permission.KEEP_ROLL, household.building)
    return household


def _require(request: HttpRequest, perm: str, obj: Any) -> None:
    if not request.user.has_perm(perm, obj):
        raise PermissionDenied


def _address(household: Household) -> str:
    return reverse("residents:household", args=[household.code])
