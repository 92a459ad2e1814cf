"""Missing cells of a form: completed in houses without a network, sent once when there is one."""

from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESK, PHONE, arrived, barriers
from tests.governance.data_forms import blank_workbooks as books

HEADINGS = ("序号", "姓名", "现住址", "体检日期", "愿意参加活动次数", "爱好", "签字")


@pytest.fixture
def form(visit, tmp_path: Path) -> str:
    """The number of a form of the community about those over 80 in 翡翠一品小区."""
    file = tmp_path / "走访表.xlsx"
    file.write_bytes(BytesIO(books.content(books.book("走访表", HEADINGS))).getvalue())
    page: Page = visit("community", DESK, path="/forms/add/")
    page.fill("#id_name", "八十岁老人走访表")
    page.set_input_files("#id_file", str(file))
    page.click("main button[type=submit]")
    page.wait_for_url("**/forms/*/")
    number = page.url.rstrip("/").rpartition("/")[2]
    page.goto(f"/forms/{number}/rows/")
    page.fill("#id_min_age", "80")
    page.click("main button[type=submit]")
    page.wait_for_url(f"**/forms/{number}/")
    return number


def write(card, **values: str) -> None:
    """Types into the first inputs of a row, by the words of their labels."""
    for label, value in values.items():
        card.get_by_label(label).fill(value)


def test_what_is_kept_without_a_network_arrives_once_and_what_is_refused_stays(visit, form):
    page = visit("grid", PHONE, path=f"/forms/phone/{form}/")
    assert barriers(page) == []
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    first, second, third = (page.locator("form[data-row]").nth(place) for place in range(3))
    rows = [card.get_attribute("data-row") for card in (first, second, third)]
    page.context.set_offline(True)
    page.goto(f"/forms/phone/{form}/")
    expect(page.locator("[data-queue-offline]")).to_be_visible()
    write(first, 爱好="唱歌")
    first.get_by_role("button", name="保存").click()
    expect(first.locator("[data-said]")).to_contain_text("已存在手机上")
    write(second, 爱好="下棋", 愿意参加活动次数="很多次")
    second.get_by_role("button", name="保存").click()
    third.get_by_role("button", name="保存").click()
    expect(third.locator("[data-said]")).to_contain_text("还没有填写")
    expect(page.locator("[data-queue-list] li")).to_have_count(2)
    # Looked at again in the house: what was written stands there.
    page.goto(f"/forms/phone/{form}/")
    expect(page.locator(f"form[data-row='{rows[0]}']").get_by_label("爱好")).to_have_value("唱歌")
    page.context.set_offline(False)
    page.reload()
    # The first one is sent and gone from the list; the other one says why it is not taken.
    refused = page.locator(f"form[data-row='{rows[1]}']")
    expect(refused.locator("[data-said]")).to_contain_text("请填写数字")
    expect(page.locator("[data-queue-list] li")).to_have_count(1)
    write(refused, 愿意参加活动次数="3")
    refused.get_by_role("button", name="保存").click()
    expect(page.locator("[data-queue-box]")).to_be_hidden()
    desk = visit("community", DESK, path=f"/forms/{form}/complete/?answered=1")
    expect(desk.locator("input[value='唱歌']:not([type=hidden])")).to_have_count(1)
    expect(desk.locator("input[value='下棋']:not([type=hidden])")).to_have_count(1)
    assert barriers(desk) == []


def test_a_draft_waits_for_the_account_that_wrote_it(visit, form):
    page = visit("grid", PHONE, path=f"/forms/phone/{form}/")
    card = page.locator("form[data-row]").first
    page.route("**/api/v1/session/", lambda route: route.fulfill(json={"token": "x", "owner": "0"}))
    write(card, 爱好="太极拳")
    card.get_by_role("button", name="保存").click()
    expect(card.locator("[data-said]")).to_contain_text("登录")
    expect(page.locator("[data-queue-list] li")).to_have_count(1)
    page.unroute("**/api/v1/session/")
    page.goto(f"/forms/phone/{form}/")
    arrived(page)
