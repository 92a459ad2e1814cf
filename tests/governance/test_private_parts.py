"""Private parts of libraries: each use is listed in decision 0036, and fails here when it changes."""

import ast
import inspect
import re
from pathlib import Path
from typing import Any

import pytest
from allauth.account import forms as account_forms
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context, ratelimit
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.test import RequestFactory
from honcho.manager import Manager
from rest_framework.request import Request

from orgs.accounts.sign_in import client_ip
from orgs.db import prefetched
from orgs.models import Attachment, Unit, User

BASE = Path(settings.BASE_DIR)
# What Django documents although its name begins with an underscore.
DOCUMENTED = {"_meta", "_default_manager", "_base_manager", "_replace"}
# What Django's own sources call private although its name does not say so.
UNDOCUMENTED = {"concrete_fields", "related_objects", "sql_with_params", "get_compiler"}
# Every use that is left: the file, and the name.
LISTED = {
    ("governance/data_forms/workbooks/writing.py", "_style"),
    ("governance/engines/scheduler.py", "_schedule"),
    ("governance/engines/scheduler.py", "_default_now"),
    ("governance/engines/scheduler.py", "_dirty"),
    ("governance/running.py", "_terminating"),
    ("governance/running.py", "_all_started"),
    ("governance/running.py", "_printer"),
    ("governance/running.py", "_processes"),
    ("governance/running.py", "_system_print"),
    ("orgs/accounts/api.py", "_request"),
    ("orgs/attachments/attachments.py", "related_objects"),
    ("orgs/db/append_only.py", "concrete_fields"),
    ("orgs/db/first_keys.py", "sql_with_params"),
    ("orgs/db/insert_select.py", "sql_with_params"),
    ("orgs/db/key_rotation.py", "concrete_fields"),
    ("orgs/db/prefetched.py", "_prefetched_objects_cache"),
    ("orgs/db/prefetched.py", "_result_cache"),
    ("orgs/db/prepared.py", "get_compiler"),
    ("orgs/models/users.py", "_db"),
    ("residents/privacy/retention.py", "related_objects"),
    ("orgs/imports/apply.py", "concrete_fields"),
    ("orgs/imports/undo.py", "concrete_fields"),
    ("orgs/workflow/transitions.py", "concrete_fields"),
}


# Whose attributes a module may make itself.
OWN = {"self", "cls"}
# A text that names a private attribute, as getattr() and vars() take it.
PRIVATE_TEXT = re.compile(r"_[a-z]+(_[a-z]+)*")


def texts_in(node: ast.AST) -> set[str]:
    """The texts that a node takes as the name of an attribute, or keeps to be taken so."""
    parts: list[ast.expr] = []
    if isinstance(node, ast.Call) and getattr(node.func, "id", "").endswith("attr"):
        parts = node.args
    elif isinstance(node, ast.Subscript):
        parts = [node.slice]
    elif isinstance(node, ast.Assign):
        parts = [node.value]
    return {
        part.value
        for part in parts
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }


def private_uses(tree: ast.Module) -> set[str]:
    """Names of others' private parts that a module reads or imports, but for types alone."""
    own = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    } | {
        node.id if isinstance(node, ast.Name) else node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Store)
        if isinstance(node, ast.Name) or ast.unparse(node.value) in OWN
    }
    types_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            private = node.attr.startswith("_") and not node.attr.startswith("__")
            if (private and node.attr not in own | DOCUMENTED) or node.attr in UNDOCUMENTED:
                found.add(node.attr)
        elif isinstance(node, ast.ImportFrom) and id(node) not in types_only:
            parts = (node.module or "").split(".")
            found |= {part for part in parts if part == "internal" or part.startswith("_")}
            found |= {one.name for one in node.names if one.name.startswith("_")}
        found |= {text for text in texts_in(node) if PRIVATE_TEXT.fullmatch(text)}
    return found - own - {"__future__"}


def test_every_use_is_listed():
    used = {
        (str(path.relative_to(BASE)), name)
        for floor in ("governance", "orgs", "residents", "tasks", "volunteers")
        for path in sorted((BASE / floor).rglob("*.py"))
        if "migrations" not in path.parts
        for name in private_uses(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert used - LISTED == set(), "write it down in decision 0036, with a test that fails"
    assert LISTED - used == set(), "listed, but not used any more"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("from allauth.core.internal.httpkit import get_client_ip", "internal"),
        ("rows._raw_delete('default')", "_raw_delete"),
        ("from django.db.models.sql import _private", "_private"),
        ("Task._meta.concrete_fields", "concrete_fields"),
        ("rows._result_cache = []", "_result_cache"),
        ('vars(task)["_prefetched_objects_cache"] = {}', "_prefetched_objects_cache"),
        ('getattr(task, "_prefetched_objects_cache", {})', "_prefetched_objects_cache"),
    ],
)
def test_a_new_use_is_found(source, name):
    assert private_uses(ast.parse(source)) == {name}


def test_fields_are_what_the_public_part_gives():
    """For `concrete_fields` and `related_objects`."""
    for model in apps.get_models():
        public: list[Any] = model._meta.get_fields()
        columns = [field for field in public if field.concrete and not field.many_to_many]
        assert columns == list(model._meta.concrete_fields)
    public = Attachment._meta.get_fields()
    reverse = [one.name for one in public if one.auto_created and not one.concrete]
    assert reverse == [one.name for one in Attachment._meta.related_objects]


def test_a_query_says_its_statement_and_its_parameters(db):
    rows = Unit.objects.filter(code="421102005003").order_by().values_list("pk")
    statement, parameters = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        assert cursor.fetchall() == []
    assert connection.ops.quote_name("unit") == '"unit"'


def test_a_manager_knows_its_database():
    assert User.objects.db_manager("default")._db == "default"


def test_what_is_remembered_costs_no_statement(cast, django_assert_num_queries):
    place = Unit.objects.get(pk=cast.compound.pk)
    assert not prefetched.knows(place, "children")
    prefetched.remember(place, children=prefetched.evaluated(place.children.all(), cast.building))
    with django_assert_num_queries(0):
        assert (prefetched.knows(place, "children"), [*place.children.all()]) == (
            True, [cast.building],
        )  # fmt: skip
    prefetched.remember(place)
    with django_assert_num_queries(1):
        assert not prefetched.knows(place, "children")
        assert cast.building in place.children.all()


def test_a_request_of_the_api_has_djangos():
    request = RequestFactory().get("/")
    assert Request(request)._request is request


def test_the_steps_of_signing_in_are_as_ours_expect():
    stages = DefaultAccountAdapter().get_login_stages()
    assert "allauth.account.stages.PhoneVerificationStage" in stages
    assert "self._clean_phone()" in inspect.getsource(account_forms.BaseSignupForm.clean)
    assert "self._user" in inspect.getsource(account_forms.RequestLoginCodeForm)
    assert context.request is None
    assert {"request", "action", "key"} <= inspect.signature(ratelimit.consume).parameters.keys()


def test_the_callers_address_is_asked_of_the_adapter():
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.9")
    assert client_ip(request) == "203.0.113.9"
    assert client_ip(HttpRequest()) is None


def test_the_runner_of_processes_has_what_ours_extends():
    manager = Manager()
    assert {"_processes", "_printer", "_procmgr", "_terminating"} <= vars(manager).keys()
    assert all(
        callable(getattr(Manager, name)) for name in ("_start", "_all_started", "_system_print")
    )
