"""The rosters of residents and tenants, end to end on a small roll."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.enums import Verdict
from orgs.imports import apply as rosters_apply
from orgs.imports.undo import _Past
from orgs.models import LedgerTrace
from residents.enums import Relation
from residents.models import Belonging, Household, Person
from residents.rosters.residents_roster import RESIDENTS, TENANTS
from tests import factories as make
from tests.roster_workbooks import (
    PEOPLE,
    again,
    apply,
    book,
    counts,
    problems,
    rows,
    send,
    undo,
    verdicts,
)

HEADINGS = (*PEOPLE, "产权份额", "监护人姓名", "性别")
CHILD = "20200101"


@pytest.fixture
def worker(cast):
    return cast.community_worker


def line(
    name="张三", relation="业主", number="", phone="", room="501", share="", guardian="", sex=""
):
    return (name, relation, number, phone, "5栋", "2单元", room, share, guardian, sex)


@pytest.fixture
def sent(cast, worker):
    def send_rows(*lines, roster=RESIDENTS, unit=None):
        return send(roster, unit or cast.community, worker, book(HEADINGS, lines))

    return send_rows


def test_a_family_moves_into_an_empty_building(cast, worker, sent):
    numbers = [make.id_number() for _ in range(2)]
    found = apply(
        sent(
            line(number=numbers[0], phone="13900001111", share="1/2"),
            line("王芳", "共有产权人", numbers[1], "13900001111", share="50%"),
            line("张小", "子女", make.id_number(CHILD)),
        ),
        worker,
    )
    assert (found.state, counts(found)) == ("applied", {"new": 3})
    home = Household.objects.get()
    assert (home.code, home.floor, home.state) == (f"{cast.building.code}-2-501", 5, "lived_in")
    members = {one.person.name: one for one in home.belongings.select_related("person__guardian")}
    assert {name: one.relation for name, one in members.items()} == {
        "张三": Relation.OWNER, "王芳": Relation.CO_OWNER, "张小": Relation.FAMILY,
    }  # fmt: skip
    assert members["王芳"].share == "1/2"
    assert members["张小"].person.guardian == members["张三"].person
    person = members["张三"].person
    assert (person.id_number, person.phone, person.phone_tail) == (
        numbers[0],
        "13900001111",
        "1111",
    )
    assert person.place == cast.building
    assert {one.verified_by for one in members.values()} == {worker}
    assert {one.verified_at for one in members.values()} == {make.NOW}


def test_the_same_file_twice_changes_nothing(worker, sent):
    lines = [
        line(number=make.id_number(), phone="13900001111", share="1/1"),
        line("张小", "子女", make.id_number(CHILD)),
        line("李四", "租户", phone="13900002222", room="502"),
    ]
    apply(sent(*lines), worker)
    found = sent(*lines)
    assert counts(found) == {"unchanged": 3}
    before = list(Person.objects.order_by("pk").values())
    assert counts(apply(found, worker)) == {"unchanged": 3}
    assert list(Person.objects.order_by("pk").values()) == before


def test_what_differs_is_named_and_changed(cast, worker, sent):
    person = make.resident(cast.building, name="张三", phone="13900001111")
    make.belonging(person, make.household(cast.building, "501", entrance="2"), Relation.FAMILY)
    number = make.id_number()
    found = sent(line(number=number, phone="13900001111"))
    assert verdicts(found) == [Verdict.CHANGED]
    assert rows(found)[0].changes == ["born", "id_number", "relation", "sex"]
    apply(found, worker)
    person.refresh_from_db()
    assert (person.id_number, person.belongings.get().relation) == (number, Relation.OWNER)


def test_masked_and_empty_cells_change_nothing(cast, worker, sent):
    person = make.resident(
        cast.building, name="张三", id_number=make.id_number(), phone="13900001111"
    )
    make.belonging(person, make.household(cast.building, "501", entrance="2"))
    found = sent(line("张三", "", "4211**********1234", "139****1111"))
    assert counts(found) == {"unchanged": 1}
    apply(found, worker)
    person.refresh_from_db()
    assert person.phone == "13900001111"


def test_a_second_flat_of_somebody_known(cast, worker, sent):
    number = make.id_number()
    apply(sent(line(number=number), line(number=number, room="502")), worker)
    assert Person.objects.count() == 1
    assert Belonging.objects.count() == 2


def test_a_person_of_another_community_keeps_their_data(cast, worker, sent):
    number = make.id_number()
    abroad = make.resident(cast.sibling, name="张三", id_number=number, phone="13800000000")
    found = apply(sent(line(number=number, phone="13900001111")), worker)
    assert counts(found) == {"new": 1}
    abroad.refresh_from_db()
    assert (abroad.phone, abroad.place) == ("13800000000", cast.sibling)
    assert abroad.belongings.get().household.room == "501"


def test_rows_for_foreign_buildings_are_wrong(cast, worker, sent):
    abroad = make.unit(cast.sibling, code="421102005004-001", name="外地小区")
    make.unit(abroad, code="421102005004-001-001", name="9栋")
    found = send(
        RESIDENTS, cast.community, worker,
        book(("姓名", "居住地址"), [("张三", "外地小区9栋501"), ("李四", "9栋501")]),
    )  # fmt: skip
    assert verdicts(found) == [Verdict.WRONG, Verdict.WRONG]
    assert [[*one] for one in problems(found)] == [["address"], ["address"]]
    assert Household.objects.count() == 0


# --- Children --------------------------------------------------------------------------------------


def test_a_child_needs_a_guardian_of_the_same_home(sent):
    found = sent(line("张小", "子女", make.id_number(CHILD)), line(room="601"))
    assert sorted(verdicts(found)) == [Verdict.NEW, Verdict.WRONG]
    assert [one for one in problems(found) if one] == [
        {"guardian": "14 岁以下儿童须有同户的监护人，请填写“监护人姓名”。"}
    ]


def test_a_guardian_may_come_later_in_the_file(worker, sent):
    found = apply(
        sent(
            line("张小", "子女", make.id_number(CHILD), guardian="王芳"),
            line("王芳", "家属", make.id_number()),
        ),
        worker,
    )
    assert (found.state, counts(found)) == ("applied", {"new": 2})
    assert Person.objects.get(name="张小").guardian == Person.objects.get(name="王芳")


def test_a_child_is_no_guardian(sent):
    found = sent(
        line("张大", "子女", make.id_number("20150101"), guardian="张小"),
        line("张小", "子女", make.id_number(CHILD), guardian="张大"),
    )
    assert counts(found) == {"wrong": 2}


def test_a_child_on_the_roll_gets_the_guardian_named(cast, worker, sent):
    home = make.household(cast.building, "501", entrance="2")
    child = make.resident(cast.building, name="张小", id_number=make.id_number(CHILD))
    parent = make.resident(cast.building, name="张三")
    make.belonging(child, home, Relation.FAMILY)
    make.belonging(parent, home)
    found = sent(line("张小", "", child.id_number))
    assert rows(found)[0].changes == ["guardian"]
    apply(found, worker)
    child.refresh_from_db()
    assert child.guardian == parent


# --- Owners ----------------------------------------------------------------------------------------


def test_shares_make_at_most_the_whole(sent):
    found = sent(line(share="2/3"), line("王芳", "共有产权人", share="2/3"))
    assert verdicts(found) == [Verdict.NEW, Verdict.WRONG]
    assert [*problems(found)[1]] == ["share"]


def test_a_later_row_may_make_room_for_a_share(cast, worker, sent):
    home = make.household(cast.building, "501", entrance="2")
    owner = make.resident(cast.building, name="张三", phone="13900001111")
    make.belonging(owner, home, share_part=1, share_whole=1)
    found = sent(line("王芳", "共有产权人", share="1/2"), line(phone="13900001111", share="1/2"))
    assert sorted(verdicts(found)) == [Verdict.CHANGED, Verdict.NEW]
    apply(found, worker)
    assert sorted(str(one.share) for one in Belonging.objects.all()) == ["1/2", "1/2"]


def test_only_owners_have_a_share(sent):
    assert [*problems(sent(line("李四", "租户", share="1/2")))[0]] == ["share"]


def test_a_second_first_owner_is_wrong(sent):
    found = sent(line(), line("李四"))
    assert verdicts(found) == [Verdict.NEW, Verdict.WRONG]
    assert [*problems(found)[1]] == ["relation"]


# --- Rows about the same person --------------------------------------------------------------------


def test_a_row_that_stands_twice(sent):
    number = make.id_number()
    found = sent(line(number=number), line(number=number))
    assert verdicts(found) == [Verdict.NEW, Verdict.UNCHANGED]


def test_two_rows_that_say_different_things(sent):
    number = make.id_number()
    found = sent(line(number=number, phone="13900001111"), line(number=number, phone="13900002222"))
    assert verdicts(found) == [Verdict.NEW, Verdict.WRONG]
    assert problems(found)[1] == {"name": "第 2 行也是此人，但内容不同。"}


@pytest.mark.parametrize("rooms", [("501", "501"), ("501", "502")])
def test_one_id_number_under_two_names_is_said(sent, rooms):
    """The second was written as the first, and its name was lost."""
    number = make.id_number()
    found = sent(line(number=number, room=rooms[0]), line("李四", "家属", number, room=rooms[1]))
    assert verdicts(found) == [Verdict.NEW, Verdict.WRONG]
    assert problems(found)[1] == {"id_number": "第 2 行写着这个身份证号是另一个人的，请核对两行。"}


def test_sex_and_id_number_that_disagree(sent):
    number = make.id_number()
    other = "女" if int(number[16]) % 2 else "男"
    assert problems(sent(line(number=number, sex=other)))[0] == {"sex": "与身份证号不一致。"}


# --- Tenants ---------------------------------------------------------------------------------------


def test_tenants_are_tenants(cast, worker):
    content = book(("姓名", "手机号", "现住址"), [("李四", "13900002222", "5栋2单元501")])
    apply(send(TENANTS, cast.compound, worker, content), worker)
    assert Belonging.objects.get().relation == Relation.TENANT


# --- Undoing ---------------------------------------------------------------------------------------


def test_an_import_is_undone_as_a_whole(cast, worker, sent):
    owner = make.resident(cast.building, name="张三", phone="13900001111")
    make.belonging(owner, make.household(cast.building, "501", entrance="2"), Relation.FAMILY)
    before = list(Person.objects.values()), list(Belonging.objects.values())
    found = apply(
        sent(
            line(number=make.id_number(), phone="13900001111"),
            line("张小", "子女", make.id_number(CHILD)),
            line("李四", "租户", make.id_number(), room="601"),
            line("李小", "子女", make.id_number(CHILD), room="601", guardian="李四"),
        ),
        worker,
    )
    assert counts(found) == {"new": 3, "changed": 1}
    found = undo(found, worker)
    assert found.state == "undone"
    assert (list(Person.objects.values()), list(Belonging.objects.values())) == before
    assert Household.objects.count() == 1
    assert found.traces.count() == 0


def test_an_import_of_before_there_were_compared_names_is_undone(cast, worker, sent, monkeypatch):
    columns = [one.attname for one in Person._meta.concrete_fields if one.name != "name_key"]
    names_of = rosters_apply._names_of
    with monkeypatch.context() as past:
        past.setattr(
            rosters_apply,
            "_names_of",
            lambda model: columns if model is Person else names_of(model),
        )
        found = apply(sent(line(phone="13900001111")), worker)
    assert undo(found, worker).state == "undone"


def test_a_former_name_is_found_again(cast):
    person = make.resident(cast.building, name="张三")
    touched = [[Person._meta.label, person.pk, rosters_apply.digest_of(person)]]
    _Past().restore([LedgerTrace(number=2, touched=touched, before='[{"name": "ＡNN"}]')])
    assert Person.objects.filter(name_key="ann").exists()


def test_nothing_is_undone_once_a_row_was_changed(cast, worker, sent):
    found = apply(sent(line(phone="13900001111"), line("李四", "租户", room="601")), worker)
    Person.objects.filter(name="李四").update(note="", ethnicity="回族")
    found = undo(found, worker)
    assert found.state == "applied"
    assert found.problem == "没有撤销：文件中 1 行写入的内容之后被改动或使用过（第 3 行）。"
    assert Person.objects.count() == 2
    assert found.ended_by is None


def test_nothing_is_undone_once_a_row_was_used(cast, worker, sent):
    found = apply(sent(line(), line("李四", "租户", room="601")), worker)
    person = Person.objects.get(name="李四")
    make.belonging(person, make.household(cast.building, "701"))
    found = undo(found, worker)
    assert (found.state, "第 3 行" in found.problem) == ("applied", True)


def test_statements_do_not_grow_with_the_rows(cast, worker, sent):
    def statements(lines):
        found = sent(*lines)
        with CaptureQueriesContext(connection) as captured:
            apply(found, worker)
        assert again(found).state == "applied"
        return len(captured)

    few = statements([line("甲", "业主", make.id_number(), room="101")])
    many = statements(
        [line(f"乙{n}", "业主", make.id_number(), room=f"{n}") for n in range(200, 230)]
    )
    assert many <= few


def test_the_day_of_moving_in(cast, worker):
    content = book(
        ("姓名", "居住地址", "入住日期"),
        [("张三", "5栋2单元501", 45000), ("李四", "5栋2单元502", None)],
    )
    apply(send(RESIDENTS, cast.compound, worker, content), worker)
    starts = dict(Belonging.objects.values_list("person__name", "starts"))
    assert starts == {"张三": date(2023, 3, 15), "李四": make.NOW.date()}


def test_names_and_numbers_as_people_write_them(cast, worker, sent):
    apply(sent(line("赵四", phone="13900001111")), worker)
    again = sent(
        line("赵　四", phone="\u202d13900001111\u202c"),
        line("钱一", "家属", "E12345678"),
        line("孙二", "家属", "无", "不详"),
        line("李三", "家属", "421102801231018"),
    )
    assert counts(again) == {"unchanged": 1, "new": 3}
    left_out = again.rows.get(number=3)
    assert left_out.problems.keys() == {"id_number"}
    apply(again, worker)
    people = {one.name: one for one in Person.objects.all()}
    assert people.keys() == {"赵四", "钱一", "孙二", "李三"}
    assert [people[name].id_number for name in ("钱一", "孙二")] == ["", ""]
    assert people["李三"].born.isoformat() == "1980-12-31"


@pytest.mark.parametrize(
    ("relation", "state"), [("业主", "lived_in"), ("子女", "lived_in"), ("租户", "let")]
)
def test_a_room_made_by_pattern_is_empty_no_more(cast, worker, sent, relation, state):
    home = make.household(cast.building, "501", entrance="2", state="empty")
    found = apply(sent(line(relation=relation, number=make.id_number())), worker)
    home.refresh_from_db()
    assert (found.state, home.state) == ("applied", state)
    assert undo(found, worker).state == "undone"
    home.refresh_from_db()
    assert home.state == "empty"


def test_an_owner_and_a_tenant_at_once_make_a_room_let(cast, worker, sent):
    home = make.household(cast.building, "501", entrance="2", state="empty")
    apply(sent(line(number=make.id_number()), line("李四", "租户", make.id_number())), worker)
    home.refresh_from_db()
    assert home.state == "let"


@pytest.mark.parametrize("state", ["empty", "shop"])
def test_what_people_said_of_a_room_stays(cast, worker, sent, state):
    """Somebody known belongs to it already, or it was never empty."""
    home = make.household(cast.building, "501", entrance="2", state=state)
    if state == "empty":
        make.belonging(make.resident(cast.building, name="王五"), home)
    apply(sent(line("李四", "租户", make.id_number())), worker)
    home.refresh_from_db()
    assert home.state == state
