"""The ballot box: paper, disputes, who reads which ballot, and what is locked."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.errors import NotAllowed, WrongState
from orgs.models import IdempotentAnswer
from residents.deliberation.enums import ChangedOwner, PollState
from residents.deliberation.models import Ballot
from residents.deliberation.polls import queries
from residents.deliberation.polls.box import casting, disputes, opening, paper, proxies
from residents.deliberation.polls.course import polls
from residents.deliberation.polls.roll import rolls
from residents.models import Belonging
from tests import factories as make
from tests.residents.deliberation.polls.conftest import NOW

BASE = "/api/v1/polls/"


@pytest.fixture
def clerks(place):
    return place.cast.committee_member, place.cast.community_worker


def later(place, **values):
    """An open poll that is open by the machine's clock too."""
    return place.poll(closes_at=make.NOW + timedelta(days=3650), **values)


def enter(entry, clerks, choice="for", **values):
    """The same paper entered by each of the clerks."""
    for clerk in clerks:
        row = paper.enter(entry=entry, choices={"1": choice}, by=clerk, now=NOW, **values)
    return row


@pytest.mark.parametrize("by_proxy", [False, True])
def test_who_entered_a_paper_does_not_read_it_again(place, clerks, by_proxy):
    poll = place.poll()
    entry = place.entry(poll, "third")
    proxies.give(entry=entry, holder=str(place.entry(poll, "multi").pk), by=clerks[0], now=NOW)
    enter(entry, clerks, by_proxy=by_proxy)
    ballot = Ballot.objects.get()
    for clerk in clerks:
        assert opening.own_ballot(poll, ballot.i, clerk) is None


# --- Races -----------------------------------------------------------------------------------------


@pytest.fixture
def sold(place):
    """A poll whose unused votes pass to buyers, and a flat that was sold since."""
    poll = place.poll(settings={"changed_owner": ChangedOwner.BUYER.value})
    Belonging.objects.filter(household=place.flats["101"]).update(ends=NOW.date())
    buyer = make.resident(place.cast.compound, account=make.user("buyer"))
    make.belonging(
        buyer, place.flats["101"], verified_by=place.cast.community_worker, verified_at=NOW
    )
    return poll


def test_a_vote_that_passed_on_meanwhile_is_not_cast_by_the_seller(place, clerks, sold):
    entry = place.entry(sold, "owner")
    own = queries.own_entry(place.owner, sold.pk, entry.pk)
    rolls.pass_to_buyer(entry=place.entry(sold, "owner"), by=clerks[0], now=NOW)
    for read_before in (entry, own):
        with pytest.raises(NotAllowed):
            casting.cast(entry=read_before, choices={"1": "for"}, by=place.owner, now=NOW)


def test_a_vote_in_dispute_does_not_pass_on(place, clerks, sold):
    entry = place.entry(sold, "owner")
    ballot = casting.cast(entry=entry, choices={"1": "for"}, by=place.owner, now=NOW)
    disputes.dispute(ballot=ballot, reason="我没有投过", by=place.owner, now=NOW)
    with pytest.raises(WrongState) as refusal:
        rolls.pass_to_buyer(entry=entry, by=clerks[0], now=NOW)
    assert refusal.value.code == "already_voted"


def selected(statements):
    """The tables that were read, in order."""
    found = [one["sql"].split('FROM "')[1] for one in statements if 'FROM "' in one["sql"]]
    return [one.split('"')[0] for one in found]


def test_the_box_is_locked_before_the_poll_or_the_entry(place, clerks, sold):
    entry, closed = place.entry(sold, "owner"), place.poll(PollState.CLOSED)
    with CaptureQueriesContext(connection) as passing:
        rolls.pass_to_buyer(entry=entry, by=clerks[0], now=NOW)
    tables = selected(passing.captured_queries)
    assert tables.index("deliberation_ballotbox") < tables.index("deliberation_rollentry")
    with CaptureQueriesContext(connection) as publishing:
        polls.publish(poll=closed, by=clerks[0], now=NOW)
    assert selected(publishing.captured_queries)[0] == "deliberation_ballotbox"


# --- Paper -----------------------------------------------------------------------------------------


def test_no_print_of_a_paper_is_kept(api, place, clerks):
    poll = later(place)
    address = f"{BASE}{poll.pk}/paper/"
    body = {"entry": place.entry(poll, "third").pk}
    for clerk, choice in zip(clerks, ("for", "against"), strict=True):
        api(clerk).post(
            address,
            body | {"choices": {"1": choice}},
            format="json",
            headers={"Idempotency-Key": "paper-1"},
        )
    row = poll.papers.get()
    answer = api(place.cast.street_cadre).post(
        f"{address}{row.pk}/settle/",
        {"choices": {"1": "for"}, "reason": "勾选同意"},
        format="json",
        headers={"Idempotency-Key": "paper-2"},
    )
    assert answer.data["state"] == "cast"
    assert not IdempotentAnswer.objects.exists()
