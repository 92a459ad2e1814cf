"""One tap inside WeChat, or through DingTalk, in a real browser against a stand-in of their servers."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PASSWORD, PHONE, WATCH, barriers, loaded_demo, serve
from tests.e2e.test_bad_line import WECHAT
from tests.other_side import OtherSide


@pytest.fixture
def other() -> Iterator[OtherSide]:
    server = OtherSide()
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def linked_portal(
    portal_settings: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
    other: OtherSide,
    tmp_path: Path,
) -> Iterator[str]:
    """A portal of its own on a copy of the demo, with both ways in open."""
    shutil.copytree(loaded_demo(tmp_path_factory, portal_settings), tmp_path, dirs_exist_ok=True)
    theirs = f"http://127.0.0.1:{other.server_port}"
    ways = {
        "WEIXIN_APP_ID": "wx1", "WEIXIN_APP_SECRET": "s", "DINGTALK_APP_KEY": "d1",
        "DINGTALK_APP_SECRET": "s", "WEIXIN_API": theirs, "DINGTALK_API": theirs,
        "WEIXIN_AUTHORIZE": f"{theirs}/authorize", "DINGTALK_AUTHORIZE": f"{theirs}/authorize",
    }  # fmt: skip
    with serve(portal_settings | ways | {"DATA_DIR": str(tmp_path)}) as address:
        yield address


def opened(browser: Browser, portal: str, agent: str | None, faults: list[str]) -> Page:
    context = browser.new_context(
        base_url=portal, viewport={"width": PHONE, "height": 844}, locale="zh-CN", user_agent=agent
    )
    page = context.new_page()
    page.add_init_script(WATCH)
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    return page


@pytest.mark.parametrize(
    ("way", "agent", "other_way"),
    [("用微信登录", WECHAT, ""), ("用钉钉登录", None, "用微信登录")],
    ids=["wechat", "dingtalk"],
)
def test_asked_once_then_one_tap(browser, linked_portal, other, way, agent, other_way):
    faults: list[str] = []
    page = opened(browser, linked_portal, agent, faults)
    page.goto("/accounts/login/")
    assert barriers(page) == []
    if other_way:
        expect(page.get_by_role("button", name=other_way)).to_have_count(0)
    button = page.get_by_role("button", name=way)
    assert button.bounding_box()["height"] >= 44
    # Not known yet: the password once, then a question.
    button.click()
    expect(page.locator("[name=login]")).to_be_visible()
    page.fill("[name=login]", "owner")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/me/link/")
    assert barriers(page) == []
    page.locator("button[name=answer][value=yes]").click()
    page.wait_for_url(lambda url: "/me/link/" not in url)
    # Out, and in again with one tap.
    page.context.clear_cookies()
    page.goto("/mine/")
    page.get_by_role("button", name=way).click()
    # WeChat's end of the address (#wechat_redirect) comes along.
    page.wait_for_url(lambda url: "/mine/" in url and "login" not in url)
    expect(page.locator("h1")).to_have_text("我的上报")
    assert [path for path, _body in other.asked if path.startswith("/authorize")]
    page.context.close()
    assert faults == []
