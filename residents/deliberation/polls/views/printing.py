"""Printed ballots on pages: ordering them, how far they are, fetching them."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.web.pages import pdf, use_case_button
from residents.deliberation.enums import PaperState
from residents.deliberation.models import BallotRun, BallotSheet, RollEntry
from residents.deliberation.polls import printing
from residents.deliberation.polls.box import casting
from residents.deliberation.polls.views import shared


@require_safe
@login_required
def entry(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Where the code of a printed ballot leads: at the desk to the entry, the voter to the own ballot,
    everybody else, and with a number that is nobody's, to the poll.
    """
    poll, user = shared.poll_or_404(request, pk), signed_in(request)
    rows = RollEntry.objects.filter(poll=poll, number=number, is_void=False)
    entry = rows.select_related("poll", "person__guardian", "successor__guardian").first()
    if entry is not None and user.has_perm("deliberation.desk_poll", poll):
        return redirect("deliberation:poll_desk_entry", poll.pk, entry.pk)
    if entry is not None and casting.way_of(entry, user) is not None:
        return redirect("deliberation:poll_vote", poll.pk, entry.pk)
    return redirect(shared.address(poll))


@require_POST
@login_required
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """Orders a printed ballot for each entry of the roll."""
    poll = shared.desk_poll(request, pk)
    return use_case_button(
        request,
        partial(printing.order, poll=poll),
        back=shared.address(poll),
        then=lambda run: reverse("deliberation:ballot_run", args=[run.pk]),
    )


@require_safe
@login_required
@never_cache
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the printing is, and the sheets that are ready."""
    seen = BallotRun.objects.visible_to(signed_in(request), one=True)
    row = get_object_or_404(seen.select_related("poll__unit"), pk=pk)
    sheets = list(row.sheets.order_by("first"))
    context = {
        "now": timezone.now(),
        "run": row,
        "poll": row.poll,
        "sheets": sheets,
        "done": sum(sheet.state != PaperState.WAITING for sheet in sheets),
        "total": len(sheets),
        "trail": shared.trail(row.poll, _("Printed ballots")),
    }
    page = "deliberation/polls/ballot_run.html"
    return render(request, f"{page}#progress" if getattr(request, "htmx", None) else page, context)


@require_POST
@login_required
@never_cache
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """One sheet of ballots as a PDF."""
    user = signed_in(request)
    seen = BallotSheet.objects.visible_to(user, one=True).select_related("run__poll__unit")
    row = get_object_or_404(seen, pk=pk)
    content = printing.fetch(sheet=row, by=user, now=timezone.now())
    name = _("Ballots") + f" {row.run.poll_id} {row.first}-{row.last}"
    return pdf(content, name)
