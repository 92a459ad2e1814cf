"""Two requests with one key at the same moment: one does the work, both get its answer."""

from rest_framework.test import APIClient

from orgs.models import Attachment, IdempotentAnswer
from tests import factories as make
from tests import files


def test_one_key_at_the_same_moment_is_one_upload(transactional_db, at_once):
    person = make.user()

    def send():
        client = APIClient()
        client.force_authenticate(person)
        return client.post(
            "/api/v1/attachments/",
            {"file": files.upload(files.photo())},
            headers={"Idempotency-Key": "k"},
        )

    answers = at_once(*[send] * 6)
    assert [answer.status_code for answer in answers] == [201] * 6
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert (Attachment.objects.count(), IdempotentAnswer.objects.count()) == (1, 1)


def test_one_key_for_two_bodies_leaves_one_winner(transactional_db, at_once):
    person = make.user()

    def send(content: bytes):
        client = APIClient()
        client.force_authenticate(person)
        return client.post(
            "/api/v1/attachments/",
            {"file": files.upload(content)},
            headers={"Idempotency-Key": "k"},
        )

    photos = [files.photo("JPEG"), files.photo("PNG")]
    answers = at_once(*[lambda content=content: send(content) for content in photos])
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert Attachment.objects.count() == 1
