"""Members, posts and contacts at the same moment, over real connections."""

from collections import Counter

import pytest

from tests import factories as make
from tests.services.outcomes import outcome
from volunteers.contacts import contacts
from volunteers.enums import BuildingRole, MemberClass
from volunteers.members import members
from volunteers.models import BuildingPost, HouseholdLink, PartyMembership
from volunteers.posts import posts

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8


def test_one_of_two_fills_a_seat(cast, at_once):
    tries = [
        outcome(
            lambda who=who: posts.fill(
                building=cast.building, role=BuildingRole.HEAD,
                holder=posts.Holder(name=who.name), by=who, now=make.NOW,
            )
        )
        for who in (cast.secretary, cast.community_worker)
    ]  # fmt: skip
    assert Counter(at_once(*tries)) == {"done": 1, "post_held": 1}
    assert BuildingPost.objects.count() == 1


def test_an_eleventh_household_is_refused_however_many_assign(cast, at_once):
    contact = make.contact(cast)
    homes = [make.household(cast.building) for _number in range(16)]
    pairs = [homes[start : start + 2] for start in range(0, 16, 2)]
    tries = [
        outcome(
            lambda pair=pair: contacts.assign(
                contact=contact, households=pair, by=cast.secretary, now=make.NOW
            )
        )
        for pair in pairs
    ]
    assert Counter(at_once(*tries)) == {"done": 5, "too_many": 3}
    assert HouseholdLink.objects.filter(ends=None).count() == 10


def test_a_household_gets_one_contact(cast, at_once):
    home = make.household(cast.building)
    tries = [
        outcome(
            lambda contact=contact: contacts.assign(
                contact=contact, households=[home], by=cast.secretary, now=make.NOW
            )
        )
        for contact in [make.contact(cast) for _number in range(AT_ONCE)]
    ]
    assert Counter(at_once(*tries)) == {"done": 1, "has_contact": AT_ONCE - 1}


def test_two_who_deal_out_at_once_cover_each_door_once(cast, at_once):
    for _number in range(15):
        make.household(cast.building)
    groups = [[make.contact(cast), make.contact(cast)] for _two in range(2)]
    tries = [
        outcome(
            lambda group=group: contacts.deal_out(
                building=cast.building, contacts=group, by=cast.secretary, now=make.NOW
            )
        )
        for group in groups
    ]
    assert set(at_once(*tries)) <= {"done", "has_contact"}
    held = HouseholdLink.objects.filter(ends=None)
    assert held.count() == held.values("household").distinct().count() == 15


def test_a_person_lands_in_one_class(cast, at_once):
    person = make.resident(cast.building)
    tries = [
        outcome(
            lambda member_class=member_class: members.register(
                person=person, organisation=cast.branch, member_class=member_class,
                by=cast.secretary, now=make.NOW,
            )
        )
        for member_class in MemberClass
    ]  # fmt: skip
    assert Counter(at_once(*tries)) == {"done": 1, "member_already": 3}
    assert PartyMembership.objects.count() == 1


def test_changes_of_class_come_one_after_the_other(cast, at_once):
    row = make.membership(make.resident(cast.building), cast.branch)
    tries = [
        outcome(
            lambda to=to: members.change_class(
                membership=row, member_class=to, by=cast.secretary, now=make.NOW
            )
        )
        for to in (MemberClass.IN_SERVICE, MemberClass.RETIRED, MemberClass.MOBILE)
    ]
    assert Counter(at_once(*tries)) == {"done": 1, "ended": 2}
    assert PartyMembership.objects.filter(ends=None).count() == 1
    assert PartyMembership.objects.count() == 2


def test_a_leaving_member_is_not_made_a_contact(cast, at_once):
    person = make.contact(cast)
    row, home = person.memberships.get(), make.household(cast.building)
    leave = outcome(lambda: members.end(membership=row, by=cast.secretary, now=make.NOW))
    take = outcome(
        lambda: contacts.assign(contact=person, households=[home], by=cast.secretary, now=make.NOW)
    )
    left, taken = at_once(leave, take)
    assert (left, taken in ("done", "no_member")) == ("done", True)
    assert not HouseholdLink.objects.filter(ends=None).exists()
