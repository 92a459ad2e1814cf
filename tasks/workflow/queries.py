"""Reads: what a page or the API needs, with a fixed number of queries."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Exists,
    F,
    Model,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    prefetch_related_objects,
)
from django.utils.translation import gettext as _

from orgs.db.prefetched import remember
from orgs.enums import Role, UnitKind
from orgs.models import Attachment, Department, Unit, User
from orgs.scoping import Way, any_of, lies_in, reach_of, way_by_way
from residents.models import Unmasking
from tasks.enums import (
    ACTIVE_ASSIGNMENT,
    FINAL,
    HANDLER_ROLES,
    HELPER_ROLES,
    OPEN,
    STREET_ROLES,
    WITH_DEPARTMENTS,
    Action,
    RequestKind,
    Status,
    Triage,
    Who,
)
from tasks.models import Assignment, Category, DecisionRequest, Event, Rating, Task, TaskAttachment

if TYPE_CHECKING:
    from orgs.scoping import Person

ALIKE_DAYS = 30
# What deciding on a task needs beside its row: two statements. Ordered within the task; the default
# order would join the tasks once more.
PARTS = (
    Prefetch(
        "assignments",
        Assignment.objects.select_related("department").order_by("round", "-role", "pk"),
    ),
    "requests",
)


# Columns of whoever acted that no timeline shows; the telephone would be decrypted for each entry.
_NEVER_SHOWN = tuple(
    f"{name}__{field.name}"
    for name, model in (("by", User), ("department", Department))
    for field in model._meta.get_fields()
    if field.concrete
    and not field.many_to_many
    and field.name not in ("id", "username", "name", "short_name")
)


@cache
def _nothing(model: type[Model]) -> QuerySet[Any]:
    """No rows, known already: asked for them, Django would work out a statement for each task anew."""
    nothing = model._default_manager.none()
    len(nothing)
    return nothing


def read_parts(tasks: Iterable[Task]) -> None:
    """Reads (again) the assignments and requests of tasks; before its first dispatch one has none."""
    dispatched = []
    for task in tasks:
        if task.dispatch_round:
            remember(task)
            dispatched.append(task)
        else:
            remember(task, assignments=_nothing(Assignment), requests=_nothing(DecisionRequest))
    prefetch_related_objects(dispatched, *PARTS)


def rows(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """What a list row shows: three statements, however many rows."""
    return (
        tasks.select_related("unit", "category")
        .prefetch_related(PARTS[0])
        .defer("contact_phone", "result")
    )


def listed(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """The columns that a list over the API shows, and no others: as many statements as `rows`."""
    departments = Prefetch(
        "assignments",
        Assignment.objects.select_related("department")
        .only(
            *("task", "role", "status", "round", "reported_in_at", "report_in_by", "respond_by"),
            "department__code",
        )
        .order_by("round", "-role", "pk"),
    )
    return (
        tasks.select_related("unit", "category")
        .prefetch_related(departments)
        .only(
            *("number", "status", "title", "channel", "created_at", "dispatch_round"),
            *("resolve_by", "limit_at", "remind_at", "resolved_at", "closed_at"),
            *("unit__code", "unit__path_name", "category__code"),
        )
    )


def whole(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """What a task's page, and deciding on it, needs."""
    return tasks.select_related(
        "unit", "category", "whistle_rule", "reporter", "taker", "merged_into"
    ).prefetch_related(*PARTS)


def decidable(tasks: QuerySet[Task], user: "Person") -> QuerySet[Task]:
    """What asking whether somebody may act needs; the use-case reads the task again, locked."""
    tasks = tasks.select_related("unit", "whistle_rule")
    return tasks.prefetch_related(*PARTS) if reach_of(user).department_ids else tasks


def actionable_by(user: "Person", action: Action) -> QuerySet[Task]:
    """The tasks from which somebody picks the one to act on: what they see.

    For `take` also what was on offer to them a moment ago, so that who comes second is told so.
    """
    if action == Action.TAKE and user.is_authenticated:
        taken = Q(status=Status.TAKEN) & reach_of(user).q("unit", HELPER_ROLES)
        seen = any_of([*Task.ways(user), taken])
        return Task.objects.all() if user.is_superuser else Task.objects.filter(seen)
    return Task.objects.visible_to(user, one=True)


