"""Pages of the care rosters, for those who are named for them."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.errors import NotAllowed
from orgs.models import Unit, User
from orgs.scoping import lies_in
from orgs.units.queries import unit_by_code
from orgs.web.editing import Edited, columns
from orgs.web.pages import dated, form_page, use_case_page, workbook
from orgs.web.paging import page_by_key
from residents.care import entries as care_entries
from residents.care import export
from residents.care import queries as care_queries
from residents.care.forms import (
    CareFilter,
    CareForm,
    CareVisitForm,
    ChooseForm,
    EndForm,
    NewCareForm,
)
from residents.enums import CareKind, Permission
from residents.models import Belonging, CareEntry, Household, Person
from residents.roll import queries
from residents.roll.forms import SearchForm
from residents.roll.values import masking

DUE_AT_MOST = 200
SHOWN_VISITS = 20
_reads_some = permission_required(Permission.VIEW_CARE, raise_exception=True)


@require_safe
@login_required
@_reads_some
@never_cache
def care_list(request: HttpRequest) -> HttpResponse:
    """The entries of a unit and roster that one is named for, by key."""
    user = signed_in(request)
    form = _filter(request)
    entries, unit = _chosen(request, form)
    page = page_by_key(request, care_queries.with_people(entries, user))
    context = {
        "form": form,
        "unit": unit,
        "page": page,
        "rows": _named(user, page.rows),
        "kind": form.cleaned_data.get("kind") or "",
        "keeps": user.has_perm(Permission.KEEP_CARE),
        "today": timezone.localdate(),
    }
    return render(request, "residents/care/list.html", context)


@require_safe
@login_required
@_reads_some
@never_cache
def care_due(request: HttpRequest) -> HttpResponse:
    """Whose next visit is due, the longest overdue first."""
    user, today = signed_in(request), timezone.localdate()
    due = care_queries.due(CareEntry.objects.visible_to(user), today)
    rows = list(care_queries.with_people(due, user)[: DUE_AT_MOST + 1])
    context = {
        "rows": _named(user, rows[:DUE_AT_MOST]),
        "more": len(rows) > DUE_AT_MOST,
        "today": today,
    }
    return render(request, "residents/care/due.html", context)


@require_safe
@login_required
@never_cache
def care_missing(request: HttpRequest, code: str) -> HttpResponse:
    """The older people of a unit who seem to live alone and stand on no roster."""
    unit, kind = unit_by_code(code), CareKind.LIVING_ALONE
    keeps = care_queries.kinds_of(signed_in(request), keeps=True, unit=unit) if unit else []
    if unit is None or not unit.level or kind not in keeps:
        raise PermissionDenied
    people = care_queries.perhaps_alone(unit, timezone.localdate())
    here = Belonging.objects.filter(lies_in(unit, "household__building"))
    page = page_by_key(request, queries.with_homes(people, here))
    context = {"unit": unit, "page": page, "kinds": [kind]}
    return render(request, "residents/care/missing.html", context)


@login_required
@permission_required(Permission.KEEP_CARE, raise_exception=True)
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@never_cache
def care_add(request: HttpRequest) -> HttpResponse:
    """Puts somebody on a roster: found on the roll, then the details; nobody stands in the address."""
    if "person" in request.POST:
        return _enter(request)
    user = signed_in(request)
    form = SearchForm(request.POST or None)
    matches: list[Person] = []
    if request.method == "POST" and form.is_valid():
        matches = queries.found(form.cleaned_data["q"], user)[: queries.FOUND_AT_MOST]
    context = {
        "form": form,
        "found": matches,
        "searched": request.method == "POST",
        "kinds": care_queries.kinds_of(user, keeps=True),
    }
    return render(request, "residents/care/add.html", context)


def _enter(request: HttpRequest) -> HttpResponse:
    """The details of somebody chosen: the empty form first, then what was filled in."""
    chosen = ChooseForm(request.POST)
    if not chosen.is_valid():
        raise PermissionDenied
    user, kind = signed_in(request), chosen.cleaned_data["kind"]
    person = get_object_or_404(
        Person.objects.visible_to(user, one=True).select_related("place"),
        pk=chosen.cleaned_data["person"],
    )
    if not user.has_perm(Permission.KEEP_CARE, CareEntry(person=person, kind=kind)):
        raise PermissionDenied
    form = partial(NewCareForm, kind, initial={"person": person.pk, "kind": kind})
    page = {"template": "residents/care/form.html", "person": person, "kind": kind}
    back = reverse("residents:care")
    if "basis" not in request.POST:
        return form_page(request, form(), "", _("Enter"), back, **page)
    return use_case_page(
        request,
        form,
        lambda **body: care_entries.enter(**body | {"person": person}),
        submit=_("Enter"),
        done=_("%(name)s stands on the roster now.") % {"name": person.name},
        back=back,
        then=_address,
        **page,
    )


@require_safe
@login_required
@never_cache
def care_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry in full; that one looked is recorded."""
    user, entry = signed_in(request), _entry(request, pk)
    care_entries.look(entry=entry, by=user, now=timezone.now())
    visits = care_queries.visits_to([entry.person_id], user)
    context = {
        "entry": entry,
        "details": care_queries.in_words(entry),
        "history": care_queries.history_of(entry),
        "visits": visits.get(entry.person_id, [])[:SHOWN_VISITS],
        "homes": _homes(entry, user),
        "phone": masking.phone(entry.person),
        "keeps": user.has_perm(Permission.KEEP_CARE, entry),
        "reads_roll": Person.objects.sees(user, entry.person),
        "today": timezone.localdate(),
    }
    return render(request, "residents/care/entry.html", context)


