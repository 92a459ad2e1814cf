"""Campaign lists as Excel: all of a sheet or nothing, every wrong cell named, out and in again."""

import io
from datetime import date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from openpyxl import Workbook, load_workbook

from orgs.db import append_only
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.imports import imports, undo
from orgs.imports.workbooks import writer
from orgs.models import AuditEntry, LedgerImport
from tasks.campaigns import export as campaigns_export
from tasks.campaigns import measures, queries, roster
from tasks.campaigns.roster import MEASURES
from tasks.enums import MeasureState
from tasks.models import Measure, MeasureEntry
from tests import factories as make
from tests import roster_workbooks as books

HEADINGS = [column.heading for column in MEASURES.columns]
ROW = (1, "公共安全", "飞线充电", "建集中充电桩", "城管局", "住建局、消防大队", "2026-06-30")


def sheet(*rows, headings=HEADINGS):
    book = Workbook()
    book.active.append(headings)
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def take(cast, where, content, by=None):
    return books.take(MEASURES, where, by or cast.street_cadre, content)


def errors_of(cast, where, *rows):
    before = list(where.measures.values_list())
    imported = books.look(MEASURES, where, cast.street_cadre, sheet(*rows))
    with pytest.raises(WrongState) as refusal:
        imports.apply_now(imported=imported, by=cast.street_cadre, now=make.NOW)
    assert refusal.value.code == "wrong_rows"
    assert list(where.measures.values_list()) == before
    return books.wrong_cells(imported)


def export(cast, where):
    rows = queries.measures(where.measures.all()).order_by("number")
    content = campaigns_export.export(campaign=where, rows=rows, by=cast.street_cadre, now=make.NOW)
    return content, list(load_workbook(io.BytesIO(content)).active.values)


def done(result):
    return result.new, result.changed, result.unchanged


def test_in_twice(cast):
    where = make.campaign(cast)
    rows = [
        ROW,
        (None, None, None, "夜间巡查，发现即清", "消防救援大队", None, date(2026, 5, 1)),
        (9, "环境", "毁绿", "补植", "housing", "fire", datetime(2026, 5, 2)),
        (None, "", "", "再补植", "住建局", "住建局", "2026年5月3日"),
    ]
    assert done(take(cast, where, sheet(*rows))) == (4, 0, 0)
    found = [
        (one.number, one.aspect, one.problem, one.text, one.lead, str(one.due_on))
        for one in where.measures.order_by("number")
    ]
    assert found == [
        (1, "公共安全", "飞线充电", "建集中充电桩", cast.urban, "2026-06-30"),
        (9, "环境", "毁绿", "补植", cast.housing, "2026-05-02"),
        (10, "公共安全", "飞线充电", "夜间巡查，发现即清", cast.fire, "2026-05-01"),
        (11, "环境", "毁绿", "再补植", cast.housing, "2026-05-03"),
    ]
    assert list(where.measures.get(number=1).assist.order_by("code")) == [cast.fire, cast.housing]
    assert list(where.measures.get(number=11).assist.all()) == []
    assert [one.action for one in where.measures.get(number=9).entries.all()] == ["add"]
    # Rows without a number find the measures that they made; a new day changes one of them.
    assert done(take(cast, where, sheet(*rows))) == (0, 0, 4)
    later = (*rows[1][:6], date(2026, 5, 8))
    assert done(take(cast, where, sheet(rows[0], later))) == (0, 1, 1)
    assert str(where.measures.get(number=10).due_on) == "2026-05-08"
    assert done(take(cast, where, sheet((*ROW[:3], "建充电棚", *ROW[4:])))) == (0, 1, 0)
    changed = where.measures.get(number=1)
    assert changed.text == "建充电棚"
    assert changed.entries.last().action == "change"


