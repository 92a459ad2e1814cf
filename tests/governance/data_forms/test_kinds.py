"""What may be answered in a column: guessed, corrected, checked, and written as what it is."""

from datetime import date

import pytest
from openpyxl.styles import Alignment
from openpyxl.worksheet.datavalidation import DataValidation

from governance.data_forms.answers import answers
from governance.data_forms.blanks import blanks
from governance.data_forms.fields import kinds
from governance.data_forms.models import Answer
from orgs.errors import Refused
from residents.models import Person
from tests import factories as make
from tests.governance.data_forms import blank_workbooks as books
from tests.governance.data_forms.form_factories import NOW, blank, filled, sheet_of

HEADINGS = (
    "序号", "姓名", "体检日期", "补贴金额（元）", "是否愿意", "有无轮椅", "意愿等级", "备注", "本人签字", "经办人（盖章）",
    "编号1", "喜好",
)  # fmt: skip


def book():
    made = books.book("走访", HEADINGS)
    sheet = made.active
    offered = DataValidation(type="list", formula1="选项!$A$1:$A$3", allow_blank=True)
    offered.add("G3:G5")
    sheet.add_data_validation(offered)
    words = made.create_sheet("选项")
    for word in ("强", "中", "弱"):
        words.append([word])
    for row in (3, 4, 5):
        sheet.cell(row, 3).number_format = "yyyy年m月d日"
        sheet.cell(row, 11).number_format = "0.00"
        sheet.cell(row, 12).alignment = Alignment(wrap_text=True)
    return made


@pytest.fixture
def form(cast):
    make.belonging(make.resident(cast.building, name="张大爷"), make.household(cast.building))
    return blank(cast, book())


def column(form, place):
    return form.columns.get(place=place)


def save(cast, form, place, value, seen=""):
    person = Person.objects.get()
    cell = answers.Cell(person.pk, column(form, place).pk, value, seen)
    return answers.save(form=form, cells=[cell], by=cast.community_worker, now=NOW)


def test_kinds_are_guessed_from_headings_drop_downs_and_formats(form):
    found = {one.heading: one for one in form.columns.filter(field="")}
    assert {heading: one.kind for heading, one in found.items()} == {
        "体检日期": "day", "补贴金额(元)": "number", "是否愿意": "yes_no", "有无轮椅": "yes_no",
        "意愿等级": "choice", "备注": "text", "本人签字": "text", "经办人(盖章)": "text", "编号1": "number",
        "喜好": "text",
    }  # fmt: skip
    assert found["意愿等级"].options == ["强", "中", "弱"]
    assert found["有无轮椅"].options == ["有", "无"]
    assert [heading for heading, one in found.items() if not one.asked] == [
        "备注", "本人签字", "经办人(盖章)",
    ]  # fmt: skip


def test_what_nobody_is_asked_for_is_not_missing(cast, form):
    file = filled(cast, form)
    # Running number and name are known; seven cells wait.
    assert (file.known, file.cells) == (2, 9)
    sheet = sheet_of(cast, file)
    assert sheet["H3"].fill.fgColor.rgb == "00000000"
    assert sheet["L3"].fill.fgColor.rgb == "00FFF4CE"
    shown = answers.waiting(form=form, by=cast.community_worker, now=NOW)
    assert (shown.cells, len(shown.columns)) == (7, 7)


def test_answers_are_written_as_what_they_are_in_the_format_of_their_column(cast, form):
    for place, value in (
        (3, "2026/3/8"),
        (4, "1,200元"),
        (5, "√"),
        (6, "无"),
        (7, "中"),
        (11, "3.50"),
    ):
        save(cast, form, place, value)
    kept = dict(Answer.objects.values_list("column__place", "value"))
    assert kept == {3: "2026-03-08", 4: "1200", 5: "是", 6: "无", 7: "中", 11: "3.5"}
    sheet = sheet_of(cast, filled(cast, form))
    assert sheet["C3"].value.date() == date(2026, 3, 8)
    assert sheet["C3"].number_format == "yyyy年m月d日"
    assert [sheet.cell(3, place).value for place in (4, 5, 6, 7, 11)] == [
        1200, "是", "无", "中", 3.5,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("place", "value"),
    [(3, "上周三"), (3, "1026-01-01"), (4, "很多"), (4, "NaN"), (4, "1e99"), (5, "也许"), (6, "不知"), (7, "最强"),
     (12, "长" * 201)],
)  # fmt: skip
def test_what_does_not_fit_its_column_is_refused(cast, form, place, value):
    with pytest.raises(Refused) as refusal:
        save(cast, form, place, value)
    person = Person.objects.get()
    assert list(refusal.value.fields) == [f"cell_{person.pk}_{column(form, place).pk}"]
    assert Answer.objects.count() == 0


def test_a_kind_is_corrected_and_older_answers_stay(cast, form, page):
    save(cast, form, 12, "唱歌")
    browser, where = page(cast.community_worker), f"/forms/{form.pk}/fields/"
    assert "由人填写：日期" in browser.get(where).content.decode()
    chosen = {f"column_{one.place}": blanks.chosen_for(one) for one in form.columns.all()}
    chosen["options_7"] = "强、中、弱"
    answer = browser.post(where, chosen | {"column_12": "asked_choice", "options_12": "唱歌"})
    assert answer.status_code == 400
    assert "至少两个" in answer.content.decode()
    words = {"column_12": "asked_choice", "options_12": "下棋、 跳舞，"}
    changes = {"column_3": "left_empty", "column_4": "asked_text", "column_9": "asked_text"}
    assert browser.post(where, chosen | words | changes).status_code == 302
    found = {one.place: one for one in form.columns.all()}
    assert (found[12].kind, found[12].options) == ("choice", ["下棋", "跳舞"])
    assert [place for place, one in found.items() if not one.asked] == [1, 3, 8, 10]
    # What was answered before stays as it is, is offered with the new words, and may be changed.
    page_ = browser.get(f"/forms/{form.pk}/complete/?answered=1").content.decode()
    assert '<option value="唱歌" selected>' in page_
    assert save(cast, form, 12, "唱歌", seen="唱歌")["corrected"] == 0
    with pytest.raises(Refused):
        save(cast, form, 12, "游泳", seen="唱歌")
    assert save(cast, form, 12, "下棋", seen="唱歌")["corrected"] == 1
    assert sheet_of(cast, filled(cast, form))["L3"].value == "下棋"


def test_a_text_that_is_no_number_any_more_stays_text():
    assert kinds.in_sheet("number", "三只") == "三只"
    assert kinds.in_sheet("day", "去年") == "去年"
    assert kinds.in_sheet("number", "12") == 12


def test_inputs_fit_their_kinds(cast, form, page):
    text = page(cast.community_worker).get(f"/forms/{form.pk}/complete/").content.decode()
    key = Person.objects.get().pk
    assert f'type="date" name="cell_{key}_{column(form, 3).pk}"' in text
    assert 'inputmode="decimal"' in text
    assert '<option value="中">中</option>' in text
