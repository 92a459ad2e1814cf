"""What is rarely otherwise in a poll, and the files of an official result."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.errors import WrongState
from orgs.imports import imports
from orgs.imports import views as import_views
from orgs.models import LedgerImport
from orgs.web.pages import use_case_button, use_case_page
from residents.deliberation.enums import PollAction, PollState, PollWho
from residents.deliberation.models import Poll, ResultFile
from residents.deliberation.polls.count import result_files
from residents.deliberation.polls.course import polls
from residents.deliberation.polls.course.workflow import WORKFLOW
from residents.deliberation.polls.forms.desk import ResultFileForm
from residents.deliberation.polls.forms.polls import SettingsForm
from residents.deliberation.polls.official_workbook import OFFICIAL_RESULT
from residents.deliberation.polls.views import shared

if TYPE_CHECKING:
    from orgs.models import User


@login_required
def poll_settings(request: HttpRequest, pk: int) -> HttpResponse:
    """What is rarely otherwise than usual, fixed before the announcement."""
    poll = shared.poll_or_404(request, pk)
    try:
        WORKFLOW.check(poll, PollAction.EDIT, signed_in(request))
    except WrongState as error:
        messages.warning(request, error.message)
        return redirect(shared.address(poll))

    def call(by: "User", now: datetime, **values: Any) -> Poll:
        return polls.edit(poll=poll, settings=poll.settings | values, by=by, now=now)

    return use_case_page(
        request,
        partial(SettingsForm, poll=poll),
        call,
        heading=_("More settings"),
        done=_("The draft is changed."),
        back=shared.address(poll),
        trail=shared.trail(poll, _("More settings")),
    )


@login_required
def add_result_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Keeps a file of what was counted elsewhere."""
    poll = shared.poll_or_404(request, pk)
    if PollWho.ORGANISER not in WORKFLOW.relations(poll, signed_in(request)):
        raise PermissionDenied
    if poll.state != PollState.CLOSED or not poll.is_held_elsewhere:
        return redirect(shared.address(poll))
    return use_case_page(
        request,
        ResultFileForm,
        partial(result_files.keep, poll=poll),
        heading=_("Add a file of the result"),
        done=_("The file is kept; its hash is published with the result."),
        back=shared.address(poll),
        trail=shared.trail(poll, _("Add a file of the result")),
    )


@require_POST
@login_required
@never_cache
def result_file(request: HttpRequest, pk: int) -> HttpResponse:
    """One file of an official result, as it came."""
    user = signed_in(request)
    seen = ResultFile.objects.visible_to(user, one=True).select_related("poll__unit")
    row = get_object_or_404(seen, pk=pk)
    content = result_files.read(file=row, by=user, now=timezone.now())
    disposition = content_disposition_header(True, row.name)
    headers = {"Content-Disposition": str(disposition)}
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)


@require_POST
@login_required
@never_cache
def read_result_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Reads the numbers from a kept workbook; what they say is looked through before it counts."""
    user = signed_in(request)
    seen = ResultFile.objects.visible_to(user, one=True).select_related("poll__unit")
    row = get_object_or_404(seen, pk=pk)
    if PollWho.ORGANISER not in WORKFLOW.relations(row.poll, user):
        raise PermissionDenied

    def read(by: "User", now: datetime) -> LedgerImport:
        WORKFLOW.check(row.poll, PollAction.IMPORT_RESULT, by)
        if row.poll.official is not None:
            raise WrongState(_("The official result was entered already."))
        content = result_files.read(file=row, by=by, now=now)
        return imports.upload(
            roster=OFFICIAL_RESULT, target=row.poll, name=row.name, content=content, by=by, now=now
        )

    return use_case_button(
        request,
        read,
        back=shared.address(row.poll),
        then=lambda imported: reverse("orgs:import", args=[imported.pk]),
    )


@require_safe
@login_required
def result_template(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The sheet for the numbers of an official platform, with the questions of the poll."""
    poll = shared.poll_or_404(request, pk)
    if not signed_in(request).has_perm(OFFICIAL_RESULT.permission, poll):
        raise PermissionDenied
    return import_views.template(request, OFFICIAL_RESULT, poll)
