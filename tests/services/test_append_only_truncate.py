"""PostgreSQL empties a table by TRUNCATE, which asks no row triggers."""

import pytest
from django.db import IntegrityError, connection, transaction

from orgs.audit import audit
from orgs.models import AuditEntry


def test_truncate_is_refused(db):
    audit.record("tests.act", by=None)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute("TRUNCATE orgs_auditentry")
    assert AuditEntry.objects.count() == 1
