"""The table, row by row: who may, from where, to where; and the fine print."""

from datetime import timedelta

import pytest
from django.utils import translation

from orgs.enums import AuditResult, Role
from orgs.errors import DomainError, NotAllowed, WrongState
from orgs.models import AuditEntry, User
from tasks.enums import OPEN, Action, AssignmentStatus, Ending, Status, WhistleKind, Who
from tasks.models import Event, Task
from tasks.workflow import timeline
from tasks.workflow.queries import waiting_for
from tasks.workflow.rules.relations import relations
from tasks.workflow.rules.transitions import TRANSITIONS
from tasks.workflow.rules.workflow import WORKFLOW
from tasks.workflow.steps import closing
from tests import factories as make

PEOPLE = [
    "district_cadre",
    "street_cadre",
    "street_leader",
    "sibling_cadre",
    "community_worker",
    "sibling_worker",
    "grid_worker",
    "secretary",
    "urban_officer",
    "housing_officer",
    "fire_officer",
    "member",
    "volunteer",
    "owner",
    "neighbour",
    "property_clerk",
    "committee_member",
    "auditor",
    "outsider",
]

# state -> who -> the actions open to them; whoever is not named has none.
OPEN_TO = {
    Status.SUBMITTED: {
        "owner": {"withdraw", "comment", "urge"},
        "community_worker": {
            "accept",
            "decline",
            "offer",
            "whistle",
            "transfer",
            "merge",
            "comment",
            "urge",
        },
        "grid_worker": {"accept", "decline", "offer", "whistle", "transfer", "merge", "comment"},
        "secretary": {"offer", "comment"},
        "street_cadre": {"comment", "urge"},
        "street_leader": {"comment", "urge"},
        "district_cadre": {"comment", "urge"},
    },
    Status.HANDLING: {
        "owner": {"withdraw", "comment", "urge"},
        "community_worker": {"offer", "whistle", "merge", "resolve", "comment", "urge"},
        "grid_worker": {"offer", "whistle", "merge", "resolve", "comment"},
        "secretary": {"offer", "comment"},
        "street_cadre": {"comment", "urge"},
        "street_leader": {"comment", "urge"},
        "district_cadre": {"comment", "urge"},
    },
    Status.OFFERED: {
        "owner": {"withdraw", "comment", "urge"},
        "community_worker": {"recall", "comment", "urge"},
        "grid_worker": {"recall", "comment"},
        "secretary": {"comment"},
        "street_cadre": {"comment", "urge"},
        "street_leader": {"comment", "urge"},
        "district_cadre": {"comment", "urge"},
        "member": {"take", "comment"},
        "volunteer": {"take", "comment"},
    },
    Status.TAKEN: {
        "owner": {"comment", "urge"},
        "community_worker": {"recall", "comment", "urge"},
        "grid_worker": {"recall", "comment"},
        "secretary": {"comment"},
        "street_cadre": {"comment", "urge"},
        "street_leader": {"comment", "urge"},
        "district_cadre": {"comment", "urge"},
        "member": {"drop", "resolve", "comment"},
    },
    Status.WHISTLED: {
        "owner": {"withdraw", "comment", "urge"},
        "community_worker": {"comment", "urge"},
        "grid_worker": {"comment"},
        "secretary": {"comment"},
        "street_cadre": {"dispatch", "return", "comment", "urge"},
        "street_leader": {"dispatch", "return", "comment", "urge"},
        "district_cadre": {"comment", "urge"},
    },
    Status.DISPATCHED: {
        "owner": {"comment", "urge"},
        "community_worker": {"comment", "urge"},
        "grid_worker": {"comment"},
        "secretary": {"comment"},
        "street_cadre": {"recall", "comment", "urge"},
        "street_leader": {"recall", "comment", "urge"},
        "district_cadre": {"comment", "urge"},
        "urban_officer": {"report-in", "refuse", "request-extension", "comment"},
        "housing_officer": {"report-in", "refuse", "comment"},
    },
    Status.REPORTED_IN: {
        "owner": {"comment", "urge"},
        "community_worker": {"comment", "urge"},
        "grid_worker": {"comment"},
        "secretary": {"comment"},
        "street_cadre": {"recall", "comment", "urge"},
        "street_leader": {"recall", "comment", "urge"},
        "district_cadre": {"comment", "urge"},
        "urban_officer": {"contact", "resolve", "request-extension", "comment"},
        "housing_officer": {"report-in", "refuse", "comment"},
    },
    Status.RESOLVED: {
        "owner": {"comment", "urge"},
        "community_worker": {"comment", "urge"},
        "grid_worker": {"comment"},
        "secretary": {"comment"},
        "street_cadre": {"confirm", "rework", "comment", "urge"},
        "street_leader": {"confirm", "rework", "comment", "urge"},
        "district_cadre": {"comment", "urge"},
        "urban_officer": {"comment"},
        "housing_officer": {"comment"},
    },
    Status.RATING: {
        "owner": {"rate", "comment"},
        "community_worker": {"comment", "urge"},
        "grid_worker": {"comment"},
        "secretary": {"comment"},
        "street_cadre": {"comment", "urge"},
        "street_leader": {"rate", "comment", "urge"},
        "district_cadre": {"comment", "urge"},
        "urban_officer": {"comment"},
        "housing_officer": {"comment"},
    },
    Status.CLOSED: {"owner": {"reopen"}},
    Status.DECLINED: {"owner": {"reopen"}},
    Status.WITHDRAWN: {},
}
# Whoever triages or dispatches puts kind and place right, as long as it is open.
for _status in OPEN:
    for _who in ("community_worker", "grid_worker", "street_cadre", "street_leader"):
        OPEN_TO[_status][_who] = OPEN_TO[_status][_who] | {"correct"}
