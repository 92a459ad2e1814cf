"""Queueing jobs: a broker that is away breaks no request, and a sweep finds what was due."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from orgs.attachments import attachments
from orgs.db.queue import enqueue
from tests import factories as make
from tests import files

JOB = "orgs.jobs.prepare_attachment"
away = pytest.mark.usefixtures("transactional_db", "broker_away")


@away
def test_an_upload_is_answered_and_waits_for_the_sweep(cast, api, caplog):
    answer = api(cast.owner).post("/api/v1/attachments/", {"file": files.upload(files.video())})
    assert answer.status_code == 201
    assert [str(key) for key in attachments.waiting(timezone.now())] == [answer.json()["id"]]
    assert [record.name for record in caplog.records if "on_commit" in record.message] == [
        "django.db.backends.base"
    ]


@away
def test_letters_are_ordered(cast, page):
    make.household(cast.building)
    answer = page(cast.community_worker).post(f"/letters/{cast.compound.code}/")
    assert answer.status_code == 302


@away
def test_the_first_refusal_ends_the_queueing(caplog):
    tried = []

    class Key:
        def __str__(self) -> str:
            tried.append(self)
            return "key"

        __json__ = __repr__ = __str__

    with transaction.atomic():
        enqueue(JOB, [Key(), Key()])
    assert set(tried) <= set(tried[:1])


def test_whatever_follows_a_commit_is_robust():
    """A failure after the commit would answer 500 for what is stored."""
    fragile = [
        f"{path}:{call.lineno}"
        for package in ("governance", "orgs", "residents", "tasks", "volunteers")
        for path in sorted((Path(settings.BASE_DIR) / package).rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and getattr(call.func, "attr", "")
        in ("on_commit", "delay_on_commit", "apply_async_on_commit")
        and not any(keyword.arg == "robust" for keyword in call.keywords)
    ]
    assert fragile == []
