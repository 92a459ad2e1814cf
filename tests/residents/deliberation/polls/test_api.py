"""The API of polls, with what the issue lists as bad input and abuse."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from residents.deliberation.enums import BallotKind, Electorate, PollMode, PollState, Rule
from residents.deliberation.models import Ballot, PaperBallot, Poll, PollObjection, RollEntry
from residents.deliberation.polls.box import chain, checkpoints, verification
from residents.deliberation.polls.course import polls
from tests import factories as make
from tests.residents.deliberation.polls.conftest import YES_NO

BASE = "/api/v1/polls/"


@pytest.fixture
def api(api):
    """As everywhere, with bodies in JSON."""

    def sign_in(user=None):
        client = api(user)
        client.default_format = "json"
        return client

    return sign_in


@pytest.fixture
def body(place):
    return {
        "unit": place.cast.compound.code,
        "electorate": "owners",
        "mode": "statutory_paper",
        "ballot": "named",
        "rule": "civil_code_278",
        "matter": 5,
        "questions": YES_NO,
        "opens_at": "2026-03-10T09:00:00+08:00",
        "closes_at": "2036-04-10T09:00:00+08:00",
        "rehearsal": True,
        "settings": {},
    }


def later(place, **values):
    """An open poll that is open by the machine's clock too."""
    return place.poll(closes_at=make.NOW + timedelta(days=3650), **values)


def ballot(place, poll, name="owner", choice="for"):
    return {"entry": place.entry(poll, name).pk, "choices": {"1": choice}}


def test_from_draft_to_tally(api, place, body):
    committee, owner = api(place.cast.committee_member), api(place.owner)
    created = committee.post(BASE, body)
    assert created.status_code == 201, created.data
    address = f"{BASE}{created.data['id']}/"
    assert created.data["state"] == "draft"
    assert owner.get(address).status_code == 404
    assert committee.post(f"{address}announce/").status_code == 200
    assert owner.get(address).data["state"] == "announced"
    roll = owner.get(f"{address}roll/?mine=1").data["results"]
    assert [(row["voter"], row["area"]) for row in roll] == [("业主owner", 10_000)]
    assert roll[0]["parts"] == [
        {
            "household": place.flats["101"].code,
            "area": 10_000,
            "area_source": "register",
        }
    ]
    entry = roll[0]["id"]
    vote = {"entry": entry, "choices": {"1": "for"}}
    assert owner.post(f"{address}ballots/", vote).data["code"] == "not_open"
    assert committee.post(f"{address}open/").status_code == 200
    receipt = owner.post(f"{address}ballots/", vote)
    assert receipt.status_code == 201, receipt.data
    assert receipt.data.keys() == {"i", "hash", "nonce"}
    tally = committee.get(f"{address}tally/").data
    assert tally["people"] == {
        "total": 5, "participating": 1, "for": None, "against": None, "abstain": None,
    }  # fmt: skip
    assert (tally["quorum_met"], tally["passed"]) == (False, None)
    board = owner.get(f"{address}board/").data["entries"]
    content = json.dumps(
        {"poll": created.data["id"], "entry": entry, "choices": {"1": "for"},
         "nonce": receipt.data["nonce"]},
        sort_keys=True, separators=(",", ":"), ensure_ascii=False,
    )  # fmt: skip
    assert board[0]["commitment"] == chain.sha256(content)
    assert board[0]["hash"] == chain.sha256(board[0]["prev"] + board[0]["commitment"])
    assert owner.get(f"{address}openings/").status_code == 409
    assert committee.post(f"{address}close/").status_code == 200
    assert owner.get(f"{address}tally/").data["people"]["for"] == 1
    opened = owner.get(f"{address}openings/").data["entries"]
    assert [(row["choices"], row["area"]) for row in opened] == [({"1": "for"}, 10_000)]
    assert api(place.tenant).get(f"{address}openings/").status_code == 403
    assert committee.post(f"{address}publish/").data["state"] == "published"
    assert owner.get(f"{address}checkpoints/").data["results"][0]["hash"] == board[0]["hash"]


