"""The public progress page: who finds a report, what they read, what a code lets them do."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from orgs.attachments.attachments import store
from orgs.enums import AuditResult
from orgs.errors import Refused
from orgs.models import Attachment, AuditEntry
from tasks.enums import Action, Status
from tasks.models import Task
from tasks.reports import progress
from tests import factories as make
from tests import files, outbox
from tests.factories import NOW

PHONE, DIGITS = "13900002222", "2222"
PRIVATE = "隔壁老王的电话是 13811112222"


@pytest.fixture
def task(cast) -> Task:
    return make.task(
        cast,
        Status.RATING,
        by=cast.community_worker,
        contact_name="王大妈",
        contact_phone=PHONE,
        text=PRIVATE,
    )


def shown(response) -> str:
    return unescape(response.content.decode())


def look_up(client, number, digits=DIGITS):
    return client.post("/progress/", {"number": number, "digits": digits})


def found(page, task):
    """A browser in which the report was looked up."""
    client = page()
    assert look_up(client, task.number)["Location"] == f"/progress/{task.number}/"
    return client


def proven(page, task):
    """A browser in which the telephone was proven too."""
    client = found(page, task)
    client.post(f"/progress/{task.number}/code/")
    (code,) = re.findall(r"\d{6}", outbox.sent[-1][1])
    assert client.post(f"/progress/{task.number}/prove/", {"code": code}).status_code == 302
    return client


# --- Finding -----------------------------------------------------------------------------------------


def test_number_and_digits_open_the_story_without_private_data(page, task):
    make.act(task, Action.COMMENT, task.entered_by, text="内部备注")
    text = shown(found(page, task).get(f"/progress/{task.number}/"))
    assert task.number in text
    assert "线已拆除" in text
    for private in (
        PHONE,
        "王大妈",
        PRIVATE,
        "内部备注",
        "陈社工",
        "王主任",
        "钱队长",
        "需要执法部门",
    ):
        assert private not in text


def test_numbers_are_read_as_people_type_them(page, task):
    assert look_up(page(), f" {task.number.lower()} ").status_code == 302


@pytest.mark.parametrize("number", ["known", "HZ000000000000", "\0", "x" * 30])
def test_unknown_numbers_and_wrong_digits_get_the_same_answer(page, task, number):
    wrong = look_up(page(), task.number if number == "known" else number, "0000")
    assert wrong.status_code == 400
    if number in ("known", "HZ000000000000"):
        assert wrong.context["form"].non_field_errors() == [progress._no_match().message]


@pytest.mark.parametrize("digits", ["", "0000", "２２２２", "222", "\u0662" * 4])
def test_only_the_right_digits_open_it(page, task, digits):
    assert look_up(page(), task.number, digits).status_code == 400


def test_five_wrong_tries_lock_a_number_for_an_hour(task):
    def open_with(digits: str, now) -> bool:
        try:
            progress.look_up(number=task.number, digits=digits, now=now)
        except Refused:
            return False
        return True

    assert [open_with("0000", NOW) for _try in range(5)] == [False] * 5
    assert not open_with(DIGITS, NOW)
    assert not open_with(DIGITS, NOW + timedelta(minutes=59))
    later = NOW + timedelta(minutes=60)
    assert open_with(DIGITS, later)
    # And the count began anew.
    assert [open_with("0000", later) for _try in range(4)] == [False] * 4
    assert open_with(DIGITS, later)


def test_after_a_lock_five_tries_are_judged_again(task):
    Task.objects.filter(pk=task.pk).update(lookup_failures=5, lookup_locked_until=NOW)
    assert [progress._count_try(task, NOW) for _try in range(7)] == [True] * 5 + [False] * 2


def test_the_count_is_taken_before_a_try_is_judged(task):
    """Of tries that all read the row before any of them wrote, five are judged."""
    stale = [Task.objects.get(pk=task.pk) for _try in range(20)]
    assert sum(progress._count_try(row, NOW) for row in stale) == 5


def test_without_a_telephone_only_the_state_shows(page, cast):
    task = make.task(cast, Status.HANDLING, by=cast.grid_worker, text=PRIVATE)
    client = page()
    look_up(client, task.number, "")
    response = client.get(f"/progress/{task.number}/")
    assert (response.status_code, response.context["entries"]) == (200, [])
    for private in (PRIVATE, cast.building.name, "陈社工"):
        assert private not in shown(response)
    assert not response.context["open_steps"]


def test_the_story_opens_only_where_it_was_looked_up(page, task):
    assert page().get(f"/progress/{task.number}/").status_code == 404
    assert page().post(f"/progress/{task.number}/code/").status_code == 404
    assert outbox.sent == []


def test_the_finding_ends_after_half_an_hour(page, task, time_machine):
    client = found(page, task)
    time_machine.move_to(timezone.now() + timedelta(minutes=31))
    assert client.get(f"/progress/{task.number}/").status_code == 404


def test_a_joined_report_goes_on_with_the_others_story(page, cast):
    own = make.task(cast, by=cast.community_worker, contact_phone=PHONE)
    other = make.task(cast, Status.HANDLING, text=PRIVATE)
    make.act(own, Action.MERGE, cast.community_worker, into=other)
    response = found(page, own).get(f"/progress/{own.number}/")
    assert [entry["who"] for entry in response.context["other_entries"]]
    assert other.number in shown(response)
    assert PRIVATE not in shown(response)
    assert response.context["open_steps"] == []


@pytest.mark.parametrize("status", list(Status))
def test_every_state_reads_as_a_sentence(page, cast, status):
    task = make.task(cast, status)
    client = page()
    look_up(client, task.number, "5678")
    response = client.get(f"/progress/{task.number}/")
    assert response.status_code == 200
    assert response.context["state"] != ""


def test_very_many_tries_from_one_address_are_slowed(page, task, monkeypatch):
    monkeypatch.setattr("tasks.reports.throttling.LookUpThrottle.rate", "2/hour")
    codes = [look_up(page(), "HZ1").status_code for _try in range(3)]
    assert codes == [400, 400, 429]


# --- Acting ------------------------------------------------------------------------------------------

RATING = {"contacted": "1", "resolved": "0", "stars": "2", "text": "慢", "again": "0"}


def test_what_is_not_solved_is_not_closed_without_a_word(page, task):
    client = proven(page, task)
    asked = client.post(f"/progress/{task.number}/rate/", RATING | {"again": ""})
    assert (asked.status_code, "要重新办理吗？" in shown(asked)) == (400, True)
    assert "<legend>要重新办理吗？</legend>" in shown(asked)
    again = client.post(f"/progress/{task.number}/rate/", RATING | {"again": "1"}, follow=True)
    task.refresh_from_db()
    assert (task.status, task.ratings.get().resolved) == (Status.HANDLING, False)
    assert task.events.latest("pk").text == "慢"
    assert "已重新办理" in shown(again)


def test_what_is_solved_is_asked_no_more(page, task):
    solved = RATING | {"resolved": "1", "again": ""}
    assert proven(page, task).post(f"/progress/{task.number}/rate/", solved).status_code == 302
    task.refresh_from_db()
    assert task.status == Status.CLOSED


def test_a_code_lets_the_reporter_rate(page, task):
    client = proven(page, task)
    assert outbox.sent[-1][0] == PHONE
    response = client.post(f"/progress/{task.number}/rate/", RATING)
    assert response.status_code == 302
    task.refresh_from_db()
    rating = task.ratings.get()
    assert (task.status, rating.contacted, rating.resolved, rating.stars) == (
        Status.CLOSED,
        True,
        False,
        2,
    )
    assert (rating.by, rating.called_back) == (None, False)
    reopened = client.post(f"/progress/{task.number}/reopen/", {"reason": "又出现了"})
    assert reopened.status_code == 302
    task.refresh_from_db()
    assert task.status == Status.HANDLING


def test_a_code_lets_the_reporter_withdraw(page, cast):
    task = make.task(cast, by=cast.community_worker, contact_phone=PHONE)
    assert proven(page, task).post(f"/progress/{task.number}/withdraw/").status_code == 302
    task.refresh_from_db()
    assert task.status == Status.WITHDRAWN


@pytest.mark.parametrize("body", [{}, RATING | {"stars": "6"}, RATING | {"contacted": "maybe"}])
def test_a_bad_rating_is_refused_beside_its_fields(page, task, body):
    response = proven(page, task).post(f"/progress/{task.number}/rate/", body)
    assert response.status_code == 400
    task.refresh_from_db()
    assert task.status == Status.RATING


def test_without_a_code_nothing_is_done(page, task):
    response = found(page, task).post(f"/progress/{task.number}/rate/", RATING)
    assert response.status_code == 302
    task.refresh_from_db()
    assert task.status == Status.RATING


def test_the_proof_is_for_one_report_and_half_an_hour(page, cast, task, time_machine):
    other = make.task(cast, Status.RATING, by=cast.community_worker, contact_phone=PHONE)
    client = proven(page, task)
    look_up(client, other.number)
    client.post(f"/progress/{other.number}/rate/", RATING)
    other.refresh_from_db()
    assert other.status == Status.RATING
    time_machine.move_to(timezone.now() + timedelta(minutes=31))
    look_up(client, task.number)
    client.post(f"/progress/{task.number}/rate/", RATING)
    task.refresh_from_db()
    assert task.status == Status.RATING


def test_five_wrong_codes_void_the_code(page, task):
    client = found(page, task)
    client.post(f"/progress/{task.number}/code/")
    (code,) = re.findall(r"\d{6}", outbox.sent[-1][1])
    wrong = "000000" if code != "000000" else "111111"
    answers = [
        client.post(f"/progress/{task.number}/prove/", {"code": one}).status_code
        for one in (*[wrong] * 5, code)
    ]
    assert answers == [400] * 6


def test_a_second_code_within_a_minute_is_told_to_wait(page, task):
    client = found(page, task)
    for _try in range(2):
        assert client.post(f"/progress/{task.number}/code/").status_code == 302
    assert len(outbox.sent) == 1


def test_a_landline_cannot_receive_a_code(page, cast):
    task = make.task(cast, by=cast.community_worker, contact_phone="0713-8351111")
    client = page()
    look_up(client, task.number, "1111")
    client.post(f"/progress/{task.number}/code/")
    assert outbox.sent == []
    assert client.get(f"/progress/{task.number}/").status_code == 200


@pytest.mark.parametrize("action", ["accept", "resolve", "nonsense"])
def test_other_steps_do_not_exist_here(page, task, action):
    assert proven(page, task).post(f"/progress/{task.number}/{action}/").status_code == 404


def test_a_passer_by_adds_words_and_urges_once_a_day(cast, page):
    task = make.task(cast, Status.HANDLING, by=cast.community_worker, contact_phone=PHONE)
    client = proven(page, task)
    address = f"/progress/{task.number}/"
    assert client.post(f"{address}comment/", {"text": "又堵上了"}).status_code == 302
    shown = client.get(address)
    assert shown.context["own_words"] == ["又堵上了"]
    # What one adds is for those who work on it and for oneself, not for whoever has the number.
    assert "又堵上了" not in found(page, task).get(address).content.decode()
    assert client.post(f"{address}urge/").status_code == 302
    assert client.post(f"{address}urge/").status_code == 429


def test_a_passer_by_sees_the_photos_and_adds_more(cast, page):
    task = make.task(cast, Status.HANDLING, by=cast.community_worker, contact_phone=PHONE)
    client, address = proven(page, task), f"/progress/{task.number}/"
    sent = {"text": "又堵上了", "photos": files.upload(files.photo())}
    assert client.post(f"{address}comment/", sent).status_code == 302
    photo = Attachment.objects.get()
    assert (photo.uploaded_by, client.get(address).context["photos"]) == (None, ([photo], []))
    shown = f"{address}photos/{photo.pk}/"
    assert client.get(shown, {"small": 1})["Content-Type"] == "image/jpeg"
    # Whoever has the number and the digits alone sees none.
    assert found(page, task).get(shown).status_code == 404
    hidden = store(upload=files.upload(files.photo()), by=cast.community_worker, now=NOW)
    make.act(
        task,
        Action.COMMENT,
        cast.community_worker,
        text="内部",
        internal=True,
        attachments=[hidden],
    )
    assert client.get(f"{address}photos/{hidden.pk}/").status_code == 404


def test_a_photo_survives_the_fault_of_another_field(cast, page, time_machine):
    task = make.task(cast, Status.HANDLING, by=cast.community_worker, contact_phone=PHONE)
    client, address = proven(page, task), f"/progress/{task.number}/comment/"
    wrong = client.post(address, {"text": "", "photos": files.upload(files.photo())})
    photo = Attachment.objects.get()
    assert (wrong.status_code, str(photo.pk) in wrong.content.decode()) == (400, True)
    # It is the browser's that sent it.
    again = {"text": "堵了", "attachments": str(photo.pk)}
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    assert proven(page, task).post(address, again).status_code == 400
    assert client.post(address, again).status_code == 302
    assert task.events.latest("pk").attached.get().attachment == photo


def test_a_step_that_came_too_late_is_a_sentence(page, task):
    client = proven(page, task)
    client.post(f"/progress/{task.number}/rate/", RATING)
    assert client.post(f"/progress/{task.number}/rate/", RATING).status_code == 409
    entry = AuditEntry.objects.filter(result=AuditResult.REFUSED).latest("id")
    assert entry.detail["target"] == {"number": task.number, "action": "rate"}
