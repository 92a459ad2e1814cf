"""Whom the rows of a roster mean: ID number, then telephone and name, then name and home."""

import pytest

from orgs.enums import Decision, Verdict
from orgs.imports import previews
from orgs.imports.rosters import Row, Run
from residents.rosters.address_columns import doors_of, homes_of
from residents.rosters.person_columns import (
    ID_NUMBER,
    PHONE,
    People,
    people_of,
    refuse_contradiction,
)
from tests import factories as make

ABOUT = {"building": "5栋", "room": "501"}


@pytest.fixture
def run(cast):
    return Run(cast.community, cast.community_worker, make.NOW)


@pytest.fixture
def known(cast):
    """张三 of 5栋501, with both numbers."""
    person = make.resident(
        cast.building, name="张三", id_number=make.id_number(), phone="13900001111"
    )
    make.belonging(person, make.household(cast.building, "501"))
    return person


def meant(run, decision=None, chosen=None, **values):
    row = Row(2, values, decision=decision, chosen=chosen)
    found = people_of([row], run).of(row)
    return found, row


def test_by_id_number(run, known):
    found, row = meant(run, name="张三", id_number=known.id_number, phone="13777777777")
    assert (found, row.verdict) == (known, None)


def test_an_id_number_under_another_name_asks_a_person(run, known):
    found, row = meant(run, name="张山", id_number=known.id_number)
    assert (found, row.verdict, row.candidates) == (None, Verdict.UNSURE, [known.pk])
    found, row = meant(run, Decision.SAME, known.pk, name="张山", id_number=known.id_number)
    assert (found, row.verdict) == (known, None)
    found, row = meant(run, Decision.NEW, name="张山", id_number=known.id_number)
    assert (found, row.verdict) == (None, Verdict.WRONG)


def test_an_id_number_of_another_community_shows_nobody(cast, run):
    abroad = make.resident(cast.sibling, name="李四", id_number=make.id_number())
    found, row = meant(run, name="李斯", id_number=abroad.id_number)
    assert (found, row.verdict, row.candidates) == (None, Verdict.WRONG, [])
    assert "李四" not in str(row.problems)


def test_a_person_of_another_community_is_met_and_marked(cast, run):
    abroad = make.resident(cast.sibling, name="李四", id_number=make.id_number())
    row = Row(2, {"name": "李四", "id_number": abroad.id_number})
    people = people_of([row], run)
    assert people.of(row) == abroad
    assert people.foreign == {abroad.pk}


def test_by_telephone_and_name(run, known):
    found, row = meant(run, name="张三", phone="13900001111")
    assert (found, row.verdict) == (known, None)


def test_families_share_telephones(run, known):
    found, row = meant(run, name="王芳", phone="13900001111", **ABOUT)
    assert (found, row.verdict) == (None, None)


def test_a_telephone_of_another_community_is_not_looked_at(cast, run):
    make.resident(cast.sibling, name="李四", phone="13900002222")
    found, row = meant(run, name="李四", phone="13900002222")
    assert (found, row.verdict) == (None, None)


def test_same_name_and_telephone_with_another_id_number(run, known):
    found, row = meant(run, name="张三", phone="13900001111", id_number=make.id_number())
    assert (found, row.verdict, row.candidates) == (None, Verdict.UNSURE, [known.pk])


def test_an_id_number_that_is_new_joins_whoever_had_none(cast, run):
    person = make.resident(cast.building, name="李四", phone="13900002222")
    found, row = meant(run, name="李四", phone="13900002222", id_number=make.id_number())
    assert (found, row.verdict) == (person, None)


def test_by_name_and_home(run, known):
    found, row = meant(run, name="张三", **ABOUT)
    assert (found, row.verdict) == (known, None)


def test_the_same_name_at_home_with_another_telephone_asks_a_person(run, known):
    found, row = meant(run, name="张三", phone="13900009999", **ABOUT)
    assert (found, row.verdict, row.candidates) == (None, Verdict.UNSURE, [known.pk])
    found, row = meant(run, Decision.NEW, name="张三", phone="13900009999", **ABOUT)
    assert (found, row.verdict) == (None, None)


