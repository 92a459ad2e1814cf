"""From a public decision to a judged result: publicity, objections, promises, parts, ratings."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from orgs import registry
from orgs.errors import NotAllowed, Refused, WrongState
from residents.deliberation.enums import PromiseState, SideKind, TopicStage
from residents.deliberation.models import ResultRating, Topic
from residents.deliberation.promises import notice, objections, promises, queries
from residents.deliberation.topics.course import steps, watcher
from residents.deliberation.topics.course.guards import score_of
from tasks.models import Task
from tests import factories as make
from tests.residents.deliberation.topic_factories import NOW, deciding, decision, propose

AFTER = NOW + timedelta(days=16)


def published(cast):
    topic = decision(cast, deciding(cast))
    return steps.announce(topic=topic, text="决定装灯", by=cast.committee_member, now=NOW)


def promise(cast, topic, **values):
    defaults = {
        "text": "装声控灯", "owner": "物业公司", "due_on": (AFTER + timedelta(days=30)).date(),
        "budget_fen": 1_234_560,
    }  # fmt: skip
    return promises.promise(topic=topic, by=cast.committee_member, now=NOW, **defaults | values)


def executing(cast, **values):
    topic = published(cast)
    promise(cast, topic, **values)
    return steps.execute(topic=topic, by=cast.committee_member, now=AFTER)


def end(cast, one, **values):
    return promises.end(promise=one, text="装好了", by=cast.committee_member, now=AFTER, **values)


def evaluating(cast):
    topic = executing(cast)
    end(cast, topic.promises.get())
    return steps.evaluate(topic=topic, by=cast.committee_member, now=AFTER)


# --- Publicity -----------------------------------------------------------------------------------


def test_fifteen_days_of_publicity_the_first_not_counted(cast, homes):
    topic = published(cast)
    assert (topic.public_until - topic.public_from).days == 15
    promise(cast, topic)
    last = NOW + timedelta(days=15)
    with pytest.raises(WrongState) as refused:
        steps.execute(topic=topic, by=cast.committee_member, now=last)
    assert refused.value.code == "publicity_running"
    assert steps.execute(topic=topic, by=cast.committee_member, now=AFTER).stage == "executing"


def test_objections_are_answered_before_anything_is_done(cast, homes):
    topic = published(cast)
    promise(cast, topic)
    objection = objections.object_to(topic=topic, text="太亮", by=cast.owner, now=NOW)
    with pytest.raises(NotAllowed):
        objections.object_to(topic=topic, text="我反对", by=cast.property_clerk, now=NOW)
    with pytest.raises(WrongState) as refused:
        steps.execute(topic=topic, by=cast.committee_member, now=AFTER)
    assert refused.value.code == "objections_open"
    with pytest.raises(NotAllowed):
        objections.answer(objection=objection, answer="好", by=cast.owner, now=NOW)
    objections.answer(objection=objection, answer="调暗", by=cast.committee_member, now=NOW)
    with pytest.raises(WrongState):
        objections.answer(objection=objection, answer="再答", by=cast.committee_member, now=NOW)
    assert steps.execute(topic=topic, by=cast.committee_member, now=AFTER).stage == "executing"
    with pytest.raises(WrongState):
        objections.object_to(topic=topic, text="晚了", by=cast.owner, now=AFTER)


def test_who_objects_is_named_to_who_answers_only(cast, homes):
    row = objections.object_to(topic=published(cast), text="太亮", by=cast.owner, now=NOW)
    shown = {
        name: queries.objector(row, getattr(cast, name))
        for name in ("owner", "committee_member", "neighbour")
    }
    assert shown == {"owner": "沈业主", "committee_member": "沈业主", "neighbour": "沈**"}


def test_the_notice_is_a_pdf_with_the_fingerprint(page, cast, homes):
    topic = published(cast)
    answer = page(cast.owner).get(reverse("deliberation:topic_notice", args=[topic.pk]))
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    assert len(notice.digest(topic)) == 64
    other = propose(cast)
    assert (
        page(cast.owner).get(reverse("deliberation:topic_notice", args=[other.pk])).status_code
        == 404
    )


# --- Promises ------------------------------------------------------------------------------------


def test_a_decision_without_a_promise_is_not_carried_out(cast, homes):
    topic = published(cast)
    with pytest.raises(WrongState) as refused:
        steps.execute(topic=topic, by=cast.committee_member, now=AFTER)
    assert refused.value.code == "promise_required"


@pytest.mark.parametrize(
    "wrong", [{"owner": " "}, {"due_on": NOW.date() - timedelta(days=1)}, {"budget_fen": -1},
              {"budget_fen": 90_000_000_001}],
)  # fmt: skip
def test_promises_that_are_none(cast, homes, wrong):
    with pytest.raises(Refused):
        promise(cast, published(cast), **wrong)


def test_who_promises_and_when(cast, homes):
    topic = published(cast)
    for who in (cast.owner, cast.property_clerk, cast.secretary):
        with pytest.raises(NotAllowed):
            promises.promise(topic=topic, text="x", owner="x", due_on=AFTER.date(), by=who, now=NOW)
    with pytest.raises(WrongState):
        promise(cast, propose(cast))


def test_a_joint_work_order_has_a_part_for_each_side(cast, homes):
    topic = executing(cast, parts={"property": "安装", "committee": "验收", "branch": ""})
    one = topic.promises.get()
    assert [part.side for part in one.parts.all()] == ["property", "committee"]
    with pytest.raises(WrongState) as refused:
        end(cast, one)
    assert refused.value.code == "parts_open"
    part = {"promise": one, "result": "好了", "now": AFTER}
    with pytest.raises(NotAllowed):
        promises.finish_part(side=SideKind.COMMITTEE, by=cast.property_clerk, **part)
    with pytest.raises(NotAllowed):
        promises.finish_part(side=SideKind.PROPERTY, by=cast.owner, **part)
    with pytest.raises(Refused):
        promises.finish_part(side=SideKind.BRANCH, by=cast.secretary, **part)
    promises.finish_part(side=SideKind.PROPERTY, by=cast.property_clerk, **part)
    with pytest.raises(WrongState):
        promises.finish_part(side=SideKind.PROPERTY, by=cast.property_clerk, **part)
    promises.finish_part(side=SideKind.COMMITTEE, by=cast.committee_member, **part)
    assert end(cast, one).state == PromiseState.DONE
    with pytest.raises(WrongState):
        promises.report(promise=one, text="x", by=cast.committee_member, now=AFTER)


def test_lights_of_promises(cast, homes):
    one = executing(cast).promises.get()
    days = {
        light: one.due_on - timedelta(days=before)
        for light, before in (("green", 8), ("yellow", 7), ("red", -1))
    }
    assert {light: one.light(day) for light, day in days.items()} == {name: name for name in days}
    assert one.budget == "12,345.60"


def test_a_work_order_is_opened_once_by_whoever_keeps_them(cast, homes, monkeypatch):
    topic, asked = executing(cast), []

    def answer(**values):
        asked.append(values)
        return "HZ2026-1"

    monkeypatch.setitem(registry._answerers, registry.Name.OPEN_WORK_ORDER, [answer])
    one = topic.promises.get()
    order = {"promise": one, "category": "lamps", "by": cast.committee_member, "now": AFTER}
    assert promises.open_order(**order).order == "HZ2026-1"
    assert (asked[0]["unit"], asked[0]["by"]) == (cast.compound, cast.committee_member)
    with pytest.raises(WrongState) as refused:
        promises.open_order(**order)
    assert refused.value.code == "order_open"


def test_it_is_done_once_its_work_order_is(cast, homes):
    topic = executing(cast)
    one = topic.promises.get()
    task = make.task(cast, status="handling")
    type(one).objects.filter(pk=one.pk).update(order=task.number)
    with pytest.raises(WrongState) as refused:
        end(cast, one)
    assert refused.value.code == "order_runs"
    assert task.number in refused.value.message
    type(one).objects.filter(pk=one.pk).update(order=make.task(cast, status="rating").number)
    assert end(cast, one).state == "done"


# --- Judging -------------------------------------------------------------------------------------


def test_judged_when_everything_is_done(cast, homes):
    topic = executing(cast)
    with pytest.raises(WrongState) as refused:
        steps.evaluate(topic=topic, by=cast.committee_member, now=AFTER)
    assert refused.value.code == "promises_open"
    end(cast, topic.promises.get())
    topic = steps.evaluate(topic=topic, by=cast.committee_member, now=AFTER)
    assert topic.evaluated_until == AFTER + timedelta(days=7)


def test_rated_once_and_closed_by_the_portal(cast, homes):
    topic = evaluating(cast)
    steps.rate(topic=topic, stars=5, by=cast.owner, now=AFTER)
    steps.rate(topic=topic, stars=2, text="太晚", by=cast.member, now=AFTER)
    with pytest.raises(WrongState) as refused:
        steps.rate(topic=topic, stars=1, by=cast.owner, now=AFTER)
    assert refused.value.code == "rated_already"
    with pytest.raises(NotAllowed):
        steps.rate(topic=topic, stars=1, by=cast.outsider, now=AFTER)
    with pytest.raises(WrongState) as refused:
        steps.finish(topic=topic, by=cast.committee_member, now=AFTER)
    assert refused.value.code == "evaluation_running"
    assert score_of(topic) == 350
    late = topic.evaluated_until + timedelta(minutes=1)
    with pytest.raises(WrongState):
        steps.rate(topic=topic, stars=1, by=cast.neighbour, now=late)
    watcher.watch(late)
    watcher.watch(late)
    topic.refresh_from_db()
    assert topic.stage == TopicStage.CLOSED
    found = queries.ratings(topic)
    assert (found.count, found.average, found.texts) == (2, 350, ["太晚"])
    with pytest.raises(IntegrityError), transaction.atomic():
        ResultRating.objects.update(stars=5)


def test_the_score_is_cut_off_in_whole_numbers_and_hidden_while_people_rate(api, cast, homes):
    topic = evaluating(cast)
    # 1.15 stars: as a float times 100 it would be 114.99…
    ResultRating.objects.bulk_create(
        ResultRating(
            topic=topic, person=make.resident(cast.building), stars=stars, at=AFTER, round=1
        )
        for stars in [2] * 3 + [1] * 17
    )
    assert score_of(topic) == queries.ratings(topic).average == 115
    address = f"/api/v1/topics/{topic.pk}/"
    assert api(cast.owner).get(address).json()["score"] is None
    late = topic.evaluated_until + timedelta(minutes=1)
    steps.finish(topic=topic, by=cast.committee_member, now=late)
    assert api(cast.owner).get(address).json()["score"] == 115


@pytest.mark.parametrize(("stars", "may"), [(2, True), (3, False)])
def test_a_low_score_lets_residents_take_it_up_again(cast, homes, stars, may):
    topic = evaluating(cast)
    steps.rate(topic=topic, stars=stars, by=cast.owner, now=AFTER)
    late = topic.evaluated_until + timedelta(minutes=1)
    topic = steps.finish(topic=topic, by=cast.committee_member, now=late)
    again = {"topic": topic, "reason": "灯又坏了", "now": late}
    if not may:
        with pytest.raises(WrongState):
            steps.reopen(by=cast.neighbour, **again)
        topic = steps.reopen(by=cast.secretary, **again)
    else:
        topic = steps.reopen(by=cast.neighbour, **again)
    assert (topic.stage, topic.round, topic.decision_passed, topic.public_from) == (
        "discussing", 2, None, None,
    )  # fmt: skip
    assert topic.promises.filter(round=2).count() == 0


# --- Over the API and on pages -------------------------------------------------------------------


def test_over_the_api(api, cast, homes):
    topic = published(cast)
    Topic.objects.update(public_until=timezone.localdate() + timedelta(days=3))
    url = f"/api/v1/topics/{topic.pk}"
    due = (timezone.localdate() + timedelta(days=9)).isoformat()
    body = {"text": "装灯", "owner": "物业", "due_on": due, "budget_fen": 100, "parts": {"x": "y"}}
    committee = api(cast.committee_member)
    assert committee.post(f"{url}/promises/", body, format="json").status_code == 400
    body["parts"] = {"property": "安装"}
    assert api(cast.owner).post(f"{url}/promises/", body, format="json").status_code == 403
    made = committee.post(f"{url}/promises/", body, format="json")
    assert (made.status_code, made.json()["light"]) == (201, "green")
    pk = made.json()["id"]
    objected = api(cast.owner).post(f"{url}/objections/", {"text": "不同意"}, format="json")
    assert objected.status_code == 201
    answer = f"/api/v1/topic-objections/{objected.json()['id']}/answer/"
    assert committee.post(answer, {"answer": "说明"}, format="json").json()["answer"] == "说明"
    assert api(cast.neighbour).get(f"{url}/objections/").json()["results"][0]["by"] == "沈**"
    part = {"side": "property", "result": "装好"}
    assert api(cast.property_clerk).post(
        f"/api/v1/promises/{pk}/part/", part, format="json"
    ).json()["parts"][0]["result"] == "装好"  # fmt: skip
    assert (
        committee.post(f"/api/v1/promises/{pk}/report/", {"text": "一半"}, format="json").json()[
            "entries"
        ][0]["text"]
        == "一半"
    )
    done = committee.post(f"/api/v1/promises/{pk}/end/", {"text": "完"}, format="json")
    assert done.json()["state"] == "done"
    assert api(cast.outsider).get(f"{url}/promises/").status_code == 404


def test_on_pages(page, cast, homes):
    topic = published(cast)
    Topic.objects.update(public_until=timezone.localdate() + timedelta(days=3))
    client = page(cast.committee_member)
    new = reverse("deliberation:promise_new", args=[topic.pk])
    body = {"text": "装灯", "owner": "物业", "budget_fen": "1234.50", "part_property": "安装"}
    assert client.post(new, body | {"due_on": "2000-01-01"}).status_code == 400
    due = (timezone.localdate() + timedelta(days=9)).isoformat()
    assert client.post(new, body | {"due_on": due}).status_code == 302
    one = topic.promises.get()
    assert (one.budget_fen, one.parts.get().text) == (123_450, "安装")
    object_page = reverse("deliberation:topic_object", args=[topic.pk])
    assert page(cast.owner).post(object_page, {"text": "太贵"}).status_code == 302
    answer = reverse("deliberation:topic_objection_answer", args=[topic.objections.get().pk])
    assert page(cast.owner).get(answer).status_code == 403
    assert "太贵" in client.get(answer).content.decode()
    assert client.post(answer, {"answer": "有报价"}).status_code == 302
    shown = page(cast.neighbour).get(reverse("deliberation:topic", args=[topic.pk]))
    text = shown.content.decode()
    assert all(words in text for words in ("太贵", "有报价", "1,234.50", "安装", "决定装灯"))
    for name, body in (("report", {"text": "开工"}), ("end", {"text": "停", "done": "0"})):
        url = reverse(f"deliberation:promise_{name}", args=[one.pk])
        assert client.get(url).status_code == 200
        assert client.post(url, body).status_code == 302
    one.refresh_from_db()
    assert one.state == PromiseState.DROPPED
    part = reverse("deliberation:promise_part", args=[one.pk])
    assert page(cast.property_clerk).get(part).status_code == 200


def test_a_work_order_is_a_task_from_then_on(page, api, cast, homes):
    kind = make.category(code="lamps", name="楼道灯")
    topic = executing(cast)
    one = topic.promises.get()
    url = f"/api/v1/promises/{one.pk}/order/"
    wrong = api(cast.committee_member).post(url, {"category": "nothing"}, format="json")
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["category"])
    assert api(cast.owner).post(url, {"category": kind.code}, format="json").status_code == 403
    order = reverse("deliberation:promise_order", args=[one.pk])
    client = page(cast.committee_member)
    assert "楼道灯" in client.get(order).content.decode()
    assert client.post(order, {"category": kind.code}).status_code == 302
    one.refresh_from_db()
    task = Task.objects.get(number=one.order)
    assert (task.category, task.unit, one.text in task.text) == (kind, cast.compound, True)