def test_the_notice_has_to_run(api, place, body):
    committee = api(place.cast.committee_member)
    created = committee.post(BASE, body | {"rehearsal": False}).data
    announced = committee.post(f"{BASE}{created['id']}/announce/")
    assert announced.status_code == 200
    assert announced.data["opens_at"] > created["opens_at"], "once the notice has run"
    answer = committee.post(f"{BASE}{created['id']}/open/")
    assert (answer.status_code, answer.data["code"]) == (409, "notice_too_short")


def test_who_may(api, place, body):
    cast = place.cast
    for user in (cast.property_clerk, place.owner, cast.other_worker, cast.urban_officer):
        assert api(user).post(BASE, body).status_code == 403
    poll = place.draft()
    for user in (cast.community_worker, cast.secretary, cast.street_cadre):
        assert api(user).post(f"{BASE}{poll.pk}/announce/").status_code == 403
    assert api(cast.admin).post(f"{BASE}{poll.pk}/announce/").status_code == 403
    assert api(cast.property_clerk).post(f"{BASE}{poll.pk}/announce/").status_code == 404
    assert api().get(BASE).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"unit": "nowhere"},
        {"questions": []},
        {"questions": [{"id": "1"}]},
        {"questions": ["x"]},
        {"matter": 10},
        {"matter": None},
        {"rule": "mine"},
        {"closes_at": "2026-03-10T08:00:00+08:00"},
        {"buildings": ["421102005003-002"]},
        {"settings": {"silence": "yes"}},
        {"settings": {"proxy_limit": True}},
        {"ballot": "secret"},
    ],
)
def test_bad_bodies_are_400(api, place, body, change):
    answer = api(place.cast.committee_member).post(BASE, body | change)
    assert answer.status_code == 400, answer.data


# --- Abuse ---------------------------------------------------------------------------------------


def test_voting_twice(api, place):
    poll = later(place, settings={"change_policy": "none"})
    owner = api(place.owner)
    first = owner.post(f"{BASE}{poll.pk}/ballots/", ballot(place, poll))
    again = owner.post(f"{BASE}{poll.pk}/ballots/", ballot(place, poll))
    assert (first.status_code, again.status_code) == (201, 409)
    assert again.data["code"] == "already_voted"
    assert Ballot.objects.count() == 1


def test_changing_once(api, place):
    poll = later(place, settings={"change_policy": "once"})
    owner = api(place.owner)
    answers = [
        owner.post(f"{BASE}{poll.pk}/ballots/", ballot(place, poll, choice=choice))
        for choice in ("for", "against", "abstain")
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 409]
    assert list(Ballot.objects.values_list("i", "replaces", "state")) == [
        (1, None, "replaced"), (2, 1, "live"),
    ]  # fmt: skip


def test_a_second_live_ballot_is_refused_by_the_database(api, place):
    poll = later(place)
    owner = api(place.owner)
    for _time in range(2):
        owner.post(f"{BASE}{poll.pk}/ballots/", ballot(place, poll))
    with pytest.raises(IntegrityError), transaction.atomic():
        Ballot.objects.filter(i=1).update(state="live")


def test_voting_for_a_neighbours_flat(api, place):
    poll = later(place)
    theirs = ballot(place, poll, "multi")
    assert api(place.owner).post(
        f"{BASE}{poll.pk}/ballots/", theirs, format="json"
    ).status_code in (
        403,
        404,
    )
    # A tenant of the flat sees the poll and has no vote in it.
    rented = ballot(place, poll, "fourth")
    answer = api(place.tenant).post(f"{BASE}{poll.pk}/ballots/", rented)
    assert answer.status_code == 404
    # A co-owner sees the row, and votes only when chosen.
    partner = make.user("partner")
    person = make.resident(place.cast.compound, account=partner)
    make.belonging(
        person, place.flats["101"], "co_owner",
        verified_by=place.cast.community_worker, verified_at=make.NOW,
    )  # fmt: skip
    mine = ballot(place, poll)
    assert api(partner).post(f"{BASE}{poll.pk}/ballots/", mine).status_code == 403
    assert Ballot.objects.count() == 0


