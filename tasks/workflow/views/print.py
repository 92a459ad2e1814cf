"""A task on paper (任务单): its facts, its story, the code that leads back to it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from orgs.accounts.sign_in import signed_in
from orgs.values import qr
from tasks.models import Event, Task
from tasks.workflow import queries, timeline
from tasks.workflow.rules.workflow import WORKFLOW
from tasks.workflow.states import holder


@login_required
@require_safe
def sheet(request: HttpRequest, number: str) -> HttpResponse:
    """One task for the printer, as far as this reader may see it."""
    user = signed_in(request)
    seen = queries.whole(Task.objects.visible_to(user, one=True))
    task = get_object_or_404(seen, number=number)
    authority = timeline.is_authority(task, user)
    name, phone = timeline.contact_for(task, user)
    address = request.build_absolute_uri(reverse("tasks:task", args=[task.number]))

    def entry(event: Event) -> dict[str, Any]:
        return {
            "event": event,
            "author": timeline.author(event, task, user),
            "what": capfirst(event.get_action_display()),
            "detail": WORKFLOW.sentence(event, internal=authority),
        }

    context = {
        "now": timezone.now(),
        "task": task,
        "authority": authority,
        "contact_name": name,
        "contact_phone": phone,
        "holder": holder(task),
        "entries": [entry(event) for event in queries.timeline(task, internal=authority)],
        "address": address,
        "code": qr.svg(address, border=0),
    }
    return render(request, "tasks/workflow/print.html", context)
