"""Pages of patrols: the form that also works in a basement, the list, the ledger in Excel."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs import attachments, audit, spreadsheets
from orgs.errors import DomainError
from orgs.models import Attachment, Unit, User
from orgs.paging import page_by_key
from orgs.refusals import refuse
from orgs.scoping import reach_of
from orgs.signing_in import signed_in
from orgs.throttling import count_upload
from tasks import patrols
from tasks.enums import HANDLER_ROLES, PatrolItem
from tasks.forms.patrols import PatrolForm, RecheckForm
from tasks.models import Patrol

# Communities, compounds and buildings that one walks through.
MOST_PLACES = 500
MOST_EXPORTED = 10_000
# 安全巡查记录表, as communities keep it: the headings are part of the form, in Chinese.
HEADINGS = (
    "序号", "巡查日期", "巡查区域", "巡查楼栋", "巡查人", "巡查项目", "发现问题", "整改建议", "整改期限",
    "整改结果", "复查人", "复查日期", "备注",
)  # fmt: skip


@login_required
@permission_required(patrols.PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form of a round. The page names nobody, so that a phone may keep it for a basement."""
    user = signed_in(request)
    form = PatrolForm(request.POST or None, places=_places(user), initial={"event_id": uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            photos = _store(request, user)
            patrol = patrols.record(
                by=user, now=timezone.now(), attachments=photos, **form.cleaned_data
            )
        except DomainError as error:
            refuse(request, form, error)
        else:
            messages.success(request, _kept(patrol))
            return redirect("tasks:patrols")
    status = 400 if form.errors else 200
    return render(request, "tasks/patrol_new.html", {"form": form}, status=status)


@login_required
@require_safe
def patrol_list(request: HttpRequest) -> HttpResponse:
    """The rounds in sight, the newest first; those that wait to be looked at again by themselves."""
    user = signed_in(request)
    found = _rows(user, waiting=bool(request.GET.get("open")))
    context = {
        "page": page_by_key(request, found),
        "items": dict(PatrolItem.choices),
        "goes": user.has_perm(patrols.PERMISSION),
        "waiting": bool(request.GET.get("open")),
        "recheck": RecheckForm(),
    }
    return render(request, "tasks/patrols.html", context)


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
def export(request: HttpRequest) -> HttpResponse:
    """The ledger of rounds in sight as a workbook."""
    user = signed_in(request)
    found = list(_rows(user, waiting=False).order_by("-pk")[:MOST_EXPORTED])
    audit.record("tasks.export-patrols", by=user, detail={"rows": len(found)})
    body = spreadsheets.write(
        HEADINGS, (_cells(number, one) for number, one in enumerate(found, 1)), "安全巡查记录表"
    )
    answer = HttpResponse(body, content_type=spreadsheets.CONTENT_TYPE)
    answer["Content-Disposition"] = 'attachment; filename="patrols.xlsx"'
    return answer


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The script that lets a phone open the form without a network; it governs /patrols/ only."""
    answer = render(request, "tasks/patrol_worker.js", content_type="text/javascript")
    answer["Cache-Control"] = "no-cache"
    return answer


def _rows(user: User, *, waiting: bool) -> QuerySet[Patrol]:
    found: QuerySet[Patrol] = Patrol.objects.visible_to(user)
    if waiting:
        found = found.exclude(finding="").filter(rechecked_at=None, task=None)
    return found.select_related("unit__parent", "by", "rechecked_by", "task")


def _places(user: User) -> list[Unit]:
    area = reach_of(user).q("", HANDLER_ROLES)
    return list(Unit.objects.filter(area, level__gte=1).order_by("tree_id", "lft")[:MOST_PLACES])


def _store(request: HttpRequest, user: User) -> list[Attachment]:
    stored = []
    for upload in request.FILES.getlist("photos"):
        count_upload(request)
        stored.append(attachments.store(upload=upload, by=user, now=timezone.now()))
    return stored


def _kept(patrol: Patrol) -> str:
    if patrol.task:
        return _("Kept, and passed on as %(number)s.") % {"number": patrol.task.number}
    return _("Kept: %(place)s.") % {"place": patrol.unit}


def _cells(number: int, patrol: Patrol) -> list[Any]:
    labels = dict(PatrolItem.choices)
    parent = patrol.unit.parent
    building = patrol.unit.kind == "building"
    return [
        number,
        f"{timezone.localtime(patrol.at):%Y-%m-%d %H:%M}",
        parent.path_name if building and parent else patrol.unit.path_name,
        patrol.unit.name if building else "",
        str(patrol.by),
        "、".join(str(labels.get(item, item)) for item in patrol.items),
        patrol.finding,
        patrol.advice,
        str(patrol.due_on or ""),
        patrol.result,
        str(patrol.rechecked_by or ""),
        f"{timezone.localtime(patrol.rechecked_at):%Y-%m-%d}" if patrol.rechecked_at else "",
        patrol.task.number if patrol.task else "",
    ]