# Whoever handles it asks for more time, since the limit of handling runs.
for _status, _who in (
    (Status.HANDLING, "community_worker"),
    (Status.HANDLING, "grid_worker"),
    (Status.TAKEN, "member"),
):
    OPEN_TO[_status][_who] = OPEN_TO[_status][_who] | {"request-extension"}
# An office hands its own work to one of its people.
for _status, _office in (
    (Status.SUBMITTED, ("community_worker", "grid_worker")),
    (Status.HANDLING, ("community_worker", "grid_worker")),
    (Status.DISPATCHED, ("urban_officer", "housing_officer")),
    (Status.REPORTED_IN, ("urban_officer", "housing_officer")),
):
    for _who in _office:
        OPEN_TO[_status][_who] = OPEN_TO[_status][_who] | {"assign"}
# Several sides meet on the spot once somebody has it in hand.
for _status, _leads in (
    (Status.HANDLING, ()),
    (Status.WHISTLED, ()),
    (Status.DISPATCHED, ("urban_officer",)),
    (Status.REPORTED_IN, ("urban_officer",)),
):
    for _who in ("community_worker", "grid_worker", "street_cadre", "street_leader", *_leads):
        OPEN_TO[_status][_who] = OPEN_TO[_status][_who] | {"arrange-visit"}


def fresh(task: Task) -> Task:
    return Task.objects.get(pk=task.pk)


@pytest.mark.parametrize("status", Status)
def test_everybody_has_exactly_the_actions_of_the_design(cast, status):
    task = make.task(cast, status)
    found = {
        who: set(WORKFLOW.available_actions(task, getattr(cast, who), make.NOW)) for who in PEOPLE
    }
    expected = {who: OPEN_TO[status].get(who, set()) for who in PEOPLE}
    assert found == expected


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("who", ["street_cadre", "urban_officer", "owner", "outsider", "admin"])
def test_permission_visibility_and_gate_agree(cast, status, who):
    """Whoever the gate lets act also holds Django's permission and sees the task."""
    task, person = make.task(cast, status), getattr(cast, who)
    for action in (Action(name) for name in WORKFLOW.available_actions(task, person, make.NOW)):
        assert person.has_perm(action.permission, task)
        assert Task.objects.visible_to(person).filter(pk=task.pk).exists()


def test_a_superuser_stands_for_authorities_but_not_for_people(cast):
    task = make.task(cast, Status.RATING)
    assert not relations(task, cast.admin) & {Who.REPORTER, Who.LEAD, Who.TAKER, Who.HELPER}
    assert not cast.admin.has_perm("tasks.rate_task", task)
    assert cast.admin.has_perm("tasks.urge_task", task)


