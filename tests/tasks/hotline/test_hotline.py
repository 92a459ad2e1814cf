"""Hotline tickets by Excel: what rows mean, all or nothing, each ticket once."""

import io
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from orgs.enums import ImportState, Verdict
from orgs.errors import NotAllowed, Refused, TooLarge, WrongState
from orgs.imports import imports, read_file, rosters
from orgs.imports.planning import unstaged
from orgs.imports.workbooks import writer
from orgs.models import AuditEntry, LedgerFile, LedgerImport, UnitAlias
from orgs.values import sentences
from tasks.enums import Action, Channel, Triage
from tasks.hotline import api as hotline_api
from tasks.hotline.roster import HOTLINE
from tasks.models import Task
from tests import factories as make

TITLES = [column.heading for column in HOTLINE.columns]
NOW = datetime.fromisoformat("2026-03-10T12:00:00+08:00")
ROW = (
    "HB-20260310-0001", "2026-03-10 09:15", "翡翠一品小区", "飞线充电", "5栋有人飞线充电，请处理。",
    "张先生", "13800001234", "2026-03-13 18:00",
)  # fmt: skip
OTHER = ("HB-20260310-0002", *ROW[1:])


@pytest.fixture(autouse=True)
def kind(db):
    with time_machine.travel(NOW, tick=False):
        yield make.category(code="charging", name="飞线充电")


def sheet(*rows, headings=TITLES):
    book = Workbook()
    for row in (headings, *rows):
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def change(place, value, row=ROW):
    wrong = [*row]
    wrong[place] = value
    return wrong


def template(cast):
    return writer.template(roster=HOTLINE, target=None, by=cast.community_worker)


def look(cast, content, by=None):
    return imports.look(
        roster=HOTLINE, target=None, name="工单.xlsx", content=content,
        by=by or cast.community_worker, now=NOW,
    )  # fmt: skip


def take(cast, content, by=None):
    """Imports a sheet; answers the tasks that came of it."""
    by, before = by or cast.community_worker, set(Task.objects.values_list("pk", flat=True))
    imports.apply_now(imported=look(cast, content, by), by=by, now=NOW)
    return list(Task.objects.exclude(pk__in=before).order_by("outside_number"))


def errors_of(cast, *rows, by=None):
    """The wrong cells by row and heading, none of which is taken."""
    imported = look(cast, sheet(*rows), by)
    with pytest.raises(WrongState) as refusal:
        imports.apply_now(imported=imported, by=by or cast.community_worker, now=NOW)
    assert refusal.value.code == "wrong_rows"
    return [
        (row.number, column.heading)
        for row in imported.rows.order_by("number")
        for column in HOTLINE.columns
        if column.key in row.problems
    ]


def known(imported):
    """The tickets that were entered before, and what the sheet says otherwise of each."""
    return [
        (unstaged(row).get("outside_number"), row.changes)
        for row in imported.rows.filter(verdict=Verdict.UNCHANGED).order_by("number")
    ]


def test_a_row_becomes_a_task_like_any_other(cast, kind):
    (task,) = take(cast, sheet(ROW))
    assert (task.channel, task.outside_number) == (Channel.HOTLINE, ROW[0])
    assert (task.unit, task.category, task.text) == (cast.compound, kind, ROW[4])
    assert (task.contact_name, task.contact_phone) == ("张先生", "13800001234")
    assert timezone.localtime(task.received_at).isoformat() == "2026-03-10T09:15:00+08:00"
    assert timezone.localtime(task.reply_by).isoformat() == "2026-03-13T18:00:00+08:00"
    assert (task.entered_by, task.reporter, task.triage) == (
        cast.community_worker,
        None,
        Triage.COMMUNITY,
    )
    assert task.events.get().action == Action.REPORT
    assert AuditEntry.objects.filter(action="tasks.report").count() == 1
    entry = AuditEntry.objects.get(action="tasks.import-hotline")
    assert entry.detail == {
        "ledger": "hotline", "new": 1, "changed": 0, "unchanged": 0, "unsure": 0, "wrong": 0,
    }  # fmt: skip


def test_a_second_time_changes_nothing(cast):
    take(cast, sheet(ROW, OTHER))
    before = list(Task.objects.order_by("pk").values())
    assert known(look(cast, sheet(ROW, OTHER))) == [(ROW[0], []), (OTHER[0], [])]
    assert take(cast, sheet(ROW, OTHER)) == []
    assert list(Task.objects.order_by("pk").values()) == before


