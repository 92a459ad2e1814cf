"""People: entering, meeting again, moving in and out, shares."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import AuditEntry
from residents.enums import Relation, Sex
from residents.models import Belonging, Person
from residents.roll import people, queries
from tests import factories as make

PHONE = "13900001234"


def move_in(cast, household, relation=Relation.OWNER, share=None, by=None, now=make.NOW, **known):
    details = people.checked(**{"name": "钱一"} | known)
    return people.move_in(
        household=household, details=details, relation=relation, share=share,
        by=by or cast.community_worker, now=now,
    )  # fmt: skip


def test_numbers_are_encrypted_found_and_tell_birth_and_sex(cast):
    number = make.id_number("19530405")
    belonging = move_in(cast, make.household(cast.building), id_number=number, phone=PHONE)
    person = Person.objects.get()
    assert (person.id_number, person.phone, person.born) == (number, PHONE, date(1953, 4, 5))
    assert person.sex in Sex.values
    assert (belonging.verified_by, belonging.starts) == (cast.community_worker, make.NOW.date())
    for words in (number, number.lower(), PHONE, "1234", "钱"):
        assert queries.found(words, cast.community_worker) == [person]
    raw = Person.objects.extra(select={"raw": "id_number"}).values_list("raw", flat=True).get()
    assert number not in raw


def test_somebody_known_by_id_number_holds_a_second_flat(cast):
    number = make.id_number()
    first = move_in(cast, make.household(cast.building), id_number=number)
    second = move_in(cast, make.household(cast.building), id_number=number, phone=PHONE)
    assert first.person == second.person
    assert Person.objects.get().phone == PHONE


def test_an_id_number_under_another_name_is_refused(cast):
    number = make.id_number()
    move_in(cast, make.household(cast.building), id_number=number)
    with pytest.raises(Refused) as refused:
        move_in(cast, make.household(cast.building), name="孙二", id_number=number)
    assert refused.value.code == "id_taken"


def test_namesakes_without_numbers_are_two_people(cast):
    move_in(cast, make.household(cast.building))
    move_in(cast, make.household(cast.building))
    assert Person.objects.count() == 2


def test_sent_twice_without_numbers_it_is_one_person(cast):
    household = make.household(cast.building)
    move_in(cast, household, relation=Relation.FAMILY)
    with pytest.raises(Refused) as refused:
        move_in(cast, household, relation=Relation.FAMILY)
    assert refused.value.code == "entered_already"
    assert Person.objects.count() == 1
    move_in(cast, household, relation=Relation.FAMILY, phone=PHONE)
    move_in(cast, household, relation=Relation.FAMILY, now=make.NOW + timedelta(minutes=1))
    assert household.belongings.count() == 3


def test_of_somebody_on_another_places_roll_nothing_is_changed(cast):
    number = make.id_number()
    there = make.resident(cast.other_community, name="钱一", id_number=number)
    made = move_in(cast, make.household(cast.building), id_number=number, phone=PHONE)
    there.refresh_from_db()
    assert (made.person, there.phone, there.phone_index) == (there, "", "")


def test_one_first_owner_further_ones_are_co_owners(cast):
    household = make.household(cast.building)
    move_in(cast, household)
    with pytest.raises(Refused) as refused:
        move_in(cast, household, name="孙二")
    assert refused.value.code == "owner_exists"
    assert Person.objects.count() == 1
    move_in(cast, household, name="孙二", relation=Relation.CO_OWNER)
    assert household.belongings.count() == 2


def test_shares_make_at_most_the_whole(cast):
    household = make.household(cast.building)
    move_in(cast, household, share=Fraction(2, 3))
    for share in (Fraction(1, 2), Fraction(0), Fraction(-1, 3)):
        with pytest.raises(Refused):
            move_in(cast, household, name="孙二", relation=Relation.CO_OWNER, share=share)
    made = move_in(cast, household, name="孙二", relation=Relation.CO_OWNER, share=Fraction(1, 3))
    assert made.share == "1/3"


@pytest.mark.parametrize("text", ["1e999", "1/0", "1/99999999999", "0.00000001", "-1/2", "a lot"])
def test_what_is_no_share_is_refused_before_anything_is_counted(text):
    with pytest.raises(Refused) as refused:
        people.share_of(text)
    assert refused.value.code == "bad_share"


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("", None),
        ("1/2", "1/2"),
        (" 50 % ", "1/2"),
        ("５０％", "1/2"),
        ("1 / 2", "1/2"),
        ("0.25", "1/4"),
    ],
)
def test_shares_as_people_write_them(text, share):
    assert people.share_of(text) == (Fraction(share) if share else None)


def test_a_tenant_has_no_share(cast):
    with pytest.raises(Refused):
        move_in(cast, make.household(cast.building), relation=Relation.TENANT, share=Fraction(1, 2))


def test_moving_out_keeps_the_history(cast):
    household = make.household(cast.building)
    belonging = move_in(cast, household)
    last = make.NOW.date() + timedelta(days=9)
    people.move_out(belonging=belonging, ends=last, by=cast.community_worker, now=make.NOW)
    assert list(queries.history_of(household)) == [belonging]
    move_in(cast, household, name="孙二")
    with pytest.raises(WrongState):
        people.move_out(belonging=belonging, ends=last, by=cast.community_worker, now=make.NOW)


def test_nobody_moves_out_before_moving_in(cast):
    belonging = move_in(cast, make.household(cast.building))
    with pytest.raises(Refused):
        people.move_out(
            belonging=belonging, ends=date(2020, 1, 1), by=cast.community_worker, now=make.NOW
        )


@pytest.mark.parametrize("who", ["sibling_worker", "street_cadre", "owner", "property_clerk"])
def test_only_who_keeps_the_roll_writes(cast, who):
    household = make.household(cast.building)
    with pytest.raises(NotAllowed):
        move_in(cast, household, by=getattr(cast, who))
    assert Person.objects.count() == 0


def test_what_is_not_audited_is_not_kept(cast, monkeypatch):
    def broken(action, **values):
        raise RuntimeError(action)

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(RuntimeError):
        move_in(cast, make.household(cast.building))
    assert (Person.objects.count(), Belonging.objects.count()) == (0, 0)


def test_a_correction_names_what_changed_and_no_number(cast):
    person = make.resident(cast.building, name="钱一")
    details = people.checked(name="钱壹", phone=PHONE)
    people.correct(person=person, details=details, by=cast.community_worker, now=make.NOW)
    entry = AuditEntry.objects.get(action="residents.correct-person")
    assert entry.detail == {"changed": ["name", "phone"]}


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("community_worker", True), ("grid_worker", True), ("street_cadre", True),
        ("sibling_worker", False), ("sibling_cadre", False), ("district_cadre", False),
        ("property_clerk", False), ("member", False), ("neighbour", False), ("auditor", False),
    ],
)  # fmt: skip
def test_who_sees_people(cast, who, sees):
    person = make.resident(cast.building)
    assert Person.objects.visible_to(getattr(cast, who)).filter(pk=person.pk).exists() is sees


def test_one_sees_oneself_and_ones_own_flat(cast):
    household = make.household(cast.building)
    me = make.resident(cast.building, account=cast.owner)
    make.belonging(me, household)
    assert Person.objects.visible_to(cast.owner).get() == me
    assert type(household).objects.visible_to(cast.owner).get() == household
    assert type(household).objects.visible_to(cast.neighbour).count() == 0


def test_the_database_refuses_two_at_a_time(cast):
    household = make.household(cast.building)
    person = make.resident(cast.building)
    make.belonging(person, household)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.belonging(person, household, Relation.FAMILY)


def test_another_way_of_writing_a_name_is_met_again(cast):
    first = move_in(cast, make.household(cast.building), name="赵四", phone=PHONE)
    second = move_in(
        cast, make.household(cast.building), name="赵　四", phone=f"\u202d{PHONE}\u202c"
    )
    assert second.person == first.person
    number = make.id_number()
    move_in(cast, make.household(cast.building), name="买买提•热合曼", id_number=number)
    move_in(cast, make.household(cast.building), name="买买提．热合曼", id_number=number)
    assert Person.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("John Smith", "john smith"),
        ("John Smith", "John"),
        ("买买提·热合曼", "买买提•热合曼"),
        ("赵四", "赵　四"),
        ("赵四", "翡翠一品小区5栋9919"),
        ("赵四", "５栋9919室"),
        ("赵四", "5栋 9919"),
    ],
)
def test_what_is_stored_is_found(cast, name, words):
    belonging = move_in(cast, make.household(cast.building, "9919"), name=name)
    assert queries.found(words, cast.community_worker) == [belonging.person]


@pytest.mark.parametrize("name", ["\u200b", "\u3164", "\u202d\u202c", " "])
def test_a_name_that_shows_nothing_is_none(cast, name):
    with pytest.raises(Refused) as refused:
        move_in(cast, make.household(cast.building), name=name)
    assert list(refused.value.fields) == ["name"]


@pytest.mark.parametrize("field", ["born", "died_on"])
def test_a_day_still_to_come_is_refused(cast, field):
    with pytest.raises(Refused) as refused:
        people.checked(name="钱一", **{field: date(2099, 1, 1)})
    assert list(refused.value.fields) == [field]


def test_a_number_of_somebody_still_to_be_born_is_refused():
    with pytest.raises(Refused) as refused:
        people.checked(name="钱一", id_number=make.id_number("20990101"))
    assert list(refused.value.fields) == ["id_number"]
