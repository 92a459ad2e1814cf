"""A task is handed to a person inside one office (派到人), and handed back."""

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import translation

from orgs.enums import Role
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import AuditEntry, Notice
from tasks.enums import Action, Status
from tasks.models import Assignment, Task
from tasks.workflow.notifications import notify_of_events
from tasks.workflow.rules.workflow import WORKFLOW
from tests import factories as make


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def colleague(cast):
    person = make.user("dept_urban2", name="钱二")
    make.position(person, Role.DEPARTMENT_OFFICER, cast.urban)
    return person


def assign(task, by, person, **body):
    return make.act(task, Action.ASSIGN, by, person=person, **body)


def told(person):
    notify_of_events(make.NOW)
    return list(Notice.objects.filter(recipient=person).values_list("data__action", flat=True))


def limits(task):
    row = Task.objects.get(pk=task.pk)
    part = row.lead_part
    return row.limit_kind, row.limit_at, row.resolve_by, part and part.respond_by


@pytest.mark.parametrize("status", [Status.DISPATCHED, Status.REPORTED_IN])
def test_a_department_hands_its_part_on_and_keeps_its_limits(cast, colleague, status):
    task = make.task(cast, status)
    before = limits(task)
    task = assign(task, cast.urban_officer, colleague, note="下午去看")
    assert (task.status, task.lead_part.person) == (status, colleague)
    assert limits(task) == before
    event = task.events.last()
    assert (event.text, event.internal, event.department) == ("下午去看", True, cast.urban)
    assert WORKFLOW.sentence(event) == "钱二"
    assert AuditEntry.objects.filter(action="tasks.assign").count() == 1
    assert told(colleague).count("assign") == 1


def test_the_assisting_department_hands_on_its_own_part(cast):
    task = assign(make.task(cast, Status.DISPATCHED), cast.housing_officer, cast.housing_officer)
    people = {part.department: part.person for part in task.present_parts}
    assert people == {cast.urban: None, cast.housing: cast.housing_officer}


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.HANDLING])
def test_a_community_hands_it_to_one_of_its_own(cast, status):
    task = assign(make.task(cast, status), cast.community_worker, cast.grid_worker)
    assert (task.status, task.handed_to) == (status, cast.grid_worker)
    assert told(cast.grid_worker).count("assign") == 1
    task = make.act(task, Action.WHISTLE, cast.grid_worker, kind="public", reason="需要部门")
    assert task.handed_to is None


@pytest.mark.parametrize("who", ["fire_officer", "community_worker", "owner", "street_cadre"])
def test_only_somebody_of_the_own_office(cast, who):
    task = make.task(cast, Status.DISPATCHED)
    with pytest.raises(Refused) as refused:
        assign(task, cast.urban_officer, getattr(cast, who))
    assert refused.value.code == "bad_person"
    assert Assignment.objects.exclude(person=None).count() == 0


@pytest.mark.parametrize("who", ["street_cadre", "community_worker", "district_cadre", "owner"])
def test_nobody_else_hands_a_departments_part_on(cast, who):
    task = make.task(cast, Status.DISPATCHED)
    with pytest.raises((NotAllowed, WrongState)):
        assign(task, getattr(cast, who), cast.urban_officer)


def test_whoever_has_it_already_is_no_news(cast, colleague):
    task = assign(make.task(cast, Status.DISPATCHED), cast.urban_officer, colleague)
    with pytest.raises(WrongState) as refused:
        assign(task, cast.urban_officer, colleague)
    assert refused.value.code == "handed_already"


def test_who_chose_by_what_is_no_longer_so_is_told(cast, colleague):
    task = make.task(cast, Status.DISPATCHED)
    seen = Task.objects.prefetch_related("assignments").get(pk=task.pk)
    assign(task, colleague, colleague)
    with pytest.raises(WrongState) as refused:
        assign(seen, cast.urban_officer, cast.urban_officer)
    assert refused.value.code == "handed_meanwhile"


def test_handing_back_is_for_who_has_it_and_tells_who_handed_it_on(cast, colleague):
    task = assign(make.task(cast, Status.DISPATCHED), cast.urban_officer, colleague)
    with pytest.raises(NotAllowed):
        make.act(task, Action.HAND_BACK, cast.urban_officer, reason="我来")
    task = make.act(task, Action.HAND_BACK, colleague, reason="休假")
    assert task.lead_part.person is None
    assert told(cast.urban_officer).count("hand-back") == 1
    with pytest.raises(NotAllowed):
        make.act(task, Action.HAND_BACK, colleague, reason="再交")


def test_another_community_starts_with_nobody(cast):
    task = assign(make.task(cast), cast.community_worker, cast.grid_worker)
    task = make.act(task, Action.TRANSFER, cast.community_worker, unit=cast.sibling)
    assert task.handed_to is None