def test_what_differs_is_named_and_left(cast):
    take(cast, sheet(ROW, OTHER))
    found = look(cast, sheet(change(4, "又来电催办，请处理"), OTHER))
    assert known(found) == [(ROW[0], ["text"]), (OTHER[0], [])]
    take(cast, sheet(change(4, "又来电催办，请处理"), OTHER))
    assert Task.objects.get(outside_number=ROW[0]).text == ROW[4]


def test_a_ticket_that_was_passed_on_is_unchanged(cast):
    (task,) = take(cast, sheet(ROW))
    make.act(task, Action.TRANSFER, cast.community_worker, NOW, unit=cast.sibling)
    assert known(look(cast, sheet(ROW))) == [(ROW[0], [])]


@pytest.mark.parametrize(
    ("place", "value", "column"),
    [
        (0, "", "工单编号"), (0, "长" * 41, "工单编号"), (0, 20260310000112345678, "工单编号"),
        (1, None, "受理时间"), (1, "明天", "受理时间"), (1, "2026-03-11 09:00", "受理时间"),
        (1, "2024-01-01", "受理时间"), (1, "2026-03-10 25:00", "受理时间"), (1, 1e300, "受理时间"),
        (2, "没有的小区", "小区或单位代码"), (2, None, "小区或单位代码"),
        (2, "421102001001", "小区或单位代码"),
        (4, "", "诉求内容"), (4, "？", "诉求内容"), (4, "长" * 2001, "诉求内容"),
        (5, "长" * 41, "诉求人"), (6, "12345", "联系电话"), (7, "尽快", "回复时限"),
    ],
)  # fmt: skip
def test_every_wrong_cell_is_named_and_nothing_is_taken(cast, place, value, column):
    assert errors_of(cast, OTHER, change(place, value)) == [(3, column)]
    assert Task.objects.count() == 0


@pytest.mark.parametrize(
    ("called", "text"),
    [("养老金查询", f"{ROW[4]}\n（诉求类别：养老金查询）"), (None, ROW[4])],
)
def test_what_the_catalogue_does_not_know_comes_in_as_other(cast, called, text):
    (task,) = take(cast, sheet(change(3, called)))
    assert (task.category.code, task.text) == ("other", text)
    # The same sheet again: nothing differs.
    assert known(look(cast, sheet(change(3, called)))) == [(ROW[0], [])]


def test_a_kind_that_several_are_called_wants_a_code(cast):
    make.category(name="飞线充电")
    assert errors_of(cast, ROW) == [(2, "诉求类别")]


def test_several_errors_come_at_once_in_the_order_of_rows(cast):
    bad = (None, None, None, None, "噪音扰民", None, "1", None)
    assert errors_of(cast, change(6, "x"), OTHER, bad) == [
        (2, "联系电话"), (4, "工单编号"), (4, "受理时间"), (4, "小区或单位代码"),
        (4, "联系电话"),
    ]  # fmt: skip


def test_a_ticket_twice_in_one_sheet(cast):
    assert errors_of(cast, ROW, OTHER, ROW) == [(4, "工单编号")]


def test_a_ticket_of_another_area_is_not_shown(cast):
    take(cast, sheet(change(2, cast.other_community.code)), by=cast.other_worker)
    assert errors_of(cast, ROW) == [(2, "工单编号")]


def test_two_places_of_one_name_want_a_code(cast):
    make.unit(cast.sibling, code="421102005004-001", name="翡翠一品小区")
    assert errors_of(cast, ROW, by=cast.street_cadre) == [(2, "小区或单位代码")]
    assert take(cast, sheet(change(2, cast.compound.code)), by=cast.street_cadre)
    # Of the community only one of them is in reach.
    assert take(cast, sheet(OTHER))[0].unit == cast.compound


@pytest.mark.parametrize(
    "place", ["翡翠一品小区", " 421102005003-001 ", "４２１１０２００５００３-００１", "old-1"]
)
def test_places_by_name_code_and_former_code(cast, place):
    UnitAlias.objects.create(unit=cast.compound, code="old-1")
    assert take(cast, sheet(change(2, place)))[0].unit == cast.compound


@pytest.mark.parametrize("place", ["西湖社区", "西湖社区居民委员会", 421102005003, 421102005003.0])
def test_communities_by_what_people_call_them(cast, place):
    assert take(cast, sheet(change(2, place)))[0].unit == cast.community


