"""Reporting without an account: a telephone, a question in words, limits, photos in the session."""

from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.utils import timezone

from orgs.errors import Refused
from orgs.models import Attachment, OneTimeCode
from tasks.enums import Channel
from tasks.models import Task
from tasks.reports import captcha
from tests import factories as make
from tests import files

TEXT = "路边有人倒垃圾"
PHONE = "13900002222"


def answer_to(question: str) -> str:
    """The sum or the difference that a question in words asks for."""
    numbers = [number for word in question.rstrip("?").split() if (number := WORDS.get(word))]
    return str(numbers[0] - numbers[1] if "minus" in question else numbers[0] + numbers[1])


WORDS = dict(zip("one two three four five six seven eight nine".split(), range(1, 10), strict=True))


@pytest.fixture(autouse=True)
def _english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def body(cast):
    return {
        "category": make.category().code,
        "unit": cast.compound.code,
        "text": TEXT,
        "contact_phone": PHONE,
    }


@pytest.fixture
def answered(page):
    """The body with the page's own question answered."""

    def answer(client, body):
        context = client.get("/public/report/").context
        mark = f"{body['unit']}:{body['category']}"
        return body | {
            "token": context["token"],
            "answer": answer_to(context["question"]),
            "seen": mark,
        }

    return answer


def shown(response) -> str:
    return unescape(response.content.decode())


def test_a_passer_by_reports(page, body, answered):
    client = page()
    response = client.post("/public/report/", answered(client, body))
    task = Task.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/report/sent/{task.number}/")
    assert (task.channel, task.reporter, task.contact_phone) == (Channel.PASSER_BY, None, PHONE)
    assert task.number in shown(client.get(response["Location"]))
    assert page().get(response["Location"]).status_code == 404


def test_whoever_has_an_account_uses_it(page, cast):
    assert page(cast.owner).get("/public/report/")["Location"] == "/report/"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"contact_phone": ""}, "contact_phone"),
        ({"contact_phone": "110"}, "contact_phone"),
        ({"contact_phone": "1\0"}, "contact_phone"),
        ({"answer": ""}, "answer"),
        ({"answer": "99"}, "answer"),
        ({"answer": "three"}, "answer"),
        ({"token": ""}, "answer"),
        ({"token": "forged:token:x"}, "answer"),
        ({"text": "!!!"}, "text"),
        ({"unit": "7"}, "unit"),
        ({"contact_name": "名" * 41}, "contact_name"),
    ],
)
def test_bad_input_is_a_sentence_and_the_rest_is_kept(page, body, answered, more, field):
    client = page()
    response = client.post("/public/report/", answered(client, body) | more)
    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    if field != "text":
        assert TEXT in shown(response)
    assert Task.objects.count() == 0


def test_a_wrong_answer_uses_the_question_up(page, body, answered):
    client = page()
    right = answered(client, body)
    wrong = client.post("/public/report/", right | {"answer": "0"})
    assert wrong.context["token"] != right["token"]
    assert client.post("/public/report/", right).status_code == 400


def test_a_question_is_good_for_one_report(page, body, answered):
    client = page()
    whole = answered(client, body)
    assert client.post("/public/report/", whole).status_code == 302
    # Also from another browser: the mark is in the database.
    assert page().post("/public/report/", whole).status_code == 400
    assert Task.objects.count() == 1


def test_a_right_answer_is_kept_with_the_form(page, body, answered):
    client = page()
    right = answered(client, body)
    again = client.post("/public/report/", right | {"text": ""})
    assert (again.context["token"], again.context["answer"]) == (right["token"], right["answer"])
    assert client.post("/public/report/", right).status_code == 302


def test_a_question_grows_old(db):
    with time_machine.travel(timezone.now() - timedelta(hours=3)):
        asked = captcha.ask()
    with pytest.raises(Refused):
        captcha.check(token=asked.token, answer="1", now=timezone.now())


@pytest.mark.parametrize("text", ["12", "１２", " 12 ", "十二", "一十二"])
def test_answers_in_digits_and_in_words(text):
    assert captcha._number(text) == 12


@pytest.mark.parametrize("text", ["", "x", "二十三四", "-1", "1e1", "12345"])
def test_what_is_no_number_is_no_answer(text):
    assert captcha._number(text) is None


def test_the_marks_are_forgotten_in_time(db):
    asked = captcha.ask()
    captcha.use_up(token=asked.token, now=timezone.now())
    assert OneTimeCode.objects.get().expires_at > timezone.now()
    assert captcha.again(asked.token) is None


def test_a_refused_report_leaves_its_question_good(page, body, answered, monkeypatch):
    client = page()
    right = answered(client, body)
    limit = "tasks.reports.throttling.PhoneThrottle.rate"
    monkeypatch.setattr(limit, "0/hour")
    assert client.post("/public/report/", right).status_code == 429
    monkeypatch.undo()
    assert client.post("/public/report/", right).status_code == 302


def test_five_reports_an_hour_from_one_telephone(page, body, answered):
    for _report in range(5):
        client = page()
        assert client.post("/public/report/", answered(client, body)).status_code == 302
    client = page()
    other_writing = {"contact_phone": "+86 139-0000-2222"}
    refused = client.post("/public/report/", answered(client, body | other_writing))
    assert refused.status_code == 429
    assert TEXT in shown(refused)
    other = answered(client, body | {"contact_phone": "13900003333"})
    assert client.post("/public/report/", other).status_code == 302


def test_twenty_reports_an_hour_from_one_address(page, body, answered):
    client = page()
    for number in range(20):
        one = answered(client, body | {"contact_phone": f"139000040{number:02}"})
        assert client.post("/public/report/", one).status_code == 302
    one = answered(client, body | {"contact_phone": "13900004099"})
    assert client.post("/public/report/", one).status_code == 429
    assert client.post("/public/report/", one, REMOTE_ADDR="10.0.0.9").status_code == 302


def test_photos_belong_to_the_browser_that_sent_them(page, body, answered):
    client, other = page(), page()
    kept = client.post(
        "/public/report/", body | {"do": "find", "photos": files.upload(files.photo())}
    )
    photo = Attachment.objects.get()
    assert (photo.uploaded_by, kept.context["photos"].kept) == (None, [photo])
    address = f"/report/photos/{photo.pk}/"
    assert (client.get(address).status_code, other.get(address).status_code) == (200, 404)
    stolen = other.post("/public/report/", answered(other, body) | {"attachment": str(photo.pk)})
    assert (stolen.status_code, stolen.context["photos"].kept) == (400, [])
    response = client.post(
        "/public/report/", answered(client, body) | {"attachment": str(photo.pk)}
    )
    assert response.status_code == 302
    assert Task.objects.get().events.get().attached.get().attachment == photo


def test_a_passer_by_who_sends_twice_makes_one_report(page, body, answered):
    client = page()
    first = client.post("/public/report/", answered(client, body))
    # Back, a new question, and the same words again.
    again = client.post("/public/report/", answered(client, body))
    assert (first.status_code, again["Location"]) == (302, first["Location"])
    stranger = page()
    stranger.post("/public/report/", answered(stranger, body))
    assert Task.objects.count() == 2
