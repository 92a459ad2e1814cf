"""Duty roster, notices, rates and what is left out of them, as people use them in the browser."""

import re

from tests.e2e.conftest import DESK, PHONE, barriers
from tests.e2e.test_story import (
    choose,
    dispatch,
    follow,
    open_form,
    press,
    reported,
    send,
    whistle,
)

# A month with figures whatever the day: on the first one nothing is counted of this month.
COUNTED = "/rates/?period=last_month"


def test_the_street_changes_who_has_the_duty(visit):
    page = visit("street", DESK, path="/duty/change/")
    first = page.locator("select[name^=person_]").first
    people = first.locator("option").all_text_contents()
    chosen = first.evaluate("one => one.selectedOptions[0].text")
    other = next(name for name in people[1:] if name != chosen)
    first.select_option(label=other)
    page.locator("select[name^=stand_in_]").first.select_option(label=chosen)
    follow(page, page.locator("form.panel button.button-primary"))
    assert "已保存" in page.inner_text("body")
    page.goto("/duty/change/")
    assert first.evaluate("one => one.selectedOptions[0].text") == other
    # The same person twice is refused with a sentence, and nothing is lost.
    page.locator("select[name^=stand_in_]").first.select_option(label=other)
    follow(page, page.locator("form.panel button.button-primary"))
    assert page.locator(".errorlist").count() == 1
    assert barriers(page) == []


def test_a_notice_leads_to_its_task_and_is_read(visit):
    page = visit("dept_urban", PHONE, path="/notices/")
    unread = page.locator(".notice-new")
    count = unread.count()
    assert count
    follow(page, unread.first.locator("a"))
    assert re.search(r"/tasks/HZ\d+/", page.url)
    page.goto("/notices/")
    assert page.locator(".notice-new").count() in (count - 1, count)
    follow(page, page.locator("form[action='/notices/read/'] button"))
    assert page.locator(".notice-new").count() == 0


def test_the_pictures_are_drawn_and_their_numbers_open_lists(visit):
    page = visit("street", DESK, path=COUNTED)
    assert page.locator("#trend-chart canvas").count()
    assert page.locator("#spot-map .leaflet-interactive").count()
    page.locator("summary").filter(has_text="数字").click()
    number = page.locator("section[aria-labelledby=trend] td a").last
    follow(page, number)
    assert "counted=reported" in page.url
    assert page.locator(".task-row").count()


def test_without_scripts_the_numbers_stand_alone(visit):
    page = visit("street", DESK, path=COUNTED, scripts=False)
    assert not page.locator("#trend-chart").is_visible()
    assert not page.locator("#spot-map").is_visible()
    assert page.locator(".spot-list a").count()
    page.locator("summary").filter(has_text="数字").click()
    assert page.locator("section[aria-labelledby=trend] td a").first.is_visible()


def test_maps_of_chinese_tiles_are_drawn_in_their_datum(visit):
    page = visit("street", DESK, path="/rates/")
    place = """box => window.mapPlace({dataset: box})(114.87, 30.45)"""
    lat, lon = page.evaluate(place, {"datum": "gcj02", "tiles": "https://tiles.invalid/{z}"})
    # GCJ-02 lies some five hundred metres away.
    assert 0.002 < lon - 114.87 < 0.009
    assert 0.001 < abs(lat - 30.45) < 0.006
    for values in ({"datum": "gcj02", "tiles": ""}, {"datum": "wgs84", "tiles": "https://t"}):
        assert page.evaluate(place, values) == [30.45, 114.87]


def test_the_district_decides_what_is_left_out(visit):
    page = visit("district", PHONE, path="/rates/exclusions/")
    assert barriers(page) == []
    form = page.locator("form[action*='/rates/exclusions/']")
    assert form.count() == 1
    form.locator("input[name=reason]").fill("情况不属实，照常计入")
    follow(page, form.locator("button[value='0']"))
    assert page.locator("form[action*='/rates/exclusions/']").count() == 0
    assert "情况不属实" in page.inner_text("main")


def test_more_time_is_asked_for_and_decided(visit):
    _owner, number = reported(visit, "parking", "消防通道被车堵住，夜里也有车")
    whistle(visit("community", PHONE), number)
    street = visit("street", DESK)
    dispatch(street, number)
    officer = visit("dept_urban", PHONE, path=f"/tasks/{number}/")
    assert re.search(r"还剩 .+", officer.inner_text("main"))
    press(officer, number, "report-in")
    open_form(officer, number, "request-extension")
    assert "现在的时限" in officer.inner_text("main")
    proposed = officer.input_value("input[name=until]")
    officer.fill("textarea[name=reason]", "等拖车")
    officer.fill("input[name=until]", "2020-01-01T10:00")
    send(officer)
    # Too early: said beside the box, and the reason that was typed is still there.
    assert officer.locator(".errorlist").count() == 1
    assert officer.input_value("textarea[name=reason]") == "等拖车"
    officer.fill("input[name=until]", proposed)
    send(officer)
    open_form(street, number, "decide-extension")
    assert "等拖车" in street.inner_text("main")
    choose(street, "granted", "1")
    street.fill("textarea[name=reason]", "同意")
    send(street)
    officer.goto(f"/tasks/{number}/")
    assert "审批延期：同意" in officer.inner_text("main")
    assert proposed[-5:] in officer.inner_text("main")


def test_a_department_opens_the_lists_behind_its_own_figures(visit):
    page = visit("dept_urban", PHONE, path=f"{COUNTED}&by=community")
    figures = [
        (int(link.inner_text()), link.get_attribute("href"))
        for link in page.locator(".rate-table a[href*='counted=']").all()
    ]
    assert figures
    for count, address in figures:
        page.goto(address)
        text = page.inner_text("main")
        assert "计入三率" in text
        assert f"共计 {count} 次" in text, address
        # Counted as often as it was refused, a task is listed once.
        assert (1 if count else 0) <= page.locator(".task-row").count() <= min(count, 30), address
