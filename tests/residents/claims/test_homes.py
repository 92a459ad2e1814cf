"""Finding one's flat, coming second, a new owner, moving away, inviting, and what the portal then knows."""

import pytest

from orgs.errors import NotAllowed, Refused
from orgs.models import Notice
from residents.claims import claims, finding, leaving
from residents.enums import ClaimState, LeaveReason, Relation
from residents.models import Belonging, Claim
from residents.roll import rights
from tests import factories as make


@pytest.fixture
def doors(cast):
    """翡翠一品小区 3栋 with two entrances, 7栋 with none."""
    third = make.unit(cast.compound, name="3栋")
    fifth = make.unit(cast.compound, name="7栋")
    homes = {
        (entrance, room): make.household(third, room, entrance=entrance)
        for entrance in ("1", "2")
        for room in ("101", "501", "1001")
    }
    homes["", "501"] = make.household(fifth, "501")
    return third, fifth, homes


def claim(home, by, relation=Relation.TENANT, **values):
    return claims.claim(household=home, relation=relation, by=by, now=make.NOW, **values)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("1单元501", ("", "", "1", "501")),
        ("１单元５０１室", ("", "", "1", "501")),
        ("1-501", ("", "", "1", "501")),
        ("3-1-501", ("", "3", "1", "501")),
        ("3栋1单元501", ("", "3", "1", "501")),
        ("翡翠一品3栋", ("翡翠一品", "3", "", "")),
        ("翡翠一品 3 栋 1-501", ("翡翠一品", "3", "1", "501")),
        ("翡翠一品3-1-501", ("翡翠一品", "3", "1", "501")),
        ("501", ("", "", "", "501")),
        ("翡翠一品", ("翡翠一品", "", "", "")),
    ],
)
def test_what_people_write_is_taken_apart(words, wanted):
    assert finding.read(words) == finding.Wanted(*wanted)


def test_every_way_of_writing_finds_the_door(cast, doors):
    third, fifth, homes = doors
    home = homes["1", "501"]
    for words in ("1单元501", "1-501", "3-1-501"):
        assert finding.find(words, third).doors == [("1", [home])]
    name = cast.compound.name.removesuffix("小区")
    assert finding.find(f"{name}3栋", None).units == [third]
    assert finding.find(f"{name}3栋1单元501", None).doors == [("1", [home])]
    assert finding.find("3栋", cast.compound).units == [third]
    assert finding.find("3-1-501", cast.compound).doors == [("1", [home])]
    # Where there are no entrances the number before the room is the building's.
    assert finding.find("7-501", fifth).doors == [("", [homes["", "501"]])]
    assert finding.find("9-9-909", cast.compound) == finding.Found()


def test_doors_are_listed_by_entrance_in_their_order(cast, page, doors):
    third, _fifth, homes = doors
    shown = page(cast.owner).get("/my-home/claim/", {"unit": third.code})
    listed = [(name, [home.room for home in inside]) for name, inside in shown.context["doors"]]
    assert listed == [("1", ["101", "501", "1001"]), ("2", ["101", "501", "1001"])]
    assert f'href="/my-home/claim/{homes["2", "501"].code}/"' in shown.content.decode()
    assert page(cast.owner).get("/my-home/claim/", {"unit": cast.street.code}).status_code == 404


def test_who_comes_second_is_told_while_claiming(cast, page, doors):
    home = doors[2]["1", "501"]
    address = f"/my-home/claim/{home.code}/"
    assert page(cast.neighbour).get(address).context["is_second"] is False
    claim(home, cast.owner, Relation.OWNER)
    again = page(cast.neighbour).get(address)
    assert again.context["is_second"] is True
    assert cast.owner.name not in again.content.decode()
    assert page(cast.owner).get(address).context["is_second"] is False


def test_the_community_puts_the_relation_right(cast, doors):
    home = doors[2]["1", "501"]
    claims.verify(
        claim=claim(home, cast.owner, Relation.OWNER), by=cast.community_worker, now=make.NOW
    )
    spouse = claim(home, cast.neighbour, Relation.OWNER)
    done = claims.verify(
        claim=spouse, relation=Relation.CO_OWNER, by=cast.community_worker, now=make.NOW
    )
    assert (done.state, done.relation) == (ClaimState.VERIFIED, Relation.CO_OWNER)
    assert rights.owns(cast.owner, home)
    assert rights.owns(cast.neighbour, home)


