"""The workflow of an activity: who may plan, publish, move, cancel, close and summarise it, and when."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from orgs.attachments.attachments import own_attachments
from orgs.enums import Role
from orgs.errors import WrongState
from orgs.scoping import reach_of
from orgs.workflow.transitions import Step, System, Transition, Transitions, Workflow
from volunteers.service.activities.pictures import difference_hash
from volunteers.service.enums import (
    SERVICE_KEEPERS,
    ActivityAction,
    ActivityState,
    ActivityWho,
)
from volunteers.service.models import Activity, ActivityAttachment, ActivityEntry

# The roles by which somebody can come to be this to an activity; None: whoever it is.
ROLES: dict[ActivityWho, frozenset[Role] | None] = {
    ActivityWho.ORGANISER: None,
    ActivityWho.KEEPER: SERVICE_KEEPERS,
}


def insured(activity: Activity, user: Any, now: datetime) -> None:
    """志愿服务条例, art. 17: no dangerous activity without a risk notice and accident insurance."""
    if not activity.is_dangerous:
        return
    if not activity.risk:
        raise WrongState(
            _("Say first what the risk is: this activity can be dangerous."), code="risk_missing"
        )
    if not activity.insurance:
        raise WrongState(
            _("Take out accident insurance first, and write down the policy."),
            code="insurance_missing",
        )


def not_begun(activity: Activity, user: Any, now: datetime) -> None:
    """What has begun is not moved."""
    if now >= activity.starts_at:
        raise WrongState(_("This activity has begun already."), code="already_begun")


def over(activity: Activity, user: Any, now: datetime) -> None:
    """Nothing is credited before the end."""
    if now < activity.ends_at:
        raise WrongState(_("This activity is not over yet."), code="not_over")


T, S, A = Transition, ActivityState, ActivityAction
WHO = frozenset(ActivityWho)
TRANSITIONS: dict[ActivityAction, Transitions] = {
    A.CREATE: Transitions(),
    A.EDIT: Transitions(),
    A.PUBLISH: Transitions(T({S.DRAFT}, S.PUBLISHED, WHO, guard=insured)),
    A.MOVE: Transitions(T({S.PUBLISHED}, None, WHO, guard=not_begun)),
    A.CANCEL: Transitions(T({S.DRAFT, S.PUBLISHED}, S.CANCELLED, WHO)),
    A.HOLD: Transitions(T({S.PUBLISHED}, S.HELD, WHO, guard=over)),
    A.SUMMARISE: Transitions(T({S.HELD}, None, WHO)),
}


@dataclass
class ActivityStep(Step[Activity]):
    """One action under way with an activity."""

    data: dict[str, Any] = field(default_factory=dict)


class ActivityWorkflow(Workflow[Activity]):
    """Activities, from the plan to the summary."""

    model = Activity
    step_class = ActivityStep
    states, state = ActivityState, "state"
    timeline = "entries"
    audit_action = "service.{action}-activity"

    def relations(self, row: Activity, user: Any) -> frozenset[ActivityWho]:
        # The portal closes by itself what nobody closed.
        if isinstance(user, System):
            return frozenset({ActivityWho.KEEPER})
        if not user.is_authenticated:
            return frozenset()
        keeps = reach_of(user).roles_at(row.unit) & SERVICE_KEEPERS
        return frozenset(
            who
            for who, holds in (
                (ActivityWho.ORGANISER, row.organiser_id == user.pk and bool(reach_of(user).roles)),
                (ActivityWho.KEEPER, bool(keeps)),
            )
            if holds
        )

    def locked(self, row: Activity) -> Activity:
        rows = Activity.objects.select_for_update(of=("self",))
        return rows.select_related("unit", "branch", "item", "organiser").get(pk=row.pk)

    def columns(self, step: ActivityStep) -> dict[str, Any]:
        return {"who": step.who, "data": step.data}

    def audited(self, step: ActivityStep) -> dict[str, Any]:
        return step.data

    def record(self, step: ActivityStep) -> ActivityEntry:
        """Pictures are kept with the hash by which a reused one is noticed."""
        pictures = own_attachments(step.attachments, step.by.pk)
        step.attachments = ()
        entry: ActivityEntry = super().record(step)
        ActivityAttachment.objects.bulk_create(
            ActivityAttachment(
                entry=entry,
                attachment=picture,
                position=position,
                dhash=difference_hash(picture),
            )
            for position, picture in enumerate(pictures)
        )
        return entry


WORKFLOW = ActivityWorkflow(TRANSITIONS)
