"""Rounds in which a street has departments rated, and what departments say of whistles."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Avg, Count, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.enums import Role, UnitKind
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Department, Position, Unit
from orgs.notifications import notifications
from orgs.notifications.notifications import NewNotice
from orgs.scoping import reach_of
from orgs.units.queries import officers_by_department
from orgs.values.days import in_force
from tasks.enums import AssignmentStatus, Permission
from tasks.models import Assignment, DepartmentFeedback, FeedbackRound, Task, WhistleFeedback

if TYPE_CHECKING:
    from orgs.models import User

INVITED = "feedback"
# Fewer answers than this are not shown: they would tell who said what.
FEWEST_SHOWN = 5
# An invitation that stays longer is about nothing that anybody remembers.
LONGEST_OPEN = timedelta(days=90)


@dataclass(frozen=True)
class Result:
    """What a round says of one department; the averages are None for too few answers."""

    department: Department
    invited: int
    answered: int
    responds: float | None
    solves: float | None
    manner: float | None


def open_round(
    *, street: Unit, first: date, last: date, closes_on: date, by: "User", now: datetime
) -> FeedbackRound:
    """Invites the street's communities, and the reporters concerned, to rate departments.

    Rated are the departments dispatched in the street from `first` to `last`. Raises NotAllowed for
    others than the street; Refused for days in a wrong order, for answers over more than
    `LONGEST_OPEN`, or where nothing was dispatched;
    WrongState for a round that was opened before.
    """
    if not by.has_perm(Permission.OPEN_FEEDBACK_ROUND, street) or street.kind != UnitKind.STREET:
        raise NotAllowed(_("Only the street invites to this."))
    if not first <= last < closes_on or closes_on <= timezone.localdate(now):
        message = _("The days have to follow each other, and the answers need time.")
        raise Refused(message, code="bad_dates", field="closes_on")
    if closes_on > timezone.localdate(now) + LONGEST_OPEN:
        message = _("Answers are taken for at most %(days)d days.") % {"days": LONGEST_OPEN.days}
        raise Refused(message, code="too_long", field="closes_on")
    try:
        with transaction.atomic():
            feedback_round = FeedbackRound.objects.create(
                street=street, first=first, last=last, closes_on=closes_on, opened_by=by,
                opened_at=now,
            )  # fmt: skip
            invited = _invite(feedback_round, timezone.localdate(now))
            audit.record(
                "tasks.open-feedback-round",
                by=by,
                obj=feedback_round,
                detail={"invited": invited},
                now=now,
            )
    except IntegrityError:
        raise WrongState(_("A round over these days is open already."), code="opened_already")
    _notify_raters(feedback_round, now)
    return feedback_round


def answer(
    *,
    feedback: DepartmentFeedback,
    responds: int,
    solves: int,
    manner: int,
    text: str = "",
    by: "User",
    now: datetime,
) -> None:
    """Rates a department once. Raises NotAllowed for others than the invited; WrongState when closed
    or answered before; Refused for stars outside of 1 to 5."""
    if feedback.rater_id != by.pk:
        raise NotAllowed(_("This invitation is somebody else's."))
    if not all(1 <= stars <= 5 for stars in (responds, solves, manner)):
        raise Refused(_("Give one to five stars."), code="bad_stars")
    if timezone.localdate(now) > feedback.round.closes_on:
        raise WrongState(_("This round is closed."), code="closed")
    with transaction.atomic():
        answered = DepartmentFeedback.objects.filter(pk=feedback.pk, answered_at=None).update(
            responds=responds, solves=solves, manner=manner, text=text.strip()[:500],
            answered_at=now,
        )  # fmt: skip
        if not answered:
            raise WrongState(_("You have answered this already."), code="answered_already")
        audit.record("tasks.answer-feedback", by=by, obj=feedback.round, now=now)


def results(feedback_round: FeedbackRound) -> list[Result]:
    """What a round says of each department, the best known first; one query for the sums."""
    rows = (
        feedback_round.feedback.order_by()
        .values_list("department")
        .annotate(Count("pk"), Count("answered_at"), Avg("responds"), Avg("solves"), Avg("manner"))
    )
    departments = Department.objects.in_bulk([key for key, *_rest in rows])
    results_of = [
        Result(
            departments[key], invited, answered,
            *(averages if answered >= FEWEST_SHOWN else (None, None, None)),
        )
        for key, invited, answered, *averages in rows
    ]  # fmt: skip
    return sorted(results_of, key=lambda result: (-result.answered, result.department.code))


def waiting_for(user: "User", today: date) -> QuerySet[DepartmentFeedback]:
    """The invitations that a person has not answered yet."""
    return DepartmentFeedback.objects.filter(
        rater=user.pk, answered_at=None, round__closes_on__gte=today
    ).select_related("department", "round__street")


def department_that_came(task: Task, user: "User") -> Department | None:
    """The user's department that reported in on a task, and so may speak of the whistle."""
    came = Assignment.objects.filter(
        task=task,
        department__in=reach_of(user).department_ids,
        reported_in_at__isnull=False,
    ).exclude(status=AssignmentStatus.REFUSED)
    assignment = came.select_related("department").order_by("pk").first()
    return assignment.department if assignment else None


