"""What somebody signed in was shown stays nowhere."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from tests import factories as make
from tests import files


def test_pages_downloads_and_answers_are_private(page, api, cast):
    task = make.task(cast)
    client = page(cast.community_worker)
    for address in (
        "/",
        f"/tasks/{task.number}/",
        "/tasks/export/",
        "/people/",
        "/nowhere/",
        "/admin/",
    ):
        assert client.get(address)["Cache-Control"] == "private, no-store", address
    for address in ("/api/v1/tasks/", f"/api/v1/tasks/{task.number}/", "/api/v1/tasks/nothing/"):
        assert api(cast.community_worker).get(address)["Cache-Control"] == "private, no-store"


def test_a_token_too(cast):
    body = {"username": "owner", "password": "Neighbour-2026"}
    token = APIClient().post("/api/v1/auth/login/", body).json()["token"]
    answer = APIClient(headers={"Authorization": f"Token {token}"}).get("/api/v1/tasks/")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")


def test_the_picture_of_an_upload(page, cast):
    client = page(cast.owner)
    client.post("/report/", {"do": "find", "photos": files.upload(files.photo())})
    from orgs.models import Attachment

    answer = client.get(f"/report/photos/{Attachment.objects.get().pk}/")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")


def test_nobody_in_particular(db):
    assert "no-store" not in Client().get("/").get("Cache-Control", "")


@pytest.mark.parametrize("title", ["\u200b", "\u2060\u3164", "\u202e"])
def test_an_invisible_title_or_name_is_none(page, api, cast, title):
    kind = make.category(code="noise", name="噪音扰民")
    body = {
        "unit": cast.building.code,
        "category": kind.code,
        "text": "楼上半夜装修",
        "title": title,
    }
    made = api(cast.owner).post("/api/v1/tasks/", body, format="json")
    assert made.status_code == 201
    from tasks.models import Task

    assert Task.objects.get().title == "噪音扰民"
    address = f"/units/{cast.compound.code}/rename/"
    refused = page(cast.street_cadre).post(address, {"name": title})
    assert (refused.status_code, list(refused.context["form"].errors)) == (400, ["name"])
    comment = api(cast.community_worker).post(
        f"/api/v1/tasks/{Task.objects.get().number}/comment/", {"text": title}, format="json"
    )
    assert (comment.status_code, list(comment.json()["errors"])) == (400, ["text"])