@pytest.mark.parametrize(
    "received",
    [
        datetime(2026, 3, 10, 9, 15), "2026/3/10 9:15", "2026年3月10日 9时15分", "2026年3月10日9:15",
        "２０２６-０３-１０　０９：１５", 46091 + 9.25 / 24, "2026-03-10T09:15:00", "2026.3.10 09:15:00",
    ],
)  # fmt: skip
def test_moments_as_excel_and_people_write_them(cast, received):
    task = take(cast, sheet(change(1, received)))[0]
    assert timezone.localtime(task.received_at).strftime("%Y-%m-%d %H:%M") == "2026-03-10 09:15"


@pytest.mark.parametrize(
    "phone", [13800001234, "138 0000 1234", "１３８００００１２３４", "+86 13800001234"]
)
def test_telephones_as_people_write_them(cast, phone):
    assert take(cast, sheet(change(6, phone)))[0].contact_phone == "13800001234"


@pytest.mark.parametrize("nothing", ["无", "不详", "/", "－"])
def test_a_caller_who_left_no_name_and_number_blocks_no_sheet(cast, nothing):
    values = change(5, nothing)
    values[6] = nothing
    (task,) = take(cast, sheet(values))
    assert (task.contact_name, task.contact_phone) == ("", "")


def test_headings_in_any_order_blank_rows_and_the_example(cast):
    mixed = sheet((None,) * 8, ROW[::-1], (" ",) * 8, (), OTHER[::-1], headings=TITLES[::-1])
    assert len(take(cast, mixed)) == 2
    with pytest.raises(Refused, match="没有") as refusal:
        look(cast, template(cast), by=cast.street_cadre)
    assert refusal.value.code == "no_rows"
    old = ["示例20260310-0001", *ROW[1:]]
    assert len(take(cast, sheet(old, change(0, "T-3")))) == 1


def test_columns_that_may_be_missing_and_those_that_may_not(cast):
    assert take(cast, sheet(ROW[:5], headings=TITLES[:5]))[0].reply_by is None
    with pytest.raises(Refused, match="诉求内容") as refusal:
        look(cast, sheet(ROW[:3], headings=TITLES[:3]))
    assert refusal.value.code == "missing_columns"
    assert not LedgerFile.objects.exists()
    with pytest.raises(Refused) as refusal:
        look(cast, sheet())
    assert refusal.value.code == "no_rows"


def test_headings_as_hotlines_write_them(cast):
    called = (
        "工单流水号",
        "登记时间",
        "诉求地点",
        "问题类别",
        "诉求描述",
        "来电人姓名",
        "联系方式",
        "办结时限",
    )
    (task,) = take(cast, sheet(ROW, headings=called))
    assert (task.outside_number, task.unit, task.contact_phone) == (ROW[0], cast.compound, ROW[6])
    assert task.reply_by


def test_a_kind_that_the_catalogue_does_not_know_is_said_and_is_no_title(cast):
    content = sheet(change(3, "停车", change(4, "门口堵了")))
    (row,) = look(cast, content).rows.all()
    assert (row.verdict, list(row.problems)) == (Verdict.NEW, ["category"])
    assert "按“" in row.problems["category"]
    (task,) = take(cast, content)
    assert task.title == "门口堵了"
    assert task.text == "门口堵了\n（诉求类别：停车）"


def test_what_was_said_keeps_its_lines_and_signs(cast):
    task = take(cast, sheet(change(4, " 你好：\n请处理（急）。 ")))[0]
    assert task.text == "你好：\n请处理（急）。"


def test_the_template_explains_every_column(cast):
    book = load_workbook(io.BytesIO(template(cast)))
    assert [cell.value for cell in book.worksheets[0][1]] == ["序号", *TITLES]
    told = [row for row in book.worksheets[1].values if row[0] in TITLES]
    assert [row[0] for row in told] == TITLES
    assert all(row[2] for row in told)
    assert [row[0] for row in book["lists"].values] == ["飞线充电", "投诉建议", "其他"]


@pytest.mark.parametrize(
    "who", ["grid_worker", "urban_officer", "secretary", "owner", "admin", "auditor"]
)
def test_others_import_nothing(cast, page, api, who):
    person = getattr(cast, who)
    with pytest.raises(NotAllowed):
        take(cast, sheet(ROW), by=person)
    file = SimpleUploadedFile("t.xlsx", sheet(ROW))
    assert page(person).post("/tasks/hotline/", {"file": file}).status_code == 403
    assert page(person).get("/tasks/hotline/template/").status_code == 403
    file.seek(0)
    answer = api(person).post("/api/v1/tasks/hotline/", {"file": file}, format="multipart")
    assert answer.status_code == 403
    assert Task.objects.count() == 0


