"""What a whistle proposes, what a dispatch instructs, what the district sees when it decides."""

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.utils import translation

from orgs.errors import Refused
from orgs.models import Attachment
from tasks.enums import Action, Status
from tasks.models import Task
from tasks.workflow.rules.workflow import WORKFLOW
from tests import factories as make


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def photo(cast):
    made = Attachment(kind="photo", uploaded_by=cast.community_worker, created_at=make.NOW)
    made.file.save("a.jpg", ContentFile(b"jpeg"), save=False)
    made.thumbnail.save("b.jpg", ContentFile(b"jpeg"), save=False)
    made.save(force_insert=True)
    return made


def whistled(cast, **body):
    task = make.task(cast, Status.HANDLING)
    words = {"kind": "public", "reason": "占用消防通道"}
    return make.act(task, Action.WHISTLE, cast.community_worker, **words | body)


def refused_once(cast):
    task = make.task(cast, Status.DISPATCHED)
    return make.act(task, Action.REFUSE, cast.urban_officer, reason="不属我局职责")


def refused_twice(cast):
    task = refused_once(cast)
    task = make.act(task, Action.DISPATCH, cast.street_cadre, lead=cast.urban)
    return make.act(task, Action.REFUSE, cast.urban_officer, reason="仍不属我局职责")


def test_a_whistle_proposes_departments_and_shows_photos(cast, photo):
    task = whistled(cast, departments=[cast.urban, cast.fire], attachments=[photo])
    event = task.events.last()
    with translation.override("zh-hans"):
        assert WORKFLOW.sentence(event, internal=True) == "群众诉求哨；建议派给：消防大队、城管局"
        assert WORKFLOW.sentence(event, internal=False) == "群众诉求哨"
    assert [attached.attachment for attached in event.attached.all()] == [photo]


def test_only_departments_that_the_street_can_call_are_proposed(cast):
    stranger = make.department(make.district(code="421199000000"), code="elsewhere")
    with pytest.raises(Refused) as refused:
        whistled(cast, departments=[stranger])
    assert refused.value.code == "bad_department"


def test_the_api_takes_proposals_and_names_what_there_is_not(cast, api, photo):
    task = make.task(cast, Status.HANDLING)
    address = f"/api/v1/tasks/{task.number}/whistle/"
    client, body = api(cast.community_worker), {"kind": "public", "reason": "占道"}
    wrong = client.post(address, body | {"departments": ["nowhere"]}, format="json")
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["departments"])
    given = {"departments": ["fire", "fire"], "attachments": [str(photo.pk)]}
    assert client.post(address, body | given, format="json").status_code == 200
    assert task.events.last().data["departments"] == {"fire": "消防大队"}


def test_the_page_of_a_whistle_asks_for_proposals_and_photos(cast, page):
    kind = make.category()
    make.duty(cast.fire, kind)
    task = make.task(cast, Status.HANDLING, category=kind)
    form = page(cast.community_worker).get(f"/tasks/{task.number}/whistle/").context["form"]
    assert list(form.fields) == ["kind", "reason", "departments", "photos", "attachments"]
    assert form.fields["departments"].choices[0] == ("fire", "消防大队（职责清单：主办）")


def test_dispatch_shows_whistle_proposal_and_the_refusals_before(cast, page):
    task = refused_once(cast)
    address = f"/tasks/{task.number}/dispatch/"
    text = page(cast.street_cadre).get(address).content.decode()
    assert "需要执法部门" in text
    assert "不属我局职责" in text
    proposed = whistled(cast, departments=[cast.fire])
    page_of = page(cast.street_cadre).get(f"/tasks/{proposed.number}/dispatch/")
    wished = [line["department"] for line in page_of.context["lines"] if line["wished"]]
    assert wished == [cast.fire]
    assert "社区建议" in page_of.content.decode()


