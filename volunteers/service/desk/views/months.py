"""The month of a page, with the months before and after it: of one's own, and of somebody at the desk."""

from datetime import date, datetime, timedelta

from django.http import Http404, HttpRequest

from orgs.errors import DomainError
from volunteers.service.duty import months
from volunteers.service.duty.rules import month_of, next_month


def month_asked(request: HttpRequest, now: datetime) -> tuple[date, dict[str, str]]:
    """The month in the address, the running one where there is none; and its steps for the template.

    Raises Http404 for what is no month.
    """
    text = request.GET.get("month", "")
    try:
        month = months.parse(text) if text else month_of(now)
    except DomainError:
        raise Http404 from None
    later = next_month(month)
    return month, {
        "before": f"{month.replace(day=1) - timedelta(days=1):%Y-%m}",
        "after": f"{later:%Y-%m}" if later <= month_of(now) else "",
    }
