"""Pages of a community's submission: its rows, filling anew, signing off, sending back, consents."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from governance.data_forms.blanks.queries import value_columns
from governance.data_forms.enums import (
    CollectionState,
    Ground,
    Permission,
    SubmissionAction,
    SubmissionState,
)
from governance.data_forms.models import Submission
from governance.data_forms.submissions import filling, queries, submissions
from governance.data_forms.submissions.specification import SUBMISSION_SPECIFICATIONS
from governance.data_forms.submissions.workflow import SUBMISSION_WORKFLOW
from orgs.accounts.sign_in import signed_in
from orgs.models import User
from orgs.web.pages import wants_part
from orgs.web.paging import page_by_key
from orgs.workflow.views import ActView, open_steps

ROWS = 50


@require_safe
@login_required
@never_cache
def submission_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One community's part: rows with what changed and what is missing; the street sees what is handed over."""
    user, now = signed_in(request), timezone.now()
    row = _find(user, pk)
    is_community = user.has_perm(SubmissionAction.SIGN.permission, row)
    reads = filling.may_read(row, user)
    grounds = None if is_community else submissions.handed(row)
    # The street looks at what was signed off, not at what is being written.
    is_shown = bool(row.filled_at) and (reads or (not is_community and row.signed_at is not None))
    columns = value_columns(row.collection.form)
    if grounds is not None:
        columns = [column for column in columns if column.place in grounds]
    lines = row.lines.all() if is_shown else row.lines.none()
    only = request.GET.get("only", "")
    if only == "changed":
        lines = (lines.filter(is_new=True) | lines.exclude(changed=[])).distinct()
    elif only == "sent-back":
        lines = lines.exclude(reason="")
    page = page_by_key(request, lines, ROWS, order=("number",))
    shown = list(
        submissions.read(
            row, row.lines.filter(pk__in=[one.pk for one in page.rows]), columns, grounds
        )
    )
    people = [line.row.person_id for line in shown if line.row.person_id]
    submissions.record_readings(row, people, row.collection.purpose, user, now)
    needs_consent = Ground.CONSENT in submissions.handed(row).values()
    context = {
        "row": row,
        "light": row.light(timezone.localdate(now)),
        "columns": columns,
        "lines": shown,
        "page": page,
        "only": only,
        "is_shown": is_shown,
        "is_community": is_community,
        "reads": reads,
        "total": row.lines.count() if is_shown else 0,
        "fresh": row.lines.filter(is_new=True).count() if is_shown else 0,
        "changed": row.lines.exclude(changed=[]).count() if is_shown else 0,
        "sent_back": row.lines.exclude(reason="").count() if is_shown else 0,
        "empty": submissions.empty_cells(row) if is_shown and is_community else 0,
        "waits": _waits(row),
        "may_refill": filling.may_refill(row, user),
        "may_consent": needs_consent and reads and filling.may_refill(row, user),
        "may_complete": is_community and filling.may_refill(row, user),
        "today": timezone.localdate(now),
        "entries": row.entries.select_related("by"),
        "buttons": open_steps(SubmissionActView, row, user, now, "data_forms:submission_act"),
        "now": now,
    }
    page_ = "data_forms/submissions/submission.html"
    return render(request, f"{page_}#progress" if wants_part(request) else page_, context)


def _waits(row: Submission) -> bool:
    """Whether a worker is still to fill it."""
    is_open = row.collection.state == CollectionState.OPEN and row.state != SubmissionState.SIGNED
    return is_open and row.tried_at is None and (not row.filled_at or row.filler_id is not None)


class SubmissionActView(ActView):
    """One step with a submission."""

    workflow, specifications = SUBMISSION_WORKFLOW, SUBMISSION_SPECIFICATIONS
    template_name = "components/form_page.html"

    def get_object(self) -> Submission:
        return _find(self.user, self.kwargs["pk"])

    def page_of(self, row: Submission) -> str:
        return reverse("data_forms:submission", args=[row.pk])


@require_POST
@login_required
def refill(request: HttpRequest, pk: int) -> HttpResponse:
    """Has it filled anew from the rosters."""
    user = signed_in(request)
    row = _find(user, pk)
    filling.refill(submission=row, by=user, now=timezone.now())
    messages.success(request, _("The portal fills it anew; what you completed stays."))
    return redirect("data_forms:submission", row.pk)


@require_POST
@login_required
def consent(request: HttpRequest, pk: int) -> HttpResponse:
    """Enters that the people of the ticked rows agreed today, or that they take it back."""
    user, now = signed_in(request), timezone.now()
    row = _find(user, pk)
    numbers = [int(one) for one in request.POST.getlist("row") if one.isdecimal() and len(one) < 7]
    if request.POST.get("do") == "withdraw":
        done = submissions.withdraw_consent(submission=row, rows=numbers, by=user, now=now)
        words = ngettext("%(count)d consent withdrawn.", "%(count)d consents withdrawn.", done)
        messages.success(request, words % {"count": done})
        return redirect("data_forms:submission", row.pk)
    done = submissions.consent(
        submission=row, rows=numbers, given_on=timezone.localdate(now), by=user, now=now
    )
    words = ngettext("%(count)d consent entered.", "%(count)d consents entered.", done)
    messages.success(request, words % {"count": done})
    return redirect("data_forms:submission", row.pk)


def _find(user: User, pk: int) -> Submission:
    if not user.has_perm(Permission.VIEW_COLLECTIONS):
        raise Http404
    row: Submission = get_object_or_404(queries.submissions(user), pk=pk)
    return row