def test_before_opening_after_closing(api, place):
    poll = place.poll(PollState.ANNOUNCED, closes_at=make.NOW + timedelta(days=3650))
    address, vote = f"{BASE}{poll.pk}/ballots/", ballot(place, poll)
    answer = api(place.owner).post(address, vote)
    assert (answer.status_code, answer.data["code"]) == (409, "not_open")
    committee = place.cast.committee_member
    poll = polls.open_poll(poll=poll, by=committee, now=make.NOW)
    polls.close(poll=poll, by=committee, now=make.NOW)
    answer = api(place.owner).post(address, vote)
    assert (answer.status_code, answer.data["code"]) == (409, "closed")
    # Whose time is over is closed to ballots before any job has run.
    late = place.poll()
    answer = api(place.owner).post(f"{BASE}{late.pk}/ballots/", ballot(place, late))
    assert (answer.status_code, answer.data["code"]) == (409, "closed")


def test_an_entry_of_another_poll_and_its_receipt(api, place):
    one, other = later(place), later(place)
    owner = api(place.owner)
    answer = owner.post(f"{BASE}{one.pk}/ballots/", ballot(place, other))
    assert answer.status_code == 404
    owner.post(f"{BASE}{one.pk}/ballots/", ballot(place, one))
    assert owner.get(f"{BASE}{one.pk}/receipt/?i=1").data["choices"] == {"1": "for"}
    assert owner.get(f"{BASE}{other.pk}/receipt/?i=1").status_code == 404
    assert api(place.multi).get(f"{BASE}{one.pk}/receipt/?i=1").status_code == 404
    assert owner.get(f"{BASE}{one.pk}/receipt/?i=x").status_code == 400
    assert owner.get(f"{BASE}{one.pk}/receipt/?i=99999999999999999999").status_code == 400


@pytest.mark.parametrize(
    "choices",
    [{}, {"1": "yes"}, {"1": ["for"]}, {"1": None}, {"2": "for"}, {"1": "for", "2": "for"}],
)
def test_choices_that_are_none(api, place, choices):
    poll = later(place)
    vote = {"entry": place.entry(poll, "owner").pk, "choices": choices}
    answer = api(place.owner).post(f"{BASE}{poll.pk}/ballots/", vote)
    assert answer.status_code == 400


def test_a_clerk_enters_the_same_paper_twice(api, place):
    poll = later(place)
    address = f"{BASE}{poll.pk}/paper/"
    community, committee = api(place.cast.community_worker), api(place.cast.committee_member)
    vote = ballot(place, poll, "third", "against")
    assert community.post(address, vote).data["state"] == "first"
    again = community.post(address, vote)
    assert (again.status_code, again.data["code"]) == (409, "same_person")
    assert Ballot.objects.count() == 0
    second = committee.post(address, vote)
    assert (second.status_code, second.data["state"], second.data["ballot"]) == (201, "cast", 1)
    third = community.post(address, vote)
    assert (third.status_code, third.data["code"]) == (409, "already_entered")


def test_two_people_read_a_paper_differently(api, place):
    poll = later(place)
    address = f"{BASE}{poll.pk}/paper/"
    community, committee = api(place.cast.community_worker), api(place.cast.committee_member)
    community.post(address, ballot(place, poll, "third", "against"))
    answer = committee.post(address, ballot(place, poll, "third", "for"))
    assert (answer.status_code, answer.data["code"]) == (409, "mismatch")
    paper = PaperBallot.objects.get()
    assert paper.state == "mismatch"
    settle = f"{address}{paper.pk}/settle/"
    decision = {"choices": {"1": "against"}, "reason": "纸票勾选反对"}
    assert committee.post(settle, decision).status_code == 403
    answer = api(place.cast.grid_worker).post(settle, decision)
    assert answer.status_code == 404  # the grid sees no roll
    answer = api(place.cast.street_cadre).post(settle, decision)
    assert (answer.status_code, answer.data["state"]) == (200, "cast")


def test_paper_before_online_as_announced(api, place):
    poll = later(place)
    owner = api(place.owner)
    owner.post(f"{BASE}{poll.pk}/ballots/", ballot(place, poll, choice="for"))
    for user in (place.cast.community_worker, place.cast.committee_member):
        api(user).post(
            f"{BASE}{poll.pk}/paper/", ballot(place, poll, choice="against"), format="json"
        )
    assert list(Ballot.objects.values_list("channel", "state", "replaces")) == [
        ("online", "replaced", None), ("paper", "live", 1),
    ]  # fmt: skip
    answer = owner.post(f"{BASE}{poll.pk}/ballots/", ballot(place, poll))
    assert (answer.status_code, answer.data["code"]) == (409, "paper_counts")


