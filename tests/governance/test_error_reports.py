"""An error in the middle of a form with private data: no log, mail or page says a word of them."""

import logging
import sys

import pytest
import structlog
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.test import RequestFactory
from django.utils.log import AdminEmailHandler
from django.views.debug import get_exception_reporter_class, technical_500_response

from governance.logs import masked
from residents.claims import claims
from residents.roll import people
from tests import factories as make

NAME, PHONE = "邹保密", "13812345678"


@pytest.fixture
def number():
    return make.id_number()


@pytest.fixture
def written(caplog):
    """Everything that the portal's own handler writes."""
    (console,) = (
        handler
        for handler in logging.getLogger().handlers
        if isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)
    )
    return lambda: "\n".join(console.format(record) for record in caplog.records)


@pytest.fixture
def mailed(settings):
    """Errors go to the administrators by mail, as text and as a page."""
    settings.ADMINS = [("admin", "admin@example.gov.cn")]
    handler = AdminEmailHandler(include_html=True)
    handler.setLevel(logging.ERROR)
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    yield lambda: [
        str(part)
        for one in mail.outbox
        for part in (one.subject, one.body, *(content for content, _type in one.alternatives))
    ]
    logger.removeHandler(handler)


def broken(*_args, **values):
    """Fails as a program does: what it worked on is in its variables and in its message."""
    kept_here = values
    raise RuntimeError(f"no room for {PHONE} {sorted(map(str, kept_here))}")


@pytest.fixture
def home(cast):
    return make.household(cast.building)


def test_a_page_that_breaks_tells_nothing(cast, page, home, number, written, mailed, monkeypatch):
    make.sensitive(cast)
    monkeypatch.setattr(people, "move_in", broken)
    monkeypatch.setattr(claims, "claim", broken)
    body = {"name": NAME, "relation": "owner", "phone": PHONE, "id_number": number}
    for who, address in (
        (cast.grid_worker, f"/households/{home.code}/move-in/?q={PHONE}"),
        (cast.owner, f"/my-home/claim/{home.code}/"),
    ):
        client = page(who)
        client.raise_request_exception = False
        assert client.post(address, body | {"agrees": "on"}).status_code == 500
    said = [written(), *mailed()]
    assert len(said) >= 5
    for private in (NAME, PHONE, number):
        assert not any(private in one for one in said[1:]), private
    # The log keeps the message of the error: numbers in it are masked.
    assert PHONE not in said[0]
    assert number not in said[0]
    assert "RuntimeError" in said[0]
    assert any("move_in" in one for one in said[1:])


def test_the_api_that_breaks_tells_nothing(cast, api, home, number, written, mailed, monkeypatch):
    monkeypatch.setattr(people, "move_in", broken)
    client = api(cast.grid_worker)
    client.raise_request_exception = False
    body = {"name": NAME, "relation": "owner", "phone": PHONE, "id_number": number}
    answer = client.post(f"/api/v1/households/{home.code}/people/", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (500, "error")
    for private in (PHONE, number):
        assert private not in written()
        assert not any(private in one for one in mailed())
    assert not any(NAME in one for one in mailed())


def report(request, error):
    try:
        raise error
    except type(error):
        kind, value, trace = sys.exc_info()
        reporter = get_exception_reporter_class(request)(request, kind, value, trace)
        return reporter.get_traceback_html() + reporter.get_traceback_text()


def test_a_report_keeps_what_helps_and_no_value(cast, number):
    request = RequestFactory().post(
        f"/people/?q={number}",
        {"id_number": number, "photo": SimpleUploadedFile(f"{NAME}.jpg", b"x")},
        headers={"X-Secret": number, "Cookie": f"x={number}"},
    )
    request.user = make.user(name=NAME)
    text = report(request, ValueError(f"{PHONE} and {number}"))
    assert "ValueError" in text
    assert "id_number" in text
    for private in (NAME, PHONE, number):
        assert private not in text, private


def test_the_debug_page_hides_values_too(settings, rf, number):
    settings.DEBUG = True
    try:
        raise ValueError(number)
    except ValueError:
        request = rf.post("/", {"id_number": number})
        shown = technical_500_response(request, *sys.exc_info()).content.decode()
    assert number not in shown


def test_a_report_without_a_request():
    assert "ValueError" in report(None, ValueError("x"))


def test_the_row_that_a_database_refused_is_left_out():
    error = IntegrityError(
        f"null value\nDETAIL:  Failing row contains (1, {NAME},\n\nsecond line).\n"
        "HINT:  none\n\n\nThe above exception was the direct cause"
    )
    text = masked(str(error))
    assert text.startswith("null value\nDETAIL: (left out)\nHINT:")
    assert text.endswith("The above exception was the direct cause")
    assert NAME not in masked(f"x\nDETAIL:  Key (name)=({NAME}) already exists.")