def timeline(task: Task, *, internal: bool, files: bool = True) -> QuerySet[Event]:
    """A task's entries, oldest first; internal ones only where asked for.

    Without `files` the photos and videos of an entry are known by their keys alone.
    """
    attached = TaskAttachment.objects.order_by("position")
    if files:
        attached = attached.select_related("attachment")
    events = (
        task.events.select_related("by", "department")
        .defer(*_NEVER_SHOWN)
        .prefetch_related(Prefetch("attached", attached))
    )
    return events if internal else events.filter(internal=False)


def may_see_attachment(user: "Person", attachment: Attachment) -> bool:
    """Whether a photo or video belongs to an entry of a task that this person sees."""
    seen = Task.objects.visible_to(user, one=True).filter(events__attached__attachment=attachment)
    return seen.exists()


def likely_duplicates(unit: Unit, category: Category, now: datetime) -> QuerySet[Task]:
    """Open tasks of the same kind in the same compound (or place) in the last 30 days, newest first."""
    area = unit
    if unit.kind == UnitKind.BUILDING and unit.parent:
        area = unit.parent
    return Task.objects.filter(
        lies_in(area, "unit"),
        category=category,
        created_at__gt=now - timedelta(days=ALIKE_DAYS),
    ).exclude(status__in=FINAL)[:5]


# --- The desk: what waits for whom -------------------------------------------------------------


def _asked(kind: RequestKind) -> Q:
    asked = DecisionRequest.objects.filter(task=OuterRef("pk"), kind=kind, decided_at=None)
    return Q(status__in=OPEN) & Q(Exists(asked))


def present_work(departments: Iterable[int]) -> QuerySet[Assignment]:
    """What departments have to do now: in the present dispatch, not ended, not waiting for others."""
    return Assignment.objects.filter(
        department__in=departments,
        status__in=ACTIVE_ASSIGNMENT,
        round=F("task__dispatch_round"),
        task__status__in=WITH_DEPARTMENTS,
    )


def waiting_for(user: "User") -> QuerySet[Task]:
    """The open tasks on which the next step is this person's; each way to them by its own index."""
    reach = reach_of(user)
    ways: list[Way] = [Q(reporter=user, status=Status.RATING), Q(taker=user, status=Status.TAKEN)]
    own_work = Q(status=Status.RESOLVED, worked_from__in=(Status.HANDLING, Status.TAKEN))
    inbox = Q(status__in=(Status.SUBMITTED, Status.HANDLING)) | own_work
    if reach.roles & HANDLER_ROLES:
        ways.append(Q(triage=Triage.COMMUNITY) & inbox & reach.q("unit", HANDLER_ROLES))
    if reach.roles & STREET_ROLES:
        street = (
            (Q(triage=Triage.STREET) & inbox)
            | Q(status=Status.WHISTLED)
            | Q(status=Status.RESOLVED, worked_from__in=WITH_DEPARTMENTS)
            | _asked(RequestKind.EXTENSION)
        )
        ways.append(street & reach.q("unit", STREET_ROLES))
    if Role.BRANCH_SECRETARY in reach.roles:
        offered = Q(status=Status.RESOLVED, worked_from=Status.TAKEN, offered_as=Who.SECRETARY)
        ways.append(offered & reach.q("unit", [Role.BRANCH_SECRETARY]))
    if Role.DISTRICT_OFFICE in reach.roles:
        ways.append(_asked(RequestKind.REFUSAL) & reach.q("unit", [Role.DISTRICT_OFFICE]))
    if reach.department_ids:
        ways.append(present_work(reach.department_ids).values("task"))
    return Task.objects.filter(way_by_way(Task.objects.filter(status__in=OPEN), ways))


def own_reports(user: "User") -> dict[str, object]:
    """What tasks hold of an account, for its copy of its own data."""
    reports = Task.objects.filter(reporter=user).order_by("pk")
    known = (
        "number", "status", "unit__path_name", "category__name", "title", "text", "contact_name",
        "contact_phone", "hide_name", "lon", "lat", "created_at", "closed_at",
    )  # fmt: skip
    ratings = Rating.objects.filter(task__reporter=user).order_by("pk")
    looks = Unmasking.objects.filter(report__in=reports.values("number")).order_by("pk")
    return {
        "reports": list(reports.values(*known)),
        "ratings": list(ratings.values("task__number", "stars", "text", "at")),
        "contact_seen_by": list(looks.values("report", "at", "purpose")),
    }


def own_report_parts() -> dict[str, object]:
    """How these parts of the copy are called, and of which model they are."""
    return {
        "reports": (_("My reports"), Task),
        "ratings": (_("Ratings"), Rating),
        "contact_seen_by": (_("When my contact was seen in full, and what for"), Unmasking),
    }
