"""Reads: what a page or the API needs, with a fixed number of queries."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import (
    F,
    Model,
    Prefetch,
    Q,
    QuerySet,
    prefetch_related_objects,
)
from django.utils.translation import gettext as _

from orgs.db.prefetched import remember
from orgs.db.prepared import PreparedQuery
from orgs.enums import Role, UnitKind
from orgs.models import Attachment, Department, Unit, User
from orgs.scoping import Way, any_of, lies_in, reach_of, way_by_way
from orgs.units.queries import holders, officers
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
MERGED_AT_MOST = 20
# What deciding on a task needs beside its row: two statements. Ordered within the task; the default
# order would join the tasks once more.
PARTS = (
    Prefetch(
        "assignments",
        Assignment.objects.select_related("department")
        .annotate(person_name=F("person__name"))  # type: ignore[no-redef]  # the annotation that the model declares
        .order_by("round", "-role", "pk"),
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
    """Reads (again) the assignments and requests of tasks, of those that can have any."""
    dispatched = []
    for task in tasks:
        if task.dispatch_round or task.has_requests:
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
            *("resolve_by", "limit_kind", "limit_at", "remind_at", "resolved_at", "closed_at"),
            *("is_urgent", "self_confirmed", "reply_by"),
            *("unit__code", "unit__path_name", "category__code"),
        )
    )


def whole(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """What a task's page, and deciding on it, needs; where it was merged into is read by who asks."""
    joined = tasks.select_related("unit", "category", "whistle_rule")
    named = joined.annotate(handed_name=F("handed_to__name"))  # type: ignore[no-redef]  # as above
    return named.prefetch_related(*PARTS)


def decidable(tasks: QuerySet[Task], user: "Person") -> QuerySet[Task]:
    """What asking whether somebody may act needs; the use-case reads the task again, locked."""
    reach, tasks = reach_of(user), tasks.select_related("unit")
    # Whether a whistle wants a signature is asked of the street alone.
    if user.is_superuser or reach.roles & STREET_ROLES:
        tasks = tasks.select_related("whistle_rule")
    return tasks.prefetch_related(*PARTS) if reach.department_ids else tasks


def actionable_by(user: "Person", action: Action) -> QuerySet[Task]:
    """The tasks from which somebody picks the one to act on: what they see.

    For `take` also what was on offer to them a moment ago, so that who comes second is told so.
    """
    if action == Action.TAKE and user.is_authenticated:
        taken = Q(status=Status.TAKEN) & reach_of(user).q("unit", HELPER_ROLES)
        seen = any_of([*Task.ways(user), taken])
        return Task.objects.all() if user.is_superuser else Task.objects.filter(seen)
    return Task.objects.visible_to(user, one=True)


def timeline(task: Task, *, internal: bool) -> QuerySet[Event]:
    """A task's entries, oldest first; internal ones only where asked for."""
    attached = TaskAttachment.objects.order_by("position").select_related("attachment")
    events = _shown(task.events.all()).prefetch_related(Prefetch("attached", attached))
    return events if internal else events.filter(internal=False)


def entries(task: Task, *, internal: bool) -> list[tuple[Event, list[UUID]]]:
    """The same entries, each with the keys of its photos and videos: one statement."""
    shown: dict[int, tuple[Event, list[UUID]]] = {}
    # An entry comes once for each of its files.
    for event in _ENTRIES.rows(task.pk):
        _event, files = shown.setdefault(event.pk, (event, []))
        if event.file:
            files.append(event.file)
    return [entry for entry in shown.values() if internal or not entry[0].internal]


def _shown(events: QuerySet[Event]) -> QuerySet[Event]:
    return events.select_related("by", "department").defer(*_NEVER_SHOWN)


_ENTRIES = PreparedQuery(
    lambda key: (
        _shown(Event.objects.filter(task=key))
        .annotate(file=F("attached__attachment"))
        .order_by("pk", "attached__position")
    )
)


