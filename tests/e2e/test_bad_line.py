"""A report on a bad line: it waits on the phone, and is sent once when there is a line again."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import PHONE, arrived, barriers
from tests.files import located_photo

PLACE = "421102005003-001"
NUMBERS = dict(zip("零一二三四五六七八九", range(10), strict=True))
WECHAT = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/126.0 Mobile Safari/537.36 MicroMessenger/8.0.50.2701 WeChat/arm64 Language/zh_CN"
)
STORED_SIZES = """async () => {
  const queue = await window.idb.openDB("queue", 1);
  const drafts = await queue.getAll("drafts");
  return drafts.flatMap((draft) => draft.files.map((file) => file.bytes.byteLength));
}"""
NO_STORE = "Object.defineProperty(window, 'indexedDB', {value: undefined})"

# Photos are made small, sent and stored: a machine under load takes its time.
expect.set_options(timeout=20_000)


def fill(page: Page, words: str, photo: bytes | None = None) -> None:
    """The first screen, and the way to the second."""
    page.locator("#kinds input[name=category]").first.check(force=True)
    page.fill("[name=text]", words)
    if photo:
        page.set_input_files(
            "#id_album", {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": photo}
        )
        expect(page.locator(".report-photo img")).to_be_visible()
    page.click("[data-next]")


def send_and_lose_the_answer(page: Page) -> None:
    """The server has it, and the phone does not learn so: it waits to be sent again."""

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/api/v1/tasks/", lose)
    # That it waits is seen before it is sent, too.
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/tasks/")):
        page.click("[data-send]")
    page.unroute("**/api/v1/tasks/")
    expect(page.locator("[data-queue-list] li")).to_contain_text("等待发送")


def answer(page: Page) -> None:
    question = page.locator("label[for=id_answer]").inner_text()
    found = [NUMBERS[sign] for sign in question if sign in NUMBERS]
    right = found[0] - found[1] if "减" in question else found[0] + found[1]
    page.fill("#id_answer", str(right))


def test_a_resident_sends_without_a_line_and_it_arrives_once(visit):
    page = visit("owner", PHONE, path="/report/")
    words = "楼道灯不亮，断网时写的"
    page.context.set_offline(True)
    fill(page, words, located_photo(6))
    page.locator("[data-near] input").first.check(force=True)
    page.click("[data-send]")
    row = page.locator("[data-queue-list] li")
    expect(row).to_contain_text("等待发送")
    expect(row).to_contain_text(words)
    assert page.url.endswith("/report/")
    assert barriers(page) == []
    page.context.set_offline(False)
    arrived(page)
    # What arrived is one tap away.
    page.locator("[data-queue-said] a", has_text=words).click()
    expect(page.locator("h1")).to_contain_text("已收到")
    page.goto("/mine/")
    expect(page.get_by_text(words, exact=False)).to_have_count(1)


def test_an_answer_that_is_lost_makes_no_second_report(visit):
    page = visit("owner", PHONE, path="/report/")
    words = "电梯异响，答复丢失"
    fill(page, words)
    page.locator("[data-near] input").first.check(force=True)
    send_and_lose_the_answer(page)
    page.reload()
    arrived(page)
    page.goto("/mine/")
    expect(page.get_by_text(words, exact=False)).to_have_count(1)


def test_who_changes_what_has_arrived_is_told_so(visit):
    page = visit("owner", PHONE, path="/report/")
    words = "单元门关不上，先写的"
    fill(page, words)
    page.locator("[data-near] input").first.check(force=True)
    send_and_lose_the_answer(page)
    page.get_by_role("button", name="修改").click()
    page.fill("[name=text]", "单元门关不上，后改的")
    page.click("[data-next]")
    page.click("[data-send]")
    expect(page.locator(".draft-why")).to_contain_text("第一次写的内容已经送达")
    expect(page.locator("[name=text]")).to_have_value("单元门关不上，后改的")
    page.goto("/mine/")
    expect(page.get_by_text(words, exact=False)).to_have_count(1)
    expect(page.get_by_text("后改的", exact=False)).to_have_count(0)


def test_a_draft_is_changed_and_dropped(visit):
    page = visit("owner", PHONE, path="/report/")
    page.context.set_offline(True)
    fill(page, "先写的话")
    page.locator("[data-near] input").first.check(force=True)
    page.click("[data-send]")
    page.get_by_role("button", name="修改").click()
    expect(page.locator("[name=text]")).to_have_value("先写的话")
    page.fill("[name=text]", "后改的话")
    page.click("[data-next]")
    page.click("[data-send]")
    expect(page.locator("[data-queue-list] li")).to_have_count(1)
    expect(page.locator("[data-queue-list] li")).to_contain_text("后改的话")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="放弃").click()
    expect(page.locator("[data-queue-box]")).to_be_hidden()


def test_the_phone_is_asked_to_keep_what_waits_and_people_are_told_how_long(visit):
    page = visit("owner", PHONE, path="/report/")
    page.evaluate(
        "navigator.storage.persist = async () => { window.askedToKeep = true; return true; }"
    )
    page.context.set_offline(True)
    fill(page, "先存在手机上的一件")
    page.locator("[data-near] input").first.check(force=True)
    page.click("[data-send]")
    expect(page.locator("[data-queue-list] li")).to_contain_text("等待发送")
    assert page.evaluate("window.askedToKeep")
    expect(page.locator("[data-queue-box]")).to_contain_text("一周")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="放弃").click()
    expect(page.locator("[data-queue-box]")).to_be_hidden()


def test_drafts_belong_to_their_account(visit):
    page = visit("owner", PHONE, path="/report/")
    page.context.set_offline(True)
    fill(page, "只属于本人")
    page.locator("[data-near] input").first.check(force=True)
    page.click("[data-send]")
    expect(page.locator("[data-queue-list] li")).to_have_count(1)
    page.context.clear_cookies()
    page.context.set_offline(False)
    expect(page.locator(".draft-why")).to_contain_text("登录")
    # Signed in by this link, its owner is back on the page that sends it.
    expect(page.locator("[data-queue-list] a")).to_have_attribute(
        "href", "/accounts/login/?next=%2Freport%2F"
    )
    page.goto("/public/report/")
    expect(page.locator("[data-queue-box]")).to_be_hidden()


@pytest.mark.parametrize("agent", ["", WECHAT], ids=["browser", "wechat"])
def test_a_passer_by_sends_photos_once_the_question_is_answered(browser, portal, agent):
    context = browser.new_context(
        base_url=portal,
        viewport={"width": 360, "height": 780},
        locale="zh-CN",
        service_workers="block",
        **({"user_agent": agent} if agent else {}),
    )
    page = context.new_page()
    page.goto("/public/report/")
    picture = BytesIO()
    Image.effect_noise((3000, 2000), 40).convert("RGB").save(picture, "JPEG", quality=95)
    uploads = []
    page.on(
        "request",
        lambda request: (
            uploads.append(request.url) if "public-reports/photos" in request.url else None
        ),
    )
    fill(page, "路边垃圾没人收", picture.getvalue())
    page.fill("#place-words", "翡翠一品")
    page.locator("#found-places label").first.click()
    page.fill("[name=contact_phone]", f"139{page.evaluate('Date.now()') % 10**8:08}")
    answer(page)
    assert uploads == [], "nothing is uploaded before the question is answered"
    context.set_offline(True)
    page.click("[data-send]")
    expect(page.locator("[data-queue-list] li")).to_contain_text("等待发送")
    (size,) = page.evaluate(STORED_SIZES)
    assert 10_000 < size < 1_000_000, "made small on the phone"
    context.set_offline(False)
    arrived(page)
    assert len(uploads) == 1
    context.close()


def test_without_storage_the_page_stays_and_says_so(visit):
    page = visit("owner", PHONE, path="/")
    page.add_init_script(NO_STORE)
    page.goto("/report/")
    page.context.set_offline(True)
    fill(page, "不能保存的浏览器")
    page.locator("[data-near] input").first.check(force=True)
    page.click("[data-send]")
    expect(page.locator("[data-queue-said]")).to_contain_text("请不要关闭本页")
    assert page.input_value("[name=text]") == "不能保存的浏览器"
    page.context.set_offline(False)
    page.wait_for_url("**/report/sent/**")


def test_without_javascript_a_passer_by_reports(visit):
    page = visit(path="/public/report/", scripts=False)
    page.locator("#kinds input[name=category]").first.check(force=True)
    page.fill("[name=text]", "没有脚本也能报")
    page.set_input_files(
        "#id_photos", {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": located_photo()}
    )
    answer(page)
    page.click("[data-send]")
    # The place is missing: the photo, taken after the right answer, is still there.
    expect(page.locator(".report-photo")).to_have_count(1)
    expect(page.locator("#id_answer")).to_have_count(0)
