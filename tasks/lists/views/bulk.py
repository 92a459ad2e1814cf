"""One action with the tasks that were ticked in a list."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from orgs.accounts.sign_in import signed_in
from orgs.web.return_to import next_page
from orgs.workflow.forms import ActionForm, PhotosForm
from orgs.workflow.specification import text_for
from tasks.enums import Action
from tasks.models import Task
from tasks.workflow import bulk
from tasks.workflow.specification import SPECIFICATIONS


@login_required
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest) -> HttpResponse:
    """GET shows what was ticked and asks what the action needs; POST does it, with a line for each."""
    user, now = signed_in(request), timezone.now()
    given = request.POST if request.method == "POST" else request.GET
    action = _action(given.get("action", ""))
    numbers = [number for number in dict.fromkeys(given.getlist("numbers")) if "\0" not in number]
    tasks = bulk.chosen(numbers[: bulk.MOST], user, action)
    if not tasks or len(numbers) > bulk.MOST:
        messages.warning(request, _("Tick 1 to %(most)d tasks first.") % {"most": bulk.MOST})
        return redirect(_back(request))
    first, *others = tasks.values()
    data = request.POST if request.method == "POST" else None
    form = SPECIFICATIONS[action].form(data, row=first, user=user, others=others)
    if isinstance(form, PhotosForm):
        form.drop_photos()  # one photo belongs to one task
    context = _context(request, action, numbers, tasks, form)
    if not form.is_valid():
        status = 400 if form.is_bound else 200
        return render(request, "tasks/lists/bulk.html", context, status=status)
    lines = bulk.act(action=action, numbers=numbers, body=form.body(), by=user, now=now)
    context |= {"results": lines, "done": sum(line.ok for line in lines)}
    return render(request, "tasks/lists/bulk_done.html", context)


def _context(
    request: HttpRequest,
    action: Action,
    numbers: list[str],
    tasks: dict[str, Task],
    form: ActionForm,
) -> dict[str, Any]:
    first = next(iter(tasks.values()))
    return {
        "action": action,
        "label": capfirst(str(action.label)),
        "numbers": numbers,
        "tasks": [tasks[number] for number in numbers if number in tasks],
        "form": form,
        "lines": getattr(form, "lines", []),
        "question": text_for(SPECIFICATIONS[action].question, first) if len(tasks) == 1 else "",
        "back": _back(request),
        "trail": [(_("Tasks"), reverse("tasks:list")), (capfirst(str(action.label)), "")],
    }


def _action(name: str) -> Action:
    if name not in bulk.ACTIONS:
        raise Http404
    return Action(name)


def _back(request: HttpRequest) -> str:
    """The list in which they were ticked."""
    return next_page(request) or reverse("tasks:list")
