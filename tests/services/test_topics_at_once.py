"""Topics at the same moment, over real connections: signing, reaching a petition, rating, hiding."""

from collections import Counter
from datetime import timedelta

import pytest

from residents.deliberation.discussion import discussion
from residents.deliberation.enums import Decider
from residents.deliberation.models import CoSignature, ResultRating, Topic, TopicEntry
from residents.deliberation.topics import proposals, steps, watcher
from tests import factories as make
from tests.residents.deliberation.topic_factories import NOW, at_home, deciding, decision
from tests.services.outcomes import outcome

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def homes(cast):
    for name, room in (("owner", "501"), ("neighbour", "502"), ("member", "503")):
        at_home(cast, getattr(cast, name), room)


def test_one_person_signs_once_however_often_at_once(cast, homes, at_once):
    topic = make.topic(cast, by=cast.owner)
    home = cast.neighbour.person.belongings.get().household
    online = [
        outcome(lambda: proposals.co_sign(topic=topic, by=cast.neighbour, now=NOW))
        for _try in range(4)
    ]
    paper = [
        outcome(
            lambda: proposals.co_sign(
                topic=topic,
                household=home.code,
                name=cast.neighbour.name,
                by=cast.grid_worker,
                now=NOW,
            )
        )
        for _try in range(2)
    ]
    assert Counter(at_once(*online, *paper)) == {"done": 1, "already_signed": 5}
    assert CoSignature.objects.filter(person__account=cast.neighbour).count() == 1


def test_a_petition_is_reached_once(cast, homes, at_once):
    topic = make.topic(cast, by=cast.owner, decider=Decider.OWNERS)
    # Twelve owners: three are a fifth.
    for number in range(9):
        make.belonging(make.resident(cast.building), make.household(cast.building, f"7{number:02}"))
    tries = [
        outcome(lambda who=who: proposals.co_sign(topic=topic, by=who, now=NOW))
        for who in (cast.neighbour, cast.member)
    ]
    assert at_once(*tries) == ["done", "done"]
    assert Topic.objects.get().petition_at == NOW
    assert TopicEntry.objects.filter(action="reach").count() == 1


def test_one_of_two_takes_a_step(cast, homes, at_once):
    topic = deciding(cast)
    tries = [outcome(lambda: decision(cast, topic)) for _try in range(2)]
    assert Counter(at_once(*tries)) == {"done": 1, "decided": 1}
    tries = [
        outcome(lambda: steps.announce(topic=topic, text="公示", by=cast.committee_member, now=NOW))
        for _try in range(3)
    ]
    assert Counter(at_once(*tries)) == {"done": 1, "wrong_state": 2}


def test_two_workers_watch_each_limit_once(cast, homes, at_once):
    topic = make.topic(cast, by=cast.secretary)
    topic = steps.discuss(topic=topic, by=cast.secretary, now=NOW)
    topic = steps.review(topic=topic, by=cast.community_worker, now=NOW)
    late = topic.due_by + timedelta(minutes=1)
    assert sum(at_once(*[lambda: watcher.watch(late)] * 3)) == 1
    assert TopicEntry.objects.filter(action="escalate").count() == 1


def test_a_comment_is_hidden_once(cast, homes, at_once):
    topic = make.topic(cast, by=cast.owner)
    comment = discussion.say(topic=topic, text="某某欠费", by=cast.owner, now=NOW)
    tries = [
        outcome(
            lambda who=who: discussion.hide(comment=comment, reason="涉及个人", by=who, now=NOW)
        )
        for who in (cast.secretary, cast.community_worker)
    ]
    assert Counter(at_once(*tries)) == {"done": 1, "decided": 1}


def test_one_rating_a_person(cast, homes, at_once):
    topic = make.topic(cast, by=cast.secretary)
    Topic.objects.update(stage="evaluating", evaluated_until=NOW + timedelta(days=1))
    topic.refresh_from_db()
    tries = [
        outcome(lambda: steps.rate(topic=topic, stars=5, by=cast.owner, now=NOW))
        for _try in range(4)
    ]
    assert Counter(at_once(*tries)) == {"done": 1, "rated_already": 3}
    assert ResultRating.objects.count() == 1
