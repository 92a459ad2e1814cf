"""Staff by Excel: all of a sheet or nothing, every wrong cell named, whatever people send."""

import base64
import io
import re
import zipfile
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from orgs.accounts.users import sign_up
from orgs.enums import ImportState, Role
from orgs.errors import Refused, TooLarge, WrongState
from orgs.imports.apply import Stale
from orgs.imports.workbooks import spreadsheets
from orgs.models import AuditEntry, LedgerImport, Position, User
from orgs.positions import staff_roster
from orgs.positions.staff_roster import STAFF
from tests import factories as make
from tests import roster_workbooks as books

NOW = datetime(2026, 2, 1, 4, tzinfo=UTC)
HEADINGS = [column.heading for column in STAFF.columns]
LI = ("李四", "13911110001", "lisi", "community_worker", "421102005003", "2026-01-05")
WU = ("吴五", "13911110002", "", "grid worker", "421102005003-G01", date(2026, 1, 5))


def sheet(*rows, headings=HEADINGS):
    book = Workbook()
    book.active.append(headings)
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def look(cast, content, by=None):
    return books.look(STAFF, None, by or cast.admin, content, NOW)


def take(cast, content, by=None):
    imported = look(cast, content, by)
    return staff_roster.enter(imported=imported, by=by or cast.admin, now=NOW)


def errors_of(cast, *rows, by=None):
    imported = look(cast, sheet(*rows), by)
    with pytest.raises(WrongState) as refusal:
        staff_roster.enter(imported=imported, by=by or cast.admin, now=NOW)
    assert refusal.value.code == "wrong_rows"
    return books.wrong_cells(imported)


def test_people_and_positions_are_made(cast):
    done = take(cast, sheet(LI, WU))
    assert (len(done.accounts), done.appointed, done.unchanged) == (2, 2, 0)
    li = User.objects.get(username="lisi")
    assert (li.name, li.phone, li.phone_verified, li.must_change_password) == (
        "李四", "13911110001", True, True,
    )  # fmt: skip
    position = li.positions.get()
    assert (position.role, position.unit, position.starts) == (
        Role.COMMUNITY_WORKER, cast.community, date(2026, 1, 5),
    )  # fmt: skip
    assert li.check_password(done.accounts[0].password)
    assert done.accounts[0].password != done.accounts[1].password
    assert User.objects.get(name="吴五").positions.get().grid == cast.grid


def test_passwords_are_kept_nowhere(cast):
    done = take(cast, sheet(LI))
    assert done.accounts[0].password not in str(list(AuditEntry.objects.values()))


def test_the_same_sheet_twice_changes_nothing(cast):
    take(cast, sheet(LI, WU))
    before = list(User.objects.order_by("pk").values_list("pk", "password"))
    done = take(cast, sheet(LI, WU))
    assert (done.accounts, done.appointed, done.unchanged) == ([], 0, 2)
    assert list(User.objects.order_by("pk").values_list("pk", "password")) == before


def test_an_account_that_exists_only_gains_the_position(cast):
    before = User.objects.get(pk=cast.owner.pk)
    done = take(cast, sheet(("沈", "138 0000 5678", "other", *LI[3:])))
    assert (done.accounts, done.appointed) == ([], 1)
    after = User.objects.get(pk=cast.owner.pk)
    assert (after.username, after.name, after.password) == (
        before.username, before.name, before.password,
    )  # fmt: skip
    assert after.positions.get().unit == cast.community


def test_who_merely_claims_a_number_gains_nothing(cast):
    claimed = sign_up(name="", phone=LI[1], password="Neighbour-2026", now=NOW)
    done = take(cast, sheet(LI))
    assert claimed.positions.count() == 0
    assert done.accounts[0].username == "lisi"


def test_one_person_with_two_positions(cast):
    done = take(cast, sheet(LI, (*LI[:4], "421102005004", LI[5])))
    assert (len(done.accounts), done.appointed) == (1, 2)


@pytest.mark.parametrize(
    ("place", "value", "column"),
    [
        (0, "", "姓名"), (0, "长" * 41, "姓名"),
        (1, "12345", "手机号"), (1, None, "手机号"), (1, "07138350000", "手机号"),
        (2, "a b", "用户名"), (2, "13800001111", "用户名"),
        (3, "皇帝", "角色"), (3, "", "角色"),
        (4, "999", "单位代码/部门代码"), (4, "421102005000", "单位代码/部门代码"),
        (4, None, "单位代码/部门代码"),
        (5, "soon", "开始日期"), (5, "2026-02-30", "开始日期"), (5, None, "开始日期"),
        (5, 1e300, "开始日期"),
    ],
)  # fmt: skip
def test_every_wrong_cell_is_named_and_nothing_is_taken(cast, place, value, column):
    wrong = [*LI]
    wrong[place] = value
    people = User.objects.count()
    assert errors_of(cast, WU, wrong) == [(3, column)]
    assert (User.objects.count(), Position.objects.filter(starts=date(2026, 1, 5)).count()) == (
        people,
        0,
    )


