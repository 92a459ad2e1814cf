"""Cells of a form that counts which the portal does not know: typed once, kept, there the next time."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from governance.data_forms.answers.answers import Cell
from governance.data_forms.blanks import deletion
from governance.data_forms.enums import SumKind
from governance.data_forms.fillings.filters import Filter
from governance.data_forms.models import Answer
from governance.data_forms.sums import parts, sums, typed_numbers
from orgs.enums import Role
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import AuditEntry
from residents.enums import CareKind
from tests import factories as make
from tests.governance.data_forms import blank_workbooks as books_of_people
from tests.governance.data_forms import sum_workbooks as books
from tests.governance.data_forms.collection_factories import at_home
from tests.governance.data_forms.form_factories import NOW, blank, filled, sheet_of
from tests.governance.data_forms.test_sums import counting

# Of 老龄人口统计表: 备用金 is the sixth column, ages are rows 3 to 5, the total row is 6.
MONEY = 6


def save(form, value, row=3, place=MONEY, seen="", by=None, **more):
    return typed_numbers.save(
        form=form, cells=[Cell(row, place, value, seen)], by=by or form.by, now=NOW, **more
    )


def value(form, row, place=MONEY, by=None):
    return sums.preview(form=form, by=by or form.by, now=NOW).numbers[row, place]


@pytest.fixture
def form(cast):
    at_home(cast)
    return counting(cast, books.ages())


def test_what_is_typed_is_kept_and_stands_in_the_form_the_next_time(cast, form):
    assert sorted(typed_numbers.unknown(form=form, by=form.by, now=NOW).numbers) == [
        (3, MONEY), (4, MONEY), (5, MONEY), (6, MONEY),
    ]  # fmt: skip
    assert save(form, "1,200.5")["answered"] == 1
    answer = Answer.objects.get()
    assert (answer.value, answer.place, answer.by, answer.at, answer.source) == (
        "1200.5", cast.community, cast.community_worker, NOW, "typed",
    )  # fmt: skip
    assert (answer.part.row, answer.part.place, answer.column) == (3, MONEY, None)
    sheet = sheet_of(cast, filled(cast, form, "老龄办统计"))
    assert (sheet["F3"].value, sheet["F4"].value) == (1200.5, None)
    assert not sheet["F3"].fill.fgColor.rgb.endswith("FFF4CE")
    # Asked at most once.
    later = NOW + timedelta(days=90)
    assert sorted(typed_numbers.unknown(form=form, by=form.by, now=later).numbers) == [
        (4, MONEY), (5, MONEY), (6, MONEY),
    ]  # fmt: skip
    assert AuditEntry.objects.filter(action="data_forms.answer-cells").count() == 1


def test_a_total_adds_up_what_is_typed_and_opens_no_list(cast):
    """合计, with a line that the portal does not know: counted below, typed beside, reckoned by a formula."""
    at_home(cast, born="19550101")
    workbook = books.ages()
    workbook.active["A5"] = "外籍老人"
    form = counting(cast, workbook)
    assert (value(form, 6, 2).value, value(form, 6, 2).is_asked) == (None, False)
    for place, number in ((2, "3"), (3, "1"), (4, "2")):
        save(form, number, 5, place)
    assert [(value(form, 6, place).value, value(form, 6, place).opens) for place in (2, 3, 4)] == [
        (4, False), (2, False), (2, False),
    ]  # fmt: skip
    assert (value(form, 5, 2).opens, value(form, 4, 3).opens) == (False, True)
    assert sheet_of(cast, filled(cast, form, "老龄办统计"))["B6"].value == 4


def test_a_part_that_is_more_than_its_whole_is_said(cast):
    workbook = books.pairs()
    workbook.active["E4"] = "其中：残疾人家庭"
    form = counting(cast, workbook)
    cells = typed_numbers.unknown(form=form, by=form.by, now=NOW).numbers
    assert cells
    for where in cells:
        save(form, "5", *where)
    assert not typed_numbers.unknown(form=form, by=form.by, now=NOW).numbers


def test_decimals_are_added_and_said_as_they_are(cast):
    make.care_reader(cast.community_worker, cast.community, CareKind.LIVING_ALONE)
    make.care_entry(at_home(cast), CareKind.LIVING_ALONE)
    workbook = books.ages()
    workbook.active["A3"], workbook.active["A4"] = "外籍老人", "归侨"
    form = counting(cast, workbook)
    save(form, "0.1", 3, 4)
    save(form, "0.2", 4, 4)
    assert value(form, 6, 4).value == 0.3
    # The whole of 其中：独居, of those of eighty.
    parts.choose(
        part=form.parts.get(row=0, place=2), kind=SumKind.NONE, subject=None, filters_=Filter(),
        by=form.by, now=NOW,
    )  # fmt: skip
    save(form, "0.5", 5, 2)
    assert value(form, 5, 5).problems == ["比它所属的 0.5 还多。"]


def test_what_the_portal_counts_or_others_count_is_not_typed(cast, form):
    make.care_entry(at_home(cast, "李大妈"), CareKind.LIVING_ALONE)
    # A number of the portal, a sum of the form, a roster that one is not named for, none.
    for where in ((3, 3), (6, 3), (5, 5), (99, 1)):
        with pytest.raises(Refused) as refusal:
            save(form, "5", *where)
        assert refusal.value.code == "known_column"
    for by in (cast.sibling_worker, cast.owner, cast.admin, cast.grid_worker):
        with pytest.raises(NotAllowed):
            save(form, "5", by=by)
    assert not Answer.objects.exists()


def test_no_number_and_an_answer_of_somebody_else_are_refused_with_their_cell(cast, form):
    with pytest.raises(Refused) as refusal:
        save(form, "很多")
    assert list(refusal.value.fields) == [f"cell_3_{MONEY}"]
    save(form, "5")
    with pytest.raises(Refused, match="5") as refusal:
        save(form, "6")
    assert refusal.value.code == "answered_meanwhile"
    assert save(form, "6", seen="5")["corrected"] == 1
    assert save(form, "", seen="6")["emptied"] == 1
    assert value(form, 3).value is None


def test_each_place_has_its_own_number_in_a_form_of_the_street(cast):
    form = counting(cast, books.ages(), cast.street, cast.street_cadre)
    make.position(cast.community_worker, Role.COMMUNITY_WORKER, cast.sibling)
    save(form, "10")
    save(form, "1", by=cast.community_worker)
    save(form, "2", by=cast.community_worker, unit=cast.sibling)
    assert [value(form, 3, by=by).value for by in (cast.street_cadre, cast.sibling_worker)] == [
        10,
        2,
    ]
    found = Answer.objects.order_by("pk").values_list("place__code", "value")
    assert list(found) == [
        (cast.street.code, "10"), (cast.community.code, "1"), (cast.sibling.code, "2"),
    ]  # fmt: skip
    with pytest.raises(NotAllowed):
        save(form, "3", by=cast.sibling_worker, unit=cast.community)


def test_a_street_sees_what_its_communities_typed_once_all_of_them_did(cast, page):
    form = counting(cast, books.ages(), cast.street, cast.street_cadre)
    save(form, "10.5", by=cast.community_worker)
    number = value(form, 3)
    assert (number.value, number.waits, number.note) == (None, True, "2 个社区中已有 1 个填写")
    save(form, "2", by=cast.sibling_worker)
    number = value(form, 3)
    assert (number.value, number.waits, number.note) == (12.5, False, "由 2 个社区相加")
    assert "由 2 个社区相加" in page(form.by).get(f"/forms/{form.pk}/preview/").content.decode()
    open_cells = typed_numbers.unknown(form=form, by=form.by, now=NOW)
    assert (3, MONEY) not in open_cells.numbers
    assert open_cells.empty == len(open_cells.numbers)
    # The street may still say another number of its own; a community sees its own alone.
    save(form, "13")
    assert (value(form, 3).value, value(form, 3).note) == (13, "")
    assert value(form, 3, by=cast.sibling_worker).value == 2


def test_of_a_line_of_one_community_that_one_is_asked(cast):
    workbook = books.communities()
    workbook.active["G2"] = "备用金（元）"
    form = counting(cast, workbook, cast.street, cast.street_cadre)
    place = max(column for _row, column in sums.preview(form=form, by=form.by, now=NOW).numbers)
    assert value(form, 4, place).is_asked
    save(form, "7", 4, place, by=cast.community_worker)
    assert (value(form, 4, place).value, value(form, 5, place).value) == (7, None)


def test_the_page_and_the_api_keep_them(cast, form, page):
    browser, address = page(form.by), f"/forms/{form.pk}/numbers/complete/"
    assert browser.get(f"/forms/{form.pk}/complete/").url == address
    shown = browser.get(address)
    assert shown.context["unknown"].empty == 4
    sent = {f"cell_3_{MONEY}": "7", f"seen_cell_3_{MONEY}": "", f"cell_4_{MONEY}": ""}
    assert browser.post(address, sent).status_code == 302
    assert value(form, 3).value == 7
    assert browser.get(address).context["unknown"].empty == 3
    corrected = browser.get(f"{address}?answered=1")
    assert "陈社工" in corrected.content.decode()
    # Somebody else was faster: what was typed stays on the page.
    late = browser.post(address, {f"cell_3_{MONEY}": "8", f"seen_cell_3_{MONEY}": ""})
    assert (late.status_code, late.context["form"][f"cell_3_{MONEY}"].value()) == (400, "8")
    body = {"answers": [{"row": 4, "column": MONEY, "value": "3"}]}
    where = f"/api/v1/forms/{form.pk}/answers/"
    assert browser.post(where, json.dumps(body), "application/json").json()["answered"] == 1
    cells = browser.get(f"/api/v1/blank-forms/{form.pk}/numbers/").json()["cells"]
    found = {(one["row"], one["column"]): (one["value"], one["typed_by"]) for one in cells}
    assert (found[4, MONEY], found[3, 3]) == ((3, "陈社工"), (0, None))


def test_the_same_cell_twice_is_refused_with_a_sentence(cast, form, page):
    people = blank(cast, books_of_people.book("爱好", ("序号", "姓名", "最爱的曲目")))
    person = at_home(cast, "李大妈")
    song = people.columns.get(place=3).pk
    for one, row, column in ((form, 4, MONEY), (people, person.pk, song)):
        body = {"answers": [{"row": row, "column": column, "value": text} for text in "12"]}
        where = f"/api/v1/forms/{one.pk}/answers/"
        refused = page(form.by).post(where, json.dumps(body), "application/json")
        assert refused.status_code == 400
        assert "同一格一次只填一个" in refused.content.decode()
    assert not Answer.objects.exists()


def test_a_form_of_rows_has_no_page_of_numbers(cast, page):
    people = blank(cast, books_of_people.book("爱好", ("序号", "姓名", "最爱的曲目")))
    where = f"/forms/{people.pk}/numbers/complete/"
    for answer in (page(people.by).get(where), page(people.by).post(where, {"cell_3_3": "1"})):
        assert (answer.status_code, answer.url) == (302, f"/forms/{people.pk}/complete/")
    with pytest.raises(Refused) as refusal:
        save(people, "1", 3, 3)
    assert refusal.value.code == "not_sums"


def test_a_form_with_typed_numbers_stays(cast, form):
    save(form, "5")
    with pytest.raises(WrongState) as refusal:
        deletion.delete(form=form, by=form.by, now=NOW)
    assert refusal.value.code == "form_used"


def test_the_database_ties_an_answer_to_one_cell(cast, form):
    save(form, "5")
    [answer] = Answer.objects.all()
    for values in ({"part": None}, {"place": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Answer.objects.filter(pk=answer.pk).update(**values)
