"""Pages of contacts: who is uncovered, door by door; assigning and ending."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.enums import UnitKind
from orgs.errors import DomainError
from orgs.units.queries import unit_for
from orgs.web.pages import dated, form_page, trail, workbook
from orgs.web.refusals import refuse
from residents.models import Household
from residents.roll.panels import doors
from residents.roll.queries import household_by_code
from volunteers import exports
from volunteers.contacts import contacts, coverage
from volunteers.contacts.forms import AssignForm, DealForm
from volunteers.members.forms import EndForm
from volunteers.models import HouseholdLink
from volunteers.posts.rules import link_rule


@require_safe
@login_required
def contact_page(request: HttpRequest, code: str) -> HttpResponse:
    """How many households have a contact, below a unit; the doors of a building."""
    unit, user = unit_for(request.user, code, "volunteers.view_links"), signed_in(request)
    context = {
        "unit": unit,
        "total": coverage.coverage(unit),
        "below": coverage.coverage_below(unit),
        "floors": [],
        "rule": link_rule(),
        "keeps": user.has_perm("volunteers.keep_links", unit),
        "trail": trail(unit, _("Contacts of households")),
    }
    if unit.kind == UnitKind.BUILDING:
        found = coverage.contacts_of(unit, user)
        covered = coverage.covered_doors(unit)
        context["floors"] = [
            (floor, [(room, room.pk in covered, found.get(room.pk)) for room in rooms])
            for floor, rooms in doors(unit)
        ]
        context["to_cover"] = coverage.TO_COVER
    return render(request, "volunteers/contacts/contacts.html", context)


@require_safe
@login_required
@never_cache
def export(request: HttpRequest, code: str) -> HttpResponseBase:
    """The doors and their contacts as a workbook."""
    unit = unit_for(request.user, code, "volunteers.view_links")
    file = exports.contacts(unit=unit, by=signed_in(request), now=timezone.now())
    return workbook(file, dated(exports.CONTACTS_TITLE))


@login_required
@require_http_methods(["GET", "POST"])
def deal(request: HttpRequest, code: str) -> HttpResponse:
    """Deals the uncovered doors of a building out to several members."""
    building, user = unit_for(request.user, code, "volunteers.keep_links"), signed_in(request)
    if building.kind != UnitKind.BUILDING:
        raise Http404
    entrances = building.households.order_by("entrance").values_list("entrance", flat=True)
    form = DealForm(
        request.POST or None,
        members=coverage.candidates(building, user),
        entrances=entrances.distinct(),
    )
    back = reverse("volunteers:contacts", args=[building.code])
    if request.method == "POST" and form.is_valid():
        try:
            made = contacts.deal_out(
                building=building,
                entrance=form.cleaned_data["entrance"] or None,
                contacts=[one.person for one in form.cleaned_data["contact"]],
                by=user,
                now=timezone.now(),
            )
        except DomainError as error:
            refuse(request, form, error)
        else:
            said = ngettext(
                "%(count)d household has a contact now.",
                "%(count)d households have a contact now.",
                len(made),
            )
            messages.success(request, said % {"count": len(made)})
            return redirect(back)
    heading = _("Deal out the doors of %(building)s") % {"building": building}
    return form_page(request, form, heading, _("Deal out"), back)


@login_required
@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, code: str) -> HttpResponse:
    """Makes a member the contact of one household."""
    user = signed_in(request)
    household = household_by_code(code, Household.objects.visible_to(user, one=True))
    if household is None:
        raise Http404
    if not user.has_perm("volunteers.keep_links", household.building):
        raise PermissionDenied
    form = AssignForm(
        request.POST or None, members=coverage.candidates(household.building, user)
    )  # fmt: skip
    back = reverse("volunteers:contacts", args=[household.building.code])
    if request.method == "POST" and form.is_valid():
        contact = form.cleaned_data["contact"].person
        try:
            contacts.assign(contact=contact, households=[household], by=user, now=timezone.now())
        except DomainError as error:
            refuse(request, form, error)
        else:
            said = _("%(name)s is the contact of %(household)s now.")
            messages.success(request, said % {"name": contact.name, "household": household})
            return redirect(back)
    heading = _("Contact of %(household)s") % {"household": household}
    return form_page(request, form, heading, _("Assign"), back)


@login_required
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends that somebody is the contact of a household."""
    seen = HouseholdLink.objects.visible_to(signed_in(request), one=True)
    link = get_object_or_404(seen.select_related("person", "household__building"), pk=pk)
    building = link.household.building
    if not request.user.has_perm("volunteers.keep_links", building):
        raise PermissionDenied
    back = reverse("volunteers:contacts", args=[building.code])
    form = EndForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            contacts.end(link=link, by=signed_in(request), now=timezone.now(), **form.cleaned_data)
        except DomainError as error:
            refuse(request, form, error)
        else:
            messages.success(request, _("This contact has ended; the history is kept."))
            return redirect(back)
    names = {"name": link.person.name, "household": link.household}
    heading = _("%(name)s is no more the contact of %(household)s") % names
    return form_page(request, form, heading, _("End"), back)