def test_role_is_checked_before_state(cast):
    task = make.task(cast, Status.CLOSED)
    with pytest.raises(NotAllowed):
        WORKFLOW.check(task, Action.DISPATCH, cast.owner)
    with pytest.raises(WrongState) as refused:
        WORKFLOW.check(task, Action.DISPATCH, cast.street_cadre)
    assert refused.value.extra == {"task_status": "closed", "available_actions": []}


def test_a_closed_action_says_why(cast):
    task = make.task(cast, Status.WHISTLED, whistle_kind=WhistleKind.PRIORITY)
    with translation.override("en"):
        refusals = {
            option.action: option.refusal
            for option in WORKFLOW.options(task, cast.street_cadre, make.NOW)
        }
    assert "sign" in refusals[Action.DISPATCH]
    assert refusals[Action.RETURN] == ""


# --- Signature ---


def test_a_priority_whistle_waits_for_the_leadership(cast):
    task = make.task(cast, Status.WHISTLED, whistle_kind=WhistleKind.PRIORITY)
    with pytest.raises(WrongState) as refused:
        make.act(task, Action.DISPATCH, cast.street_cadre, lead=cast.urban)
    assert refused.value.code == "signature_required"
    with pytest.raises(NotAllowed):
        make.act(task, Action.SIGN, cast.street_cadre)
    make.act(task, Action.SIGN, cast.street_leader)
    assert (
        make.act(task, Action.DISPATCH, cast.street_cadre, lead=cast.urban).status == "dispatched"
    )


# --- Refusals ---


def dispatched_again(cast, task):
    return make.act(
        task, Action.DISPATCH, cast.street_cadre, lead=cast.urban, assist=[cast.housing]
    )


def test_a_first_refusal_by_the_lead_ends_all_assignments(cast):
    task = make.task(cast, Status.DISPATCHED)
    task = make.act(task, Action.REFUSE, cast.urban_officer, reason="不属职责")
    assert task.status == Status.WHISTLED
    assert [one.status for one in fresh(task).assignments.all()] == ["refused", "ended"]
    assert fresh(task).resolve_by is None


def test_a_second_refusal_asks_the_district(cast):
    task = make.task(cast, Status.DISPATCHED)
    task = make.act(task, Action.REFUSE, cast.urban_officer, reason="不属职责")
    task = dispatched_again(cast, task)
    task = make.act(task, Action.REFUSE, cast.urban_officer, reason="仍不属职责")
    assert task.status == Status.DISPATCHED
    with pytest.raises(WrongState):
        make.act(task, Action.REFUSE, cast.urban_officer, reason="再拒")
    with pytest.raises(NotAllowed):
        make.act(task, Action.DECIDE_REFUSAL, cast.street_cadre, granted=True, reason="同意")
    task = make.act(task, Action.DECIDE_REFUSAL, cast.district_cadre, granted=True, reason="同意")
    assert task.status == Status.WHISTLED
    assert fresh(task).assignments.filter(round=2).get(department=cast.urban).status == "refused"


def test_a_refusal_that_was_not_granted_cannot_be_repeated(cast):
    task = make.task(cast, Status.DISPATCHED)
    task = make.act(task, Action.REFUSE, cast.urban_officer, reason="不属职责")
    task = dispatched_again(cast, task)
    task = make.act(task, Action.REFUSE, cast.urban_officer, reason="仍不属职责")
    task = make.act(task, Action.DECIDE_REFUSAL, cast.district_cadre, granted=False, reason="应办")
    assert task.status == Status.DISPATCHED
    with pytest.raises(WrongState) as refused:
        make.act(task, Action.REFUSE, cast.urban_officer, reason="再拒")
    assert refused.value.code == "refusal_denied"


def test_an_assisting_refusal_ends_only_its_own_part_every_time(cast):
    task = make.task(cast, Status.DISPATCHED)
    task = make.act(task, Action.REFUSE, cast.housing_officer, reason="无关")
    assert task.status == Status.DISPATCHED
    assert [one.status for one in fresh(task).assignments.all()] == ["dispatched", "refused"]
    task = make.act(task, Action.RECALL, cast.street_cadre)
    task = dispatched_again(cast, task)
    task = make.act(task, Action.REFUSE, cast.housing_officer, reason="无关")
    assert fresh(task).assignments.filter(round=2).get(department=cast.housing).status == "refused"


