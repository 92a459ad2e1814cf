"""The day on which a membership, a post or a contact ends; the row stays as history."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.errors import Refused


def last_day(starts: date, on: date | None, now: datetime) -> date:
    """The chosen day, or today. Raises Refused (`bad_dates`) outside of the beginning until today."""
    today = timezone.localdate(now)
    day = on or today
    if not starts <= day <= today:
        message = _("Choose a day from the beginning until today.")
        raise Refused(message, code="bad_dates", field="on")
    return day
