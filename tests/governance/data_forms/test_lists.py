"""Saved lists, and rows of tasks and departments: who is listed, in whose sight, what is fetched."""

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from governance.data_forms.answers import answers
from governance.data_forms.enums import Subject
from governance.data_forms.fields import registry
from governance.data_forms.fillings import fillings, filters
from governance.data_forms.fillings.filters import Filter
from governance.data_forms.lists import lists
from governance.data_forms.models import Answer, SavedList
from orgs.errors import NotAllowed, Refused
from orgs.models import AuditEntry
from orgs.scoping import forget_reach
from residents.enums import CareKind
from residents.models import Unmasking
from tasks.enums import Status
from tests import factories as make
from tests.governance.data_forms.blank_workbooks import book
from tests.governance.data_forms.form_factories import NOW, blank, filled, sheet_of


def at_home(cast, name, born="19400101", building=None):
    building = building or cast.building
    person = make.resident(building, name=name, id_number=make.id_number(born))
    make.belonging(person, make.household(building))
    return person


def kept(cast, subject=Subject.PERSON, name="八十岁以上", columns=None, **asked) -> SavedList:
    by = cast.community_worker
    made = lists.save(unit=cast.community, name=name, subject=subject, by=by, now=NOW)
    chosen = Filter(unit=cast.community.code, **asked)
    return lists.choose(kept=made, chosen=chosen, columns=columns or made.columns, by=by, now=NOW)


def values(found, by):
    """The lines of a list as its page shows them."""
    listing = lists.opened(kept=found, by=by, now=NOW)
    keys = list(listing.found.order_by("pk").values_list("pk", flat=True))
    return lists.look(kept=found, listing=listing, keys=keys, by=by, now=NOW)


# --- Saved lists -----------------------------------------------------------------------------------


def test_a_list_is_counted_anew_each_time_and_says_whom_it_lists(cast):
    at_home(cast, "张大爷")
    at_home(cast, "王小妹", "20000101")
    found = kept(cast, min_age=80)
    assert lists.in_words(found) == "80 岁以上、现住、西湖社区"
    assert [(row[0], row[2]) for row in values(found, cast.community_worker)] == [("张大爷", 86)]
    at_home(cast, "李奶奶", "19380505")
    assert [row[0] for row in values(found, cast.community_worker)] == ["张大爷", "李奶奶"]


def test_a_streets_list_shows_a_community_its_own_people(cast):
    at_home(cast, "本社区")
    flat = make.unit(make.unit(cast.sibling, name="桥头小区"), name="1栋")
    at_home(cast, "别的社区", building=flat)
    found = lists.save(
        unit=cast.street, name="全街道", subject=Subject.PERSON, by=cast.street_cadre, now=NOW
    )
    assert len(values(found, cast.street_cadre)) == 2
    assert [row[0] for row in values(found, cast.community_worker)] == ["本社区"]
    assert list(SavedList.objects.visible_to(cast.sibling_worker)) == [found]
    for stranger in (cast.sibling_cadre, cast.owner, cast.urban_officer):
        assert not SavedList.objects.visible_to(stranger).exists()
        with pytest.raises(NotAllowed):
            lists.opened(kept=found, by=stranger, now=NOW)


def test_who_may_keep_a_list(cast):
    found = kept(cast)
    for stranger in (cast.sibling_worker, cast.owner, cast.admin, cast.other_worker):
        with pytest.raises(NotAllowed):
            lists.choose(
                kept=found, chosen=Filter(unit=cast.community.code), columns=["person.name"],
                by=stranger, now=NOW,
            )  # fmt: skip
        with pytest.raises(NotAllowed):
            lists.delete(kept=found, by=stranger, now=NOW)
        with pytest.raises(NotAllowed):
            lists.save(unit=cast.community, name="表", subject=Subject.PERSON, by=stranger, now=NOW)
    lists.delete(kept=found, by=cast.street_cadre, now=NOW)
    assert not SavedList.objects.exists()