@pytest.mark.parametrize(
    ("place", "value", "column"),
    [
        (0, 0, "序号"),
        (0, "甲", "序号"),
        (0, 1.5, "序号"),
        (0, 10**20, "序号"),
        (1, "", "方面"),
        (1, "长" * 41, "方面"),
        (3, None, "措施"),
        (3, "长" * 501, "措施"),
        (4, "不存在局", "牵头单位"),
        (4, None, "牵头单位"),
        (5, "住建局、不存在局", "协办单位"),
        (6, "明年", "完成时限"),
        (6, None, "完成时限"),
        (6, "2027-01-01", "完成时限"),
        (6, True, "完成时限"),
    ],
)
def test_each_wrong_cell_is_named(cast, place, value, column):
    where = make.campaign(cast)
    wrong = list(ROW)
    wrong[place] = value
    assert (2, column) in errors_of(cast, where, wrong, (2, *ROW[1:]))


def test_all_errors_at_once(cast):
    where = make.campaign(cast)
    bad = ("x", "公共安全", "飞线", "", "无", "无", "无")
    assert errors_of(cast, where, ROW, bad, ROW) == [
        (3, "序号"), (3, "措施"), (3, "牵头单位"), (3, "协办单位"), (3, "完成时限"), (4, "序号")
    ]  # fmt: skip
    with pytest.raises(Refused) as refusal:
        take(cast, where, sheet())
    assert refusal.value.code == "no_rows"


def test_what_is_done_cannot_be_changed_by_a_sheet(cast):
    where = make.campaign(cast)
    take(cast, where, sheet(ROW))
    measures.submit(
        measure=where.measures.get(),
        text="好",
        reference="3号",
        by=cast.urban_officer,
        now=make.NOW,
    )
    assert done(take(cast, where, sheet(ROW))) == (0, 0, 1)
    assert errors_of(cast, where, (*ROW[:3], "别的", *ROW[4:])) == [(2, "序号")]


def test_a_list_has_an_end(cast, monkeypatch):
    monkeypatch.setattr(roster, "MAX_MEASURES", 2)
    where = make.campaign(cast)
    take(cast, where, sheet(ROW))
    third = (None, *ROW[1:3], "别的", *ROW[4:])
    assert errors_of(cast, where, (2, *ROW[1:]), third) == [(3, "序号")]
    assert done(take(cast, where, sheet((2, *ROW[1:])))) == (1, 0, 0)


def test_others_import_nothing(cast):
    where = make.campaign(cast)
    for name in ("urban_officer", "sibling_cadre", "district_cadre", "admin"):
        with pytest.raises(NotAllowed):
            take(cast, where, sheet(ROW), getattr(cast, name))


@pytest.mark.parametrize(
    "content",
    [b"", b"junk", b"PK\x03\x04 not a zip", "序号,方面".encode(), b"\x00" * 1000],
)
def test_garbage_is_no_workbook(cast, content):
    where = make.campaign(cast)
    with pytest.raises(Refused):
        take(cast, where, content)


def test_missing_headings(cast):
    where = make.campaign(cast)
    with pytest.raises(Refused, match="措施、牵头单位、完成时限") as refusal:
        take(cast, where, sheet(ROW, headings=["序号", "方面"]))
    assert refusal.value.code == "missing_columns"


def test_out_and_in_again(cast):
    """What goes out comes in again without a change, formulas made harmless and all."""
    where = make.campaign(cast)
    take(cast, where, sheet(ROW))
    make.measure(cast, where=where, problem="+1 问题", text="=1+1 的措施")
    make.measure(cast, MeasureState.CLOSED, where)
    content, rows = export(cast, where)
    assert rows[0][:7] == tuple(HEADINGS)
    assert rows[2][2:4] == ("'+1 问题", "'=1+1 的措施")
    assert rows[3][7:] == (
        "已销号", "正常", "已建成", "验收单", "2026-03-10 09:00", "2026-03-10 09:00", "王主任"
    )  # fmt: skip
    assert done(take(cast, where, content)) == (0, 0, 3)
    audited = AuditEntry.objects.get(action="tasks.export-campaign")
    assert (audited.object_id, audited.detail) == (str(where.pk), {"rows": 3})