def rate_whistle(
    *, task: Task, justified: bool, clear: int, text: str = "", by: "User", now: datetime
) -> WhistleFeedback:
    """A department that came says whether the whistle was right and clear, once for each task.

    Raises NotAllowed for others; Refused for stars outside of 1 to 5; WrongState the second time.
    """
    department = department_that_came(task, by)
    if department is None:
        raise NotAllowed(_("Only a department that reported in speaks of the whistle."))
    if not 1 <= clear <= 5:
        raise Refused(_("Give one to five stars."), code="bad_stars")
    try:
        with transaction.atomic():
            feedback = WhistleFeedback.objects.create(
                task=task, department=department, by=by, justified=justified, clear=clear,
                text=text.strip()[:500], at=now,
            )  # fmt: skip
            audit.record("tasks.rate-whistle", by=by, obj=task, now=now)
    except IntegrityError:
        raise WrongState(_("Your department has answered this already."), code="answered_already")
    return feedback


def _invite(feedback_round: FeedbackRound, today: date) -> int:
    """One row for each pair of rater and department; nobody rates their own department."""
    work = Assignment.objects.filter(
        task__unit__tree_id=feedback_round.street.tree_id,
        dispatched_at__date__range=(feedback_round.first, feedback_round.last),
    )
    departments = set(work.order_by().values_list("department", flat=True))
    if not departments:
        message = _("No department was dispatched on these days.")
        raise Refused(message, code="nothing_to_rate", field="first")
    pairs = {
        (rater, department)
        for rater in _community_workers(feedback_round.street, today)
        for department in departments
    }
    pairs |= set(
        work.filter(task__reporter__isnull=False, task__reporter__is_active=True)
        .order_by()
        .values_list("task__reporter", "department")
    )
    own = officers_by_department(departments, today)
    DepartmentFeedback.objects.bulk_create(
        (
            DepartmentFeedback(round=feedback_round, rater_id=rater, department_id=department)
            for rater, department in sorted(pairs)
            if rater not in own[department]
        ),
        batch_size=1000,
    )
    return feedback_round.feedback.count()


def _community_workers(street: Unit, today: date) -> set[int]:
    held = Position.objects.filter(
        in_force(today),
        role=Role.COMMUNITY_WORKER,
        unit__tree_id=street.tree_id,
        user__is_active=True,
    )
    return set(held.order_by().values_list("user", flat=True))


def _notify_raters(feedback_round: FeedbackRound, now: datetime) -> None:
    """Tells each rater once, however many departments they are asked about."""
    raters = feedback_round.feedback.order_by().values_list("rater", flat=True).distinct()
    notifications.notify(
        (
            NewNotice(
                INVITED,
                f"feedback:{feedback_round.pk}",
                rater,
                link=reverse("tasks:feedback"),
                data={
                    "street": feedback_round.street.name,
                    "until": feedback_round.closes_on.isoformat(),
                },
            )
            for rater in raters
        ),
        now=now,
    )
