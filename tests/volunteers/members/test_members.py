"""The roster of members: one class at a time, every change recorded, seen by few."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from orgs.audit import audit
from orgs.enums import PartyOrganisationKind
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import AuditEntry
from residents.models import Person
from residents.privacy import retention
from tests import factories as make
from volunteers.contacts import contacts
from volunteers.enums import MemberClass, MembershipEnd
from volunteers.members import members, queries
from volunteers.models import HouseholdLink, PartyMembership

YESTERDAY = make.NOW.date() - timedelta(days=1)


def register(cast, person=None, **values):
    return members.register(
        **{
            "person": person or make.resident(cast.building),
            "organisation": cast.branch, "member_class": MemberClass.BRANCH,
            "by": cast.secretary, "now": make.NOW,
        }
        | values
    )  # fmt: skip


@pytest.mark.parametrize("who", ["secretary", "community_worker", "street_cadre"])
def test_those_who_work_for_the_party_enter_members(cast, who):
    made = register(cast, by=getattr(cast, who), joined_on=date(1999, 7, 1))
    assert (made.starts, made.entered_by, made.joined_on) == (
        make.NOW.date(), getattr(cast, who), date(1999, 7, 1),
    )  # fmt: skip
    assert AuditEntry.objects.get().action == "volunteers.enter-member"


@pytest.mark.parametrize(
    "who",
    ["grid_worker", "property_clerk", "committee_member", "member", "owner", "street_leader",
     "district_cadre", "sibling_cadre", "sibling_worker", "other_worker", "auditor"],
)  # fmt: skip
def test_nobody_else_does(cast, who):
    with pytest.raises(NotAllowed):
        register(cast, by=getattr(cast, who))
    assert PartyMembership.objects.count() == 0


def test_a_joint_branch_is_not_kept_from_one_of_its_places(cast):
    cast.branch.covers.add(cast.other_community)
    with pytest.raises(NotAllowed):
        register(cast, by=cast.community_worker)


def test_one_person_stands_in_one_class(cast):
    first = register(cast)
    with pytest.raises(Refused) as refused:
        register(cast, first.person, member_class=MemberClass.RETIRED)
    assert refused.value.code == "member_already"
    with pytest.raises(IntegrityError), transaction.atomic():
        make.membership(first.person, cast.branch, member_class=MemberClass.MOBILE)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.membership(
            first.person, cast.branch, ends=YESTERDAY, ended_as=MembershipEnd.LEFT
        )  # fmt: skip


def test_days_that_cannot_be_are_refused(cast):
    tomorrow = make.NOW.date() + timedelta(days=1)
    for field, day in (("joined_on", tomorrow), ("starts", tomorrow)):
        with pytest.raises(Refused) as refused:
            register(cast, **{field: day})
        assert refused.value.fields.keys() == {field}
    left = register(cast, starts=YESTERDAY)
    members.end(membership=left, by=cast.secretary, now=make.NOW)
    with pytest.raises(Refused) as refused:
        register(cast, left.person, starts=YESTERDAY)
    assert refused.value.code == "bad_dates"
    assert PartyMembership.objects.count() == 1


def test_a_change_of_class_keeps_the_history(cast):
    first = register(cast, starts=YESTERDAY, joined_on=date(2001, 7, 1))
    second = members.change_class(
        membership=first, member_class=MemberClass.RETIRED, by=cast.community_worker, now=make.NOW
    )
    first.refresh_from_db()
    assert (first.ends, first.ended_as) == (make.NOW.date(), MembershipEnd.CLASS)
    assert (second.starts, second.ends, second.joined_on) == (make.NOW.date(), None, first.joined_on)  # fmt: skip
    assert list(queries.history_of(second)) == [second, first]
    detail = AuditEntry.objects.get(action="volunteers.change-class").detail
    assert detail == {"from": "branch", "to": "retired"}
    with pytest.raises(WrongState):
        members.change_class(
            membership=first, member_class=MemberClass.MOBILE, by=cast.secretary, now=make.NOW
        )
    with pytest.raises(Refused) as refused:
        members.change_class(
            membership=second, member_class=MemberClass.RETIRED, by=cast.secretary, now=make.NOW
        )
    assert refused.value.code == "same_class"


def test_without_its_audit_no_change_is_kept(cast, monkeypatch):
    first = register(cast)

    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(RuntimeError):
        members.change_class(
            membership=first, member_class=MemberClass.RETIRED, by=cast.secretary, now=make.NOW
        )
    assert PartyMembership.objects.get().ends is None


def test_a_transfer_needs_both_rosters(cast):
    first = register(cast)
    there = make.branch([cast.other_compound], kind=PartyOrganisationKind.BRANCH)
    with pytest.raises(NotAllowed):
        members.transfer(membership=first, organisation=there, by=cast.secretary, now=make.NOW)
    moved = members.transfer(
        membership=first, organisation=there, by=cast.community_worker, now=make.NOW
    )
    assert (moved.organisation, moved.member_class) == (there, MemberClass.BRANCH)
    first.refresh_from_db()
    assert first.ended_as == MembershipEnd.TRANSFER


def test_whoever_leaves_is_nobodys_contact_any_more(cast):
    first = register(cast)
    contacts.assign(
        contact=first.person, households=[make.household(cast.building)], by=cast.secretary, now=make.NOW
    )  # fmt: skip
    members.end(membership=first, by=cast.secretary, now=make.NOW)
    assert HouseholdLink.objects.get().ends == make.NOW.date()


@pytest.mark.parametrize(
    ("who", "count"),
    [("secretary", 1), ("community_worker", 1), ("street_cadre", 1), ("street_leader", 1),
     ("admin", 1), ("member", 1), ("grid_worker", 0), ("property_clerk", 0),
     ("committee_member", 0), ("owner", 0), ("neighbour", 0), ("district_cadre", 0),
     ("sibling_cadre", 0), ("sibling_worker", 0), ("auditor", 0), ("volunteer", 0)],
)  # fmt: skip
def test_who_sees_a_membership(cast, who, count):
    register(cast, make.resident(cast.building, account=cast.member))
    assert PartyMembership.objects.visible_to(getattr(cast, who)).count() == count


def test_a_person_is_found_by_name_and_number_among_those_here(cast):
    number = make.id_number()
    here = make.resident(cast.building, name="钱一", phone="13900001234", id_number=number)
    make.resident(cast.other_community, name="钱一", phone="13900001235")
    for written in ("139 0000 1234", number):
        assert queries.person_on_roll(cast.branch, " 钱一 ", written) == here
    for name, written in (("钱一", "13900001235"), ("钱二", "13900001234")):
        with pytest.raises(Refused) as refused:
            queries.required_person(cast.branch, name, written)
        assert refused.value.code == "not_on_roll"
    with pytest.raises(Refused) as refused:
        queries.required_person(cast.branch, "钱一", "123")
    assert refused.value.fields.keys() == {"number"}


def test_a_mobile_member_is_not_forgotten(cast):
    long_ago = make.NOW - timedelta(days=365 * 20)
    away = make.resident(cast.building, name="郑远")
    gone = make.resident(cast.building, name="郑去")
    Person.objects.update(entered_at=long_ago)
    register(cast, away, member_class=MemberClass.MOBILE)
    assert retention.erase_moved_out(now=make.NOW) == 1
    away.refresh_from_db()
    gone.refresh_from_db()
    assert (away.name, gone.name) == ("郑远", "")


def test_a_copy_of_my_data_names_my_class(cast):
    register(cast, make.resident(cast.building, account=cast.member))
    [row] = queries.own_data(cast.member)["party_memberships"]
    assert row["member_class"] == "branch"
    assert queries.own_data(cast.owner)["party_memberships"] == []


def test_classes_are_counted_for_a_unit_of_any_kind(cast):
    for member_class, count in zip(MemberClass, (3, 2, 1, 0), strict=True):
        for _number in range(count):
            register(cast, member_class=member_class)
    for unit in (cast.building, cast.compound, cast.community, cast.street):
        counts = {name: number for _members, name, _no, number, _none in queries.by_class(unit)}
        assert [counts.get(member_class) for member_class in MemberClass] == [3, 2, 1, None]
    assert list(queries.by_class(cast.other_street)) == []
