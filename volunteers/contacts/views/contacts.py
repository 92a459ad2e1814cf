"""Pages of contacts: who is uncovered, door by door; assigning and ending."""

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from orgs.accounts.sign_in import signed_in
from orgs.enums import UnitKind
from orgs.units.queries import unit_for
from orgs.web.pages import dated, row_for, trail, use_case_page, workbook
from residents.roll.panels import doors
from residents.roll.queries import household_for
from volunteers import exports
from volunteers.contacts import contacts, coverage
from volunteers.contacts.forms import AssignForm, DealForm
from volunteers.enums import Permission
from volunteers.members.forms import EndForm
from volunteers.models import HouseholdLink, PartyMembership
from volunteers.posts.rules import link_rule


@require_safe
@login_required
def contact_page(request: HttpRequest, code: str) -> HttpResponse:
    """How many households have a contact, below a unit; the doors of a building."""
    unit, user = unit_for(request.user, code, Permission.VIEW_LINKS), signed_in(request)
    context = {
        "unit": unit,
        "total": coverage.coverage(unit),
        "below": coverage.coverage_below(unit),
        "floors": [],
        "rule": link_rule(),
        "keeps": user.has_perm(Permission.KEEP_LINKS, unit),
        "trail": trail(unit, _("Contacts of households")),
    }
    if unit.kind == UnitKind.BUILDING:
        contacts = coverage.contacts_of(unit, user)
        covered = coverage.covered_doors(unit)
        context["floors"] = [
            (
                floor,
                [
                    (room, room.pk in covered, contacts.get(room.pk))
                    for rooms in entrances
                    for room in rooms
                ],
            )
            for floor, entrances in doors(unit).floors
        ]
        context["to_cover"] = coverage.TO_COVER
    return render(request, "volunteers/contacts/contacts.html", context)


@require_safe
@login_required
@never_cache
def export(request: HttpRequest, code: str) -> HttpResponseBase:
    """The doors and their contacts as a workbook."""
    unit = unit_for(request.user, code, Permission.VIEW_LINKS)
    file = exports.contacts(unit=unit, by=signed_in(request), now=timezone.now())
    return workbook(file, dated(exports.CONTACTS_TITLE))


@login_required
def deal(request: HttpRequest, code: str) -> HttpResponse:
    """Deals the uncovered doors of a building out to several members."""
    building, user = unit_for(request.user, code, Permission.KEEP_LINKS), signed_in(request)
    if building.kind != UnitKind.BUILDING:
        raise Http404
    entrances = building.households.order_by("entrance").values_list("entrance", flat=True)
    form = partial(
        DealForm,
        members=coverage.candidates(building, user),
        entrances=entrances.distinct(),
    )

    def deal_out(entrance: str, contact: list[PartyMembership], **who: Any) -> list[HouseholdLink]:
        people = [membership.person for membership in contact]
        return contacts.deal_out(
            building=building, entrance=entrance or None, contacts=people, **who
        )

    return use_case_page(
        request,
        form,
        deal_out,
        heading=_("Deal out the doors of %(building)s") % {"building": building},
        submit=_("Deal out"),
        done=lambda links: (
            ngettext(
                "%(count)d household has a contact now.",
                "%(count)d households have a contact now.",
                len(links),
            )
            % {"count": len(links)}
        ),
        back=reverse("volunteers:contacts", args=[building.code]),
    )


@login_required
def assign(request: HttpRequest, code: str) -> HttpResponse:
    """Makes a member the contact of one household."""
    user = signed_in(request)
    household = household_for(user, code)
    if not user.has_perm(Permission.KEEP_LINKS, household.building):
        raise PermissionDenied

    def assign_contact(contact: PartyMembership, **who: Any) -> list[HouseholdLink]:
        return contacts.assign(contact=contact.person, households=[household], **who)

    return use_case_page(
        request,
        partial(AssignForm, members=coverage.candidates(household.building, user)),
        assign_contact,
        heading=_("Contact of %(household)s") % {"household": household},
        submit=_("Assign"),
        done=lambda links: (
            _("%(name)s is the contact of %(household)s now.")
            % {"name": links[0].person.name, "household": household}
        ),
        back=reverse("volunteers:contacts", args=[household.building.code]),
    )


@login_required
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends that somebody is the contact of a household."""
    at = "household__building"
    link = row_for(request, HouseholdLink, pk, Permission.KEEP_LINKS, "person", at, at=at)
    names = {"name": link.person.name, "household": link.household}
    return use_case_page(
        request,
        EndForm,
        partial(contacts.end, link=link),
        heading=_("%(name)s is no more the contact of %(household)s") % names,
        submit=_("End"),
        done=_("This contact has ended; the history is kept."),
        back=reverse("volunteers:contacts", args=[link.household.building.code]),
    )
