"""Without an account: a passer-by's report, and the public progress page."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs.attachments.attachments import MAX_ATTACHMENTS
from orgs.attachments.uploads import store_each
from orgs.attachments.views import show
from orgs.enums import AttachmentState
from orgs.errors import DomainError
from orgs.models import Attachment
from orgs.values.text import uuids
from orgs.web import once
from orgs.web.refusals import audit_refusal, refuse
from orgs.workflow.forms import ActionForm, PhotosForm
from orgs.workflow.specification import text_for
from orgs.workflow.views import stored_photos
from tasks.enums import Action
from tasks.models import Task
from tasks.reports import captcha, following, progress, throttling, tickets
from tasks.reports.forms.public import CodeForm, LookUpForm, PublicReportForm
from tasks.reports.views.reports import Photos, ReportPage
from tasks.workflow import states
from tasks.workflow.queries import whole
from tasks.workflow.rules.relations import VerifiedReporter
from tasks.workflow.specification import SPECIFICATIONS

# In the session: until when (seconds) a number was looked up, and its telephone proven.
FOUND, PROVEN = "progress_found", "progress_proven"
# And the photos that came from this browser for a report and that no entry has taken yet.
UPLOADS = "progress_uploads"

MAX_SIGNED = 1000


class PublicReportPage(ReportPage):
    """The page of a passer-by; whoever has an account is sent to the other one."""

    draft = "public-report"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            return redirect("tasks:report")
        return super().dispatch(request, *args, **kwargs)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.signed = request.POST.get("ticket", "")[:MAX_SIGNED]
        self.ticket = tickets.held(self.signed, now=timezone.now()) if self.signed else None

    def own_photos(self, keys: Iterable[str]) -> Iterable[Attachment]:
        return tickets.photos(self.ticket, uuids(keys)) if self.ticket else []

    def store(self, uploads: Iterable[UploadedFile]) -> tuple[list[Attachment], list[str]]:
        """Only with a ticket: nobody's photos are kept before the question is answered."""
        if self.ticket is None:
            lost = _(
                "Photos are taken once the question below is answered: choose them again then."
            )
            return [], [lost] if list(uploads) else []
        return store_each(self.request, uploads, self.take)

    def take(self, upload: UploadedFile) -> Attachment:
        assert self.ticket
        return tickets.add_photo(ticket=self.ticket, upload=upload, now=timezone.now())

    def fresh_form(self, typed: Any = None) -> PublicReportForm:
        initial = typed.dict() if typed is not None else self.named
        return PublicReportForm(initial=initial)

    def bound_form(self) -> PublicReportForm:
        form = PublicReportForm(self.request.POST, is_answered=self.ticket is not None)
        form.full_clean()
        if "answer" in form.cleaned_data:
            try:
                throttling.count_answer(self.request)
                self.signed = tickets.issue(
                    token=self.request.POST.get("token", ""),
                    answer=form.cleaned_data["answer"],
                    now=timezone.now(),
                )
            except DomainError as refusal:
                form.add_error("answer", refusal.message)
            self.ticket = tickets.held(self.signed, now=timezone.now()) if self.signed else None
        return form

    def send(self, form: forms.Form, photos: Photos) -> Task:
        assert self.ticket, "a form without a fault was answered"
        data = {name: value for name, value in form.cleaned_data.items() if name != "answer"}
        throttling.count_public_report(self.request, data["contact_phone"])
        return tickets.send(ticket=self.ticket, attachments=photos.kept, now=timezone.now(), **data)

    def context(self) -> dict[str, Any]:
        """With the ticket, or the same question (and answer) while it is good, or else a new one."""
        if self.ticket:
            return {"ticket": self.signed}
        kept = captcha.again(self.request.POST.get("token", ""))
        asked = kept or captcha.ask()
        answer = self.request.POST.get("answer", "")[:10] if kept else ""
        return {"ticket": "", "token": asked.token, "question": asked.question, "answer": answer}


# --- Progress ------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
def look_up(request: HttpRequest) -> HttpResponse:
    """Asks for the number and the last digits; a signed link shows the state of one report."""
    if request.GET.get("follow"):
        return _followed(request)
    if request.method == "GET":
        form = LookUpForm(initial={"number": request.GET.get("number", "")[:20]})
        return render(request, "tasks/reports/progress.html", {"form": form})
    form = LookUpForm(request.POST)
    status = 400
    if form.is_valid():
        try:
            throttling.count_look_up(request)
            task = progress.look_up(now=timezone.now(), **form.cleaned_data)
        except DomainError as refusal:
            refuse(request, form, refusal)
            status = refusal.status
        else:
            _remember(request, FOUND, task, timezone.now() + progress.PROOF_LASTS)
            return redirect("tasks:progress_task", task.number)
    return render(request, "tasks/reports/progress.html", {"form": form}, status=status)


def _followed(request: HttpRequest) -> HttpResponse:
    """The state, and nothing else, of a report that somebody wants to follow."""
    key = following.offered(request.GET["follow"])
    task = get_object_or_404(whole(Task.objects.all()), pk=key)
    story = _story(task) | {"number": ""}
    return render(request, "tasks/reports/progress_task.html", story)


@never_cache
@require_http_methods(["GET"])
def progress_task(request: HttpRequest, number: str) -> HttpResponse:
    """One report, as its reporter without an account sees it."""
    task = _looked_up(request, number)
    return _show(request, task, {})


@never_cache
@require_safe
def progress_photo(request: HttpRequest, number: str, key: UUID) -> HttpResponseBase:
    """A photo or video of a report (`?small`: its small picture), once the telephone is proven."""
    task = _looked_up(request, number)
    if not _remembered(request, PROVEN, task):
        raise Http404
    before, after = progress.photos(task)
    shown = {photo.pk: photo for photo in before + after if photo.state == AttachmentState.READY}
    if key not in shown:
        raise Http404
    return show(request, shown[key], small="small" in request.GET)


