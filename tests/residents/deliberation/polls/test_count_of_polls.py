"""Tallies, silence, lifts, costs, the planner, jobs and the command, over real rolls."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from orgs.db import append_only
from orgs.errors import Refused
from orgs.models import Notice
from residents.deliberation import jobs
from residents.deliberation.enums import (
    BallotKind,
    CostKey,
    DeliveryWay,
    PollMode,
    PollState,
    Rule,
    Silence,
)
from residents.deliberation.models import Ballot, Checkpoint, Dispute, Poll, RollEntry
from residents.deliberation.polls import notifications
from residents.deliberation.polls.box import casting, checkpoints, disputes, paper, proxies
from residents.deliberation.polls.count import costs, planner, tallies
from residents.deliberation.polls.course import polls
from residents.deliberation.polls.roll import rolls
from tests import factories as make
from tests.residents.deliberation.polls.conftest import NOW, at


def cast(place, poll, name, choice):
    """By the voter, or on paper by two people for who has no account."""
    entry = place.entry(poll, name)
    account = {"owner": place.owner, "multi": place.multi}.get(name)
    if account:
        return casting.cast(entry=entry, choices={"1": choice}, by=account, now=NOW)
    for clerk in (place.cast.committee_member, place.cast.community_worker):
        paper.enter(entry=entry, choices={"1": choice}, by=clerk, now=NOW)
    return None


def test_silence_by_three_rules(place):
    poll = place.poll()
    for name, choice in (("owner", "for"), ("multi", "for"), ("third", "against")):
        cast(place, poll, name, choice)
    rolls.deliver(
        entry=place.entry(poll, "fourth"), how=DeliveryWay.HANDED_OVER,
        by=place.cast.committee_member, now=NOW,
    )  # fmt: skip
    rolls.deliver(
        entry=place.entry(poll, "developer"), how=DeliveryWay.TENANT,
        by=place.cast.committee_member, now=NOW,
    )  # fmt: skip
    poll = polls.close(poll=poll, by=place.cast.committee_member, now=NOW)
    outcomes = {one.silence: one.tally.outcomes["1"] for one in tallies.what_if(poll)}
    strict = outcomes[Silence.NO_PARTICIPATION]
    assert (strict.participating.people, strict.for_.people, strict.quorum_met) == (3, 2, False)
    delivered = outcomes[Silence.DELIVERED_PARTICIPATES]
    assert (delivered.participating.people, delivered.for_.people) == (4, 2)
    assert (delivered.silent.people, delivered.quorum_met, delivered.passed) == (1, True, False)
    majority = outcomes[Silence.WITH_MAJORITY]
    assert (majority.for_.people, majority.passed) == (3, True)


def test_a_dispute_shows_whether_the_outcome_would_flip(page, place):
    """Four of five agree; without the ballot in dispute only three take part, which is too few."""
    poll = place.poll()
    for name in ("owner", "multi", "third", "fourth"):
        cast(place, poll, name, "for")
    assert not tallies.disputes_would_flip(poll)
    ballot = Ballot.objects.get(entry=place.entry(poll, "owner"))
    disputes.dispute(ballot=ballot, reason="我没有投过", by=place.owner, now=NOW)
    assert tallies.disputes_would_flip(poll)
    poll = polls.close(poll=poll, by=place.cast.committee_member, now=NOW)
    sentence = "如果有争议的选票计入，结果会不同。"
    address, street = f"/polls/{poll.pk}/what-if/", place.cast.street_cadre
    assert sentence in page(street).get(address).content.decode()
    dispute = Dispute.objects.get()
    disputes.decide(dispute=dispute, counts=True, text="本人确认", by=street, now=NOW)
    assert sentence not in page(street).get(address).content.decode()


@pytest.fixture
def lift(place):
    """An entrance of three flats; the voter of the first would lose an own part."""
    poll = place.draft(
        rule=Rule.LIFT, matter=None, buildings=[place.cast.building], entrance="1",
        by=place.cast.community_worker,
    )  # fmt: skip
    for floor, name in ((2, "owner"), (3, "multi"), (4, "third"), (5, "fourth")):
        flat = make.household(
            place.cast.building, f"{floor}01", entrance="1", floor=floor, area=10_000
        )
        make.belonging(
            place.people[name], flat, verified_by=place.cast.community_worker, verified_at=NOW
        )
    return polls.announce(poll=poll, by=place.cast.community_worker, now=NOW)


def test_a_lift_needs_whoever_loses_an_own_part(place, lift):
    entry = place.entry(lift, "owner")
    rolls.mark_veto(entry=entry, by=place.cast.community_worker, now=NOW)
    poll = polls.open_poll(poll=lift, by=place.cast.community_worker, now=NOW)
    assert poll.roll_people == 4
    for name in ("multi", "third", "fourth"):
        cast(place, poll, name, "for")
    assert tallies.tally(poll).outcomes["1"].vetoes == 1
    assert not tallies.tally(poll).passed
    cast(place, poll, "owner", "for")
    assert tallies.tally(poll).passed


def test_only_who_agreed_pays_for_a_lift_exactly(place, lift):
    poll = polls.open_poll(poll=lift, by=place.cast.community_worker, now=NOW)
    for name, choice in (("owner", "against"), ("multi", "for"), ("third", "for")):
        cast(place, poll, name, choice)
    assert costs.rows(poll, amount=Decimal(100), key=CostKey.FLOOR)[0] == []
    poll = polls.close(poll=poll, by=place.cast.community_worker, now=NOW)
    rows, problem = costs.rows(poll, amount=Decimal("100.00"), key=CostKey.FLOOR, first_floor=2)
    assert problem == ""
    assert [(row.floor, row.yuan) for row in rows] == [(3, "40.00"), (4, "60.00")]
    rows, _ = costs.rows(poll, amount=Decimal("100.01"), key=CostKey.FLAT)
    assert sum(row.amount for row in rows) == 10_001
    poll.ballot = BallotKind.SECRET
    assert costs.rows(poll, amount=Decimal(100), key=CostKey.FLAT)[0] == []


def test_a_lift_is_never_secret(place):
    with pytest.raises(Refused) as refusal:
        place.draft(
            rule=Rule.LIFT, matter=None, buildings=[place.cast.building], entrance="1",
            mode=PollMode.ADVISORY, ballot=BallotKind.SECRET,
        )  # fmt: skip
    assert refusal.value.code == "not_secret"


def test_the_shortest_list_of_doors(place):
    poll = place.poll()
    cast(place, poll, "multi", "for")
    found = planner.plan(poll)
    assert (found.missing.people, found.missing.area) == (3, 24_650)
    # The largest first, the developer last; nothing of how anybody voted.
    doors = [door.entry.name for building in found.buildings for door in building.doors]
    assert doors == ["业主owner", "业主third", "业主fourth"]


def test_checkpoints_once_a_day_and_to_the_supervisors(place):
    poll = place.poll(closes_at=at(5000))
    cast(place, poll, "owner", "for")
    assert checkpoints.publish(NOW) == 1
    assert checkpoints.publish(at(0.1)) == 0
    assert Checkpoint.objects.get().hash == Ballot.objects.get().hash
    assert Notice.objects.get(kind="poll_checkpoint").recipient == place.supervisor


def test_voters_are_told_and_reminded(place):
    poll = place.poll(closes_at=at(10))
    notifications.tell_of_events(NOW)
    told = Notice.objects.filter(kind="poll").values_list("recipient__username", flat=True)
    assert set(told) == {"owner", "owner2", "community"}
    cast(place, poll, "owner", "for")
    assert notifications.remind(at(7)) == 0
    assert notifications.remind(at(9)) == 1
    assert notifications.remind(at(9)) == 0


def test_who_cast_by_proxy_alone_is_reminded_and_who_gave_it_is_not(place):
    poll = place.poll(closes_at=at(10))
    entry = place.entry(poll, "owner")
    proxies.give(
        entry=entry, holder=place.entry(poll, "multi"), by=place.cast.committee_member,
        now=NOW,
    )  # fmt: skip
    casting.cast(entry=entry, choices={"1": "for"}, by=place.multi, now=NOW)
    notifications.remind(at(9))
    assert Notice.objects.get(kind="poll").recipient == place.multi


def test_nobody_is_reminded_of_a_poll_that_is_held_elsewhere(place):
    place.poll(closes_at=at(10), mode=PollMode.OFFICIAL_PLATFORM)
    assert notifications.remind(at(9)) == 0


def test_jobs_run_twice_without_harm(place):
    poll = place.poll(closes_at=at(1))
    for job in (
        *(jobs.close_due_polls, jobs.tell_of_polls, jobs.publish_checkpoints, jobs.remind_voters),
    ):
        job()
        job()
    assert Poll.objects.get(pk=poll.pk).state == PollState.CLOSED


def test_verify_poll_names_what_is_broken(place):
    poll = place.poll()
    for name in ("owner", "multi", "third"):
        cast(place, poll, name, "for")
    out = StringIO()
    call_command("verify_poll", str(poll.pk), stdout=out)
    assert out.getvalue() == f"Poll {poll.pk} fits together: 3 ballots.\n"
    with append_only.lifted(Ballot, RollEntry, Poll, by=None, reason="tampering"):
        Ballot.objects.filter(poll=poll, i=2).update(nonce="0" * 32)
        RollEntry.objects.filter(poll=poll, kind="developer").update(area=1)
        Poll.objects.filter(pk=poll.pk).update(text='{"questions":[]}')
    err = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_poll", str(poll.pk), stderr=err)
    assert err.getvalue().splitlines() == [
        "the announced text does not fit its hash",
        "the roll does not fit its hash",
        "ballot 2: what it says does not fit its commitment",
    ]
    with pytest.raises(CommandError):
        call_command("verify_poll", "999999")
