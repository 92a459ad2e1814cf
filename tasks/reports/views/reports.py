"""Reporting a problem: one form, shown as screens on a phone, as one page without JavaScript."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.http import require_GET

from orgs.accounts.sign_in import signed_in
from orgs.attachments.attachments import MAX_ATTACHMENTS
from orgs.attachments.uploads import store_each
from orgs.enums import STAFF_ROLES
from orgs.errors import DomainError
from orgs.models import Attachment, Unit, User
from orgs.scoping import reach_of
from orgs.units.queries import unit_by_code
from orgs.values.text import uuids
from orgs.web import once
from orgs.web.refusals import refuse
from orgs.web.unsent.forms import unsent
from tasks.models import Category, Task
from tasks.reports import choices, following, throttling, tickets
from tasks.reports.forms.reports import ReportForm
from tasks.reports.report import report
from tasks.workflow import states
from tasks.workflow.queries import likely_duplicates, rows

SENT = "report_sent"
MAX_WORDS = 100
# Characters of a report that are read for its likely kind.
MAX_READ = 500
SEND = "send"


def typed(request: HttpRequest, name: str) -> str:
    """A short text of a query or a form, fit for a database."""
    data = request.POST if request.method == "POST" else request.GET
    return data.get(name, "").replace("\0", "").strip()[:MAX_WORDS]


@dataclass
class Photos:
    """The photos of a report under way, and what was wrong with others."""

    kept: list[Attachment] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class ReportPage(View):
    """What the page of somebody signed in and that of a passer-by have in common."""

    template_name = "tasks/reports/report.html"
    draft: ClassVar[str] = "report"
    account: User | None = None

    @property
    def by(self) -> User | AnonymousUser:
        """Who reports."""
        return self.account or AnonymousUser()

    @property
    def named_place(self) -> str:
        """The code of the place that the address names; "" without one."""
        return self.named["unit"]

    @property
    def named(self) -> dict[str, str]:
        """Place and kind that the address names, by their codes; "" for what it does not."""
        names = ("unit", "category")
        is_opened = self.request.method == "GET"
        return {name: typed(self.request, name) if is_opened else "" for name in names}

    def get(self, request: HttpRequest) -> HttpResponse:
        waits = unsent(request)
        return self.show(self.fresh_form(waits.data if waits else None), Photos())

    def post(self, request: HttpRequest) -> HttpResponse:
        sends = request.POST.get("do", SEND) == SEND
        if sends and (before := once.earlier(request, draft=True)):
            return before
        form = self.bound_form() if sends else self.fresh_form(request.POST)
        photos = self.photos()
        if not sends:
            return self.show(form, photos)
        if not form.is_valid() or photos.problems:
            return self.show(form, photos, status=400)
        unit, category = form.cleaned_data["unit"], form.cleaned_data["category"]
        if request.POST.get("seen") != seen_mark(unit, category):
            alike = duplicate_rows(unit, category, self.by)
            if alike:
                # What is alike may be this very tap, sent twice and kept meanwhile.
                sent = once.earlier(request, draft=True)
                return sent or self.show(form, photos, alike=alike, asks=True)

        def work() -> tuple[str, str]:
            task = self.send(form, photos)
            return "", reverse("tasks:report_sent", args=[task.number])

        try:
            address = once.done_once(request, work, draft=True)
        except DomainError as refusal:
            refuse(request, form, refusal)
            return self.show(form, photos, status=refusal.status)
        number = resolve(address).kwargs["number"]
        remember_sent(request.session, number)
        return redirect(address)

    # --- Photos ---

    def photos(self) -> Photos:
        """Those stored before and still wanted, and the new ones, stored now."""
        photos = Photos()
        removed = typed(self.request, "do").removeprefix("remove:")
        wanted = [key for key in self.request.POST.getlist("attachment") if key != removed]
        own = {str(attachment.pk): attachment for attachment in self.own_photos(wanted)}
        if any(key not in own for key in wanted):
            photos.problems.append(_("A photo is missing or used already: add it again."))
        photos.kept = [own[key] for key in dict.fromkeys(wanted) if key in own]
        uploads = self.request.FILES.getlist("photos")
        room = MAX_ATTACHMENTS - len(photos.kept)
        stored, problems = self.store(uploads[: max(room, 0)])
        photos.kept += stored
        photos.problems += problems
        if len(uploads) > room:
            photos.problems.append(
                _("At most %(most)d photos or videos.") % {"most": MAX_ATTACHMENTS}
            )
        return photos

    def own_photos(self, keys: Iterable[str]) -> Iterable[Attachment]:
        return Attachment.objects.filter(
            pk__in=uuids(keys), uploaded_by=self.account, task_attachment=None
        )

    def store(self, uploads: Iterable[UploadedFile]) -> tuple[list[Attachment], list[str]]:
        return store_each(self.request, uploads)

    # --- The form ---

    def fresh_form(self, typed: Any = None) -> forms.Form:
        """A form that shows what was typed so far, without judging it."""
        raise NotImplementedError

    def bound_form(self) -> forms.Form:
        raise NotImplementedError

    def send(self, form: forms.Form, photos: Photos) -> Task:
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        return {}

    def show(
        self,
        form: forms.Form,
        photos: Photos,
        *,
        alike: list[dict[str, Any]] | None = None,
        asks: bool = False,
        status: int = 200,
    ) -> HttpResponse:
        searches = self.request.POST.get("do") == "find"
        words, kind_words = (
            typed(self.request, name) if searches else "" for name in ("q", "kind_words")
        )
        category, code = (str(form[name].value() or "") for name in ("category", "unit"))
        place, found = choices.chosen_place(code), choices.found_places(words)
        context = {
            "form": form,
            "photos": photos,
            "most_photos": MAX_ATTACHMENTS,
            "kinds": choices.kinds(kind_words, category),
            "kind_words": kind_words,
            "category": category,
            "likely": choices.proposals(str(form["text"].value() or "")[:MAX_READ])
            if form.is_bound and not category
            else [],
            "place": place,
            "place_given": bool(place and self.named_place),
            "near": self.near_places(place),
            "found": found,
            "streets": choices.fallback_places(words, found),
            "words": words,
            "alike": alike or [],
            "asks": asks,
            "seen": self.request.POST.get("seen", "")[:MAX_WORDS],
            "draft": self.draft,
            "map_tiles": settings.MAP_TILES,
            "map_datum": settings.MAP_DATUM,
            "is_public": self.account is None,
        }
        if asks and form.is_bound:
            context["seen"] = seen_mark(form.cleaned_data["unit"], form.cleaned_data["category"])
        page = render(self.request, self.template_name, context | self.context(), status=status)
        return once.with_browser_key(self.request, page)

    def near_places(self, chosen: choices.Place | None) -> list[tuple[choices.Place, str]]:
        """Places offered without a search: the chosen one, the own home, those of earlier reports."""
        return [(chosen, "")] if chosen else []


@method_decorator(login_required, name="dispatch")
class AccountReportPage(ReportPage):
    """The page of everybody with an account; staff may type in what somebody else said."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.person = signed_in(request)  # a visitor is sent to sign in before more happens
        self.account = self.person
        self.is_staff = bool(reach_of(self.person).roles & STAFF_ROLES)

    def fresh_form(self, typed: Any = None) -> ReportForm:
        home = self.person.home
        start = self.named | {"unit": self.named_place or (home.code if home else "")}
        initial = typed.dict() if typed is not None else start
        return ReportForm(initial=initial, person=self.person, is_staff=self.is_staff)

    def bound_form(self) -> ReportForm:
        return ReportForm(self.request.POST, person=self.person, is_staff=self.is_staff)

    def send(self, form: forms.Form, photos: Photos) -> Task:
        throttling.count_report(self.request)
        return report(
            by=self.person, now=timezone.now(), attachments=photos.kept, **form.cleaned_data
        )

    def near_places(self, chosen: choices.Place | None) -> list[tuple[choices.Place, str]]:
        near = super().near_places(chosen)
        if self.person.home:
            near.append((choices.Place(self.person.home), _("my home")))
        before = _("reported there before")
        near += [(choices.Place(unit), before) for unit in choices.earlier_places(self.person)]
        # Each once, with what is known of it.
        known: dict[str, tuple[choices.Place, str]] = {}
        for place, note in near:
            known[place.value] = (place, note or known.get(place.value, (place, ""))[1])
        return list(known.values())

    def context(self) -> dict[str, Any]:
        return {"is_staff": self.is_staff}


