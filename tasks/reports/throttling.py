"""How often somebody may report: one count for the pages and the API, kept in the cache."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.throttling import UserRateThrottle

from orgs.accounts.sign_in import client_ip
from orgs.values import phones
from orgs.web.throttling import Counted, count


class ReportThrottle(UserRateThrottle):
    """Reports of one account in an hour, and of them those of the last minute: one history for both."""

    scope = "report_hour"

    def throttle_success(self) -> bool:
        most, seconds = self.parse_rate(self.THROTTLE_RATES["report_minute"])
        lately = [at for at in self.history if at > self.now - (seconds or 0)]
        if most is not None and len(lately) >= most:
            # `wait` counts by what refused.
            self.history, self.num_requests, self.duration = lately, most, seconds
            return bool(self.throttle_failure())
        return bool(super().throttle_success())


class PhoneThrottle(Counted):
    """Reports without an account under one telephone number."""

    scope = "public_report_phone"
    rate = "5/hour"


class AddressThrottle(Counted):
    """Reports without an account from one address, which a carrier or a hall's Wi-Fi gives to many."""

    scope = "public_report_address"
    rate = "600/hour"


class AnswersThrottle(Counted):
    """Answers to the question of the report page from one address."""

    scope = "answers_address"
    rate = "1200/hour"


class LookUpThrottle(Counted):
    """Look-ups of the public progress page from one address."""

    scope = "progress_address"
    rate = "1200/hour"


class DuplicatesThrottle(Counted):
    """Look-ups of likely duplicates from one address without an account."""

    scope = "duplicates_address"
    rate = "2400/hour"


def count_report(request: Any) -> None:
    """Counts one report of an account. Raises TooOften beyond 20 a minute or 60 an hour."""
    sentence = _("You are reporting very fast. Send it again in %(wait)s.")
    count(ReportThrottle(), request, sentence)


def count_public_report(request: Any, phone: str) -> None:
    """Counts one report without an account, by its (normalised) telephone and by its address."""
    count(
        PhoneThrottle(phones.index(phone)),
        request,
        _("Five reports an hour are taken from one telephone. Try again in %(wait)s."),
    )
    count(
        AddressThrottle(client_ip(request) or ""),
        request,
        _("Very many reports came from your connection. Try again in %(wait)s, or sign in."),
    )


def count_answer(request: Any) -> None:
    """Counts one answer to the question of the report page. Raises TooOften."""
    _count_try(AnswersThrottle(client_ip(request) or ""), request)


def count_look_up(request: Any) -> None:
    """Counts one look-up on the progress page. Raises TooOften."""
    _count_try(LookUpThrottle(client_ip(request) or ""), request)


def count_duplicates(request: Any) -> None:
    """Counts one look-up of likely duplicates. Raises TooOften."""
    _count_try(DuplicatesThrottle(client_ip(request) or ""), request)


def _count_try(throttle: Counted, request: Any) -> None:
    sentence = _("Very many tries came from your connection. Try again in %(wait)s.")
    count(throttle, request, sentence)
