"""Photos of a task are seen by whoever sees the task."""

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction
from django.test import Client
from knox.models import AuthToken

from orgs.models import Attachment
from tasks.enums import Action
from tasks.models import Event
from tests import factories as make


def taken(person) -> Attachment:
    made = Attachment(kind="photo", uploaded_by=person, created_at=make.NOW)
    made.file.save("a.jpg", ContentFile(b"jpeg"), save=False)
    made.thumbnail.save("b.jpg", ContentFile(b"jpeg"), save=False)
    made.save(force_insert=True)
    return made


@pytest.fixture
def photo(cast):
    return taken(cast.owner)


def test_who_sees_the_task_sees_its_photos(cast, page, photo):
    make.task(cast, attachments=[photo])
    answers = {
        who: page(getattr(cast, who)).get(f"/media/{photo.pk}/").status_code
        for who in ("owner", "community_worker", "street_cadre", "neighbour", "sibling_cadre")
    }
    assert answers == {
        "owner": 200,
        "community_worker": 200,
        "street_cadre": 200,
        "neighbour": 404,
        "sibling_cadre": 404,
    }


def test_an_entry_stands_once_with_all_its_photos_in_order(cast, api):
    photos = sorted((taken(cast.owner) for _number in range(3)), key=lambda one: one.pk)[::-1]
    task = make.task(cast, attachments=photos)
    make.act(task, Action.COMMENT, cast.community_worker, text="已看")
    shown = api(cast.owner).get(f"/api/v1/tasks/{task.number}/").json()["events"]
    assert [entry["attachments"] for entry in shown] == [[str(one.pk) for one in photos], []]


def test_a_token_opens_the_photos_that_the_api_names(cast, photo):
    make.task(cast, attachments=[photo])
    answers = []
    for person in (cast.owner, cast.neighbour):
        token = AuthToken.objects.create(person)[1]
        answers.append(Client().get(f"/media/{photo.pk}/", HTTP_AUTHORIZATION=f"Token {token}"))
    broken = Client().get(f"/media/{photo.pk}/", HTTP_AUTHORIZATION="Token ÿ")
    assert [answer.status_code for answer in (*answers, broken)] == [200, 404, 404]


def test_a_photo_joins_one_task_and_only_its_uploaders(cast, api, photo):
    make.category(code="parking")
    body = {
        "unit": cast.building.code,
        "category": "parking",
        "text": "有车乱停",
        "attachments": [str(photo.pk)],
    }
    strange = api(cast.neighbour).post("/api/v1/tasks/", body, format="json")
    first = api(cast.owner).post("/api/v1/tasks/", body, format="json")
    again = api(cast.owner).post("/api/v1/tasks/", body, format="json")
    assert [strange.status_code, first.status_code, again.status_code] == [400, 201, 400]
    assert first.json()["events"][0]["attachments"] == [str(photo.pk)]


def test_the_timeline_is_append_only(cast):
    make.task(cast)
    with pytest.raises(DatabaseError), transaction.atomic():
        Event.objects.update(text="anders")