@pytest.mark.parametrize(
    ("name", "code"), [("八十岁以上", "name_taken"), ("", "refused"), ("名" * 81, "refused")]
)
def test_a_name_that_is_none_or_taken_is_refused(cast, name, code):
    kept(cast)
    with pytest.raises(Refused) as refusal:
        kept(cast, name=name)
    assert list(refusal.value.fields) == ["name"]
    assert SavedList.objects.count() == 1


@pytest.mark.parametrize("columns", [[], ["community.people"], ["person.name"] * 31, ["x"]])
def test_fields_of_another_subject_are_refused(cast, columns):
    with pytest.raises(Refused) as refusal:
        lists.choose(
            kept=kept(cast), chosen=Filter(unit=cast.community.code), columns=columns,
            by=cast.community_worker, now=NOW,
        )  # fmt: skip
    assert list(refusal.value.fields) == ["columns"]


def test_a_list_is_fetched_for_a_purpose_masked_and_recorded(cast):
    person = at_home(cast, "=张大爷")
    found = kept(cast, columns=["person.name", "person.id_number"])
    by = cast.community_worker
    with pytest.raises(Refused):
        lists.export(kept=found, purpose="", by=by, now=NOW)
    file = lists.export(kept=found, purpose="民政局核对", by=by, now=NOW)
    sheet = load_workbook(BytesIO(file.read())).active
    assert [cell.value for cell in sheet[1]][1:] == ["姓名", "身份证号"]
    assert (sheet["B2"].value, person.id_number == sheet["C2"].value) == ("'=张大爷", False)
    entry = AuditEntry.objects.get(action="data_forms.export-list")
    assert entry.detail == {"rows": 1, "listed": "现住、西湖社区", "purpose": "民政局核对"}
    for stranger in (cast.owner, cast.admin, cast.urban_officer, cast.auditor):
        with pytest.raises(NotAllowed):
            lists.export(kept=found, purpose="民政局核对", by=stranger, now=NOW)


def test_a_care_roster_is_read_by_the_named_and_each_reading_counts(cast):
    make.care_reader(cast.community_worker, cast.community, CareKind.LIVING_ALONE)
    person = at_home(cast, "独居老人")
    make.care_entry(person, CareKind.LIVING_ALONE, health="良好")
    found = kept(cast, name="独居", columns=["person.name", "person.health"], care="living_alone")
    assert values(found, cast.community_worker) == [["独居老人", "良好"]]
    lists.export(kept=found, purpose="街道走访", by=cast.community_worker, now=NOW)
    purposes = Unmasking.objects.filter(person=person).order_by("pk")
    assert [one.purpose for one in purposes] == ["打开常用名单：独居", "街道走访"]
    with pytest.raises(NotAllowed):
        lists.opened(kept=found, by=cast.street_cadre, now=NOW)


# --- Tasks -----------------------------------------------------------------------------------------


def test_each_task_in_sight_has_a_row(cast):
    open_one = make.task(cast, Status.DISPATCHED)
    make.task(cast, Status.CLOSED)
    elsewhere = make.task(cast, unit=cast.other_community)
    form = blank(
        cast, book("诉求台账", ("序号", "受理编号", "诉求内容", "诉求人", "联系电话", "主办部门", "办理状态")),
        Subject.TASK, task_state="open",
    )  # fmt: skip
    assert [column.field for column in form.columns.all()][1:] == [
        f"task.{name}" for name in ("number", "text", "reporter", "phone", "lead", "status")
    ]
    sheet = sheet_of(cast, filled(cast, form))
    rows = [[cell.value for cell in row] for row in sheet["A3:G4"]]
    assert [row[1] for row in rows] == [open_one.number, None]
    assert (rows[0][5], rows[0][6]) == ("城管局", "已派单")
    assert "*" in str(rows[0][4] or "*")
    assert elsewhere.number not in {row[1] for row in rows}
    with pytest.raises(NotAllowed):
        fillings.preview(form=form, by=cast.urban_officer, now=NOW)