GARBAGE = {
    "exe": b"MZ\x90\x00" + b"\0" * 500,
    "csv": "工单编号,受理时间".encode("gb18030"),
    "old xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "half": sheet(ROW)[:900],
    "empty": b"",
}


@pytest.mark.parametrize("kind_of_file", GARBAGE)
def test_garbage_gets_a_sentence(cast, page, api, kind_of_file):
    def file():
        return SimpleUploadedFile("t.xlsx", GARBAGE[kind_of_file])

    response = page(cast.community_worker).post("/tasks/hotline/", {"file": file()})
    assert (response.status_code, list(response.context["form"].errors)) == (400, ["file"])
    answer = api(cast.community_worker).post(
        "/api/v1/tasks/hotline/", {"file": file()}, format="multipart"
    )
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert LedgerImport.objects.count() == 0


def test_too_large_and_too_long(cast):
    with pytest.raises(TooLarge):
        look(cast, bytes(HOTLINE.limits.size + 1))
    with pytest.raises(TooLarge):
        look(cast, sheet(*[ROW] * (HOTLINE.limits.rows + 1)))


def test_formulas_are_read_as_what_they_are(cast):
    assert errors_of(cast, change(4, "=1+1")) == [(2, "诉求内容")]


def queries_of(work):
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def test_looking_costs_the_same_for_one_row_and_thirty(cast):
    many = sheet(*[(f"T-{number}", *ROW[1:]) for number in range(30)])
    take(cast, sheet(("T-0", *ROW[1:])))
    one = queries_of(lambda: look(cast, sheet(("T-0", *ROW[1:]))))
    assert queries_of(lambda: look(cast, many)) == one


# --- The pages -----------------------------------------------------------------------------------


def send(page, cast, content, by=None):
    browser = page(by or cast.community_worker)
    file = SimpleUploadedFile("工单.xlsx", content)
    return browser, browser.post("/tasks/hotline/", {"file": file})


