"""The page of one task, and acting on it."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from orgs.accounts.sign_in import signed_in
from orgs.attachments import attachments
from orgs.attachments.attachments import MAX_ATTACHMENTS
from orgs.calendar.working_time import calendar
from orgs.errors import DomainError, WrongState
from orgs.models import CompoundProfile, User
from orgs.web.pages import wants_part
from orgs.web.refusals import audit_refusal, refuse
from orgs.web.return_to import next_page
from orgs.web.throttling import count_upload
from tasks.enums import Action, RequestKind, Status
from tasks.models import Event, Exclusion, Task
from tasks.rates import exclusions
from tasks.reports import progress
from tasks.reports.reporter_view import process
from tasks.reports.views import uuids
from tasks.workflow import contacts, queries, timeline
from tasks.workflow.forms import FORMS, ActionForm, CommentForm, ResolveForm, is_one_click
from tasks.workflow.messages import happened, holder, listed, question
from tasks.workflow.next_action import first_of
from tasks.workflow.table import Option, check, options, parts_of
from tasks.workflow.use_cases import USE_CASES


@login_required
@require_GET
def task(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about one task that this reader may see, and what the reader may do."""
    return _task_page(request, _visible(request, number))


@login_required
@require_POST
@never_cache
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Shows the contact in clear, once, for a reason that the audit keeps."""
    row = _visible(request, number)
    reason = request.POST.get("reason", "")[: contacts.MAX_REASON]
    try:
        found = contacts.reveal(task=row, reason=reason, by=signed_in(request), now=timezone.now())
    except DomainError as refusal:
        if refusal.status != 400:
            raise
        return _task_page(request, row, status=400, reveal_error=refusal.message)
    return _task_page(request, row, revealed=found)


def _task_page(request: HttpRequest, row: Task, *, status: int = 200, **extra: Any) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    authority = timeline.is_authority(row, user)
    events = list(queries.timeline(row, internal=authority))
    mine = options(row, user, now)
    name, phone = timeline.contact_for(row, user)
    other = progress.goes_on_as(row)
    excluded = Exclusion.objects.filter(task=row).first() if authority else None
    sees_other = other and Task.objects.sees(user, other)
    context = {
        "now": now,
        "task": row,
        "trail": [(_("Tasks"), reverse("tasks:list")), (row.number, "")],
        "light": row.light(now),
        "limit": row.limit_at,
        "speaks": any(part.reported_in_at for part in parts_of(row, user)),
        "may_exclude": excluded is None
        and row.status == Status.CLOSED
        and exclusions.may_ask(user, row),
        "excluded": excluded,
        "uncovered": row.resolve_by and not calendar().covers(timezone.localdate(row.resolve_by)),
        "holder": holder(row),
        "process": process(row, events),
        "entries": [_entry(event, row, user) for event in events],
        "photos": [one.attachment for event in events for one in event.attached.all()],
        "point": _point(row),
        "tiles": settings.MAP_TILES,
        "datum": settings.MAP_DATUM,
        "authority": authority,
        "contact_name": name,
        "contact_phone": phone,
        "may_reveal": bool(row.contact_phone) and user.has_perm(contacts.PERMISSION, row),
        "alike": _alike(row, user, now, mine),
        "other": other,
        "sees_other": sees_other,
        "other_entries": progress.public_story(other) if other and not sees_other else [],
        "ratings": list(row.ratings.all()),
        "duplicates": list(Task.objects.visible_to(user).filter(merged_into=row)[:20]),
        "present": row.present_parts,
        "earlier": [one for one in row.assignments.all() if one.round < row.dispatch_round],
        "asked": row.undecided(),
        "revealed": None,
        "reveal_error": "",
        **_choices(row, user, mine),
        **extra,
    }
    return render(request, "tasks/workflow/task.html", context, status=status)


def _choices(row: Task, user: User, mine: list[Option]) -> dict[str, Any]:
    """The first action, the other open ones, the closed ones with their reasons, the remark form."""
    first = first_of(mine)
    opened = [option.action for option in mine if option.is_open]
    return {
        "first": _button(first, row) if first else None,
        "others": [
            _button(action, row) for action in opened if action not in (first, Action.COMMENT)
        ],
        "closed": [option for option in mine if not option.is_open],
        "remark": CommentForm(task=row, user=user, auto_id="remark_%s")
        if Action.COMMENT in opened
        else None,
    }


def _button(action: Action, row: Task) -> dict[str, Any]:
    return {
        "action": action,
        "label": capfirst(str(action.label)),
        "url": reverse("tasks:act", args=[row.number, action.value]),
        "one_click": is_one_click(action),
        "question": question(action, row),
    }


def _entry(event: Event, row: Task, user: User) -> dict[str, Any]:
    return {
        "event": event,
        "what": capfirst(event.get_action_display()),
        "author": timeline.author(event, row, user),
        "detail": timeline.sentence(event, internal=timeline.is_authority(row, user)),
        "photos": [one.attachment for one in event.attached.all()],
    }


def _point(row: Task) -> dict[str, Any] | None:
    """Where it is: the reported point, or that of the compound."""
    if row.lon is not None:
        return {"lon": row.lon, "lat": row.lat, "reported": True}
    place = row.unit
    profile = (
        CompoundProfile.objects.filter(
            unit__tree_id=place.tree_id, unit__lft__lte=place.lft, unit__rght__gte=place.rght
        )
        .exclude(lon=None)
        .first()
    )
    return {"lon": profile.lon, "lat": profile.lat, "reported": False} if profile else None


def _alike(row: Task, user: User, now: datetime, mine: list[Option]) -> list[Task]:
    """Likely duplicates, for whoever could merge."""
    if not any(option.action == Action.MERGE and option.is_open for option in mine):
        return []
    keys = [one.pk for one in queries.likely_duplicates(row.unit, row.category, now)]
    found = Task.objects.visible_to(user).filter(pk__in=keys).exclude(pk=row.pk)
    return list(found.select_related("unit"))


# --- Acting ------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
@vary_on_headers("HX-Request")
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """One action: its form, and doing it. Role first, then state, then what was typed."""
    if action not in USE_CASES:
        raise Http404
    step, user, now = Action(action), signed_in(request), timezone.now()
    row = _find(queries.actionable_by(user, step), number)
    try:
        check(row, step, user)
    except WrongState as refusal:
        return _not_now(request, row, refusal)
    if request.method == "POST":
        return _do(request, row, step, now)
    form = FORMS.get(step, ActionForm)(task=row, user=user)
    part = "#form" if wants_part(request) else ""
    return _act_page(request, row, step, form, part=part)


def _do(request: HttpRequest, row: Task, step: Action, now: datetime) -> HttpResponse:
    user = signed_in(request)
    data, upload_errors = _with_uploads(request, step, now)
    form = FORMS.get(step, ActionForm)(data, request.FILES, task=row, user=user)
    if not form.is_valid() or upload_errors:
        for sentence in upload_errors:
            form.add_error("photos", sentence)
        return _act_page(request, row, step, form, status=400)
    try:
        moved = USE_CASES[step](task=row, by=user, now=now, **form.body())
    except WrongState as refusal:
        return _not_now(request, row, refusal)
    except DomainError as refusal:
        if refusal.status == 403:
            raise
        refuse(request, form, refusal)
        return _act_page(request, row, step, form, status=refusal.status)
    messages.success(request, happened(step, moved))
    return redirect(next_page(request) or _page_of(moved, user))


def _with_uploads(request: HttpRequest, step: Action, now: datetime) -> tuple[Any, list[str]]:
    """The form's data with the keys of its photos; what was uploaded stays, whatever else is wrong."""
    data, errors = request.POST.copy(), []
    if step != Action.RESOLVE:
        return data, []
    kept = [str(key) for key in uuids(data.getlist("attachments"))]
    for upload in request.FILES.getlist("photos")[: MAX_ATTACHMENTS + 1]:
        try:
            count_upload(request)
            stored = attachments.store(upload=upload, by=signed_in(request), now=now)
        except DomainError as refusal:
            audit_refusal(request, refusal)
            errors.append(f"{upload.name}: {refusal.message}")
        else:
            kept.append(str(stored.pk))
    data.setlist("attachments", kept)
    return data, errors


