"""The workflows of a collection and of a community's submission: who may do what, from which state to which."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from governance.data_forms.enums import (
    CollectionAction,
    CollectionState,
    CollectionWho,
    SubmissionAction,
    SubmissionState,
    SubmissionWho,
)
from governance.data_forms.models import (
    Collection,
    CollectionEntry,
    Submission,
    SubmissionEntry,
)
from orgs.enums import Role
from orgs.errors import NotAllowed, WrongState
from orgs.scoping import reach_of
from orgs.workflow.transitions import Step, System, Transition, Transitions, Workflow
from tasks.enums import STREET_ROLES

if TYPE_CHECKING:
    from orgs.models import User

WORKERS = frozenset({Role.COMMUNITY_WORKER})
ROLES: dict[CollectionWho, frozenset[Role] | None] = {
    CollectionWho.STREET: STREET_ROLES,
    CollectionWho.ASKER: STREET_ROLES | {Role.DEPARTMENT_OFFICER},
}
SUBMISSION_ROLES: dict[SubmissionWho, frozenset[Role] | None] = {
    SubmissionWho.COMMUNITY: WORKERS,
    SubmissionWho.STREET: STREET_ROLES,
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


def _is_open(submission: Submission, user: "User", now: datetime) -> None:
    state = CollectionState(submission.collection.state)
    if state != CollectionState.OPEN:
        raise WrongState(
            _("Nothing is changed any more: the collection is “%(state)s”.")
            % {"state": state.label},
            code="collection_closed",
        )


def _may_sign(submission: Submission, user: "User", now: datetime) -> None:
    _is_open(submission, user, now)
    if submission.filled_at is None or submission.filler_id:
        raise WrongState(
            _("The portal is still filling it: look again in a moment."), code="not_filled"
        )


SS, SA, SW = SubmissionState, SubmissionAction, SubmissionWho
SUBMISSION_TRANSITIONS: dict[SubmissionAction, Transitions] = {
    SA.OPEN: Transitions(),
    SA.SIGN: Transitions(
        Transition({SS.ASKED, SS.RETURNED}, SS.SIGNED, {SW.COMMUNITY}, guard=_may_sign)
    ),
    SA.SEND_BACK: Transitions(Transition({SS.SIGNED}, SS.RETURNED, {SW.STREET}, guard=_is_open)),
}


@dataclass
class SubmissionStep(Step[Submission]):
    """One action under way with a submission; `rows`: how many it is about."""

    rows: int = 0


class SubmissionWorkflow(Workflow[Submission]):
    """Submissions of communities: filled, signed off, rows sent back."""

    model = Submission
    step_class = SubmissionStep
    states, state = SubmissionState, "state"
    timeline = "entries"
    audit_action = "data_forms.{action}-submission"

    def relations(self, row: Submission, user: Any) -> frozenset[SubmissionWho]:
        if isinstance(user, System) or not user.is_authenticated:
            return frozenset()
        roles, found = reach_of(user).roles_at(row.unit), set()
        if roles & WORKERS:
            found.add(SubmissionWho.COMMUNITY)
        if roles & STREET_ROLES:
            found.add(SubmissionWho.STREET)
        return frozenset(found)

    def locked(self, row: Submission) -> Submission:
        # The collection first: it is not delivered while somebody signs off.
        Collection.objects.select_for_update(of=("self",)).get(pk=row.collection_id)
        rows = Submission.objects.select_for_update(of=("self",))
        return rows.select_related(
            "unit", "collection__street", "collection__form", "collection__entry",
            "collection__department",
        ).get(pk=row.pk)  # fmt: skip

    def columns(self, step: SubmissionStep) -> dict[str, Any]:
        return {"who": step.who, "rows": step.rows}

    def audited(self, step: SubmissionStep) -> dict[str, Any]:
        return {"collection": step.row.collection_id, "rows": step.rows}


SUBMISSION_WORKFLOW = SubmissionWorkflow(SUBMISSION_TRANSITIONS)


def open_submissions(collection: Collection, now: datetime) -> None:
    """Asks every community of a collection that is opened."""
    communities = list(collection.communities.order_by("tree_id", "lft"))
    made = Submission.objects.bulk_create(
        Submission(collection=collection, unit=unit) for unit in communities
    )
    SubmissionEntry.objects.bulk_create(
        SubmissionEntry(submission=one, action=SubmissionAction.OPEN, at=now) for one in made
    )
