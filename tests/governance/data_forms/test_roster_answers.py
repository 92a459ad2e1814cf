"""Answers for which a roster has room go there, with its checks, rights and audit."""

import pytest

from governance.data_forms.answers import answers, questions
from governance.data_forms.enums import AnswerSource, Subject
from governance.data_forms.fields import registry, rosters
from governance.data_forms.models import Answer
from orgs.errors import Refused
from orgs.models import AuditEntry, CompoundProfile
from residents.enums import Relation
from residents.models import Belonging
from tests import factories as make
from tests.governance.data_forms import blank_workbooks as books
from tests.governance.data_forms.form_factories import NOW, blank
from volunteers.enums import BuildingRole
from volunteers.models import BuildingPost

PEOPLE = ("序号", "姓名", "联系电话", "出生日期", "性别", "婚姻状况", "民族", "身份证号", "喜好")


@pytest.fixture
def person(cast):
    person = make.resident(cast.building, name="张大爷")
    make.belonging(person, make.household(cast.building))
    return person


def cells(form, row, **values):
    columns = {column.heading: column for column in form.columns.all()}
    return [answers.Cell(row, columns[name].pk, value) for name, value in values.items()]


def save(cast, form, row, by=None, **values):
    who = by or cast.community_worker
    return answers.save(form=form, cells=cells(form, row, **values), by=who, now=NOW)


def test_what_is_missing_of_a_person_goes_to_the_roll(cast, person):
    form = blank(cast, books.book("表", PEOPLE))
    shown = answers.waiting(form=form, by=cast.community_worker, now=NOW)
    assert shown.cells == 7
    done = save(
        cast, form, person.pk, 联系电话="139 0000 1111", 出生日期="1940/1/1", 性别="男", 婚姻状况="丧偶",
        民族="汉族", 喜好="唱歌",
    )  # fmt: skip
    assert done == {"answered": 1, "corrected": 0, "emptied": 0, "to_rosters": 5}
    person.refresh_from_db()
    assert (person.phone, person.born.isoformat(), person.sex, person.ethnicity) == (
        "13900001111", "1940-01-01", "male", "汉族",
    )  # fmt: skip
    assert Answer.objects.count() == 1
    assert AuditEntry.objects.filter(action="residents.correct-person").count() == 5
    shown = answers.waiting(form=form, by=cast.community_worker, now=NOW)
    assert shown.cells == 1
    standing = {column.heading: text for column in shown.columns
                if (text := shown.standing.get((person.pk, column.pk)))}  # fmt: skip
    assert standing["联系电话"] == "139****1111"
    assert save(cast, form, person.pk, 身份证号=make.id_number("19400101"))["to_rosters"] == 1
    assert answers.waiting(form=form, by=cast.community_worker, now=NOW).rows == {}


def test_what_the_roll_refuses_is_said_beside_its_cell_and_nothing_is_kept(cast, person):
    number = make.id_number("19400101")
    make.resident(cast.building, name="别人", id_number=number)
    form = blank(cast, books.book("表", PEOPLE))
    with pytest.raises(Refused) as refusal:
        save(cast, form, person.pk, 联系电话="12", 身份证号=number, 喜好="唱歌")
    columns = {column.heading: column.pk for column in form.columns.all()}
    assert list(refusal.value.fields) == [
        f"cell_{person.pk}_{columns[name]}" for name in ("联系电话", "身份证号")
    ]
    assert "已登记" in refusal.value.fields[f"cell_{person.pk}_{columns['身份证号']}"][0]
    person.refresh_from_db()
    assert (person.phone, Answer.objects.count()) == ("", 0)


def test_what_the_roll_knows_by_now_is_not_overwritten(cast, person):
    form = blank(cast, books.book("表", PEOPLE))
    save(cast, form, person.pk, 联系电话="13900001111")
    with pytest.raises(Refused) as refusal:
        save(cast, form, person.pk, 联系电话="13900002222")
    assert refusal.value.code == "answered_meanwhile"
    assert "139****1111" in refusal.value.message
    assert save(cast, form, person.pk, 性别="男")["to_rosters"] == 1
    assert save(cast, form, person.pk, 性别="男")["to_rosters"] == 0


def test_who_does_not_keep_the_roll_is_told_and_completes_the_rest(cast, person, page):
    form = blank(cast, books.book("表", PEOPLE))
    shown = answers.waiting(form=form, by=cast.street_cadre, now=NOW)
    assert [column.heading for column in shown.columns] == ["喜好"]
    assert len(shown.asked.told) == 6
    text = page(cast.street_cadre).get(f"/forms/{form.pk}/complete/").content.decode()
    assert "您无权维护，请由维护人在名册中填写" in text
    with pytest.raises(Refused, match="无权维护") as refusal:
        save(cast, form, person.pk, by=cast.street_cadre, 联系电话="13900001111")
    assert refusal.value.code == "not_your_roster"
    assert save(cast, form, person.pk, by=cast.street_cadre, 喜好="唱歌")["answered"] == 1
    person.refresh_from_db()
    assert person.phone == ""


