"""What happens around every request: audit origin, idle time-out, account duties, refusals."""

import codecs
from collections.abc import Callable
from typing import Any

import structlog
from allauth.core.exceptions import (
    ImmediateHttpResponse,
    RateLimited,
    ReauthenticationRequired,
)
from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import get_user
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.defaults import bad_request
from django_structlog.middlewares import RequestMiddleware

from orgs.accounts import devices
from orgs.accounts.adapters import duty_page
from orgs.accounts.sign_in import API_PREFIX, client_ip, remember_browser, signed_in
from orgs.accounts.tokens import OwesSomething
from orgs.api.problems import early_problem
from orgs.audit import audit
from orgs.db.repeats import FIELD
from orgs.errors import DomainError, TooOften, is_unstorable
from orgs.web.refusals import SAFE_METHODS, audit_refusal
from orgs.web.throttling import too_many_requests
from orgs.web.unsent import forms as unsent_forms

# The cookie that says so; read by static/js/portal.js.
FILE_ANSWER = "file_answer"
logger = structlog.get_logger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class RequestLogMiddleware(RequestMiddleware):
    """The log of requests, with the same address of the caller as the audit's."""

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        structlog.contextvars.bind_contextvars(ip=client_ip(request))


class ContentPolicyMiddleware:
    """The Content-Security-Policy of the settings, the same on every answer and put together once.

    Django's own pages for developers have styles of their own, and go without.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.policy = build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not (settings.DEBUG and response.status_code in (404, 500)):
            response[HEADER] = self.policy
        return response


class FileAnswerMiddleware:
    """Tells a page that its form was answered with a file, which a browser saves without a word to
    the page: a cookie of a minute with the form's mark.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_file = response.get("Content-Disposition", "").startswith("attachment")
        mark = request.POST.get(FIELD, "")[:64] if request.method == "POST" and is_file else ""
        # Of another mark than the portal's own no header can be made.
        if mark and mark.isascii() and mark.isprintable():
            response.set_cookie(
                FILE_ANSWER, mark, max_age=60, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
            )
        return response


class ReadableMiddleware:
    """Makes what no part of the portal could read harmless, before a session is looked for.

    A cookie with a NUL character is none. Forms come as UTF-8, under whatever name it is written;
    another encoding is refused with a sentence (400).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        for name in [name for name, value in request.COOKIES.items() if "\0" in value]:
            del request.COOKIES[name]
        charset = (request.content_params or {}).get("charset", "")
        if request.content_type == "application/x-www-form-urlencoded" and charset:
            request.encoding = "utf-8"
            if not _is_utf8(charset):
                text = _("Send forms as UTF-8.")
                return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")
        return self.get_response(request)


def _is_utf8(charset: str) -> bool:
    try:
        return codecs.lookup(charset).name == "utf-8"
    except LookupError:
        return False


class PrivateAnswersMiddleware:
    """What somebody signed in is shown stays in no cache: after signing out, Back shows nobody."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        signed_in = bool(request.session.session_key) and request.user.is_authenticated
        response = self.get_response(request)
        # A token is looked at by the view, which signs the request in.
        is_api = request.path.startswith(API_PREFIX)
        if signed_in or (is_api and request.user.is_authenticated):
            response["Cache-Control"] = "private, no-store"
        return response


class NoNulMiddleware:
    """Refuses addresses with a NUL character, which no text of a database can hold: 400."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        texts = [text for _name, values in request.GET.lists() for text in values]
        if any("\0" in text for text in [request.path, *texts]):
            raise BadRequest("A NUL character in the address")
        return self.get_response(request)


class AuditContextMiddleware:
    """Tells the audit from where, and under which request number, things are done: as the log does."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        bound = structlog.contextvars.get_contextvars()
        origin = audit.Origin(ip=bound.get("ip"), request_id=str(bound.get("request_id", "")))
        with audit.originating(origin):
            response = self.get_response(request)
        remember_browser(request, response)
        return response


