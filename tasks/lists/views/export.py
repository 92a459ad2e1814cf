"""Fetching the roster of the tasks in a list."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from orgs.accounts.sign_in import signed_in
from orgs.web.pages import dated, workbook
from tasks.lists import export as lists_export
from tasks.lists.filters import TaskFilter
from tasks.models import Task


@login_required
@require_safe
@never_cache
def export(request: HttpRequest) -> HttpResponseBase:
    """The tasks of the list with the same address, as a workbook."""
    user = signed_in(request)
    chosen = TaskFilter(request.GET, queryset=Task.objects.visible_to(user), request=request)
    if not chosen.is_valid():
        return redirect(f"{reverse('tasks:list')}?{request.GET.urlencode()}")
    sheet = lists_export.export(
        tasks=chosen.qs, filters=chosen.set_values(), by=user, now=timezone.now()
    )
    return workbook(sheet.file, dated(lists_export.TITLE))