# --- Beside the form -----------------------------------------------------------------------------


def remember_sent(session: SessionBase, number: str) -> None:
    """This browser may see the page of what it sent."""
    session[SENT] = [*session.get(SENT, []), number][-5:]


def seen_mark(unit: Unit, category: Category) -> str:
    """Says for which place and kind the likely duplicates were shown."""
    return f"{unit.code}:{category.code}"


def duplicate_rows(
    unit: Unit, category: Category, by: User | AnonymousUser
) -> list[dict[str, Any]]:
    """Likely duplicates as anybody may see them: kind, place, day and state, nothing private."""
    alike = list(rows(likely_duplicates(unit, category, timezone.now())))
    seen = (
        set(
            Task.objects.visible_to(by)
            .filter(pk__in=[task.pk for task in alike])
            .values_list("pk", flat=True)
        )
        if alike and by.is_authenticated
        else set()
    )
    return [
        {
            "task": task,
            "state": states.sentence(task),
            "is_own": by.is_authenticated and task.reporter_id == by.pk,
            "url": reverse("tasks:task", args=[task.number])
            if task.pk in seen
            else f"{reverse('tasks:progress')}?follow={following.offer(task)}",
            "offer": following.offer(task)
            if by.is_authenticated and task.pk not in seen and task.reporter_id != by.pk
            else "",
        }
        for task in alike
    ]


