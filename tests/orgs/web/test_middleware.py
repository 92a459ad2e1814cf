"""What happens around every request."""

import pytest
from django.http import HttpResponse

from orgs.models import AuditEntry
from orgs.web.middleware import FileAnswerMiddleware


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/tasks/a%00b/", "text/html; charset=utf-8"),
        ("/units/?q=%00", "text/html; charset=utf-8"),
        ("/units/?q=a&q=b%00c", "text/html; charset=utf-8"),
        ("/api/v1/units/%00/", "application/problem+json"),
        ("/api/v1/units/?q=%00", "application/problem+json"),
    ],
)
def test_a_nul_character_in_an_address_is_a_bad_request(cast, page, path, content_type):
    answer = page(cast.community_worker).get(path)
    assert (answer.status_code, answer["Content-Type"]) == (400, content_type)


def test_messages_stay_in_the_session(cast, page):
    browser = page(cast.owner)
    answer = browser.post("/me/profile/", {"name": "沈先生"})
    assert (answer.status_code, "messages" in answer.cookies) == (302, False)
    assert "notice" in browser.get("/me/").content.decode()


@pytest.mark.parametrize("path", ["/", "/units/nowhere/", "/api/v1/units/", "/api/v1/nowhere/"])
def test_every_answer_forbids_what_is_not_ours(cast, page, path):
    """Scripts and styles of the portal alone, in no frame: on pages, refusals and the API's answers."""
    policy = page(cast.owner).get(path)["Content-Security-Policy"].split("; ")
    assert {"default-src 'self'", "script-src 'self'", "style-src 'self'"} <= set(policy)
    assert {"object-src 'none'", "frame-ancestors 'none'", "base-uri 'self'"} <= set(policy)


def test_the_audit_says_from_where(cast, page):
    browser = page(cast.owner)
    browser.post("/me/profile/", {"name": "沈先生"}, REMOTE_ADDR="10.1.2.3")
    entry = AuditEntry.objects.filter(actor=cast.owner.username).latest("id")
    assert entry.ip == "10.1.2.3"
    assert entry.request_id


@pytest.mark.parametrize(
    ("mark", "named"), [("aB3-_x", True), ("中文", False), ("a\r\nb", False), ("", False)]
)
def test_a_file_names_the_mark_of_its_form_and_nothing_that_no_header_carries(rf, mark, named):
    """Any other mark would break the answer in the web server, after the file was made."""
    file = HttpResponse(headers={"Content-Disposition": "attachment"})
    answer = FileAnswerMiddleware(lambda request: file)(rf.post("/", {"once": mark}))
    assert ("file_answer" in answer.cookies) is named
    answer.cookies.output().encode("latin-1")