def test_reporting_in_ends_a_pending_refusal(cast):
    task = make.task(cast, Status.DISPATCHED)
    task = make.act(task, Action.REFUSE, cast.urban_officer, reason="不属职责")
    task = dispatched_again(cast, task)
    task = make.act(task, Action.REFUSE, cast.urban_officer, reason="仍不属职责")
    task = make.act(task, Action.REPORT_IN, cast.urban_officer)
    assert task.status == Status.REPORTED_IN
    assert not fresh(task).requests.filter(decided_at=None).exists()


# --- Departments ---


def test_contact_and_finish_need_the_own_report_in(cast):
    task = make.task(cast, Status.REPORTED_IN)
    with pytest.raises(WrongState):
        make.act(task, Action.CONTACT, cast.housing_officer, text="已致电")
    task = make.act(task, Action.REPORT_IN, cast.housing_officer)
    assert task.status == Status.REPORTED_IN
    make.act(task, Action.CONTACT, cast.housing_officer, text="已致电")
    task = make.act(task, Action.FINISH, cast.housing_officer, text="已加固")
    statuses = {one.department.code: one.status for one in fresh(task).assignments.all()}
    assert statuses == {"urban-management": "reported_in", "housing": "finished"}


def test_resolving_with_open_assists_needs_a_reason(cast):
    task = make.task(cast, Status.REPORTED_IN)
    with pytest.raises(DomainError) as refused:
        make.act(task, Action.RESOLVE, cast.urban_officer, outcome="solved", text="已办结")
    assert refused.value.code == "open_assists"
    assert fresh(task).status == Status.REPORTED_IN


def test_rework_opens_the_lead_again_and_never_a_finished_assist(cast):
    task = make.task(cast, Status.REPORTED_IN)
    make.act(task, Action.REPORT_IN, cast.housing_officer)
    make.act(task, Action.FINISH, cast.housing_officer, text="已加固")
    task = make.act(task, Action.RESOLVE, cast.urban_officer, outcome="solved", text="已办结")
    task = make.act(task, Action.REWORK, cast.street_cadre, reason="还有一处")
    statuses = {one.department.code: one.status for one in fresh(task).assignments.all()}
    assert (task.status, statuses) == (
        "reported_in",
        {"urban-management": "reported_in", "housing": "finished"},
    )


def test_a_department_of_an_earlier_round_may_no_longer_act(cast):
    task = make.task(cast, Status.DISPATCHED)
    task = make.act(task, Action.RECALL, cast.street_cadre)
    with pytest.raises(WrongState):
        make.act(task, Action.REPORT_IN, cast.urban_officer)
    task = make.act(task, Action.DISPATCH, cast.street_cadre, lead=cast.fire)
    with pytest.raises(NotAllowed):
        make.act(task, Action.REPORT_IN, cast.urban_officer)
    assert Task.objects.visible_to(cast.urban_officer).filter(pk=task.pk).exists()


def test_a_department_cannot_be_called_from_another_district(cast):
    stranger = make.department(make.district())
    task = make.task(cast, Status.WHISTLED)
    with pytest.raises(DomainError) as refused:
        make.act(task, Action.DISPATCH, cast.street_cadre, lead=stranger)
    assert refused.value.code == "bad_department"


# --- Members ---


def test_a_secretary_confirms_what_the_secretary_offered(cast):
    task = make.task(cast, Status.HANDLING)
    task = make.act(task, Action.OFFER, cast.secretary, minutes=30)
    task = make.act(task, Action.TAKE, cast.member)
    task = make.act(task, Action.RESOLVE, cast.member, outcome="solved", text="已劝离")
    assert "confirm" in WORKFLOW.available_actions(task, cast.secretary, make.NOW)
    assert "confirm" not in WORKFLOW.available_actions(task, cast.street_cadre, make.NOW)
    task = make.act(task, Action.REWORK, cast.secretary, reason="再看看")
    assert (task.status, task.taker) == (Status.TAKEN, cast.member)