def colleagues(task: Task, part: Assignment | None, today: date) -> set[int]:
    """The keys of those to whom the office that has a task may hand it: its own officers.

    Of the department whose part it is; without a part, of the community and its grids, or of the
    street in their place. One statement.
    """
    if part is not None:
        return officers([part.department_id], today)
    return holders(
        task.unit, STREET_ROLES if task.triage == Triage.STREET else HANDLER_ROLES, today
    )


def background(task: Task) -> list[Event]:
    """What whoever dispatches, or decides on a refusal, has to know: the whistle, and every refusal."""
    shown = timeline(task, internal=True).filter(
        action__in=[Action.WHISTLE, Action.REFUSE, Action.DECIDE_REFUSAL, Action.RETURN]
    )
    return list(shown)


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


def merged_into(task: Task, user: User) -> list[Task]:
    """The tasks in somebody's sight that were merged into one, the newest first; as links need them."""
    seen = Task.objects.visible_to(user).filter(merged_into=task)
    return list(seen.only("number", "title", "created_at")[:MERGED_AT_MOST])


# --- The desk: what waits for whom -------------------------------------------------------------


def _asked(kind: RequestKind, where: Q) -> QuerySet[Any]:
    """The open tasks about which somebody waits for a decision."""
    waiting = DecisionRequest.objects.filter(where, kind=kind, decided_at=None)
    return waiting.filter(task__status__in=OPEN).values("task")


def present_work(departments: Iterable[int]) -> QuerySet[Assignment]:
    """What departments have to do now: in the present dispatch, not ended, not waiting for others."""
    return Assignment.objects.filter(
        department__in=departments,
        status__in=ACTIVE_ASSIGNMENT,
        round=F("task__dispatch_round"),
        task__status__in=WITH_DEPARTMENTS,
    )


def handed_to(user: "User") -> QuerySet[Task]:
    """The open tasks that somebody of the own office handed to this person."""
    own = Assignment.objects.filter(
        person=user,
        status__in=ACTIVE_ASSIGNMENT,
        round=F("task__dispatch_round"),
        task__status__in=WITH_DEPARTMENTS,
    )
    ways: list[Way] = [Q(handed_to=user), own.values("task")]
    return Task.objects.filter(way_by_way(Task.objects.all(), ways))


def waiting_for(user: "User") -> QuerySet[Task]:
    """The open tasks on which the next step is this person's; each way to them by its own index."""
    reach = reach_of(user)
    ways: list[Way] = [Q(reporter=user, status=Status.RATING), Q(taker=user, status=Status.TAKEN)]
    # Each way says once which states it means, all of them open: PostgreSQL takes two conditions about one
    # column for independent, and so a thousandth of the rows that there are (measured at ten million).
    inbox = Q(status__in=(Status.SUBMITTED, Status.HANDLING, Status.RESOLVED)) & (
        ~Q(status=Status.RESOLVED) | Q(worked_from__in=(Status.HANDLING, Status.TAKEN))
    )
    if reach.roles & HANDLER_ROLES:
        ways.append(Q(triage=Triage.COMMUNITY) & inbox & reach.q("unit", HANDLER_ROLES))
    if reach.roles & STREET_ROLES:
        here = reach.q("unit", STREET_ROLES)
        done = Q(status__in=(Status.WHISTLED, Status.RESOLVED)) & (
            Q(status=Status.WHISTLED) | Q(worked_from__in=WITH_DEPARTMENTS)
        )
        ways += [Q(triage=Triage.STREET) & inbox & here, done & here]
        ways.append(_asked(RequestKind.EXTENSION, reach.q("task__unit", STREET_ROLES)))
    if Role.BRANCH_SECRETARY in reach.roles:
        offered = Q(status=Status.RESOLVED, worked_from=Status.TAKEN, offered_as=Who.SECRETARY)
        ways.append(offered & reach.q("unit", [Role.BRANCH_SECRETARY]))
    if Role.DISTRICT_OFFICE in reach.roles:
        ways.append(_asked(RequestKind.REFUSAL, reach.q("task__unit", [Role.DISTRICT_OFFICE])))
    if reach.department_ids:
        ways.append(present_work(reach.department_ids).values("task"))
    return Task.objects.filter(way_by_way(Task.objects.all(), ways))


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
