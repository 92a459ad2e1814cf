"""Taking a call, and calling back."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from orgs.accounts.sign_in import signed_in
from orgs.errors import DomainError
from orgs.scoping import reach_of
from orgs.web import once
from orgs.web.refusals import audit_refusal, refuse
from orgs.web.unsent.forms import unsent
from tasks.calls import call_backs, calls
from tasks.calls.forms import CallForm, NumberForm
from tasks.enums import CALL_BACK_ROLES, Action, Permission
from tasks.models import Task
from tasks.reports import choices
from tasks.reports.report import report
from tasks.reports.throttling import count_report
from tasks.reports.views.reports import SENT, typed
from tasks.workflow import contacts, queries, timeline
from tasks.workflow.forms.tasks import RateForm
from tasks.workflow.rules.workflow import WORKFLOW

# So many wait on one page; what was called leaves it.
SHOWN = 50


@login_required
@permission_required(Permission.TAKE_CALL, raise_exception=True)
@never_cache
@require_http_methods(["GET", "POST"])
def take(request: HttpRequest) -> HttpResponse:
    """Number first; then who it may be, the place, the kind, two sentences. No address names a number."""
    waits = unsent(request)
    data = request.POST if request.method == "POST" else waits.data if waits else None
    number = NumberForm(data)
    if data is None or not number.is_valid():
        status = 400 if request.method == "POST" else 200
        return render(request, "tasks/calls/number.html", {"form": number}, status=status)
    user, phone = signed_in(request), number.cleaned_data["contact_phone"]
    wish = data.get("do", "") if request.method == "POST" else ""
    if wish == "send":
        return _send(request, phone)
    known = calls.caller(phone=phone, by=user)
    if wish == "open":
        try:
            known = calls.open_caller(phone=phone, by=user, now=timezone.now())
        except DomainError as refusal:
            # The number is the reason, also where nobody of it is on a roll that one reads.
            audit_refusal(request, refusal)
            messages.error(request, refusal.message)
    initial = data.dict() | {"contact_phone": phone}
    initial["contact_name"] = initial.get("contact_name") or known.name
    form = CallForm(initial=initial, person=user)
    return _call_page(request, form, known)


def _send(request: HttpRequest, phone: str) -> HttpResponse:
    if before := once.earlier(request):
        return before
    user, form = signed_in(request), CallForm(request.POST, person=signed_in(request))

    def work() -> tuple[str, str]:
        count_report(request)
        task = report(by=user, now=timezone.now(), **form.cleaned_data)
        return "", reverse("tasks:report_sent", args=[task.number])

    if form.is_valid():
        try:
            address = once.done_once(request, work)
        except DomainError as refusal:
            refuse(request, form, refusal)
        else:
            number = resolve(address).kwargs["number"]
            request.session[SENT] = [*request.session.get(SENT, []), number][-5:]
            return redirect(address)
    known = calls.caller(phone=phone, by=user)
    return _call_page(request, form, known, status=400)


def _call_page(
    request: HttpRequest, form: CallForm, known: calls.Caller, status: int = 200
) -> HttpResponse:
    chosen = str(form["unit"].value() or "")
    places = [choices.Place(unit) for unit in known.places]
    place = choices.chosen_place(chosen)
    if place and place not in places:
        places.append(place)
    if not chosen and len({unit.pk for one in known.people for unit in one.places}) == 1:
        place = places[0]
    words = typed(request, "q")
    found = choices.found_places(words)
    context = {
        "form": form,
        "known": known,
        "near": places,
        "place": place,
        "words": words,
        "found": found,
        "streets": choices.fallback_places(words, found),
    }
    return render(request, "tasks/calls/call.html", context, status=status)


@login_required
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Whom to call back for a rating, the first to call first."""
    user, now = signed_in(request), timezone.now()
    if not reach_of(user).roles & CALL_BACK_ROLES:
        raise PermissionDenied
    rows = queries.rows(call_backs.waiting(user, now)).prefetch_related("call_back_tries")[:SHOWN]
    context = {"now": now, "rows": rows, "counts": call_backs.count(user, now), "most": SHOWN}
    return render(request, "tasks/calls/queue.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def call_back(request: HttpRequest, number: str) -> HttpResponse:
    """One call: what was done, the number when it is asked for (recorded), and what was said."""
    user, now = signed_in(request), timezone.now()
    task = queries.whole(Task.objects.visible_to(user, one=True)).filter(number=number).first()
    if task is None:
        raise Http404
    if not reach_of(user).roles_at(task.unit) & CALL_BACK_ROLES:
        raise PermissionDenied
    WORKFLOW.check(task, Action.RATE, user, now)
    context: dict[str, Any] = {"task": task, "now": now, "revealed": None}
    if request.method == "POST" and request.POST.get("do") == "missed":
        call_backs.not_reached(task=task, by=user, now=now)
        messages.success(request, _("Noted: not reached. It comes back in two hours."))
        return redirect("tasks:call_backs")
    if request.method == "POST":
        purpose = str(_("calling back"))
        context["revealed"] = contacts.reveal(task=task, purpose=purpose, by=user, now=now)
    context |= {
        "form": RateForm(row=task, user=user),
        "act_url": reverse("tasks:act", args=[task.number, Action.RATE.value]),
        "tries": list(task.call_back_tries.select_related("by").order_by("-pk")[:5]),
        "contact": timeline.contact_for(task, user),
    }
    return render(request, "tasks/calls/call_back.html", context)
