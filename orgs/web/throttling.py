"""How often somebody may do what costs much: counts kept in the cache, by account or by address."""

from typing import Any, cast

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
    """Files uploaded without an account from one address."""

    scope = "upload_address"
    rate = "60/hour"


def count_upload(request: Any) -> None:
    """Counts one file, before it is decoded. Raises TooOften beyond 300 an hour, or 60 of passers-by."""
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
