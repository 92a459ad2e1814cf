"""Forms that count: what their words mean, the numbers, what does not add up, who is behind a number."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.data_forms.blanks import blanks
from governance.data_forms.enums import Match, Subject, SumKind
from governance.data_forms.fillings import fillings, filters, words
from governance.data_forms.fillings.filters import Filter
from governance.data_forms.models import BlankForm
from governance.data_forms.sums import meaning, parts, sums
from orgs.errors import DomainError, NotAllowed, Refused
from orgs.models import AuditEntry
from residents.enums import CareKind, PrivateField
from residents.models import Unmasking
from tests import factories as make
from tests.governance.data_forms import sum_workbooks as books
from tests.governance.data_forms.blank_workbooks import book
from tests.governance.data_forms.form_factories import NOW, blank, filled, sheet_of, upload


def at_home(cast, name, born="19400101", building=None, **values):
    building = building or cast.building
    person = make.resident(building, name=name, id_number=make.id_number(born), **values)
    make.belonging(person, make.household(building))
    return person


def counting(cast, workbook, unit=None, by=None) -> BlankForm:
    """A form that counts, as its parts were proposed."""
    return blanks.add(
        unit=unit or cast.community, name="统计表", subject=Subject.SUMS, file=upload(workbook),
        by=by or cast.community_worker, now=NOW,
    )  # fmt: skip


def numbers(cast, form, by=None):
    """The number of each cell by the words of its row and its column."""
    sheet = sums.preview(form=form, by=by or cast.community_worker, now=NOW)
    return {number.cell.text: number.value for number in sheet.numbers.values()}


def problems(cast, form, by=None):
    sheet = sums.preview(form=form, by=by or cast.community_worker, now=NOW)
    return {number.cell.text: problem for number, problem in sheet.problems}


@pytest.fixture
def named(cast):
    make.care_reader(cast.community_worker, cast.community, CareKind.LIVING_ALONE)


@pytest.fixture
def old(cast, named):
    """A man of 66, women of 76 and 86; the oldest lives alone."""
    at_home(cast, "男一", "19600101", sex="male")
    at_home(cast, "女一", "19500101", sex="female")
    alone = at_home(cast, "女二", "19400101", sex="female")
    make.care_entry(alone, CareKind.LIVING_ALONE)
    return alone


# --- Words -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "subject", "asked"),
    [
        ("80岁及以上", "person", {"min_age": 80}),
        ("80周岁（含）以上老年人", "person", {"min_age": 80}),
        ("60—69岁", "person", {"min_age": 60, "max_age": 69}),
        ("60岁以下", "person", {"max_age": 60}),
        ("不满18周岁", "person", {"max_age": 17}),
        ("其中：独居", "person", {"care": "living_alone"}),
        ("低保独居老人", "person", {"care": "living_alone", "also_care": "allowance"}),
        ("女性党员", "person", {"sex": "female", "members_only": True}),
        ("数量（户）", "household", {}),
        ("数量", None, {}),
        ("居民小区个数", "compound", {}),
        ("出租房屋数", "household", {"state": "let"}),
        ("本月办结诉求件数", "task", {"task_state": "closed", "period": "month"}),
    ],
)
def test_words_are_read_as_people_mean_them(text, subject, asked):
    read = words.read(text, {})
    assert (read.subject, read.filters.said, read.certainty) == (subject, asked, 100)


@pytest.mark.parametrize(
    "text",
    [
        "户籍人口",
        "空巢老人",
        "备用金（元）",
        "辖区餐饮店数",
        "留守儿童",
        "失独家庭",
        "",
        "男女党员户数",
    ],
)
def test_words_that_are_not_known_count_nothing(text):
    assert words.read(text, {}).is_known is False


def test_the_narrower_of_two_filters_holds():
    inside = {("a-1", "a")}
    both = filters.merged(Filter(unit="a", min_age=60), Filter(unit="a-1", min_age=80), inside)
    assert both == Filter(unit="a-1", min_age=80)
    assert filters.merged(Filter(sex="male"), Filter(sex="female"), set()) is None
    assert filters.merged(Filter(max_age=60), Filter(min_age=80), set()) is None
    assert filters.merged(Filter(unit="b"), Filter(unit="a"), inside) is None


@pytest.mark.parametrize(
    ("formula", "cells"),
    [
        ("=SUM(B3:B5)", [(3, 2), (4, 2), (5, 2)]), ("=$B$3+C3", [(3, 2), (3, 3)]),
        ("=B3/C3", []), ("=B3-C3", []), ('=IF(B3>1,"x",0)', []), ("=SUM(B:B)", []),
        ("=B3+1", []), ("=SUM(B3:C4, D5)", [(3, 2), (3, 3), (4, 2), (4, 3), (5, 4)]),
        ("=SUM(A1:ZZ999999)", []),
    ],
)  # fmt: skip
def test_a_formula_that_adds_up_is_read(formula, cells):
    assert meaning.added_in(formula) == cells


# --- Counting --------------------------------------------------------------------------------------


def test_each_cell_is_what_its_row_and_its_column_say(cast, old):
    form = counting(cast, books.ages())
    found = numbers(cast, form)
    assert [found[f"{age} · 男"] for age in ("60-69岁", "70-79岁", "80岁及以上")] == [1, 0, 0]
    assert [found[f"{age} · 女"] for age in ("60-69岁", "70-79岁", "80岁及以上")] == [0, 1, 1]
    assert [found[f"{age} · 合计"] for age in ("60-69岁", "70-79岁", "80岁及以上", "合计")] == [
        1,
        1,
        1,
        3,
    ]
    assert [found[f"{age} · 其中:独居"] for age in ("70-79岁", "80岁及以上", "合计")] == [0, 1, 1]
    # The form reckons these itself.
    assert [found["合计 · 男"], found["合计 · 女"]] == [1, 2]
    assert found["80岁及以上 · 备用金(元)"] is None
    assert problems(cast, form) == {}


def test_the_file_keeps_the_forms_face_and_its_formulas(cast, old):
    form = counting(cast, books.ages())
    file = filled(cast, form, "老龄办统计")
    sheet = sheet_of(cast, file)
    assert [[cell.value for cell in row] for row in sheet["B3:F6"]] == [
        [1, 1, 0, 0, None], [1, 0, 1, 0, None], [1, 0, 1, 1, None],
        [3, "=SUM(C3:C5)", "=SUM(D3:D5)", 1, None],
    ]  # fmt: skip
    assert (sheet["A1"].font.size, sheet["A7"].value) == (20, "填表人：")
    assert sheet["F3"].fill.fgColor.rgb.endswith("FFF4CE")
    assert (file.total, file.cells, file.known) == (20, 18, 14)


def test_formulas_in_a_circle_are_left_to_the_form(cast, old):
    workbook = books.ages()
    workbook.active["C6"], workbook.active["D6"] = "=SUM(C3:C6)", "=C6"
    workbook.active["B6"] = "=B3/2"
    found = numbers(cast, counting(cast, workbook))
    assert [found["合计 · 男"], found["合计 · 女"], found["合计 · 合计"]] == [None, None, None]


def test_filling_again_counts_anew(cast, old):
    form = counting(cast, books.ages())
    assert numbers(cast, form)["合计 · 合计"] == 3
    at_home(cast, "男二", "19600202", sex="male")
    assert numbers(cast, form)["合计 · 合计"] == 4


def test_pairs_of_words_and_cells_are_counted(cast, old):
    make.membership(old, cast.branch)
    form = counting(cast, books.pairs())
    found = numbers(cast, form)
    assert found == {
        "小区数": 2, "楼栋数": 1, "总户数": 3, "常住人口": 3, "其中:80岁以上老人": 1, "流动人口": 0,
        # No party roster and no allowance roster is this worker's to read.
        "党员": found["党员"], "低保户": None, "辖区餐饮店数": None,
    }  # fmt: skip
    assert problems(cast, form)["低保户"] == "您没有被指定查看这本关爱台账。"
    sheet = sheet_of(cast, filled(cast, form, "社区数据采集"))
    assert [sheet["B2"].value, sheet["D3"].value, sheet["F4"].value] == [2, 1, None]


def test_each_community_is_counted_by_its_name(cast, old):
    flat = make.unit(make.unit(cast.sibling, name="桥头小区"), name="1栋")
    at_home(cast, "别的社区", building=flat, sex="male")
    form = counting(cast, books.communities(), cast.street, cast.street_cadre)
    found = numbers(cast, form, cast.street_cadre)
    assert [found[f"{name} · 性别 · 男"] for name in ("西湖社区", "新桥社区", "合计")] == [1, 1, 2]
    assert [found[f"{name} · 合计"] for name in ("西湖社区", "新桥社区", "合计")] == [3, 1, 4]
    assert [found[f"{name} · 户数"] for name in ("西湖社区", "新桥社区", "合计")] == [3, 1, 4]
    # A community counts its own people in the street's form, and is told what is not its own.
    own = numbers(cast, form)
    assert (own["西湖社区 · 合计"], own["新桥社区 · 合计"], own["合计 · 合计"]) == (3, None, None)
    assert "新桥社区 · 性别 · 男" in problems(cast, form)


# --- What does not add up --------------------------------------------------------------------------


def test_who_stands_in_two_rows_is_said(cast, old):
    form = counting(cast, books.ages())
    row = form.parts.get(row=4, place=0)
    parts.choose(
        part=row, kind=SumKind.COUNT, subject=Subject.PERSON, filters_=Filter(min_age=70),
        by=cast.community_worker, now=NOW,
    )  # fmt: skip
    assert numbers(cast, form)["合计 · 合计"] == 3
    said = problems(cast, form)
    assert said["合计 · 合计"] == "各项相加是 4，实际是 3：有 1 个不只在一项里。"
    # The form's own formula goes on adding up, and so says another number.
    assert numbers(cast, form)["合计 · 女"] == 3
    assert said["合计 · 女"] == "各项相加是 3，实际是 2：有 1 个不只在一项里。"


def test_who_stands_in_no_row_is_said(cast, old):
    at_home(cast, "年轻人", "20000101", sex="male")
    form = counting(cast, books.ages())
    parts.choose(
        part=form.parts.get(row=6, place=0), kind=SumKind.COUNT, subject=Subject.PERSON,
        filters_=Filter(), by=cast.community_worker, now=NOW,
    )  # fmt: skip
    assert numbers(cast, form)["合计 · 其中:独居"] == 1
    assert problems(cast, form)["合计 · 男"] == "各项相加是 1，实际是 2：有 1 个哪一项都不在。"


def test_a_part_is_never_more_than_its_whole(cast, old):
    form = counting(cast, books.pairs())
    part = form.parts.get(text="其中:80岁以上老人")
    parts.choose(
        part=part, kind=SumKind.COUNT, subject=Subject.HOUSEHOLD, filters_=Filter(),
        by=cast.community_worker, now=NOW,
    )  # fmt: skip
    table = counting(cast, books.ages())
    parts.choose(
        part=table.parts.get(row=0, place=5), kind=SumKind.COUNT, subject=Subject.PERSON,
        filters_=Filter(), by=cast.community_worker, now=NOW,
    )  # fmt: skip
    parts.choose(
        part=table.parts.get(row=0, place=2), kind=SumKind.COUNT, subject=Subject.PERSON,
        filters_=Filter(sex="male"), by=cast.community_worker, now=NOW,
    )  # fmt: skip
    assert problems(cast, table)["80岁及以上 · 其中:独居"] == "比它所属的 0 还多。"


# --- What is chosen --------------------------------------------------------------------------------


def test_what_is_chosen_is_offered_for_the_next_form(cast):
    form = counting(cast, books.pairs())
    part = form.parts.get(text="辖区餐饮店数")
    assert (part.kind, part.match) == (SumKind.NONE, Match.NONE)
    parts.choose(
        part=part, kind=SumKind.COUNT, subject=Subject.HOUSEHOLD, filters_=Filter(state="shop"),
        by=cast.community_worker, now=NOW,
    )  # fmt: skip
    again = counting(cast, books.pairs()).parts.get(text="辖区餐饮店数")
    assert (again.kind, again.subject, again.filters) == ("count", "household", {"state": "shop"})
    assert (again.match, again.certainty) == (Match.REMEMBERED, 100)
    entry = AuditEntry.objects.get(action="data_forms.choose-sum")
    assert entry.detail["counts"] == "住户：商铺"


def test_one_cell_may_differ_from_its_row_and_column(cast, old):
    form = counting(cast, books.ages())
    cell = form.parts.get(row=3, place=6)
    parts.choose(
        part=cell, kind=SumKind.COUNT, subject=Subject.COMPOUND, filters_=Filter(),
        by=cast.community_worker, now=NOW,
    )  # fmt: skip
    sheet = sums.preview(form=form, by=cast.community_worker, now=NOW)
    assert [sheet.numbers[3, 6].value, sheet.numbers[4, 6].value] == [2, None]


@pytest.mark.parametrize(
    ("where", "body", "field"),
    [
        ((3, 3), {"kind": SumKind.TOTAL}, "kind"),
        ((0, 3), {"kind": SumKind.FOLLOWS}, "kind"),
        ((0, 3), {"kind": SumKind.COUNT}, "subject"),
        ((3, 3), {"kind": SumKind.COUNT, "filters_": Filter(sex="male")}, "subject"),
        ((0, 3), {"kind": SumKind.COUNT, "subject": Subject.SUMS}, "subject"),
        ((0, 3), {"kind": SumKind.COUNT, "subject": Subject.PERSON,
                  "filters_": Filter(min_age=80, max_age=60)}, "min_age"),
    ],
)  # fmt: skip
def test_what_a_part_cannot_say_is_refused(cast, where, body, field):
    form = counting(cast, books.ages())
    part = form.parts.get(row=where[0], place=where[1])
    given = {"subject": None, "filters_": Filter()} | body
    with pytest.raises(Refused) as refusal:
        parts.choose(part=part, by=cast.community_worker, now=NOW, **given)
    assert list(refusal.value.fields) == [field]


@pytest.mark.parametrize(
    "who", ["sibling_worker", "owner", "urban_officer", "admin", "street_cadre"]
)
def test_only_the_place_says_what_its_form_counts(cast, who):
    form = counting(cast, books.ages())
    part = form.parts.get(row=0, place=3)
    values = {"kind": SumKind.COUNT, "subject": Subject.PERSON, "filters_": Filter(sex="male")}
    if who == "street_cadre":
        assert parts.choose(part=part, by=cast.street_cadre, now=NOW, **values).match == "chosen"
        return
    with pytest.raises(NotAllowed):
        parts.choose(part=part, by=getattr(cast, who), now=NOW, **values)


def test_a_place_or_a_roster_that_is_not_ones_own_is_refused(cast):
    form = counting(cast, books.ages())
    part = form.parts.get(row=0, place=3)
    for asked in (Filter(unit=cast.sibling.code), Filter(care="allowance")):
        with pytest.raises(NotAllowed):
            parts.choose(
                part=part, kind=SumKind.COUNT, subject=Subject.PERSON, filters_=asked,
                by=cast.community_worker, now=NOW,
            )  # fmt: skip


# --- Who is behind a number ------------------------------------------------------------------------


def test_a_number_opens_the_list_of_who_is_counted(cast, old):
    form = counting(cast, books.ages())
    found = sums.behind(form=form, place=(6, 5), by=cast.community_worker, now=NOW)
    keys = list(found.listing.found.values_list("pk", flat=True))
    assert keys == [old.pk]
    rows = sums.opened(form=form, found=found, keys=keys, by=cast.community_worker, now=NOW)
    assert rows[0][0] == "女二"
    read = Unmasking.objects.get(person=old, field=PrivateField.CARE)
    assert read.purpose == "查看表中数字背后的名单"
    assert AuditEntry.objects.filter(action="data_forms.open-number").count() == 1
    total = sums.behind(form=form, place=(6, 2), by=cast.community_worker, now=NOW)
    assert total.listing.found.count() == 3


def test_a_number_that_nobody_knows_opens_nothing(cast, old):
    form = counting(cast, books.ages())
    for place in ((3, 6), (99, 2), (0, 3)):
        with pytest.raises(Refused) as refusal:
            sums.behind(form=form, place=place, by=cast.community_worker, now=NOW)
        assert refusal.value.code == "no_number"
    for stranger in (cast.sibling_worker, cast.owner, cast.admin, cast.urban_officer):
        with pytest.raises(DomainError):
            sums.behind(form=form, place=(3, 3), by=stranger, now=NOW)


# --- A column that counts in each row's place ------------------------------------------------------


def test_columns_of_places_count_what_lies_in_each(cast, old):
    form = blank(cast, books.per_community(), Subject.COMMUNITY)
    columns = {column.heading: column.field for column in form.columns.all()}
    assert (columns["80岁以上老人数"], columns["备注"]) == ("count", "")
    shown = fillings.preview(form=form, by=cast.community_worker, now=NOW)
    assert shown.rows[0][4] == 1
    assert shown.codes == [cast.community.code]
    found = sums.behind_column(
        form=form, column=5, code=cast.community.code, by=cast.community_worker, now=NOW
    )
    assert [person.name for person in found.listing.found] == ["女二"]
    with pytest.raises(NotAllowed):
        sums.behind_column(
            form=form, column=5, code=cast.sibling.code, by=cast.community_worker, now=NOW
        )


def test_a_column_that_counts_no_longer_has_no_part(cast):
    form = blank(cast, books.per_community(), Subject.COMMUNITY)
    assert form.parts.filter(place=5).exists()
    by = cast.community_worker
    blanks.choose_fields(form=form, fields={5: "", 6: "count"}, by=by, now=NOW)
    assert [part.kind for part in form.parts.filter(place__in=[5, 6])] == [SumKind.NONE]
    shown = fillings.preview(form=form, by=by, now=NOW)
    assert shown.rows[0][5] is None


# --- Speed -----------------------------------------------------------------------------------------


def test_no_more_queries_for_more_people(cast, old):
    form = counting(cast, books.ages())

    def count():
        with CaptureQueriesContext(connection) as queries:
            sums.preview(form=form, by=cast.community_worker, now=NOW)
        return len(queries)

    one = count()
    for number in range(15):
        at_home(cast, f"老人{number}")
    assert count() == one


def test_a_form_without_cells_to_count_is_refused(cast):
    full = book("花名册", ("姓名", "性别"), rows=0, foot=False)
    full.active["A3"], full.active["B3"] = "张三", "男"
    with pytest.raises(Refused, match="没有找到"):
        counting(cast, full)
