"""The page of one task, and acting on it."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from orgs.accounts.sign_in import signed_in
from orgs.calendar.working_time import calendar
from orgs.errors import DomainError, NotAllowed
from orgs.models import User
from orgs.units.queries import point_of
from orgs.web.pages import wants_part
from orgs.web.refusals import audit_refusal
from orgs.workflow.specification import first_of, text_for
from orgs.workflow.transitions import Option
from orgs.workflow.views import ActView
from residents.privacy import unmasking
from tasks.enums import STAGE_LIMITS, Action, LimitKind, Permission, Status
from tasks.models import Event, Exclusion, JointVisit, Task
from tasks.rates import exclusions
from tasks.reports import progress
from tasks.workflow import contacts, queries, timeline
from tasks.workflow.forms.tasks import CommentForm
from tasks.workflow.rules.relations import handed, parts_of
from tasks.workflow.rules.workflow import WORKFLOW
from tasks.workflow.specification import SPECIFICATIONS
from tasks.workflow.states import holder, process
from tasks.workflow.views import own


@login_required
@require_GET
def task(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about one task that this reader may see, and what the reader may do."""
    return _task_page(request, _visible(request, number))


@login_required
@require_POST
@never_cache
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Shows the contact in clear, once, for a purpose that is kept."""
    row, user, now = _visible(request, number), signed_in(request), timezone.now()
    purpose = request.POST.get("purpose", "")
    try:
        contact = contacts.reveal(task=row, purpose=purpose, by=user, now=now)
    except NotAllowed:
        raise
    except DomainError as refusal:
        audit_refusal(request, refusal)
        kept = {"reveal_error": refusal.message, "reveal_purpose": purpose}
        return _task_page(request, row, status=refusal.status, **kept)
    return _task_page(request, row, revealed=contact, looks_left=unmasking.left_today(user, now))


def _task_page(request: HttpRequest, row: Task, *, status: int = 200, **extra: Any) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    authority = timeline.is_authority(row, user)
    if row.reporter_id == user.pk and not authority and not extra:
        return own.show(request, row)
    events = list(queries.timeline(row, internal=authority))
    mine = WORKFLOW.options(row, user, now)
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
        "reply_light": row.reply_light(now) or "",
        "limit_name": LimitKind(row.limit_kind).label if row.limit_kind else "",
        "stage_limit": row.limit_kind in STAGE_LIMITS,
        "speaks": any(part.reported_in_at for part in parts_of(row, user)),
        "may_exclude": excluded is None
        and row.status == Status.CLOSED
        and exclusions.may_ask(user, row),
        "excluded": excluded,
        "uncovered": row.work_by and not calendar().covers(timezone.localdate(row.work_by)),
        "holder": holder(row),
        "process": process(row, events),
        "entries": [_entry(event, row, user) for event in events],
        "photos": [attached.attachment for event in events for attached in event.attached.all()],
        "point": _point(row),
        "authority": authority,
        "contact_name": name,
        "contact_phone": phone,
        "may_reveal": bool(row.contact_phone) and user.has_perm(Permission.REVEAL_CONTACT, row),
        "alike": _alike(row, user, now, mine),
        "other": other,
        "sees_other": sees_other,
        "other_entries": progress.public_story(other) if other and not sees_other else [],
        "ratings": list(row.ratings.all()),
        "duplicates": queries.merged_into(row, user),
        "present": row.present_parts,
        "earlier": [
            assignment
            for assignment in row.assignments.all()
            if assignment.round < row.dispatch_round
        ],
        "asked": row.undecided(),
        "handed": handed(row, user) if authority else None,
        "instructions": _instructions(row, events) if authority else "",
        "visits": _visits(row) if authority and row.has_visits else [],
        "revealed": None,
        "looks_left": 0,
        "reveal_error": "",
        "reveal_purpose": "",
        **_choices(row, user, mine),
        **extra,
    }
    return render(request, "tasks/workflow/task.html", context, status=status)


def _instructions(row: Task, events: list[Event]) -> str:
    """What the street instructed with the dispatch in force."""
    dispatched = [event for event in events if event.action == Action.DISPATCH]
    if not row.present_parts or not dispatched:
        return ""
    return str(dispatched[-1].data.get("instructions", ""))


def _visits(row: Task) -> list[JointVisit]:
    """The joint visits of a task with their guests, the newest first; two statements."""
    return list(row.visits.prefetch_related("guests"))


def _choices(row: Task, user: User, mine: list[Option]) -> dict[str, Any]:
    """The first action, the other open ones, the closed ones with their reasons, the remark form."""
    first = first_of(SPECIFICATIONS, mine)
    opened = [option.action for option in mine if option.is_open]
    return {
        "first": _button(first, row) if first else None,
        "others": [
            _button(action, row) for action in opened if action not in (first, Action.COMMENT)
        ],
        "closed": [option for option in mine if not option.is_open],
        "remark": CommentForm(row=row, user=user, auto_id="remark_%s")
        if Action.COMMENT in opened
        else None,
    }


def _button(action: Action, row: Task) -> dict[str, Any]:
    return {
        "action": action,
        "label": capfirst(str(action.label)),
        "url": reverse("tasks:act", args=[row.number, action.value]),
        "one_click": SPECIFICATIONS[action].is_one_click,
        "question": text_for(SPECIFICATIONS[action].question, row),
    }


def _entry(event: Event, row: Task, user: User) -> dict[str, Any]:
    return {
        "event": event,
        "what": capfirst(event.get_action_display()),
        "author": timeline.author(event, row, user),
        "detail": WORKFLOW.sentence(event, internal=timeline.is_authority(row, user)),
        "photos": [attached.attachment for attached in event.attached.all()],
    }


def _point(row: Task) -> dict[str, Any] | None:
    """Where it is: the reported point, or that of the compound."""
    if row.lon is not None:
        return {"lon": row.lon, "lat": row.lat, "reported": True}
    point = point_of(row.unit)
    return {"lon": point[0], "lat": point[1], "reported": False} if point else None


def _alike(row: Task, user: User, now: datetime, mine: list[Option]) -> list[Task]:
    """Likely duplicates, for whoever could merge."""
    if not any(option.action == Action.MERGE and option.is_open for option in mine):
        return []
    keys = [alike.pk for alike in queries.likely_duplicates(row.unit, row.category, now)]
    seen = Task.objects.visible_to(user).filter(pk__in=keys).exclude(pk=row.pk)
    return list(seen.select_related("unit"))


# --- Acting ------------------------------------------------------------------------------------


@method_decorator(vary_on_headers("HX-Request"), name="dispatch")
class TaskActView(ActView):
    """One action with a task; htmx gets the form alone."""

    workflow = WORKFLOW
    specifications = SPECIFICATIONS

    def get_object(self) -> Task:
        return _find(queries.actionable_by(self.user, self.action), self.kwargs["number"])

    def page_of(self, row: Task) -> str:
        """The task's page; for those who have lost sight of it, the list they came from."""
        if Task.objects.sees(self.user, row):
            return reverse("tasks:task", args=[row.number])
        return reverse("home")

    def _above(self) -> tuple[str, str]:
        """The list from which whoever acts came: the own reports, or the tasks of the office."""
        row = self.object
        if row.reporter_id == self.user.pk and not timeline.is_authority(row, self.user):
            return _("My reports"), reverse("tasks:mine")
        return _("Tasks"), reverse("tasks:list")

    def get_template_names(self) -> list[str]:
        part = "#form" if self.request.method == "GET" and wants_part(self.request) else ""
        return [f"tasks/workflow/act.html{part}"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(task=self.object, **kwargs)
        form = context["form"]
        return context | {
            "asked": getattr(form, "asked", None),
            "lines": getattr(form, "lines", []),
            "story": [
                _entry(event, self.object, self.user) for event in getattr(form, "story", [])
            ],
            "duties": getattr(form, "duties", []),
            "kept": getattr(form, "kept", []),
            "trail": [
                self._above(),
                (self.object.number, reverse("tasks:task", args=[self.object.number])),
                (context["heading"], ""),
            ],
        }


def _visible(request: HttpRequest, number: str) -> Task:
    return _find(Task.objects.visible_to(signed_in(request), one=True), number)


def _find(tasks: QuerySet[Task], number: str) -> Task:
    """The task of that number; 404 for what is out of sight or not there."""
    row = queries.whole(tasks).filter(number=number).first()
    if row is None:
        raise Http404
    return row
