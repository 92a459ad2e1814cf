"""A contact's own page on a phone: my households, the next due first, and writing down a visit."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orgs.accounts.sign_in import signed_in
from orgs.web.pages import use_case_page
from residents.roll import visits
from residents.roll.forms import VisitForm
from volunteers.contacts import coverage
from volunteers.models import HouseholdLink, PartyMembership


@require_safe
@login_required
def my_households(request: HttpRequest) -> HttpResponse:
    """The households that I am the contact of, and my own class."""
    user, today = signed_in(request), timezone.localdate()
    context = {
        "rows": coverage.households_of(user, today),
        "membership": PartyMembership.objects.filter(person__account=user, ends=None)
        .select_related("organisation")
        .first(),
    }
    return render(request, "volunteers/contacts/my_households.html", context)


@login_required
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """Writes down a visit to a household of mine."""
    user = signed_in(request)
    mine = HouseholdLink.objects.filter(person__account=user, ends=None)
    link = get_object_or_404(mine.select_related("household__building"), pk=pk)
    return use_case_page(
        request,
        VisitForm,
        partial(visits.log, household=link.household),
        heading=_("Visit to %(household)s") % {"household": link.household},
        submit=_("Write down"),
        done=_("The visit is written down."),
        back=reverse("volunteers:my_households"),
    )
