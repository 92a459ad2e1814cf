"""A POST that is sent twice with one key is done once."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from orgs import retention
from orgs.attachments import attachments
from orgs.models import Attachment, IdempotentAnswer
from tests import files

ADDRESS = "/api/v1/attachments/"


def send(client, content: bytes, key: str = "k1", **fields):
    body = {"file": files.upload(content)} | fields
    return client.post(ADDRESS, body, headers={"Idempotency-Key": key})


def test_the_same_key_and_body_give_the_stored_answer(cast, api):
    client = api(cast.owner)
    first, second = send(client, files.photo()), send(client, files.photo())
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert Attachment.objects.count() == 1


def test_the_stored_answer_is_unreadable_at_rest(cast, api):
    answer = send(api(cast.owner), files.photo()).json()
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM orgs_idempotentanswer")
        (stored,) = cursor.fetchone()
    assert answer["id"] not in stored
    assert json.loads(IdempotentAnswer.objects.get().body) == answer


def test_another_file_or_field_under_the_same_key_is_409(cast, api):
    client = api(cast.owner)
    send(client, files.photo())
    for answer in (send(client, files.photo("PNG")), send(client, files.photo(), note="x")):
        assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
    assert Attachment.objects.count() == 1


def test_another_key_or_person_is_another_request(cast, api):
    send(api(cast.owner), files.photo())
    send(api(cast.owner), files.photo(), key="k2")
    send(api(cast.neighbour), files.photo())
    assert Attachment.objects.count() == 3


def test_an_error_is_not_remembered(cast, api):
    client = api(cast.owner)
    assert send(client, b"MZ no photo").status_code == 400
    assert IdempotentAnswer.objects.count() == 0
    assert send(client, files.photo()).status_code == 201


def test_without_a_key_nothing_is_remembered(cast, api):
    client = api(cast.owner)
    for _ in range(2):
        client.post(ADDRESS, {"file": files.upload(files.photo())})
    assert (Attachment.objects.count(), IdempotentAnswer.objects.count()) == (2, 0)


def test_a_clash_inside_the_work_is_not_taken_for_a_key_clash(cast, api, monkeypatch):
    def clash(**kwargs: object) -> None:
        raise IntegrityError("some other unique thing")

    monkeypatch.setattr(attachments, "store", clash)
    with pytest.raises(IntegrityError, match="some other"):
        send(api(cast.owner), files.photo())
    assert IdempotentAnswer.objects.count() == 0


@pytest.mark.parametrize("body", [[], [1, 2], "text", None])
def test_a_body_that_is_no_object_is_no_crash(cast, api, body):
    answer = api(cast.owner).post(
        "/api/v1/tasks/", body, format="json", headers={"Idempotency-Key": "k"}
    )
    assert answer.status_code == 400


def test_answers_are_forgotten_after_two_weeks(cast, api):
    send(api(cast.owner), files.photo())
    now = timezone.now()
    assert retention.forget_expired(now=now + timedelta(days=13))["answers"] == 0
    assert retention.forget_expired(now=now + timedelta(days=15))["answers"] == 1
