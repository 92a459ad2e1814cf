"""The ballot box: paper, disputes, who reads which ballot, and what is locked."""

from datetime import timedelta

import pytest

from residents.deliberation.models import Ballot
from residents.deliberation.polls.box import opening, paper, proxies
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
