"""How often somebody may do what costs much: counts kept in the cache, by account or by address."""

from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.throttling import SimpleRateThrottle

from orgs.accounts.sign_in import client_ip
from orgs.errors import TooOften


class Counted(SimpleRateThrottle):
    """A count under a key of our own, not of DRF's choosing."""

    def __init__(self, ident: str) -> None:
        super().__init__()
        self.ident = ident

    def get_cache_key(self, request: Any, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.ident}


class UploadThrottle(Counted):
    """Files uploaded by one account."""

    scope = "upload_account"
    rate = "300/hour"


class PublicUploadThrottle(Counted):
    """Files uploaded without an account from one address, which many may share: a ticket takes 18."""

    scope = "upload_address"
    rate = "900/hour"


class GuessThrottle(Counted):
    """Private addresses that lead nowhere, from one address of the network, which many may share."""

    scope = "guess_address"
    rate = "120/hour"


def count_guess(request: Any) -> None:
    """Counts a private address that is not, or no longer, one. Raises TooOften beyond 120 an hour.

    Who knows a true one reads it all the same.
    """
    sentence = _("Too many addresses that lead nowhere. Try again in %(wait)s.")
    count(GuessThrottle(client_ip(request) or ""), request, sentence)


def count_upload(request: Any) -> None:
    """Counts one file, before it is decoded. Raises TooOften beyond 300 an hour, or 900 of passers-by."""
    person = request.user
    throttle = (
        UploadThrottle(str(person.pk))
        if person.is_authenticated
        else PublicUploadThrottle(client_ip(request) or "")
    )
    count(throttle, request, _("Very many files were uploaded. Try again in %(wait)s."))


def count(throttle: SimpleRateThrottle, request: Any, sentence: str) -> None:
    """Counts once. Raises TooOften with the sentence, whose %(wait)s says how long to wait."""
    # None of these throttles looks at the view; a page has no API view.
    if not throttle.allow_request(request, cast(Any, None)):
        minutes = int((throttle.wait() or 0) // 60) + 1
        raise TooOften(sentence % {"wait": _("%(minutes)s min") % {"minutes": minutes}})


# --- Pages of allauth, whose limits stand in the settings ------------------------------------------

# The action whose limit a page of allauth answers to, by the end of its name.
_ACTIONS = {
    "account_signup": "signup",
    "account_change_password": "change_password",
    "account_change_phone": "change_phone",
    "account_request_login_code": "request_login_code",
}
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_ANY_WAIT = timedelta(minutes=5)


def longest_wait(view_name: str) -> timedelta:
    """After how long a page of accounts surely takes another try: the longest of its limits but a day's."""
    rates = settings.ACCOUNT_RATE_LIMITS.get(_ACTIONS.get(view_name, ""), "")
    spans = [_span(rate.split("/")[1]) for rate in rates.split(",") if rate]
    return max((span for span in spans if span < timedelta(days=1)), default=_ANY_WAIT)


def _span(text: str) -> timedelta:
    """The span of "h", "300s" or "5m"."""
    return timedelta(seconds=int(text[:-1] or 1) * _SECONDS[text[-1]])


def too_many_requests(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """The page of a limit of allauth's (429): in words, with the time from which it goes on."""
    match = request.resolver_match
    wait = longest_wait(match.view_name if match else "")
    again: datetime = timezone.now() + wait
    response = render(request, "429.html", {"again": again}, status=429)
    response["Retry-After"] = str(int(wait.total_seconds()))
    return response
