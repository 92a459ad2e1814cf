"""The ballot box: paper, disputes, who reads which ballot, and what is locked."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.errors import NotAllowed, WrongState
from orgs.models import Attachment, IdempotentAnswer
from residents.deliberation.enums import BallotState, ChangedOwner, PollState
from residents.deliberation.models import Ballot, PaperBallot
from residents.deliberation.polls import attachments, queries
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
    proxies.give(entry=entry, holder=place.entry(poll, "multi"), by=clerks[0], now=NOW)
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
    found = [re.search(r'FROM "?(\w+)', one["sql"]) for one in statements]
    return [table[1] for table in found if table]


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


def test_paper_of_before_closing_is_finished_afterwards(place, clerks):
    poll = place.poll()
    third, fourth = place.entry(poll, "third"), place.entry(poll, "fourth")
    enter(third, clerks[:1])
    enter(fourth, clerks[:1])
    poll = polls.close(poll=poll, by=clerks[0], now=NOW)
    with pytest.raises(WrongState) as refusal:
        enter(place.entry(poll, "owner"), clerks[:1])
    assert refusal.value.code == "closed"
    assert enter(third, clerks[1:]).state == "cast"
    row = enter(fourth, clerks[1:], "against")
    assert row.state == "mismatch"
    with pytest.raises(WrongState) as refusal:
        polls.publish(poll=poll, by=clerks[0], now=NOW)
    assert refusal.value.code == "papers_waiting"
    settle(place, row)
    poll = polls.publish(poll=poll, by=clerks[0], now=NOW)
    assert poll.result["questions"][0]["people"]["for"] == 2
    assert poll.checkpoints.latest("id").i == 2


def settle(place, row, **values):
    """A third person, of the street, reads a paper."""
    return paper.settle(
        paper=row, choices={"1": "for"}, reason="勾选同意", by=place.cast.street_cadre,
        now=NOW, **values,
    )  # fmt: skip


def test_the_desk_takes_a_second_entry_after_closing(page, place, clerks):
    poll = later(place)
    entry = place.entry(poll, "third")
    enter(entry, clerks[:1])
    polls.close(poll=poll, by=clerks[0], now=NOW)
    desk = page(clerks[1])
    assert 'name="q1"' in desk.get(f"/polls/{poll.pk}/desk/{entry.pk}/").content.decode()
    other = place.entry(poll, "fourth")
    assert 'name="q1"' not in desk.get(f"/polls/{poll.pk}/desk/{other.pk}/").content.decode()


def test_only_a_third_person_reads_two_entries_that_differ(page, place, clerks):
    poll = later(place)
    entry = place.entry(poll, "third")
    row = enter(entry, clerks[:1])
    address = f"/polls/{poll.pk}/papers/{row.pk}/"
    third = page(place.cast.street_cadre)
    assert third.get(address).status_code == 404
    enter(entry, clerks[1:], "against")
    assert [page(clerk).get(address).status_code for clerk in clerks] == [403, 403]
    assert third.get(address).status_code == 200
    settle(place, row)
    assert third.get(address).status_code == 404


def test_scans_are_read_while_two_entries_differ_and_after_closing(place, clerks):
    poll = place.poll()
    row = enter(place.entry(poll, "third"), clerks[:1])
    scan = Attachment.objects.create(kind="photo", uploaded_by=clerks[0], created_at=NOW)
    PaperBallot.objects.filter(pk=row.pk).update(scan=scan)
    third = place.cast.street_cadre
    assert not attachments.may_see_poll_paper(third, scan)
    enter(row.entry, clerks[1:], "against")
    assert attachments.may_see_poll_paper(third, scan)
    settle(place, row)
    assert not attachments.may_see_poll_paper(third, scan)
    polls.close(poll=poll, by=clerks[0], now=NOW)
    assert attachments.may_see_poll_paper(third, scan)


def give_proxy(place, poll, name, clerk):
    holder = place.entry(poll, "multi")
    proxies.give(entry=place.entry(poll, name), holder=holder, by=clerk, now=NOW)


def test_the_voters_own_paper_comes_after_that_of_the_proxy(place, clerks):
    poll = place.poll()
    entry = place.entry(poll, "third")
    give_proxy(place, poll, "third", clerks[0])
    assert enter(entry, clerks, "against", by_proxy=True).state == "cast"
    own = enter(entry, clerks)
    assert (own.state, own.ballot.replaces) == ("cast", 1)
    for by_proxy in (False, True):
        with pytest.raises(WrongState) as refusal:
            enter(entry, clerks, by_proxy=by_proxy)
        assert refusal.value.code == "already_entered"


def test_who_signed_a_paper_is_compared_too(page, place, clerks):
    poll = later(place)
    entry = place.entry(poll, "third")
    give_proxy(place, poll, "third", clerks[0])
    enter(entry, clerks[:1], by_proxy=True)
    row = enter(entry, clerks[1:])
    assert row.state == "mismatch"
    third = page(place.cast.street_cadre)
    address = f"/polls/{poll.pk}/papers/{row.pk}/"
    assert "是否由受托人签名" in third.get(address).content.decode()
    third.post(address, {"q1": "for", "by_proxy": "on", "reason": "受托人签名"})
    assert Ballot.objects.get().channel == "proxy"


# --- Disputes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "states"),
    [
        ("none", [BallotState.LIVE, BallotState.ANNULLED]),
        ("until_closing", [BallotState.ANNULLED, BallotState.LIVE]),
    ],
)
def test_a_disputed_ballot_that_counts_is_changed_only_where_votes_can_be(place, policy, states):
    poll = place.poll(settings={"change_policy": policy})
    entry = place.entry(poll, "owner")
    first = casting.cast(entry=entry, choices={"1": "for"}, by=place.owner, now=NOW)
    dispute = disputes.dispute(ballot=first, reason="我没有投过", by=place.owner, now=NOW)
    casting.cast(entry=entry, choices={"1": "against"}, by=place.owner, now=NOW)
    dispute = disputes.decide(
        dispute=dispute, counts=True, text="查明为本人所投", by=place.cast.street_cadre, now=NOW
    )
    assert dispute.counts
    assert list(Ballot.objects.order_by("i").values_list("state", flat=True)) == states