def test_signs_that_no_workbook_holds_do_not_break_the_export(cast):
    where = make.campaign(cast)
    make.measure(cast, where=where, text="建\x0b桩")
    assert export(cast, where)[1][1][3] == "建桩"


def test_the_template_explains_itself_and_its_example_is_none(cast):
    where = make.campaign(cast)
    content = writer.template(roster=MEASURES, target=where, by=cast.street_cadre)
    book = load_workbook(io.BytesIO(content))
    assert next(book.worksheets[0].values) == tuple(HEADINGS)
    told = {row[0] for row in book.worksheets[1].values}
    assert set(HEADINGS) <= told
    assert cast.urban.short_name in {row[0] for row in book["lists"].values}
    with pytest.raises(Refused) as refusal:
        take(cast, where, content)
    assert refusal.value.code == "no_rows"
    # The template as it was before, with its example sent back untouched.
    before = (
        1,
        "公共安全",
        "飞线充电屡禁不止",
        "每个小区建成集中充电桩",
        "城管局",
        "住建局、消防大队",
        "2026-06-30",
    )
    assert done(take(cast, where, sheet(("示例", *before[1:]), ROW))) == (1, 0, 0)


def test_a_whole_import_can_be_taken_back(cast):
    where = make.campaign(cast)
    kept = make.measure(cast, where=where, number=1)
    kept.assist.set([cast.fire, cast.housing])
    before = Measure.objects.filter(pk=kept.pk).values().get()
    imported = take(cast, where, sheet(ROW, (2, *ROW[1:])))
    assert done(imported) == (1, 1, 0)
    assert set(Measure.objects.get(pk=kept.pk).assist.all()) == {cast.housing, cast.fire}
    imported = take(cast, where, sheet((*ROW[:5], "住建局", ROW[6])))
    assert set(kept.assist.all()) == {cast.housing}
    imported = books.undo(imported, cast.street_cadre)
    assert (imported.state, imported.problem) == ("undone", "")
    assert set(kept.assist.all()) == {cast.housing, cast.fire}
    first = LedgerImport.objects.order_by("pk").first()
    first = books.undo(first, cast.street_cadre)
    assert (first.state, first.problem) == ("undone", "")
    assert Measure.objects.filter(pk=kept.pk).values().get() == before
    assert list(where.measures.all()) == [kept]


def test_what_was_worked_on_since_is_not_taken_back(cast):
    where = make.campaign(cast)
    imported = take(cast, where, sheet(ROW))
    measures.submit(
        measure=where.measures.get(),
        text="好",
        reference="3号",
        by=cast.urban_officer,
        now=make.NOW,
    )
    imported = books.undo(imported, cast.street_cadre)
    assert (imported.state, where.measures.count()) == ("applied", 1)
    assert imported.problem


def test_a_report_since_keeps_a_changed_measure_as_it_is(cast):
    """A report of words alone is nowhere but in the timeline."""
    where = make.campaign(cast)
    make.measure(cast, where=where, number=1)
    imported = take(cast, where, sheet((2, *ROW[1:]), ROW))
    assert done(imported) == (1, 1, 0)
    changed = where.measures.get(number=1)
    measures.report(measure=changed, text="在建", by=cast.urban_officer, now=make.NOW)
    imported = books.undo(imported, cast.street_cadre)
    assert (imported.state, where.measures.count()) == ("applied", 2)
    assert "（第 3 行）" in imported.problem
    assert where.measures.get(number=1).text == changed.text


