"""Filling forms: rows in the form's own style, totals that add up, who may, what is recorded."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.data_forms.blanks import blanks
from governance.data_forms.enums import FileState, Subject
from governance.data_forms.fillings import fillings, filters
from governance.data_forms.models import FilledFile, FilledRun
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import AuditEntry
from residents.enums import CareKind, PrivateField
from residents.models import Unmasking
from residents.roll.values import id_numbers
from tests import factories as make
from tests.governance.data_forms import blank_workbooks as books
from tests.governance.data_forms.form_factories import NOW, blank, filled, sheet_of, upload


def at_home(cast, name, born="19400101", building=None, **values):
    person = make.resident(
        building or cast.building, name=name, id_number=make.id_number(born),
        phone="13800001234", **values,
    )  # fmt: skip
    make.belonging(person, make.household(building or cast.building))
    return person


def named(cast, kind):
    make.care_reader(cast.community_worker, cast.community, kind)


def old(cast):
    return blank(cast, books.FORMS["高龄津贴花名册"][0](), min_age=80)


def test_each_person_of_the_filter_has_a_row(cast):
    first = at_home(cast, "张大爷")
    at_home(cast, "王小妹", "20000101")
    second = at_home(cast, "李奶奶", "19380505")
    file = filled(cast, old(cast))
    sheet = sheet_of(cast, file)
    assert [[cell.value for cell in row[:4]] for row in sheet["A3:D5"]] == [
        [1, "张大爷", first.get_sex_display(), 86],
        [2, "李奶奶", second.get_sex_display(), 87], [None] * 4,
    ]  # fmt: skip
    assert sheet["E3"].value == id_numbers.mask(first.id_number)
    assert sheet["G3"].value == "138****1234"
    assert (file.state, file.total, file.cells, file.known) == (FileState.READY, 2, 14, 14)


def test_rows_are_added_in_the_forms_style_and_totals_go_on_to_add_up(cast):
    named(cast, CareKind.ALLOWANCE)
    for number in range(5):
        person = at_home(cast, f"户主{number}")
        make.care_entry(person, CareKind.ALLOWANCE, family_size=2, amount=50000 + number)
    form = blank(cast, books.allowance(), care="allowance")
    sheet = sheet_of(cast, filled(cast, form))
    assert [sheet.cell(row, 6).value for row in range(3, 8)] == [
        500,
        500.01,
        500.02,
        500.03,
        500.04,
    ]
    assert [sheet.cell(row, 7).value for row in range(3, 8)] == [
        f"=F{row}*12" for row in range(3, 8)
    ]
    assert (sheet["A8"].value, sheet["F8"].value) == ("合计", "=SUM(F3:F7)")
    assert sheet["G8"].value == "=SUM(G3:G7)"
    assert sheet["F8"].font.bold is True
    assert sheet["A9"].value == "填表人："
    assert {str(area) for area in sheet.merged_cells.ranges} == {"A1:H1", "A9:H9"}
    assert sheet["B7"].border.left.style == "thin"
    assert sheet.row_dimensions[7].height == 24
    assert sheet.column_dimensions["H"].width == 40
    assert str(sheet.data_validations.dataValidation[0].sqref) == "C3:C7"
    assert sheet.print_area == "'Sheet1'!$A$1:$H$9"
    assert sheet["A1"].font.size == 20


def test_headings_over_two_lines_and_an_example_row(cast):
    named(cast, CareKind.DISABILITY)
    person = at_home(cast, "刘师傅")
    make.care_entry(
        person, CareKind.DISABILITY, disability="sight", grade=2, subsidised=True,
        guardian_name="刘小明", guardian_phone="13900001111",
    )  # fmt: skip
    form = blank(cast, books.disabled(), care="disability")
    assert (form.heading_row, form.first_row, form.foot_row) == (3, 5, 8)
    sheet = sheet_of(cast, filled(cast, form))
    values = [cell.value for cell in sheet[5]]
    assert values[:3] == [1, "刘师傅", person.get_sex_display()]
    assert values[4:9] == ["视力残疾", "二级", "刘**", "139****1111", "是"]
    assert sheet["B6"].value is None


def test_a_formula_as_a_name_stays_text(cast):
    person = at_home(cast, "张三")
    person.name = "=HYPERLINK(1)"
    person.save()
    sheet = sheet_of(cast, filled(cast, old(cast)))
    assert (sheet["B3"].value, sheet["B3"].data_type) == ("'=HYPERLINK(1)", "s")


def test_reading_a_care_roster_is_recorded_person_by_person(cast):
    named(cast, CareKind.LIVING_ALONE)
    person = at_home(cast, "独居老人")
    make.care_entry(person, CareKind.LIVING_ALONE, health="良好")
    form = blank(cast, books.FORMS["独居老人台账"][0](), care="living_alone")
    fillings.preview(form=form, by=cast.community_worker, now=NOW)
    filled(cast, form, "街道走访独居老人")
    rows = Unmasking.objects.filter(person=person, field=PrivateField.CARE).order_by("pk")
    assert [row.purpose for row in rows] == ["填表前预览", "街道走访独居老人"]
    assert all(row.by == cast.community_worker for row in rows)


def test_who_is_not_named_for_a_roster_gets_nothing_of_it(cast):
    person = at_home(cast, "独居老人")
    make.care_entry(person, CareKind.LIVING_ALONE, health="良好")
    form = blank(cast, books.FORMS["独居老人台账"][0](), min_age=60)
    sheet = sheet_of(cast, filled(cast, form))
    assert [sheet["B5"].value, sheet["E5"].value, sheet["F5"].value] == ["独居老人", None, None]
    with pytest.raises(NotAllowed):
        fillings.choose_rows(
            form=form, chosen=filters.Filter(unit=cast.community.code, care="living_alone"),
            by=cast.community_worker, now=NOW,
        )  # fmt: skip


@pytest.mark.parametrize("place", ["sibling", "other_community", "street"])
def test_a_filter_beyond_ones_places_is_refused(cast, place):
    form = old(cast)
    chosen = filters.Filter(unit=getattr(cast, place).code)
    with pytest.raises(NotAllowed):
        fillings.choose_rows(form=form, chosen=chosen, by=cast.community_worker, now=NOW)


def test_a_streets_form_lists_a_communitys_own_people_to_the_community(cast):
    at_home(cast, "本社区")
    flat = make.unit(make.unit(cast.sibling, name="桥头小区"), name="1栋")
    at_home(cast, "别的社区", building=flat)
    form = blanks.add(
        unit=cast.street, name="街道发的表", subject=Subject.PERSON, by=cast.street_cadre, now=NOW,
        file=upload(books.FORMS["高龄津贴花名册"][0]()),
    )  # fmt: skip
    whole = fillings.preview(form=form, by=cast.street_cadre, now=NOW)
    assert (whole.total, whole.who) == (2, "现住、西湖街道")
    part = fillings.preview(form=form, by=cast.community_worker, now=NOW)
    assert ([row[1] for row in part.rows], part.who) == (["本社区"], "现住、西湖社区")
    file = filled(cast, form)
    assert (file.total, file.run.unit) == (1, cast.community)
    for stranger in (cast.sibling_cadre, cast.owner, cast.urban_officer, cast.admin):
        with pytest.raises(NotAllowed):
            fillings.order(form=form, purpose="看看别的社区", by=stranger, now=NOW)


def test_an_order_needs_a_purpose_and_somebody_to_list(cast):
    form = old(cast)
    with pytest.raises(Refused, match="没有") as refusal:
        fillings.order(form=form, purpose="高龄津贴核对", by=cast.community_worker, now=NOW)
    assert refusal.value.code == "no_rows"
    at_home(cast, "张大爷")
    with pytest.raises(Refused) as refusal:
        fillings.order(form=form, purpose="1", by=cast.community_worker, now=NOW)
    assert refusal.value.code == "purpose_needed"
    assert FilledRun.objects.count() == 0


def test_who_lost_the_place_in_between_gets_no_file(cast):
    at_home(cast, "张大爷")
    form = old(cast)
    run = fillings.order(form=form, purpose="高龄津贴核对", by=cast.community_worker, now=NOW)
    cast.community_worker.positions.update(
        ends=NOW.date() - timedelta(days=400), starts="2020-01-01"
    )
    assert fillings.make(file_id=run.sheet.pk, now=NOW) is True
    file = FilledFile.objects.get(run=run)
    assert (file.state, file.file.name) == (FileState.FAILED, "")


def test_a_filled_file_is_made_once_and_deleted_after_thirty_days(cast):
    at_home(cast, "张大爷")
    file = filled(cast, old(cast))
    assert fillings.make(file_id=file.pk, now=NOW) is False
    assert file.file.storage.exists(file.file.name)
    assert fillings.forget(now=NOW + timedelta(days=29)) == 0
    late = NOW + timedelta(days=30)
    with pytest.raises(WrongState):
        fillings.fetch(file=file, by=cast.community_worker, now=late)
    assert fillings.forget(now=late) == 1
    assert FilledRun.objects.count() == 0
    assert not file.file.storage.exists(file.file.name)


def test_what_a_worker_left_half_done_is_done_anew(cast, monkeypatch):
    for number in range(3):
        at_home(cast, f"老人{number}")
    monkeypatch.setattr(fillings, "PROGRESS_EVERY", 2)
    run = fillings.order(form=old(cast), purpose="核对津贴", by=cast.community_worker, now=NOW)
    write = fillings.writing.write

    def die(form, rows, *others):
        list(rows)
        raise MemoryError

    monkeypatch.setattr(fillings.writing, "write", die)
    with pytest.raises(MemoryError):
        fillings.make(file_id=run.sheet.pk, now=NOW)
    file = FilledFile.objects.get()
    assert (file.state, file.rows, file.total) == (FileState.WAITING, 2, 3)
    monkeypatch.setattr(fillings.writing, "write", write)
    later = NOW + timedelta(minutes=11)
    assert fillings.waiting(later) == [file.pk]
    assert fillings.make(file_id=file.pk, now=later) is True
    file.refresh_from_db()
    assert (file.state, file.rows, file.total) == (FileState.READY, 3, 3)


def test_the_audit_tells_the_whole_course(cast):
    at_home(cast, "张大爷")
    file = filled(cast, old(cast))
    sheet_of(cast, file)
    actions = AuditEntry.objects.filter(action__startswith="data_forms.").order_by("pk")
    assert [entry.action for entry in actions] == [
        f"data_forms.{name}"
        for name in ("add-form", "choose-rows", "order-form", "fill-form", "fetch-form")
    ]
    assert actions[2].detail["listed"] == "80 岁以上、现住、西湖社区"


def test_places_are_counted(cast):
    at_home(cast, "张大爷")
    make.contract(cast.compound, fee=185)
    form = blank(cast, books.FORMS["物业服务统计表"][0](), Subject.COMPOUND)
    sheet = sheet_of(cast, filled(cast, form))
    rows = {row[1].value: [cell.value for cell in row] for row in sheet["A4:F5"]}
    assert rows["翡翠一品小区"][3] == 1.85
    assert rows["翡翠一品小区"][5] == 1
    assert rows["湖畔小区"][2:] == [None, None, None, 0]


def test_no_more_queries_for_more_rows(cast):
    def count(form):
        with CaptureQueriesContext(connection) as queries:
            fillings.preview(form=form, by=cast.community_worker, now=NOW)
        return len(queries)

    at_home(cast, "张大爷")
    people = old(cast)
    homes = blank(cast, books.FORMS["房屋情况登记表"][0](), Subject.HOUSEHOLD)
    one = count(people), count(homes)
    for number in range(15):
        at_home(cast, f"老人{number}")
    assert (count(people), count(homes)) == one