def test_only_the_taker_sees_what_was_taken(cast):
    task = make.task(cast, Status.TAKEN)
    assert Task.objects.visible_to(cast.member).filter(pk=task.pk).exists()
    assert not Task.objects.visible_to(cast.volunteer).filter(pk=task.pk).exists()
    make.act(task, Action.DROP, cast.member, reason="临时出差")
    assert Task.objects.visible_to(cast.volunteer).filter(pk=task.pk).exists()


# --- Ending ---


def test_own_work_is_confirmed_by_the_community_and_not_sent_back(cast):
    task = make.task(cast, Status.HANDLING)
    task = make.act(task, Action.RESOLVE, cast.grid_worker, outcome="explained", text="已解释")
    with pytest.raises(WrongState):
        make.act(task, Action.REWORK, cast.community_worker, reason="再办")
    task = make.act(task, Action.CONFIRM, cast.community_worker)
    assert task.status == Status.RATING


@pytest.mark.parametrize(("who", "ending"), [("grid_worker", Ending.NOBODY_TO_RATE), ("owner", "")])
def test_staffs_own_findings_close_without_a_rating(cast, who, ending):
    task = make.task(cast, Status.HANDLING, by=getattr(cast, who))
    task = make.act(task, Action.RESOLVE, cast.community_worker, outcome="solved", text="已清理")
    task = make.act(task, Action.CONFIRM, cast.community_worker)
    assert fresh(task).ending == ending


def test_a_call_back_is_entered_by_staff_who_took_no_part(cast):
    task = make.task(cast, Status.RATING)
    stars = {"contacted": True, "resolved": False, "stars": 2}
    with pytest.raises(NotAllowed):
        make.act(task, Action.RATE, cast.community_worker, **stars)
    task = make.act(task, Action.RATE, cast.street_leader, **stars)
    assert task.ratings.get().called_back is True
    assert (task.status, task.ending) == (Status.CLOSED, Ending.RATED)


def test_call_back_staff_have_it_taken_up_again_only_with_the_rating_they_enter(cast):
    stars = {"contacted": True, "resolved": False, "stars": 2}
    told = make.task(cast, Status.RATING)
    told = make.act(told, Action.RATE, cast.street_leader, **stars, text="还在占道", again=True)
    assert told.status == Status.HANDLING
    assert told.events.get(action=Action.REOPEN).text == "还在占道"
    later = make.act(make.task(cast, Status.RATING), Action.RATE, cast.street_leader, **stars)
    with pytest.raises(NotAllowed):
        closing.reopen(
            task=later, reason="复发", by=cast.street_leader,
            now=later.closed_at + timedelta(minutes=1),
        )  # fmt: skip
    assert fresh(later).status == Status.CLOSED


def test_the_street_reopens_only_where_there_is_no_account(cast):
    task = make.task(cast, Status.CLOSED)
    with pytest.raises(NotAllowed):
        make.act(task, Action.REOPEN, cast.street_cadre, reason="复发")
    called = make.task(cast, Status.DECLINED, by=cast.community_worker, contact_phone="13900001111")
    assert make.act(called, Action.REOPEN, cast.street_cadre, reason="复发").status == "handling"


def test_a_merged_report_stays_closed(cast):
    target = make.task(cast)
    task = make.task(cast)
    task = make.act(task, Action.MERGE, cast.community_worker, into=target)
    assert (task.status, task.ending) == (Status.CLOSED, Ending.MERGED)
    with pytest.raises(WrongState):
        make.act(task, Action.REOPEN, cast.owner, reason="没解决")
    assert Event.objects.filter(task=target, action=Action.MERGE).count() == 1


@pytest.mark.parametrize("status", sorted({Status.CLOSED, Status.WITHDRAWN}))
def test_a_report_cannot_be_merged_into_a_finished_one(cast, status):
    with pytest.raises(DomainError) as refused:
        make.act(make.task(cast), Action.MERGE, cast.community_worker, into=make.task(cast, status))
    assert refused.value.code == "bad_into"


# --- Street level, transfer ---


