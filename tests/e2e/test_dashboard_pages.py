"""Dashboards in a browser: pictures, numbers that open lists, the wall from afar, without scripts, on paper."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import DESK, PHONE, barriers

STREET, WALL = "/dashboards/street/421102005000/", "/dashboards/district/421102000000/wall/"
SMALLEST = """[...document.querySelectorAll('#wall *')]
  .filter(one => [...one.childNodes].some(child => child.nodeType === 3 && child.data.trim()))
  .reduce((least, one) => Math.min(least, parseFloat(getComputedStyle(one).fontSize)), 999)"""


@pytest.mark.parametrize(
    ("who", "path", "name"),
    [
        ("street", STREET, "dashboard-street"),
        ("dept_urban", "/dashboards/department/urban-management/", "dashboard-department"),
    ],
)
def test_pictures_are_drawn(visit, picture, who, path, name):
    page = visit(who, DESK, path="/dashboards/")
    assert page.url.endswith(path)
    # A month with figures whatever the day: on the first one nothing is counted of this month.
    page.goto(f"{path}?period=last_month")
    if who == "street":
        page.wait_for_selector("#trend-chart canvas")
        page.wait_for_selector("#spot-map .leaflet-interactive")
    assert barriers(page) == []
    page.wait_for_timeout(1200)
    page.set_viewport_size({"width": DESK, "height": 1500})
    picture(page, name)


def test_a_number_opens_its_list(visit):
    page = visit("street", DESK, path=STREET)
    # Of what no clock changes; a page of the list shows thirty.
    whistled = page.locator(".board-stages a[href*='tab=whistled']")
    number = int(whistled.inner_text())
    whistled.click()
    page.wait_for_selector(".task-row")
    assert 0 < page.locator(".task-row").count() == min(number, 30)


def test_the_numbers_stand_there_without_scripts(visit):
    page = visit("street", PHONE, path=STREET, scripts=False)
    assert page.locator("canvas").count() == 0
    page.click("summary >> nth=-1")
    assert page.locator("table.rate-table").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0


def test_the_wall_is_read_from_five_metres_and_fetches_itself(visit, picture):
    page = visit("district", 1920)
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.clock.install()
    page.goto(WALL)
    # 25 mm on a screen of 55 inches.
    assert page.evaluate(SMALLEST) >= 40
    assert page.evaluate("document.documentElement.scrollHeight") <= 1080
    assert barriers(page) == []
    page.evaluate("document.querySelector('.wall-count').textContent = 'old'")
    with page.expect_response(lambda answer: answer.url.endswith(WALL)):
        page.clock.fast_forward(61_000)
    expect(page.locator(".wall-count").first).not_to_have_text("old")
    picture(page, "dashboard-wall")


@pytest.mark.parametrize("width", [PHONE, 800, DESK])
def test_the_wall_fits_smaller_screens(visit, width):
    page = visit("district", width, path=WALL)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    assert barriers(page) == []


def test_on_paper_without_navigation(visit):
    page = visit("street", DESK, path=STREET)
    page.emulate_media(media="print")
    assert not page.is_visible(".side-nav")
    assert not page.is_visible(".tabs")
    assert page.is_visible(".counters")