def _act_page(
    request: HttpRequest,
    row: Task,
    step: Action,
    form: ActionForm,
    *,
    part: str = "",
    status: int = 200,
) -> HttpResponse:
    decides = {
        Action.DECIDE_EXTENSION: RequestKind.EXTENSION,
        Action.DECIDE_REFUSAL: RequestKind.REFUSAL,
    }
    context = {
        "task": row,
        "action": step,
        "label": capfirst(str(step.label)),
        "question": question(step, row),
        "form": form,
        "asked": next(iter(row.undecided(decides[step])), None) if step in decides else None,
        "lines": form.lines if step == Action.DISPATCH else [],  # type: ignore[attr-defined]  # the dispatch form
        "kept": form.kept if isinstance(form, ResolveForm) else [],
        "back": _page_of(row, signed_in(request)),
        "next": next_page(request),
        "trail": [
            (_("Tasks"), reverse("tasks:list")),
            (row.number, reverse("tasks:task", args=[row.number])),
            (capfirst(str(step.label)), ""),
        ],
    }
    return render(request, f"tasks/workflow/act.html{part}", context, status=status)


def _not_now(request: HttpRequest, row: Task, refusal: WrongState) -> HttpResponse:
    """Back to the task with a sentence: why not, and what is possible instead."""
    audit_refusal(request, refusal)
    possible = [
        capfirst(str(Action(name).label)) for name in refusal.extra.get("available_actions", ())
    ]
    text = refusal.message
    if possible:
        text += " " + _("What you can do now: %(actions)s.") % {"actions": listed(possible)}
    messages.warning(request, text)
    target = _page_of(row, signed_in(request))
    if getattr(request, "htmx", None):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = target
        return response
    return redirect(target)


def _page_of(row: Task, user: User) -> str:
    """The task's page; for those who have lost sight of it, the list they came from."""
    if Task.objects.sees(user, row):
        return reverse("tasks:task", args=[row.number])
    return reverse("home")


def _visible(request: HttpRequest, number: str) -> Task:
    return _find(Task.objects.visible_to(signed_in(request), one=True), number)


def _find(tasks: QuerySet[Task], number: str) -> Task:
    """The task of that number; 404 for what is out of sight or not there."""
    row = queries.whole(tasks).filter(number=number).first()
    if row is None:
        raise Http404
    return row
