"""From a draft to a published result: who may, when, and what is frozen."""

import json
from datetime import datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format

from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Notice
from residents.deliberation.enums import (
    BallotKind,
    Doubt,
    Electorate,
    Matter,
    PollAction,
    PollMode,
    PollObjectionState,
    PollState,
    Rule,
    Silence,
)
from residents.deliberation.models import Poll, RollEntry, RollPart
from residents.deliberation.polls import notifications
from residents.deliberation.polls.box import casting, chain, disputes, paper
from residents.deliberation.polls.count import tallies
from residents.deliberation.polls.course import polls
from residents.deliberation.polls.course.workflow import WORKFLOW
from residents.deliberation.polls.roll import objections
from tests.residents.deliberation.polls.conftest import NOW, at


def test_only_the_committee_announces_a_statutory_owners_vote(place):
    poll, cast = place.draft(), place.cast
    for user in (cast.community_worker, cast.street_cadre, cast.secretary):
        with pytest.raises(NotAllowed):
            polls.announce(poll=poll, by=user, now=NOW)
    for user in (cast.property_clerk, place.owner, cast.sibling_worker):
        with pytest.raises(NotAllowed):
            place.draft(by=user)
    assert polls.announce(poll=poll, by=cast.committee_member, now=NOW).state == "announced"


def test_on_default_the_street_orders_then_convenes(place):
    poll, cast = place.draft(rehearsal=False, opens_at=at(60), closes_at=at(90)), place.cast
    with pytest.raises(NotAllowed):
        polls.order(poll=poll, reason="逾期未召开", by=cast.community_worker, now=NOW)
    poll = polls.order(poll=poll, reason="逾期未召开", by=cast.street_cadre, now=NOW)
    assert poll.ordered_until == at(30).date()
    # The days are counted by the calendar: the factories' today lies behind ours.
    polls.announce(poll=poll, by=cast.street_cadre, now=at(31))


def test_notice_of_fifteen_days(place):
    poll = place.draft(rehearsal=False, opens_at=at(15), closes_at=at(40))
    committee = place.cast.committee_member
    poll = polls.announce(poll=poll, by=committee, now=NOW)
    with pytest.raises(WrongState) as refusal:
        polls.open_poll(poll=poll, by=committee, now=at(14))
    assert refusal.value.code == "notice_too_short"
    assert polls.open_poll(poll=poll, by=committee, now=at(15)).state == PollState.OPEN


def test_what_asks_to_open_early_opens_once_its_notice_has_run(place):
    poll = place.draft(rehearsal=False, opens_at=at(3), closes_at=at(40))
    committee = place.cast.committee_member
    poll = polls.announce(poll=poll, by=committee, now=NOW)
    opens = timezone.make_aware(datetime.combine(at(15).date(), time.min))
    assert Poll.objects.get().opens_at == opens, "what is announced is what will happen"
    assert json.loads(poll.text)["opens_at"] == timezone.localtime(opens).isoformat()
    with pytest.raises(WrongState) as refusal:
        polls.open_poll(poll=poll, by=committee, now=opens - timedelta(minutes=1))
    assert refusal.value.code == "notice_too_short"
    assert refusal.value.extra["opens_from"] == at(15).date().isoformat()
    assert polls.open_poll(poll=poll, by=committee, now=opens).state == PollState.OPEN


def test_a_later_opening_is_kept(place):
    poll = place.draft(rehearsal=False, opens_at=at(20), closes_at=at(40))
    committee = place.cast.committee_member
    poll = polls.announce(poll=poll, by=committee, now=NOW)
    assert Poll.objects.get().opens_at == at(20)
    with pytest.raises(WrongState) as refusal:
        polls.open_poll(poll=poll, by=committee, now=at(19))
    assert refusal.value.code == "too_early"


