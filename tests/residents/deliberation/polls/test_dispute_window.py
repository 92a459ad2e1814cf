"""A result is provisional until everybody could say that a ballot was not theirs (decision 0049)."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from orgs.attachments.sheets import Sheets
from orgs.db import append_only
from orgs.errors import Refused, WrongState
from orgs.models import Notice
from residents.deliberation import jobs
from residents.deliberation.enums import (
    BallotKind,
    Electorate,
    PollMode,
    PollState,
    Rule,
    TopicStage,
)
from residents.deliberation.models import Ballot, PaperBallot, Poll
from residents.deliberation.polls import documents, notifications, poll_settings
from residents.deliberation.polls.box import casting, disputes, paper
from residents.deliberation.polls.course import polls
from residents.deliberation.polls.course.workflow import disputable_until
from tests.residents.deliberation.polls.conftest import NOW, YES_NO, at
from tests.residents.deliberation.topics import test_decisions as stories

OPENS, CLOSES = at(17), at(20)
BASE = "/api/v1/polls/"


def day(moment):
    return timezone.localdate(moment)


def opened(place, **values):
    """No rehearsal: what is announced has run."""
    poll = place.draft(rehearsal=False, opens_at=OPENS, closes_at=CLOSES, **values)
    by = values.get("by", place.cast.committee_member)
    poll = polls.announce(poll=poll, by=by, now=NOW)
    for row in poll.entries.exclude(doubt=""):
        row.decision = "核实"
        row.save()
    return polls.open_poll(poll=poll, by=by, now=OPENS)


def cast(place, poll, name="owner", choice="for"):
    user = getattr(place, name)
    return casting.cast(entry=place.entry(poll, name), choices={"1": choice}, by=user, now=OPENS)


def closed(place, **values):
    poll = opened(place, **values)
    cast(place, poll)
    return polls.close(poll=poll, by=values.get("by", place.cast.committee_member), now=CLOSES)


def publish(place, poll, now):
    return polls.publish(poll=poll, by=place.cast.committee_member, now=now)


def test_the_result_waits_three_days(place):
    poll = closed(place)
    last = disputable_until(poll)
    assert last == day(CLOSES) + timedelta(days=3)
    for now in (CLOSES, at(23)):
        with pytest.raises(WrongState) as refusal:
            publish(place, poll, now)
        assert refusal.value.code == "dispute_window_open"
        first = last + timedelta(days=1)
        assert refusal.value.extra["publish_from"] == first.isoformat()
        for shown in (last, first):
            assert date_format(shown) in str(refusal.value.message)
            assert shown.isoformat() not in str(refusal.value.message)
    assert publish(place, poll, at(24)).state == PollState.PUBLISHED


def test_a_dispute_of_the_last_day_is_settled_first(place):
    poll = closed(place)
    dispute = disputes.dispute(
        ballot=Ballot.objects.get(), reason="我没有投过", by=place.owner, now=at(23)
    )
    with pytest.raises(WrongState) as refusal:
        publish(place, poll, at(24))
    assert refusal.value.code == "in_dispute"
    disputes.decide(
        dispute=dispute, counts=False, text="查明", by=place.cast.street_cadre, now=at(24)
    )
    poll = publish(place, poll, at(24))
    assert poll.result["questions"][0]["people"]["participating"] == 0


def test_a_paper_of_after_closing_starts_it_anew(place):
    poll = opened(place)
    entry = place.entry(poll, "third")
    clerks = (place.cast.community_worker, place.cast.committee_member)
    paper.enter(entry=entry, choices={"1": "for"}, by=clerks[0], now=OPENS)
    poll = polls.close(poll=poll, by=clerks[1], now=CLOSES)
    assert disputable_until(poll) is None, "there is no ballot yet"
    paper.enter(entry=entry, choices={"1": "for"}, by=clerks[1], now=at(22))
    assert disputable_until(poll) == day(at(25))
    with pytest.raises(WrongState):
        publish(place, poll, at(25))
    publish(place, poll, at(26))


def test_whose_paper_came_in_late_is_told_once(place):
    poll = opened(place)
    entry = place.entry(poll, "owner")
    clerks = (place.cast.community_worker, place.cast.committee_member)
    paper.enter(entry=entry, choices={"1": "for"}, by=clerks[0], now=OPENS)
    polls.close(poll=poll, by=clerks[1], now=CLOSES)
    paper.enter(entry=entry, choices={"1": "for"}, by=clerks[1], now=at(22))
    assert notifications.tell_of_late_papers(at(22)) == 1
    assert notifications.tell_of_late_papers(at(22)) == 0
    notice = Notice.objects.get()
    assert (notice.recipient, notice.data["day"]) == (place.owner, day(at(25)).isoformat())
    text = notifications._text(notice.data)
    assert "纸质票" in text
    assert date_format(day(at(25))) in text
    assert notifications.tell_of_late_papers(at(40)) == 0


def test_late_papers_that_were_told_of_cost_nothing_again(place, django_assert_num_queries):
    """The job comes every minute, as long as disputes can be raised."""
    poll = opened(place)
    clerks = (place.cast.community_worker, place.cast.committee_member)
    entries = [place.entry(poll, name) for name in ("owner", "multi", "third")]
    for entry in entries:
        paper.enter(entry=entry, choices={"1": "for"}, by=clerks[0], now=OPENS)
    polls.close(poll=poll, by=clerks[1], now=CLOSES)
    for entry in entries:
        paper.enter(entry=entry, choices={"1": "for"}, by=clerks[1], now=at(22))
    soon = at(22) + timedelta(minutes=5)
    assert notifications.tell_of_late_papers(soon) == 2, "the third has no account"
    # The bookmark, the papers after it, the bookmark; and a savepoint around them.
    with django_assert_num_queries(5):
        assert notifications.tell_of_late_papers(soon) == 0


def test_who_is_told_of_the_closing_reads_until_when_they_can_dispute(place):
    poll = closed(place)
    event = poll.events.last()
    notice = notifications._of_event("poll", event, place.owner.pk)
    assert notice.data["step"] == "disputable"
    assert date_format(day(at(23))) in notifications._text(notice.data)
    # A rehearsal has no such days.
    rehearsal = place.poll(PollState.CLOSED)
    notice = notifications._of_event("poll", rehearsal.events.last(), place.owner.pk)
    assert notice.data["step"] == "close"


def test_the_committee_is_reminded_once_that_it_can_publish(place):
    poll = closed(place)
    assert notifications.remind_to_publish(at(23)) == 0
    assert notifications.remind_to_publish(at(24)) == 1
    assert notifications.remind_to_publish(at(25)) == 0
    assert Notice.objects.get().recipient == place.cast.committee_member
    publish(place, poll, at(25))
    jobs.watch_postings()
    jobs.tell_of_polls()


def test_the_committee_is_reminded_once_nothing_waits(place):
    poll = closed(place)
    ballot = Ballot.objects.get()
    dispute = disputes.dispute(ballot=ballot, reason="我没有投过", by=place.owner, now=CLOSES)
    entry, clerks = place.entry(poll, "third"), (place.cast.community_worker, place.supervisor)
    waiting = PaperBallot.objects.create(
        poll=poll, entry=entry, first='{"1":"for"}', first_by=clerks[0], first_at=OPENS
    )
    assert notifications.remind_to_publish(at(24)) == 0, "a ballot is looked into"
    disputes.decide(
        dispute=dispute, counts=False, text="查明", by=place.cast.street_cadre, now=at(24)
    )
    assert notifications.remind_to_publish(at(24)) == 0, "a paper waits"
    PaperBallot.objects.filter(pk=waiting.pk).update(state=PaperBallot.State.REFUSED)
    assert notifications.remind_to_publish(at(25)) == 1
    assert publish(place, poll, at(25)).state == PollState.PUBLISHED


def test_the_committee_is_reminded_where_a_dispute_has_run_out(place):
    """Publishing ends it without the ballot."""
    poll = closed(place)
    disputes.dispute(ballot=Ballot.objects.get(), reason="我没有投过", by=place.owner, now=CLOSES)
    days = poll_settings.of(poll).dispute_days
    assert notifications.remind_to_publish(CLOSES + timedelta(days=days, hours=1)) == 1


def test_nobody_waits_where_nothing_can_be_disputed(place):
    assert disputable_until(place.poll(PollState.CLOSED)) is None
    elsewhere = opened(place, mode=PollMode.OFFICIAL_PLATFORM)
    elsewhere = polls.close(poll=elsewhere, by=place.cast.committee_member, now=CLOSES)
    assert disputable_until(elsewhere) is None
    # What was announced before the portal knew such a window keeps to what was announced.
    poll = closed(place)
    poll.settings = {
        name: value for name, value in poll.settings.items() if name != "dispute_window_days"
    }
    assert poll_settings.of(poll).dispute_window_days == 0


def test_the_window_is_announced(place):
    poll = place.draft()
    Poll.objects.filter(pk=poll.pk).update(settings=old(poll.settings))
    poll.refresh_from_db()
    poll = polls.announce(poll=poll, by=place.cast.committee_member, now=NOW)
    assert poll.settings["dispute_window_days"] == 3
    assert '"dispute_window_days":3' in poll.text


def old(settings):
    """As a draft was kept before there was a window."""
    return {name: value for name, value in settings.items() if name != "dispute_window_days"}


def test_a_statutory_result_waits_a_day_at_least(place):
    with pytest.raises(Refused) as refusal:
        place.draft(settings={"dispute_window_days": 0})
    assert refusal.value.code == "bad_settings"
    advisory = place.draft(
        mode=PollMode.ADVISORY, matter=None, rule=Rule.RESIDENTS_MEETING,
        electorate=Electorate.HOUSEHOLDS, settings={"dispute_window_days": 0},
    )  # fmt: skip
    assert advisory.settings["dispute_window_days"] == 0


# --- What people see -------------------------------------------------------------------------------


@pytest.fixture
def now_closed(place):
    """Closed today, so that pages of today show it."""
    poll = closed(place)
    now = timezone.now()
    with append_only.lifted(Poll, by=None, reason="closed today"):
        Poll.objects.filter(pk=poll.pk).update(closed_at=now)
    return Poll.objects.get(pk=poll.pk)


def test_the_api_says_that_it_is_provisional(api, place, now_closed):
    owner, committee = api(place.owner), api(place.cast.committee_member)
    address = f"{BASE}{now_closed.pk}/"
    tally = owner.get(f"{address}tally/").data
    assert (tally["provisional"], tally["people"]["for"]) == (True, 1)
    detail = committee.get(address).data
    last = day(now_closed.closed_at) + timedelta(days=3)
    assert detail["disputable_until"] == last
    assert "publish" not in detail["available_actions"]
    answer = committee.post(f"{address}publish/")
    assert (answer.status_code, answer.data["code"]) == (409, "dispute_window_open")
    assert date.fromisoformat(answer.data["publish_from"]) == last + timedelta(days=1)


def test_the_page_says_that_it_is_provisional(page, place, now_closed):
    shown = page(place.owner).get(f"/polls/{now_closed.pk}/").content.decode()
    assert "暂定结果" in shown
    assert "不是我投的" in shown
    office = page(place.cast.committee_member).get(f"/polls/{now_closed.pk}/").content.decode()
    assert "公布结果" in office, "why it cannot be published yet"
    assert f"/polls/{now_closed.pk}/act/publish/" not in office


def test_the_notice_posts_the_provisional_result(place, monkeypatch):
    poll, lines = closed(place), []
    monkeypatch.setattr(Sheets, "line", lambda self, text, *sizes: lines.append(text))
    documents.notice(poll)
    text = "\n".join(lines)
    assert "暂定结果" in text
    assert date_format(day(at(23))) in text
    assert not re.search(r"\d{4}-\d{2}-\d{2}", text), "days in words"
    assert "同意1" in text.replace(" ", "")
    lines.clear()
    documents.notice(publish(place, poll, at(24)))
    assert "暂定结果" not in "\n".join(lines)


def test_a_secret_poll_shows_nothing_before_it_is_published(api, place):
    poll = closed(
        place, mode=PollMode.ADVISORY, ballot=BallotKind.SECRET, matter=None,
        electorate=Electorate.OWNERS, rule=Rule.RESIDENTS_MEETING, questions=YES_NO,
    )  # fmt: skip
    assert disputable_until(poll) == day(at(23))
    tally = api(place.owner).get(f"{BASE}{poll.pk}/tally/").data
    assert (tally["provisional"], tally["people"]["for"]) == (True, None)


def test_a_topic_is_decided_by_the_final_result_alone(cast):
    for name, room in (("owner", "501"), ("neighbour", "502"), ("member", "503")):
        stories.at_home(cast, getattr(cast, name), room)
    topic = stories.deciding(cast, decider=stories.Decider.OWNERS, matter=5)
    poll = stories.draft(cast, topic)
    poll = polls.announce(poll=poll, by=cast.committee_member, now=stories.NOW)
    poll = polls.open_poll(poll=poll, by=cast.committee_member, now=stories.OPENS)
    for user in (cast.owner, cast.neighbour, cast.member):
        entry = stories.decisions.entry_of(poll, user)
        casting.cast(entry=entry, choices={"1": "for"}, by=user, now=stories.OPENS)
    polls.close(poll=poll, by=cast.committee_member, now=stories.CLOSES)
    topic.refresh_from_db()
    assert (topic.stage, stories.decisions.outcome(topic)) == (TopicStage.DECIDING, None)
    with pytest.raises(WrongState):
        stories.steps.announce(
            topic=topic, text="公示", by=cast.committee_member, now=stories.CLOSES
        )
