"""The page of a report speaks to its reporter; a neighbour follows without a name."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from orgs.errors import Refused, TooOften, WrongState
from orgs.models import Notice
from tasks.enums import Action, Status
from tasks.models import Event, Follow
from tasks.reports import following
from tasks.workflow import notifications
from tasks.workflow.steps import closing, department_work
from tests import factories as make
from tests.files import photo, upload

SECRET = "三楼王阿姨家漏水"


@pytest.fixture
def task(cast):
    return make.task(cast, Status.HANDLING, text=SECRET, title="漏水")


def text(response):
    return response.content.decode()


def test_the_reporter_reads_a_plain_headline_and_no_desk(cast, page, task):
    shown = page(cast.owner).get(f"/tasks/{task.number}/", headers={"accept-language": "zh-hans"})
    assert shown.templates[0].name == "tasks/workflow/own.html"
    assert "社区正在处理" in text(shown) or shown.context["state"] in text(shown)
    assert 'href="/tasks/"' not in text(shown).partition("<main")[2].partition("page-head")[0]
    assert "114." not in text(shown)  # no raw coordinates
    # Those who work on it keep their page.
    desk = page(cast.community_worker).get(f"/tasks/{task.number}/")
    assert desk.templates[0].name == "tasks/workflow/task.html"


def test_one_tap_urges_once_a_day(cast, page, task):
    browser, address = page(cast.owner), f"/tasks/{task.number}/urge/"
    assert browser.post(address).status_code == 302
    event = Event.objects.get(action=Action.URGE)
    assert (event.by, event.text) == (cast.owner, "")
    assert browser.post(address).status_code == 429
    shown = browser.get(f"/tasks/{task.number}/")
    assert shown.context["may_urge"] is False
    tomorrow = timezone.now() + timedelta(days=1)
    assert closing.urge(task=task, by=cast.owner, now=tomorrow)
    with pytest.raises(TooOften):
        closing.urge(task=task, by=cast.owner, now=tomorrow + timedelta(minutes=1))


def test_nobody_urges_while_the_own_rating_is_awaited(cast):
    waits = make.task(cast, Status.RATING)
    with pytest.raises(WrongState) as refused:
        closing.urge(task=waits, by=cast.owner, now=make.NOW)
    assert refused.value.code == "rating_awaited"


LATER = time_machine.travel(make.NOW + timedelta(hours=1), tick=False)


@LATER
@pytest.mark.parametrize("action", ["comment", "urge", "reopen"])
def test_photos_come_with_words(cast, page, action):
    row = make.task(cast, Status.CLOSED if action == "reopen" else Status.HANDLING)
    words = {"reason": "还在漏"} if action == "reopen" else {"text": "还在漏"}
    answer = page(cast.owner).post(
        f"/tasks/{row.number}/{action}/", words | {"photos": upload(photo())}
    )
    assert answer.status_code == 302
    event = Event.objects.filter(task=row, action=action).get()
    assert event.attached.count() == 1
    shown = page(cast.owner).get(f"/tasks/{row.number}/")
    assert len(shown.context["before"]) == 1


def test_photos_of_the_result_stand_beside_those_of_the_report(cast, page):
    row = make.task(cast, Status.HANDLING)
    page(cast.owner).post(
        f"/tasks/{row.number}/comment/", {"text": "前", "photos": upload(photo())}
    )
    page(cast.community_worker).post(
        f"/tasks/{row.number}/resolve/",
        {"outcome": "solved", "text": "修好了", "photos": upload(photo())},
    )
    shown = page(cast.owner).get(f"/tasks/{row.number}/")
    assert (len(shown.context["before"]), len(shown.context["after"])) == (1, 1)


# --- Following ---------------------------------------------------------------------------------------


@LATER
def test_a_neighbour_follows_what_was_shown_as_alike(cast, page, task):
    browser = page(cast.neighbour)
    alike = browser.get(
        "/report/duplicates/", {"unit": task.unit.code, "category": task.category.code}
    )
    offer = alike.context["alike"][0]["offer"]
    assert offer
    answer = browser.post("/followed/", {"follow": offer})
    assert answer.url == f"/followed/{task.pk}/"
    shown = text(browser.get(answer.url))
    assert SECRET not in shown
    assert cast.owner.name not in shown
    assert task.number not in shown
    # Following opens neither the task's page nor its API.
    assert browser.get(f"/tasks/{task.number}/").status_code == 404
    assert page(cast.outsider).get(answer.url).status_code == 404
    assert page(cast.owner).get(f"/tasks/{task.number}/").context["met"] == 1


def test_whoever_follows_is_told_the_result(cast, task):
    following.follow(task=task, by=cast.neighbour, now=make.NOW)
    now = timezone.now()
    department_work.resolve(
        task=task, outcome="solved", text="修好了", by=cast.community_worker, now=now
    )
    department_work.confirm(task=task, by=cast.community_worker, now=now)
    notifications.notify_of_events(now)
    notice = Notice.objects.get(recipient=cast.neighbour)
    assert (notice.kind, notice.link) == ("followed", f"/followed/{task.pk}/")
    assert SECRET not in str(notice.data)
    mine = Notice.objects.filter(recipient=cast.owner, kind="mine").latest("pk")
    assert notifications._own_text(mine.data) == "请评价：漏水已办结"


def test_follows_once_and_not_the_own_report(cast, task):
    for _time in range(2):
        following.follow(task=task, by=cast.neighbour, now=make.NOW)
    assert Follow.objects.count() == 1
    with pytest.raises(Refused):
        following.follow(task=task, by=cast.owner, now=make.NOW)
    following.unfollow(task=task, by=cast.neighbour, now=make.NOW)
    assert not Follow.objects.exists()


def test_no_forged_offer_is_followed(cast, page, task):
    assert page(cast.neighbour).post("/followed/", {"follow": str(task.pk)}).status_code == 404