def test_instructions_are_for_the_authorities(cast, api, page):
    task = make.task(cast, Status.WHISTLED)
    address = f"/api/v1/tasks/{task.number}/"
    body = {"lead": "urban-management", "instructions": "先劝离，再拆线"}
    assert (
        api(cast.street_cadre).post(f"{address}dispatch/", body, format="json").status_code == 200
    )
    assert "先劝离" in page(cast.urban_officer).get(f"/tasks/{task.number}/").content.decode()
    for reader, reads in (
        (cast.urban_officer, True),
        (cast.community_worker, True),
        (cast.owner, False),
    ):
        assert ("先劝离" in api(reader).get(address).content.decode()) is reads
        assert ("先劝离" in page(reader).get(f"/tasks/{task.number}/").content.decode()) is reads


def test_a_refusal_is_decided_with_the_first_one_and_the_grounds_in_sight(cast, page):
    task = refused_twice(cast)
    make.duty(cast.urban, task.category)
    answer = page(cast.district_cadre).get(f"/tasks/{task.number}/decide-refusal/")
    text = answer.content.decode()
    for words in ("不属我局职责", "仍不属我局职责", "准予拒单，另行派单", "不予准许，由该部门办理"):
        assert words in text
    assert "第四十四条" in text
    assert [duty.department for duty in answer.context["duties"]] == [cast.urban]


@pytest.mark.parametrize(
    ("granted", "words", "status"),
    [
        (True, "准予拒单，另行派单", Status.WHISTLED),
        (False, "不予准许，由该部门办理", Status.DISPATCHED),
    ],
)
def test_the_decision_reads_so_on_the_timeline(cast, granted, words, status):
    task = refused_twice(cast)
    decision = {"granted": granted, "reason": "查实"}
    task = make.act(task, Action.DECIDE_REFUSAL, cast.district_cadre, **decision)
    assert task.status == status
    with translation.override("zh-hans"):
        assert WORKFLOW.sentence(task.events.last()) == words


def test_the_list_of_refusals_has_the_button_for_who_decides(cast, page):
    task = refused_twice(cast)
    link = f"/tasks/{task.number}/decide-refusal/"
    assert link in page(cast.district_cadre).get("/refusals/").content.decode()
    assert link not in page(cast.street_cadre).get("/refusals/").content.decode()
    assert link in page(cast.district_cadre).get("/tasks/?tab=mine").content.decode()


# --- The board -----------------------------------------------------------------------------------


def test_the_board_is_narrowed_by_kind_of_whistle_place_and_signature(cast, page):
    first = make.task(cast, Status.WHISTLED, whistle_kind="priority")
    other = make.task(cast, Status.WHISTLED, unit=cast.other_compound)
    browser = page(cast.street_cadre)

    def shown(query):
        column = browser.get(f"/board/?{query}").context["columns"][0]
        assert column["count"] == len(column["rows"])
        return {row.task.number for row in column["rows"]}

    assert shown("") == {first.number, other.number}
    assert shown("whistle=priority") == {first.number}
    assert shown("unsigned=true") == {first.number}
    assert shown(f"unit={cast.other_compound.code}") == {other.number}
    assert shown("whistle=nonsense") == set()


def test_whoever_dispatches_ticks_cards_on_the_board(cast, page):
    task = make.task(cast, Status.WHISTLED)
    answer = page(cast.street_cadre).get("/board/")
    assert answer.context["bulk_actions"] == [Action.DISPATCH, Action.CONFIRM]
    assert f'name="numbers" value="{task.number}"' in answer.content.decode()
    assert Action.SIGN in page(cast.street_leader).get("/board/").context["bulk_actions"]
    assert page(cast.district_cadre).get("/board/").context["bulk_actions"] == []


def test_the_page_of_many_dispatches_them(cast, page):
    tasks = [make.task(cast, Status.WHISTLED) for _number in range(2)]
    body = {
        "action": "dispatch",
        "numbers": [task.number for task in tasks],
        "lead": "urban-management",
        "instructions": "一并处理",
        "next": "/board/",
    }
    answer = page(cast.street_cadre).post("/tasks/bulk/", body)
    assert [line.code for line in answer.context["results"]] == ["done", "done"]
    assert {task.status for task in Task.objects.all()} == {Status.DISPATCHED}
