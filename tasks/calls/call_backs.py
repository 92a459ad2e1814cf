"""Calling reporters back for their rating: who is to be called, and who was not reached."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, When
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import WrongState
from orgs.scoping import reach_of
from tasks.enums import CALL_BACK_ROLES, Action, Status
from tasks.models import CallBackTry, Event, Task
from tasks.workflow.rules.workflow import WORKFLOW

if TYPE_CHECKING:
    from orgs.models import User

# Of the annotated rows of `waiting`.
ORDER = ("called_lately", "-self_confirmed", "moved_at")
# Whoever was not reached is not called again at once.
PAUSE = timedelta(hours=2)
# Whoever has just been called is not called again by anybody.
JUST_NOW = timedelta(minutes=5)


def waiting(user: "User", now: datetime) -> QuerySet[Task]:
    """The reporters whom a person may call for their rating, the first to call first.

    What somebody confirmed who had done it themselves comes first (自办自核), then who has waited
    longest; who was not reached lately comes last. Never what one took part in.
    """
    lately = CallBackTry.objects.filter(task=OuterRef("pk"), at__gt=now - PAUSE)
    took_part = Event.objects.filter(task=OuterRef("pk"), by=user.pk)
    return (
        Task.objects.filter(reach_of(user).q("unit", CALL_BACK_ROLES), status=Status.RATING)
        .exclude(contact_phone_index="")
        .exclude(Exists(took_part))
        .annotate(called_lately=Case(When(Exists(lately), then=1), default=0))
        .order_by(*ORDER, "pk")
    )


def count(user: "User", now: datetime) -> dict[str, int]:
    """How many wait, and how many of them were confirmed by whoever did them."""
    rows = waiting(user, now).order_by()
    return rows.aggregate(all=Count("pk"), own=Count("pk", filter=Q(self_confirmed=True)))


@transaction.atomic
def not_reached(*, task: Task, by: "User", now: datetime) -> CallBackTry:
    """Notes that a reporter did not answer. It is no part in the task: one may call again.

    Raises NotAllowed and WrongState as rating for the reporter does, and WrongState where
    somebody else has just called. One's own call of just now, sent again, is the same.
    """
    locked = WORKFLOW.locked(task)
    WORKFLOW.check(locked, Action.RATE, by, now)
    last = locked.call_back_tries.filter(at__gt=now - JUST_NOW).order_by("-pk").first()
    if last and last.by_id == by.pk:
        return last
    if last:
        raise WrongState(_("Somebody has just called there."), code="called_already")
    tried = CallBackTry.objects.create(task=locked, by=by, at=now)
    audit.record("tasks.call-back-not-reached", by=by, obj=task, now=now)
    return tried
