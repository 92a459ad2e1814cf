"""Numbers are handed out before transactions commit; sealing skips none of them."""

import threading
from datetime import timedelta

from django.db import connections, transaction
from django.utils import timezone

from orgs.audit import audit, seals
from orgs.models import AuditEntry, AuditSeal


def test_an_entry_that_commits_late_is_waited_for(transactional_db, monkeypatch):
    """A writer holds a low number; a higher one is committed; sealing covers neither until both."""
    monkeypatch.setattr(seals, "PATIENCE_MS", 200)
    written, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                audit.record("tests.late", by=None)
                written.set()
                may_commit.wait(60)
        finally:
            connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(60)
    audit.record("tests.early", by=None)
    now = timezone.now() + timedelta(minutes=5)
    assert seals.seal(now=now) == 0
    may_commit.set()
    thread.join()
    assert seals.seal(now=now) == 2
    assert seals.verify() == (2, None)


def test_two_sealers_seal_each_entry_once(transactional_db, at_once):
    for _ in range(20):
        audit.record("tests.act", by=None)
    sealed = at_once(*[lambda: seals.seal(now=timezone.now())] * 4)
    assert sum(sealed) == 20
    assert sum(AuditSeal.objects.values_list("count", flat=True)) == AuditEntry.objects.count()
    assert seals.verify() == (20, None)