@login_required
@sensitive_post_parameters()
@never_cache
def care_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Changes an entry; the form shows what it says, so that is recorded too."""
    user, entry = signed_in(request), _entry(request, pk, Permission.KEEP_CARE)
    shown = columns(*entry.fields, "basis", "consented_on")
    initial = shown(entry)
    if request.method == "GET":
        care_entries.look(entry=entry, by=user, now=timezone.now())
    kind = CareKind(entry.kind)
    return use_case_page(
        request,
        partial(CareForm, kind, initial=initial),
        partial(care_entries.change, entry=entry),
        done=_("The entry was changed; what it said before is kept."),
        back=_address(entry),
        edits=Edited(entry, shown),
        template="residents/care/form.html",
        person=entry.person,
        kind=kind,
    )


@login_required
def care_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends an entry; it stays as history."""
    entry = _entry(request, pk, Permission.KEEP_CARE)
    return use_case_page(
        request,
        EndForm,
        partial(care_entries.end, entry=entry),
        heading=_("End the entry of %(name)s") % {"name": entry.person.name},
        submit=_("End"),
        done=_("The entry has ended; the history is kept."),
        back=_address(entry),
    )


@login_required
def care_visit(request: HttpRequest, pk: int) -> HttpResponse:
    """Writes down a visit to the person, and when the next one is due."""
    user, entry = signed_in(request), _entry(request, pk)
    return use_case_page(
        request,
        partial(CareVisitForm, homes=_homes(entry, user)),
        partial(care_entries.visit, entry=entry),
        heading=_("Visit to %(household)s") % {"household": entry.person.name},
        submit=_("Write down"),
        done=_("The visit is written down."),
        back=_address(entry),
    )


@require_safe
@login_required
@_reads_some
@never_cache
def care_export(request: HttpRequest) -> HttpResponseBase:
    """One roster of the list with the same address, as a workbook."""
    user, form = signed_in(request), _filter(request)
    entries, unit = _chosen(request, form)
    kind = form.cleaned_data.get("kind")
    if not kind:
        raise NotAllowed(_("Choose one roster to fetch."))
    file = export.export(
        kind=CareKind(kind), entries=entries, where=unit.code if unit else "", by=user,
        now=timezone.now(),
    )  # fmt: skip
    return workbook(file, dated(export.SHEETS[CareKind(kind)][0]))


@require_POST
@login_required
def care_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The person takes a consent back, on the page of their own data."""
    user = signed_in(request)
    entry = get_object_or_404(care_queries.own_entries(user), pk=pk)
    care_entries.withdraw(entry=entry, by=user, now=timezone.now())
    messages.success(request, _("Consent withdrawn."))
    return redirect("residents:my_data")


def _filter(request: HttpRequest) -> CareFilter:
    form = CareFilter(care_queries.kinds_of(signed_in(request)), request.GET)
    form.is_valid()
    return form


def _chosen(request: HttpRequest, form: CareFilter) -> tuple[QuerySet[CareEntry], Unit | None]:
    """The entries in sight that fit the filter, and its unit."""
    narrowed: QuerySet[CareEntry] = CareEntry.objects.visible_to(signed_in(request))
    chosen = form.cleaned_data
    unit = unit_by_code(chosen.get("unit") or "")
    if unit:
        narrowed = care_queries.entries_in(unit, narrowed)
    if kind := chosen.get("kind"):
        narrowed = narrowed.filter(kind=kind)
    return narrowed.filter(ends__isnull=not chosen.get("ended")), unit


def _entry(request: HttpRequest, pk: int, perm: str = "") -> CareEntry:
    """The entry in sight; with `perm` one must hold it."""
    seen = CareEntry.objects.visible_to(signed_in(request))
    entry = get_object_or_404(seen.select_related("person__place", "entered_by", "ended_by"), pk=pk)
    if perm and not request.user.has_perm(perm, entry):
        raise PermissionDenied
    return entry


def _named(user: User, entries: list[CareEntry]) -> list[tuple[CareEntry, str]]:
    """Each entry with the person's name as this user may see it."""
    return [(entry, masking.name_for(entry.person, user, entry.person.place)) for entry in entries]


def _homes(entry: CareEntry, user: User) -> QuerySet[Household]:
    """Where the person belongs today, as far as it is in sight."""
    homes: QuerySet[Household] = Household.objects.visible_to(user).filter(
        belongings__person=entry.person, belongings__ends=None
    )
    return homes.select_related("building").distinct()


def _address(entry: CareEntry) -> str:
    return reverse("residents:care_entry", args=[entry.pk])
