"""Logs of sign-ins are kept for half a year, the audit for ever."""

from datetime import timedelta

from axes.models import AccessAttempt

from orgs import retention
from orgs.audit import audit, seals
from orgs.models import AuditEntry
from tests.factories import NOW


def test_sign_in_logs_stay_for_half_a_year(db, settings):
    assert settings.SIGN_IN_LOG_DAYS >= 180
    attempt = AccessAttempt.objects.create(username="somebody", failures_since_start=1)
    AccessAttempt.objects.update(attempt_time=NOW)
    kept = timedelta(days=settings.SIGN_IN_LOG_DAYS)
    assert retention.forget_expired(now=NOW + kept)["sign_in_tries"] == 0
    assert retention.forget_expired(now=NOW + kept + timedelta(seconds=1))["sign_in_tries"] == 1
    assert not AccessAttempt.objects.filter(pk=attempt.pk).exists()


def test_the_audit_is_never_forgotten(db):
    audit.record("login", by=None, now=NOW)
    seals.seal(now=NOW)
    forgotten = retention.forget_expired(now=NOW + timedelta(days=3650))
    assert set(forgotten.values()) == {0}
    assert AuditEntry.objects.filter(action="login").count() == 1
    assert seals.verify() == (1, None)
