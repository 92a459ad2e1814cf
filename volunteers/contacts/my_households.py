"""A contact's own page on a phone: my households, the next due first, and writing down a visit."""

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.errors import DomainError
from orgs.web.pages import form_page
from orgs.web.refusals import refuse
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
@require_http_methods(["GET", "POST"])
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """Writes down a visit to a household of mine."""
    user = signed_in(request)
    mine = HouseholdLink.objects.filter(person__account=user, ends=None)
    link = get_object_or_404(mine.select_related("household__building"), pk=pk)
    form = VisitForm(
        request.POST or None, initial={"on": timezone.localdate(), "event_id": uuid4()}
    )  # fmt: skip
    back = reverse("volunteers:my_households")
    if request.method == "POST" and form.is_valid():
        try:
            visits.log(household=link.household, by=user, now=timezone.now(), **form.cleaned_data)
        except DomainError as error:
            refuse(request, form, error)
        else:
            messages.success(request, _("The visit is written down."))
            return redirect(back)
    heading = _("Visit to %(household)s") % {"household": link.household}
    return form_page(request, form, heading, _("Write down"), back)