def test_a_decision_for_somebody_who_fits_no_more_is_asked_again(cast, run, known):
    other = make.resident(cast.building, name="外人")
    found, row = meant(run, Decision.SAME, other.pk, name="张三", phone="13900009999", **ABOUT)
    assert (found, row.verdict) == (None, Verdict.UNSURE)


def test_a_name_in_another_home_is_somebody_else(cast, run, known):
    found, row = meant(run, name="张三", building="5栋", room="601")
    assert (found, row.verdict) == (None, None)


def test_a_name_alone(run, known):
    found, row = meant(run, name="张三")
    assert (found, row.verdict, row.candidates) == (None, Verdict.UNSURE, [known.pk])
    found, row = meant(run, name="无名")
    assert (found, row.verdict) == (None, Verdict.WRONG)


def test_whoever_moved_out_is_not_at_home(cast, run):
    person = make.resident(cast.building, name="张三")
    make.belonging(person, make.household(cast.building, "501"), ends=make.NOW.date())
    assert meant(run, name="张三", **ABOUT)[0] is None


def test_two_rows_of_one_new_person(cast, run):
    number = make.id_number()
    rows = [Row(n, {"name": "张三", "id_number": number}) for n in (2, 3)]
    people = people_of(rows, run)
    assert people.of(rows[0]) is None
    made = make.resident(cast.building, name="张三", id_number=number)
    people.remember(rows[0], made)
    assert people.of(rows[1]) is made


def test_a_chunk_costs_the_same_however_long_it_is(cast, run, django_assert_num_queries):
    rows = []
    for n in range(2, 62):
        person = make.resident(cast.building, id_number=make.id_number(), phone=f"139{n:08}")
        make.belonging(person, make.household(cast.building, f"{n + 300}"))
        told = {"name": person.name, "phone": person.phone}
        rows.append(Row(n, told | {"building": "5栋", "room": f"{n + 300}"}))
        rows.append(Row(n + 100, {"name": person.name, "id_number": person.id_number}))
    doors = doors_of(rows, run, required=False)
    homes = homes_of(doors, run)
    with django_assert_num_queries(4):
        people = People(rows, run, doors, homes)
        assert all(people.of(row) for row in rows)


def test_sex_and_birth_follow_the_id_number():
    number = make.id_number("19800101")
    other = {"male": "female", "female": "male"}
    sex = other["male" if int(number[16]) % 2 else "female"]
    row = Row(2, {"id_number": number, "sex": sex, "born": "1980-01-02"})
    refuse_contradiction(row)
    assert sorted(row.problems) == ["born", "sex"]


@pytest.mark.parametrize("name", ["赵　四", "赵 四", "赵\u200b四", "\u202d赵四\u202c"])
def test_another_way_of_writing_a_name_means_the_same_person(cast, run, name):
    person = make.resident(cast.building, name="赵四", phone="13900001111")
    make.belonging(person, make.household(cast.building, "501"))
    for known_by in ({"phone": "13900001111"}, ABOUT):
        found, row = meant(run, name=name, **known_by)
        assert (found, row.verdict) == (person, None)


def test_a_name_of_the_same_letters_and_telephone_is_asked_about(cast, run):
    person = make.resident(cast.building, name="John Smith", phone="13900001111")
    found, row = meant(run, name="Johnsmith", phone="13900001111")
    assert (found, row.verdict, row.candidates) == (None, Verdict.UNSURE, [person.pk])


@pytest.mark.parametrize(
    ("column", "text", "shown"),
    [
        (ID_NUMBER, "无", "无"),
        (PHONE, "不详", "不详"),
        (ID_NUMBER, "E12345678", "****"),
        (ID_NUMBER, "421102198001010010", "4211**********0010"),
        (PHONE, "13800000000", "138****0000"),
    ],
)
def test_a_preview_hides_numbers_and_no_word_that_says_there_is_none(column, text, shown):
    row = Row(2, {}, raw={column.key: text})
    assert previews.written_in(row, column) == shown
