"""Signing in, failing to, and signing out: lock-out by account and the entries of the audit.

Django, allauth and axes tell of these events by signals only, so here (and nowhere else) receivers
are the way in; they only write the audit.
"""

import json
import secrets
from datetime import timedelta
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import login_code_rejected
from allauth.account.signals import user_logged_in as session_opened
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.accounts import devices, users
from orgs.audit import audit
from orgs.enums import AuditResult
from orgs.errors import Refused
from orgs.models import User
from orgs.values import phones

API_PREFIX = "/api/"
# The cookie of a browser in which accounts signed in before, and what parts its mark from their names.
KNOWN, BROWSER = "known", " in "
KNOWN_LASTS = timedelta(days=180)
MOST_KNOWN = 5


def client_ip(request: HttpRequest) -> str | None:
    """The caller's address; of X-Forwarded-For only what our own proxies added is believed."""
    try:
        return DefaultAccountAdapter(request).get_client_ip(request)
    except PermissionDenied:  # which says that there is none
        return None


def signed_in(request: HttpRequest) -> User:
    """Whose request it is, in views that nobody enters without signing in."""
    return cast(User, request.user)


def lockout_name(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Under which name failures are counted: the same for an account's name and for its number.

    A browser in which the account signed in before counts for itself: whoever guesses elsewhere does
    not shut its owner out.
    """
    name = asked_name(request, credentials)
    mark = _marks(request).get(name)
    return f"{name}{BROWSER}{mark}" if mark else name


def _marks(request: HttpRequest) -> dict[str, str]:
    """The accounts that signed in with this browser before, the last first, each with its mark."""
    try:
        marks = json.loads(request.get_signed_cookie(KNOWN, default="", salt=KNOWN) or "{}")
    except (BadSignature, ValueError):
        return {}
    return marks if isinstance(marks, dict) else {}


def remember_browser(request: HttpRequest, response: HttpResponseBase) -> None:
    """Gives the browser in which somebody signed in just now the mark by which it is known."""
    name = getattr(request, "signed_in_as", "")
    if not name:
        return
    marks = _marks(request)
    marks = {name: marks.get(name) or secrets.token_urlsafe(9)} | marks
    response.set_signed_cookie(
        KNOWN,
        json.dumps(dict(list(marks.items())[:MOST_KNOWN])),
        salt=KNOWN,
        max_age=KNOWN_LASTS,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def asked_name(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The account that is asked for. A number without account is named by its blind index, never in
    clear.
    """
    # Axes hands its own backend the name under the form's field, the signals under Django's.
    given = credentials or {"login": request.POST.get("login", "")}
    text = next(
        (str(given[key]) for key in ("username", "login", "phone") if given.get(key)), ""
    ).strip()
    try:
        number = phones.normalise(text)
    except Refused:
        return text.lower()[:150]
    person = users.by_phone(number)
    return person.get_username().lower() if person else f"phone:{phones.index(number)[:24]}"


def locked_answer(request: HttpRequest, response: HttpResponse, credentials: Any) -> HttpResponse:
    """The page for a locked account (429); the API has already given its own answer."""
    if request.path.startswith(API_PREFIX):
        return response
    return render(request, "account/locked.html", {"message": locked_message()}, status=429)


def locked_message() -> str:
    return _("Too many wrong passwords. Signing in is locked for 15 minutes.")


def _account(name: str) -> User | None:
    return User.objects.filter(username__iexact=name.partition(BROWSER)[0]).first()


@receiver(session_opened, dispatch_uid="audit")
def _signed_in(user: User, request: HttpRequest, **rest: Any) -> None:
    audit.record("login", by=user, obj=user)
    devices.opened(request, user, timezone.now())
    request.signed_in_as = user.get_username().lower()  # type: ignore[attr-defined]


@receiver(user_login_failed, dispatch_uid="audit")
def _failed(credentials: dict[str, Any], request: HttpRequest, **rest: Any) -> None:
    name = asked_name(request, credentials)
    person = _account(name)
    detail = {} if person else {"name": name[:40]}
    audit.record("login", by=None, obj=person, result=AuditResult.REFUSED, detail=detail)


@receiver(user_locked_out, dispatch_uid="audit")
def _locked(username: str, **rest: Any) -> None:
    person = _account(username)
    audit.record("lock_out", by=None, obj=person, result=AuditResult.REFUSED)


@receiver(user_logged_out, dispatch_uid="audit")
def _signed_out(user: User | None, request: HttpRequest | None = None, **rest: Any) -> None:
    if request is not None and hasattr(request, "session"):
        devices.closed(request.session.session_key)
    if user is not None:
        audit.record("logout", by=user, obj=user)


@receiver(login_code_rejected, dispatch_uid="audit")
def _code_rejected(user: User | None, **rest: Any) -> None:
    audit.record("login", by=None, obj=user, result=AuditResult.REFUSED, detail={"method": "code"})


@receiver(authentication_failed, dispatch_uid="audit")
def _second_factor_failed(user: User, **rest: Any) -> None:
    audit.record(
        "login", by=None, obj=user, result=AuditResult.REFUSED, detail={"method": "second_factor"}
    )


@receiver(authenticator_added, dispatch_uid="audit")
def _second_factor_on(user: User, authenticator: Any, **rest: Any) -> None:
    audit.record("add_second_factor", by=user, obj=user, detail={"type": authenticator.type})


@receiver(authenticator_removed, dispatch_uid="audit")
def _second_factor_off(user: User, authenticator: Any, **rest: Any) -> None:
    audit.record("remove_second_factor", by=user, obj=user, detail={"type": authenticator.type})


@receiver(authenticator_reset, dispatch_uid="audit")
def _recovery_codes_renewed(user: User, authenticator: Any, **rest: Any) -> None:
    audit.record("renew_recovery_codes", by=user, obj=user, detail={"type": authenticator.type})