def test_first_come_as_announced(api, place):
    poll = later(place, settings={"precedence": "first"})
    owner = api(place.owner)
    owner.post(f"{BASE}{poll.pk}/ballots/", ballot(place, poll, choice="for"))
    answer = api(place.cast.community_worker).post(
        f"{BASE}{poll.pk}/paper/", ballot(place, poll), format="json"
    )
    assert (answer.status_code, answer.data["code"]) == (409, "already_voted")


def test_nobody_reads_choices_of_a_running_or_secret_poll(api, place):
    secret = later(
        place,
        ballot=BallotKind.SECRET,
        mode=PollMode.ADVISORY,
        electorate=Electorate.RESIDENTS,
        rule=Rule.RESIDENTS_MEETING,
        matter=None,
    )
    # Ages are not known: an advisory poll opens all the same.
    entry = RollEntry.objects.get(poll=secret, person=place.people["owner"])
    vote = {"entry": entry.pk, "choices": {"1": "against"}}
    receipt = api(place.owner).post(f"{BASE}{secret.pk}/ballots/", vote).data
    assert receipt["nonce"] is None
    assert api(place.owner).get(f"{BASE}{secret.pk}/receipt/?i=1").data["choices"] is None
    running = later(place)
    api(place.owner).post(
        f"{BASE}{running.pk}/ballots/", ballot(place, running, choice="against"), format="json"
    )
    watchers = (
        place.cast.committee_member, place.cast.community_worker, place.cast.street_cadre,
        place.supervisor, place.cast.property_clerk, place.cast.secretary, place.cast.admin,
    )  # fmt: skip
    parts = ("", "roll/", "tally/", "board/", "openings/", "checkpoints/", "plan/", "receipt/?i=1")
    for poll in (running, secret):
        for user in watchers:
            for part in parts:
                text = api(user).get(f"{BASE}{poll.pk}/{part}").content.decode()
                assert '"1":"against"' not in text, (user.username, part)
                assert '"against":1' not in text, (user.username, part)
    polls.close(poll=secret, by=place.cast.committee_member, now=make.NOW)
    answer = api(place.supervisor).get(f"{BASE}{secret.pk}/openings/")
    assert (answer.status_code, answer.data["code"]) == (409, "secret")


def test_the_property_firm_sees_nothing_of_the_shortfall(api, place):
    poll = later(place)
    clerk, committee = api(place.cast.property_clerk), api(place.cast.committee_member)
    assert clerk.get(f"{BASE}{poll.pk}/plan/").status_code == 403
    assert clerk.get(f"{BASE}{poll.pk}/tally/").status_code == 403
    assert clerk.get(f"{BASE}{poll.pk}/roll/").data["results"] == []
    plan = committee.get(f"{BASE}{poll.pk}/plan/").data
    assert plan["missing"] == {"people": 4, "area": 46_700}
    assert plan["binding"] == "people"
    assert len(plan["doors"]) == 4


def test_tampering_with_a_stored_ballot_is_named(api, place):
    poll = later(place)
    for name, user in (("owner", place.owner), ("multi", place.multi)):
        api(user).post(f"{BASE}{poll.pk}/ballots/", ballot(place, poll, name))
    assert list(verification.problems(Poll.objects.get(pk=poll.pk))) == []
    second = Ballot.objects.get(i=2)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Ballot.objects.filter(pk=second.pk).update(choices='{"1":"against"}')
    from orgs.db import append_only

    with append_only.lifted(Ballot, by=None, reason="somebody with the database's password"):
        Ballot.objects.filter(pk=second.pk).update(choices='{"1":"against"}')
    assert list(verification.problems(Poll.objects.get(pk=poll.pk))) == [
        "ballot 2: what it says does not fit its commitment"
    ]


