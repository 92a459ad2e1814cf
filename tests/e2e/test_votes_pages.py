"""A first-time voter casts and checks on a phone; the committee's pages; all without barriers."""

import pytest

from tests.e2e.conftest import DESK, PHONE, barriers
from tests.e2e.test_story import follow

TRY = "请来试一试手机投票"


def poll_of(page, title):
    page.goto("/polls/")
    follow(page, page.locator(".row-title a", has_text=title))


def cast_on_screen(page, picture=None, press=None):
    """From the page of a poll: votes for everything, and finds the ballot on the board. Three screens."""
    press = press or (lambda where: follow(page, page.locator(where).first))
    press("main a.vote-button")
    assert barriers(page) == []
    for question in page.locator(".vote-question").all():
        question.locator("input[value=for]").press(" ")
    if picture:
        picture(page, "vote-ballot")
    # One question, three choices, one button; then it is in the box.
    press(".vote-form button[type=submit]")
    assert "您的票已投入票箱" in page.inner_text("main")
    assert barriers(page) == []
    page.locator(".vote-check summary").press("Enter")
    hashes = page.locator(".vote-check .hash").all_inner_texts()
    assert [len(text) for text in hashes] == [64, 32]
    if picture:
        picture(page, "vote-receipt")
    press(".vote-check a")
    assert hashes[0] in page.inner_text("main")


def test_a_first_time_voter_casts_and_verifies(visit):
    page = visit("owner2", PHONE, path="/polls/")
    assert barriers(page) == []
    follow(page, page.locator(".row-title a", has_text=TRY))
    assert barriers(page) == []
    cast_on_screen(page)
    assert barriers(page) == []
    poll_of(page, TRY)
    follow(page, page.locator("main a", has_text="修改我的票"))
    assert page.locator(".vote-option input:checked").count() == 1


def test_a_first_time_voter_in_large_type(visit):
    page = visit("owner", PHONE, path="/polls/")
    page.locator(".menu-button").click()
    follow(page, page.locator("button[name=type_size]").first)
    poll_of(page, TRY)
    cast_on_screen(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE


def tab_to(page, where):
    """Goes on with the tabulator until the first element that fits has the focus."""
    target = page.locator(where).first
    for _step in range(80):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"The keyboard does not reach {where}")


def test_a_first_time_voter_with_the_keyboard_alone(visit):
    page = visit("member2", DESK, path="/polls/")

    def press(where):
        tab_to(page, where)
        with page.expect_navigation():
            page.keyboard.press("Enter")

    press(f".row-title a:text('{TRY}')")
    press("main a.vote-button")
    # The arrow keys choose within a question.
    tab_to(page, ".vote-question input[value=for]")
    page.keyboard.press(" ")
    press(".vote-form button[type=submit]")
    assert "您的票已投入票箱" in page.inner_text("main")
    tab_to(page, ".vote-check summary")
    page.keyboard.press("Enter")
    code = page.locator(".vote-check .hash").first.inner_text()
    press(".vote-check a")
    assert code in page.inner_text("main")


def test_a_first_time_voter_without_javascript(visit):
    page = visit("member", PHONE, path="/polls/", scripts=False)
    follow(page, page.locator(".row-title a", has_text=TRY))
    follow(page, page.locator("main a.vote-button").first)
    page.locator(".vote-option", has_text="同意").first.click()
    follow(page, page.locator(".vote-form button[type=submit]"))
    assert "您的票已投入票箱" in page.inner_text("main")
    page.locator(".vote-check summary").click()
    code = page.locator(".vote-check .hash").first.inner_text()
    follow(page, page.locator(".vote-check a"))
    assert code in page.inner_text("main")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_committees_pages_have_no_barriers(visit, width, picture):
    page = visit("committee", width, path="/polls/")
    poll_of(page, "使用维修资金更换5栋电梯")
    start = page.url
    for part in ("", "missing/", "desk/", "roll/", "board/", "costs/"):
        page.goto(start + part)
        assert barriers(page) == [], part
        if (part, width) == ("missing/", DESK):
            picture(page, "vote-plan")
    poll_of(page, "续聘物业服务企业")
    start = page.url
    for part in ("", "what-if/"):
        page.goto(start + part)
        assert barriers(page) == [], part
    page.goto("/polls/new/")
    assert barriers(page) == []
