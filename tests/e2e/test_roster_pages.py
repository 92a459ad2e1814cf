"""A messy workbook becomes the roll of an empty compound in the browser; who has no business there
sees nothing of it."""

import io
import os

from openpyxl import load_workbook

from tests import messy_roster
from tests.e2e.conftest import DESK, PHONE, barriers
from tests.e2e.test_story import follow

COMPOUND, NAME = "421102005003-002", "湖畔示范苑"
# All 900 homes of its six buildings by `LEDGER_HOMES=900`.
HOMES = int(os.environ.get("LEDGER_HOMES", "90"))
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send(page, roster, content, name="台账.xlsx"):
    """Sends a file and waits until it is read."""
    page.goto(f"/units/{COMPOUND}/ledgers/{roster}/")
    page.set_input_files("input[type=file]", {"name": name, "mimeType": XLSX, "buffer": content})
    follow(page, page.locator("main form button.button-primary"))
    wait(page)


def wait(page):
    """Until the worker, which may have to start first, is done."""
    page.locator("#import:not([aria-busy])").wait_for(timeout=300_000)


def figures(page):
    """What the preview counts: new, changed, unchanged, to be decided, wrong."""
    return [int(one) for one in page.locator(".counter-number").all_inner_texts()]


def enter(page):
    """Enters all rows, and waits until it is done."""
    follow(page, page.locator("form[action$='/apply/'] button"))
    assert page.locator("#import[aria-busy]").count() == page.locator("progress").count()
    wait(page)
    assert "已写入" in page.inner_text("main")


def confirm(page, label):
    """Presses a button that asks once more."""
    page.locator("summary", has_text=label).first.click()
    follow(page, page.locator("dialog[open] .button-danger-solid"))


def rows_of(page, selector):
    """The workbook that a link fetches."""
    with page.expect_download() as fetched:
        page.locator(selector).first.click()
    return list(load_workbook(io.BytesIO(fetched.value.path().read_bytes())).active.values)


def test_a_messy_workbook_becomes_a_clean_roll(visit, worker):
    page = visit("community", DESK, path=f"/units/{COMPOUND}/?tab=people")
    follow(page, page.locator(f"a[href='/units/{COMPOUND}/ledgers/']").first)
    assert barriers(page) == []

    rooms, people = messy_roster.households(NAME, HOMES), messy_roster.people(NAME, HOMES)
    send(page, "households", rooms.content)
    assert figures(page) == [HOMES - len(rooms.wrong), 0, 0, 0, len(rooms.wrong)]
    send(page, "households", rooms.corrected)
    assert figures(page) == [HOMES, 0, 0, 0, 0]
    enter(page)

    everybody = HOMES * 8 // 3
    send(page, "residents", people.content)
    assert figures(page) == [everybody - len(people.wrong), 0, 0, 0, len(people.wrong)]
    assert page.locator("form[action$='/apply/']").count() == 0
    row, _column = min(people.wrong)
    assert f"第 {row} 行" in page.inner_text(".rows .row-item >> nth=0")
    assert "身份证号已被 Excel 转为科学计数" in page.inner_text("main")
    assert barriers(page) == []
    # The whole file comes back, what is wrong first and why.
    headings, first, *others = rows_of(page, "a[href$='/to-correct/']")
    assert (first[0], headings[-1], len(others) + 1) == (row, "错误原因", everybody)
    assert first[-1]
    send(page, "residents", people.corrected)
    enter(page)

    later = messy_roster.people_later(NAME, HOMES)
    send(page, "residents", later.content)
    assert figures(page) == [0, 0, everybody - len(later.wrong), len(later.wrong), 0]
    assert barriers(page) == []
    # One person is known to be somebody else; all the others are who they seem to be.
    follow(page, page.locator(".import-choices button[value=leave_out]").first)
    confirm(page, "都是同一人")
    assert f"已判断 {len(later.wrong) - 1} 行" in page.inner_text("body")
    enter(page)

    page.goto("/people/search/")
    page.fill("main input[name=q]", "1栋 101")
    follow(page, page.locator("main form button.button-primary"))
    assert "湖畔示范苑 1栋" in page.inner_text("main")
    assert "139****0000" in page.inner_text("main")
    page.goto(f"/units/{COMPOUND}/ledgers/")
    exported = rows_of(page, "a[href*='/ledgers/residents/export/']")
    assert len(exported) == everybody + 1
    assert not [cell for line in exported for cell in line if str(cell).startswith("1390000")]


def test_outside_nobody_sees_a_digit_of_a_roll(visit):
    """The roll of the demo's compound, by any address, for those who have no business there."""
    for who in ("", "owner", "tenant", "member", "volunteer", "property", "community2", "street2"):
        page = visit(who, PHONE)
        for path in (
            "/people/", "/people/search/", "/people/40/", "/households/421102005003-001-005-1-102/",
            "/units/421102005003-001/ledgers/", "/ledgers/residents/export/?unit=421102005003-001",
            "/imports/1/", "/imports/1/to-correct/", "/units/421102005003-001/posts/holders/",
        ):  # fmt: skip
            answer = page.request.get(path)
            text = answer.text()
            outside = answer.status in (403, 404) or "/accounts/login/" in answer.url
            nothing = "翡翠一品" not in text and "****" not in text
            assert outside or nothing, (who, path, answer.status)