class IdleTimeoutMiddleware:
    """Ends a session that was idle too long; writes its last use at most once a minute."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.session.session_key:
            # The person themselves, not Django's proxy, of which a page asks hundreds of things; read
            # once for the request.
            request.user = get_user(request)
        if request.session.session_key and request.user.is_authenticated:
            person, moment = signed_in(request), timezone.now()
            now = int(moment.timestamp())
            last = request.session.get("last_seen", now)
            if devices.is_signed_out(request.session, person):
                logout(request)
            elif now - last > devices.idle_limit(request.session, person):
                logout(request)
                messages.info(request, _("You were signed out after a while without use."))
            elif now - request.session.get("last_seen", 0) > 60:
                request.session["last_seen"] = now
                devices.seen(request, moment)
        return self.get_response(request)


class AccountDutiesMiddleware:
    """Sends people to what their account owes first: a new password, a second factor."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        page = duty_page(request)
        if page is None:
            return self.get_response(request)
        if request.path.startswith(API_PREFIX):
            owed = OwesSomething(signed_in(request))
            return early_problem(owed.status_code, str(owed.detail), owed.code)
        return redirect(page)


class UnsentFormMiddleware:
    """Keeps the words of a form whose session had ended, and gives them back after signing in.

    An address that takes only what a form sends never answers with an empty page.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(API_PREFIX):
            return self.get_response(request)
        if request.method == "GET":
            response = self._read(request)
        elif request.method in SAFE_METHODS:
            response = self.get_response(request)
        else:
            response = self._written(request)
        unsent_forms.remember_owner(request, response)
        return response

    def _read(self, request: HttpRequest) -> HttpResponseBase:
        found = unsent_forms.waiting(request)
        setattr(request, "unsent", found)  # noqa: B010  not an attribute that Django declares
        response = self.get_response(request)
        if found and not found.shown and response.status_code in (200, 302, 405):
            return unsent_forms.offer(request, found)
        if response.status_code == 405:
            page = unsent_forms.page_above(request)
            return render(request, "orgs/post_only.html", {"page": page}, status=405)
        if getattr(request, "htmx", False) and unsent_forms.leads_to_sign_in(response):
            return _whole_page_to_sign_in(request)
        return response

    def _written(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not unsent_forms.leads_to_sign_in(response):
            if _was_taken(response) and not unsent_forms.was_kept(request):
                unsent_forms.forget(request, request.get_full_path())
            return response
        if getattr(request, "htmx", False):
            return _whole_page_to_sign_in(request)
        if request.method == "POST" and unsent_forms.keep(request, response):
            unsent_forms.say_kept(request)
        return response


def _was_taken(response: HttpResponseBase) -> bool:
    """Whether a page took what was sent, to do it or to show it again: words of a fault, of too many
    tries or without a right go on waiting."""
    return response.status_code < 500 and response.status_code not in (403, 429)


def _whole_page_to_sign_in(request: HttpRequest) -> HttpResponse:
    """A part of a page cannot be the door: the browser leaves the page for it."""
    htmx: Any = getattr(request, "htmx", None)
    page = htmx.current_url_abs_path or reverse("home")
    address = redirect_to_login(page).headers["Location"]
    return HttpResponse(status=204, headers={"HX-Redirect": address})


def _is_of_admin(request: HttpRequest, error: Exception) -> bool:
    """Whether an address or an action of the admin named what is no value; Django does not check."""
    match = request.resolver_match
    return bool(
        match
        and "admin" in match.app_names
        and isinstance(error, ValueError | ValidationError)
        and (request.GET or request.POST)
    )


class DomainErrorMiddleware:
    """Turns what the rules refuse into a page with a sentence, and writes it to the audit."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, ImmediateHttpResponse | ReauthenticationRequired):
            return None  # allauth's own way of answering
        if isinstance(error, RateLimited):
            audit_refusal(request, TooOften(str(error)))
            return too_many_requests(request)
        audit_refusal(request, error)
        if is_unstorable(error) or _is_of_admin(request, error):
            logger.warning("unreadable_request", path=request.path, error=repr(error)[:200])
            return bad_request(request, error)
        if not isinstance(error, DomainError):
            return None
        return render(request, "refused.html", {"error": error}, status=error.status)
