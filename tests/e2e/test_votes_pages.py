"""A first-time voter casts and checks on a phone; the committee's pages; all without barriers."""

import pytest

from tests.e2e.conftest import DESK, PHONE, barriers
from tests.e2e.test_story import follow


def poll_of(page, title):
    page.goto("/polls/")
    follow(page, page.locator(".row-title a", has_text=title))


def test_a_first_time_voter_casts_and_verifies(visit):
    page = visit("owner2", PHONE, path="/polls/")
    assert barriers(page) == []
    follow(page, page.locator(".row-title a", has_text="请来试一试手机投票"))
    assert barriers(page) == []
    # Screen two: one question, three choices, one button.
    follow(page, page.locator("main a.button-primary", has_text="现在投票"))
    assert barriers(page) == []
    page.locator(".vote-option", has_text="同意").first.click()
    follow(page, page.locator(".vote-form button"))
    # Screen three: it is in the box.
    assert "您的票已投入票箱" in page.inner_text("main")
    assert barriers(page) == []
    page.locator(".vote-check summary").click()
    hashes = page.locator(".vote-check .hash").all_inner_texts()
    assert [len(text) for text in hashes] == [64, 32]
    follow(page, page.locator(".vote-check a"))
    assert hashes[0] in page.inner_text("main")
    assert barriers(page) == []
    poll_of(page, "请来试一试手机投票")
    follow(page, page.locator("main a", has_text="修改我的票"))
    assert page.locator(".vote-option input:checked").count() == 1


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_committees_pages_have_no_barriers(visit, width):
    page = visit("committee", width, path="/polls/")
    poll_of(page, "使用维修资金更换5栋电梯")
    start = page.url
    for part in ("", "missing/", "desk/", "roll/", "board/", "costs/"):
        page.goto(start + part)
        assert barriers(page) == [], part
    poll_of(page, "续聘物业服务企业")
    start = page.url
    for part in ("", "what-if/"):
        page.goto(start + part)
        assert barriers(page) == [], part
    page.goto("/polls/new/")
    assert barriers(page) == []