def test_an_entry_without_area_or_owner_is_shown_and_stops_the_opening(api, place):
    make.household(place.cast.building, "109", area=None, area_source="")
    poll = place.draft(
        rehearsal=False,
        opens_at=make.NOW + timedelta(days=15),
        closes_at=make.NOW + timedelta(days=3650),
    )
    committee = place.cast.committee_member
    poll = polls.announce(poll=poll, by=committee, now=make.NOW)
    rows = api(committee).get(f"{BASE}{poll.pk}/roll/").data["results"]
    unclear = [row for row in rows if row["unclear"]]
    assert [(row["doubt"], row["area"]) for row in unclear] == [("no_owner", 0)]
    answer = api(committee).post(f"{BASE}{poll.pk}/open/")
    assert (answer.status_code, answer.data["code"]) == (409, "roll_unclear")
    decide = f"{BASE}{poll.pk}/roll/{unclear[0]['id']}/decide/"
    assert api(place.owner).post(decide, {"text": "x"}).status_code == 404
    assert api(committee).post(decide, {"text": "产权未登记，按无主保留"}).status_code == 200
    assert api(committee).post(f"{BASE}{poll.pk}/open/").status_code == 200


def test_contesting_before_and_after_opening(api, place):
    poll = place.poll(PollState.ANNOUNCED, closes_at=make.NOW + timedelta(days=3650))
    address = f"{BASE}{poll.pk}/roll/{place.entry(poll, 'owner').pk}/contest/"
    owner = api(place.owner)
    answer = owner.post(address, {"reason": "面积应为 105 平方米"})
    assert (answer.status_code, answer.data["state"]) == (201, "waiting")
    assert owner.post(address, {"reason": " "}).status_code == 400
    assert api(place.multi).post(address, {"reason": "别人的"}).status_code == 404
    again = owner.post(address, {"reason": "再说一遍"})
    assert (again.status_code, again.data["code"]) == (409, "already_contested")
    assert PollObjection.objects.count() == 1
    reply = f"/api/v1/poll-objections/{answer.data['id']}/answer/"
    settled = {"state": "settled", "text": "已按登记簿更正"}
    assert owner.post(reply, settled).status_code == 403
    assert api(place.cast.committee_member).post(reply, settled).status_code == 200
    assert api(place.cast.committee_member).post(reply, settled).status_code == 409
    # What was answered may be contested once more.
    once_more = owner.post(address, {"reason": "还是不对"})
    assert once_more.status_code == 201
    reply = f"/api/v1/poll-objections/{once_more.data['id']}/answer/"
    assert api(place.cast.committee_member).post(reply, settled).status_code == 200
    polls.open_poll(poll=poll, by=place.cast.committee_member, now=make.NOW)
    answer = owner.post(address, {"reason": "太晚"})
    assert (answer.status_code, answer.data["code"]) == (409, "roll_frozen")


def test_deliveries(api, place):
    poll = later(place)
    address, entry = f"{BASE}{poll.pk}/deliveries/", place.entry(poll, "fourth")
    community = api(place.cast.community_worker)
    by_tenant = {"entry": entry.pk, "how": "tenant"}
    assert community.post(address, by_tenant).status_code == 201
    entry.refresh_from_db()
    assert entry.delivered_at is None
    handed = {"entry": entry.pk, "how": "handed_over", "at": "2026-03-10T10:00:00+08:00"}
    assert community.post(address, handed).status_code == 201
    entry.refresh_from_db()
    assert entry.delivered_at is not None
    assert community.post(address, handed | {"at": "2199-01-01T00:00:00+08:00"}).status_code == 400
    assert community.post(address, handed | {"how": "shouted"}).status_code == 400
    assert community.post(address, handed | {"entry": 10**30}).status_code == 400
    assert community.post(address, handed | {"entry": 10**9}).status_code == 404
    assert api(place.cast.property_clerk).post(address, handed).status_code == 403


def test_a_proxy_counts_only_when_cast_and_the_owners_ballot_revokes_it(api, place):
    poll = later(place)
    committee = api(place.cast.committee_member)
    holder = place.entry(poll, "multi")
    given = {"entry": place.entry(poll, "owner").pk, "holder": str(holder.pk)}
    address = f"{BASE}{poll.pk}/proxies/"
    assert committee.post(address, given).status_code == 201
    assert committee.post(address, given).data["code"] == "already_given"
    assert committee.get(f"{BASE}{poll.pk}/tally/").data["people"]["participating"] == 0
    multi, owner = api(place.multi), api(place.owner)
    vote = ballot(place, poll, "owner", "against")
    assert multi.post(f"{BASE}{poll.pk}/ballots/", vote).status_code == 201
    mine = ballot(place, poll, "owner", "for")
    assert owner.post(f"{BASE}{poll.pk}/ballots/", mine).status_code == 201
    assert multi.post(f"{BASE}{poll.pk}/ballots/", vote).status_code in (403, 404)
    assert list(Ballot.objects.values_list("channel", "state")) == [
        ("proxy", "replaced"), ("online", "live"),
    ]  # fmt: skip
    assert committee.get(address).data["results"] == []


