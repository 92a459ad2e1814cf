"""Forgetting what is no longer needed."""

from datetime import datetime, timedelta

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Q
from knox.models import AuthToken

from orgs.models import CodesSent, IdempotentAnswer, Notice, OneTimeCode, UnsentForm

# As long as what was written without a network may wait on a phone before it is sent again.
ANSWERS_LAST = timedelta(days=14)
NOTICES_LAST = timedelta(days=184)


def forget_expired(*, now: datetime) -> dict[str, int]:
    """Deletes expired tokens, sessions, codes, remembered answers and old sign-in logs.

    Gives the number of deleted rows by model.
    """
    # As the cyber-security law asks of network logs: at least six months. The audit is never deleted.
    old_logs = Q(attempt_time__lt=now - timedelta(days=settings.SIGN_IN_LOG_DAYS))
    expired = {
        "tokens": AuthToken.objects.filter(expiry__lt=now),
        "sessions": Session.objects.filter(expire_date__lt=now),
        "codes_sent": CodesSent.objects.filter(last_at__lt=now - timedelta(days=1)),
        "codes": OneTimeCode.objects.filter(expires_at__lt=now),
        "answers": IdempotentAnswer.objects.filter(created_at__lt=now - ANSWERS_LAST),
        "unsent_forms": UnsentForm.objects.filter(expires_at__lt=now),
        "notices": Notice.objects.filter(at__lt=now - NOTICES_LAST),
        "sign_ins": AccessLog.objects.filter(old_logs),
        "sign_in_tries": AccessAttempt.objects.filter(old_logs),
        "sign_in_failures": AccessFailureLog.objects.filter(old_logs),
    }
    return {name: rows.delete()[0] for name, rows in expired.items()}
