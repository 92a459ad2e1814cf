"""Rings for help: who hears them first, what time does, who may; teams, pairs, consents."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orgs.errors import NotAllowed, Refused, WrongState
from tests import factories as make
from tests.factories import NOW
from tests.volunteers.service import service_factories as serve
from volunteers.service.enums import ConsentWay
from volunteers.service.models import ProxyConsent, Ring
from volunteers.service.proxies import consents, queries, rings, teams

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def rung(cast, by=None, **values):
    defaults = {"unit": cast.building, "matter": "水管漏水，不会报修", "now": NOW}
    return rings.ring(by=by or cast.owner, **defaults | values)


def team_of(cast, unit, *people, by=None):
    by = by or cast.secretary
    team = teams.found(unit=unit, name="帮代办队", by=by, now=NOW)
    for person in people:
        teams.add_member(team=team, person=person, weekdays=[1, 3], by=by, now=NOW)
    return team


def refusal(call, error=WrongState):
    with pytest.raises(error) as refused:
        call()
    return refused.value.code


@pytest.fixture
def bound(cast):
    """The member is the contact of the owner's flat."""
    flat = make.household(cast.building)
    make.belonging(make.resident(cast.building, account=cast.owner), flat)
    make.link(cast, make.contact(cast, account=cast.member), flat)
    return serve.participant(cast.compound, cast.member)


def test_the_bound_member_hears_it_first_then_the_team(cast, bound):
    team_of(cast, cast.compound, cast.volunteer)
    row = rung(cast)
    assert row.bound == bound
    assert (
        refusal(lambda: rings.take(ring=row, by=cast.volunteer, now=NOW + HOUR)) == "others_first"
    )
    assert rings.take(ring=row, by=cast.volunteer, now=NOW + 4 * HOUR).state == "taken"


def test_done_without_a_trip_at_once(cast, bound):
    row = rings.take(ring=rung(cast), by=cast.member, now=NOW)
    row = rings.finish(ring=row, zero_trips=True, at_once=False, by=cast.member, now=NOW + HOUR)
    assert (row.state, row.zero_trips, row.at_once) == ("done", True, False)
    assert rings.counted(Ring.objects.all()) == {"done": 1, "zero_trips": 1, "at_once": 0}


def test_untaken_it_rises_and_returns_to_the_branch(cast):
    row = rung(cast)
    far = make.user()
    team_of(cast, cast.community, far, by=cast.community_worker)
    assert not Ring.objects.visible_to(far).exists()
    for hours, level, state in (
        (24, "community", "ringing"),
        (48, "street", "ringing"),
        (72, "street", "returned"),
    ):
        assert rings.raise_rings(NOW + hours * HOUR) == 1
        assert rings.raise_rings(NOW + hours * HOUR) == 0
        row.refresh_from_db()
        assert (row.level, row.state) == (level, state)
    assert rings.raise_rings(NOW + 1000 * HOUR) == 0
    assert rings.take(ring=row, by=cast.secretary, now=NOW + 73 * HOUR).state == "taken"


@pytest.mark.parametrize("place", ["building", "compound"])
def test_whoever_hears_a_ring_finds_it_in_the_list_and_takes_it(cast, place):
    street = cast.community.parent
    people = {level: make.user() for level in ("compound", "community", "street")}
    keepers = (cast.secretary, cast.community_worker, cast.street_cadre)
    places = (cast.compound, cast.community, street)
    for unit, person, keeper in zip(places, people.values(), keepers, strict=True):
        team_of(cast, unit, person, by=keeper)
    row = rung(cast, unit=getattr(cast, place))

    def heard_by():
        return [level for level, person in people.items() if row in queries.to_answer(person)]

    assert heard_by() == ["compound"]
    rings.raise_rings(NOW + 24 * HOUR)
    assert heard_by() == ["compound", "community"]
    rings.raise_rings(NOW + 48 * HOUR)
    assert heard_by() == ["compound", "community", "street"]
    rings.raise_rings(NOW + 72 * HOUR)
    assert heard_by() == ["compound", "community", "street"]
    row.refresh_from_db()
    taken = rings.take(ring=row, by=people["street"], now=NOW + 73 * HOUR)
    assert taken.state == "taken"
    assert heard_by() == []


def test_who_may_not(cast):
    team_of(cast, cast.compound, cast.volunteer, cast.owner)
    row = rung(cast)
    for by in (cast.member, cast.outsider, cast.owner, cast.admin):
        with pytest.raises(NotAllowed):
            rings.take(ring=row, by=by, now=NOW)
    row = rings.take(ring=row, by=cast.volunteer, now=NOW)
    with pytest.raises(NotAllowed):
        rings.finish(ring=row, zero_trips=True, at_once=True, by=cast.secretary, now=NOW)
    row = rings.drop(ring=row, by=cast.secretary, now=NOW)
    assert (row.state, row.taker, row.due_at) == ("ringing", None, NOW + 24 * HOUR)
    assert rings.cancel(ring=row, by=cast.owner, now=NOW).state == "cancelled"


