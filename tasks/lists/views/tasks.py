"""The list of tasks."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from orgs.accounts.sign_in import signed_in
from orgs.models import User
from orgs.web.pages import wants_part
from orgs.web.paging import page_by_key
from tasks.enums import Permission
from tasks.lists import saved_filters
from tasks.lists.desk import with_rule
from tasks.lists.filters import (
    TABS,
    TaskPageFilter,
    address_of,
    departments_to_choose,
    kept,
)
from tasks.lists.forms import SaveFilterForm
from tasks.lists.rows import as_rows
from tasks.models import Task
from tasks.rates.rates import times_behind
from tasks.workflow import bulk
from tasks.workflow.contacts import caller
from tasks.workflow.queries import read_parts

ROWS = 30
# The address of everything.
ALL = "tab="


@login_required
@require_GET
@vary_on_headers("HX-Request")
def task_list(request: HttpRequest) -> HttpResponse:
    """The tasks in sight, filtered by the address; htmx gets only the list.

    An address without any filter leads to the one that the person wants to see first; one with a
    telephone number to one without.
    """
    user, now = signed_in(request), timezone.now()
    saved = list(saved_filters.own(user))
    first = next((saved_filter for saved_filter in saved if saved_filter.is_default), None)
    if first and not request.GET:
        return redirect(f"{request.path}?{first.query}")
    if caller(request.GET.get("q", "")):
        return redirect(f"{request.path}?{kept(request.GET.urlencode())}")
    chosen = TaskPageFilter(
        request.GET,
        queryset=Task.objects.visible_to(user),
        request=request,
        departments=departments_to_choose(user),
    )
    tasks = chosen.qs if chosen.is_valid() else Task.objects.none()
    page = page_by_key(request, with_rule(tasks), ROWS, chosen.order)
    read_parts(page.rows)
    context = {
        "now": now,
        "filter": chosen,
        "behind": _behind(chosen, tasks, user, now),
        "form": chosen.form,
        "tabs": _tabs(request),
        "page": page,
        "saved": saved,
        "query": kept(request.GET.urlencode()),
        "save_form": SaveFilterForm(auto_id="save_%s"),
        "may_export": user.has_perm(Permission.EXPORT_LEDGER),
        "may_import": user.has_perm(Permission.IMPORT_HOTLINE),
        "bulk_actions": bulk.open_to(user),
        "without_caller": _address(request, "caller") if request.GET.get("caller") else "",
        "here": request.get_full_path(),
        "rows": as_rows(page.rows, user, now),
    }
    if not wants_part(request):
        return render(request, "tasks/lists/list.html", context)
    response = render(request, "tasks/lists/list.html#found", context)
    # What can be shared: the address without the empty boxes. Without any it says so, or the filter
    # that is shown first would come instead.
    response["HX-Push-Url"] = f"{request.path}?{_shared(request) or ALL}"
    return response


def _behind(
    task_filter: TaskPageFilter, tasks: QuerySet[Task], user: User, now: datetime
) -> dict[str, Any] | None:
    """The figure of the rates behind which the list stands, if any, and how much it counts."""
    if not task_filter.is_valid() or not (behind := task_filter.behind):
        return None
    figure, period, lead = behind
    times = times_behind(tasks, figure, period, now, reader=user, lead=lead)
    return {"figure": figure, "period": period, "lead": lead, "times": times}


@login_required
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """Leads to the list with what was looked for: typed text is sent in the body, for it may be a telephone."""
    return redirect(f"{reverse('tasks:list')}?{address_of(request.POST.urlencode()) or ALL}")


def _shared(request: HttpRequest) -> str:
    given = request.GET.copy()
    for name in [name for name, value in given.items() if not value]:
        del given[name]
    return given.urlencode()


def _tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """Tabs keep the other filters and start at the first page."""
    chosen = request.GET.get("tab", "")
    return [
        {"label": label, "url": f"?{_address(request, 'tab', tab=name)}", "current": name == chosen}
        for name, label in {"": _("All"), **TABS}.items()
    ]


def _address(request: HttpRequest, *dropped: str, **added: str) -> str:
    """The first page of the list's address without one filter, or with another value of it."""
    query = request.GET.copy()
    for name in ("after", "before", *dropped):
        query.pop(name, None)
    for name, value in added.items():
        if value:
            query[name] = value
    return query.urlencode() or ALL
