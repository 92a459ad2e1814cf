"""The month of a page and its entries: of one's own, and of somebody at the desk."""

from datetime import date, datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from orgs.errors import DomainError
from orgs.web.pages import Trail
from orgs.web.paging import page_of
from volunteers.service.duty import months
from volunteers.service.duty.rules import month_of, next_month
from volunteers.service.duty.standing import standing
from volunteers.service.models import Participant

# Entries of each kind on the page of a month: each takes half a millisecond to write, and all of them stand
# on pages of their own.
SHOWN = 20


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


def entries_page(
    request: HttpRequest, participant: Participant | None, line: str, trail: Trail
) -> HttpResponse:
    """All entries of a month, page by page; `line` is the template of one."""
    now = timezone.now()
    month, steps = month_asked(request, now)
    found = standing(participant, month, now)
    page = page_of(request, found.entries)
    context = {
        "now": now,
        "participant": participant,
        "month": found,
        "page": page,
        "line_template": line,
        "trail": trail,
    } | steps
    return render(request, "service/desk/entries.html", context)
