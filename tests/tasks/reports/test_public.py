"""Reporting without an account: a telephone, a question in words, limits, photos with a ticket."""

from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.utils import timezone

from orgs.errors import Refused
from orgs.models import Attachment, OneTimeCode
from tasks.enums import Channel, Triage
from tasks.models import Task
from tasks.reports import captcha, throttling
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


def test_a_passer_by_complains_to_the_street(page, body, answered):
    client = page()
    assert 'href="/public/report/?category=complaints"' in shown(client.get("/complaints/"))
    opened = client.get("/public/report/?category=complaints")
    assert opened.context["category"] == "complaints"
    sent = client.post("/public/report/", answered(client, body | {"category": "complaints"}))
    assert sent.status_code == 302
    task = Task.objects.get()
    assert (task.category.name, task.triage) == ("投诉建议", Triage.STREET)


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


def test_a_right_answer_becomes_a_ticket_that_the_form_keeps(page, body, answered):
    client = page()
    right = answered(client, body)
    again = client.post("/public/report/", right | {"text": ""})
    assert 'name="answer"' not in shown(again)
    ticket = {"ticket": again.context["ticket"]}
    assert (
        client.post("/public/report/", body | ticket | {"seen": right["seen"]}).status_code == 302
    )


def test_a_question_grows_old(db):
    with time_machine.travel(timezone.now() - timedelta(days=15)):
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


def test_a_refused_report_leaves_its_ticket_good(page, body, answered, monkeypatch):
    client = page()
    right = answered(client, body)
    limit = "tasks.reports.throttling.PhoneThrottle.rate"
    monkeypatch.setattr(limit, "0/hour")
    refused = client.post("/public/report/", right)
    assert refused.status_code == 429
    monkeypatch.undo()
    again = right | {"ticket": refused.context["ticket"]}
    assert client.post("/public/report/", again).status_code == 302


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


def test_reports_from_one_address_are_many_but_counted(page, body, answered, monkeypatch):
    """A hall's Wi-Fi is one address: more than twenty an hour are taken, without end they are not."""
    client = page()
    assert int(throttling.AddressThrottle.rate.split("/")[0]) >= 600
    monkeypatch.setattr(throttling.AddressThrottle, "rate", "21/hour")
    for number in range(21):
        one = answered(client, body | {"contact_phone": f"139000040{number:02}"})
        assert client.post("/public/report/", one).status_code == 302
    one = answered(client, body | {"contact_phone": "13900004099"})
    refused = client.post("/public/report/", one)
    assert refused.status_code == 429
    one["ticket"] = refused.context["ticket"]
    assert client.post("/public/report/", one, REMOTE_ADDR="10.0.0.9").status_code == 302


def test_no_photo_is_taken_before_the_question_is_answered(page, body, answered):
    client, photo = page(), files.photo()
    for more in ({"do": "find"}, {"answer": "99"}):
        asked = answered(client, body) | more | {"photos": files.upload(photo)}
        assert client.post("/public/report/", asked).context["photos"].kept == []
    assert Attachment.objects.count() == 0


def test_photos_belong_to_the_ticket_that_they_came_with(page, body, answered):
    client, other = page(), page()
    right = answered(client, body)
    kept = client.post(
        "/public/report/", right | {"text": "", "photos": files.upload(files.photo())}
    )
    photo, ticket = Attachment.objects.get(), kept.context["ticket"]
    assert (photo.uploaded_by, kept.context["photos"].kept) == (None, [photo])
    address = f"/report/photos/{photo.pk}/"
    seen = client.get(address, {"ticket": ticket}).status_code, client.get(address).status_code
    assert seen == (200, 404)
    stolen = other.post("/public/report/", answered(other, body) | {"attachment": str(photo.pk)})
    assert (stolen.status_code, stolen.context["photos"].kept) == (400, [])
    sent = body | {"ticket": ticket, "attachment": str(photo.pk), "seen": right["seen"]}
    assert client.post("/public/report/", sent).status_code == 302
    assert Task.objects.get().events.get().attached.get().attachment == photo


API = "/api/v1/public-reports/"


def ticket_from(client) -> str:
    asked = client.get(f"{API}question/").json()
    answer = {"token": asked["token"], "answer": answer_to(asked["question"])}
    return client.post(f"{API}tickets/", answer, "application/json").json()["ticket"]


def test_what_waited_on_a_phone_is_sent_with_a_ticket_once(page, body):
    client = page()
    ticket = ticket_from(client)
    upload = {"ticket": ticket, "file": files.upload(files.photo())}
    photo = client.post(f"{API}photos/", upload).json()["id"]
    whole = body | {"ticket": ticket, "attachments": [photo]}
    first, again = (client.post(API, whole, "application/json") for _time in range(2))
    task = Task.objects.get()
    assert (first.status_code, first.json(), again.json()) == (201, *[{"number": task.number}] * 2)
    assert (task.channel, task.reporter) == (Channel.PASSER_BY, None)
    assert client.get(f"/report/sent/{task.number}/").status_code == 200


def test_without_a_ticket_nothing_is_taken(page, body):
    client = page()
    upload = {"ticket": "forged", "file": files.upload(files.photo())}
    refused = client.post(f"{API}photos/", upload)
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_ticket")
    refused = client.post(API, body | {"ticket": "forged"}, "application/json")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["answer"])
    assert (Attachment.objects.count(), Task.objects.count()) == (0, 0)


def test_a_wrong_answer_gives_no_ticket(page, db):
    client = page()
    asked = client.get(f"{API}question/").json()
    wrong = {"token": asked["token"], "answer": "99"}
    refused = client.post(f"{API}tickets/", wrong, "application/json")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["answer"])


def test_a_passer_by_who_sends_twice_makes_one_report(page, body, answered):
    client = page()
    first = client.post("/public/report/", answered(client, body))
    # Back, a new question, and the same words again.
    again = client.post("/public/report/", answered(client, body))
    assert (first.status_code, again["Location"]) == (302, first["Location"])
    stranger = page()
    stranger.post("/public/report/", answered(stranger, body))
    assert Task.objects.count() == 2