def test_a_government_helper_helps_along(cast):
    team_of(cast, cast.compound, cast.volunteer)
    serve.participant(cast.compound, cast.member)
    mine = queries.own_pairs(cast.volunteer)
    make_pair = lambda volunteer: teams.pair(  # noqa: E731
        unit=cast.compound, volunteer=volunteer, helper=cast.housing_officer, matters="公积金",
        by=cast.secretary, now=NOW,
    )  # fmt: skip
    other = make_pair(cast.member)
    own = make_pair(cast.volunteer)
    assert list(mine) == [own]
    row = rung(cast)
    take = lambda pair: rings.take(ring=row, pair=pair, by=cast.volunteer, now=NOW)  # noqa: E731
    assert refusal(lambda: take(other), Refused) == "not_your_pair"
    assert not Ring.objects.visible_to(cast.housing_officer).exists()
    assert take(own).pair == own
    assert Ring.objects.visible_to(cast.housing_officer).get() == row
    assert refusal(lambda: make_pair(cast.member)) == "paired"


def test_one_team_of_a_place_nobody_in_it_twice(cast):
    team = team_of(cast, cast.compound, cast.volunteer)
    assert refusal(lambda: team_of(cast, cast.compound)) == "team_exists"
    add = lambda: teams.add_member(  # noqa: E731
        team=team, person=cast.volunteer, by=cast.secretary, now=NOW
    )
    assert refusal(add) == "in_team"
    member = teams.end_member(member=team.members.get(), by=cast.volunteer, now=NOW)
    assert member.ends == NOW.date()
    with pytest.raises(NotAllowed):
        teams.add_member(team=team, person=cast.member, by=cast.sibling_worker, now=NOW)


def test_a_consent_is_recorded_used_and_withdrawn(cast):
    person = make.resident(cast.building, name="李奶奶")
    values = {
        "person": person, "matter": "办高龄津贴", "helper": cast.volunteer, "now": NOW,
    }  # fmt: skip
    spoken = {"way": ConsentWay.SPOKEN, "by": cast.community_worker}
    assert refusal(lambda: consents.record(**values, **spoken), Refused) == "bad_consent"
    with pytest.raises(NotAllowed):
        consents.record(**values, way=ConsentWay.PHONE, by=cast.volunteer)
    late = {"way": ConsentWay.SIGNED, "ends": NOW.date() + timedelta(days=366)}
    assert (
        refusal(lambda: consents.record(**values, **late, by=cast.community_worker), Refused)
        == "bad_consent"
    )
    consent = consents.record(
        **values, way=ConsentWay.SIGNED, ends=NOW.date() + timedelta(days=9),
        by=cast.community_worker,
    )  # fmt: skip
    row = rung(cast, person=person, by=cast.volunteer)
    assert (row.consent, row.person) == (consent, person)
    consents.withdraw(consent=consent, by=cast.community_worker, now=NOW)
    with pytest.raises(NotAllowed):
        rung(cast, person=person, by=cast.volunteer)
    assert (
        refusal(lambda: consents.withdraw(consent=consent, by=cast.community_worker, now=NOW))
        == "withdrawn"
    )


# --- Pairs and consents over the API --------------------------------------------------------------------


def test_a_pair_is_made_and_ended_over_the_api_by_who_keeps_the_place(api, cast):
    body = {
        "unit": cast.compound.code, "volunteer": cast.volunteer.username,
        "helper": cast.housing_officer.username, "matters": "公积金",
    }  # fmt: skip
    at = "/api/v1/cloud-pairs/"
    assert api(cast.member).post(at, body, format="json").status_code == 403
    assert api(cast.sibling_worker).post(at, body, format="json").status_code == 403
    desk = api(cast.secretary)
    unknown = desk.post(at, body | {"helper": "nobody"}, format="json")
    assert (unknown.status_code, list(unknown.json()["errors"])) == (400, ["helper"])
    made = desk.post(at, body, format="json")
    assert (made.status_code, made.json()["volunteer"]) == (201, cast.volunteer.name)
    assert desk.post(at, body, format="json").json()["code"] == "paired"
    end = f"{at}{made.json()['id']}/end/"
    assert api(cast.owner).post(end, {}, format="json").status_code == 404
    assert desk.post(end, {}, format="json").json()["ends"]
    assert [row["matters"] for row in desk.get(at).json()["results"]] == ["公积金"]
    assert api(cast.owner).get(at).json()["results"] == []


def test_a_consent_is_recorded_and_withdrawn_over_the_api(api, cast):
    person = make.resident(cast.building, name="李奶奶")
    tomorrow = timezone.localdate() + timedelta(days=1)
    body = {
        "person": person.pk, "helper": cast.volunteer.username, "matter": "办高龄津贴",
        "way": "spoken", "ends": f"{tomorrow}",
    }  # fmt: skip
    at = "/api/v1/proxy-consents/"
    assert api(cast.owner).post(at, body, format="json").status_code == 403
    assert api(cast.sibling_worker).post(at, body, format="json").status_code == 400
    desk = api(cast.community_worker)
    refused = desk.post(at, body, format="json")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["witness"])
    made = desk.post(at, body | {"witness": "王网格员"}, format="json")
    assert (made.status_code, made.json()["person"]) == (201, person.pk)
    assert ProxyConsent.objects.get().helper == cast.volunteer.participant
    withdraw = f"{at}{made.json()['id']}/withdraw/"
    assert api(cast.sibling_worker).post(withdraw, {}, format="json").status_code == 404
    assert desk.post(withdraw, {}, format="json").json()["withdrawn_at"]
    assert api(cast.sibling_worker).get(at).json()["results"] == []