def test_several_errors_come_at_once(cast):
    found = errors_of(cast, ("", "1", "", "x", "", ""), WU, ("", *LI[1:]))
    assert found == [
        (2, "姓名"), (2, "手机号"), (2, "角色"), (2, "单位代码/部门代码"), (2, "开始日期"), (4, "姓名"),
    ]  # fmt: skip


def test_user_names_that_are_taken(cast):
    taken = ("赵六", "13911110003", "Owner", *LI[3:])
    again = ("孙七", "13911110004", "LISI", *LI[3:])
    people = User.objects.count()
    assert errors_of(cast, LI, taken, again) == [(3, "用户名"), (4, "用户名")]
    assert User.objects.count() == people


def test_errors_found_while_writing_undo_everything(cast, monkeypatch):
    """Somebody takes the user name between the preview and the import."""
    imported = look(cast, sheet(LI, ("赵六", "13911110003", "zhao", *LI[3:])))
    User.objects.filter(pk=cast.outsider.pk).update(username="zhao")
    people = User.objects.count()
    with pytest.raises(Stale) as refusal:
        staff_roster.enter(imported=imported, by=cast.admin, now=NOW)
    assert [(row.number, list(row.problems)) for row in refusal.value.rows] == [(3, ["username"])]
    assert User.objects.count() == people
    # The preview shows it, and trying again costs no passwords.
    imported = books.again(imported)
    assert (imported.state, imported.wrong, bool(imported.problem)) == ("preview", 1, True)
    assert books.wrong_cells(imported) == [(3, "用户名")]
    monkeypatch.delattr(staff_roster, "_prepared")
    with pytest.raises(WrongState) as refusal:
        staff_roster.enter(imported=imported, by=cast.admin, now=NOW)
    assert refusal.value.code == "wrong_rows"


def test_one_number_for_two_names(cast):
    assert errors_of(cast, LI, ("王七", *LI[1:])) == [(3, "手机号")]


@pytest.mark.parametrize(
    ("who", "where"), [("street_leader", "421102001001"), ("street_leader", "421102005000")]
)
def test_other_places_are_out_of_reach(cast, who, where):
    role = "street_cadre" if where.endswith("000") else "community_worker"
    row = (*LI[:3], role, where, LI[5])
    assert errors_of(cast, row, by=getattr(cast, who)) == [(2, "单位代码/部门代码")]


def test_a_street_leader_imports_below_the_street(cast):
    assert take(cast, sheet(LI), by=cast.street_leader).appointed == 1


@pytest.mark.parametrize(
    "phone",
    [13911110001, 13911110001.0, " 139-1111-0001 ", "１３９１１１１０００１", "+86 13911110001"],
)
@pytest.mark.parametrize(
    "starts",
    [
        date(2026, 1, 5),
        datetime(2026, 1, 5),
        "2026/1/5",
        "2026年1月5日",
        "２０２６-０１-０５",
        46027,
        20260105,
    ],
)
def test_what_excel_and_people_make_of_numbers_and_days(cast, phone, starts):
    row = ("　李四 ", phone, "lisi", " Community Worker ", 421102005003, starts)
    take(cast, sheet(row))
    li = User.objects.get(username="lisi")
    assert (li.name, li.phone, li.positions.get().starts) == (
        "李四",
        "13911110001",
        date(2026, 1, 5),
    )


def test_columns_in_any_order_and_empty_rows(cast):
    book = sheet((None,) * 6, LI[::-1], (" ",) * 6, headings=HEADINGS[::-1])
    assert take(cast, book).appointed == 1


def test_missing_columns_and_empty_sheets(cast):
    with pytest.raises(Refused, match="开始日期") as refusal:
        take(cast, sheet(LI[:5], headings=HEADINGS[:5]))
    assert refusal.value.code == "missing_columns"
    with pytest.raises(Refused) as refusal:
        take(cast, sheet())
    assert refusal.value.code == "no_rows"
    with pytest.raises(Refused) as refusal:
        take(cast, sheet(headings=[]))
    assert refusal.value.code == "no_headings"


