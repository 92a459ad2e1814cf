"""Pages of topics: what each reader sees and does, and what a page costs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from residents.deliberation.enums import TopicStage
from residents.deliberation.models import Topic
from residents.deliberation.polls.course import polls
from residents.deliberation.topics.course import proposals, steps
from residents.deliberation.topics.course.workflow import WORKFLOW
from residents.enums import ConsentPurpose
from residents.privacy import consents
from tests import factories as make
from tests.files import photo, upload
from tests.residents.deliberation.topic_factories import NOW, deciding, decision, propose, rule
from tests.residents.deliberation.topics.test_decisions import draft


def address(topic, name="topic", *rest):
    return reverse(f"deliberation:{name}", args=[topic.pk, *rest])


def test_a_resident_raises_a_topic_in_two_pages(page, cast, homes):
    client = page(cast.owner)
    assert client.get(reverse("deliberation:topics")).status_code == 200
    form = client.get(reverse("deliberation:topic_new") + f"?unit={cast.compound.code}")
    assert form.status_code == 200
    body = {
        "title": "灯坏了",
        "text": "修灯",
        "decider": "committee",
        "attachments": upload(photo()),
    }
    sent = client.post(
        reverse("deliberation:topic_new") + f"?unit={cast.compound.code}", body, follow=True
    )
    topic = Topic.objects.get()
    assert sent.redirect_chain[-1][0] == address(topic)
    assert topic.entries.get().attached.count() == 1
    assert "灯坏了" in sent.content.decode()
    half = client.post(
        reverse("deliberation:topic_new") + f"?unit={cast.compound.code}", {"title": "只有标题"}
    )
    assert (half.status_code, "只有标题" in half.content.decode()) == (400, True)


def test_who_signs_and_whether_enough_have_is_told(page, cast, homes):
    rule(cast)
    topic = propose(cast, decider="owners")
    tenant = page(cast.member).get(address(topic)).content.decode()
    assert "只有业主可以联名" in tenant
    assert "联名人数够了就开始商议" in tenant
    proposals.co_sign(topic=topic, by=cast.neighbour, now=NOW)
    assert "联名人数已够，可以开始商议" in page(cast.owner).get(address(topic)).content.decode()


def test_what_an_organisation_raises_waits_for_nobodys_signature(page, cast, homes):
    text = page(cast.secretary).get(address(propose(cast, by=cast.secretary))).content.decode()
    head = text[text.index("topic-now") :]
    head = head[: head.index("</p>")]
    assert "组织提出，不需要联名" in head
    assert "联名人数" not in head


def test_the_desks_next_step_is_its_own(page, cast, homes):
    """What others sign or judge on paper is entered there, but waits for them."""
    topic = propose(cast, by=cast.secretary)
    steps.discuss(topic=topic, by=cast.secretary, now=NOW)
    shown = page(cast.community_worker).get(address(topic))
    assert shown.context["first"]["label"] == "提交审议"
    assert "联名（代录）" in [one["label"] for one in shown.context["others"]]


def test_who_enters_it_for_the_sides_says_for_which(page, cast, homes):
    topic = propose(cast, by=cast.secretary)
    steps.discuss(topic=topic, by=cast.secretary, now=NOW)
    state = address(topic, "topic_act", "state")
    form = page(cast.community_worker).get(state).context["form"]
    assert form.fields["side"].choices[0] == ("", "请选择")
    assert page(cast.community_worker).post(state, {"side": "", "text": "同意"}).status_code == 400
    assert page(cast.property_clerk).get(state).context["form"]["side"].value() == "property"


def test_strangers_raise_nothing(page, cast, homes):
    assert page(cast.outsider).get(reverse("deliberation:topic_new")).status_code == 403
    assert page().get(reverse("deliberation:topics")).status_code == 302
    url = reverse("deliberation:topic_new") + f"?unit={cast.other_compound.code}"
    assert page(cast.owner).get(url).status_code == 403


@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 200), ("member", 200), ("community_worker", 200), ("secretary", 200),
     ("committee_member", 200), ("property_clerk", 200), ("street_cadre", 200), ("admin", 200),
     ("outsider", 404), ("sibling_worker", 404), ("urban_officer", 404), ("auditor", 404)],
)  # fmt: skip
def test_who_sees_a_topic(page, cast, homes, who, status):
    topic = propose(cast)
    assert page(getattr(cast, who)).get(address(topic)).status_code == status


def test_signing_is_one_click_for_a_neighbour_and_a_form_at_the_desk(page, cast, homes):
    topic = propose(cast)
    act = address(topic, "topic_act", "co-sign")
    assert page(cast.neighbour).post(act, follow=True).status_code == 200
    assert topic.signatures.count() == 2
    desk = page(cast.grid_worker)
    assert b"household" in desk.get(act).content
    assert desk.post(act, {"household": "x", "name": "谁"}).status_code == 400
    assert page(cast.property_clerk).get(act).status_code == 403


def test_every_stage_has_a_page(page, cast, homes):
    client = page(cast.community_worker)
    topic = propose(cast, by=cast.secretary)
    seen = {topic.stage}
    for step, by, body in (
        (steps.discuss, cast.secretary, {}),
        (steps.state, cast.property_clerk, {"text": "支持"}),
        (steps.review, cast.community_worker, {}),
        (steps.approve, cast.secretary, {"reason": "可行"}),
    ):
        topic = step(topic=topic, by=by, now=NOW, **body)
        seen.add(topic.stage)
        assert client.get(address(topic)).status_code == 200
        assert page(cast.owner).get(address(topic)).status_code == 200
    assert seen == {"proposed", "discussing", "reviewing", "deciding"}


def test_each_open_action_has_a_page_that_can_be_opened(page, cast, homes):
    topics = [propose(cast), propose(cast, by=cast.secretary), decision(cast, deciding(cast))]
    people = (
        "owner",
        "neighbour",
        "community_worker",
        "secretary",
        "committee_member",
        "street_cadre",
    )
    opened = 0
    for topic in topics:
        for name in people:
            user = getattr(cast, name)
            for action in WORKFLOW.available_actions(topic, user, NOW):
                answer = page(user).get(address(topic, "topic_act", action.value))
                assert answer.status_code == 200, (topic.stage, name, action)
                opened += 1
    assert opened > 10


def test_pages_cost_the_same_however_many_rows(page, cast, homes):
    for number in range(3):
        propose(cast, by=cast.secretary, title=f"议题{number}")
    client = page(cast.owner)
    url = reverse("deliberation:topics")
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(url)
    for number in range(30):
        propose(cast, by=cast.secretary, title=f"再一个{number}")
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)
    topic = Topic.objects.first()
    with CaptureQueriesContext(connection) as few:
        client.get(address(topic))
    for number in range(20):
        person = make.resident(cast.building)
        home = make.household(cast.building, f"9{number:02}")
        make.belonging(person, home)
        proposals.co_sign(
            topic=topic, household=home.code, name=person.name, by=cast.grid_worker, now=NOW
        )
    with CaptureQueriesContext(connection) as many:
        client.get(address(topic))
    assert len(many) == len(few)


def test_names_of_neighbours_are_masked_unless_they_agreed(page, cast, homes):
    topic = propose(cast)
    shown = page(cast.neighbour).get(address(topic)).content.decode()
    assert "沈业主" not in shown
    assert "沈**" in shown
    make.notice(cast)
    consents.consent(purpose=ConsentPurpose.DELIBERATION, given=True, by=cast.owner, now=NOW)
    assert "沈业主" in page(cast.neighbour).get(address(topic)).content.decode()


def test_a_petition_counts_what_is_signed_under_the_present_text_and_says_so(page, cast, homes):
    topic = propose(cast, decider="owners")
    client = page(cast.owner)
    said = "只计对现行正文（第 2 版）的联名"
    text = client.get(address(topic)).text
    assert said not in text
    # What stands before it is not said once more in it.
    assert "<dt>提出</dt><dd>发起人 " in text
    type(topic).objects.filter(pk=topic.pk).update(text_version=2)
    assert said in client.get(address(topic)).text


def test_versions_and_signatures_have_pages(page, cast, homes):
    topic = propose(cast)
    proposals.co_sign(topic=topic, by=cast.neighbour, now=NOW)
    proposals.revise(topic=topic, title="新", text="新文", reason="改", by=cast.owner, now=NOW)
    client = page(cast.member)
    assert "新文" in client.get(address(topic, "topic_versions")).content.decode()
    signed = client.get(address(topic, "topic_signatures")).content.decode()
    assert "韩邻居" not in signed
    assert "韩**" in signed
    desk = page(cast.community_worker).get(address(topic, "topic_signatures")).content.decode()
    assert "韩邻居" in desk


def test_rules_of_a_place(page, cast):
    url = reverse("deliberation:topic_rules", args=[cast.compound.code])
    client = page(cast.community_worker)
    assert client.get(url).status_code == 200
    body = {
        "threshold": 10, "counted_by": "households", "petition_basis": "area_and_owners",
        "petition_percent": 20, "review_days": 5, "convene_days": 30, "publicity_days": 15,
        "evaluation_days": 7, "low_score": 300, "sides": ["branch", "committee"],
        "other_sides": "城管中队，派出所", "source": "议事规则第八条",
    }  # fmt: skip
    assert client.post(url, body | {"publicity_days": 14}).status_code == 400
    assert client.post(url, body).status_code == 302
    topic = propose(cast, by=cast.secretary)
    assert (topic.rule.version, topic.rule.threshold) == (1, 10)
    assert [side.label for side in topic.sides.all()][2:] == ["城管中队", "派出所"]
    assert page(cast.committee_member).get(url).status_code == 403
    assert (
        client.get(reverse("deliberation:topic_rules", args=[cast.building.code])).status_code
        == 404
    )


def test_refused_twice_at_once_says_so_and_goes_back(page, cast, homes):
    topic = propose(cast, by=cast.secretary)
    topic = steps.discuss(topic=topic, by=cast.secretary, now=NOW)
    answer = page(cast.secretary).post(address(topic, "topic_act", "discuss"), follow=True)
    assert answer.status_code == 200
    assert Topic.objects.get().stage == TopicStage.DISCUSSING
    assert page(cast.secretary).get(address(topic, "topic_act", "fly")).status_code == 404


def test_topics_stand_where_people_look(page, cast, homes):
    topic = propose(cast)
    assert topic.title in page(cast.owner).get("/").content.decode()
    unit = reverse("orgs:unit", args=[cast.compound.code])
    for who in (cast.owner, cast.community_worker):
        assert topic.title in page(who).get(unit).content.decode()
    assert topic.title not in page(cast.outsider).get(unit).content.decode()
    other = propose(cast, by=cast.secretary, title="等您审议")
    other = steps.discuss(topic=other, by=cast.secretary, now=NOW)
    steps.review(topic=other, by=cast.community_worker, now=NOW)
    assert "等您审议" in page(cast.secretary).get("/").content.decode()
    type(topic).objects.filter(pk=topic.pk).update(petition_at=NOW, convene_by=NOW)
    assert topic.title in page(cast.street_cadre).get("/").content.decode()


def test_a_petition_stands_on_the_home_of_the_committee_that_has_to_convene(page, cast, homes):
    topic = propose(cast, decider="owners", title="更换电梯")
    type(topic).objects.filter(pk=topic.pk).update(petition_at=NOW, convene_by=NOW)
    home = page(cast.committee_member).get("/")
    assert [one.pk for one in home.context["petitions"]] == [topic.pk]
    assert "待业委会处理" in home.text
    assert "待业委会处理" not in page(cast.owner).get("/").text
    # Once a vote of it is announced, they have been called together.
    polls.announce(poll=draft(cast, topic), by=cast.committee_member, now=NOW)
    assert page(cast.committee_member).get("/").context["petitions"] == []
