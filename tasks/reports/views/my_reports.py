"""A resident's own reports."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from orgs.accounts.sign_in import signed_in
from orgs.web.paging import page_by_key
from tasks.models import Task
from tasks.workflow import states
from tasks.workflow.queries import rows

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
        }
        for task in tasks
    ]


@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """Newest first."""
    own = rows(Task.objects.filter(reporter=signed_in(request)))
    page = page_by_key(request, own, size=CARDS)
    return render(request, "tasks/reports/mine.html", {"cards": cards(page.rows), "page": page})
