"""Letters to the sending organisations, and the yearly publicity."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.web.pages import pdf
from orgs.web.paging import page_by_key
from volunteers.service.desk import queries
from volunteers.service.duty import letters, papers
from volunteers.service.enums import (
    MonthRating,
    Permission,
)
from volunteers.service.models import (
    MonthLetter,
)


@require_safe
@login_required
def letter_list(request: HttpRequest) -> HttpResponse:
    """The letters in sight, newest first."""
    seen = MonthLetter.objects.visible_to(signed_in(request))
    page = page_by_key(request, seen.select_related("month__branch", "employer"))
    context = {"page": page, "rows": page.rows, "now": timezone.now()}
    return render(request, "service/desk/letters.html", context)


def _find_letter(request: HttpRequest, pk: int) -> MonthLetter:
    seen = MonthLetter.objects.visible_to(signed_in(request), one=True)
    found = seen.select_related("month__branch", "employer", "certificate", "received_by")
    row: MonthLetter = get_object_or_404(found, pk=pk)
    return row


@require_safe
@login_required
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """One letter: what it says, and its receipt."""
    row = _find_letter(request, pk)
    context = {
        "now": timezone.now(),
        "row": row,
        "said": row.certificate.payload,
        "ratings": dict(MonthRating.choices),
        "may_receive": row.received_at is None
        and request.user.has_perm(Permission.RECEIVE_LETTERS, row),
    }
    return render(request, "service/desk/letter.html", context)


@require_safe
@login_required
def letter_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter as PDF."""
    row = _find_letter(request, pk)
    return pdf(papers.letter(row.certificate, row.revision), f"letter-{row.pk}")


@require_POST
@login_required
def letter_receive(request: HttpRequest, pk: int) -> HttpResponse:
    """The organisation acknowledges a letter."""
    row = _find_letter(request, pk)
    letters.receive(letter=row, by=signed_in(request), now=timezone.now())
    messages.success(request, _("Acknowledged; the branch sees it."))
    return redirect("service:letter", row.pk)


@require_safe
@login_required
def publicity(request: HttpRequest) -> HttpResponse:
    """A year as sums per branch; a person's line only with consent, in order of name."""
    user = signed_in(request)
    if not user.has_perm(Permission.VIEW_SERVICE):
        raise PermissionDenied
    text = request.GET.get("year", "")
    year = int(text) if len(text) == 4 and text.isdecimal() else queries.this_year()
    context = {"year": year, "before": year - 1, "rows": queries.publicity(user, year)}
    return render(request, "service/desk/publicity.html", context)