def test_the_street_handles_what_it_reports_itself(cast):
    task = make.task(cast, by=cast.street_cadre)
    assert "accept" in WORKFLOW.available_actions(task, cast.street_cadre, make.NOW)
    assert "accept" not in WORKFLOW.available_actions(task, cast.community_worker, make.NOW)


def test_after_a_transfer_the_sender_only_reads(cast):
    task = make.task(cast)
    task = make.act(task, Action.TRANSFER, cast.community_worker, unit=cast.sibling)
    assert Task.objects.visible_to(cast.community_worker).filter(pk=task.pk).exists()
    assert WORKFLOW.available_actions(task, cast.community_worker, make.NOW) == []
    assert "accept" in WORKFLOW.available_actions(task, cast.sibling_worker, make.NOW)


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("other_compound", "same_community"),
        ("street", "bad_unit"),
        ("other_community", "bad_unit"),
    ],
)
def test_a_transfer_stays_in_the_street(cast, target, code):
    with pytest.raises(DomainError) as refused:
        make.act(
            make.task(cast), Action.TRANSFER, cast.community_worker, unit=getattr(cast, target)
        )
    assert refused.value.code == code


# --- Writing ---


def test_every_step_is_on_the_timeline_and_in_the_audit(cast):
    task = make.task(cast, Status.CLOSED)
    steps = ["report", "whistle", "dispatch", "report-in", "resolve", "confirm", "rate"]
    assert list(task.events.values_list("action", flat=True)) == steps
    entries = AuditEntry.objects.filter(object_id=task.pk, object_type="tasks.task").order_by("id")
    assert [(one.action, one.result) for one in entries] == [
        (f"tasks.{step}", AuditResult.OK) for step in steps
    ]


def test_if_the_audit_cannot_be_written_nothing_else_is_kept(cast, monkeypatch):
    task = make.task(cast)

    def broken(*args, **kwargs):
        raise RuntimeError("the audit is full")

    monkeypatch.setattr("orgs.audit.audit.record", broken)
    with pytest.raises(RuntimeError):
        make.act(task, Action.ACCEPT, cast.community_worker)
    assert fresh(task).status == Status.SUBMITTED
    assert task.events.count() == 1


def test_the_table_names_only_known_states():
    for action, rows in TRANSITIONS.items():
        assert all(row.sources for row in rows), action
        if action in (Action.COMMENT, Action.URGE):
            assert {row.sources for row in rows} == {OPEN}


def test_assignment_states_are_ended_by_a_recall(cast):
    task = make.act(make.task(cast, Status.REPORTED_IN), Action.RECALL, cast.street_cadre)
    assert task.status == Status.WHISTLED
    assert {one.status for one in fresh(task).assignments.all()} == {AssignmentStatus.ENDED}


# --- Among authorities, and after somebody left ---


def test_a_cadre_who_reported_may_still_write_among_authorities(cast):
    task = make.task(cast, by=cast.street_cadre)
    make.act(task, Action.COMMENT, cast.street_cadre, text="先核实身份", internal=True)
    assert task.events.get(action=Action.COMMENT).internal is True


@pytest.mark.parametrize("who", ["owner", "member"])
def test_private_people_are_told_that_remarks_are_public(cast, who):
    task = make.task(cast, Status.OFFERED)
    with pytest.raises(DomainError) as refused:
        make.act(task, Action.COMMENT, getattr(cast, who), text="只给你们看", internal=True)
    assert refused.value.code == "not_internal"
    assert not task.events.filter(action=Action.COMMENT).exists()


def test_why_others_are_not_finished_is_for_the_authorities(cast):
    task = make.task(cast, Status.RESOLVED)
    event = task.events.get(action=Action.RESOLVE)
    assert "协办已完成" not in event.text
    assert "协办已完成" in WORKFLOW.sentence(event, internal=True)
    assert "协办已完成" not in WORKFLOW.sentence(event, internal=False)


def test_nobody_waits_for_a_decision_on_work_that_is_done(cast):
    task = make.task(cast, Status.REPORTED_IN)
    later = make.NOW + timedelta(days=9)
    task = make.act(task, Action.REQUEST_EXTENSION, cast.urban_officer, until=later, reason="缺料")
    task = make.act(
        task, Action.RESOLVE, cast.urban_officer, outcome="solved", text="已办", reason="协办已知"
    )
    assert not task.requests.filter(decided_at=None).exists()


