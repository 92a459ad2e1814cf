"""The row "deliberation" of the fixed names, call by call and field by field, through the API alone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories as make
from tests.residents.deliberation.polls.conftest import YES_NO, place  # noqa: F401 (a fixture)

API = "/api/v1/"
LATER = "2036-04-10T09:00:00+08:00"
STAGES = (
    "proposed discussing reviewing deciding publicity executing evaluating closed rejected"
).split()
TOPIC_ACTIONS = (
    "co-sign discuss review approve reject announce execute evaluate finish reopen lapse"
).split()


@pytest.fixture
def api(api):
    """As everywhere, with bodies in JSON."""

    def sign_in(user=None):
        client = api(user)
        client.default_format = "json"
        return client

    return sign_in


@pytest.fixture
def done(api):
    """A call that has to answer as the table says; gives what it answers."""

    def call(user, address, body=None, *, expect=200):
        client = api(user)
        answer = client.get(API + address) if body is None else client.post(API + address, body)
        assert answer.status_code == expect, (address, answer.data)
        return answer.data

    return call


def is_a_list(data):
    assert {"results", "next", "previous"} <= data.keys()
    return data["results"]


def test_topics(done, cast, homes):
    body = {"unit": cast.compound.code, "title": "换灯", "text": "楼道灯", "decider": "committee"}
    topic = done(cast.owner, "topics/", body | {"sides": ["branch", "property"]}, expect=201)
    assert body.items() <= topic.items()
    assert topic["stage"] == "proposed"
    assert topic["petition"] in (True, False)
    assert {"people", "households", "area", "needed"} <= topic["co_signs"].keys()
    assert isinstance(topic["available_actions"], list)
    assert is_a_list(done(cast.owner, "topics/"))[0]["id"] == topic["id"]
    signed = done(cast.neighbour, f"topics/{topic['id']}/co-sign/", {})
    assert signed["co_signs"]["people"] == topic["co_signs"]["people"] + 1
    done(cast.member, f"topics/{topic['id']}/co-sign/", {})
    moved = done(cast.owner, f"topics/{topic['id']}/discuss/", {})
    assert moved["stage"] == "discussing"
    address = f"topics/{topic['id']}/comments/"
    done(cast.neighbour, address, {"text": "同意换"}, expect=201)
    assert len(is_a_list(done(cast.owner, address))) == 1


def test_stages_and_actions_of_topics(api):
    paths = api(None).get("/api/schema/?format=json").json()
    actions = {path.split("/")[-2] for path in paths["paths"] if "/topics/{" in path}
    assert set(TOPIC_ACTIONS) <= actions
    stages = {
        tuple(schema["enum"])
        for schema in paths["components"]["schemas"].values()
        if "publicity" in schema.get("enum", ())
    }
    assert set(STAGES) in [set(one) for one in stages]


def test_polls(done, place):  # noqa: F811
    cast = place.cast
    body = {
        "unit": cast.compound.code, "electorate": "owners", "mode": "statutory_paper",
        "ballot": "named", "rule": "civil_code_278", "matter": 5, "questions": YES_NO,
        "opens_at": "2026-03-10T09:00:00+08:00", "closes_at": LATER, "rehearsal": True,
        "settings": {}, "buildings": [],
    }  # fmt: skip
    by = cast.committee_member
    poll = done(by, "polls/", body, expect=201)
    assert poll["state"] == "draft"
    at = f"polls/{poll['id']}/"
    assert {"questions", "settings", "rehearsal", "matter", "rule", "mode"} <= poll.keys()
    assert is_a_list(done(by, "polls/"))[0]["id"] == poll["id"]
    assert done(by, f"{at}announce/", {})["state"] == "announced"
    roll = is_a_list(done(by, f"{at}roll/"))
    assert {"id", "voter", "parts", "area", "delivered_at"} <= roll[0].keys()
    assert {"household", "area", "area_source"} == roll[0]["parts"][0].keys()
    mine = is_a_list(done(place.owner, f"{at}roll/?mine=1"))
    assert len(mine) == 1
    entry = mine[0]["id"]
    done(place.owner, f"{at}roll/{entry}/contest/", {"reason": "面积"}, expect=201)
    assert done(by, f"{at}open/", {})["state"] == "open"
    delivery = {"entry": entry, "how": "handed_over", "at": timezone.now().isoformat()}
    done(by, f"{at}deliveries/", delivery, expect=201)
    assert is_a_list(done(place.owner, f"{at}roll/?mine=1"))[0]["delivered_at"]
    third = place.entry(done_poll(poll["id"]), "third").pk
    multi = place.entry(done_poll(poll["id"]), "multi").pk
    done(by, f"{at}proxies/", {"entry": third, "holder": str(multi)}, expect=201)
    receipt = done(
        place.owner, f"{at}ballots/", {"entry": entry, "choices": {"1": "for"}}, expect=201
    )
    assert receipt.keys() == {"i", "hash", "nonce"}
    fourth = place.entry(done_poll(poll["id"]), "fourth").pk
    paper = {"entry": fourth, "choices": {"1": "against"}}
    done(by, f"{at}paper/", paper, expect=201)
    other = paper | {"choices": {"1": "for"}}
    differs = done(cast.community_worker, f"{at}paper/", other, expect=409)
    assert differs["code"] == "mismatch"
    before = done(by, f"{at}tally/")
    assert (before["people"]["total"], before["people"]["for"], before["passed"]) == (5, None, None)
    assert done(place.owner, f"{at}receipt/?i={receipt['i']}")["hash"] == receipt["hash"]
    board = done(place.owner, f"{at}board/")["entries"]
    assert board[0].keys() == {"i", "prev", "commitment", "hash", "replaces"}
    settle = {"choices": {"1": "against"}, "reason": "看过"}
    done(cast.street_cadre, f"{at}paper/{differs['id']}/settle/", settle)
    closed = done(by, f"{at}close/", {})
    assert closed["state"] == "closed"
    tally = done(by, f"{at}tally/")
    sides = {"total", "participating", "for", "against", "abstain"}
    assert sides == tally["people"].keys() == tally["area"].keys()
    assert {"quorum_met", "passed", "rule", "questions"} <= tally.keys()
    assert {"people", "area", "silent", "quorum_met", "passed"} <= tally["questions"][0].keys()
    assert done(place.owner, f"{at}openings/")["entries"][0]["choices"] == {"1": "for"}
    assert is_a_list(done(place.owner, f"{at}checkpoints/"))


def done_poll(pk):
    from residents.deliberation.models import Poll

    return Poll.objects.get(pk=pk)


def test_voting_does_not_open_before_the_notice_has_run(done, place):  # noqa: F811
    opens = make.NOW + timedelta(days=3650)
    body = {
        "unit": place.cast.compound.code, "electorate": "owners", "mode": "statutory_paper",
        "rule": "civil_code_278", "matter": 5, "questions": YES_NO,
        "opens_at": opens.isoformat(), "closes_at": (opens + timedelta(days=9)).isoformat(),
    }  # fmt: skip
    by = place.cast.committee_member
    poll = done(by, "polls/", body, expect=201)
    done(by, f"polls/{poll['id']}/announce/", {})
    refused = done(by, f"polls/{poll['id']}/open/", {}, expect=409)
    assert refused["code"] == "notice_too_short"


@pytest.mark.parametrize("mode", ["advisory", "statutory_paper", "official_platform"])
@pytest.mark.parametrize(
    ("electorate", "rule", "unit"),
    [
        ("owners", "civil_code_278", "compound"),
        ("owners", "lift", "compound"),
        ("residents", "residents_meeting", "community"),
        ("households", "residents_meeting", "community"),
        ("representatives", "representatives_meeting", "community"),
        ("residents", "election", "community"),
    ],
)
def test_every_mode_electorate_and_rule(done, place, mode, electorate, rule, unit):  # noqa: F811
    cast = place.cast
    election = rule == "election"
    body = {
        "unit": getattr(cast, unit).code, "electorate": electorate, "mode": mode, "rule": rule,
        "ballot": "secret" if election else "named", "questions": YES_NO,
        "opens_at": "2026-03-10T09:00:00+08:00", "closes_at": LATER, "rehearsal": True,
    }  # fmt: skip
    if rule == "civil_code_278":
        body["matter"] = 5
    if rule == "lift":
        body |= {"buildings": [cast.building.code], "entrance": "1"}
    by = cast.community_worker
    expect = 400 if election and mode == "advisory" else 201
    data = done(by, "polls/", body, expect=expect)
    if expect == 201:
        assert (data["mode"], data["electorate"], data["rule"]) == (mode, electorate, rule)
