"""The desk: what needs a member of staff, by urgency. The number of queries never grows."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from orgs.db.first_keys import (
    Statement,
    first_keys,
    keys_of,
    keys_statement,
    read,
    statement_of,
)
from orgs.db.same_offices import OfficeStatement
from orgs.scoping import reach_of
from tasks.enums import (
    AT_WORK,
    OPEN,
    WATCHING_ROLES,
    AssignmentRole,
    AssignmentStatus,
    Status,
)
from tasks.models import Assignment, Task
from tasks.workflow.limits.limits import end_of_day, nearly_due
from tasks.workflow.queries import present_work, read_parts, waiting_for

if TYPE_CHECKING:
    from orgs.models import User

# So many rows a section; the rest is a click away.
SECTION = 20
# Columns of tasks that no row of a list shows and no next step asks for. Of units, kinds and rules all are
# read: a few short words more cost less than Django's way of leaving columns out, row by row.
_NEVER_LISTED = (
    "contact_name", "contact_phone", "contact_phone_index", "hide_name", "outside_number", "lon", "lat",
    "received_at", "decline_reason", "result", "outcome", "street_at", "district_at",
    "limit_step", "next_step_at", "lookup_failures", "lookup_locked_until",
)  # fmt: skip


@dataclass(frozen=True)
class Counts:
    """The four lights above a desk."""

    waiting: int
    soon: int
    late: int
    rating: int


@dataclass(frozen=True)
class Desk:
    """What a person finds in the morning."""

    counts: Counts
    # All emergencies at work, wherever they stand; none of them is in the lists below.
    urgent: list[Task]
    late: list[Task]
    today: list[Task]
    rest: list[Task]

    @property
    def is_clean(self) -> bool:
        return not (self.urgent or self.late or self.today or self.rest)


def in_charge(user: "User") -> QuerySet[Task]:
    """What a person answers for: the tasks of the own area, or of the own department's present work."""
    if user.is_superuser:
        return Task.objects.all()
    reach = reach_of(user)
    seen = reach.q("unit", WATCHING_ROLES)
    if reach.department_ids:
        seen |= Q(pk__in=present_work(reach.department_ids).values("task"))
    return Task.objects.filter(seen)


def with_own_limit(tasks: QuerySet[Task], user: "User") -> QuerySet[Any]:
    """Tasks with `own_limit_at`, the limit that runs for a person, as `rows.own_limit` says it of one."""
    departments = reach_of(user).department_ids
    if not departments:
        return tasks.annotate(own_limit_at=F("limit_at"))
    part = Assignment.objects.order_by().filter(
        task=OuterRef("pk"),
        department__in=departments,
        round=OuterRef("dispatch_round"),
        role=AssignmentRole.ASSIST,
    )
    waited_for = part.filter(status=AssignmentStatus.DISPATCHED)
    works = part.filter(status=AssignmentStatus.REPORTED_IN)
    return tasks.annotate(
        own_limit_at=Case(
            When(Exists(waited_for), then=Subquery(waited_for.values("report_in_by")[:1])),
            When(Exists(works), then="resolve_by"),
            default="limit_at",
        )
    )


def own_late(now: datetime) -> Q:
    """Of tasks `with_own_limit`: running beyond it, or beyond the hotline's limit for the answer."""
    return Q(own_limit_at__lt=now) | _answer_late(now)


def _answer_late(now: datetime) -> Q:
    return Q(reply_by__lt=now, resolved_at=None, closed_at=None)


def with_rule(tasks: QuerySet[Any]) -> QuerySet[Any]:
    """Rows with all that their next step needs; `read_parts` of them reads the rest."""
    joined = tasks.select_related("unit", "category", "whistle_rule").defer(*_NEVER_LISTED)
    return joined.annotate(handed_name=F("handed_to__name"))


def first_of_each(*lists: QuerySet[Task]) -> list[list[Task]]:
    """The rows of several lists of tasks, each cut off: four statements, however many lists."""
    return _rows_of(first_keys(*lists))


def _rows_of(keys: list[list[int]]) -> list[list[Task]]:
    """The tasks of several lists of keys: three statements."""
    tasks = with_rule(Task.objects.order_by()).in_bulk({key for listed in keys for key in listed})
    read_parts(tasks.values())
    return [[tasks[key] for key in listed if key in tasks] for listed in keys]


def desk_of(user: "User", now: datetime) -> Desk:
    """The desk of a person: emergencies, late and due today in the own area, then what else waits."""
    sections = _rows_of(keys_of(_SECTIONS.of(user, now, end_of_day(now)), 4))
    counts = {"charge": (0, 0, 0), "waiting": (0, 0, 0)}
    for name, *numbers in read(_COUNTS.of(user, now)):
        counts[name] = (numbers[0], numbers[1], numbers[2])
    return Desk(Counts(counts["waiting"][0], *counts["charge"]), *sections)


def _sections(user: "User", now: datetime, midnight: datetime) -> Statement:
    charge, waiting = with_own_limit(in_charge(user), user), waiting_for(user)
    emergency = Q(is_urgent=True, status__in=AT_WORK)
    running = charge.exclude(emergency).order_by("own_limit_at", "pk")
    rest = with_own_limit(waiting, user).filter(
        ~_answer_late(now), Q(own_limit_at=None) | Q(own_limit_at__gte=midnight)
    )
    return keys_statement(
        charge.filter(emergency).order_by("own_limit_at", "pk"),
        running.filter(own_late(now))[:SECTION],
        running.filter(~_answer_late(now), own_limit_at__gte=now, own_limit_at__lt=midnight)[
            :SECTION
        ],
        rest.exclude(emergency).order_by("moved_at", "pk")[:SECTION],
    )


def _counts(user: "User", now: datetime) -> Statement:
    mine = with_own_limit(in_charge(user).filter(status__in=OPEN), user)
    charge = mine.order_by().values_list(Value("charge"))
    waiting = waiting_for(user).order_by().values_list(Value("waiting"))
    return statement_of(
        charge.annotate(
            soon=Count("pk", filter=nearly_due(now)),
            late=Count("pk", filter=own_late(now)),
            rating=Count("pk", filter=Q(status=Status.RATING)),
        ).union(waiting.annotate(all=Count("pk"), no=Value(0), none=Value(0)), all=True)
    )


_SECTIONS, _COUNTS = OfficeStatement(_sections), OfficeStatement(_counts)
