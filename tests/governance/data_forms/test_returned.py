"""Copies that were completed in Excel come back: known rows, conflicts shown, nothing overwritten."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from governance.data_forms.answers import answers
from governance.data_forms.answers.returned_roster import RETURNED
from governance.data_forms.blanks import blanks
from governance.data_forms.enums import AnswerSource, Subject
from governance.data_forms.fillings import fillings
from governance.data_forms.models import Answer, FilledRun
from orgs.enums import Decision
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.imports import imports, worker
from orgs.imports.rosters import roster_of_import
from orgs.imports.workbooks import writer
from orgs.models import AuditEntry, LedgerImport
from residents.models import Person
from tests import factories as make
from tests import roster_workbooks as sent
from tests.governance.data_forms import blank_workbooks as books
from tests.governance.data_forms.form_factories import NOW, blank, filled, sheet_of, upload

LATER = NOW + timedelta(hours=2)
HEADINGS = ("序号", "姓名", "家庭住址", "体检日期", "补贴金额", "是否愿意", "联系电话", "备注")


@pytest.fixture
def form(cast):
    for number, name in enumerate(("甲大爷", "乙大妈", "丙师傅"), start=1):
        home = make.household(cast.building, room=f"10{number}")
        make.belonging(make.resident(cast.building, name=name), home)
    return blank(cast, books.book("走访表", HEADINGS))


def people():
    return list(Person.objects.order_by("pk"))


def copy(cast, form):
    """The sheet of a filled copy, to be completed."""
    return sheet_of(cast, filled(cast, form))


def content(sheet):
    out = BytesIO()
    sheet.parent.save(out)
    return out.getvalue()


def look(cast, form, sheet, by=None, now=LATER):
    user = by or cast.community_worker
    return sent.send(RETURNED.for_target(form), form, user, content(sheet), now)


def answered():
    return {
        (answer.person.name, answer.column.heading): answer.value
        for answer in Answer.objects.select_related("person", "column")
    }


def key(form, heading):
    return f"column_{form.columns.get(heading=heading).pk}"


def test_a_copy_has_its_marks_in_a_hidden_column(cast, form):
    sheet = copy(cast, form)
    assert (sheet["I2"].value, sheet.column_dimensions["I"].hidden) == ("行标识", True)
    marks = [sheet.cell(row, 9).value for row in (3, 4, 5)]
    assert len(set(marks)) == 3
    assert all(mark.startswith(f"{FilledRun.objects.get().pk}-") for mark in marks)
    # The same row in the next copy: the same mark but for the copy.
    again = copy(cast, form)
    assert again["I3"].value.split("-")[1] == marks[0].split("-")[1]
    # The blank form that comes of it has no such column.
    form = blank(cast, content(sheet))
    assert [column.heading for column in form.columns.all()] == list(HEADINGS)


def test_a_copy_that_comes_back_untouched_brings_nothing(cast, form):
    assert sent.counts(look(cast, form, copy(cast, form))) == {"unchanged": 3}


def test_what_was_completed_is_kept_with_its_source(cast, form):
    sheet = copy(cast, form)
    sheet["D3"], sheet["E3"], sheet["F3"] = date(2026, 3, 8), 1200.5, "是"
    sheet["D4"], sheet["E4"] = "2026.3.9", "300元"
    imported = look(cast, form, sheet)
    assert sent.counts(imported) == {"new": 2, "unchanged": 1}
    assert imported.left_out == ["备注"]
    assert Answer.objects.count() == 0
    sent.apply(imported, cast.community_worker, LATER)
    assert answered() == {
        ("甲大爷", "体检日期"): "2026-03-08", ("甲大爷", "补贴金额"): "1200.5",
        ("甲大爷", "是否愿意"): "是", ("乙大妈", "体检日期"): "2026-03-09", ("乙大妈", "补贴金额"): "300",
    }  # fmt: skip
    assert {(one.source, one.by, one.at) for one in Answer.objects.all()} == {
        (AnswerSource.IMPORTED, cast.community_worker, LATER)
    }
    assert AuditEntry.objects.filter(action="data_forms.import-answers").count() == 1
    # They stand in the next copy, a day and a number as such.
    again = copy(cast, form)
    assert (again["D3"].value.date(), again["E3"].value) == (date(2026, 3, 8), 1200.5)
    assert again["D3"].number_format == "yyyy-mm-dd"


def test_rows_may_be_sorted_and_deleted(cast, form):
    sheet = copy(cast, form)
    for row, value in ((3, 1), (4, 2), (5, 3)):
        sheet.cell(row, 5, value)
    lines = [[cell.value for cell in sheet[row]] for row in (3, 4, 5)]
    for row, values in zip((3, 4), (lines[2], lines[0]), strict=True):
        for place, value in enumerate(values, start=1):
            sheet.cell(row, place, value)
    sheet.delete_rows(5)
    sheet.insert_cols(2)
    sheet["B2"], sheet["B3"] = "自己加的一列", "x"
    imported = look(cast, form, sheet)
    assert imported.left_out == ["自己加的一列", "备注"]
    sent.apply(imported, cast.community_worker, LATER)
    assert answered() == {("甲大爷", "补贴金额"): "1", ("丙师傅", "补贴金额"): "3"}


def test_rows_sorted_without_their_marks_are_found_out(cast, form):
    sheet = copy(cast, form)
    sheet["E3"] = 5
    sheet["B3"], sheet["B4"] = sheet["B4"].value, sheet["B3"].value
    imported = look(cast, form, sheet)
    assert sent.counts(imported) == {"wrong": 2, "unchanged": 1}
    assert sent.wrong_cells(imported) == [(3, "姓名"), (4, "姓名")]
    assert "甲大爷" in sent.problems(imported)[0][key(form, "姓名")]
    with pytest.raises(WrongState):
        imports.apply(imported=imported, by=cast.community_worker, now=LATER)


def test_a_row_without_its_mark_is_asked_about(cast, form):
    twin = make.resident(cast.building, name="丙师傅")
    make.belonging(twin, make.household(cast.building, room="109"))
    sheet = copy(cast, form)
    for row in (3, 4, 5, 6):
        sheet.cell(row, 9).value = None
        sheet.cell(row, 5, row)
    sheet["B4"] = "没有这个人"
    sheet["C6"] = None
    imported = look(cast, form, sheet)
    # By name; by name and home where two have the name; nobody; two who fit.
    assert sent.verdicts(imported) == ["unsure", "wrong", "unsure", "wrong"]
    assert "甲大爷" in sent.problems(imported)[0]["mark"]
    first, _two, third, _four = sent.rows(imported)
    for row in (first, third):
        [state] = row.candidates
        with pytest.raises(Refused):
            imports.decide(row=row, decision=Decision.NEW, by=cast.community_worker, now=LATER)
        imports.decide(
            row=row, decision=Decision.SAME, chosen=state, by=cast.community_worker, now=LATER
        )
    sheet.delete_rows(6)
    sheet.delete_rows(4)
    imported = look(cast, form, sheet)
    for row in sent.rows(imported):
        imports.decide(row=row, decision=Decision.SAME, by=cast.community_worker, now=LATER)
    sent.apply(imported, cast.community_worker, LATER)
    assert answered() == {("甲大爷", "补贴金额"): "3", ("丙师傅", "补贴金额"): "5"}
    assert not Answer.objects.filter(person=twin).exists()


def test_what_somebody_answered_meanwhile_is_shown_first(cast, form):
    person = people()[0]
    column = form.columns.get(heading="补贴金额")

    def typed(value, now, seen=""):
        cell = answers.Cell(person.pk, column.pk, value, seen)
        answers.save(form=form, cells=[cell], by=cast.street_cadre, now=now)

    typed("100", NOW - timedelta(days=1))
    sheet = copy(cast, form)
    assert sheet["E3"].value == 100
    sheet["E3"] = 200
    # It stood in the copy: whoever changed it there saw it.
    assert sent.verdicts(look(cast, form, sheet)) == ["changed", "unchanged", "unchanged"]
    typed("150", NOW + timedelta(hours=1), seen="100")
    imported = look(cast, form, sheet)
    [row] = imported.rows.filter(verdict="unsure")
    assert row.problems == {
        key(form, "补贴金额"): f"{cast.street_cadre.name}在此表生成之后填了“150”。"
    }
    imports.decide(row=row, decision=Decision.SAME, by=cast.community_worker, now=LATER)
    # And once more before it is entered: what was decided was about another answer.
    typed("160", LATER, seen="150")
    imported = sent.apply(imported, cast.community_worker, LATER)
    assert (imported.state, imported.unsure, Answer.objects.get().value) == ("preview", 1, "160")
    [row] = imported.rows.filter(verdict="unsure")
    imports.decide(row=row, decision=Decision.SAME, by=cast.community_worker, now=LATER)
    sent.apply(imported, cast.community_worker, LATER)
    assert (Answer.objects.get().value, Answer.objects.get().source) == ("200", "imported")


def test_of_a_forgotten_copy_nobody_knows_what_it_showed(cast, form):
    person, column = people()[0], form.columns.get(heading="补贴金额")
    cell = answers.Cell(person.pk, column.pk, "100")
    answers.save(form=form, cells=[cell], by=cast.community_worker, now=NOW - timedelta(days=9))
    sheet = copy(cast, form)
    sheet["E3"] = 200
    fillings.forget(now=NOW + timedelta(days=31))
    imported = look(cast, form, sheet, now=NOW + timedelta(days=31))
    assert sent.counts(imported) == {"unsure": 1, "unchanged": 2}


def test_wrong_cells_say_why_and_nothing_is_kept(cast, form):
    sheet = copy(cast, form)
    sheet["D3"], sheet["E4"], sheet["F5"] = "上周三", "很多", "看情况"
    imported = look(cast, form, sheet)
    assert sent.wrong_cells(imported) == [(3, "体检日期"), (4, "补贴金额"), (5, "是否愿意")]
    sheet["D3"], sheet["E4"], sheet["F5"] = None, None, None
    sheet["I4"] = sheet["I3"].value
    sheet["B4"], sheet["C4"] = sheet["B3"].value, sheet["C3"].value
    assert sent.wrong_cells(look(cast, form, sheet)) == [(4, "行标识")]


def test_the_wrong_rows_are_fetched_corrected_and_sent_again(cast, form):
    sheet = copy(cast, form)
    sheet["D3"], sheet["E4"] = "上周三", 5
    imported = look(cast, form, sheet)
    file = writer.to_correct(
        imported=imported, roster=roster_of_import(imported), by=cast.community_worker, now=LATER
    )
    again = load_workbook(file).active
    place = [cell.value for cell in again[1]].index("体检日期") + 1
    assert again.cell(2, place).value == "上周三"
    again.cell(2, place, "2026-03-08")
    sent.apply(look(cast, form, again), cast.community_worker, LATER)
    assert answered() == {("甲大爷", "体检日期"): "2026-03-08", ("乙大妈", "补贴金额"): "5"}


def test_who_is_no_longer_listed_is_said(cast, form):
    sheet = copy(cast, form)
    sheet["E3"] = 5
    person = people()[0]
    person.died_on = NOW.date()
    person.save()
    imported = look(cast, form, sheet)
    assert sent.problems(imported)[0] == {"mark": "此行已不在本表现在的填报范围内。"}


def test_a_telephone_goes_to_the_roll(cast, form):
    sheet = copy(cast, form)
    sheet["G3"], sheet["G4"] = "13900001111", "12"
    imported = look(cast, form, sheet)
    assert sent.wrong_cells(imported) == [(4, "联系电话")]
    sheet["G4"] = None
    imported = look(cast, form, sheet)
    # Somebody enters another one first: that one stays, and is told of.
    second = copy(cast, form)
    second["G3"] = "13900002222"
    sent.apply(look(cast, form, second), cast.community_worker, LATER)
    sent.apply(imported, cast.community_worker, LATER)
    assert (people()[0].phone, Answer.objects.count()) == ("13900002222", 0)
    correction = AuditEntry.objects.get(action="residents.correct-person")
    assert (correction.actor, correction.detail) == ("community", {"changed": ["phone"]})
    imported = look(cast, form, sheet)
    assert "139****2222" in sent.problems(imported)[0][key(form, "联系电话")]


def test_who_does_not_keep_the_roll_is_told(cast, form):
    sheet = copy(cast, form)
    sheet["E3"], sheet["G3"] = 5, "13900001111"
    imported = look(cast, form, sheet, by=cast.street_cadre)
    assert sent.counts(imported) == {"new": 1, "unchanged": 2}
    assert "无权维护" in sent.problems(imported)[0][key(form, "联系电话")]
    sent.apply(imported, cast.street_cadre, LATER)
    assert (answered(), people()[0].phone) == ({("甲大爷", "补贴金额"): "5"}, "")


def test_what_a_roster_refuses_sends_the_import_back(cast, form):
    number = make.id_number("19400101")
    make.resident(cast.building, name="丁某", id_number=number)
    form = blank(cast, books.book("表", ("序号", "姓名", "身份证号", "体检日期")))
    sheet = copy(cast, form)
    sheet["C3"] = number
    imported = sent.apply(look(cast, form, sheet), cast.community_worker, LATER)
    assert (imported.state, imported.wrong) == ("preview", 1)
    assert people()[0].id_index is None


def test_headings_over_two_lines_come_back_too(cast):
    home = make.household(cast.building)
    make.belonging(make.resident(cast.building, name="刘师傅"), home)
    book = books.disabled()
    sheet = book.active
    sheet["J3"], sheet["J4"], sheet["K4"] = "入户核查", "核查日期", "核查结论"
    sheet.merge_cells("J3:K3")
    form = blank(cast, book)
    sheet = copy(cast, form)
    sheet["J5"], sheet["K5"] = date(2026, 3, 1), "属实"
    imported = look(cast, form, sheet)
    sent.apply(imported, cast.community_worker, LATER)
    assert answered() == {
        ("刘师傅", "入户核查 · 核查日期"): "2026-03-01", ("刘师傅", "入户核查 · 核查结论"): "属实",
    }  # fmt: skip


def test_tasks_and_departments_come_back_too(cast):
    make.task(cast)
    for subject in (Subject.TASK, Subject.DEPARTMENT):
        form = blank(cast, books.book("表", ("序号", "工单编号", "部门名称", "门锁编号")), subject)
        sheet = copy(cast, form)
        sheet["D3"] = "A-1"
        sent.apply(look(cast, form, sheet), cast.community_worker, LATER)
        assert [one.value for one in Answer.objects.filter(column__form=form)] == ["A-1"]


@pytest.mark.parametrize("subject", [Subject.HOUSEHOLD, Subject.BUILDING, Subject.COMPOUND])
def test_homes_and_places_come_back_alike(cast, subject):
    make.household(cast.building, room="101")
    form = blank(cast, books.book("表", ("序号", "楼栋", "小区名称", "房号", "门锁编号")), subject)
    sheet = copy(cast, form)
    sheet["E3"] = "A-1"
    sent.apply(look(cast, form, sheet), cast.community_worker, LATER)
    [answer] = Answer.objects.all()
    assert (answer.value, answer.source) == ("A-1", "imported")


def test_others_send_none(cast, form, page):
    sheet = copy(cast, form)
    for user in (cast.sibling_worker, cast.owner, cast.admin):
        with pytest.raises(NotAllowed):
            look(cast, form, sheet, by=user)
    for user, status in ((cast.sibling_worker, 404), (cast.owner, 403), (cast.admin, 403)):
        assert page(user).get(f"/forms/{form.pk}/import/").status_code == status
    # A street's form: a community sees and answers its own rows.
    street = blanks.add(
        unit=cast.street, name="街道的表", subject=Subject.PERSON, by=cast.street_cadre, now=NOW,
        file=upload(books.book("走访表", HEADINGS)),
    )  # fmt: skip
    sheet = copy(cast, street)
    sheet["E3"] = 7
    imported = look(cast, street, sheet, by=cast.sibling_worker)
    assert sent.counts(imported) == {"wrong": 3}


def test_the_page_leads_from_the_form_to_the_rows(cast, form, page):
    browser = page(cast.community_worker)
    start = f"/forms/{form.pk}/"
    assert f"{start}import/" in browser.get(start).content.decode()
    sheet = copy(cast, form)
    sheet["E3"] = 5
    body = upload(content(sheet), "走访表.xlsx")
    answer = browser.post(f"{start}import/", {"file": body})
    imported = LedgerImport.objects.get()
    assert answer.headers["Location"] == f"/imports/{imported.pk}/"
    worker.work(key=imported.pk, clock=sent.clock(LATER))
    text = browser.get(f"/imports/{imported.pk}/").content.decode()
    assert "填好的表" in text
    assert "补贴金额" in text


@pytest.mark.parametrize("body", [b"", b"x", b"PK\x03\x04"])
def test_what_is_no_workbook_is_refused(cast, form, page, body):
    answer = page(cast.community_worker).post(
        f"/forms/{form.pk}/import/", {"file": upload(body, "表.xlsx")}
    )
    assert answer.status_code == 400


def test_another_table_is_refused(cast, form):
    other = load_workbook(BytesIO(books.content(books.book("别的", ("甲", "乙")))))
    imported = look(cast, form, other.active)
    assert (imported.state, imported.total) == ("failed", 0)


def test_no_more_queries_for_more_rows(cast, form):
    def count():
        sheet = copy(cast, form)
        for row in range(3, sheet.max_row):
            if sheet.cell(row, 9).value:
                sheet.cell(row, 5, row)
        with CaptureQueriesContext(connection) as queries:
            sent.apply(look(cast, form, sheet), cast.community_worker, LATER)
        Answer.objects.all().delete()
        return len(queries)

    one = count()
    for number in range(15):
        home = make.household(cast.building, room=f"3{number:02}")
        make.belonging(make.resident(cast.building, name=f"老人{number}"), home)
    assert count() == one
