"""Reading joint visits: what is ahead of somebody, and what has been."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from tasks.models import JointVisit, Task, VisitGuest
from tasks.workflow.timeline import is_authority

if TYPE_CHECKING:
    from orgs.models import User


def ahead(user: "User") -> QuerySet[JointVisit]:
    """Those in sight that are still to take place or to be written down, the next first."""
    seen = JointVisit.objects.visible_to(user).filter(JointVisit.upcoming())
    return with_guests(seen).order_by("starts_at", "pk")


def past(user: "User") -> QuerySet[JointVisit]:
    """The others in sight, the newest first."""
    seen = JointVisit.objects.visible_to(user).exclude(JointVisit.upcoming())
    return with_guests(seen).order_by("-pk")


def with_guests(visits: QuerySet[JointVisit]) -> QuerySet[JointVisit]:
    """What the page of a visit shows: two statements, however many visits."""
    return visits.select_related("task__unit", "arranged_by").prefetch_related("guests")


def reads_task(visit: JointVisit, user: "User") -> bool:
    """Whether somebody reads the task behind an appointment, as an authority."""
    return Task.objects.sees(user, visit.task) and is_authority(visit.task, user)


def due_reminders(now: datetime) -> QuerySet[VisitGuest]:
    """The guests of visits whose reminder is due, the visits with them."""
    due = JointVisit.objects.filter(JointVisit.upcoming(), remind_at__lte=now, starts_at__gt=now)
    return VisitGuest.objects.filter(visit__in=due).select_related("visit", "unit")
