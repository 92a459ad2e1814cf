"""Pages of runs: which there are, one run with its scores, why a score is what it is."""

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from governance.assessment.enums import DISTRICT, Permission, RunState
from governance.assessment.indicators import registry
from governance.assessment.models import Run, Scheme, Score
from governance.assessment.periods import Period
from governance.assessment.runs import preview, queries, runs
from governance.assessment.runs.forms import StartForm
from governance.assessment.runs.specification import SPECIFICATIONS
from governance.assessment.runs.workflow import WORKFLOW, keeps, needs_correction
from governance.assessment.schemes.forms import SchemeForm, body_of
from orgs.accounts.sign_in import signed_in
from orgs.errors import DomainError
from orgs.scoping import reach_of
from orgs.web.pages import use_case_page
from orgs.web.paging import key_of, page_by_key
from orgs.workflow.views import ActView, open_steps

MOST_OWN = 10


@require_safe
@login_required
def run_list(request: HttpRequest) -> HttpResponse:
    """The runs in sight, one's own scores first."""
    user = signed_in(request)
    page = page_by_key(request, queries.runs(user), 30)
    rows = [(run, Period.parse(run.period).label) for run in page.rows]
    context = {
        "page": page,
        "rows": rows,
        "own": [
            (score, Period.parse(score.run.period).label, queries.band_name(score.run, score.band))
            for score in queries.own_scores(user)[:MOST_OWN]
        ],
        "now": timezone.now(),
        "keeps": user.has_perm(Permission.KEEP_SCHEMES),
        "honours": bool(reach_of(user).roles & DISTRICT),
    }
    return render(request, "assessment/runs.html", context)


@login_required
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Starts the run of a period by hand; beat does the same by itself."""
    user = signed_in(request)
    scheme = get_object_or_404(
        Scheme.objects.visible_to(user, one=True).select_related("district"), pk=pk
    )
    if not user.has_perm(Permission.START_RUNS, scheme):
        raise PermissionDenied
    return use_case_page(
        request,
        StartForm,
        partial(runs.start, scheme=scheme),
        heading=_("Compute a period of “%(name)s”") % {"name": scheme.name},
        submit=_("Start"),
        done=_("Started; a worker computes it, and you are told when it is there."),
        back=reverse("assessment:scheme", args=[scheme.pk]),
        then=lambda run: reverse("assessment:run", args=[run.pk]),
    )


@require_safe
@login_required
def run_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: where it stands, its scores in code order, what may be done."""
    user, now = signed_in(request), timezone.now()
    run = _find(request, pk)
    page = page_by_key(request, queries.scores(user, run), 50, ("code",))
    is_public = run.scheme.is_public and run.state in (RunState.PUBLISHED, RunState.ARCHIVED)
    is_kept = keeps(user, run.scheme)
    context = {
        "run": run,
        "period": Period.parse(run.period).label,
        "page": page,
        "rows": [(score, queries.band_name(run, score.band)) for score in page.rows],
        "keeps": is_kept,
        "is_public": is_public,
        "correction": Run.objects.filter(corrects=run).first(),
        "entries": run.entries.select_related("by"),
        "waiting": queries.waiting_appeals(run) if is_kept else 0,
        "needs_correction": is_kept and run.state == RunState.APPEALS and needs_correction(run),
        "buttons": open_steps(RunActView, run, user, now, "assessment:run_act"),
        "definition": queries.definition_of(run),
        "states": RunState.choices,
        "now": now,
    }
    return render(request, "assessment/run.html", context)


class RunActView(ActView):
    """One step with a run."""

    workflow, specifications = WORKFLOW, SPECIFICATIONS
    template_name = "components/form_page.html"

    def get_object(self) -> Run:
        seen = Run.objects.visible_to(self.user, one=True).select_related("scheme__district")
        row: Run = get_object_or_404(seen, pk=self.kwargs["pk"])
        return row

    def page_of(self, row: Run) -> str:
        return reverse("assessment:run", args=[row.pk])


@require_safe
@login_required
def score_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Why a score is what it is: each indicator in words, and the rows behind the one chosen."""
    user, now = signed_in(request), timezone.now()
    rows = Score.objects.visible_to(user, one=True).select_related("run__scheme__district")
    score: Score = get_object_or_404(rows, pk=pk)
    lines = queries.lines(score, queries.left_out(score))
    code = request.GET.get("indicator", "")
    chosen = next((line for line in lines if line.item.code == code), None)
    if code and chosen is None:
        raise Http404
    after = key_of(request.GET.get("after")) or 0
    counted = queries.rows_behind(score, code, after) if chosen else []
    context = {
        "score": score,
        "run": score.run,
        "period": Period.parse(score.run.period).label,
        "before": queries.before(user, score),
        "corrected": queries.corrected(user, score),
        "verdict": queries.verdict(score),
        "band": queries.band_name(score.run, score.band),
        "lines": lines,
        "has_mean": any(line.item.weight for line in lines),
        "why": queries.explained(score, lines),
        "chosen": chosen,
        # What cost something stands first.
        "counted": sorted(counted, key=lambda row: not row.costs),
        "more": counted[-1].key if len(counted) == queries.MOST_ROWS else 0,
        "appeals": score.appeals.select_related("by", "decided_by").prefetch_related("attached"),
        "may_appeal": queries.may_appeal(user, score, now),
        "keeps": keeps(user, score.run.scheme),
        "now": now,
    }
    return render(request, "assessment/score.html", context)


def _find(request: HttpRequest, pk: int) -> Run:
    seen = Run.objects.visible_to(signed_in(request), one=True)
    row: Run = get_object_or_404(
        seen.select_related("scheme__district", "scheme__publisher"), pk=pk
    )
    return row


@require_POST
@login_required
def try_scheme(request: HttpRequest, pk: int) -> HttpResponse:
    """What the draft that was typed would have given for the last period; nothing is stored."""
    user, now = signed_in(request), timezone.now()
    seen = Scheme.objects.visible_to(user, one=True).select_related("district", "publisher")
    scheme: Scheme = get_object_or_404(seen, pk=pk)
    if not user.has_perm(Permission.KEEP_SCHEMES, scheme):
        raise PermissionDenied
    form = SchemeForm(request.POST, scheme=scheme)
    context: dict[str, Any] = {
        "heading": _("Trial of “%(name)s”") % {"name": scheme.name},
        "period": preview.last_period(scheme, now).label,
        "refusal": "" if form.is_valid() else _("Something in the form is not right yet."),
        "rows": [],
        "labels": [],
    }
    if form.is_valid():
        try:
            definition = body_of(dict(form.cleaned_data), form.indicators)["definition"]
            context["rows"] = preview.preview(scheme, definition, now)
            context["labels"] = [registry.get(item.code).label for item in definition.items]
        except DomainError as error:
            context["refusal"] = error.message
    status = 400 if context["refusal"] else 200
    return render(request, "assessment/preview.html", context, status=status)