def test_what_would_close_before_its_notice_has_run_is_not_announced(place):
    poll = place.draft(rehearsal=False, opens_at=at(3), closes_at=at(14))
    committee = place.cast.committee_member
    with pytest.raises(WrongState) as refusal:
        polls.announce(poll=poll, by=committee, now=NOW)
    assert refusal.value.code == "notice_too_short"
    assert refusal.value.extra["opens_from"] == at(15).date().isoformat()
    closed = [one for one in WORKFLOW.options(poll, committee, NOW) if not one.is_open]
    assert [(one.action, one.refusal) for one in closed if one.action == PollAction.ANNOUNCE] == [
        (PollAction.ANNOUNCE, refusal.value.message)
    ]
    assert Poll.objects.get().state == PollState.DRAFT


def refusal_of(poll, action, user, now):
    """Why a step is closed to somebody; "" where it is open."""
    return {one.action: str(one.refusal) for one in WORKFLOW.options(poll, user, now)}[action]


def test_voting_opens_once_what_was_said_of_the_roll_is_answered(place):
    poll = place.draft(rehearsal=False, opens_at=at(15), closes_at=at(40))
    committee, later = place.cast.committee_member, at(16)
    poll = polls.announce(poll=poll, by=committee, now=NOW)
    entry = place.entry(poll, "owner")
    said = objections.contest(entry=entry, reason="面积不对", by=place.owner, now=NOW)
    refusal = refusal_of(poll, PollAction.OPEN, committee, later)
    assert str(entry.number) in refusal
    with pytest.raises(WrongState) as refused:
        polls.open_poll(poll=poll, by=committee, now=later)
    assert (refused.value.code, refused.value.message) == ("roll_contested", refusal)
    objections.answer(
        objection=said, state=PollObjectionState.ON_RECORD, text="登记如此", by=committee, now=NOW
    )
    assert refusal_of(poll, PollAction.OPEN, committee, later) == ""
    assert notifications.tell_of_answers(NOW) == 1
    assert notifications.tell_of_answers(NOW) == 0
    assert place.owner in [notice.recipient for notice in Notice.objects.all()]
    assert polls.open_poll(poll=poll, by=committee, now=later).state == PollState.OPEN


def test_a_rehearsal_opens_whatever_is_said_of_its_roll(place):
    poll = place.poll(PollState.ANNOUNCED)
    objections.contest(entry=place.entry(poll, "owner"), reason="面积", by=place.owner, now=NOW)
    opened = polls.open_poll(poll=poll, by=place.cast.committee_member, now=NOW)
    assert opened.state == PollState.OPEN


def test_a_row_is_not_contested_by_a_page_that_voting_overtook(place):
    """Read before voting opened, sent after it: nobody would answer it in time any more."""
    poll = place.poll(PollState.ANNOUNCED)
    entry = RollEntry.objects.select_related("poll__unit").get(pk=place.entry(poll, "owner").pk)
    polls.open_poll(poll=poll, by=place.cast.committee_member, now=NOW)
    with pytest.raises(WrongState) as refused:
        objections.contest(entry=entry, reason="面积不对", by=place.owner, now=NOW)
    assert refused.value.code == "roll_frozen"
    assert not poll.objections.exists()


def test_an_unclear_roll_shows_opening_closed(place):
    poll = place.draft(rehearsal=False, opens_at=at(15), closes_at=at(40))
    committee = place.cast.committee_member
    poll = polls.announce(poll=poll, by=committee, now=NOW)
    assert refusal_of(poll, PollAction.OPEN, committee, at(16)) == ""
    RollEntry.objects.filter(poll=poll, number=2).update(doubt=Doubt.NO_AREA)
    assert refusal_of(poll, PollAction.OPEN, committee, at(16)).endswith("2。")


def test_who_convenes_is_told_once_that_voting_can_be_opened(place):
    poll = place.draft(rehearsal=False, opens_at=at(15), closes_at=at(40))
    polls.announce(poll=poll, by=place.cast.committee_member, now=NOW)
    assert [notifications.remind_to_open(at(day)) for day in (14, 15, 16)] == [0, 1, 0]
    assert Notice.objects.get().recipient == place.cast.committee_member