def test_a_buyer_takes_over_from_the_owner_of_before(cast, api, doors):
    home = doors[2]["1", "501"]
    claims.verify(
        claim=claim(home, cast.owner, Relation.OWNER), by=cast.community_worker, now=make.NOW
    )
    buyer = claim(home, cast.neighbour, Relation.OWNER)
    address = f"/api/v1/claims/{buyer.pk}/verify/"
    refused = api(cast.community_worker).post(address, {}, format="json")
    assert refused.status_code in (400, 409)
    done = api(cast.community_worker).post(address, {"changes_owner": True}, format="json")
    assert done.status_code == 200
    assert not rights.owns(cast.owner, home)
    assert rights.owns(cast.neighbour, home)
    assert Belonging.objects.filter(household=home, ends__isnull=False).count() == 1
    tenant = claim(home, cast.outsider)
    with pytest.raises(NotAllowed):  # an owner confirms, and changes nothing else
        claims.verify(claim=tenant, relation=Relation.OWNER, by=cast.neighbour, now=make.NOW)
    with pytest.raises(Refused):
        claims.verify(claim=tenant, changes_owner=True, by=cast.community_worker, now=make.NOW)


def test_moving_away_and_selling(cast, page, doors):
    home = doors[2]["1", "501"]
    for person, relation in ((cast.owner, Relation.OWNER), (cast.neighbour, Relation.TENANT)):
        claims.verify(claim=claim(home, person, relation), by=cast.community_worker, now=make.NOW)
    mine = {row.person.account: row for row in Belonging.objects.filter(household=home)}
    with pytest.raises(Refused):
        leaving.leave(
            belonging=mine[cast.owner], reason=LeaveReason.MOVED, by=cast.owner, now=make.NOW
        )
    with pytest.raises(NotAllowed):
        leaving.leave(
            belonging=mine[cast.owner], reason=LeaveReason.SOLD, by=cast.neighbour, now=make.NOW
        )
    browser = page(cast.neighbour)
    assert (
        browser.post(f"/my-home/{mine[cast.neighbour].pk}/leave/", {"reason": "moved"}).status_code
        == 302
    )
    assert not rights.verified_belongings(cast.neighbour).exists()
    cast.neighbour.refresh_from_db()
    assert cast.neighbour.home is None
    assert Notice.objects.filter(recipient=cast.community_worker, kind="home-left").count() == 1
    assert page(cast.outsider).get(f"/my-home/{mine[cast.owner].pk}/leave/").status_code == 404


def test_afterwards_the_portal_knows_the_home(cast, page, doors):
    home = doors[2]["1", "501"]
    cast.owner.home = None
    cast.owner.save()
    claims.verify(claim=claim(home, cast.owner), by=cast.community_worker, now=make.NOW)
    cast.owner.refresh_from_db()
    assert cast.owner.home == home.building
    report = page(cast.owner).get("/report/")
    assert report.context["place"].unit == home.building
    assert "3栋" in page(cast.owner).get("/me/").content.decode()


def test_an_owner_invites_the_family(cast, page, doors):
    home = doors[2]["1", "501"]
    claims.verify(
        claim=claim(home, cast.owner, Relation.OWNER), by=cast.community_worker, now=make.NOW
    )
    pk = Belonging.objects.get(household=home).pk
    shown = page(cast.owner).get(f"/my-home/{pk}/invite/").content.decode()
    assert f"/my-home/claim/{home.code}/?as=family" in shown
    form = page(cast.neighbour).get(f"/my-home/claim/{home.code}/?as=family").context["form"]
    assert form.initial["relation"] == "family"
    assert page(cast.neighbour).get(f"/my-home/{pk}/invite/").status_code == 404


def test_a_claim_says_when_it_is_checked_and_whom_to_call(cast, page, doors):
    one = claim(doors[2]["1", "501"], cast.owner)
    assert claims.due(one.made_at) > one.made_at
    shown = page(cast.owner).get("/my-home/")
    assert shown.context["own_claims"][0]["due"] == claims.due(one.made_at)
    assert Claim.objects.get().state == ClaimState.WAITING
