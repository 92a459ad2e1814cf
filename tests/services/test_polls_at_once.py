"""Ballots, paper and the closing of a poll at the same moment, over real connections."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest

from orgs.enums import Role
from residents.deliberation.enums import BallotState, Electorate, Matter, PollMode, Rule
from residents.deliberation.models import Ballot, PaperBallot, Poll, RollEntry
from residents.deliberation.polls.box import casting, disputes, paper, proxies, verification
from residents.deliberation.polls.course import polls
from tests import factories as make
from tests.services.outcomes import outcome

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 8
NOW = make.NOW


@pytest.fixture
def voters(cast):
    """Eight owners with accounts."""
    accounts = []
    for number in range(CLIENTS):
        account = make.user(f"voter{number}")
        person = make.resident(cast.compound, account=account)
        make.belonging(
            person,
            make.household(cast.building, f"{number}01"),
            verified_by=cast.community_worker,
            verified_at=NOW,
        )
        accounts.append(account)
    return accounts


@pytest.fixture
def poll(cast, voters):
    draft = polls.create(
        unit=cast.compound, title="换电梯", questions=[{"id": "1", "text": "换吗？", "kind": "yes_no"}],
        electorate=Electorate.OWNERS, mode=PollMode.STATUTORY_PAPER, rule=Rule.CIVIL_CODE_278,
        matter=Matter.USE_FUND, opens_at=NOW, closes_at=NOW + timedelta(days=9), rehearsal=True,
        by=cast.committee_member, now=NOW,
    )  # fmt: skip
    polls.announce(poll=draft, by=cast.committee_member, now=NOW)
    return polls.open_poll(poll=draft, by=cast.committee_member, now=NOW)


def entry_of(poll, account):
    entries = RollEntry.objects.select_related("poll__unit", "person__guardian", "successor")
    return entries.get(poll=poll, person__account=account)


def vote(poll, account, choice="for"):
    entry = entry_of(poll, account)
    return partial(casting.cast, entry=entry, choices={"1": choice}, by=account, now=NOW)


def sound(poll):
    assert list(verification.problems(Poll.objects.get(pk=poll.pk))) == []


def test_everybody_at_once_is_one_chain(poll, voters, at_once):
    answers = at_once(*[outcome(vote(poll, account)) for account in voters])
    assert Counter(answers) == {"done": CLIENTS}
    assert sorted(Ballot.objects.values_list("i", flat=True)) == list(range(1, CLIENTS + 1))
    sound(poll)


def test_one_voter_on_eight_phones_has_one_vote(poll, voters, at_once):
    at_once(*[outcome(vote(poll, voters[0], choice)) for choice in ("for", "against") * 4])
    assert Ballot.objects.filter(state=BallotState.LIVE).count() == 1
    sound(poll)


def test_a_ballot_comes_before_the_closing_or_not_at_all(cast, poll, voters, at_once):
    calls = [outcome(vote(poll, account)) for account in voters]
    close = outcome(partial(polls.close, poll=poll, by=cast.committee_member, now=NOW))
    answers = at_once(*calls, close)
    assert answers[-1] == "done"
    cast_ = answers[:-1].count("done")
    assert Counter(answers[:-1]) == Counter({"done": cast_, "closed": CLIENTS - cast_})
    assert Ballot.objects.count() == cast_ == Poll.objects.get().box.length
    sound(poll)


def test_two_clerks_and_the_voter(cast, poll, voters, at_once):
    entry = entry_of(poll, voters[0])

    def enter(user):
        return outcome(
            partial(paper.enter, entry=entry, choices={"1": "against"}, by=user, now=NOW)
        )

    clerks = (cast.committee_member, cast.community_worker)
    at_once(enter(clerks[0]), enter(clerks[0]), enter(clerks[1]), outcome(vote(poll, voters[0])))
    row = PaperBallot.objects.get()
    assert row.state == PaperBallot.State.CAST
    assert row.first_by_id != row.second_by_id
    assert Ballot.objects.get(state=BallotState.LIVE).channel == "paper"
    sound(poll)


def test_disputing_and_changing_at_once(poll, voters, at_once):
    vote(poll, voters[0])()
    ballot = Ballot.objects.get()
    dispute = partial(disputes.dispute, ballot=ballot, reason="不是我", by=voters[0], now=NOW)
    answers = at_once(outcome(dispute), outcome(vote(poll, voters[0], "against")))
    assert "done" in answers
    assert Ballot.objects.filter(state=BallotState.LIVE).count() <= 1
    sound(poll)


def test_opened_and_closed_once(cast, voters, at_once):
    draft = polls.create(
        unit=cast.compound, title="换电梯", questions=[{"id": "1", "text": "换吗？"}],
        electorate=Electorate.OWNERS, mode=PollMode.STATUTORY_PAPER, rule=Rule.CIVIL_CODE_278,
        matter=Matter.USE_FUND, opens_at=NOW, closes_at=NOW + timedelta(days=9), rehearsal=True,
        by=cast.committee_member, now=NOW,
    )  # fmt: skip
    for step in (polls.announce, polls.open_poll, polls.close, polls.publish):
        call = outcome(partial(step, poll=draft, by=cast.committee_member, now=NOW))
        assert Counter(at_once(call, call, call)) == {"done": 1, "wrong_state": 2}


def test_no_fourth_proxy(cast, poll, voters, at_once):
    make.position(make.user("supervisor"), Role.SUPERVISOR, cast.district)
    limited = polls.create(
        unit=cast.compound, title="换电梯", questions=[{"id": "1", "text": "换吗？"}],
        electorate=Electorate.OWNERS, mode=PollMode.STATUTORY_PAPER, rule=Rule.CIVIL_CODE_278,
        matter=Matter.USE_FUND, opens_at=NOW, closes_at=NOW + timedelta(days=9), rehearsal=True,
        settings={"proxy_limit": 3}, by=cast.committee_member, now=NOW,
    )  # fmt: skip
    polls.announce(poll=limited, by=cast.committee_member, now=NOW)
    limited = polls.open_poll(poll=limited, by=cast.committee_member, now=NOW)
    holder = entry_of(limited, voters[0])
    calls = [
        outcome(
            partial(
                proxies.give,
                entry=entry_of(limited, account),
                holder=holder,
                by=cast.community_worker,
                now=NOW,
            )
        )
        for account in voters[1:]
    ]
    assert Counter(at_once(*calls)) == {"done": 3, "proxy_limit": len(calls) - 3}
