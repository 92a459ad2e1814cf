"""Forms that are sent twice are done once: Back and send, a connection that broke, a slow second tap.

Every form of a page carries a mark (`{% csrf_token %}` writes it). A form with the same mark and the
same words is answered as it was the first time. A draft, which is one thing from its first step on
however often its page is drawn, has no mark of its own: the same words are the same draft for a while.
"""

import hashlib
import json
import secrets
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from orgs.db.repeats import FIELD, Sender, answer_once, earlier_answer
from orgs.models import IdempotentAnswer, User

COOKIE = "browser"
SALT = "orgs.web.once"
BROWSER_LASTS = timedelta(days=1)
DRAFT_LASTS = timedelta(minutes=30)
# What differs between two times of sending the same.
_PASSING = frozenset({"csrfmiddlewaretoken", FIELD})
# Beside it in a draft: the question to passers-by, searches on the way, photos stored already.
_PASSING_OF_DRAFT = _PASSING | {
    "token",
    "answer",
    "ticket",
    "do",
    "seen",
    "q",
    "kind_words",
    "attachment",
}


def with_browser_key(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Gives the browser of a passer-by the key by which its repeats are known."""
    if not request.user.is_authenticated and not _browser(request):
        response.set_signed_cookie(
            COOKIE,
            secrets.token_urlsafe(16),
            salt=SALT,
            max_age=BROWSER_LASTS,
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
    return response


def _browser(request: HttpRequest) -> str:
    return request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=BROWSER_LASTS) or ""


def _sender(request: HttpRequest) -> Sender | None:
    if isinstance(request.user, User):
        return Sender(user=request.user)
    browser = _browser(request)
    return Sender(browser=browser) if browser else None


def key_of(request: HttpRequest, *, draft: bool = False) -> str:
    """Under which key what was sent is remembered; "" for a form without a mark.

    It is that of what came, whatever a page adds to it on the way.
    """
    kept: str | None = getattr(request, "once_key", None)
    if kept is not None:
        return kept
    mark = "draft" if draft else request.POST.get(FIELD, "")[:64]
    key = ""
    if mark:
        skipped = _PASSING_OF_DRAFT if draft else _PASSING
        words = [
            (name, [value.strip() for value in values])
            for name, values in sorted(request.POST.lists())
            if name not in skipped and any(value.strip() for value in values)
        ]
        sent = json.dumps([mark, request.path, words, [] if draft else _files(request)])
        key = f"page:{hashlib.sha256(sent.encode()).hexdigest()}"
    request.once_key = key  # type: ignore[attr-defined]
    return key


def _files(request: HttpRequest) -> list[str]:
    digests = []
    for _name, uploads in sorted(request.FILES.lists()):
        for upload in uploads:
            digest = hashlib.sha256()
            for chunk in upload.chunks():
                digest.update(chunk)
            upload.seek(0)
            digests.append(digest.hexdigest())
    return digests


def earlier(request: HttpRequest, *, draft: bool = False) -> HttpResponseRedirect | None:
    """Where the same was sent to before, with the sentence that was said; None the first time."""
    sender, key = _sender(request), key_of(request, draft=draft)
    row = earlier_answer(sender, key) if sender and key else None
    if row is None:
        return None
    if draft and row.created_at < timezone.now() - DRAFT_LASTS:
        row.delete()
        return None
    return HttpResponseRedirect(_again(request, row))


def done_once(
    request: HttpRequest, work: Callable[[], tuple[str, str]], *, draft: bool = False
) -> str:
    """Does the work, which gives a sentence and an address, unless the same form was sent before.

    The sentence is said. Gives the address to go on to.
    """
    sender, key = _sender(request), key_of(request, draft=draft)
    if sender is None or not key:
        said, address = work()
        return _said(request, said, address)

    def remembered() -> tuple[int, list[str]]:
        said, address = work()
        return 302, [str(said), address]

    row, _is_new = answer_once(sender, key, key.removeprefix("page:"), remembered, timezone.now())
    return _again(request, row)


def _again(request: HttpRequest, row: IdempotentAnswer) -> str:
    said, address = json.loads(row.body)
    return _said(request, said, address)


def _said(request: HttpRequest, said: str, address: str) -> str:
    if said:
        messages.success(request, said)
    return address