def bomb():
    """An archive of a few hundred kilobytes that unpacks to more than is taken."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "")
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (STAFF.limits.unpacked + 1))
    return out.getvalue()


def entities():
    """A workbook whose sheet is a "billion laughs"."""
    laughs = "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 10))
    row = '<row r="1"><c t="str"><v>&l9;</v></c></row>'
    xml = (
        f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>'
        f"<worksheet><sheetData>{row}</sheetData></worksheet>"
    )
    source, out = zipfile.ZipFile(io.BytesIO(sheet(LI))), io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in source.namelist():
            hostile = name == "xl/worksheets/sheet1.xml"
            archive.writestr(name, xml if hostile else source.read(name))
    return out.getvalue()


def half():
    content = sheet(LI)
    return content[: len(content) // 2]


def no_workbook():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("hello.txt", "hello")
    return out.getvalue()


BAD_FILES = {
    "exe": lambda: b"MZ\x90\x00" + b"\0" * 500,
    "csv": lambda: "姓名,手机号".encode("gb18030"),
    "old xls": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "bomb": bomb,
    "entities": entities,
    "half": half,
    "other zip": no_workbook,
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_bad_files_get_a_sentence_not_a_500(
    cast, page, kind, celery_eagerly, django_capture_on_commit_callbacks
):
    people, browser = User.objects.count(), page(cast.admin)
    file = SimpleUploadedFile("staff.xlsx", BAD_FILES[kind]())
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post("/staff/import/", {"file": file})
    if kind in ("bomb", "entities"):
        # Only whoever reads it sees what it is.
        imported = LedgerImport.objects.get()
        assert (imported.state, bool(imported.problem)) == (ImportState.FAILED, True)
        assert imported.problem in browser.get(answer["Location"]).content.decode()
    else:
        assert answer.status_code == 400
        assert list(answer.context["form"].errors) == ["file"]
    assert User.objects.count() == people


def test_too_large_and_too_long(cast):
    with pytest.raises(TooLarge):
        take(cast, bytes(STAFF.limits.size + 1))
    with pytest.raises(TooLarge):
        take(cast, sheet(*[LI] * (STAFF.limits.rows + 1)))
    with pytest.raises(Refused):
        take(cast, b"")


def test_a_cell_far_below_is_too_long_and_quick(cast):
    book = Workbook()
    book.active.append(HEADINGS)
    book.active["A1000000"] = "x"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(TooLarge):
        take(cast, out.getvalue())


# --- The page ----------------------------------------------------------------------------------


def test_passwords_are_shown_once_and_come_as_a_sheet(
    cast, page, celery_eagerly, django_capture_on_commit_callbacks
):
    browser = page(cast.street_leader)
    file = SimpleUploadedFile("staff.xlsx", sheet(LI))
    with django_capture_on_commit_callbacks(execute=True):
        sent = browser.post("/staff/import/", {"file": file})
    shown = browser.get(sent["Location"]).content.decode()
    assert "李四" in shown
    assert LI[1] not in shown
    assert not User.objects.filter(username="lisi").exists()
    enter = f"/staff/import/{LedgerImport.objects.get().pk}/enter/"
    assert f'action="{enter}"' in shown
    answer = browser.post(enter)
    text = answer.content.decode()
    password = answer.context["done"].accounts[0].password
    assert password in text
    assert "no-store" in answer["Cache-Control"]
    book = load_workbook(io.BytesIO(base64.b64decode(re.search(r"base64,([^\"]+)", text).group(1))))
    assert [cell.value for cell in book.active[2]] == ["李四", "lisi", "13911110001", password]
    for address in ("/staff/import/", sent["Location"]):
        assert password not in browser.get(address).content.decode()
    again = browser.post(enter)
    assert (again.status_code, again["Location"]) == (302, sent["Location"])
    assert User.objects.filter(username="lisi").count() == 1


def test_nobody_enters_staff_whose_passwords_nobody_sees(
    cast, page, api, celery_eagerly, django_capture_on_commit_callbacks
):
    imported = look(cast, sheet(LI))
    for client, address in (
        (page(cast.admin), f"/imports/{imported.pk}/apply/"),
        (api(cast.admin), f"/api/v1/imports/{imported.pk}/apply/"),
    ):
        with django_capture_on_commit_callbacks(execute=True):
            client.post(address)
        imported.refresh_from_db()
        assert imported.state == ImportState.PREVIEW
        assert imported.problem
    assert not User.objects.filter(username="lisi").exists()
    assert staff_roster.enter(imported=imported, by=cast.admin, now=NOW).appointed == 1


def test_wrong_rows_are_listed_on_the_page(cast, page):
    imported = look(cast, sheet(LI, ("", *LI[1:])))
    browser = page(cast.admin)
    shown = browser.get(f"/imports/{imported.pk}/").content.decode()
    assert "第 3 行" in shown
    assert "姓名" in shown
    answer = browser.post(f"/staff/import/{imported.pk}/enter/")
    assert answer.status_code == 302
    assert not User.objects.filter(username="lisi").exists()
    corrected = browser.get(f"/imports/{imported.pk}/to-correct/")
    book = load_workbook(io.BytesIO(b"".join(corrected.streaming_content)))
    assert [row[0] for row in book.active.values] == ["序号", 3, 2]


def test_a_whole_import_can_be_taken_back_until_it_is_used(cast):
    before = User.objects.count(), Position.objects.count()
    take(cast, sheet(LI, WU, (*LI[:4], "421102005004", LI[5])))
    imported = books.undo(LedgerImport.objects.get(), cast.admin, NOW)
    assert (imported.state, imported.problem) == ("undone", "")
    assert (User.objects.count(), Position.objects.count()) == before
    assert User.objects.filter(pk=cast.owner.pk).exists()
    done = take(cast, sheet(LI))
    li = User.objects.get(username="lisi")
    li.last_login = NOW
    li.save(update_fields=["last_login"])
    imported = books.undo(LedgerImport.objects.order_by("-pk")[0], cast.admin, NOW)
    assert (imported.state, len(done.accounts)) == ("applied", 1)
    assert imported.problem
    assert li.positions.count() == 1


def test_a_position_of_an_account_from_before_is_not_taken_away(cast):
    take(cast, sheet(LI, ("沈", "13800005678", "", *LI[3:])))
    imported = books.undo(LedgerImport.objects.get(), cast.admin, NOW)
    assert (imported.state, cast.owner.positions.count()) == ("applied", 1)
    assert "（第 3 行）" in imported.problem
    assert User.objects.filter(username="lisi").exists()


def test_only_who_may_appoint_there_undoes(cast):
    """Somebody lost the street since they imported, and appoints elsewhere."""
    take(cast, sheet(LI), by=cast.street_leader)
    imported = LedgerImport.objects.get()
    elsewhere = cast.sibling_cadre.positions.get().unit
    cast.street_leader.positions.update(unit=elsewhere)
    imported = books.undo(imported, cast.street_leader, NOW)
    assert (imported.state, bool(imported.problem)) == ("applied", True)
    assert User.objects.get(username="lisi").positions.count() == 1


@pytest.mark.parametrize("where", ["西湖社区", "西湖社区居民委员会", " 421102005003 "])
def test_places_by_code_and_whole_name(cast, where):
    take(cast, sheet((*LI[:4], where, LI[5])))
    assert User.objects.get(username="lisi").positions.get().unit == cast.community


def test_a_title_over_the_headings_is_passed_over(cast):
    content = sheet(HEADINGS, LI, headings=["工作人员名单"])
    assert take(cast, content).appointed == 1


def test_others_import_nothing(cast, page):
    for who in (cast.community_worker, cast.street_cadre, cast.owner):
        file = SimpleUploadedFile("staff.xlsx", sheet(LI))
        assert page(who).post("/staff/import/", {"file": file}).status_code == 403
    assert not User.objects.filter(username="lisi").exists()


def test_the_template_sent_back_untouched_makes_nobody(cast, page):
    make.unit(cast.street, code="421102005099")
    answer = page(cast.admin).get("/staff/import/template/")
    book = load_workbook(io.BytesIO(answer.content))
    assert [cell.value for cell in book.worksheets[0][1]] == ["序号", *HEADINGS]
    # So too the template of before, which had no mark.
    example = [column.example for column in STAFF.columns]
    for content in (answer.content, sheet(example)):
        with pytest.raises(Refused) as refusal:
            take(cast, content)
        assert refusal.value.code == "no_rows"
    assert not User.objects.filter(username="zhangsan").exists()


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@x", "\t=1"])
def test_formulas_are_harmless_in_what_is_sent_out(start):
    content = spreadsheets.write(["h"], [[start]], "x")
    assert load_workbook(io.BytesIO(content)).active["A2"].value == f"'{start}"


def test_roles_as_communities_call_them_and_an_error_that_names_them(cast):
    assert take(cast, sheet((*LI[:3], "社工", *LI[4:]))).appointed == 1
    (row,) = look(cast, sheet((*WU[:3], "皇帝", *WU[4:]))).rows.all()
    assert "请写：" in row.problems["role"]
    assert "社区工作者" in row.problems["role"]
