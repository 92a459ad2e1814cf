"""Discussions: threads, moderation with a public reason, appeals decided by somebody else, Excel."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from orgs.errors import NotAllowed, Refused, TooOften, WrongState
from orgs.models import AuditEntry, Notice
from orgs.notifications import notifications
from residents.deliberation.discussion import discussion, queries
from residents.deliberation.enums import CommentState
from residents.deliberation.models import Comment
from tests.residents.deliberation.topic_factories import NOW, propose


def say(topic, by, text="我同意", **values):
    return discussion.say(topic=topic, text=text, by=by, now=NOW, **values)


def hide(comment, by, reason="含个人信息"):
    return discussion.hide(comment=comment, reason=reason, by=by, now=NOW)


def appeal(comment, by):
    return discussion.appeal(comment=comment, reason="没有个人信息", by=by, now=NOW)


def decide(comment, by, granted=True):
    return discussion.decide_appeal(comment=comment, granted=granted, reason="看过", by=by, now=NOW)


def test_threads_have_one_level(cast, homes):
    topic = propose(cast)
    first = say(topic, cast.owner)
    answer = say(topic, cast.member, "我也是", answers=first)
    say(topic, cast.neighbour, "还有我", answers=answer)
    [thread] = queries.threads(topic, cast.neighbour)
    assert [one.text for one in thread.answers] == ["我也是", "还有我"]
    with pytest.raises(Refused):
        say(propose(cast), cast.owner, answers=first)


@pytest.mark.parametrize("who", ["outsider", "sibling_worker", "urban_officer"])
def test_who_has_no_part_in_it_says_nothing(cast, homes, who):
    with pytest.raises(NotAllowed):
        say(propose(cast), getattr(cast, who))


def test_too_much_at_once_is_stopped(cast, homes):
    topic = propose(cast)
    for _comment in range(discussion.MOST_AN_HOUR):
        say(topic, cast.owner)
    with pytest.raises(TooOften):
        say(topic, cast.owner)
    later = NOW + timedelta(hours=2)
    discussion.say(topic=topic, text="再说", by=cast.owner, now=later)


def test_hidden_with_a_public_reason(cast, homes):
    topic = propose(cast)
    comment = say(topic, cast.owner, "某某欠费")
    with pytest.raises(NotAllowed):
        hide(comment, cast.neighbour)
    comment = hide(comment, cast.secretary)
    seen = {
        name: queries.readings([comment], getattr(cast, name))[0]
        for name in ("owner", "neighbour", "community_worker")
    }
    assert [seen[name].text for name in seen] == ["某某欠费", "", "某某欠费"]
    assert seen["neighbour"].comment.reason == "含个人信息"
    with pytest.raises(WrongState):
        hide(comment, cast.community_worker)


def test_hidden_words_leave_the_notices_too(cast, homes):
    def kept():
        found = Notice.objects.filter(key__startswith="comment:", kind="topic-said")
        return {(one.recipient, one.data["step"], one.data["text"]) for one in found}

    topic = propose(cast)
    first = say(topic, cast.member, "点名 302")
    comment = say(topic, cast.neighbour, "也说 302", answers=first)
    of_first = (cast.owner, "say", "点名 302")
    assert kept() == {
        of_first,
        (cast.owner, "say", "也说 302"),
        (cast.member, "answer", "也说 302"),
    }
    hide(comment, cast.secretary)
    assert kept() == {of_first, (cast.owner, "say", ""), (cast.member, "answer", "")}


def test_an_appeal_is_decided_by_somebody_else(cast, homes):
    comment = hide(say(propose(cast), cast.owner), cast.secretary)
    with pytest.raises(NotAllowed):
        appeal(comment, cast.neighbour)
    comment = appeal(comment, cast.owner)
    with pytest.raises(WrongState):
        appeal(comment, cast.owner)
    with pytest.raises(NotAllowed) as refused:
        decide(comment, cast.secretary)
    assert refused.value.code == "own_case"
    with pytest.raises(NotAllowed):
        decide(comment, cast.owner)
    comment = decide(comment, cast.community_worker)
    assert comment.state == CommentState.SHOWN
    # What was decided is not hidden once more.
    with pytest.raises(WrongState):
        hide(comment, cast.secretary)
    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.update(decided_by=cast.secretary)


def test_an_appeal_that_is_not_granted(cast, homes):
    comment = appeal(hide(say(propose(cast), cast.owner), cast.secretary), cast.owner)
    assert decide(comment, cast.street_cadre, granted=False).state == CommentState.UPHELD


def test_over_the_api(api, cast, homes):
    topic = propose(cast)
    url = f"/api/v1/topics/{topic.pk}/comments/"
    made = api(cast.owner).post(url, {"text": "支持"}, format="json")
    assert (made.status_code, made.json()["text"]) == (201, "支持")
    pk = made.json()["id"]
    answered = api(cast.member).post(url, {"text": "同意", "answers": pk}, format="json")
    assert answered.json()["answers"] == pk
    assert api(cast.outsider).get(url).status_code == 404
    assert api(cast.owner).post(url, {"text": ""}, format="json").status_code == 400
    hidden = f"/api/v1/comments/{pk}/hide/"
    assert api(cast.member).post(hidden, {"reason": "x"}, format="json").status_code == 403
    assert api(cast.secretary).post(hidden, {}, format="json").status_code == 400
    assert api(cast.secretary).post(hidden, {"reason": "重复"}, format="json").status_code == 200
    rows = api(cast.neighbour).get(url).json()["results"]
    assert [(row["text"], row["reason"]) for row in rows] == [("同意", ""), ("", "重复")]
    api(cast.owner).post(f"/api/v1/comments/{pk}/appeal/", {"reason": "不重复"}, format="json")
    assert api(cast.neighbour).get(url).json()["results"][1]["appeal"] == ""
    done = api(cast.community_worker).post(
        f"/api/v1/comments/{pk}/decide-appeal/", {"granted": True, "reason": "是"}, format="json"
    )
    assert done.json()["state"] == "shown"


def test_pages(page, cast, homes):
    topic = propose(cast)
    client = page(cast.owner)
    url = reverse("deliberation:say", args=[topic.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"text": "装灯好"}, follow=True).status_code == 200
    comment = Comment.objects.get()
    answer = reverse("deliberation:comment_answer", args=[comment.pk])
    page(cast.neighbour).post(answer, {"text": "赞成"})
    page(cast.secretary).post(
        reverse("deliberation:comment_hide", args=[comment.pk]), {"reason": "跑题"}
    )
    shown = page(cast.member).get(reverse("deliberation:topic", args=[topic.pk])).content.decode()
    assert ("跑题" in shown, "装灯好" in shown, "赞成" in shown) == (True, False, True)
    client.post(reverse("deliberation:comment_appeal", args=[comment.pk]), {"reason": "没有"})
    decide_page = reverse("deliberation:comment_decide", args=[comment.pk])
    assert (
        page(cast.secretary).post(decide_page, {"granted": "1", "reason": "x"}).status_code == 403
    )
    body = {"granted": "0", "reason": "确实跑题"}
    assert page(cast.community_worker).post(decide_page, body).status_code == 302
    assert page(cast.outsider).get(url).status_code == 404
    assert page(cast.property_clerk).get(decide_page).status_code == 403


def test_fetched_as_excel_and_audited(page, cast, homes):
    topic = propose(cast)
    say(topic, cast.owner)
    answer = page(cast.member).get(reverse("deliberation:discussion_fetch", args=[topic.pk]))
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    assert AuditEntry.objects.get(action="deliberation.export-discussion").detail == {"rows": 1}


def told(user):
    return [
        notifications.text_of(one) for one in Notice.objects.filter(recipient=user).order_by("pk")
    ]


def test_who_is_told(cast, homes):
    topic = propose(cast)
    first = say(topic, cast.member)
    say(topic, cast.neighbour, "我也是", answers=first)
    comment = appeal(hide(first, cast.secretary), cast.member)
    decide(comment, cast.community_worker)
    with translation.override("zh-hans"):
        assert told(cast.owner) == [
            # Its words are gone with it: a notice must not keep what was hidden.
            "“楼道装声控灯”中的一条发言已被隐藏。",
            "“楼道装声控灯”有新发言：我也是",
        ]
        assert told(cast.member) == [
            "“楼道装声控灯”里有人回复您：我也是",
            "您在“楼道装声控灯”的发言被隐藏：含个人信息",
            "您对“楼道装声控灯”的申诉已处理：看过",
        ]
        # Whoever hid it decides nothing, so is asked nothing.
        assert told(cast.secretary) == []
        assert told(cast.community_worker) == ["“楼道装声控灯”有申诉待处理：没有个人信息"]
