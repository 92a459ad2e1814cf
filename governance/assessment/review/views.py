"""Pages of appeals, and of what is made public."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from governance.assessment.enums import DISTRICT, RELEASED, AppealState, Permission, RunState
from governance.assessment.models import Run, Score, ScoreAppeal
from governance.assessment.periods import Period
from governance.assessment.review import appeals, awards, export, publicity
from governance.assessment.review.forms import AppealForm, DecideForm
from governance.assessment.runs import queries
from governance.assessment.runs.workflow import keeps
from orgs.accounts.sign_in import signed_in
from orgs.models import District
from orgs.scoping import reach_of
from orgs.web.pages import dated, use_case_page, workbook
from orgs.web.paging import page_by_key

MOST_CHOICES = 100


@login_required
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """Appeals against a score of one's own."""
    user = signed_in(request)
    seen = Score.objects.visible_to(user, one=True).select_related("run__scheme")
    score: Score = get_object_or_404(seen, pk=pk)
    if not queries.concerns(user, score):
        raise PermissionDenied
    lines = [(line.item.code, str(line.indicator.label)) for line in queries.lines(score)]
    return use_case_page(
        request,
        partial(AppealForm, indicators=lines),
        partial(appeals.appeal, score=score),
        heading=_("Appeal against the score of %(name)s") % {"name": score.name},
        submit=_("Appeal"),
        done=_("Your appeal is there; somebody who did not score decides it."),
        back=reverse("assessment:score", args=[score.pk]),
    )


@require_safe
@login_required
def appeal_list(request: HttpRequest) -> HttpResponse:
    """The appeals in sight, those that wait first."""
    user = signed_in(request)
    rows = ScoreAppeal.objects.visible_to(user).select_related("score__run__scheme", "by")
    only_waiting = request.GET.get("view", "waiting") == "waiting"
    if only_waiting:
        rows = rows.filter(state=AppealState.WAITING)
    page = page_by_key(request, rows)
    context = {
        "page": page,
        "rows": [(row, Period.parse(row.score.run.period).label) for row in page.rows],
        "view": "waiting" if only_waiting else "all",
        "tabs": [("waiting", _("Waiting")), ("all", _("All"))],
        "decides": user.has_perm(Permission.DECIDE_APPEALS),
        "now": timezone.now(),
    }
    return render(request, "assessment/appeals.html", context)


@login_required
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decides an appeal, with the rows of the indicator to leave out."""
    user = signed_in(request)
    seen = ScoreAppeal.objects.visible_to(user, one=True).select_related("score__run__scheme")
    row: ScoreAppeal = get_object_or_404(seen, pk=pk)
    if not user.has_perm(Permission.DECIDE_APPEALS, row):
        raise PermissionDenied
    counted = queries.rows_behind(row.score, row.indicator) if row.indicator else []
    choices = [(one.key, one.text) for one in counted if not one.left_out][:MOST_CHOICES]
    return use_case_page(
        request,
        partial(DecideForm, rows=choices),
        partial(appeals.decide, appeal=row),
        heading=_("Appeal of %(name)s") % {"name": row.score.name},
        submit=pgettext("appeal", "Decide"),
        done=_("Decided; what was granted comes into force by a correction of the run."),
        back=reverse("assessment:appeals"),
        template="assessment/decide.html",
        appeal=row,
    )


@require_safe
@login_required
def public(request: HttpRequest, pk: int) -> HttpResponse:
    """What a run makes public: names (people masked), bands and scores, in code order."""
    seen = Run.objects.visible_to(signed_in(request), one=True).select_related("scheme__publisher")
    run: Run = get_object_or_404(seen, pk=pk)
    if not run.scheme.is_public or run.state not in (RunState.PUBLISHED, RunState.ARCHIVED):
        raise Http404
    page = page_by_key(request, Score.objects.filter(run=run), 100, ("code",))
    context = {
        "run": run,
        "period": Period.parse(run.period).label,
        "page": page,
        "rows": publicity.rows(run, page.rows),
        "has_scores": publicity.has_scores(run),
        "correction": Run.objects.filter(corrects=run, state__in=awards.PUBLISHED).first(),
    }
    return render(request, "assessment/public.html", context)


@require_safe
@login_required
def export_run(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The scores in sight as a workbook."""
    user = signed_in(request)
    seen = Run.objects.visible_to(user, one=True).select_related("scheme")
    run: Run = get_object_or_404(seen, pk=pk)
    if not keeps(user, run.scheme):
        raise PermissionDenied
    content = export.workbook(run=run, by=user, now=timezone.now())
    return workbook(content, dated(f"{run.scheme.name} {run.period} "))


@require_safe
@login_required
def award_list(request: HttpRequest) -> HttpResponse:
    """Whom a published year found excellent, one list a kind; for whoever keeps the schemes."""
    districts, district = _kept_district(request)
    name = request.GET.get("list", "")
    name = name if name in awards.AWARDS else next(iter(awards.AWARDS))
    years = awards.years(district)
    asked = request.GET.get("year", "")
    year = next((one for one in years if str(one) == asked), years[0] if years else 0)
    award = awards.AWARDS[name]
    page = page_by_key(request, awards.awarded(district, award, year), 100, ("unit__code",))
    context = {
        "districts": districts,
        "district": district,
        "awards": awards.AWARDS,
        "name": name,
        "award": award,
        "years": years,
        "year": year,
        "page": page,
        "rows": [(score, queries.band_name(score.run, score.band)) for score in page.rows],
    }
    return render(request, "assessment/awards.html", context)


@require_safe
@login_required
def export_awards(request: HttpRequest, name: str, year: int) -> HttpResponseBase:
    """One list of honours as a workbook."""
    _districts, district = _kept_district(request)
    if name not in awards.AWARDS or year not in awards.years(district):
        raise Http404
    award = awards.AWARDS[name]
    content = awards.workbook(
        district=district, award=award, year=year, by=signed_in(request), now=timezone.now()
    )
    return workbook(content, dated(f"{award.label} {year} "))


def _kept_district(request: HttpRequest) -> tuple[list[District], District]:
    """The districts whose office asks, and the one of `?district=` (its code), else the first by code.

    Raises PermissionDenied for who is of no such office, Http404 for a district of others.
    """
    kept = reach_of(signed_in(request)).district_ids(DISTRICT)
    districts = list(District.objects.filter(pk__in=kept).order_by("code"))
    if not districts:
        raise PermissionDenied
    code = request.GET.get("district", districts[0].code)
    chosen = next((one for one in districts if one.code == code), None)
    if chosen is None:
        raise Http404
    return districts, chosen


@require_safe
@login_required
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The notice about one score, as a PDF."""
    user = signed_in(request)
    seen = Score.objects.visible_to(user, one=True)
    rows = seen.select_related("run__scheme__publisher", "run__district")
    score: Score = get_object_or_404(rows, pk=pk)
    if score.run.state not in RELEASED:
        raise Http404
    content = export.letter(score=score, by=user, now=timezone.now())
    return HttpResponse(content, content_type="application/pdf")
