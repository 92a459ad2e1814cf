"""Leaving a task out of the rates for a reviewed reason: asked by those who are measured, decided above."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.enums import Role
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import User
from orgs.scoping import reach_of
from tasks.enums import STREET_ROLES, Status
from tasks.models import Exclusion, Task
from tasks.rates import day_counts, rates


def may_ask(user: User, task: Task) -> bool:
    """The street of the place, and the departments that were called."""
    reach = reach_of(user)
    called = {part.department_id for part in task.assignments.all()}
    return bool(reach.roles_at(task.unit) & STREET_ROLES or called & reach.department_ids)


def may_decide(user: User, task: Task) -> bool:
    """The district of the place."""
    return Role.DISTRICT_OFFICE in reach_of(user).roles_at(task.unit)


def ask(*, task: Task, reason_code: str, reason: str, by: User, now: datetime) -> Exclusion:
    """Asks the district to leave a closed task out of the rates.

    Raises NotAllowed for others than street and departments; WrongState while it is open or was
    asked before; Refused for a reason that the rule in force does not know.
    """
    if not may_ask(by, task):
        raise NotAllowed(_("Only the street and the departments concerned ask for this."))
    if task.status != Status.CLOSED:
        raise WrongState(_("Only a closed task can be left out of the rates."), code="not_closed")
    rule = rates.rule_in_force()
    if reason_code not in rule.exclusions:
        raise Refused(_("Choose one of the reasons."), fields={"reason_code": [_("not a reason")]})
    try:
        with transaction.atomic():
            exclusion = Exclusion.objects.create(
                task=task,
                reason_code=reason_code,
                reason=reason,
                rule=rule,
                asked_by=by,
                asked_at=now,
            )
            _record("ask-exclusion", task, by, now)
    except IntegrityError:
        raise WrongState(_("This was asked for already."), code="asked_already") from None
    return exclusion


def decide(*, exclusion: Exclusion, granted: bool, reason: str, by: User, now: datetime) -> None:
    """The district decides; the days of the task are counted anew at once.

    Raises NotAllowed for others; WrongState where it is decided already.
    """
    task = exclusion.task
    if not may_decide(by, task):
        raise NotAllowed(_("Only the district decides on this."))
    with transaction.atomic():
        decided = Exclusion.objects.filter(pk=exclusion.pk, decided_at=None).update(
            granted=granted, decision=reason, decided_by=by, decided_at=now
        )
        if not decided:
            raise WrongState(_("This is decided already."), code="decided_already")
        _record("decide-exclusion", task, by, now, granted=granted)
        day_counts.count_days(day_counts.touched_days([task.pk]), now)


def _record(action: str, task: Task, by: User, now: datetime, **detail: bool) -> None:
    audit.record(
        f"tasks.{action}", by=by, obj=task, now=now, detail={"number": task.number, **detail}
    )
