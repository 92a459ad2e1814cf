"""A month is closed by beat, reviewed, appealed, corrected and published; nobody changes it unseen.

The officer of the urban management finds in three clicks why the department scored what it scored.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Story, barriers
from tests.e2e.test_service_story import press, said, send
from tests.e2e.test_story import follow

RATES = "部门三率月度监测"
WHY = "任务不在本部门职责内"


def test_a_month_from_beat_to_its_publication(
    story: Story, picture: Callable[[Page, str], Path]
) -> None:
    number = story.run("-m", "tests.e2e.closed_month", "task").strip()
    today = date.today()
    after = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    over = (after - today).days + 4

    story.on(over)
    assert story.run("-m", "tests.e2e.closed_month", "beat").split()[0] == "run-due-assessments"
    run = reviewed(story, today, picture)
    before = appealed(story, number, picture)
    again = corrected(story, run, number, picture)
    picture(story.page("street", "/assessments/ratings/"), "assessment-ratings")
    story.on(over + 7)
    published(story, again, number, before)
    verified(story, run)


def named(page: Page, text: str | re.Pattern[str]) -> None:
    follow(page, page.locator("main a", has_text=text).first)


def reviewed(story: Story, month: date, picture: Callable[[Page, str], Path]) -> str:
    """The office finds the month computed, looks why, and releases it; answers the run's page."""
    office = story.page("district", "/assessments/")
    named(office, f"{RATES} · {month.year}年{month.month}月")
    run = office.url.removeprefix(story.people.portal)
    said(office, "待审核")
    picture(office, "assessment-run")
    named(office, "城管局")
    said(office, "城管局为什么是这个分")
    office = story.page("district", run)
    press(office, "release")
    said(office, "申诉")
    return run


def appealed(story: Story, number: str, picture: Callable[[Page, str], Path]) -> str:
    """The officer finds the score, the rows behind it, the task, and appeals; answers the score."""
    officer = story.page("dept_urban", "/assessments/")
    follow(officer, officer.locator("main a", has_text="为什么是这个分").first)
    score = officer.locator(".score-big").inner_text()
    assert barriers(officer) == []
    picture(officer, "assessment-score")
    line = officer.locator(".score-line", has_text="解决率")
    line.locator("a.button").click()
    expect(officer.locator("#rows")).to_contain_text(f"{number}")
    named(officer, "申诉")
    officer.select_option("select[name=indicator]", "resolution")
    officer.fill("textarea[name=reason]", WHY)
    send(officer)
    said(officer, WHY)
    return score


def corrected(story: Story, run: str, number: str, picture: Callable[[Page, str], Path]) -> str:
    """Somebody who did not score grants the appeal and leaves the row out; beat computes the correction."""
    office = story.page("district", "/assessments/appeals/")
    follow(office, office.locator(".row-item", has_text=WHY).locator("a.button"))
    office.check("input[name=granted][value='1']")
    office.get_by_label(re.compile(number)).check()
    picture(office, "assessment-appeal")
    office.fill("textarea[name=reason]", "职责清单中没有，申诉成立")
    send(office)
    office = story.page("district", run)
    press(office, "correct")
    office.fill("textarea[name=reason]", "申诉成立")
    send(office)
    story.run("-m", "tests.e2e.closed_month", "beat")
    office = story.page("district", run)
    named(office, "第 2 次")
    press(office, "release")
    return office.url.removeprefix(story.people.portal)


def published(story: Story, again: str, number: str, before: str) -> None:
    """Once the time to appeal is over; the officer reads another score than before."""
    office = story.page("district", again)
    press(office, "publish")
    said(office, "已公布")
    officer = story.page("dept_urban", again)
    named(officer, "城管局")
    assert officer.locator(".score-big").inner_text() != before
    line = officer.locator(".score-line", has_text="解决率")
    line.locator("a.button").click()
    row = officer.locator("#rows .row-item", has_text=number)
    expect(row).to_contain_text("经审核剔除")


def verified(story: Story, run: str) -> None:
    """All runs are as computed; one rating of the month before makes exactly its run another."""
    whole = story.run("manage.py", "verify_run")
    keys = re.findall(r"Run (\d+) \(department-rates · [\d-]+ · 1\) is as", whole)
    mine = re.search(r"\d+", run)
    assert mine is not None
    assert mine[0] in keys
    last = keys[keys.index(mine[0]) - 1]
    story.run("-m", "tests.e2e.closed_month", "change", last)
    said_now = story.run("manage.py", "verify_run", code=1)
    assert set(re.findall(r"Run (\d+) [^\n]*满意率", said_now)) == {last}
    sound = re.findall(r"Run (\d+) \([^\n]* is as", said_now)
    assert len(sound) == len(re.findall(r" is as ", whole)) - 1
    assert last not in sound