def test_the_head_of_a_household_moves_in(cast):
    home = make.household(cast.building, area=None, area_source="")
    form = blank(
        cast,
        books.book("表", ("序号", "房号", "户主姓名", "户主电话", "建筑面积")),
        Subject.HOUSEHOLD,
    )
    assert answers.waiting(form=form, by=cast.community_worker, now=NOW).cells == 3
    with pytest.raises(Refused, match="先填写户主"):
        save(cast, form, home.pk, 户主电话="13900001111")
    save(cast, form, home.pk, 户主姓名="李户主", 户主电话="13900001111", 建筑面积="89.5")
    belonging = Belonging.objects.get(household=home)
    home.refresh_from_db()
    assert (belonging.person.name, belonging.person.phone, belonging.relation, home.area) == (
        "李户主", "13900001111", Relation.OWNER, 8950,
    )  # fmt: skip
    assert answers.waiting(form=form, by=cast.community_worker, now=NOW).rows == {}


def test_the_head_of_a_building_takes_the_post(cast):
    form = blank(cast, books.book("表", ("序号", "楼栋", "楼栋长姓名")), Subject.BUILDING)
    shown = answers.waiting(form=form, by=cast.community_worker, now=NOW)
    before = shown.cells
    if shown.asked.told:
        pytest.fail("the community keeps the posts of its buildings")
    save(cast, form, cast.building.pk, 楼栋长姓名="王楼长")
    post = BuildingPost.objects.get(building=cast.building, role=BuildingRole.HEAD)
    assert post.holder == "王楼长"
    assert answers.waiting(form=form, by=cast.community_worker, now=NOW).cells == before - 1


def test_a_compound_is_described(cast):
    form = blank(
        cast, books.book("表", ("序号", "小区名称", "建成年份", "小区类型")), Subject.COMPOUND
    )
    with pytest.raises(Refused):
        save(cast, form, cast.compound.pk, 建成年份="二十年前")
    save(cast, form, cast.compound.pk, 建成年份="1998年", 小区类型="老旧小区")
    profile = CompoundProfile.objects.get(unit=cast.compound)
    assert (profile.year_built, profile.type) == (1998, "old")


def test_every_field_of_a_roster_is_one_that_the_portal_knows():
    for code in rosters.codes():
        assert registry.get(code), code
        assert rosters.of(code).options or rosters.of(code).kind != "choice"


def test_an_answer_to_the_same_heading_on_another_form_is_offered_with_its_source(
    cast, person, page
):
    first = blank(cast, books.book("甲表", ("序号", "姓名", "喜好", "体检日期")))
    save(cast, first, person.pk, 喜好="唱歌", 体检日期="2026-03-01")
    second = blank(cast, books.book("乙表", ("喜好", "姓名", "序号", "特长", "体检日期")))
    column = second.columns.get(heading="喜好")
    shown = answers.waiting(form=second, by=cast.community_worker, now=NOW)
    offer = shown.offered[person.pk, column.pk]
    assert (offer.value, offer.column.form, offer.by) == ("唱歌", first, cast.community_worker)
    # Offered is not answered: it still waits.
    assert shown.cells == 3
    text = page(cast.community_worker).get(f"/forms/{second.pk}/complete/").content.decode()
    assert 'value="唱歌"' in text
    assert f"{cast.community_worker.name}" in text
    assert "在《花名册》中填过" in text
    save(cast, second, person.pk, 喜好="唱歌", 体检日期="2026-03-02")
    sources = dict(Answer.objects.filter(column__form=second).values_list("value", "source"))
    assert sources == {
        "唱歌": AnswerSource.OTHER_FORM, "2026-03-02": AnswerSource.TYPED,
    }  # fmt: skip


def test_an_offer_that_does_not_fit_or_is_out_of_sight_is_none(cast, person):
    first = blank(cast, books.book("甲表", ("序号", "姓名", "年收入")))
    save(cast, first, person.pk, 年收入="不清楚")
    second = blank(cast, books.book("乙表", ("序号", "姓名", "年收入")))
    second.columns.filter(heading="年收入").update(kind="number")
    columns = questions.asked_columns(second)
    for user in (cast.community_worker, cast.sibling_worker):
        own = [column for column in columns if not column.field]
        assert questions.offered(own, Subject.PERSON, [person.pk], user) == {}
