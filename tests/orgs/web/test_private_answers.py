"""What somebody signed in was shown stays nowhere."""

import re

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
    token = APIClient().post("/api/v1/auth/login/", body, format="json").json()["token"]
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

    # The first words of the text stand in its place.
    assert Task.objects.get().title == "楼上半夜装修"
    address = f"/units/{cast.compound.code}/rename/"
    refused = page(cast.street_cadre).post(address, {"name": title})
    assert (refused.status_code, list(refused.context["form"].errors)) == (400, ["name"])
    comment = api(cast.community_worker).post(
        f"/api/v1/tasks/{Task.objects.get().number}/comment/", {"text": title}, format="json"
    )
    assert (comment.status_code, list(comment.json()["errors"])) == (400, ["text"])


ERRORS = re.compile(r'<ul class="errorlist( [^"]*)?"( id="([^"]+)")?')


def test_the_text_of_an_error_is_tied_to_its_field(page, cast):
    """Every list of errors of a field has an id, and something on the page is described by it."""
    task = make.task(cast)
    refused = [
        page(cast.owner).post("/report/", {}),
        Client().post("/public/report/", {}),
        Client().post("/accounts/login/", {}),
        page(cast.community_worker).post(f"/tasks/{task.number}/whistle/", {}),
        page(cast.street_cadre).post(f"/units/{cast.compound.code}/rename/", {"name": ""}),
    ]
    for answer in refused:
        text = answer.content.decode()
        lists = [one for one in ERRORS.finditer(text) if "nonfield" not in (one[1] or "")]
        assert lists, answer.request["PATH_INFO"]
        for one in lists:
            assert one[3], (answer.request["PATH_INFO"], text[one.start() : one.start() + 200])
            described = re.findall(r'aria-describedby="([^"]*)"', text)
            assert any(one[3] in names.split() for names in described), one[3]
