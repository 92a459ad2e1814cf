"""Topics and polls: which poll decides, what its result does, who then judges."""

from datetime import timedelta

import pytest

from orgs.errors import NotAllowed, Refused, WrongState
from residents.deliberation.enums import (
    Decider,
    Electorate,
    Matter,
    PollMode,
    PollState,
    Rule,
    TopicStage,
)
from residents.deliberation.models import ResultRating
from residents.deliberation.polls.course import polls
from residents.deliberation.promises import promises
from residents.deliberation.promises.rating_groups import Group, groups
from residents.deliberation.topics.course import decisions, steps
from tests.residents.deliberation.polls.conftest import YES_NO
from tests.residents.deliberation.topic_factories import NOW, at_home, deciding

OPENS = NOW + timedelta(days=16)
CLOSES = OPENS + timedelta(days=5)


@pytest.fixture
def owners(cast):
    """Three owners with accounts: owner, neighbour, member."""
    for name, room in (("owner", "501"), ("neighbour", "502"), ("member", "503")):
        at_home(cast, getattr(cast, name), room)


def draft(cast, topic, **values):
    defaults = {
        "unit": cast.compound, "title": "更换电梯", "questions": YES_NO,
        "electorate": Electorate.OWNERS, "mode": PollMode.STATUTORY_PAPER,
        "rule": Rule.CIVIL_CODE_278, "matter": Matter.USE_FUND, "opens_at": OPENS,
        "closes_at": CLOSES, "by": cast.committee_member, "now": NOW, "topic": topic,
    }  # fmt: skip
    return polls.create(**defaults | values)


def published(cast, topic, votes, **values):
    """A poll of the topic with the votes of some people, its result published."""
    from residents.deliberation.polls.box import casting

    poll = draft(cast, topic, **values)
    by = cast.committee_member
    poll = polls.announce(poll=poll, by=by, now=NOW)
    poll = polls.open_poll(poll=poll, by=by, now=OPENS)
    for name, choice in votes.items():
        user = getattr(cast, name)
        entry = decisions.entry_of(poll, user)
        casting.cast(entry=entry, choices={"1": choice}, by=user, now=OPENS)
    poll = polls.close(poll=poll, by=by, now=CLOSES)
    return polls.publish(poll=poll, by=by, now=CLOSES + timedelta(days=4))


ALL_FOR = dict.fromkeys(("owner", "neighbour", "member"), "for")


def test_a_poll_that_passed_lets_the_decision_be_announced(cast, owners):
    topic = deciding(cast, decider=Decider.OWNERS, matter=5)
    with pytest.raises(WrongState):
        steps.announce(topic=topic, text="公示", by=cast.committee_member, now=CLOSES)
    poll = published(cast, topic, ALL_FOR)
    topic.refresh_from_db()
    assert (topic.stage, decisions.outcome(topic)) == (TopicStage.DECIDING, True)
    assert decisions.result_poll(topic) == poll
    topic = steps.announce(topic=topic, text="公示", by=cast.committee_member, now=CLOSES)
    assert topic.stage == TopicStage.PUBLICITY


def test_a_small_review_is_decided_by_an_opinion(cast, owners, page):
    """红色微评议: a hot issue, a quick round without a quorum, then the fix."""
    topic = deciding(cast, decider=Decider.OWNERS, is_micro=True)
    form = page(cast.secretary).get(f"/polls/new/?topic={topic.pk}").content.decode()
    for chosen in ('value="advisory" selected', 'value="opinion" selected'):
        assert chosen in form
    plain = {"mode": PollMode.ADVISORY, "rule": Rule.OPINION, "matter": None}
    published(cast, topic, {"owner": "for"}, **plain)
    topic.refresh_from_db()
    assert decisions.outcome(topic) is True, "one of three, and nobody against it"
    topic = steps.announce(topic=topic, text="公示", by=cast.committee_member, now=CLOSES)
    assert topic.stage == TopicStage.PUBLICITY


def test_an_opinion_decides_no_topic_but_a_small_review(cast, owners):
    """It has no quorum, and neither passes nor fails."""
    topic = deciding(cast, decider=Decider.OWNERS)
    plain = {"mode": PollMode.ADVISORY, "rule": Rule.OPINION, "matter": None}
    published(cast, topic, {"owner": "against"}, **plain)
    topic.refresh_from_db()
    assert (topic.stage, decisions.outcome(topic)) == (TopicStage.DECIDING, None)
    assert not decisions.is_convened(topic)
    with pytest.raises(WrongState):
        steps.announce(topic=topic, text="公示", by=cast.committee_member, now=CLOSES)


def test_a_poll_that_failed_lapses_the_topic(cast, owners):
    topic = deciding(cast, decider=Decider.OWNERS, matter=5)
    published(cast, topic, {"owner": "for", "neighbour": "against", "member": "against"})
    topic.refresh_from_db()
    assert topic.stage == TopicStage.REJECTED
    assert topic.entries.last().action == "lapse"