def test_publishing_is_shown_closed_while_a_paper_waits_or_a_ballot_is_in_dispute(place):
    poll, cast = place.poll(), place.cast
    entry, committee = place.entry(poll, "third"), cast.committee_member
    ballot = casting.cast(
        entry=place.entry(poll, "owner"), choices={"1": "for"}, by=place.owner, now=NOW
    )
    paper.enter(entry=entry, choices={"1": "for"}, by=cast.community_worker, now=NOW)
    poll = polls.close(poll=poll, by=committee, now=NOW)
    assert "纸质票" in refusal_of(poll, PollAction.PUBLISH, committee, NOW)
    paper.enter(entry=entry, choices={"1": "for"}, by=committee, now=NOW)
    dispute = disputes.dispute(ballot=ballot, reason="不是我", by=place.owner, now=NOW)
    refusal = refusal_of(poll, PollAction.PUBLISH, committee, NOW)
    assert date_format(timezone.localdate(dispute.decide_by)) in refusal
    # Once its deadline has run, it ends without the ballot.
    assert refusal_of(poll, PollAction.PUBLISH, committee, dispute.decide_by) == ""


def test_closing_early_is_refused(place):
    poll = place.draft(rehearsal=False, opens_at=at(15), closes_at=at(40))
    committee = place.cast.committee_member
    polls.announce(poll=poll, by=committee, now=NOW)
    polls.open_poll(poll=poll, by=committee, now=at(16))
    with pytest.raises(WrongState) as refusal:
        polls.close(poll=poll, by=committee, now=at(20))
    assert refusal.value.code == "too_early"
    assert polls.close_due(at(39)) == 0
    assert polls.close_due(at(40)) == 1
    assert Poll.objects.get().state == PollState.CLOSED


def test_the_announced_text_is_hashed_and_frozen_by_the_database(place):
    poll = place.poll(PollState.ANNOUNCED)
    assert chain.sha256(poll.text) == poll.text_sha256
    assert json.loads(poll.text)["questions"] == poll.questions
    for change in (
        {"questions": []},
        {"title": "别的"},
        {"sheet": {}},
        {"closes_at": at(99)},
        {"text": "{}"},
        {"matter": Matter.COMMON_PARTS},
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            Poll.objects.filter(pk=poll.pk).update(**change)
    with pytest.raises(WrongState):
        polls.edit(poll=poll, title="别的", by=place.cast.committee_member, now=NOW)


def test_owners_representatives_are_asked_never_counted_as_a_statutory_vote(place):
    values = {"rule": Rule.REPRESENTATIVES_MEETING, "matter": None,
              "electorate": Electorate.REPRESENTATIVES}  # fmt: skip
    with pytest.raises(Refused) as refusal:
        place.draft(**values)
    assert refusal.value.code == "representatives_not_counted"
    poll = place.draft(mode=PollMode.ADVISORY, **values)
    poll = polls.announce(poll=poll, by=place.cast.committee_member, now=NOW)
    assert poll.sheet["sources"] == ["业主大会和业主委员会指导规则（建房〔2009〕274号）27"]


def test_a_draft_can_be_changed(place):
    poll = polls.edit(poll=place.draft(), title="换电梯", by=place.cast.committee_member, now=NOW)
    assert poll.title == "换电梯"
    assert poll.questions[0]["id"] == "1"


def test_the_roll_is_frozen_by_the_database(place):
    poll = place.poll()
    for rows, change in (
        (RollEntry.objects.filter(poll=poll), {"area": 1}),
        (RollEntry.objects.filter(poll=poll), {"person": None}),
        (RollPart.objects.filter(poll=poll), {"area": 1}),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        RollPart.objects.filter(poll=poll).delete()


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"questions": []}, "bad_questions"),
        ({"questions": [{"text": ""}]}, "bad_questions"),
        ({"questions": [{"id": "1", "text": "甲"}, {"id": "1", "text": "乙"}]}, "bad_questions"),
        (
            {"questions": [{"text": "选谁", "kind": "single", "options": ["甲", "乙"]}]},
            "against_missing",
        ),
        ({"matter": None}, "invalid"),
        ({"closes_at": NOW}, "bad_dates"),
        ({"ballot": BallotKind.SECRET}, "not_secret"),
        ({"electorate": Electorate.RESIDENTS}, "invalid"),
        ({"settings": {"notice_days": 3}}, "bad_settings"),
        ({"settings": {"colour": "red"}}, "bad_settings"),
        ({"settings": {"silence": "with_majority"}}, "bad_settings"),
        ({"entrance": "1"}, "invalid"),
        ({"rule": Rule.ELECTION, "matter": None, "electorate": Electorate.RESIDENTS}, "invalid"),
    ],
)
def test_what_cannot_be_voted_on_is_refused(place, values, code):
    with pytest.raises(Refused) as refusal:
        place.draft(**values)
    assert refusal.value.code == code


