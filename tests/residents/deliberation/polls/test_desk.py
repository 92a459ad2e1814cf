"""The desk: who works there, its pages, printed ballots made by workers, doors without names."""

import pytest

from orgs.attachments import print_runs
from orgs.errors import NotAllowed, Refused, WrongState
from residents.deliberation.enums import Electorate, PollMode, PollState, Rule
from residents.deliberation.models import BallotSheet, Poll, Proxy, RollEntry
from residents.deliberation.polls import printing
from residents.deliberation.polls.box import casting, proxies
from residents.deliberation.polls.count import planner
from residents.deliberation.polls.course import polls
from residents.deliberation.polls.roll import building
from residents.enums import BodyKind, Relation
from residents.models import Term
from tests import factories as make
from tests.residents.deliberation.polls.conftest import NOW, at

BASE = "/api/v1/polls/"


def community_poll(place, state=PollState.OPEN, **values):
    """A vote of the community's people by its committee."""
    defaults = {
        "unit": place.cast.community, "rule": Rule.REPRESENTATIVES_MEETING, "matter": None,
        "electorate": Electorate.REPRESENTATIVES, "by": place.cast.community_worker,
    }  # fmt: skip
    return place.poll(state, **defaults | values)


def test_the_grid_does_not_work_at_the_desk(api, page, place):
    poll = place.poll(closes_at=at(3650))
    entry = place.entry(poll, "owner").pk
    grid = api(place.cast.grid_worker)
    grid.default_format = "json"
    vote = {"entry": entry, "choices": {"1": "for"}}
    for part, body in (
        ("deliveries", {"entry": entry, "how": "posted"}),
        ("proxies", {"entry": entry, "holder": "某人"}),
        ("paper", vote),
        ("turnout", {"entry": entry}),
    ):
        assert grid.post(f"{BASE}{poll.pk}/{part}/", body).status_code == 403, part
    for address in ("desk/", f"desk/{entry}/", "roll.xlsx"):
        assert page(place.cast.grid_worker).get(f"/polls/{poll.pk}/{address}").status_code == 403


# --- Proxies -----------------------------------------------------------------------------------------


def test_a_proxy_is_taken_back(api, page, place):
    poll, by = place.poll(closes_at=at(3650)), place.cast.committee_member
    entry = place.entry(poll, "third")
    holder = place.entry(poll, "multi")
    first = proxies.give(entry=entry, holder=holder, by=by, now=NOW)
    address = f"{BASE}{poll.pk}/proxies/{first.pk}/revoke/"
    assert api(place.owner).post(address).status_code == 403
    assert api(by).post(address).status_code == 200
    assert api(by).post(address).data["code"] == "already_revoked"
    with pytest.raises(NotAllowed):
        casting.cast(entry=entry, choices={"1": "for"}, by=place.multi, now=NOW)
    proxies.give(entry=entry, holder=holder, by=by, now=NOW)
    desk = page(by)
    back = f"/polls/{poll.pk}/desk/{entry.pk}/proxy/revoke/"
    assert back in desk.get(f"/polls/{poll.pk}/desk/{entry.pk}/").content.decode()
    assert desk.post(back).status_code == 302
    assert not Proxy.objects.filter(revoked_at=None).exists()
    assert desk.post(back).status_code == 404


def test_a_proxy_taken_back_meanwhile_casts_nothing(place):
    poll, by = place.poll(), place.cast.committee_member
    entry = place.entry(poll, "third")
    proxy = proxies.give(entry=entry, holder=place.entry(poll, "multi"), by=by, now=NOW)
    way = casting.way_of(entry, place.multi)
    assert way == (casting.Channel.PROXY, proxy)
    proxies.revoke(proxy=proxy, by=by, now=NOW)
    with pytest.raises(NotAllowed):
        casting.cast(entry=entry, choices={"1": "for"}, by=place.multi, now=NOW)


def test_ways_of_many_entries_take_two_statements(place, django_assert_max_num_queries):
    poll = place.poll()
    entries = [place.entry(poll, name) for name in ("owner", "multi", "third", "developer")]
    with django_assert_max_num_queries(2):
        ways = casting.ways_of(entries, place.multi)
    assert ways == {entries[1].pk: (casting.Channel.ONLINE, None)}


# --- Pages -------------------------------------------------------------------------------------------


