"""Pages of feedback: what one is asked, a street's rounds with their results, a whistle rated."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orgs.accounts.sign_in import signed_in
from orgs.enums import Role
from orgs.models import Unit, User
from orgs.scoping import reach_of
from orgs.web.pages import use_case_page
from orgs.web.paging import page_by_key
from tasks.enums import STREET_ROLES, Action, Permission
from tasks.feedback import feedback
from tasks.feedback.forms import FeedbackForm, RoundForm, WhistleFeedbackForm
from tasks.models import DepartmentFeedback, FeedbackRound, Task, WhistleFeedback
from tasks.rates import refusals
from tasks.rates.forms import PeriodForm
from tasks.rates.periods import Period

SHOWN_ROUNDS = 12
SHOWN_REFUSALS = 100


@login_required
@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """The departments that one is invited to rate, and (for a street and its district) the rounds."""
    user = signed_in(request)
    rounds = FeedbackRound.objects.visible_to(user).select_related("street").order_by("-pk")
    context = {
        "waiting": feedback.waiting_for(user, timezone.localdate()),
        "rounds": rounds[:SHOWN_ROUNDS],
        "streets": _streets(user),
    }
    return render(request, "tasks/feedback/feedback.html", context)


@login_required
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Rates one department."""
    user = signed_in(request)
    seen = DepartmentFeedback.objects.visible_to(user, one=True)
    row = get_object_or_404(seen.select_related("department", "round__street"), pk=pk, rater=user)
    if row.answered_at:
        messages.info(request, _("You have answered this already."))
        return redirect("tasks:feedback")
    return use_case_page(
        request,
        FeedbackForm,
        partial(feedback.answer, feedback=row),
        heading=_("Rate %(department)s") % {"department": row.department.name},
        submit=_("Send"),
        done=_("Thank you: your answer on %(department)s counts.") % {"department": row.department},
        back=reverse("tasks:feedback"),
    )


@login_required
def open_round(request: HttpRequest, code: str) -> HttpResponse:
    """A street invites its communities and residents."""
    user = signed_in(request)
    street = get_object_or_404(Unit, code=code, level=0)
    if not user.has_perm(Permission.OPEN_FEEDBACK_ROUND, street):
        raise PermissionDenied
    return use_case_page(
        request,
        RoundForm,
        partial(feedback.open_round, street=street),
        heading=_("%(street)s has departments rated") % {"street": street.name},
        submit=_("Invite"),
        done=_("The invitations are out."),
        back=reverse("tasks:feedback"),
        then=lambda feedback_round: reverse("tasks:feedback_round", args=[feedback_round.pk]),
    )


@login_required
@require_safe
def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What a round says so far; too few answers on a department are not shown."""
    user = signed_in(request)
    seen = FeedbackRound.objects.visible_to(user, one=True).select_related("street")
    feedback_round = get_object_or_404(seen, pk=pk)
    context = {
        "round": feedback_round,
        "results": feedback.results(feedback_round),
        "fewest": feedback.FEWEST_SHOWN,
        "is_open": timezone.localdate() <= feedback_round.closes_on,
    }
    return render(request, "tasks/feedback/round.html", context)


@login_required
def rate_whistle(request: HttpRequest, number: str) -> HttpResponse:
    """A department that came says whether the whistle was right and clear."""
    user = signed_in(request)
    task = get_object_or_404(Task.objects.visible_to(user, one=True), number=number)
    department = feedback.department_that_came(task, user)
    if department is None:
        raise PermissionDenied
    if WhistleFeedback.objects.filter(task=task, department=department).exists():
        messages.info(request, _("Your department has answered this already."))
        return redirect("tasks:task", number=number)
    return use_case_page(
        request,
        WhistleFeedbackForm,
        partial(feedback.rate_whistle, task=task),
        heading=_("The whistle: %(title)s") % {"title": task.title},
        submit=_("Send"),
        done=_("Your word on this whistle is kept."),
        back=reverse("tasks:task", args=[number]),
    )


@login_required
@require_safe
def refusals_page(request: HttpRequest) -> HttpResponse:
    """Which departments refused how often, each refusal, and what waits for the district."""
    user, now = signed_in(request), timezone.now()
    if not (user.is_superuser or reach_of(user).roles & (STREET_ROLES | {Role.DISTRICT_OFFICE})):
        raise Http404
    form = PeriodForm(request.GET, today=timezone.localdate(now))
    period, _grouping = form.chosen()
    department = request.GET.get("department", "")[:40]
    context = {
        "now": now,
        "form": form,
        "period": period,
        "counts": refusals.by_department(user, period),
        "page": page_by_key(request, refusals.refusals(user, period, department), SHOWN_REFUSALS),
        "may_decide": user.has_perm(Action.DECIDE_REFUSAL.permission),
        "undecided": refusals.undecided(user).order_by("pk")[:SHOWN_REFUSALS],
        "whistles": _whistles(user, period),
        "department": department,
    }
    return render(request, "tasks/rates/refusals.html", context)


def _whistles(user: User, period: Period) -> list[WhistleFeedback]:
    begins, ends = period.moments
    ratings = WhistleFeedback.objects.visible_to(user).filter(at__gte=begins, at__lt=ends)
    return list(ratings.select_related("task", "department").order_by("-pk")[:SHOWN_REFUSALS])


def _streets(user: User) -> list[Unit]:
    return list(Unit.objects.filter(reach_of(user).q("", STREET_ROLES), level=0).order_by("code"))
