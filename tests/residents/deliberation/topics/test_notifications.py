"""Who is told of topics, read from the timeline."""

from datetime import timedelta

from django.utils import translation

from orgs.models import Notice
from orgs.notifications import notifications
from residents.deliberation.topics.course import proposals, steps, watcher
from residents.deliberation.topics.notifications import notify_of_entries
from tests.residents.deliberation.topic_factories import NOW, propose


def texts(user):
    found = Notice.objects.filter(recipient=user).order_by("pk")
    with translation.override("zh-hans"):
        return [notifications.text_of(one) for one in found]


def test_signers_are_told_of_every_change_of_the_text(cast, homes):
    topic = propose(cast)
    proposals.co_sign(topic=topic, by=cast.neighbour, now=NOW)
    proposals.revise(
        topic=topic, title="灯", text="新文", reason="改成两盏", by=cast.owner, now=NOW
    )
    notify_of_entries(NOW)
    assert texts(cast.neighbour) == ["“灯”正文有修改：改成两盏"]
    assert texts(cast.owner) == []
    assert texts(cast.community_worker) == ["翡翠一品小区有新议题：灯"]
    # Twice tells nobody twice.
    assert notify_of_entries(NOW + timedelta(seconds=30)) == 0


def test_the_proposer_reads_the_answer_and_the_branch_what_waits(cast, homes):
    topic = propose(cast)
    for who in (cast.neighbour, cast.member):
        topic = proposals.co_sign(topic=topic, by=who, now=NOW)
    topic = steps.discuss(topic=topic, by=cast.community_worker, now=NOW)
    topic = steps.review(topic=topic, by=cast.community_worker, now=NOW)
    steps.reject(topic=topic, reason="不行", by=cast.secretary, now=NOW)
    notify_of_entries(NOW)
    assert texts(cast.owner)[-1] == "“楼道装声控灯”：不予采纳"
    assert "“楼道装声控灯”：提交审议" in texts(cast.secretary)
    assert texts(cast.outsider) == []


def test_a_limit_is_told_in_the_readers_language(cast, homes):
    """The notice keeps which limit it was, not the sentence of whoever's language ran the job."""
    topic = steps.discuss(topic=propose(cast, by=cast.secretary), by=cast.secretary, now=NOW)
    topic = steps.review(topic=topic, by=cast.community_worker, now=NOW)
    late = topic.due_by + timedelta(minutes=1)
    watcher.watch(late)
    notify_of_entries(late)
    told = Notice.objects.filter(data__action="escalate").first()
    assert told.data["limit"] == "review"
    with translation.override("en"):
        assert "the branch has not answered in time" in notifications.text_of(told)
    with translation.override("zh-hans"):
        assert "党支部未按期答复" in notifications.text_of(told)