def test_the_desk_chooses_the_voter_of_co_owners(page, place):
    flat = make.household(place.cast.building, "301", area=8_000)
    couple = [make.resident(place.cast.compound, name=name) for name in ("夫甲", "妻乙")]
    for person in couple:
        make.belonging(person, flat, Relation.CO_OWNER)
    poll = place.poll(PollState.ANNOUNCED)
    entry = RollEntry.objects.get(poll=poll, doubt="no_voter")
    desk, address = page(place.cast.committee_member), f"/polls/{poll.pk}/roll/{entry.pk}/voter/"
    assert address in desk.get(f"/polls/{poll.pk}/roll/").content.decode()
    assert "301" in desk.get(address).content.decode()
    wrong = desk.post(address, {"choice": f"{flat.pk}:{place.people['owner'].pk}"})
    assert wrong.status_code == 400
    assert desk.post(address, {"choice": f"{flat.pk}:{couple[1].pk}"}).status_code == 302
    assert RollEntry.objects.get(poll=poll, person=couple[1]).doubt == ""
    assert page(place.owner).get(address).status_code == 403


def test_more_settings_have_a_page(page, place):
    poll = place.draft()
    committee, address = page(place.cast.committee_member), f"/polls/{poll.pk}/settings/"
    assert address in committee.get(f"/polls/{poll.pk}/").content.decode()
    values = {
        "notice_days": 20, "publication_days": 30, "dispute_window_days": 2, "dispute_days": 7, "precedence": "first",
        "changed_owner": "buyer", "proxy_limit": "",
    }  # fmt: skip
    assert committee.post(address, values | {"notice_days": 99}).status_code == 400
    assert committee.post(address, values).status_code == 302
    kept = Poll.objects.get(pk=poll.pk).settings
    assert {name: kept[name] for name in values} == values | {"proxy_limit": None}
    assert kept["parking_counts"] is False
    # What the other page sets stays; and the other way round.
    assert kept["change_policy"] == poll.settings["change_policy"]
    assert page(place.owner).get(address).status_code == 404
    polls.announce(poll=poll, by=place.cast.committee_member, now=NOW)
    assert page(place.owner).get(address).status_code == 403
    assert committee.get(address).status_code == 302


def test_an_election_gets_its_candidates_on_a_page(page, place):
    poll = place.draft(
        by=place.cast.community_worker, mode=PollMode.STATUTORY_PAPER, ballot="secret",
        rule=Rule.ELECTION, matter=None, electorate=Electorate.RESIDENTS,
    )  # fmt: skip
    worker, address = page(place.cast.community_worker), f"/polls/{poll.pk}/settings/"
    values = {
        "notice_days": 20, "publication_days": 15, "dispute_window_days": 3, "dispute_days": 5, "precedence": "paper",
        "changed_owner": "frozen", "proxy_limit": 3, "seats": 2, "candidates": "甲\n 乙\n\n丙",
    }  # fmt: skip
    assert worker.post(address, values | {"proxy_limit": 4}).status_code == 400
    assert worker.post(address, values).status_code == 302
    assert Poll.objects.get(pk=poll.pk).settings["candidates"] == ["甲", "乙", "丙"]


# --- Printed ballots ---------------------------------------------------------------------------------


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_ballots_are_printed_by_workers_a_few_at_a_time(page, place, media, monkeypatch):
    monkeypatch.setattr(printing, "EACH", 2)
    poll, by = place.poll(PollState.ANNOUNCED), place.cast.committee_member
    desk = page(by)
    answer = desk.post(f"/polls/{poll.pk}/ballots/print/")
    assert answer.status_code == 302
    run = answer.url
    assert printing.order(poll=poll, by=by, now=NOW).pk == int(run.split("/")[-2])
    sheets = list(BallotSheet.objects.order_by("first"))
    assert [(one.first, one.last) for one in sheets] == [(1, 2), (3, 4), (5, 5)]
    text = desk.get(run).content.decode()
    assert 'value="0" max="3"' in text
    assert "hx-get" in text
    with pytest.raises(WrongState):
        printing.fetch(sheet=sheets[0], by=by, now=NOW)
    now = BallotSheet.objects.first().run.asked_at
    for sheet in sheets:
        assert printing.make(sheet_id=sheet.pk, now=now)
        assert not printing.make(sheet_id=sheet.pk, now=now)
    text = desk.get(run).content.decode()
    assert 'value="3" max="3"' in text
    assert "hx-get" not in text
    pdf = desk.post(f"/ballot-sheets/{sheets[0].pk}/")
    assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-")
    for outsider in (place.owner, place.cast.grid_worker, place.cast.property_clerk):
        assert page(outsider).get(run).status_code == 404
        assert page(outsider).post(f"/ballot-sheets/{sheets[0].pk}/").status_code == 404
    assert printing.waiting(now) == []
    assert printing.forget(now=now) == 0
    assert printing.forget(now=now + print_runs.KEPT) == 3
    assert not BallotSheet.objects.exists()


