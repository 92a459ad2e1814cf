"""What a genuine scan gives: a pass for one check-in, bound to the browser and to one account."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from orgs.db.prepared import NO_TEXT, PreparedQuery
from orgs.errors import Refused, TooOften, WrongState
from orgs.models import User
from volunteers.service.activities.queries import CHECK_AFTER, CHECK_BEFORE
from volunteers.service.attendance import codes
from volunteers.service.enums import ActivityState, Direction, EvidenceSource
from volunteers.service.models import Activity, CodeTry, ScanPass

LASTS = timedelta(minutes=15)
MOST_TRIES = 5
TRIES_LAST = timedelta(minutes=10)


@dataclass(frozen=True)
class Given:
    """A pass, shown this once, and until when it counts."""

    token: str
    scan_pass: ScanPass


def digest(token: str) -> str:
    """What is kept of a pass, or of the mark of a browser; "" for none."""
    return hashlib.sha256(f"pass:{token}".encode()).hexdigest() if token else ""


def scan(
    *, activity: Activity, token: str = "", digits: str = "", browser: str, who: str, now: datetime
) -> Given:
    """A pass for a code that counts now. `who` is the account or browser whose tries are counted.

    Needs no login, so that a slow one loses nothing. Call it outside of a transaction: wrong tries
    are counted. Raises WrongState (`not_open`, `code_expired`), Refused (`bad_code`), TooOften.
    """
    if activity.state != ActivityState.PUBLISHED:
        raise WrongState(_("This activity is not open for check-in."), code="not_open")
    if not activity.starts_at - CHECK_BEFORE <= now <= activity.ends_at + CHECK_AFTER:
        raise WrongState(
            _("Check-in opens an hour before the start and closes two hours after the end."),
            code="not_open",
        )
    scanned = _scanned(activity, token, digits, who, now)
    given = secrets.token_urlsafe(24)
    made = ScanPass.objects.create(
        token_hash=digest(given),
        activity=activity,
        direction=scanned.direction,
        source=EvidenceSource.SCAN if token else EvidenceSource.DIGITS,
        slot=scanned.slot,
        browser_hash=digest(browser),
        made_at=now,
        expires_at=now + LASTS,
    )
    return Given(given, made)


def _scanned(activity: Activity, token: str, digits: str, who: str, now: datetime) -> codes.Scanned:
    """The slot of a code that counts now. Raises WrongState, Refused, TooOften."""
    if token:
        scanned = codes.read(activity, token)
        if scanned is None:
            raise Refused(
                _("This is not the code of this activity."), code="bad_code", field="token"
            )
        if scanned.slot not in codes.counting(now):
            raise WrongState(
                _("This code is over: scan the one on the organiser's screen now."),
                code="code_expired",
            )
        return scanned
    _count_try(activity, who, now)
    found = codes.read_digits(activity, digits, now)
    if found is None:
        raise Refused(
            _("These are not the six digits on the screen now."), code="bad_code", field="digits"
        )
    CodeTry.objects.filter(activity=activity, who=who).delete()
    return found


@transaction.atomic
def _count_try(activity: Activity, who: str, now: datetime) -> None:
    """Counts before it looks: two at the same moment are two. Raises TooOften."""
    row, is_new = CodeTry.objects.get_or_create(
        activity=activity, who=who, defaults={"since": now, "tries": 1}
    )
    if is_new:
        return
    lapsed = CodeTry.objects.filter(pk=row.pk, since__lt=now - TRIES_LAST)
    if lapsed.update(tries=1, since=now):
        return
    counted = CodeTry.objects.filter(pk=row.pk, tries__lt=MOST_TRIES)
    if not counted.update(tries=F("tries") + 1):
        raise TooOften(
            _("Too many wrong digits: wait ten minutes, or ask the organiser to tick you off."),
            code="too_many_tries",
        )


def of_token(token: str, activity: int) -> ScanPass | None:
    """The pass of an activity that a token stands for, as it and its activity are now; else None."""
    rows: list[ScanPass] = _OF_TOKEN.rows(digest(token)) if token else []
    return next((row for row in rows if row.activity_id == activity), None)


_OF_TOKEN = PreparedQuery(
    lambda key: ScanPass.objects.filter(token_hash=key).select_related("activity__unit"),
    stand_in=NO_TEXT,
)


def use(
    *,
    activity: Activity,
    scan_pass: ScanPass | None,
    direction: Direction,
    browser: str,
    by: User,
    now: datetime,
) -> ScanPass:
    """Uses a pass up, in one statement: of two at the same moment one succeeds.

    `browser` is the mark of the browser ("" has none, as programs have). Raises WrongState with
    why it does not count: `pass_unknown`, `pass_expired`, `pass_used`, `pass_other`.
    """
    found = scan_pass
    if found is None or (found.activity_id, found.direction) != (activity.pk, direction):
        raise WrongState(_("Scan the code on the organiser's screen."), code="pass_unknown")
    is_here = found.browser_hash in ("", digest(browser))
    if is_here and found.expires_at > now:
        free = ScanPass.objects.filter(Q(account=None) | Q(account=by), pk=found.pk, used_at=None)
        if free.update(used_at=now, account=by):
            return found
    found.refresh_from_db(fields=["account", "used_at"])
    raise _why_not(found, by, now)


def bind(*, activity: Activity, token: str, by: User, now: datetime) -> ScanPass | None:
    """Binds a pass to the first account that comes with it; None where it is not for this one."""
    rows = ScanPass.objects.filter(
        token_hash=digest(token), activity=activity, used_at=None, expires_at__gt=now
    )
    rows.filter(account=None).update(account=by)
    return rows.filter(account=by).first()


def _why_not(found: ScanPass, by: User, now: datetime) -> WrongState:
    if found.account_id not in (None, by.pk):
        return WrongState(_("This scan belongs to another account."), code="pass_other")
    if found.used_at is not None:
        return WrongState(_("This scan is used up: scan once more."), code="pass_used")
    if found.expires_at <= now:
        return WrongState(_("This scan is over: scan once more."), code="pass_expired")
    return WrongState(_("This scan was made on another telephone."), code="pass_other")
