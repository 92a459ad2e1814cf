"""Pages of people: the list of a unit, the search, one person, correcting."""

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from orgs import registry
from orgs.accounts.sign_in import signed_in
from orgs.units.queries import unit_by_code
from orgs.web.editing import Edited, columns
from orgs.web.pages import use_case_page
from orgs.web.paging import page_by_key
from orgs.web.panels import called_panels
from residents.care import queries as care_queries
from residents.enums import Permission
from residents.models import Belonging, Person
from residents.privacy import unmasking
from residents.roll import guardians, head_counts, people, queries
from residents.roll.forms import CorrectForm, PeopleFilter, SearchForm
from residents.roll.people import PLAIN_FIELDS
from residents.roll.values import masking

_CORRECTED = [name for name in PLAIN_FIELDS if name != "died_on"]


@require_safe
@login_required
def people_list(request: HttpRequest) -> HttpResponse:
    """The people on the roll of a unit in sight, by key."""
    user = signed_in(request)
    _must_read(request)
    form = PeopleFilter(request.GET)
    form.is_valid()
    rows: QuerySet[Person] = Person.objects.visible_to(user)
    unit = unit_by_code(form.cleaned_data.get("unit") or "")
    if unit:
        rows = queries.people_of(unit, rows)
    age, sex = form.cleaned_data.get("age"), form.cleaned_data.get("sex") or ""
    if unit and age:
        behind = head_counts.counted(unit, timezone.localdate(), age=age, sex=sex)
        rows = rows.filter(pk__in=behind.values("pk"))
    if relation := form.cleaned_data.get("relation"):
        rows = rows.filter(
            pk__in=Belonging.objects.filter(relation=relation, ends=None).values("person")
        )
    page = page_by_key(request, queries.with_homes(rows, Belonging.objects.visible_to(user)))
    reads = user.has_perm(Permission.VIEW_ROLL, unit)
    context = {"form": form, "search": SearchForm(), "unit": unit, "page": page, "reads": reads}
    return render(request, "residents/roll/people.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("q")
def people_search(request: HttpRequest) -> HttpResponse:
    """Finds people in sight; what is looked for is sent in the body, never in an address."""
    user = signed_in(request)
    _must_read(request)
    form = SearchForm(request.POST or None)
    matches: list[Person] = []
    if request.method == "POST" and form.is_valid():
        matches = queries.found(form.cleaned_data["q"], user)
    context = {
        "form": form,
        "kept": queries.places_kept(user),
        "reads_care": user.has_perm(Permission.VIEW_CARE),
        "found": matches[: queries.FOUND_AT_MOST],
        "more": len(matches) > queries.FOUND_AT_MOST,
        "searched": request.method == "POST",
    }
    return render(request, "residents/roll/search.html", context)


@require_safe
@login_required
def person_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One person as the roll knows them; numbers are masked."""
    user = signed_in(request)
    person = get_object_or_404(
        Person.objects.visible_to(user, one=True).select_related("place", "guardian", "account"),
        pk=pk,
    )
    unmasks = user.has_perm(Permission.UNMASK_PERSON, person)
    context = {
        "person": person,
        "phone": masking.phone(person),
        "id_number": masking.id_number(person),
        "belongings": Belonging.objects.visible_to(user)
        .filter(person=person)
        .select_related("household__building")
        .order_by("ends", "pk"),
        "needs_guardian": guardians.needs_guardian(person, timezone.localdate()),
        "keeps": user.has_perm(Permission.KEEP_ROLL, person.place),
        "unmasks": unmasks,
        "looks_left": unmasking.left_today(user, timezone.now()) if unmasks else 0,
        "care": care_queries.of_person(person, user),
        "panels": called_panels(
            registry.Name.PERSON_PANELS, person=person, user=user, now=timezone.now()
        ),
    }
    return render(request, "residents/roll/person.html", context)


@login_required
@sensitive_post_parameters()
def person_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Corrects what the roll knows of a person."""
    user = signed_in(request)
    person = get_object_or_404(Person.objects.visible_to(user, one=True), pk=pk)
    if not user.has_perm(Permission.KEEP_ROLL, person.place):
        raise PermissionDenied
    shown = columns(*_CORRECTED, "guardian")
    initial = shown(person)
    form = partial(CorrectForm, initial=initial, guardians=queries.guardians_of(person, user))

    def correct(**body: Any) -> Person:
        return people.correct(person=person, **people.with_details(body))

    return use_case_page(
        request,
        form,
        correct,
        heading=_("Correct %(name)s") % {"name": person.name},
        done=lambda person: _("%(name)s was corrected.") % {"name": person.name},
        back=reverse("residents:person", args=[pk]),
        edits=Edited(person, shown),
    )


def _must_read(request: HttpRequest) -> None:
    if not request.user.has_perm(Permission.VIEW_ROLL):
        raise PermissionDenied
