"""Who is told of months and appeals: the branch that one waits, organisations of letters, the member of
what was decided and how the month ended.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.notifications.notifications import NoticeKind
from orgs.templatetags.portal import month_name

LETTER, REVIEW = "service-letter", "service-month"
DECIDED, CLOSED = "service-appeal", "service-my-month"


def _named(data: Mapping[str, Any]) -> dict[str, Any]:
    """With the month as people read it: 2026-03 is 2026年3月."""
    return {**data, "month": month_name(data["month"])}


def _of_letter(data: Mapping[str, Any]) -> str:
    if data["revision"] > 1:
        return _("%(branch)s has corrected its letter about your members in %(month)s.") % _named(
            data
        )
    return _("%(branch)s has written about your members in %(month)s.") % _named(data)


def _of_month(data: Mapping[str, Any]) -> str:
    text = _(
        "The month %(month)s is counted: %(short)d members need a call. Please look through it and rate."
    )
    return text % _named(data)


def _of_appeal(data: Mapping[str, Any]) -> str:
    text = _("Your appeal was granted: %(decision)s")
    if "name" in data:
        text = _("The appeal of %(name)s was not granted: %(decision)s. Tell them.")
        if data["granted"]:
            text = _("The appeal of %(name)s was granted: %(decision)s. Tell them.")
    elif not data["granted"]:
        text = _("Your appeal was not granted: %(decision)s")
    return text % {**data}


def _of_my_month(data: Mapping[str, Any]) -> str:
    if data["met"]:
        return _("%(month)s is closed: you did what was owed. Thank you.") % _named(data)
    text = _("%(month)s is closed, and something is missing: look, and appeal if it is wrong.")
    return text % _named(data)


KINDS = (
    NoticeKind(DECIDED, gettext_lazy("what was decided on my appeals"), _of_appeal),
    NoticeKind(CLOSED, gettext_lazy("how my months of service ended"), _of_my_month),
    NoticeKind(LETTER, gettext_lazy("monthly letters to my organisation"), _of_letter),
    NoticeKind(REVIEW, gettext_lazy("months of my branch to look through"), _of_month),
)
