"""A month of service in 翡翠一品小区: from the report-in to the certified month.

The member acts on a phone of 390 px: reports in, signs up, reads the organiser's code with the camera,
from a photo and without a network, once with the location. The secretary plans, looks at what is not
clean and closes the month; a neighbour orders help and rates it; the shop hands a reward over.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Story, barriers
from tests.e2e.test_story import follow

TITLE = "楼道杂物清理"
HOUR = 1 / 24
# Whatever the camera sees: the picture of the code, drawn again and again.
CAMERA = """(address) => {
  navigator.mediaDevices.getUserMedia = async () => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 640;
    const pen = canvas.getContext("2d");
    const picture = new Image();
    picture.src = address;
    await picture.decode();
    setInterval(() => {
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, 640, 640);
      pen.drawImage(picture, 120, 120, 400, 400);
    }, 50);
    return canvas.captureStream(20);
  };
}"""


def send(page: Page) -> None:
    follow(page, page.locator("main form button[type=submit]").first)


def press(page: Page, action: str) -> None:
    """Takes an action on its page: by one button, confirmed where the page asks, or by its form."""
    asked = page.locator("details.confirm", has=page.locator(f"form[action$='/{action}/']"))
    if asked.count():
        asked.first.locator("summary").click()
        follow(page, page.locator("dialog[open] .button-danger-solid").last)
    else:
        button = page.locator(f"form[action$='/{action}/'] button, a[href$='/{action}/']")
        follow(page, button.first)


def said(page: Page, words: str) -> None:
    expect(page.locator("main")).to_contain_text(words)


def code(story: Story, activity: str, direction: str, to: Path) -> tuple[Path, str, str]:
    """What the organiser's screen shows: a photo of it, the picture's address, the six digits."""
    screen = story.page("secretary", f"{activity}codes/?direction={direction}")
    image = screen.locator("#code")
    image.screenshot(path=to)
    return to, str(image.get_attribute("src")), screen.inner_text("#digits")


def test_from_the_report_in_to_the_certified_month(
    story: Story,
    picture: Callable[[Page, str], Path],
    tmp_path: Path,
) -> None:
    reported_in(story, picture)
    activity = planned_and_signed_up(story, picture)
    checked_in(story, activity, picture, tmp_path)
    checked_out_and_closed(story, activity, picture, tmp_path)
    ordered_and_rated(story, picture)
    exchanged(story, picture)
    month_closed(story, picture)


def reported_in(story: Story, picture: Callable[[Page, str], Path]) -> None:
    page = story.page("owner", "/report-in/")
    assert barriers(page) == []
    office = page.locator("datalist#id_organisation-proposals option").first.get_attribute("value")
    page.fill("input[name=organisation]", str(office))
    picture(page, "service-report-in")
    send(page)
    said(page, "证明")
    assert barriers(page) == []
    number = page.url
    desk = story.page("secretary", number)
    press(desk, "confirm")
    said(story.page("owner", number), "支部")


def planned_and_signed_up(story: Story, picture: Callable[[Page, str], Path]) -> str:
    desk = story.page("secretary", "/units/421102005003-001/activities/add/")
    start = datetime.now() + timedelta(minutes=4)
    desk.fill("input[name=title]", TITLE)
    desk.select_option("select[name=item]", index=1)
    desk.fill("input[name=starts_at]", f"{start:%Y-%m-%dT%H:%M}")
    desk.fill("input[name=ends_at]", f"{start + timedelta(minutes=60):%Y-%m-%dT%H:%M}")
    desk.fill("textarea[name=risk]", "楼道里有碎玻璃，请戴手套。")
    desk.fill("input[name=lon]", "114.87")
    desk.fill("input[name=lat]", "30.45")
    desk.fill("input[name=radius]", "300")
    desk.fill("input[name=location_reason]", "夜间楼道作业，须确认人员位置")
    assert barriers(desk) == []
    send(desk)
    activity = desk.url
    press(desk, "publish")
    for who in ("owner", "member", "member2"):
        page = story.page(who, activity)
        follow(page, page.locator("form[action$='/sign-up/'] button").first)
        if page.locator("input[name=born_year]").count():
            page.fill("input[name=born_year]", "1980")
            send(page)
        said(page, "我有名额" if page.get_by_text("我有名额").count() else "名额")
    picture(page, "service-activity")
    return activity.removeprefix(story.people.portal)


def checked_in(
    story: Story, activity: str, picture: Callable[[Page, str], Path], tmp_path: Path
) -> None:
    # The photo of the code, with the location that the activity asks for.
    page = story.page("owner", f"{activity}check/")
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": 114.8646, "latitude": 30.4522, "accuracy": 20})
    picture(page, "service-check-in")
    assert barriers(page) == []
    photo, source, _digits = code(story, activity, "in", tmp_path / "code.png")
    with page.expect_navigation():
        page.set_input_files("#photo", photo)
    page.click("#locate")
    expect(page.locator("#located")).to_be_visible()
    send(page)
    said(page, "已签到")
    # The camera in the page.
    page = story.page("member", f"{activity}check/")
    page.evaluate(CAMERA, source)
    with page.expect_navigation():
        page.click("#camera")
    # Without the location it counts too, once the organiser has said so.
    send(page)
    said(page, "待组织者确认")
    # Without a network: it waits, says so, and goes out by itself, once.
    page = story.page("member2", f"{activity}check/")
    photo, _source, _digits = code(story, activity, "in", tmp_path / "again.png")
    page.context.set_offline(True)
    page.set_input_files("#photo", photo)
    expect(page.locator("#waiting")).to_contain_text("等待发送")
    picture(page, "service-check-in-offline")
    page.context.set_offline(False)
    expect(page.locator("#waiting")).to_contain_text("已发送", timeout=20_000)
    expect(page.locator("[data-queue] li")).to_have_count(0)
    page.reload()
    said(page, "待组织者确认")


def checked_out_and_closed(
    story: Story, activity: str, picture: Callable[[Page, str], Path], tmp_path: Path
) -> None:
    story.on(HOUR)
    for who in ("owner", "member"):
        page = story.page(who, f"{activity}check/")
        _photo, _source, digits = code(story, activity, "out", tmp_path / "out.png")
        page.fill("input[name=digits]", digits)
        send(page)
        said(page, "待组织者确认")
    story.on(1.5 * HOUR)
    desk = story.page("secretary", activity)
    press(desk, "hold")
    desk = story.page("secretary", f"{activity}attendance/")
    picture(desk, "service-attendance")
    assert barriers(desk) == []
    # Who forgot to check out: one tap for all of them.
    follow(desk, desk.locator("form[action$='confirm-missing/'] button").first)
    page = story.page("owner", "/service/mine/")
    said(page, TITLE)
    picture(page, "service-mine")
    assert barriers(page) == []


def ordered_and_rated(story: Story, picture: Callable[[Page, str], Path]) -> None:
    page = story.page("owner2", "/service-orders/add/")
    assert barriers(page) == []
    page.locator("input[name=item], select[name=item]").first.evaluate(
        "one => one.tagName === 'SELECT' ? (one.selectedIndex = 1) : one.click()"
    )
    page.fill("textarea[name=text]", "请教我用手机挂号")
    picture(page, "service-order-add")
    send(page)
    order = page.url.removeprefix(story.people.portal)
    desk = story.page("secretary", order)
    press(desk, "offer")
    send(desk)
    page = story.page("member2", order)
    press(page, "take")
    story.on(4 * HOUR)
    page = story.page("member2", order)
    press(page, "resolve")
    page.fill("input[name=minutes]", "40")
    send(page)
    page = story.page("owner2", order)
    press(page, "rate")
    assert barriers(page) == []
    send(page)
    said(page, "5 星" if page.get_by_text("5 星").count() else "评价")
    page = story.page("member2", "/service/mine/")
    said(page, "40")


def exchanged(story: Story, picture: Callable[[Page, str], Path]) -> None:
    page = story.page("member", "/rewards/")
    assert barriers(page) == []
    press(page, "redeem")
    picked = page.locator(".pick-up").first.inner_text()
    picture(page, "service-rewards")
    shop = story.page("shop", "/rewards/counter/")
    shop.fill("input[name=code]", picked)
    picture(shop, "service-counter")
    send(shop)
    said(shop, "已交付")
    shop.fill("input[name=code]", picked)
    shop.locator("main form button[type=submit]").first.click()
    expect(shop.locator("main")).to_contain_text("没有")


def month_closed(story: Story, picture: Callable[[Page, str], Path]) -> None:
    """The month is over: counted in the night, looked through and closed by the secretary in a few clicks."""
    today = date.today()
    first = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    story.on((first - today).days + 1)
    story.run(
        "-c",
        "import os, django; django.setup(); import tests.e2e.clock; from django.utils import timezone;"
        "from volunteers.service.duty import months; print(months.advance(timezone.now()))",
    )
    desk = story.page("secretary", "/service/desk/")
    assert barriers(desk) == []
    row = desk.locator(".row-item", has_text=f"{today.year}年{today.month}月").first
    follow(desk, row.locator("a.button-primary"))
    picture(desk, "service-month")
    if (approve := desk.locator("form[action$='/rate-clean/'] button")).count():
        follow(desk, approve.first)
    press(desk, "close")
    expect(desk.locator("main")).to_contain_text("已结账")
    page = story.page("owner", f"/service/mine/?month={today:%Y-%m}")
    said(page, TITLE)
    picture(page, "service-month-closed")
    with page.expect_response(re.compile("certificate")) as answer:
        page.locator("form[action$='/service/mine/certificate/'] button").click()
    assert answer.value.ok or answer.value.status in (302, 304)
