"""One-time codes: sent to a telephone, kept as a keyed digest, forgotten after use."""

import hmac
import secrets
import sys
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from orgs.crypto import blind_index
from orgs.errors import Refused, TooOften
from orgs.models import CodesSent, OneTimeCode, ShortMessage
from orgs.values import phones

LIFE = timedelta(minutes=10)
PAUSE = timedelta(seconds=60)
MAX_FAILURES = 5
# To one telephone, over all purposes: others must not fill it by asking in its name.
MOST_AN_HOUR, MOST_A_DAY = 5, 12
HOUR, DAY = 3600, 86_400
DIGITS = 6


def random_code() -> str:
    """Six digits, leading zeros kept."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def deliver(phone: str, code: str, now: datetime) -> None:
    """Hands a code to the sender that `settings.CODE_SENDER` names.

    Raises TooOften where the telephone got MOST_AN_HOUR or MOST_A_DAY already, for whatever they were.
    """
    _count(phone, now)
    _send(phone, code)


def _send(phone: str, code: str) -> None:
    text = _("Your code is %(code)s. It is good for %(minutes)d minutes. Tell it to nobody.")
    minutes = int(LIFE.total_seconds()) // 60
    said = text % {"code": code, "minutes": minutes}
    import_string(settings.CODE_SENDER)(phone, said)
    if settings.DEMO:
        # Its page of messages shows what it would send.
        now, key = timezone.now(), f"code:{secrets.token_urlsafe(16)}"
        ShortMessage.objects.create(key=key, phone=phone, text=said, due_at=now, sent_at=now)


def _count(phone: str, now: datetime) -> None:
    with transaction.atomic():
        row, _fresh = CodesSent.objects.select_for_update().get_or_create(
            phone_index=phones.index(phone), defaults={"last_at": now}
        )
        moment = now.timestamp()
        # What a clock that was ahead wrote counts for nothing.
        day = [at for at in row.times if moment - DAY < at <= moment + HOUR]
        hour = [at for at in day if at > moment - HOUR]
        if len(hour) >= MOST_AN_HOUR or len(day) >= MOST_A_DAY:
            raise TooOften(
                _("Many codes were sent to this telephone. Use the last one, or try again later.")
            )
        row.times, row.last_at = [*day, moment], now
        row.save()


def send_to_console(phone: str, text: str) -> None:
    """The demo's sender: writes the message where the server was started, the number hidden."""
    sys.stdout.write(f"\n[{phones.mask(phone)}] {text}\n\n")
    sys.stdout.flush()


def send_code(*, phone: str, purpose: str, now: datetime) -> None:
    """Sends a new code for a purpose (for example "task:HZ1"); the one before it is void.

    `phone` is normalised. Raises Refused for a number that cannot receive one, TooOften within a
    minute of the last, and as `deliver` does.
    """
    if not phones.is_mobile(phone):
        raise Refused(_("A code can only be sent to a mobile number."), code="bad_phone")
    code = random_code()
    with transaction.atomic():
        row, fresh = OneTimeCode.objects.select_for_update().get_or_create(
            purpose=purpose,
            phone_index=phones.index(phone),
            defaults={"digest": _digest(purpose, phone, code), "expires_at": now + LIFE},
        )
        if not fresh:
            if row.expires_at - LIFE + PAUSE > now:
                raise TooOften(_("A code was sent a moment ago. Wait a minute and try again."))
            row.digest = _digest(purpose, phone, code)
            row.expires_at = now + LIFE
            row.failures = 0
            row.save()
        _count(phone, now)
    _send(phone, code)


def check_code(*, phone: str, purpose: str, code: str, now: datetime) -> None:
    """Uses a code up. Raises Refused (`bad_code`) for a wrong, used or expired one.

    Wrong tries are counted; after five the code is void. Call it outside of a transaction, or the
    count is lost with it.
    """
    with transaction.atomic():
        row = (
            OneTimeCode.objects.select_for_update()
            .filter(purpose=purpose, phone_index=phones.index(phone))
            .first()
        )
        right = (
            row is not None
            and row.expires_at > now
            and row.failures < MAX_FAILURES
            and hmac.compare_digest(row.digest, _digest(purpose, phone, code.strip()))
        )
        if row is not None and right:
            row.delete()
        elif row is not None:
            row.failures = min(row.failures + 1, MAX_FAILURES)
            row.save(update_fields=["failures"])
    if not right:
        raise Refused(
            _("This code is wrong or no longer good. Ask for a new one."), code="bad_code"
        )


def _digest(purpose: str, phone: str, code: str) -> str:
    return blind_index("code", f"{purpose}:{phone}:{code}")
