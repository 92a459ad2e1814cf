"""A resident's own reports."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.web.paging import page_by_key
from tasks.enums import LimitKind
from tasks.models import Task
from tasks.reports import following, progress
from tasks.workflow import states
from tasks.workflow.queries import rows, whole

CARDS = 20


def cards(tasks: list[Task]) -> list[dict[str, object]]:
    """Reports with what their reporter is told of them; no query of its own."""
    now = timezone.now()
    return [
        {
            "task": task,
            "state": states.sentence(task),
            "next_step": states.next_step(task),
            "light": task.light(now),
            "limit": task.limit_at,
            "limit_name": LimitKind(task.limit_kind).label if task.limit_kind else "",
        }
        for task in tasks
    ]


@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """Newest first."""
    user = signed_in(request)
    page = page_by_key(request, rows(Task.objects.filter(reporter=user)), size=CARDS)
    followed = rows(following.followed_by(user)).order_by("-pk")[:CARDS]
    context = {"cards": cards(page.rows), "page": page, "followed": cards(list(followed))}
    return render(request, "tasks/reports/mine.html", context)


@require_POST
@login_required
def follow(request: HttpRequest) -> HttpResponse:
    """“I have met it too”: follows the report that was shown as a likely duplicate."""
    task = get_object_or_404(Task, pk=following.offered(request.POST.get("follow", "")))
    following.follow(task=task, by=signed_in(request), now=timezone.now())
    messages.success(request, _("You follow this report and are told when it is done."))
    return redirect("tasks:followed", task.pk)


@require_POST
@login_required
def unfollow(request: HttpRequest, pk: int) -> HttpResponse:
    """Follows it no longer."""
    user = signed_in(request)
    task = get_object_or_404(following.followed_by(user), pk=pk)
    following.unfollow(task=task, by=user, now=timezone.now())
    messages.success(request, _("You follow this report no longer."))
    return redirect("tasks:mine")


@require_safe
@login_required
def followed(request: HttpRequest, pk: int) -> HttpResponse:
    """A neighbour's report that one follows: its state and results, no names and no private words."""
    task = get_object_or_404(whole(following.followed_by(signed_in(request))), pk=pk)
    other = progress.goes_on_as(task) or task
    context = {
        "task": task,
        "trail": [(_("My reports"), reverse("tasks:mine")), (task.category.label, "")],
        "state": states.sentence(other),
        "steps": states.reporter_steps(other),
        "entries": following.nameless_story(other),
        "met": following.count(task),
    }
    return render(request, "tasks/reports/followed.html", context)
