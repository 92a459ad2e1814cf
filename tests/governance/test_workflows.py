"""Every workflow says everything of each of its actions and states: a new client joins the list."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db.models import TextChoices
from django.urls import reverse
from django.utils import translation

from governance.assessment.enums import RunAction, RunState
from governance.assessment.runs import specification as runs_specification
from governance.assessment.runs import workflow as runs_workflow
from governance.data_forms.collections import specification as form_specification
from governance.data_forms.collections import workflow as form_workflow
from governance.data_forms.enums import (
    CollectionAction,
    CollectionState,
    SubmissionAction,
    SubmissionState,
)
from governance.data_forms.submissions import specification as submission_specification
from governance.data_forms.submissions import workflow as submission_workflow
from orgs.audit import labels
from orgs.notifications import notifications
from orgs.permissions import everything_granted
from orgs.workflow.notifications import Staff
from orgs.workflow.specification import EmptyBody, Specification, next_steps
from orgs.workflow.transitions import Transition, Workflow
from residents.deliberation.enums import (
    FINAL_STAGES,
    PollAction,
    PollState,
    TopicAction,
    TopicStage,
)
from residents.deliberation.polls.course import specification as poll_specification
from residents.deliberation.polls.course import workflow as poll_workflow
from residents.deliberation.topics.course import specification as topic_specification
from residents.deliberation.topics.course import workflow as topic_workflow
from tasks.campaigns import specification as measure_specification
from tasks.campaigns import workflow as measure_workflow
from tasks.enums import AUTOMATIC, FINAL, Action, MeasureAction, MeasureState, Status, Who
from tasks.workflow import specification as task_specification
from tasks.workflow.rules import workflow as task_workflow
from tasks.workflow.states import STATES, holder, next_step, sentence
from tests import factories as make
from volunteers.service.activities import specification as activities_specification
from volunteers.service.activities import workflow as activities_workflow
from volunteers.service.enums import (
    FINAL_ORDERS,
    FINAL_RINGS,
    ActivityAction,
    ActivityState,
    ClaimAction,
    ClaimState,
    OrderAction,
    OrderState,
    ReportInAction,
    ReportInState,
    RingAction,
    RingState,
)
from volunteers.service.orders import specification as orders_specification
from volunteers.service.orders import workflow as orders_workflow
from volunteers.service.posts import specification as posts_specification
from volunteers.service.posts import workflow as posts_workflow
from volunteers.service.proxies import specification as proxies_specification
from volunteers.service.proxies import workflow as proxies_workflow
from volunteers.service.reportins import specification as reportins_specification
from volunteers.service.reportins import workflow as reportins_workflow


@dataclass(frozen=True)
class Client:
    actions: type[TextChoices]
    states: type[TextChoices]
    workflow: Workflow
    specifications: Mapping[Any, Specification]
    # States in which nothing waits for anybody.
    at_rest: frozenset[Any]
    page: str
    api: str


CLIENTS = {
    "task": Client(
        actions=Action,
        states=Status,
        workflow=task_workflow.WORKFLOW,
        specifications=task_specification.SPECIFICATIONS,
        at_rest=FINAL,
        page="tasks:act",
        api="task-{action}",
    ),
    "measure": Client(
        actions=MeasureAction,
        states=MeasureState,
        workflow=measure_workflow.WORKFLOW,
        specifications=measure_specification.SPECIFICATIONS,
        at_rest=frozenset(),
        page="tasks:measure_act",
        api="measure-{action}",
    ),
    "topic": Client(
        actions=TopicAction,
        states=TopicStage,
        workflow=topic_workflow.WORKFLOW,
        specifications=topic_specification.SPECIFICATIONS,
        # A closed one waits for nobody, though its result may be taken up again.
        at_rest=FINAL_STAGES,
        page="deliberation:topic_act",
        api="topic-{action}",
    ),
}
CLIENTS["poll"] = Client(
    actions=PollAction,
    states=PollState,
    workflow=poll_workflow.WORKFLOW,
    specifications=poll_specification.SPECIFICATIONS,
    at_rest=frozenset({PollState.PUBLISHED}),
    page="deliberation:poll_act",
    api="poll-{action}",
)
CLIENTS["report-in"] = Client(
    actions=ReportInAction,
    states=ReportInState,
    workflow=reportins_workflow.WORKFLOW,
    specifications=reportins_specification.SPECIFICATIONS,
    # Who is confirmed serves; that waits for nobody.
    at_rest=frozenset(ReportInState) - {ReportInState.REPORTED},
    page="service:report_in_act",
    api="reportin-{action}",
)
CLIENTS["post-claim"] = Client(
    actions=ClaimAction,
    states=ClaimState,
    workflow=posts_workflow.WORKFLOW,
    specifications=posts_specification.SPECIFICATIONS,
    at_rest=frozenset(ClaimState) - {ClaimState.CLAIMED},
    page="service:claim_act",
    api="postclaim-{action}",
)
CLIENTS["activity"] = Client(
    actions=ActivityAction,
    states=ActivityState,
    workflow=activities_workflow.WORKFLOW,
    specifications=activities_specification.SPECIFICATIONS,
    at_rest=frozenset({ActivityState.CANCELLED}),
    page="service:activity_act",
    api="activity-{action}",
)
CLIENTS["service-order"] = Client(
    actions=OrderAction,
    states=OrderState,
    workflow=orders_workflow.WORKFLOW,
    specifications=orders_specification.SPECIFICATIONS,
    at_rest=FINAL_ORDERS,
    page="service:order_act",
    api="serviceorder-{action}",
)
CLIENTS["ring"] = Client(
    actions=RingAction,
    states=RingState,
    workflow=proxies_workflow.WORKFLOW,
    specifications=proxies_specification.SPECIFICATIONS,
    at_rest=FINAL_RINGS,
    page="service:ring_act",
    api="ring-{action}",
)
CLIENTS["run"] = Client(
    actions=RunAction,
    states=RunState,
    workflow=runs_workflow.WORKFLOW,
    specifications=runs_specification.SPECIFICATIONS,
    # The portal computes; what is archived waits for nobody.
    at_rest=frozenset({RunState.COMPUTING, RunState.ARCHIVED}),
    page="assessment:run_act",
    api="run-{action}",
)
CLIENTS["collection"] = Client(
    actions=CollectionAction,
    states=CollectionState,
    workflow=form_workflow.WORKFLOW,
    specifications=form_specification.SPECIFICATIONS,
    at_rest=frozenset(CollectionState) - {CollectionState.PROPOSED, CollectionState.OPEN},
    page="data_forms:collection_act",
    api="collection-{action}",
)
CLIENTS["submission"] = Client(
    actions=SubmissionAction,
    states=SubmissionState,
    workflow=submission_workflow.SUBMISSION_WORKFLOW,
    specifications=submission_specification.SUBMISSION_SPECIFICATIONS,
    at_rest=frozenset(),
    page="data_forms:submission_act",
    api="submission-{action}",
)
ACTIONS = [(client, action) for client in CLIENTS.values() for action in client.actions]
TAKEN = [(client, action) for client, action in ACTIONS if client.specifications[action].use_case]


def named(value: Any) -> str:
    return f"{value.workflow.name}" if isinstance(value, Client) else str(value)


def by_people(client: Client, action: Any) -> list[Transition]:
    """The transitions that people make."""
    return [one for one in client.workflow.transitions[action] if one.who != {Who.SYSTEM}]


@pytest.mark.parametrize("client", CLIENTS.values(), ids=list(CLIENTS))
def test_both_tables_name_every_action_and_no_other(client):
    assert set(client.workflow.transitions) == set(client.actions)
    assert set(client.specifications) == set(client.actions)


@pytest.mark.parametrize(("client", "action"), ACTIONS, ids=named)
def test_an_action_has_a_use_case_if_people_take_it(client, action):
    assert bool(client.specifications[action].use_case) == bool(by_people(client, action))
    assert str(action.label)
    assert action.value == action.value.lower().replace("_", "-")


def test_what_the_portal_does_by_itself_is_nobodys_permission():
    assert {action for client, action in ACTIONS if client.actions is Action} - {
        action for client, action in TAKEN if client.actions is Action
    } == AUTOMATIC


@pytest.mark.parametrize(("client", "action"), TAKEN, ids=named)
def test_form_and_body_give_what_the_use_case_asks(client, action):
    one = client.specifications[action]
    asked = dict(inspect.signature(one.use_case).parameters)
    for name in (client.workflow.name, "by", "now"):
        assert asked.pop(name).kind is inspect.Parameter.KEYWORD_ONLY
    given = set(one.body().fields)
    needed = {name for name, asks in asked.items() if asks.default is inspect.Parameter.empty}
    assert needed <= given <= set(asked)
    assert one.is_one_click == (one.body is EmptyBody)


@pytest.mark.parametrize(("client", "action"), TAKEN, ids=named)
def test_whoever_acts_is_told_what_came_of_it(client, action):
    done = client.specifications[action].done
    assert done
    with translation.override("en"):
        english = done if callable(done) else str(done)
    with translation.override("zh-hans"):
        assert callable(done) or str(done) != english


@pytest.mark.parametrize(("client", "action"), TAKEN, ids=named)
def test_an_action_is_a_permission_a_page_an_address_and_a_line_of_the_audit(client, action):
    assert action.permission in everything_granted()
    key = "1"
    name = client.workflow.model._meta.model_name
    where = {"number": key} if name == "task" else {"pk": 1}
    assert reverse(client.page, kwargs={**where, "action": action.value})
    assert reverse(client.api.format(action=action.value), kwargs=where)
    assert labels.label(client.workflow.audit_action.format(action=action.value))


@pytest.mark.parametrize("client", CLIENTS.values(), ids=list(CLIENTS))
def test_states_are_reached_and_left(client):
    transitions = [one for found in client.workflow.transitions.values() for one in found]
    first = client.workflow.model._meta.get_field(client.workflow.state).default
    assert {one.target for one in transitions if one.target} | {first} == set(client.states)
    for state in set(client.states) - client.at_rest:
        waiting = [
            action
            for action in next_steps(client.specifications)
            if any(state in one.sources for one in client.workflow.transitions[action])
        ]
        assert waiting, f"in {state} nothing is anybody's next step"


def test_each_viewer_is_told_something_of_every_state(cast):
    assert set(STATES) == set(Status)
    for state in Status:
        task = make.task(cast, state)
        assert sentence(task)
        assert bool(next_step(task)) == (state not in (Status.CLOSED, Status.WITHDRAWN))
        assert bool(holder(task)) == (state not in FINAL)


def test_every_entry_of_a_timeline_reads_and_is_told_in_a_known_kind(cast):
    kinds = {kind.name for kind in notifications.kinds()}
    staff = Staff(date(2026, 3, 10))
    for state in Status:
        for event in make.task(cast, state).events.all():
            action = Action(event.action)
            assert set(task_specification.SPECIFICATIONS[action].audience(event, staff)) <= kinds
            assert isinstance(task_workflow.WORKFLOW.sentence(event, internal=True), str)