@require_GET
def duplicates(request: HttpRequest) -> HttpResponse:
    """Likely duplicates for a place and a kind, to put beside the form; public by design.

    Raises TooOften for a visitor who asks again and again.
    """
    if not request.user.is_authenticated:
        throttling.count_duplicates(request)
    code = typed(request, "unit").partition("@")[0]
    unit = unit_by_code(code, Unit.objects.all())
    category = Category.objects.filter(code=typed(request, "category")).first()
    context: dict[str, Any] = {"alike": []}
    if unit and category:
        alike = duplicate_rows(unit, category, request.user)
        context = {"alike": alike, "seen": seen_mark(unit, category) if alike else ""}
    return render(request, "tasks/reports/duplicates.html", context)


@require_GET
def categories(request: HttpRequest) -> HttpResponse:
    """The kinds of problems that match some words; public knowledge."""
    chosen = typed(request, "category")
    words = typed(request, "kind_words") or typed(request, "q")
    context = {"kinds": choices.kinds(words, chosen), "category": chosen, "kind_words": words}
    return render(request, "tasks/reports/kinds.html", context)


@require_GET
def likely_kinds(request: HttpRequest) -> HttpResponse:
    """The likely kinds of what was typed, with their reasons; public knowledge."""
    text = request.GET.get("text", "").replace("\0", "")[:MAX_READ]
    return render(request, "tasks/reports/likely.html", {"likely": choices.proposals(text)})


@require_GET
def places(request: HttpRequest) -> HttpResponse:
    """The places that match some words, or lie around a position; passers-by search too, so this asks
    for no account."""
    words = typed(request, "q")
    point = choices.position(typed(request, "lon"), typed(request, "lat"))
    found = choices.nearest_places(*point) if point else choices.found_places(words)
    streets = None if point else choices.fallback_places(words, found)
    context = {"found": found, "words": words, "place": None, "streets": streets}
    return render(request, "tasks/reports/places.html", context)


@require_GET
def photo(request: HttpRequest, key: UUID) -> FileResponse:
    """The small picture of one's own upload that no report has taken yet."""
    ticket = tickets.held(request.GET.get("ticket", ""), now=timezone.now())
    if request.user.is_authenticated:
        own = Attachment.objects.filter(pk=key, uploaded_by=request.user, task_attachment=None)
    elif ticket:
        own = tickets.photos(ticket, [key])
    else:
        raise Http404
    attachment = get_object_or_404(own)
    if not attachment.thumbnail:
        raise Http404
    return FileResponse(attachment.thumbnail.open("rb"), content_type="image/jpeg")


@require_GET
def sent(request: HttpRequest, number: str) -> HttpResponse:
    """The number, what happens next and by when; for whoever sent it."""
    if number in request.session.get(SENT, []):
        tasks = Task.objects.all()
    else:
        tasks = Task.objects.visible_to(request.user)
    task = get_object_or_404(rows(tasks), number=number)
    context = {
        "task": task,
        "next_step": states.next_step(task),
        "promise": states.promise(task),
        "steps": states.reporter_steps(task),
        "now": timezone.now(),
    }
    return render(request, "tasks/reports/sent.html", context)