def test_no_rehearsal_and_no_advisory_poll_decides_a_matter_of_art_278(cast, owners):
    topic = deciding(cast, decider=Decider.OWNERS, matter=5)
    draft(cast, topic, rehearsal=True)
    draft(cast, topic, mode=PollMode.ADVISORY)
    assert list(decisions.deciding_polls(topic)) == []
    assert not decisions.is_convened(topic)
    poll = polls.announce(poll=draft(cast, topic), by=cast.committee_member, now=NOW)
    assert list(decisions.deciding_polls(topic)) == [poll]
    assert decisions.is_convened(topic)


def test_a_poll_takes_only_a_topic_that_waits_for_it(cast, owners):
    topic = deciding(cast, decider=Decider.OWNERS, matter=5)
    with pytest.raises(Refused):
        draft(cast, topic, matter=Matter.RAISE_FUND)
    elsewhere = deciding(cast, decider=Decider.OWNERS)
    elsewhere.stage = TopicStage.CLOSED
    with pytest.raises(Refused) as refused:
        draft(cast, elsewhere)
    assert refused.value.code == "wrong_topic"


def test_over_the_api_and_the_pages(api, page, cast, owners):
    topic = deciding(cast, decider=Decider.OWNERS, matter=5)
    body = {
        "unit": cast.compound.code, "topic": topic.pk, "title": "更换电梯", "questions": YES_NO,
        "electorate": "owners", "mode": "statutory_paper", "rule": "civil_code_278", "matter": 5,
        "opens_at": "2099-01-01T09:00:00+08:00", "closes_at": "2099-02-01T09:00:00+08:00",
    }  # fmt: skip
    made = api(cast.committee_member).post("/api/v1/polls/", body, format="json")
    assert (made.status_code, made.json()["topic"]) == (201, topic.pk)
    client = page(cast.committee_member)
    form = client.get(f"/polls/new/?topic={topic.pk}").content.decode()
    assert topic.title in form
    assert client.get("/polls/new/?topic=999999").status_code == 404
    shown = client.get(f"/topics/{topic.pk}/").content.decode()
    assert f"/polls/{made.json()['id']}/" in shown


def test_the_frozen_roll_rates_the_result(cast, owners):
    topic = deciding(cast, decider=Decider.OWNERS, matter=5)
    poll = published(cast, topic, ALL_FOR)
    topic = steps.announce(topic=topic, text="公示", by=cast.committee_member, now=CLOSES)
    after = CLOSES + timedelta(days=17)
    one = promises.promise(
        topic=topic, text="换电梯", owner="业委会", due_on=after.date(), by=cast.committee_member,
        now=CLOSES,
    )  # fmt: skip
    topic = steps.execute(topic=topic, by=cast.committee_member, now=after)
    promises.end(promise=one, text="换好", by=cast.committee_member, now=after)
    topic = steps.evaluate(topic=topic, by=cast.committee_member, now=after)
    # Who owned then rates, though the flat is sold; who moved in since does not.
    sold = cast.owner.person.belongings.get()
    sold.ends = after.date()
    sold.save(update_fields=["ends"])
    at_home(cast, cast.volunteer, "601")
    for name, stars in (("owner", 5), ("neighbour", 4), ("member", 3)):
        topic = steps.rate(topic=topic, stars=stars, by=getattr(cast, name), now=after)
    with pytest.raises(NotAllowed):
        steps.rate(topic=topic, stars=1, by=cast.volunteer, now=after)
    # Three rated who were for it: an average of them; of none who were against there is none.
    found = groups(topic, poll)
    assert found == [Group(found[0].choice, 3, 400), Group(found[1].choice, 0, None)]


def test_the_rating_of_the_only_one_against_cannot_be_worked_out(cast, owners):
    at_home(cast, cast.volunteer, "504")
    topic = deciding(cast, decider=Decider.OWNERS, matter=5)
    poll = published(cast, topic, ALL_FOR | {"volunteer": "against"})
    ResultRating.objects.bulk_create(
        ResultRating(
            topic=topic, round=topic.round, entry=entry, person=entry.person, stars=5, at=CLOSES
        )
        for entry in poll.entries.all()
    )
    found = groups(topic, poll)
    assert [(group.count, group.average) for group in found] == [(3, None), (1, None)]


def test_the_streets_order_for_a_topic_is_one_for_its_poll(cast, owners):
    topic = deciding(cast, decider=Decider.OWNERS, matter=5)
    poll = draft(cast, topic)
    type(topic).objects.update(petition_at=NOW, convene_by=NOW)
    topic.refresh_from_db()
    late = NOW + timedelta(days=1)
    topic = steps.order(topic=topic, text="责令召开", by=cast.street_cadre, now=late)
    poll.refresh_from_db()
    assert poll.ordered_until == topic.order_by.date()
    assert draft(cast, topic).ordered_until == topic.order_by.date()
    assert poll.state == PollState.DRAFT