def test_the_database_knows_nobody_beside_the_own_hands(cast):
    task = make.task(cast, Status.DISPATCHED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(handed_to=cast.grid_worker)


# --- Pages and API -------------------------------------------------------------------------------


def test_the_form_offers_colleagues_and_says_who_was_faster(cast, colleague, page):
    task = make.task(cast, Status.DISPATCHED)
    address = f"/tasks/{task.number}/assign/"
    browser = page(cast.urban_officer)
    form = browser.get(address).context["form"]
    assert {str(label) for _key, label in form.fields["person"].choices} == {
        "钱二",
        f"{cast.urban_officer}（本人）",
    }
    assign(task, colleague, colleague)
    body = {"person": cast.urban_officer.username, "had": ""}
    late = browser.post(address, body)
    assert late.status_code == 400
    assert "钱二" in late.content.decode()
    again = browser.post(address, body | {"had": str(colleague.pk)})
    assert again.status_code == 302
    assert Task.objects.get(pk=task.pk).lead_part.person == cast.urban_officer


def test_the_inbox_shows_whose_it_is_and_only_mine_where_asked(cast, colleague, page):
    mine = assign(make.task(cast, Status.DISPATCHED), cast.urban_officer, colleague)
    make.task(cast, Status.DISPATCHED)

    def shown(person, query=""):
        columns = page(person).get(f"/inbox/{query}").context["columns"]
        return [row for column in columns for row in column["rows"]]

    assert len(shown(colleague)) == 2
    [row] = shown(colleague, "?mine=1")
    assert (row.task, row.is_mine) == (mine, True)
    assert shown(cast.urban_officer, "?mine=1") == []
    [theirs] = [row for row in shown(cast.urban_officer) if row.handed]
    assert (theirs.handed.name, theirs.is_mine) == ("钱二", False)


@pytest.mark.parametrize("status", [Status.HANDLING, Status.DISPATCHED])
def test_the_list_of_what_was_handed_to_me(cast, api, colleague, status):
    by, person = cast.community_worker, cast.grid_worker
    if status == Status.DISPATCHED:
        by, person = cast.urban_officer, colleague
    task = assign(make.task(cast, status), by, person)
    make.task(cast, status)
    [row] = api(person).get("/api/v1/tasks/?tab=handed").json()["results"]
    assert row["number"] == task.number
    assert api(by).get("/api/v1/tasks/?tab=handed").json()["results"] == []


def test_the_reporter_reads_nothing_of_it(cast, api, colleague):
    task = assign(make.task(cast, Status.DISPATCHED), cast.urban_officer, colleague, note="内部")
    address = f"/api/v1/tasks/{task.number}/"
    theirs = api(cast.owner).get(address)
    assert "assign" not in [event["action"] for event in theirs.json()["events"]]
    assert theirs.json()["handed_to"] is None
    assert api(cast.street_cadre).get(address).json()["handed_to"] is None
    assert api(cast.urban_officer).get(address).json()["handed_to"] == "钱二"


def test_who_is_no_colleague_and_who_does_not_exist_are_refused_alike(cast, api):
    task = make.task(cast, Status.DISPATCHED)
    address = f"/api/v1/tasks/{task.number}/assign/"
    client = api(cast.urban_officer)
    with translation.override("zh-hans"):
        answers = [
            client.post(address, {"person": name}, format="json")
            for name in (cast.owner.username, "nobody-at-all", "x\0")
        ]
    assert [answer.status_code for answer in answers] == [400] * 3
    assert answers[0].json()["errors"] == answers[1].json()["errors"]
    done = client.post(address, {"person": cast.urban_officer.username}, format="json")
    assert (done.status_code, done.json()["handed_to"]) == (200, str(cast.urban_officer))


# --- Somebody with two departments in one task -------------------------------------------------------


@pytest.fixture
def both(cast):
    """The lead's officer who also works for the department that assists; each has a colleague."""
    make.position(cast.urban_officer, Role.DEPARTMENT_OFFICER, cast.housing)
    return make.task(cast, Status.REPORTED_IN)


def part_of(task, department):
    return task.assignments.get(department=department)


def test_of_two_own_departments_the_chosen_ones_part_is_handed_on(cast, both):
    assign(both, cast.urban_officer, cast.housing_officer, department=cast.housing)
    assert part_of(both, cast.housing).person == cast.housing_officer
    assert part_of(both, cast.urban).person is None
    event = both.events.last()
    assert (event.department, event.who) == (cast.housing, "assist")
    make.act(both, Action.HAND_BACK, cast.housing_officer, reason="不归我")
    assert part_of(both, cast.housing).person is None


def test_what_was_handed_to_me_by_my_second_department_goes_back_to_it(cast, both):
    assign(both, cast.housing_officer, cast.urban_officer)
    make.act(both, Action.HAND_BACK, cast.urban_officer, reason="请另派")
    assert part_of(both, cast.housing).person is None
    assert both.events.last().department == cast.housing


def test_people_and_departments_have_to_fit(cast, both, colleague):
    with pytest.raises(Refused) as refused:
        assign(both, cast.urban_officer, colleague, department=cast.housing)
    assert refused.value.code == "bad_person"
    with pytest.raises(Refused) as refused:
        assign(both, cast.housing_officer, cast.housing_officer, department=cast.urban)
    assert refused.value.code == "bad_department"


def test_the_form_asks_which_department_only_where_there_are_several(
    cast, page, api, both, colleague
):
    address = f"/tasks/{both.number}/assign/"
    desk = page(cast.urban_officer)
    assert 'name="department"' in desk.get(address).text
    assert 'name="department"' not in page(cast.housing_officer).get(address).text
    body = {"person": "dept_urban2", "had": ","}
    asked = desk.post(address, body)
    assert asked.status_code in (200, 400)
    assert "请选择由您的哪个部门转交" in asked.text
    assert desk.post(address, body | {"department": cast.urban.code}).status_code == 302
    assert part_of(both, cast.urban).person == colleague
    answer = api(cast.urban_officer).post(
        f"/api/v1/tasks/{both.number}/assign/",
        {"person": cast.housing_officer.username, "department": cast.housing.code},
        format="json",
    )
    assert answer.status_code == 200
    assert part_of(both, cast.housing).person == cast.housing_officer
    unknown = api(cast.urban_officer).post(
        f"/api/v1/tasks/{both.number}/assign/", {"person": "dept_urban2", "department": "none"},
        format="json",
    )  # fmt: skip
    assert (unknown.status_code, list(unknown.json()["errors"])) == (400, ["department"])
