"""The workflow of a collection: who may do what, from which state to which."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from governance.data_forms.enums import (
    CollectionAction,
    CollectionState,
    CollectionWho,
    SubmissionAction,
)
from governance.data_forms.models import (
    Collection,
    CollectionEntry,
    Submission,
    SubmissionEntry,
)
from orgs.enums import Role
from orgs.errors import NotAllowed
from orgs.scoping import reach_of
from orgs.workflow.transitions import Step, System, Transition, Transitions, Workflow
from tasks.enums import STREET_ROLES

if TYPE_CHECKING:
    from orgs.models import User

ROLES: dict[CollectionWho, frozenset[Role] | None] = {
    CollectionWho.STREET: STREET_ROLES,
    CollectionWho.ASKER: STREET_ROLES | {Role.DEPARTMENT_OFFICER},
}


def receives(user: "User", collection: Collection) -> bool:
    """Whether somebody works for the street of a collection, or for the department that asks."""
    reach = reach_of(user)
    if collection.department_id and collection.department_id in reach.department_ids:
        return True
    return bool(reach.roles_at(collection.street) & STREET_ROLES)


def asked_for_it(user: "User", collection: Collection) -> bool:
    """Whether somebody works for whoever asks: the department, or the street where none does."""
    if collection.department_id:
        return collection.department_id in reach_of(user).department_ids
    return receives(user, collection)


# --- Collections ---------------------------------------------------------------------------------


def _asked_by_another(collection: Collection, user: "User", now: datetime) -> None:
    """Nobody admits what they asked for themselves."""
    if collection.by_id == user.pk:
        raise NotAllowed(
            _("Whoever asks for a form does not admit it: somebody else of the street does.")
        )


T, S, A, W = Transition, CollectionState, CollectionAction, CollectionWho
TRANSITIONS: dict[CollectionAction, Transitions] = {
    A.ASK: Transitions(),
    A.ADMIT: Transitions(T({S.PROPOSED}, S.OPEN, {W.STREET}, guard=_asked_by_another)),
    A.REFUSE: Transitions(T({S.PROPOSED}, S.REFUSED, {W.STREET}, guard=_asked_by_another)),
    A.DELIVER: Transitions(T({S.OPEN}, S.DELIVERED, {W.STREET})),
    A.WITHDRAW: Transitions(T({S.PROPOSED, S.OPEN}, S.WITHDRAWN, {W.ASKER})),
}


@dataclass
class CollectionStep(Step[Collection]):
    """One action under way with a collection."""


class CollectionWorkflow(Workflow[Collection]):
    """Collections, from asking over admission to what is delivered."""

    model = Collection
    step_class = CollectionStep
    states, state = CollectionState, "state"
    timeline = "entries"
    audit_action = "data_forms.{action}-collection"

    def relations(self, row: Collection, user: Any) -> frozenset[CollectionWho]:
        if isinstance(user, System) or not user.is_authenticated:
            return frozenset()
        reach, found = reach_of(user), set()
        if reach.roles_at(row.street) & STREET_ROLES:
            found.add(CollectionWho.STREET)
            if row.department_id is None:
                found.add(CollectionWho.ASKER)
        if row.department_id and row.department_id in reach.department_ids:
            found.add(CollectionWho.ASKER)
        return frozenset(found)

    def locked(self, row: Collection) -> Collection:
        rows = Collection.objects.select_for_update(of=("self",))
        return rows.select_related("street", "form", "entry", "department").get(pk=row.pk)

    def columns(self, step: CollectionStep) -> dict[str, Any]:
        return {"who": step.who}

    def audited(self, step: CollectionStep) -> dict[str, Any]:
        return {"form": step.row.form_id, "period": step.row.period}


WORKFLOW = CollectionWorkflow(TRANSITIONS)


def begin(collection: Collection, by: "User | None", now: datetime) -> CollectionEntry:
    """The first line of a collection's timeline."""
    return collection.entries.create(action=CollectionAction.ASK, by=by, at=now)


# --- Submissions ---------------------------------------------------------------------------------


def open_submissions(collection: Collection, now: datetime) -> None:
    """Asks every community of a collection that is opened."""
    communities = list(collection.communities.order_by("tree_id", "lft"))
    made = Submission.objects.bulk_create(
        Submission(collection=collection, unit=unit) for unit in communities
    )
    SubmissionEntry.objects.bulk_create(
        SubmissionEntry(submission=one, action=SubmissionAction.OPEN, at=now) for one in made
    )
