"""One action with many tasks: a line for each, each on its own, nothing twice."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.enums import AuditResult, Role
from orgs.errors import Refused
from orgs.models import AuditEntry
from tasks.enums import Action, Status, WhistleKind
from tasks.models import Event, Task
from tasks.workflow import bulk
from tests import factories as make

ADDRESS = "/api/v1/tasks/bulk/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(make.NOW, tick=False):
        yield


def do(cast, action, tasks, by=None, **body):
    return bulk.act(
        action=action,
        numbers=[task.number for task in tasks],
        body=body,
        by=by or cast.community_worker,
        now=make.NOW,
    )


def codes(lines):
    return [line.code for line in lines]


@pytest.mark.parametrize(
    ("action", "status", "who", "body", "target"),
    [
        (Action.ACCEPT, Status.SUBMITTED, "community_worker", {}, Status.HANDLING),
        (Action.OFFER, Status.SUBMITTED, "secretary", {"minutes": 30}, Status.OFFERED),
        (
            Action.DECLINE,
            Status.SUBMITTED,
            "community_worker",
            {"reason_code": "repeated", "reason": "已答复"},
            Status.DECLINED,
        ),
        (Action.CONFIRM, Status.RESOLVED, "street_cadre", {}, Status.RATING),
        (Action.URGE, Status.DISPATCHED, "street_cadre", {"text": "请抓紧"}, Status.DISPATCHED),
        (Action.COMMENT, Status.HANDLING, "grid_worker", {"text": "已上门"}, Status.HANDLING),
    ],
)
def test_each_action_takes_its_step_with_every_task(cast, action, status, who, body, target):
    tasks = [make.task(cast, status) for _number in range(3)]
    lines = do(cast, action, tasks, by=getattr(cast, who), **body)
    assert codes(lines) == ["done"] * 3
    for task in tasks:
        assert Task.objects.get(pk=task.pk).status == target
        assert Event.objects.filter(task=task, action=action).count() == 1


def test_one_that_is_refused_leaves_the_others(cast):
    first, done, last = make.task(cast), make.task(cast, Status.CLOSED), make.task(cast)
    lines = do(cast, Action.ACCEPT, [first, done, last])
    assert [(line.number, line.ok, line.status, line.code) for line in lines] == [
        (first.number, True, 200, "done"),
        (done.number, False, 409, "wrong_state"),
        (last.number, True, 200, "done"),
    ]
    entry = AuditEntry.objects.get(action="tasks.accept", result=AuditResult.REFUSED)
    assert entry.detail == {"number": done.number, "error": "wrong_state", "bulk": True}


def test_other_streets_numbers_do_not_exist(cast):
    ours = make.task(cast)
    theirs = make.task(cast, unit=cast.other_community)
    lines = do(cast, Action.ACCEPT, [theirs, ours])
    assert codes(lines) == ["not_found", "done"]
    assert Task.objects.get(pk=theirs.pk).status == Status.SUBMITTED


@pytest.mark.parametrize("who", ["district_cadre", "owner", "street_cadre", "admin"])
def test_the_wrong_role_is_told_for_each_row(cast, who):
    person = getattr(cast, who)
    tasks = [make.task(cast), make.task(cast)]
    lines = do(cast, Action.ACCEPT, tasks, by=person)
    wanted = "done" if who == "admin" else "permission_denied"
    assert codes(lines) == [wanted, wanted]


def test_who_sees_nothing_is_told_no_more(cast):
    assert codes(do(cast, Action.ACCEPT, [make.task(cast)], by=cast.outsider)) == ["not_found"]


def test_sent_twice_nothing_is_done_twice(cast):
    tasks = [make.task(cast), make.task(cast)]
    do(cast, Action.ACCEPT, tasks)
    assert codes(do(cast, Action.ACCEPT, tasks)) == ["wrong_state", "wrong_state"]
    do(cast, Action.COMMENT, tasks, text="已上门")
    assert codes(do(cast, Action.COMMENT, tasks, text="已上门")) == ["already", "already"]
    assert Event.objects.filter(action=Action.COMMENT).count() == 2
    assert codes(do(cast, Action.COMMENT, tasks, text="又去了一次")) == ["done", "done"]


def test_what_is_not_done_with_many(cast):
    task = make.task(cast, Status.WHISTLED)
    with pytest.raises(Refused):
        do(cast, Action.RESOLVE, [task], by=cast.street_cadre, lead=cast.urban)
    with pytest.raises(Refused):
        do(cast, Action.ACCEPT, [])
    with pytest.raises(Refused):
        bulk.act(
            action=Action.ACCEPT,
            numbers=[f"HZ{number}" for number in range(bulk.MOST + 1)],
            body={},
            by=cast.community_worker,
            now=make.NOW,
        )


def test_reading_is_the_same_for_one_and_thirty(cast):
    def cost(count):
        tasks = [make.task(cast) for _number in range(count)]
        with CaptureQueriesContext(connection) as captured:
            do(cast, Action.ACCEPT, tasks)
        return len(captured)

    cost(1)  # whom the person may act for is known from now on
    one, thirty = cost(1), cost(30)
    # What is beyond the steps themselves does not grow.
    step = (thirty - one) / 29
    assert step == int(step)
    assert one - step <= 6


# --- The API -------------------------------------------------------------------------------------


def post(api, person, **body):
    return api(person).post(ADDRESS, body, format="json")


def test_the_api_answers_a_line_for_each(cast, api):
    ours, theirs = make.task(cast), make.task(cast, unit=cast.other_community)
    answer = post(
        api,
        cast.community_worker,
        action="comment",
        numbers=[ours.number.lower(), theirs.number, ours.number],
        body={"text": "已上门"},
    )
    assert answer.status_code == 200
    lines = answer.json()["results"]
    assert [(line["number"], line["ok"], line["status"], line["code"]) for line in lines] == [
        (ours.number, True, 200, "done"),
        (theirs.number, False, 404, "not_found"),
    ]
    assert all(line["detail"] for line in lines)


@pytest.mark.parametrize(
    "body",
    [
        {"action": "dispatch", "numbers": ["HZ1"]},
        {"action": "resolve", "numbers": ["HZ1"]},
        {"action": "nonsense", "numbers": ["HZ1"]},
        {"action": "accept", "numbers": []},
        {"action": "accept", "numbers": ["HZ1"] * 101},
        {"action": "accept", "numbers": "HZ1"},
        {"action": "accept", "numbers": [{"a": 1}]},
        {"action": "accept", "numbers": ["HZ1"], "body": [1]},
        {"action": "decline", "numbers": ["HZ1"], "body": {"reason": "x"}},
        {"action": "comment", "numbers": ["HZ1"]},
        {},
        [],
    ],
)
def test_bad_bodies_are_problems(cast, api, body):
    answer = api(cast.community_worker).post(ADDRESS, body, format="json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_an_idempotency_key_gives_the_same_answer(cast, api):
    body = {"action": "accept", "numbers": [make.task(cast).number]}
    client = api(cast.community_worker)
    answers = [client.post(ADDRESS, body, format="json", HTTP_IDEMPOTENCY_KEY="k") for _ in "ab"]
    assert answers[0].json() == answers[1].json()
    assert answers[1].json()["results"][0]["code"] == "done"


# --- The pages -----------------------------------------------------------------------------------


def test_ticking_asking_and_doing_without_javascript(cast, page):
    first, second = make.task(cast), make.task(cast, Status.CLOSED)
    browser = page(cast.community_worker)
    listed = browser.get("/tasks/?tab=")
    text = listed.content.decode()
    assert f'form="bulk" name="numbers" value="{first.number}"' in text
    assert '<form class="bulk-bar" id="bulk" method="get" action="/tasks/bulk/">' in text
    given = {
        "action": "decline",
        "numbers": [first.number, second.number],
        "next": "/tasks/?tab=open",
    }
    asked = browser.get("/tasks/bulk/", given)
    assert asked.status_code == 200
    assert "reason_code" in asked.context["form"].fields
    unsaid = browser.post("/tasks/bulk/", given)
    assert (unsaid.status_code, "reason" in unsaid.context["form"].errors) == (400, True)
    done = browser.post("/tasks/bulk/", given | {"reason_code": "repeated", "reason": "已答复"})
    assert codes(done.context["results"]) == ["done", "wrong_state"]
    assert done.context["back"] == "/tasks/?tab=open"
    assert Task.objects.get(pk=first.pk).status == Status.DECLINED


def test_the_desk_has_boxes_too(cast, page):
    task = make.task(cast)
    text = page(cast.community_worker).get("/").content.decode()
    assert f'form="bulk" name="numbers" value="{task.number}"' in text


def test_nothing_ticked_and_too_much(cast, page):
    browser = page(cast.community_worker)
    for numbers in ([], ["HZ0"], [f"HZ{number}" for number in range(101)]):
        given = {"action": "accept", "numbers": numbers, "next": "https://elsewhere.example/"}
        answer = browser.get("/tasks/bulk/", given)
        assert (answer.status_code, answer["Location"]) == (302, "/tasks/")
    assert browser.get("/tasks/bulk/", {"action": "resolve"}).status_code == 404
    assert browser.get("/tasks/bulk/").status_code == 404


def test_only_actions_that_a_person_may_hold_are_offered(cast, page):
    def offered(person):
        return page(person).get("/tasks/?tab=").context["bulk_actions"]

    assert Action.ACCEPT in offered(cast.community_worker)
    assert Action.ACCEPT not in offered(cast.urban_officer)
    assert Action.DECLINE not in offered(cast.district_cadre)


# --- The street dispatches several ---------------------------------------------------------------


def test_several_whistles_are_signed_and_dispatched_with_one_instruction(cast):
    kind = {"whistle_kind": WhistleKind.PRIORITY}
    tasks = [make.task(cast, Status.WHISTLED, **kind) for _number in range(3)]
    body = {"lead": cast.urban, "assist": [cast.housing], "instructions": "周五前联合整治"}
    early = do(cast, Action.DISPATCH, tasks[:1], by=cast.street_cadre, **body)
    assert codes(early) == ["signature_required"]
    assert codes(do(cast, Action.SIGN, tasks, by=cast.street_leader)) == ["done"] * 3
    assert codes(do(cast, Action.SIGN, tasks, by=cast.street_leader)) == ["signed_already"] * 3
    assert codes(do(cast, Action.DISPATCH, tasks, by=cast.street_cadre, **body)) == ["done"] * 3
    for task in tasks:
        row = Task.objects.get(pk=task.pk)
        assert (row.status, row.lead_part.department) == (Status.DISPATCHED, cast.urban)
        event = row.events.get(action=Action.DISPATCH)
        assert event.data["instructions"] == "周五前联合整治"


def test_what_the_duty_lists_propose_is_chosen_for_tasks_of_one_kind_alone(cast, page):
    wires, noise = make.category(), make.category()
    make.duty(cast.housing, wires)
    alike = [make.task(cast, Status.WHISTLED, category=wires) for _number in range(2)]
    other = make.task(cast, Status.WHISTLED, category=noise)
    browser = page(cast.street_cadre)

    def chosen(*tasks):
        given = {"action": "dispatch", "numbers": [task.number for task in tasks]}
        lines = browser.get("/tasks/bulk/", given).context["lines"]
        return [line["department"] for line in lines if line["leads"]]

    assert chosen(*alike) == [cast.housing]
    assert chosen(*alike, other) == []


def test_an_office_hands_several_to_one_person(cast):
    colleague = make.user("dept_urban2", name="钱二")
    make.position(colleague, Role.DEPARTMENT_OFFICER, cast.urban)
    tasks = [make.task(cast, Status.DISPATCHED) for _number in range(2)]
    lines = do(cast, Action.ASSIGN, tasks, by=cast.urban_officer, person=colleague)
    assert codes(lines) == ["done", "done"]
    again = do(cast, Action.ASSIGN, tasks, by=cast.urban_officer, person=cast.urban_officer)
    assert codes(again) == ["done", "done"]
    assert {task.lead_part.person for task in Task.objects.all()} == {cast.urban_officer}


def test_of_several_kinds_nobody_is_proposed_and_that_is_why(cast, page):
    tasks = [
        make.task(cast, Status.WHISTLED),
        make.task(cast, Status.WHISTLED, category=make.category()),
    ]
    given = {"action": "dispatch", "numbers": [task.number for task in tasks]}
    text = page(cast.street_cadre).get("/tasks/bulk/", given).content.decode()
    assert "所选任务的类别不同" in text
    assert "职责清单里没有这一类" not in text
