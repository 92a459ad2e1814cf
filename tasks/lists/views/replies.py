"""Fetching the answers that the hotline asks for, in its own columns."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from orgs.accounts.sign_in import signed_in
from orgs.web.pages import dated, workbook
from tasks.hotline import replies as hotline_replies
from tasks.lists.filters import TaskFilter
from tasks.models import Task


@login_required
@require_safe
@never_cache
def replies(request: HttpRequest) -> HttpResponseBase:
    """The hotline tickets of the list with the same address, each with what was answered."""
    user = signed_in(request)
    chosen = TaskFilter(request.GET, queryset=Task.objects.visible_to(user), request=request)
    if not chosen.is_valid():
        return redirect(f"{reverse('tasks:list')}?{request.GET.urlencode()}")
    file = hotline_replies.export(tasks=chosen.qs, by=user, now=timezone.now())
    return workbook(file, dated(hotline_replies.TITLE))
