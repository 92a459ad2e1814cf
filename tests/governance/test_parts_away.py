"""Parts that are away: Redis, room on the disk, a worker, a database."""

import errno
from queue import Queue
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from django.core.cache import caches
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import OperationalError
from django.test import Client, override_settings
from rest_framework.test import APIClient

from governance import running
from governance.engines.cache import ForgivingCache
from orgs.models import Attachment
from tasks.models import Task
from tests import factories as make
from tests import files

NOWHERE = {
    "BACKEND": "governance.engines.cache.ForgivingCache",
    "LOCATION": "redis://127.0.0.1:1/0",
    "OPTIONS": {"socket_connect_timeout": 1},
}


@pytest.fixture
def no_redis():
    ForgivingCache._away_until = 0.0
    with override_settings(CACHES={"default": NOWHERE, "shared": NOWHERE}):
        yield
    ForgivingCache._away_until = 0.0


def test_the_cache_without_redis(no_redis):
    cache = ForgivingCache(NOWHERE["LOCATION"], {"OPTIONS": NOWHERE["OPTIONS"]})
    assert (cache.get("a"), cache.get("a", []), cache.has_key("a")) == (None, [], False)
    assert (cache.add("a", 1), cache.incr("a"), cache.get_many(["a"])) == (True, 1, {})
    cache.set("a", 1)
    cache.delete("a")


def test_the_cache_keeps_its_client_of_redis(no_redis):
    client = caches["shared"]._cache
    assert client.get_client("a") is client.get_client("b", write=True)
    assert str(client.get_client().connection_pool.connection_kwargs["port"]) == "1"


def test_people_work_without_redis(no_redis, page, api, cast):
    kind = make.category(code="noise", name="噪音扰民")
    body = {"category": kind.code, "unit": cast.building.code, "text": "楼上半夜装修"}
    sent = page(cast.owner).post("/report/", body | {"photos": [files.upload(files.photo())]})
    assert sent.status_code == 302
    assert (
        Client()
        .post("/accounts/login/", {"login": "owner", "password": "Neighbour-2026"})
        .status_code
        == 302
    )
    login = {"username": "owner", "password": "Neighbour-2026"}
    assert APIClient().post("/api/v1/auth/login/", login, format="json").status_code == 200
    number = Task.objects.get().number
    assert Client().post("/progress/", {"number": number, "digits": "5678"}).status_code in (
        302,
        400,
    )
    assert api(cast.owner).post("/api/v1/tasks/", body, format="json").status_code == 201


def _full(self, name, content):
    path = default_storage.path(name)
    with open(path, "wb") as half:
        half.write(b"half")
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_keeps_the_words_and_no_half_file(page, cast, api):
    kind = make.category(code="noise", name="噪音扰民")
    body = {"category": kind.code, "unit": cast.building.code, "text": "楼上半夜装修"}
    folder = default_storage.path("")
    import pathlib

    before = {path for path in pathlib.Path(folder).rglob("*") if path.is_file()}
    with patch.object(FileSystemStorage, "_save", _full):
        answer = page(cast.owner).post("/report/", body | {"photos": [files.upload(files.photo())]})
        assert answer.status_code == 400
        assert "楼上半夜装修" in answer.content.decode()
        upload = api(cast.owner).post(
            "/api/v1/attachments/", {"file": files.upload(files.photo())}, format="multipart"
        )
        assert (upload.status_code, upload.json()["code"]) == (503, "no_room")
    assert {path for path in pathlib.Path(folder).rglob("*") if path.is_file()} == before
    assert not Attachment.objects.exists()


def test_alive_always_answers():
    with patch(
        "django.db.backends.base.base.BaseDatabaseWrapper.cursor", side_effect=OperationalError
    ):
        answer = Client(SERVER_NAME="another.example").get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.fixture
def portal():
    made = running.Portal({name: ["true"] for name in ("web", "worker", "beat")})
    made.events = Queue()
    made._next_event = made.events.get
    for known in made._processes.values():
        known["obj"] = SimpleNamespace(run=lambda events, ignore: None)
    return made


def stop(portal, name):
    portal.events.put(
        SimpleNamespace(type="stop", name=name, data={"returncode": -9}, _replace=lambda **new: new)
    )
    return portal._get()


def test_a_killed_worker_or_beat_is_started_again(portal):
    for name in ("worker", "beat"):
        event = stop(portal, name)
        assert event["type"] == "line"
        assert portal._processes[name]["process"].name == name
        portal._processes[name]["process"].join()


def test_what_ends_again_and_again_ends_the_portal(portal):
    kinds = []
    for _time in range(6):
        event = stop(portal, "worker")
        kinds.append(event["type"] if isinstance(event, dict) else event.type)
    assert kinds == ["line"] * 5 + ["stop"]
    assert stop(portal, "web").type == "stop"