def test_whoever_is_secretary_confirms_what_a_secretary_offered(cast):
    task = make.act(make.task(cast, Status.HANDLING), Action.OFFER, cast.secretary)
    task = make.act(task, Action.TAKE, cast.member)
    task = make.act(task, Action.RESOLVE, cast.member, outcome="solved", text="已劝离")
    successor = make.user()
    make.position(successor, Role.BRANCH_SECRETARY, cast.branch)
    assert {"confirm", "rework"} <= set(WORKFLOW.available_actions(task, successor, make.NOW))
    assert task in waiting_for(successor)


def test_a_secretary_does_not_confirm_what_the_community_offered(cast):
    task = make.task(cast, Status.TAKEN)
    task = make.act(task, Action.RESOLVE, cast.member, outcome="solved", text="已劝离")
    assert "confirm" not in WORKFLOW.available_actions(task, cast.secretary, make.NOW)


def test_a_former_department_still_comments_in_its_name(cast):
    task = make.act(make.task(cast, Status.DISPATCHED), Action.RECALL, cast.street_cadre)
    task = make.act(task, Action.DISPATCH, cast.street_cadre, lead=cast.fire)
    task = make.act(task, Action.COMMENT, cast.urban_officer, text="补充：曾查处过一次")
    assert task.events.get(action=Action.COMMENT).department == cast.urban


@pytest.mark.parametrize(
    ("status", "who"), [(Status.HANDLING, "community_worker"), (Status.TAKEN, "member")]
)
def test_more_time_is_asked_for_once_a_limit_runs(cast, status, who):
    task = make.task(cast, status)
    later = make.NOW + timedelta(days=9)
    task = make.act(task, Action.REQUEST_EXTENSION, getattr(cast, who), until=later, reason="缺料")
    assert task.undecided()
    # As tasks of before limits ran here.
    Task.objects.update(limit_kind="", limit_at=None, next_step_at=None)
    with pytest.raises(WrongState) as refused:
        make.act(task, Action.REQUEST_EXTENSION, getattr(cast, who), until=later, reason="缺料")
    assert refused.value.code == "no_limit"


def test_who_left_can_still_give_back_what_was_taken(cast):
    task = make.task(cast, Status.TAKEN)
    cast.member.positions.all().delete()
    member = User.objects.get(pk=cast.member.pk)
    assert make.act(task, Action.DROP, member, reason="已搬走").status == Status.OFFERED


def test_both_tasks_of_a_merge_are_audited(cast):
    target, task = make.task(cast), make.task(cast)
    make.act(task, Action.MERGE, cast.community_worker, into=target)
    found = AuditEntry.objects.filter(action="tasks.merge").values_list("object_id", flat=True)
    assert sorted(found) == sorted([str(task.pk), str(target.pk)])


def test_whoever_typed_in_a_call_follows_it_with_the_number_masked(cast):
    task = make.task(cast, by=cast.other_worker, contact_phone="13900001111", contact_name="王大妈")
    assert Task.objects.visible_to(cast.other_worker).filter(pk=task.pk).exists()
    assert timeline.contact_for(task, cast.other_worker) == ("王**", "139****1111")


# --- Parts of departments ---


def done(**values):
    return {"outcome": "solved", "text": "已办结", "reason": "协办已知"} | values


def parts(task):
    return {one.department.code: one.status for one in task.assignments.all()}


def test_reworking_a_members_work_opens_no_old_dispatch_again(cast):
    task = make.task(cast, Status.CLOSED)
    task = make.act(task, Action.REOPEN, cast.owner, reason="又拉线了")
    task = make.act(task, Action.OFFER, cast.community_worker)
    task = make.act(task, Action.TAKE, cast.member)
    task = make.act(task, Action.RESOLVE, cast.member, **done())
    task = make.act(task, Action.REWORK, cast.community_worker, reason="没拆干净")
    assert (task.status, parts(task)["urban-management"]) == (Status.TAKEN, "finished")


