"""One contact to ten households: no more, one contact a door, and only as much seen as is needed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import AuditEntry, Notice
from residents.enums import HouseholdState, Relation
from residents.models import Household, Person
from residents.roll import visits
from tests import factories as make
from volunteers.contacts import contacts, coverage
from volunteers.models import HouseholdLink, LinkRule
from volunteers.posts.rules import new_link_rule

TODAY = make.NOW.date()


def assign(cast, contact, *households, **values):
    return contacts.assign(
        **{"contact": contact, "households": households, "by": cast.secretary, "now": make.NOW}
        | values
    )


def doors(cast, count, **values):
    return [make.household(cast.building, f"{100 + number}", **values) for number in range(count)]


def test_ten_households_and_not_one_more(cast):
    contact, homes = make.contact(cast), doors(cast, 12)
    assign(cast, contact, *homes[:9])
    with pytest.raises(Refused) as refused:
        assign(cast, contact, *homes[9:11])
    assert refused.value.code == "too_many"
    assert HouseholdLink.objects.count() == 9
    assign(cast, contact, homes[9])
    with pytest.raises(Refused):
        assign(cast, contact, homes[10])
    contacts.end(link=HouseholdLink.objects.first(), by=cast.secretary, now=make.NOW)
    assign(cast, contact, homes[10])
    assert HouseholdLink.objects.filter(ends=None).count() == 10


def test_the_number_is_data_with_a_version(cast):
    rule = LinkRule(households=2, visit_days=30, source="街道通知")
    with pytest.raises(NotAllowed):
        new_link_rule(row=rule, by=cast.street_cadre, now=make.NOW)
    new_link_rule(row=rule, by=cast.admin, now=make.NOW)
    contact, homes = make.contact(cast), doors(cast, 3)
    with pytest.raises(Refused):
        assign(cast, contact, *homes)
    [made] = assign(cast, contact, homes[0])
    assert made.rule.version == 2


def test_a_household_has_one_contact(cast):
    [home] = doors(cast, 1)
    assign(cast, make.contact(cast), home)
    with pytest.raises(Refused) as refused:
        assign(cast, make.contact(cast), home)
    assert refused.value.code == "has_contact"
    with pytest.raises(IntegrityError), transaction.atomic():
        make.link(cast, make.contact(cast), home)


def test_a_contact_is_a_party_member(cast):
    with pytest.raises(Refused) as refused:
        assign(cast, make.resident(cast.building), *doors(cast, 1))
    assert refused.value.code == "no_member"


@pytest.mark.parametrize(
    "who", ["grid_worker", "street_cadre", "property_clerk", "member", "sibling_worker", "owner"]
)
def test_who_assigns_nobody(cast, who):
    by, contact, homes = getattr(cast, who), make.contact(cast), doors(cast, 2)
    with pytest.raises(NotAllowed):
        assign(cast, contact, homes[0], by=by)
    with pytest.raises(NotAllowed):
        contacts.deal_out(building=cast.building, contacts=[contact], by=by, now=make.NOW)
    link = make.link(cast, contact, homes[1])
    with pytest.raises(NotAllowed):
        contacts.end(link=link, by=by, now=make.NOW)


def test_a_list_with_a_foreign_door_is_refused_whole(cast):
    there = make.household(make.unit(make.unit(cast.other_community)))
    with pytest.raises(NotAllowed):
        assign(cast, make.contact(cast), *doors(cast, 1), there)
    assert HouseholdLink.objects.count() == 0


def test_doors_are_dealt_out_in_their_order(cast):
    doors(cast, 13)
    doors(cast, 2, entrance="2")
    make.household(cast.building, "999", state=HouseholdState.EMPTY)
    first, second = make.contact(cast), make.contact(cast)
    [home] = doors_of(cast, "100")
    assign(cast, first, home)
    made = contacts.deal_out(
        building=cast.building, entrance="", contacts=[first, second], by=cast.secretary, now=make.NOW
    )  # fmt: skip
    held = {
        one: [link.household.room for link in made if link.person == one] for one in (first, second)
    }
    assert held[first] == [f"{100 + number}" for number in range(1, 10)]
    assert held[second] == ["110", "111", "112"]
    contacts.deal_out(building=cast.building, contacts=[second], by=cast.secretary, now=make.NOW)
    assert coverage.coverage(cast.building).open == 0
    assert not HouseholdLink.objects.filter(household__room="999").exists()


def doors_of(cast, room):
    return Household.objects.filter(building=cast.building, room=room, entrance="")


def test_each_contact_hears_of_it_once(cast):
    contact = make.contact(cast, account=cast.member)
    assign(cast, contact, *doors(cast, 3))
    notice = Notice.objects.get(recipient=cast.member)
    assert (notice.data, notice.link) == ({"count": 3}, "/my-households/")
    detail = AuditEntry.objects.get(action="volunteers.assign-links").detail
    assert len(detail["households"]) == 3


def test_an_end_is_history(cast):
    [link] = assign(cast, make.contact(cast), *doors(cast, 1))
    contacts.end(link=link, by=cast.community_worker, now=make.NOW)
    with pytest.raises(WrongState):
        contacts.end(link=link, by=cast.secretary, now=make.NOW)
    assert HouseholdLink.objects.get().ends == TODAY
    with pytest.raises(Refused):
        contacts.end(
            link=assign(cast, make.contact(cast), *Household.objects.all())[0],
            on=TODAY + timedelta(days=1), by=cast.secretary, now=make.NOW,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("who", "count"),
    [("secretary", 1), ("community_worker", 1), ("street_cadre", 1), ("member", 1),
     ("grid_worker", 0), ("property_clerk", 0), ("committee_member", 0), ("owner", 0),
     ("sibling_worker", 0), ("sibling_cadre", 0), ("district_cadre", 0)],
)  # fmt: skip
def test_who_sees_a_contact(cast, who, count):
    make.link(cast, make.contact(cast, account=cast.member), *doors(cast, 1))
    assert HouseholdLink.objects.visible_to(getattr(cast, who)).count() == count


# --- The contact's own view ----------------------------------------------------------------------


@pytest.fixture
def mine(cast):
    """A household that the cast's member is the contact of, with an owner."""
    [home] = doors(cast, 1)
    make.belonging(make.resident(cast.building, name="钱一二", phone="13900001234"), home)
    contact = make.contact(cast, account=cast.member, phone="13911112222")
    return make.link(cast, contact, home)