def test_the_audit_names_the_list_and_what_was_taken_away(cast):
    where = make.campaign(cast)
    imported = take(cast, where, sheet(ROW, (2, *ROW[1:])))
    first, last = where.measures.order_by("pk").values_list("pk", flat=True)
    books.undo(imported, cast.street_cadre)
    books.look(MEASURES, where, cast.street_cadre, sheet(ROW))
    imports.forget(now=make.NOW + timedelta(days=8))
    entries = AuditEntry.objects.filter(object_type__endswith="ledgerimport").order_by("pk")
    assert {entry.detail.get("subject") for entry in entries} == {where.pk}
    undone = AuditEntry.objects.get(action="residents.undo-ledger")
    assert undone.detail["deleted"]["tasks.Measure"] == f"{first}-{last}"


def test_an_undo_that_the_database_refuses_ends(cast, monkeypatch):
    imported = take(cast, make.campaign(cast), sheet(ROW))

    def refuse(_past):
        raise IntegrityError

    monkeypatch.setattr(undo._Past, "delete_made", refuse)
    imported = books.undo(imported, cast.street_cadre)
    assert (imported.state, imported.claim, bool(imported.problem)) == ("applied", None, True)


def test_what_is_being_undone_keeps_its_traces(cast):
    imported = take(cast, make.campaign(cast), sheet(ROW))
    imports.undo(imported=imported, by=cast.street_cadre, now=make.NOW)
    imports.forget(now=make.NOW + timedelta(days=31))
    assert imported.traces.exists()


def test_undoing_lifts_the_timeline_alone(cast, monkeypatch):
    lifted = []
    lift = append_only._lift
    monkeypatch.setattr(append_only, "_lift", lambda *args: (lifted.extend(args[2]), lift(*args)))
    imported = take(cast, make.campaign(cast), sheet(ROW))
    assert books.undo(imported, cast.street_cadre).state == "undone"
    assert lifted == [MeasureEntry._meta.db_table]


def test_merged_cells_hold_for_all_their_rows(cast):
    where = make.campaign(cast)
    book = Workbook()
    for row in (HEADINGS, ROW, (2, None, None, "夜间巡查", None, None, "2026-05-01")):
        book.active.append(row)
    book.active.merge_cells("E2:E3")
    out = io.BytesIO()
    book.save(out)
    assert done(take(cast, where, out.getvalue())) == (2, 0, 0)
    assert [one.lead for one in where.measures.all()] == [cast.urban, cast.urban]


@pytest.fixture
def eagerly(celery_eagerly, django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_the_page(cast, page, eagerly):
    where = make.campaign(cast)
    client = page(cast.street_cadre)

    def send(content):
        with eagerly():
            file = SimpleUploadedFile("a.xlsx", content)
            return client.post(f"/campaigns/{where.pk}/import/", {"file": file})

    assert client.get(f"/campaigns/{where.pk}/import/").status_code == 200
    assert client.get("/campaigns/template/").status_code == 200
    assert client.get(f"/campaigns/template/?campaign={where.pk}").status_code == 200
    assert send(b"junk").status_code == 400
    wrong = client.get(send(sheet((*ROW[:4], "无", *ROW[5:])))["Location"])
    assert "牵头单位" in wrong.content.decode()
    assert "全部写入" not in wrong.content.decode()
    assert client.post(f"/campaigns/{where.pk}/import/").status_code == 400
    address = send(sheet(ROW))["Location"]
    assert "全部写入" in client.get(address).content.decode()
    assert where.measures.count() == 0
    with eagerly():
        client.post(f"{address}apply/")
    assert where.measures.count() == 1
    assert "撤销整次导入" in client.get(address).content.decode()
    exported = client.get(f"/campaigns/{where.pk}/export/?state=closed")
    assert list(load_workbook(io.BytesIO(exported.content)).active.values)[1:] == []
    officer = page(cast.urban_officer)
    assert officer.get(f"/campaigns/{where.pk}/export/").status_code == 200
    assert officer.get(f"/campaigns/{where.pk}/import/").status_code == 403
    assert officer.get("/campaigns/template/").status_code == 403
    assert page(cast.sibling_cadre).get(f"/campaigns/{where.pk}/export/").status_code == 404