def test_what_is_answered_of_a_task_stands_with_it(cast):
    task, other = make.task(cast), make.task(cast)
    form = blank(cast, book("诉求台账", ("受理编号", "整改资金来源说明")), Subject.TASK)
    column = form.columns.get(place=2)
    by = cast.community_worker
    answers.save(form=form, cells=[answers.Cell(task.pk, column.pk, "维修资金")], by=by, now=NOW)
    assert Answer.objects.get().task == task
    shown = fillings.preview(form=form, by=by, now=NOW)
    assert {row[0]: row[1] for row in shown.rows} == {task.number: "维修资金", other.number: None}


# --- Departments -----------------------------------------------------------------------------------


def test_each_department_has_a_row_with_what_it_was_called_for(cast):
    make.task(cast, Status.DISPATCHED)
    form = blank(
        cast, book("部门办理情况", ("单位名称", "派单件数", "在办件数", "响应率", "评价件数")),
        Subject.DEPARTMENT,
    )  # fmt: skip
    shown = fillings.preview(form=form, by=cast.community_worker, now=NOW)
    rows = {row[0]: row[1:] for row in shown.rows}
    assert set(rows) == {"城市管理执法局", "住房和城乡建设局", "消防救援大队"}
    assert rows["城市管理执法局"][:2] == [1, 1]
    assert rows["住房和城乡建设局"] == [0, 0, None, 0]


def test_what_is_answered_of_a_department_stands_with_it(cast):
    form = blank(cast, book("部门", ("单位名称", "联络员")), Subject.DEPARTMENT)
    column = form.columns.get(place=2)
    answers.save(
        form=form, cells=[answers.Cell(cast.fire.pk, column.pk, "周队")], by=cast.community_worker,
        now=NOW,
    )  # fmt: skip
    shown = fillings.preview(form=form, by=cast.community_worker, now=NOW)
    assert {row[0]: row[1] for row in shown.rows}["消防救援大队"] == "周队"


# --- Fields of places and people -------------------------------------------------------------------


def test_places_have_their_posts_bodies_and_tasks(cast):
    make.task(cast, Status.CLOSED)
    make.task(cast)
    make.body_member(make.term(cast.compound), seat="chair")
    headings = ("小区名称", "诉求件数", "在办件数", "业委会人数", "业委会任期届满", "志愿服务时长")
    form = blank(cast, book("小区", headings), Subject.COMPOUND)
    shown = fillings.preview(form=form, by=cast.community_worker, now=NOW)
    rows = {row[0]: row[1:] for row in shown.rows}
    assert rows["翡翠一品小区"][:3] == [2, 1, 1]
    assert rows["翡翠一品小区"][3] is not None
    assert rows["湖畔小区"] == [0, 0, None, None, 0]
    whole = blank(cast, book("社区", ("社区名称", "诉求件数", "响应率")), Subject.COMMUNITY)
    assert fillings.preview(form=whole, by=cast.community_worker, now=NOW).rows == [
        ["西湖社区", 2, None]
    ]


def test_every_field_of_every_subject_is_read_of_a_bare_row(cast):
    at_home(cast, "张大爷")
    make.task(cast)
    by, today = cast.community_worker, NOW.date()
    for subject in Subject:
        if subject == Subject.SUMS:
            continue
        chosen = Filter(unit=cast.community.code)
        found = filters.rows(chosen, cast.community, subject, by, today)
        lines = list(filters.lines(found, chosen, subject, by, today))
        assert lines, subject
        for field in registry.of(subject):
            for line in lines:
                field.read(line)


@pytest.mark.parametrize("subject", [Subject.TASK, Subject.DEPARTMENT, Subject.COMPOUND])
def test_no_more_queries_for_more_rows(cast, subject):
    def count(found):
        forget_reach(cast.community_worker)
        with CaptureQueriesContext(connection) as queries:
            values(found, cast.community_worker)
        return len(queries)

    make.task(cast, Status.DISPATCHED)
    codes = [field.code for field in registry.of(subject)][:30]
    found = kept(cast, subject, columns=codes)
    one = count(found)
    for number in range(5):
        make.task(cast, Status.DISPATCHED)
        make.unit(cast.community, name=f"新小区{number}")
        make.department(
            cast.district, code=f"d{number}", name=f"局{number}", short_name=f"局{number}"
        )
    assert count(found) == one
