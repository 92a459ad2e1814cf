"""The audit's chain of seals holds, and shows where somebody tampered."""

from datetime import datetime

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from orgs import jobs
from orgs.audit import audit
from orgs.audit import seals as audit_seals
from orgs.db import append_only
from orgs.models import AuditEntry, AuditSeal

NOW = datetime(2026, 5, 20, 9, 30, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def sealed(db) -> list[AuditEntry]:
    """Three batches of two entries."""
    made = []
    for batch in range(3):
        for number in range(2):
            detail = {"name": "王五", "count": number, "batch": batch}
            made.append(audit.record("tests.act", by=None, detail=detail, now=NOW))
        audit_seals.seal(now=NOW)
    return made


def test_every_entry_is_under_exactly_one_seal(sealed):
    seals = list(AuditSeal.objects.order_by("last_id").values_list("first_id", "last_id", "count"))
    ids = [entry.pk for entry in sealed]
    assert [seal[1:] for seal in seals] == [(ids[1], 2), (ids[3], 2), (ids[5], 2)]
    assert [seal[0] for seal in seals] == [1, ids[1] + 1, ids[3] + 1]
    assert audit_seals.verify() == (6, None)


def test_sealing_twice_changes_nothing(sealed):
    assert audit_seals.seal(now=NOW) == 0
    jobs.seal_audit()
    assert AuditSeal.objects.count() == 3


def test_large_amounts_are_sealed_in_batches(db, monkeypatch):
    monkeypatch.setattr(audit_seals, "BATCH", 4)
    for _ in range(10):
        audit.record("tests.act", by=None, now=NOW)
    assert audit_seals.seal(now=NOW) == 10
    assert list(AuditSeal.objects.order_by("last_id").values_list("count", flat=True)) == [4, 4, 2]
    assert audit_seals.verify() == (10, None)


def tampered(work) -> audit_seals.Break:
    with append_only.lifted(AuditEntry, AuditSeal, by=None, reason="tests"):
        work()
    found = audit_seals.verify()[1]
    assert found is not None
    return found


def test_a_changed_entry_is_found(sealed):
    entry = sealed[2]
    broken = tampered(lambda: AuditEntry.objects.filter(pk=entry.pk).update(actor="nobody"))
    assert (broken.first_id, broken.last_id) == (sealed[1].pk + 1, sealed[3].pk)
    assert (broken.expected, broken.found) == (2, 2)


def test_a_removed_entry_is_found(sealed):
    broken = tampered(sealed[2].delete)
    assert (broken.expected, broken.found) == (2, 1)


def test_a_removed_seal_is_found(sealed):
    tampered(AuditSeal.objects.order_by("last_id")[1].delete)


def test_a_forged_seal_is_found(sealed):
    """Resealing one batch after a change breaks the next one."""

    def forge() -> None:
        AuditEntry.objects.filter(pk=sealed[2].pk).update(actor="nobody")
        seals = list(AuditSeal.objects.order_by("last_id"))
        digest, _count = audit_seals._digest(
            seals[0].digest, audit_seals._rows(seals[0].last_id, seals[1].last_id)
        )
        AuditSeal.objects.filter(pk=seals[1].pk).update(digest=digest)

    broken = tampered(forge)
    assert broken.last_id == sealed[5].pk


def test_the_command_says_where(sealed, capsys):
    call_command("verify_audit")
    assert "6 sealed entries hold" in capsys.readouterr().out
    tampered(lambda: AuditEntry.objects.filter(pk=sealed[2].pk).update(ip="10.0.0.1"))
    with pytest.raises(
        CommandError, match=f"between entries {sealed[1].pk + 1} and {sealed[3].pk}"
    ):
        call_command("verify_audit")
