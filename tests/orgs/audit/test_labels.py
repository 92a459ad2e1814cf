"""What the audit page calls things: words for every action, and none of the names that programs use."""

import re
from pathlib import Path
from typing import get_args

from django.conf import settings

from orgs.audit import audit, labels
from orgs.enums import AuditResult
from orgs.models import AuditEntry
from tests import factories as make
from volunteers.service.orders.contacts import Asked

WRITTEN = re.compile(r'audit\.record\(\s*"([^"]+)"')
FLOORS = ("orgs", "residents", "volunteers", "tasks", "governance")


def test_every_action_that_a_use_case_writes_has_its_words():
    written = {
        action
        for floor in FLOORS
        for file in Path(settings.BASE_DIR, floor).rglob("*.py")
        for action in WRITTEN.findall(file.read_text(encoding="utf-8"))
    }
    assert len(written) > 150
    # A name that is put together of what is revealed.
    revealed = {f"service.reveal-{model._meta.model_name}" for model in get_args(Asked)}
    assert len(revealed) == 3
    assert (written | revealed) - set(labels.actions_called("")) == set()


def test_a_refused_call_of_the_interface_is_called_that(api, page, cast):
    """Refused, it is kept under the name of its address, which is no word: “tasks”, “task-export”."""
    assert api(cast.owner).get("/api/v1/tasks/export/").status_code == 403
    assert page(cast.owner).get("/staff/").status_code == 403
    kept = set(AuditEntry.objects.values_list("action", flat=True))
    assert kept == {"task-export", "orgs:staff"}
    assert {labels.label(action) for action in kept} == {"接口调用", "系统页面"}
    assert labels.label("tasks") == "接口调用"
    shown = page(cast.auditor).get("/audit/").content.decode()
    assert "接口调用" in shown
    assert "task-export" not in shown


def test_calls_and_pages_are_found_by_their_words(page, cast):
    for action in ("tasks", "orgs:staff", "account_login", "attachments.store"):
        audit.record(action, by=cast.owner, result=AuditResult.REFUSED, now=make.NOW)
    client = page(cast.auditor)

    def found(words):
        rows = client.get("/audit/", {"what": words, "result": "refused"}).context["rows"]
        return {entry.action for entry, *_names in rows}

    assert found("接口调用") == {"tasks"}
    assert found("系统页面") == {"orgs:staff", "account_login"}