def test_look_then_import_and_a_double_click(
    cast, page, celery_eagerly, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        browser, sent = send(page, cast, sheet(ROW, OTHER))
    assert sent.status_code == 302
    shown = browser.get(sent["Location"])
    assert shown.context["import"].new == 2
    assert Task.objects.count() == 0
    assert "13800001234" not in shown.content.decode()
    for _click in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            assert browser.post(f"{sent['Location']}apply/").status_code == 302
    imported = LedgerImport.objects.get()
    assert (imported.state, imported.new, imported.unchanged) == (ImportState.APPLIED, 2, 0)
    assert not LedgerFile.objects.exists()
    assert Task.objects.count() == 2
    after = browser.get(sent["Location"]).content.decode()
    assert "?channel=hotline" in after
    # A ticket is a task from now on: nothing takes it back.
    assert "撤销整次导入" not in after
    browser.post(f"{sent['Location']}undo/")
    assert (LedgerImport.objects.get().state, Task.objects.count()) == (ImportState.APPLIED, 2)
    assert "工单.xlsx" in browser.get("/tasks/hotline/").content.decode()
    task = Task.objects.first()
    assert "回复时限" in browser.get(f"/tasks/{task.number}/").content.decode()


def test_wrong_rows_are_shown_and_cannot_be_imported(cast, page):
    imported = look(cast, sheet(ROW, change(6, "x", OTHER)))
    browser = page(cast.community_worker)
    shown = browser.get(f"/imports/{imported.pk}/").content.decode()
    assert "联系电话" in shown
    assert "全部写入" not in shown
    browser.post(f"/imports/{imported.pk}/apply/")
    assert Task.objects.count() == 0
    corrected = browser.get(f"/imports/{imported.pk}/to-correct/")
    book = load_workbook(io.BytesIO(b"".join(corrected.streaming_content)))
    assert [row[1] for row in book.active.values] == ["工单编号", OTHER[0], ROW[0]]


def test_a_sheet_is_its_senders(cast, page):
    imported = look(cast, sheet(ROW))
    assert page(cast.sibling_worker).get(f"/imports/{imported.pk}/").status_code == 404
    assert page(cast.sibling_worker).post(f"/imports/{imported.pk}/apply/").status_code == 404


def test_sheets_that_nobody_imports_are_forgotten(cast):
    look(cast, sheet(ROW))
    assert imports.forget(now=NOW + timedelta(days=6)) == 0
    assert imports.forget(now=NOW + timedelta(days=8)) == 1
    assert not LedgerFile.objects.exists()


@pytest.mark.parametrize(
    "place", ["翡翠一品小区5栋", "翡翠一品5栋", "翡翠一品小区 5号楼2单元501", "翡翠一品５栋"]
)
def test_a_building_is_understood_as_people_write_it(cast, place):
    assert take(cast, sheet(change(2, place)))[0].unit == cast.building


def test_a_title_over_the_headings_is_passed_over(cast):
    assert len(take(cast, sheet(TITLES, ROW, headings=["12345工单交办表"]))) == 1


@pytest.mark.parametrize("number", ["2.02611E+17", "2.02611e17"])
def test_a_number_that_excel_has_shortened_is_no_number(cast, number):
    assert errors_of(cast, change(0, number)) == [(2, "工单编号")]


def test_a_read_that_somebody_took_over_is_refused(cast, monkeypatch):
    def superseded(**_facts):
        raise read_file.Superseded

    monkeypatch.setattr(read_file, "read", superseded)
    with pytest.raises(WrongState):
        look(cast, sheet(ROW))


# --- The API -------------------------------------------------------------------------------------


def post(api, cast, content, **more):
    file = SimpleUploadedFile("t.xlsx", content)
    return api(cast.community_worker).post(
        "/api/v1/tasks/hotline/", {"file": file, **more}, format="multipart"
    )


def test_the_api_looks_first_and_applies_when_told(cast, api):
    looked = post(api, cast, sheet(ROW)).json()
    assert (looked["applied"], looked["new"][0]["number"]) == (False, None)
    assert Task.objects.count() == 0
    applied = post(api, cast, sheet(ROW), apply="true").json()
    assert applied["new"][0]["number"] == Task.objects.get().number
    again = post(api, cast, sheet(ROW), apply="true").json()
    assert (again["new"], again["unchanged"][0]["outside_number"]) == ([], ROW[0])


def test_rows_that_went_wrong_meanwhile_over_the_api(cast, api, monkeypatch):
    def plan(rows, run):
        for row in rows:
            if run.applying:
                row.wrong("contact_phone", sentences.gettext("This cell is needed."))
            else:
                row.verdict = Verdict.NEW

    monkeypatch.setattr(hotline_api, "HOTLINE", replace(HOTLINE, plan=plan))
    monkeypatch.setitem(rosters._rosters, HOTLINE.code, replace(HOTLINE, plan=plan))
    refused = post(api, cast, sheet(ROW), apply="true")
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_rows")
    assert [(one["row"], one["column"]) for one in refused.json()["rows"]] == [(2, "联系电话")]
    assert LedgerImport.objects.get().state == ImportState.DISCARDED


def test_wrong_rows_over_the_api(cast, api):
    looked = post(api, cast, sheet(change(6, "x")))
    assert [(one["row"], one["column"]) for one in looked.json()["wrong"]] == [(2, "联系电话")]
    refused = post(api, cast, sheet(change(6, "x")), apply="true")
    assert (refused.status_code, refused.json()["rows"][0]["column"]) == (400, "联系电话")
    missing = post(api, cast, sheet(ROW[:3], headings=TITLES[:3]))
    assert (missing.status_code, missing.json()["code"]) == (400, "bad_rows")


def test_what_is_wrong_is_counted_with_what_stands_in_the_cells(cast, page, api):
    rows = [change(2, "没有的小区", (f"HB-{number}", *ROW[1:])) for number in range(3)]
    content = sheet(*rows, change(6, "139711100019999", OTHER))
    imported = look(cast, content)
    shown = page(cast.community_worker).get(f"/imports/{imported.pk}/").content.decode()
    panel = shown[shown.index("错在哪里") :]
    assert panel.index("3 行") < panel.index("“没有的小区”")
    sent = SimpleUploadedFile("工单.xlsx", content)
    answer = api(cast.community_worker).post("/api/v1/tasks/hotline/", {"file": sent})
    assert [one["value"] for one in answer.json()["wrong"]][:3] == ["没有的小区"] * 3


def test_a_title_above_and_a_building_behind_the_name_are_understood(cast):
    content = sheet(change(2, "翡翠一品小区5栋"), headings=TITLES)
    book = load_workbook(io.BytesIO(content))
    book.active.insert_rows(1, 2)
    book.active["A1"] = "黄州区12345热线工单交办表"
    out = io.BytesIO()
    book.save(out)
    (task,) = take(cast, out.getvalue())
    assert task.unit == cast.building
