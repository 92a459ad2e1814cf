"""`manage.py verify_poll`: rows may say anything; the first that does not fit is named."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from orgs.db import append_only
from residents.deliberation.models import Ballot, Dispute, Poll
from residents.deliberation.polls.box import casting, chain, disputes, verification
from residents.deliberation.polls.course import polls
from tests.residents.deliberation.polls.conftest import NOW
from tests.residents.deliberation.polls.test_count_of_polls import cast


def tampered(poll, i, **values):
    """Changes a ballot as somebody with the database's password would."""
    with append_only.lifted(Ballot, by=None, reason="tampering"):
        Ballot.objects.filter(poll=poll, i=i).update(**values)
    return list(verification.problems(Poll.objects.get(pk=poll.pk)))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"choices": "{"}, "what it says cannot be read"),
        ({"choices": '["1"]'}, "what it says does not fit its commitment"),
        ({"choices": ""}, "what it says cannot be read"),
        ({"state": "gone"}, "its state or how it came in is not known"),
        ({"channel": "pigeon"}, "its state or how it came in is not known"),
        ({"state": "replaced"}, "it is not replaced by what the chain says"),
        ({"state": "annulled"}, "no dispute accounts for its not counting"),
        ({"state": "quarantined"}, "no dispute that waits is kept for it"),
        ({"replaces": 1}, "it replaces none of its entry's"),
        ({"replaces": 9}, "it replaces none of its entry's"),
    ],
)
def test_rows_that_say_anything_are_named_and_raise_nothing(place, values, said):
    poll = place.poll()
    for name in ("owner", "multi", "third"):
        cast(place, poll, name, "for")
    polls.close(poll=poll, by=place.cast.committee_member, now=NOW)
    assert tampered(poll, 2, **values) == [f"ballot 2: {said}"]


def test_a_ballot_that_answers_nothing_is_named_though_its_hashes_fit(place):
    poll = place.poll()
    cast(place, poll, "owner", "for")
    ballot = Ballot.objects.get()
    commitment = chain.commitment(poll.pk, ballot.entry_id, {}, ballot.nonce)
    values = {
        "choices": "{}",
        "commitment": commitment,
        "hash": chain.link(ballot.prev, commitment),
    }
    assert tampered(poll, 1, **values)[0] == "ballot 1: it answers what was not asked"


@pytest.mark.parametrize("sheet", [{}, {"rule": "x"}, []])
def test_a_poll_whose_rules_cannot_be_read_is_named(place, sheet):
    poll = place.poll()
    cast(place, poll, "owner", "for")
    with append_only.lifted(Poll, by=None, reason="tampering"):
        Poll.objects.filter(pk=poll.pk).update(sheet=sheet, questions=[{"id": 1}], text="[]")
    err = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_poll", str(poll.pk), stderr=err)
    assert err.getvalue().splitlines() == [
        "the announced text does not fit its hash",
        "by which questions and rules the ballots are to be read is not known",
    ]


@pytest.mark.parametrize(
    ("policy", "later"), [("none", True), ("none", False), ("until_closing", True)]
)
@pytest.mark.parametrize("counts", [True, False])
def test_what_a_dispute_decided_fits_together(place, policy, later, counts):
    """Also the ballot that has no dispute of its own and gave way to the one that counts."""
    poll = place.poll(settings={"change_policy": policy})
    entry = place.entry(poll, "owner")
    first = cast(place, poll, "owner", "for")
    dispute = disputes.dispute(ballot=first, reason="我没有投过", by=place.owner, now=NOW)
    assert list(verification.problems(poll)) == []
    if later:
        casting.cast(entry=entry, choices={"1": "against"}, by=place.owner, now=NOW)
    disputes.decide(
        dispute=dispute, counts=counts, text="查明", by=place.cast.street_cadre, now=NOW
    )
    assert list(verification.problems(Poll.objects.get(pk=poll.pk))) == []
    # The decision turned round by hand is named.
    Dispute.objects.filter(pk=dispute.pk).update(counts=not counts)
    named = list(verification.problems(Poll.objects.get(pk=poll.pk)))
    assert bool(named) == (policy == "none")
