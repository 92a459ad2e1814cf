"""A resident's phone, lived through: told, at home, heard again; and a neighbour who follows."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, PHONE, barriers
from tests.e2e.test_story import act, answer_challenge, choose, follow, press, send, send_report
from tests.e2e.test_votes_pages import tab_to
from tests.files import photo

NARROW = 360
COMPOUND = "421102005003-001"
# Invented: a resident who signs up, and a passer-by.
NEWCOMER, STRANGER = "13900007767", "13900007755"

expect.set_options(timeout=20_000)


def last_code(page: Page) -> str:
    """The code that the demo's page of messages shows first."""
    page.goto("/demo/messages/")
    return re.findall(r"\d{6}", page.locator(".rows").inner_text())[0]


def no_wider(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{page.url} is {wide} px too wide"


def test_a_newcomer_signs_up_finds_the_flat_and_reports_again_what_is_not_solved(visit):
    page = visit(width=NARROW, path="/accounts/signup/")
    page.click("main button[type=submit]")
    page.fill("[name=phone]", NEWCOMER)
    page.fill("[name=password1]", "12345678901")
    page.fill("[name=password2]", "12345678901")
    page.evaluate("document.querySelector('main form').noValidate = true")
    page.click("main button[type=submit]")
    expect(page.locator("#id_password1_error")).to_contain_text("至少 10 位，不要只用数字")
    assert page.evaluate("document.activeElement.name") == "password1"
    expect(page.locator("#announcer")).to_contain_text("至少 10 位")
    assert barriers(page) == []
    page.fill("[name=password1]", PASSWORD)
    page.fill("[name=password2]", PASSWORD)
    page.check("[name=remember]")
    if page.locator("[name=notice]").count():
        page.check("[name=notice]")
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/signup/" not in url)
    where = page.url
    code = last_code(page)
    page.goto(where)
    page.fill("[name=code]", code)
    page.click("main form button[type=submit]")
    page.wait_for_url(lambda url: "/accounts/" not in url)

    # The flat, as people write it: five taps from here.
    page.goto("/my-home/claim/")
    page.fill("#q", "翡翠一品3栋")
    page.click("main button[type=submit]")
    row = page.locator(".row-link").first
    assert row.bounding_box()["height"] >= 44
    row.click(position={"x": 8, "y": 8})
    doors = page.locator(".door")
    expect(doors.first).to_be_visible()
    assert min(box["height"] for box in [doors.first.bounding_box()]) >= 44
    no_wider(page)
    assert barriers(page) == []
    doors.last.click()
    page.check("[name=relation][value=tenant]", force=True)
    page.fill("[name=name]", "新居民")
    page.click("main button[type=submit]")
    expect(page.locator("main")).to_contain_text("社区最迟")

    desk = visit("community", path="/claims/")
    mine = desk.locator(".panel", has_text="新居民")
    follow(desk, mine.get_by_role("button", name="属实，通过"))

    # The portal knows the home now.
    page.goto("/report/")
    expect(page.locator("[data-near] input:checked")).to_have_count(1)
    page.fill("[name=text]", "楼上有人扔东西下来，差点砸到人")
    proposed = page.locator("#likely [data-kind]").first
    expect(proposed).to_contain_text("高空抛物")
    expect(proposed).to_contain_text("您写了")
    proposed.click()
    page.click("[data-next]")
    number = send_report(page)

    page.goto(f"/tasks/{number}/")
    expect(page.locator("h1")).to_contain_text("等待社区受理")
    no_wider(page)
    assert barriers(page) == []
    page.click("button:has-text('催一下')")
    expect(page.locator("main")).to_contain_text("每天可催一次")
    expect(page.locator(".timeline-list")).to_contain_text("您 · 催办")

    desk.goto(f"/tasks/{number}/")
    press(desk, number, "accept")
    act(desk, number, "resolve")
    choose(desk, "outcome", "solved")
    desk.fill("textarea[name=text]", "已上门提醒")
    send(desk)
    desk.goto(f"/tasks/{number}/")
    press(desk, number, "confirm")

    page.goto(f"/tasks/{number}/")
    expect(page.locator("main")).to_contain_text("已上门提醒")
    assert page.locator("button:has-text('催一下')").count() == 0
    choose(page, "contacted", "1")
    choose(page, "resolved", "0")
    choose(page, "stars", "2")
    page.click("button:has-text('提交评价')")
    choose(page, "again", "1")
    page.click("main form button[type=submit]")
    expect(page.locator("main")).to_contain_text("已重新办理")


def test_a_neighbour_follows_and_reads_no_name(visit):
    page = visit("owner", PHONE, path=f"/report/?unit={COMPOUND}")
    page.locator("#kinds input[name=category]").first.check(force=True)
    page.fill("[name=text]", "三楼王阿姨家门口堆满杂物")
    page.click("[data-next]")
    send_report(page)
    other = visit("tenant", PHONE, path=f"/report/?unit={COMPOUND}")
    other.locator("#kinds input[name=category]").first.check(force=True)
    other.fill("[name=text]", "楼道杂物")
    other.click("[data-next]")
    other.locator("button:has-text('我也遇到')").first.click()
    other.wait_for_url("**/followed/**")
    expect(other.locator("main")).to_contain_text("已关注")
    assert "王阿姨" not in other.locator("main").inner_text()
    assert barriers(other) == []


@pytest.mark.parametrize(
    "path", ["/me/", "/notices/choices/", "/my-home/", "/mine/", "/my-home/claim/"]
)
def test_pages_of_a_resident_have_no_barrier(visit: Callable[..., Page], path: str):
    page = visit("owner", NARROW, path=path)
    no_wider(page)
    assert barriers(page) == []


def test_without_scripts_the_flat_is_found_too(visit):
    page = visit("tenant", PHONE, path="/my-home/claim/", scripts=False)
    page.fill("#q", "翡翠一品3-1-501")
    page.click("main button[type=submit]")
    assert page.locator(".door, .row-link").count() >= 1


def test_too_many_tries_end_in_chinese(visit):
    page = visit(width=PHONE, path="/accounts/login/code/")
    page.fill("[name=phone]", STRANGER)
    page.click("main button[type=submit]")
    expect(page.locator(".errorlist")).to_contain_text("没有")
    assert page.evaluate("document.activeElement.name") == "phone"


def test_a_passer_by_follows_a_report_to_its_end(visit):
    page = visit(width=NARROW, path="/public/report/")
    page.locator("#kinds input[name=category]").first.check(force=True)
    page.fill("[name=text]", "路边护栏断了一截")
    page.set_input_files(
        "#id_album", {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    page.click("[data-next]")
    page.fill("#place-words", "示范大道")
    page.locator("#found-places label", has_text="示范大道").first.click()
    expect(page.locator("[name=spot]")).to_have_value("示范大道")
    page.fill("[name=contact_phone]", STRANGER)
    answer_challenge(page)
    number = send_report(page)

    desk = visit("community", path=f"/tasks/{number}/")
    expect(desk.locator("h1")).to_contain_text("示范大道")
    press(desk, number, "accept")
    act(desk, number, "resolve")
    choose(desk, "outcome", "solved")
    desk.fill("textarea[name=text]", "护栏已更换")
    send(desk)
    desk.goto(f"/tasks/{number}/")
    press(desk, number, "confirm")

    page.goto(f"/progress/?number={number}")
    page.fill("[name=digits]", STRANGER[-4:])
    follow(page, page.locator("button[form=look-up-form]"))
    follow(page, page.get_by_role("button", name="发送验证码"))
    where = page.url
    code = last_code(page)
    page.goto(where)
    page.fill("[name=code]", code)
    follow(page, page.locator("#code-form button"))
    expect(page.locator("main")).to_contain_text("路边护栏断了一截")
    expect(page.locator(".photos img")).to_have_count(1)
    no_wider(page)
    assert barriers(page) == []
    for field, value in (("contacted", "1"), ("resolved", "1"), ("stars", "5")):
        choose(page, field, value)
    follow(page, page.get_by_role("button", name="提交评价"))
    expect(page.locator("h1")).to_contain_text("已办结，已评价")


def test_a_report_with_the_keyboard_alone(visit):
    page = visit("owner", PHONE, path="/report/")
    tab_to(page, "#kinds input[name=category]")
    page.keyboard.press(" ")
    tab_to(page, "[name=text]")
    page.keyboard.type("单元门口堆了建筑垃圾")
    tab_to(page, "[data-next]")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "where-title"
    tab_to(page, "[data-send]")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sent/" in url or "/report/" in url)
    if page.locator("[data-asks]").count():
        tab_to(page, "[data-send]")
        page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("上报已收到")


SMALL_TARGETS = """() => [...document.querySelectorAll('main .button, main .place-option, main .kind-option')]
  .filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 59.5)
  .map(one => one.textContent.trim())"""


def test_a_report_in_the_largest_type(visit):
    page = visit("owner", NARROW, path="/report/")
    largest = page.locator("form[action*='type-size'] button[value='2']").first
    # The account is everybody's: another story may have left it in the largest type.
    if largest.count():
        with page.expect_navigation():
            largest.evaluate("one => one.form.requestSubmit(one)")
    try:
        page.goto("/report/")
        no_wider(page)
        assert page.evaluate(SMALL_TARGETS) == []
        page.locator("#kinds input[name=category]").first.check(force=True)
        page.fill("[name=text]", "电梯里的灯不亮")
        page.click("[data-next]")
        no_wider(page)
        assert page.evaluate(SMALL_TARGETS) == []
        number = send_report(page)
        page.goto(f"/tasks/{number}/")
        no_wider(page)
        assert barriers(page) == []
    finally:  # the account is everybody's
        page.locator("form[action*='type-size'] button[value='0']").first.evaluate(
            "one => one.form.requestSubmit(one)"
        )