def test_this_was_not_me(api, place):
    poll = later(place)
    address = f"{BASE}{poll.pk}/ballots/"
    owner, street = api(place.owner), api(place.cast.street_cadre)
    owner.post(address, ballot(place, poll))
    assert api(place.multi).post(f"{address}1/dispute/", {"reason": "x"}).status_code == 404
    answer = owner.post(f"{address}1/dispute/", {"reason": "我没有投过"})
    assert (answer.status_code, answer.data["counts"]) == (201, None)
    assert owner.get(f"{BASE}{poll.pk}/tally/").data["people"]["participating"] == 0
    decide = {"counts": False, "text": "查明为他人代投"}
    committee = api(place.cast.committee_member)
    assert committee.post(f"{address}1/decide-dispute/", decide).status_code == 403
    answer = street.post(f"{address}1/decide-dispute/", decide)
    assert (answer.status_code, answer.data["counts"]) == (200, False)
    assert Ballot.objects.get(i=1).state == "annulled"
    assert owner.post(address, ballot(place, poll)).status_code == 201
    assert list(verification.problems(Poll.objects.get(pk=poll.pk))) == []


def test_publication_waits_for_disputes(api, place):
    poll = later(place)
    owner, committee = api(place.owner), api(place.cast.committee_member)
    owner.post(f"{BASE}{poll.pk}/ballots/", ballot(place, poll))
    owner.post(f"{BASE}{poll.pk}/ballots/1/dispute/", {"reason": "我没有投过"})
    committee.post(f"{BASE}{poll.pk}/close/")
    answer = committee.post(f"{BASE}{poll.pk}/publish/")
    assert (answer.status_code, answer.data["code"]) == (409, "in_dispute")


def test_an_election_is_held_on_paper(api, place):
    convener = place.cast.community_worker
    poll = later(
        place,
        mode=PollMode.STATUTORY_PAPER, ballot=BallotKind.SECRET, rule=Rule.ELECTION, matter=None,
        electorate=Electorate.RESIDENTS, by=convener,
        settings={"candidates": ["甲", "乙", "丙"], "seats": 2},
    )  # fmt: skip
    entry = RollEntry.objects.get(poll=poll, person=place.people["owner"])
    vote = {"entry": entry.pk, "choices": {"1": "for"}}
    answer = api(place.owner).post(f"{BASE}{poll.pk}/ballots/", vote)
    assert (answer.status_code, answer.data["code"]) == (409, "held_on_paper")
    community = api(convener)
    turnout = {"entry": entry.pk}
    assert community.post(f"{BASE}{poll.pk}/turnout/", turnout).status_code == 201
    assert community.post(f"{BASE}{poll.pk}/turnout/", turnout).data["code"] == "already_voted"
    for pk in RollEntry.objects.filter(poll=poll).exclude(pk=entry.pk).values_list("pk", flat=True):
        community.post(f"{BASE}{poll.pk}/turnout/", {"entry": pk})
    assert community.post(f"{BASE}{poll.pk}/close/").status_code == 200
    assert community.post(f"{BASE}{poll.pk}/publish/").data["code"] == "no_result"
    official = {
        "question": "1", "participating": [5, 0], "votes": {"甲": 4, "乙": 3, "丙": 1},
    }  # fmt: skip
    bad = official | {"votes": {"甲": 6, "乙": 3, "丙": 1}}
    address = f"{BASE}{poll.pk}/import-result/"
    assert community.post(address, {"official": [bad]}).status_code == 400
    assert community.post(address, {"official": [official]}).status_code == 200
    assert community.post(f"{BASE}{poll.pk}/publish/").status_code == 200
    result = community.get(f"{BASE}{poll.pk}/tally/").data["questions"][0]
    assert [row["option"] for row in result["options"] if row["chosen"]] == ["甲", "乙"]


