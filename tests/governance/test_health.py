"""Monitors learn whether the process lives and whether it can work."""

import pytest
from django.db import DatabaseError
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from governance import health
from orgs.models import AuditEntry


def test_alive_asks_no_database(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_ready_names_each_check(client, db):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "checks": {"database": "ok", "broker": "ok", "migrations": "ok"},
    }


def test_a_missing_migration_is_named(client, db):
    MigrationRecorder.Migration.objects.filter(app="tasks").delete()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": "ok", "broker": "ok", "migrations": "failed"}


def _broken() -> None:
    raise DatabaseError("password of the database")


def test_a_failure_is_named_without_its_reason(client, db, monkeypatch):
    monkeypatch.setitem(health.CHECKS, "database", _broken)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "failed"
    assert "password" not in answer.content.decode()


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_no_login_no_redirect_no_audit(path, db, settings):
    settings.SECURE_SSL_REDIRECT = True
    answer = Client().get(path)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert AuditEntry.objects.count() == 0
