"""Pages of patrols: the form that also works in a basement, the list, the roster in Excel."""

# Communities, compounds and buildings that one walks through.
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.models import Attachment, Unit, User
from orgs.scoping import reach_of
from orgs.web.pages import dated, page_worker, use_case_page, workbook
from orgs.web.paging import page_by_key
from tasks.enums import HANDLER_ROLES, PatrolItem, Permission
from tasks.models import Patrol
from tasks.patrols import export as patrols_export
from tasks.patrols import patrols
from tasks.patrols.forms import PatrolFilter, PatrolForm, RecheckForm

MOST_PLACES = 500


@login_required
@permission_required(Permission.GO_PATROL, raise_exception=True)
def new(request: HttpRequest) -> HttpResponse:
    """The form of a round. The page names nobody, so that a phone may keep it for a basement."""
    user = signed_in(request)

    def record(photos: list[Attachment], **body: Any) -> Patrol:
        return patrols.record(attachments=photos, **body)

    return use_case_page(
        request,
        partial(PatrolForm, places=_places(user)),
        record,
        done=_kept,
        back=reverse("tasks:patrols"),
        template="tasks/patrols/new.html",
    )


@login_required
@require_safe
def patrol_list(request: HttpRequest) -> HttpResponse:
    """The rounds in sight, the newest first; those that wait to be looked at again by themselves."""
    user = signed_in(request)
    chosen = PatrolFilter(request.GET)
    seen = Patrol.objects.visible_to(user).select_related("unit", "by", "rechecked_by", "task")
    rows = chosen.narrow(seen) if chosen.is_valid() else seen.none()
    context = {
        "page": page_by_key(request, rows),
        "form": chosen,
        "query": request.GET.urlencode(),
        "items": dict(PatrolItem.choices),
        "goes": user.has_perm(Permission.GO_PATROL),
        "waiting": bool(request.GET.get("open")),
        "recheck": RecheckForm(),
    }
    return render(request, "tasks/patrols/list.html", context)


@login_required
@require_POST
def recheck(request: HttpRequest, pk: int) -> HttpResponse:
    """Notes what became of a finding."""
    user = signed_in(request)
    patrol = get_object_or_404(Patrol.objects.visible_to(user, one=True), pk=pk)
    form = RecheckForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what became of it."))
    else:
        patrols.recheck(patrol=patrol, by=user, now=timezone.now(), **form.cleaned_data)
        messages.success(
            request, _("Noted: %(place)s was looked at again.") % {"place": patrol.unit}
        )
    return redirect("tasks:patrols")


@login_required
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The rounds of the list with the same address, as a workbook."""
    user = signed_in(request)
    chosen = PatrolFilter(request.GET)
    if not chosen.is_valid():
        return redirect(f"{reverse('tasks:patrols')}?{request.GET.urlencode()}")
    rows = chosen.narrow(Patrol.objects.visible_to(user))
    file = patrols_export.export(patrols=rows, by=user, now=timezone.now())
    return workbook(file, dated(patrols_export.TITLE))


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The script that lets a phone open the form without a network; it governs /patrols/ only."""
    return page_worker(request, kept="patrol-form", path=reverse("tasks:patrol_new"))


def _places(user: User) -> list[Unit]:
    area = reach_of(user).q("", HANDLER_ROLES)
    return list(Unit.objects.filter(area, level__gte=1).order_by("tree_id", "lft")[:MOST_PLACES])


def _kept(patrol: Patrol) -> str:
    if patrol.task:
        return _("Kept, and passed on as %(number)s.") % {"number": patrol.task.number}
    return _("Kept: %(place)s.") % {"place": patrol.unit}
