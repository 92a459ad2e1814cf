"""Staying signed in on one's own phone: chosen at signing in, for people without a post alone.

A session that stays lasts weeks and gets a new key every day. Whoever gains a post falls back to the
rules for staff with the next request. Everybody sees where they are signed in, and ends it.
"""

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from knox.models import AuthToken

from orgs.audit import audit
from orgs.enums import STAFF_ROLES
from orgs.models import Device, User
from orgs.scoping import reach_of

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

# In a session: that it stays, when it was opened, when its key was new (seconds).
STAYS, OPENED, ROTATED = "stays", "opened", "rotated"
# What was chosen before a code was entered.
CHOSEN = "chosen_to_stay"
ROTATES_AFTER = timedelta(days=1)
SEEN_EVERY = timedelta(minutes=1)
_BROWSERS = (
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("Edg", "Edge"),
    ("HuaweiBrowser", "华为浏览器"),
    ("MiuiBrowser", "小米浏览器"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def name_of(agent: str) -> str:
    """A browser as people call it: 微信 · iPhone."""
    known = (
        next((name for mark, name in table if re.search(mark, agent)), "")
        for table in (_BROWSERS, _SYSTEMS)
    )
    return " · ".join(filter(None, known)) or _("unknown browser")


def may_stay(user: User) -> bool:
    """Whether the rules for staff leave somebody signed in for weeks: only who holds no post of staff."""
    if user.is_staff or user.is_superuser:
        return False
    return not reach_of(user).roles & STAFF_ROLES


def choose(session: "SessionBase", *, stays: bool) -> None:
    """Keeps what somebody chose until the code that was sent is entered."""
    if stays:
        session[CHOSEN] = True
    else:
        session.pop(CHOSEN, None)


def keep_choice(session: "SessionBase") -> None:
    """A session that stays lasts its weeks."""
    if session.get(STAYS):
        session.set_expiry(settings.SESSION_STAYS_SECONDS)


def opened(request: HttpRequest, user: User, now: datetime) -> None:
    """Notes a new session: where it is, and whether it stays, which the form of signing in asked."""
    session = request.session
    session[OPENED] = now.timestamp()
    session["last_seen"] = int(now.timestamp())
    chosen = session.pop(CHOSEN, False) or request.POST.get("remember") == "on"
    stays = chosen and may_stay(user)
    if stays:
        session[STAYS], session[ROTATED] = True, now.timestamp()
        session.set_expiry(settings.SESSION_STAYS_SECONDS)
    else:
        session.set_expiry(0)
    if not session.session_key:
        session.save()
    Device.objects.update_or_create(
        session_key=session.session_key,
        defaults={
            "user": user,
            "name": name_of(request.headers.get("User-Agent", ""))[:60],
            "stays": stays,
            "since": now,
            "seen_at": now,
        },
    )


def idle_limit(session: "SessionBase", user: User) -> int:
    """After how many seconds without use a session ends. One that stays falls back to the rules for
    staff where its owner has gained a post."""
    if session.get(STAYS):
        if may_stay(user):
            return int(settings.SESSION_STAYS_SECONDS)
        del session[STAYS]
        session.set_expiry(0)
        Device.objects.filter(session_key=session.session_key).update(stays=False)
    return int(settings.SESSION_IDLE_SECONDS)


def is_signed_out(session: "SessionBase", user: User) -> bool:
    """Whether its owner has signed out everywhere since a session was opened."""
    at = user.signed_out_at
    return at is not None and session.get(OPENED, 0) < at.timestamp()


def seen(request: HttpRequest, now: datetime) -> None:
    """Notes the use of a session, and gives one that stays a new key once a day."""
    session = request.session
    Device.objects.filter(session_key=session.session_key).update(seen_at=now)
    old = session.get(ROTATED, 0)
    # Only with a page of its own: what a page loads beside it comes with the old key.
    is_page = request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"
    if session.get(STAYS) and is_page and now.timestamp() - old > ROTATES_AFTER.total_seconds():
        former = session.session_key
        session.cycle_key()
        session[ROTATED] = now.timestamp()
        session.set_expiry(settings.SESSION_STAYS_SECONDS)
        Device.objects.filter(session_key=former).update(session_key=session.session_key)


def closed(session_key: str | None) -> None:
    """Forgets a session that its owner ended."""
    if session_key:
        Device.objects.filter(session_key=session_key).delete()


@transaction.atomic
def end(*, device: Device, by: User, now: datetime) -> None:
    """Signs out of one device of one's own."""
    Session.objects.filter(session_key=device.session_key).delete()
    device.delete()
    audit.record("end_device", by=by, obj=by, now=now)


@transaction.atomic
def sign_out_everywhere(*, by: User, now: datetime) -> None:
    """Ends all sessions and tokens of one's own, this one too."""
    by.signed_out_at = now
    by.save(update_fields=["signed_out_at"])
    keys = list(by.devices.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    by.devices.all().delete()
    AuthToken.objects.filter(user=by).delete()
    audit.record("sign_out_everywhere", by=by, obj=by, now=now)


def forget(*, now: datetime) -> int:
    """Deletes the rows of sessions that have run out; answers how many."""
    alive = Session.objects.filter(expire_date__gt=now).values("session_key")
    return Device.objects.exclude(session_key__in=alive).delete()[0]
