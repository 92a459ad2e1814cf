"""Papers and files of a poll."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orgs.accounts.sign_in import signed_in
from orgs.web.pages import pdf, workbook
from residents.deliberation.enums import PollState
from residents.deliberation.polls import documents
from residents.deliberation.polls.views import shared


@require_safe
@login_required
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """The notice of the poll, or of its result, to be posted up."""
    poll = shared.poll_or_404(request, pk)
    if poll.state == PollState.DRAFT:
        return redirect(shared.address(poll))
    return pdf(documents.notice(poll), _("Notice") + f" {poll.pk}")


@require_safe
@login_required
def poster(request: HttpRequest, pk: int) -> HttpResponse:
    """The poster for the lift."""
    poll = shared.poll_or_404(request, pk)
    if poll.state == PollState.DRAFT:
        return redirect(shared.address(poll))
    return pdf(documents.poster(poll), _("Poster") + f" {poll.pk}")


@require_safe
@login_required
def roll_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The frozen roll for an official platform."""
    poll = shared.desk_poll(request, pk)
    content = documents.roll_file(poll, by=signed_in(request), now=timezone.now())
    return workbook(content, _("Roll") + f" {poll.pk}")