def test_a_contact_reads_no_roll(cast, mine):
    assert Household.objects.visible_to(cast.member).count() == 0
    assert Person.objects.visible_to(cast.member).count() == 1
    assert not cast.member.has_perm("residents.view_roll", cast.building)


def log(cast, household):
    return visits.log(
        household=household, on=TODAY, text="一切都好", event_id=uuid4(), by=cast.member, now=make.NOW
    )  # fmt: skip


def test_a_contact_visits_the_own_households_only(cast, mine):
    assert log(cast, mine.household).by == cast.member
    with pytest.raises(NotAllowed):
        log(cast, make.household(cast.building))
    contacts.end(link=mine, by=cast.secretary, now=make.NOW)
    with pytest.raises(NotAllowed):
        log(cast, mine.household)


def test_the_own_list_says_how_many_how_to_reach_and_when(cast, mine):
    [one] = coverage.households_of(cast.member, TODAY)
    assert (one.people, one.reach, one.phone) == (1, "钱**", "139****1234")
    assert (one.last, one.due, one.light) == (None, TODAY + timedelta(days=90), "green")
    visits.log(
        household=mine.household, on=TODAY, text="好", next_on=TODAY + timedelta(days=7),
        event_id=uuid4(), by=cast.member, now=make.NOW,
    )  # fmt: skip
    [one] = coverage.households_of(cast.member, TODAY)
    assert (one.last, one.due, one.light) == (TODAY, TODAY + timedelta(days=7), "yellow")
    [one] = coverage.households_of(cast.member, TODAY + timedelta(days=8))
    assert one.light == "red"
    assert coverage.households_of(cast.owner, TODAY) == []


def test_a_household_sees_its_own_contact_and_no_number(cast, mine, page):
    at = {"verified_at": make.NOW, "verified_by": cast.community_worker}
    family = make.resident(cast.building, account=cast.owner)
    make.belonging(family, mine.household, Relation.FAMILY, **at)
    elsewhere = make.household(cast.building)
    make.belonging(make.resident(cast.building, account=cast.neighbour), elsewhere, **at)
    contact = mine.person
    Person.objects.filter(pk=contact.pk).update(name="尤联系")
    shown = page(cast.owner).get("/my-home/").content.decode()
    assert "尤联系" in shown
    assert contact.phone[-4:] not in shown
    assert "尤联系" not in page(cast.neighbour).get("/my-home/").content.decode()
    contacts.end(link=mine, by=cast.secretary, now=make.NOW)
    assert "尤联系" not in page(cast.owner).get("/my-home/").content.decode()


# --- Counting ------------------------------------------------------------------------------------


def test_coverage_is_counted_up_the_tree(cast):
    contact = make.contact(cast)
    assign(cast, contact, *doors(cast, 3))
    make.household(cast.building, "501")
    make.household(cast.building, "502", state=HouseholdState.SHOP)
    far = make.household(make.unit(cast.other_compound))
    for place in (cast.street, cast.community, cast.compound, cast.building):
        place.refresh_from_db()
    for unit in (cast.compound, cast.building):
        total = coverage.coverage(unit)
        assert (total.households, total.covered, total.light) == (4, 3, "yellow")
    found = {
        one.unit: (one.households, one.covered) for one in coverage.coverage_below(cast.community)
    }
    assert found == {cast.compound: (4, 3), far.building.parent: (1, 0)}
    found = {one.unit: one.open for one in coverage.coverage_below(cast.street)}
    assert found == {cast.community: 2, cast.sibling: 0}
    assert [one.per_mille for one in coverage.coverage_below(cast.compound)] == [750]
    assert coverage.coverage_below(cast.building) == []
    assert coverage.coverage(cast.other_street).light == ""


def test_candidates_have_room_left_are_in_sight_and_neighbours_come_first(cast):
    full, far, near = (make.contact(cast, name=name) for name in ("满了", "远亲", "近邻"))
    homes = doors(cast, 11)
    assign(cast, full, *homes[:10])
    make.belonging(near, homes[10])
    found = coverage.candidates(cast.building, cast.secretary)
    assert [(one.person, one.held, one.near) for one in found] == [(near, 0, True), (far, 0, False)]
    assert list(coverage.candidates(cast.building, cast.grid_worker)) == []