def test_at_most_three_proxies_in_an_election_none_for_candidates(api, place):
    community = api(place.cast.community_worker)
    for _number in range(3):
        person = make.resident(place.cast.compound, born="1980-01-01")
        make.belonging(person, place.flats["101"], "family")
    poll = later(
        place,
        mode=PollMode.STATUTORY_PAPER, ballot=BallotKind.SECRET, rule=Rule.ELECTION, matter=None,
        electorate=Electorate.RESIDENTS, by=place.cast.community_worker,
        settings={"candidates": ["业主third"]},
    )  # fmt: skip
    address = f"{BASE}{poll.pk}/proxies/"
    holder = RollEntry.objects.get(poll=poll, person=place.people["owner"])
    candidate = RollEntry.objects.get(poll=poll, person=place.people["third"])
    others = RollEntry.objects.filter(poll=poll).exclude(pk__in=[holder.pk, candidate.pk])
    answers = [
        community.post(address, {"entry": pk, "holder": str(holder.pk)})
        for pk in others.values_list("pk", flat=True)[:4]
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 409]
    assert answers[-1].data["code"] == "proxy_limit"
    last = others.last().pk
    answer = community.post(address, {"entry": last, "holder": str(candidate.pk)})
    assert (answer.status_code, answer.data["code"]) == (400, "candidate")


def test_lists_cost_the_same_at_any_length(api, place):
    poll = later(place)
    client = api(place.cast.community_worker)

    def statements(address):
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as few:
            assert client.get(address).status_code == 200
        return len(few)

    addresses = [BASE, *(f"{BASE}{poll.pk}/{part}" for part in ("roll/", "plan/", "tally/"))]
    before = [statements(address) for address in addresses]
    for _number in range(3):
        poll = later(place)
    for number in range(30):
        flat = make.household(place.cast.building, f"9{number:02}", area=5_000)
        make.belonging(make.resident(place.cast.compound), flat)
    poll = later(place)
    addresses = [BASE, *(f"{BASE}{poll.pk}/{part}" for part in ("roll/", "plan/", "tally/"))]
    assert [statements(address) for address in addresses] == before


def test_casting_takes_few_statements(api, place):
    poll = later(place)
    client, vote = api(place.owner), ballot(place, poll)
    client.post(f"{BASE}{poll.pk}/ballots/", vote)
    with CaptureQueriesContext(connection) as statements:
        assert client.post(f"{BASE}{poll.pk}/ballots/", vote).status_code == 201
    wanted = [
        one["sql"]
        for one in statements.captured_queries
        if "SAVEPOINT" not in one["sql"] and one["sql"] not in ("BEGIN", "COMMIT")
    ]
    assert len(wanted) <= 12, wanted


def test_nobody_but_voters_and_organisers_sees_the_turnout_while_a_poll_runs(api, place):
    """How long the chain is tells it: board and checkpoints are for all after closing."""
    poll = later(place)
    api(place.owner).post(f"{BASE}{poll.pk}/ballots/", ballot(place, poll))
    checkpoints.publish(make.NOW)
    outside = (place.cast.property_clerk, place.tenant, place.cast.grid_worker)
    inside = (place.owner, place.cast.committee_member, place.supervisor, place.cast.street_cadre)
    parts = ("tally/", "board/", "checkpoints/")
    for user in outside:
        for part in parts:
            answer = api(user).get(f"{BASE}{poll.pk}/{part}")
            assert answer.status_code == 403, (user.username, part)
    for user in inside:
        for part in parts:
            assert api(user).get(f"{BASE}{poll.pk}/{part}").status_code == 200, user.username
    polls.close(poll=poll, by=place.cast.committee_member, now=make.NOW)
    for user in (*outside, *inside):
        for part in parts:
            assert api(user).get(f"{BASE}{poll.pk}/{part}").status_code == 200, user.username


def test_the_branch_sees_the_turnout_of_what_it_convened(api, place):
    branch = place.cast.secretary
    asked = later(
        place, by=branch, mode=PollMode.ADVISORY, matter=None, rule=Rule.RESIDENTS_MEETING,
        electorate=Electorate.HOUSEHOLDS,
    )  # fmt: skip
    statutory = later(place)
    assert api(branch).get(f"{BASE}{asked.pk}/tally/").status_code == 200
    assert api(branch).get(f"{BASE}{statutory.pk}/tally/").status_code == 403