def test_confirming_ends_the_parts_of_those_who_had_not_finished(cast):
    task = make.task(cast, Status.RESOLVED)
    assert parts(task)["housing"] == "dispatched"
    task = make.act(task, Action.CONFIRM, cast.street_cadre)
    assert parts(task)["housing"] == "ended"
    task = make.act(task, Action.RATE, cast.owner, contacted=True, resolved=False, stars=1)
    task = make.act(task, Action.REOPEN, cast.owner, reason="没解决")
    task = make.act(task, Action.WHISTLE, cast.community_worker, kind="public", reason="再吹")
    make.act(task, Action.DISPATCH, cast.street_cadre, lead=cast.fire)
    assert not waiting_for(cast.housing_officer).exists()


def test_an_officer_of_two_called_departments_acts_for_each(cast):
    make.position(cast.urban_officer, Role.DEPARTMENT_OFFICER, cast.housing)
    task = make.task(cast, Status.DISPATCHED)
    task = make.act(task, Action.REPORT_IN, cast.urban_officer)
    assert parts(task) == {"urban-management": "reported_in", "housing": "dispatched"}
    task = make.act(task, Action.REPORT_IN, cast.urban_officer)
    task = make.act(task, Action.FINISH, cast.urban_officer, text="房屋部分已办")
    assert parts(task) == {"urban-management": "reported_in", "housing": "finished"}
    finished = task.events.get(action=Action.FINISH)
    assert (finished.department, finished.who) == (cast.housing, Who.ASSIST)


def test_whose_part_has_ended_is_told_so(cast):
    task = make.task(cast, Status.REPORTED_IN)
    task = make.act(task, Action.REPORT_IN, cast.housing_officer)
    task = make.act(task, Action.FINISH, cast.housing_officer, text="已办")
    with pytest.raises(WrongState) as refused, translation.override("en"):
        make.act(task, Action.CONTACT, cast.housing_officer, text="再打一次")
    assert refused.value.message == "Your department's part has ended."


def test_every_refusal_for_the_state_says_what_is_possible(cast):
    task = make.task(cast, Status.DISPATCHED)
    with pytest.raises(WrongState) as refused:
        make.act(task, Action.CONTACT, cast.urban_officer, text="还没报到")
    assert refused.value.code == "not_reported_in"
    assert refused.value.extra == {
        "task_status": "dispatched",
        "available_actions": [
            "report-in",
            "refuse",
            "assign",
            "arrange-visit",
            "comment",
            "request-extension",
        ],
    }


@pytest.mark.parametrize(
    ("who", "role"),
    [
        ("community_worker", Role.COMMUNITY_WORKER),
        ("grid_worker", Role.GRID_WORKER),
        ("admin", ""),
    ],
)
def test_the_timeline_keeps_the_office_of_who_accepted(cast, who, role):
    task = make.act(make.task(cast), Action.ACCEPT, getattr(cast, who))
    assert task.events.get(action=Action.ACCEPT).office == role


def test_who_confirms_is_named_by_office_not_by_standing(cast):
    task = make.task(cast, Status.RATING)
    event = task.events.get(action=Action.CONFIRM)
    with translation.override("en"):
        assert timeline.author(event, task, cast.street_leader) == "street cadre 王主任"


def test_what_was_offered_is_forgotten_when_it_is_taken_back(cast):
    task = make.task(cast, Status.OFFERED)
    assert task.offered_minutes == 60
    task = make.act(task, Action.RECALL, cast.community_worker)
    assert (task.offered_minutes, task.offered_points, task.offered_by) == (None, None, None)


def test_a_report_is_not_merged_into_one_out_of_sight(cast):
    task = make.task(cast)
    hidden = make.task(cast, by=cast.other_worker, unit=cast.other_community)
    with pytest.raises(DomainError) as refused:
        make.act(task, Action.MERGE, cast.community_worker, into=hidden)
    assert refused.value.code == "bad_into"


def test_what_is_said_has_a_length(cast):
    with pytest.raises(DomainError) as refused:
        make.act(make.task(cast), Action.COMMENT, cast.owner, text="长" * 2001)
    assert refused.value.code == "too_long"
