"""What is too large is refused with a sentence, and nothing of it is kept."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.test import RequestFactory

from orgs.models import Attachment
from tests import files


@pytest.fixture(autouse=True)
def _small_limit(settings):
    settings.UPLOAD_MAX_BYTES = 100_000


def form(content: bytes) -> HttpRequest:
    """A form with a file and fields around it."""
    upload = SimpleUploadedFile("film.mp4", content)
    return RequestFactory().post("/", {"before": "kept", "file": upload, "text": "kept too"})


def test_too_large_a_file_leaves_the_rest_of_the_form():
    request = form(b"x" * 300_000)
    assert request.POST.dict() == {"before": "kept", "text": "kept too"}
    upload = request.FILES["file"]
    assert (upload.size, upload.read()) == (300_000, b"")


@pytest.mark.parametrize("size", [0, 1, 65_536, 99_999, 100_000])
def test_up_to_the_limit_everything_is_kept(size):
    upload = form(b"x" * size).FILES["file"]
    assert (upload.size, upload.read()) == (size, b"x" * size)


def test_the_api_answers_413(cast, api):
    upload = files.upload(files.photo() + bytes(300_000))
    answer = api(cast.owner).post("/api/v1/attachments/", {"file": upload})
    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "too_large"
    assert Attachment.objects.count() == 0


def test_a_large_body_that_is_no_upload_is_413(cast, api, page):
    body = json.dumps({"text": "x" * 3_000_000})
    answer = api(cast.owner).post("/api/v1/tasks/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    plain = page(cast.owner).post(
        "/me/profile/", "name=" + "x" * 3_000_000, content_type="application/x-www-form-urlencoded"
    )
    assert plain.status_code == 413


def test_an_endless_form_is_refused_unread(cast, api, monkeypatch):
    monkeypatch.setattr("orgs.attachments.uploads.REQUEST_MAX_BYTES", 50_000)
    upload = files.upload(bytes(60_000))
    answer = api(cast.owner).post("/api/v1/attachments/", {"file": upload})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
