"""Forms that come twice are done once."""

import re

import pytest
from django.utils import timezone

from orgs.models import IdempotentAnswer
from residents.models import Visit
from tasks.enums import Action, Status
from tasks.models import Task
from tests import factories as make

MARK = re.compile(r'name="once" value="([^"]+)"')


def mark_of(response) -> str:
    return MARK.findall(response.content.decode())[-1]


@pytest.fixture
def report(cast):
    kind = make.category(code="noise", name="噪音扰民")
    return {"category": kind.code, "unit": cast.building.code, "text": "楼上半夜装修"}


def test_one_form_sent_three_times_is_one_visit(page, cast):
    household = make.household(cast.building, "501")
    client, address = page(cast.community_worker), f"/households/{household.code}/visit/"
    drawn = client.get(address)
    body = {"on": timezone.localdate().isoformat(), "text": "一切都好", "once": mark_of(drawn)}
    body |= {
        name: drawn.context["form"][name].value() or ""
        for name in ("event_id",)
        if name in drawn.context["form"].fields
    }
    answers = [client.post(address, body) for _time in range(3)]
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer["Location"] for answer in answers}) == 1
    assert Visit.objects.count() == 1


def test_another_form_with_the_same_words_is_another_act(page, cast):
    task = make.task(cast, Status.HANDLING)
    client, address = page(cast.community_worker), f"/tasks/{task.number}/comment/"
    for _time in range(2):
        drawn = client.get(address)
        client.post(address, {"text": "已联系", "once": mark_of(drawn)})
    assert task.events.filter(action=Action.COMMENT).count() == 2
    twice = mark_of(client.get(address))
    for text in ("再联系", "再联系", "明天再来"):
        client.post(address, {"text": text, "once": twice})
    assert task.events.filter(action=Action.COMMENT).count() == 4


def test_a_refused_form_is_not_remembered(page, cast):
    task = make.task(cast, Status.HANDLING)
    client, address = page(cast.community_worker), f"/tasks/{task.number}/comment/"
    mark = mark_of(client.get(address))
    assert client.post(address, {"text": "", "once": mark}).status_code == 400
    assert not IdempotentAnswer.objects.exists()
    assert client.post(address, {"text": "好", "once": mark}).status_code == 302


def test_a_draft_is_one_report_however_often_its_page_is_drawn(page, cast, report):
    client = page(cast.owner)
    numbers = set()
    for _time in range(3):
        mark = mark_of(client.get("/report/"))
        answer = client.post("/report/", report | {"once": mark, "seen": f"{report['unit']}:noise"})
        assert answer.status_code == 302
        numbers.add(answer["Location"])
    assert (len(numbers), Task.objects.count()) == (1, 1)


def test_the_same_words_are_a_new_report_after_a_while(page, cast, report, time_machine):
    client = page(cast.owner)
    start = timezone.now()
    for minutes in (0, 29, 31):
        time_machine.move_to(start + timezone.timedelta(minutes=minutes))
        client.post("/report/", report | {"seen": f"{report['unit']}:noise"})
    assert Task.objects.count() == 2


def test_other_words_are_another_report(page, cast, report):
    client = page(cast.owner)
    for text in ("楼上半夜装修", "楼下半夜装修"):
        client.post("/report/", report | {"text": text, "seen": f"{report['unit']}:noise"})
    assert Task.objects.count() == 2


def test_urging_has_a_pause(page, cast, time_machine):
    task = make.task(cast, Status.HANDLING)
    time_machine.move_to(make.NOW)
    client, address = page(cast.owner), f"/tasks/{task.number}/urge/"
    assert client.post(address, {"text": "请快一点"}).status_code == 302
    assert client.post(address, {"text": "请再快一点"}).status_code == 429
    assert task.events.filter(action=Action.URGE).count() == 1
    time_machine.move_to(make.NOW + timezone.timedelta(minutes=31))
    assert client.post(address, {"text": "请再快一点"}).status_code == 302