@require_POST
def progress_act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Sends a code, checks it, or does what it opens: rate, reopen, withdraw."""
    task = _looked_up(request, number)
    if action == "code":
        return _send_code(request, task)
    if action == "prove":
        return _prove(request, task)
    if action not in progress.STEPS:
        raise Http404
    if not _remembered(request, PROVEN, task):
        messages.warning(request, _("Prove your telephone number with a code first."))
        return redirect("tasks:progress_task", task.number)
    return _act(request, task, Action(action))


def _send_code(request: HttpRequest, task: Task) -> HttpResponse:
    try:
        progress.send_code(task=task, now=timezone.now())
    except DomainError as refusal:
        audit_refusal(request, refusal)
        messages.error(request, refusal.message)
        return redirect("tasks:progress_task", task.number)
    messages.success(request, _("A code was sent to the telephone that was left."))
    return redirect(f"{_address(task)}?code=1")


def _prove(request: HttpRequest, task: Task) -> HttpResponse:
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            until = progress.prove(task=task, now=timezone.now(), **form.cleaned_data)
        except DomainError as refusal:
            refuse(request, form, refusal, "code")
        else:
            _remember(request, PROVEN, task, until)
            messages.success(request, _("Your number is confirmed for half an hour."))
            return redirect("tasks:progress_task", task.number)
    return _show(request, task, {"code_form": form}, status=400)


def _act(request: HttpRequest, task: Task, action: Action) -> HttpResponse:
    specification = SPECIFICATIONS[action]
    data: QueryDict = request.POST
    problems: list[str] = []
    if issubclass(specification.form, PhotosForm):
        data, stored, problems = stored_photos(request)
        _remember_uploads(request, task, stored)
    form = action_form(action, request, task, data)
    for problem in problems:
        form.add_error("photos", problem)
    if form.is_valid():
        reporter = _reporter(request, task)

        def work() -> tuple[str, str]:
            acted = specification.take(task=task, by=reporter, now=timezone.now(), **form.body())
            return text_for(specification.done, acted), _address(acted)

        try:
            return redirect(once.done_once(request, work))
        except DomainError as refusal:
            refuse(request, form, refusal)
            return _show(request, task, {"sent_form": (action, form)}, status=refusal.status)
    return _show(request, task, {"sent_form": (action, form)}, status=400)


def action_form(action: Action, request: HttpRequest, task: Task, data: Any = None) -> ActionForm:
    """The form of one step: the same as for a reporter with an account."""
    return SPECIFICATIONS[action].form(
        data, row=task, user=_reporter(request, task), auto_id=f"{action.value}_%s"
    )


def _reporter(request: HttpRequest, task: Task) -> VerifiedReporter:
    uploads = request.session.get(UPLOADS, {}).get(str(task.pk), [])
    return VerifiedReporter(task_id=task.pk, uploads=tuple(uploads))


def _remember_uploads(request: HttpRequest, task: Task, stored: list[Attachment]) -> None:
    kept = request.session.get(UPLOADS, {})
    own = [*kept.get(str(task.pk), []), *(str(attachment.pk) for attachment in stored)]
    request.session[UPLOADS] = kept | {str(task.pk): own[-2 * MAX_ATTACHMENTS :]}


def _show(
    request: HttpRequest, task: Task, more: dict[str, Any], status: int = 200
) -> HttpResponse:
    sent_action, sent_form = more.get("sent_form", ("", None))
    proven = _remembered(request, PROVEN, task)
    open_steps = progress.open_steps(task)
    other = progress.goes_on_as(task) if task.contact_phone else None
    context = _story(task) | {
        "is_found": bool(task.contact_phone),
        "entries": progress.public_story(task) if task.contact_phone else [],
        "other": other,
        "other_entries": progress.public_story(other) if other else [],
        "proven": proven,
        "own_words": progress.own_words(task) if proven else [],
        "photos": progress.photos(task) if proven else ([], []),
        "open_steps": open_steps,
        "action_forms": [
            (action, sent_form if action == sent_action else action_form(action, request, task))
            for action in open_steps
        ]
        if proven
        else [],
        "code_form": more.get("code_form")
        or (CodeForm() if "code" in request.GET and not proven else None),
    }
    page = render(request, "tasks/reports/progress_task.html", context, status=status)
    return once.with_browser_key(request, page)


def _story(task: Task) -> dict[str, Any]:
    """What even the number alone shows."""
    return {
        "task": task,
        "number": task.number,
        "state": states.sentence(task),
        "next_step": states.next_step(task),
        "steps": states.reporter_steps(task),
        "is_found": False,
        "entries": [],
        "other": None,
        "other_entries": [],
        "proven": False,
        "own_words": [],
        "photos": ([], []),
        "open_steps": [],
        "action_forms": [],
        "code_form": None,
    }


def _address(task: Task) -> str:
    return reverse("tasks:progress_task", args=[task.number])


def _remember(request: HttpRequest, what: str, task: Task, until: datetime) -> None:
    kept = request.session.get(what, {})
    request.session[what] = kept | {str(task.pk): until.timestamp()}


def _remembered(request: HttpRequest, what: str, task: Task) -> bool:
    until = request.session.get(what, {}).get(str(task.pk), 0)
    return bool(until > timezone.now().timestamp())


def _looked_up(request: HttpRequest, number: str) -> Task:
    """The report, if it was looked up from this browser within half an hour."""
    task = whole(Task.objects.all()).filter(number=number).first()
    if task is None or not _remembered(request, FOUND, task):
        raise Http404
    return task