def test_a_worker_that_died_is_given_up(place, media):
    poll, by = place.poll(PollState.ANNOUNCED), place.cast.committee_member
    printing.order(poll=poll, by=by, now=NOW)
    sheet = BallotSheet.objects.get()
    BallotSheet.objects.update(claimed_at=NOW, tries=1)
    assert printing.waiting(NOW) == []
    later = NOW + print_runs.CLAIM_LASTS * 1.5
    assert printing.waiting(later) == [sheet.pk]
    BallotSheet.objects.update(tries=print_runs.MAX_TRIES)
    assert printing.make(sheet_id=sheet.pk, now=later)
    assert BallotSheet.objects.get().state == "failed"


def test_no_ballots_are_printed_after_closing_or_of_a_secret_poll(place):
    closed = place.poll(PollState.CLOSED)
    secret = place.poll(ballot="secret", mode=PollMode.ADVISORY)
    for poll in (closed, secret):
        with pytest.raises(WrongState):
            printing.order(poll=poll, by=place.cast.committee_member, now=NOW)
    with pytest.raises(NotAllowed):
        printing.order(poll=closed, by=place.cast.grid_worker, now=NOW)


# --- Doors, representatives --------------------------------------------------------------------------


def test_the_planner_names_doors_and_nobody(place, page):
    poll = place.poll(
        electorate=Electorate.RESIDENTS, rule=Rule.RESIDENTS_MEETING, matter=None,
        mode=PollMode.ADVISORY, closes_at=at(3650),
    )  # fmt: skip
    labels = [door.label for one in planner.plan(poll).buildings for door in one.doors]
    assert labels
    assert not any("业主" in label or "租客" in label for label in labels)
    assert any(label.endswith("101") or "101" in label for label in labels)
    text = page(place.cast.committee_member).get(f"/polls/{poll.pk}/missing/").content.decode()
    assert "业主owner" not in text


def seated(place, kind, count, unit=None):
    term = make.term(unit or place.cast.community, kind)
    return [make.body_member(term) for _number in range(count)]


def test_representatives_come_from_the_bodies_in_office(place):
    with pytest.raises(WrongState) as refusal:
        community_poll(place)
    assert refusal.value.code == "roll_empty"
    seated(place, BodyKind.RESIDENTS_DELEGATES, 4)
    seated(place, BodyKind.RESIDENTS_COMMITTEE, 1)
    seated(place, BodyKind.RESIDENTS_COUNCIL, 3)
    poll = community_poll(place, PollState.DRAFT)
    assert len(building.voters(poll)) == 5  # the committee with the representatives
    assert not building.has_too_few_delegates(poll)
    seated(place, BodyKind.OWNERS_DELEGATES, 2, place.cast.compound)
    owners = place.draft(
        rule=Rule.REPRESENTATIVES_MEETING, matter=None, electorate=Electorate.REPRESENTATIVES,
        mode=PollMode.ADVISORY,
    )  # fmt: skip
    assert len(building.voters(owners)) == 2


def test_who_sits_in_two_bodies_votes_once(place):
    person = place.people["owner"]
    for kind in (BodyKind.RESIDENTS_DELEGATES, BodyKind.RESIDENTS_COMMITTEE):
        make.body_member(make.term(place.cast.community, kind), person=person)
    poll = community_poll(place)
    assert poll.roll_people == 1


def test_four_fifths_of_the_meeting_are_representatives(place):
    seated(place, BodyKind.RESIDENTS_DELEGATES, 3)
    seated(place, BodyKind.RESIDENTS_COMMITTEE, 1)
    values = {
        "rehearsal": False, "opens_at": at(11), "closes_at": at(12),
        "settings": {"prior_study": "已研究"},
    }  # fmt: skip
    poll = community_poll(place, PollState.DRAFT, **values)
    worker = place.cast.community_worker
    poll = polls.announce(poll=poll, by=worker, now=NOW)
    with pytest.raises(WrongState) as refusal:
        polls.open_poll(poll=poll, by=worker, now=at(11))
    assert refusal.value.code == "too_few_representatives"
    make.body_member(Term.objects.get(body__kind=BodyKind.RESIDENTS_DELEGATES))
    assert polls.open_poll(poll=poll, by=worker, now=at(11)).roll_people == 5


def test_compounds_and_communities_have_bodies_of_their_own(cast):
    from residents.organisations import bodies

    by = {"by": cast.street_cadre, "now": make.NOW}
    for kind in (BodyKind.RESIDENTS_COMMITTEE, BodyKind.RESIDENTS_DELEGATES):
        assert bodies.establish(unit=cast.community, kind=kind, **by).kind == kind
        with pytest.raises(Refused):
            bodies.establish(unit=cast.compound, kind=kind, **by)
    assert bodies.establish(unit=cast.compound, kind=BodyKind.OWNERS_DELEGATES, **by)
    with pytest.raises(Refused):
        bodies.establish(unit=cast.community, kind=BodyKind.OWNERS_DELEGATES, **by)