def test_silence_needs_the_clause_itself(place):
    settings = {"silence": Silence.DELIVERED_PARTICIPATES, "clause": "议事规则第十二条"}
    with pytest.raises(Refused) as refusal:
        polls.announce(poll=place.draft(settings=settings), by=place.cast.committee_member, now=NOW)
    assert refusal.value.code == "clause_required"


def test_silence_counts_in_no_residents_meeting(place):
    with pytest.raises(Refused) as refusal:
        place.draft(
            electorate=Electorate.RESIDENTS, rule=Rule.RESIDENTS_MEETING, matter=None,
            by=place.cast.community_worker,
            settings={"silence": Silence.WITH_MAJORITY, "clause": "议事规则第十二条"},
        )  # fmt: skip
    assert refusal.value.code == "bad_settings"


def test_residents_meeting_needs_the_prior_study(place):
    values = {
        "electorate": Electorate.RESIDENTS,
        "rule": Rule.RESIDENTS_MEETING,
        "matter": None,
        "by": place.cast.community_worker,
        "rehearsal": False,
        "opens_at": at(12),
    }
    with pytest.raises(Refused) as refusal:
        polls.announce(poll=place.draft(**values), by=place.cast.community_worker, now=NOW)
    assert refusal.value.code == "prior_study_required"
    studied = place.draft(**values, settings={"prior_study": "3月1日社区党委会研究同意"})
    assert (
        polls.announce(poll=studied, by=place.cast.community_worker, now=NOW).state == "announced"
    )


def test_a_whole_poll(place):
    poll = place.poll()
    assert (poll.roll_people, poll.roll_area) == (5, 70_050)
    for name, user in (("owner", place.owner), ("multi", place.multi)):
        casting.cast(entry=place.entry(poll, name), choices={"1": "for"}, by=user, now=NOW)
    assert tallies.participating(poll).people == 2
    poll = polls.close(poll=poll, by=place.cast.committee_member, now=NOW)
    poll = polls.publish(poll=poll, by=place.cast.committee_member, now=NOW)
    question = poll.result["questions"][0]
    assert question["people"] == {
        "total": 5, "participating": 2, "for": 2, "against": 0, "abstain": 0,
    }  # fmt: skip
    assert question["area"]["participating"] == 32_050
    assert poll.result["passed"] is False
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Poll.objects.filter(pk=poll.pk).update(result={})


def test_an_advisory_poll_may_offer_options(place):
    poll = place.poll(
        mode=PollMode.ADVISORY,
        electorate=Electorate.HOUSEHOLDS,
        rule=Rule.RESIDENTS_MEETING,
        matter=None,
        questions=[
            {"text": "电梯品牌", "kind": "multiple", "options": ["甲", "乙", "丙"], "max": 2}
        ],
        by=place.cast.secretary,
    )
    entry = RollEntry.objects.select_related("poll").get(poll=poll, name="业主owner")
    with pytest.raises(Refused) as refusal:
        casting.cast(entry=entry, choices={"1": ["甲", "乙", "丙"]}, by=place.owner, now=NOW)
    assert refusal.value.code == "too_many"
    casting.cast(entry=entry, choices={"1": ["丙", "甲"]}, by=place.owner, now=NOW)
    outcome = tallies.tally(poll).outcomes["1"]
    assert {name: weight.people for name, weight in outcome.options.items()} == {
        "甲": 1, "乙": 0, "丙": 1,
    }  # fmt: skip
