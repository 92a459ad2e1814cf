"""Pages of promises, objections and the notice of a decision."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orgs.accounts.sign_in import signed_in
from orgs.web.pages import Trail, use_case_page
from residents.deliberation.models import Promise, Topic, TopicObjection
from residents.deliberation.promises import notice, objections, promises
from residents.deliberation.promises.forms import (
    AnswerForm,
    EndForm,
    ObjectForForm,
    ObjectionForm,
    OrderForm,
    PartForm,
    ProgressForm,
    PromiseForm,
)
from residents.deliberation.topics.course import paper


def _address(topic: Topic) -> str:
    return reverse("deliberation:topic", args=[topic.pk])


def _trail(topic: Topic, last: str) -> Trail:
    return [
        (_("Topics"), reverse("deliberation:topics")),
        (topic.title, _address(topic)),
        (last, ""),
    ]


def _topic(request: HttpRequest, pk: int) -> Topic:
    seen = Topic.objects.visible_to(signed_in(request), one=True)
    row: Topic = get_object_or_404(seen.select_related("unit", "rule"), pk=pk)
    return row


def _promise(request: HttpRequest, pk: int) -> Promise:
    seen = Promise.objects.visible_to(signed_in(request), one=True)
    row: Promise = get_object_or_404(seen.select_related("topic__unit", "topic__rule"), pk=pk)
    return row


def _page(
    request: HttpRequest,
    topic: Topic,
    form: Callable[..., Any],
    call: Callable[..., Any],
    heading: str,
    done: str,
    template: str = "deliberation/topics/form.html",
    **more: Any,
) -> HttpResponse:
    return use_case_page(
        request,
        form,
        call,
        heading=heading,
        submit=heading,
        done=done,
        back=_address(topic),
        template=template,
        trail=_trail(topic, heading),
        place=topic.unit,
        **more,
    )


def _must_keep(request: HttpRequest, topic: Topic) -> None:
    if not signed_in(request).has_perm(promises.KEEP, topic):
        raise PermissionDenied


@login_required
def promise_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Promises something that a decision asks for."""
    topic = _topic(request, pk)
    _must_keep(request, topic)
    call = partial(promises.promise, topic=topic)
    return _page(
        request, topic, PromiseForm, call, _("Promise something"), _("It is promised to everybody.")
    )


@login_required
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Says how far a promise is."""
    promise = _promise(request, pk)
    _must_keep(request, promise.topic)
    call = partial(promises.report, promise=promise)
    return _page(
        request,
        promise.topic,
        ProgressForm,
        call,
        _("Report progress"),
        _("Your report stands with the promise; everybody in the compound reads it."),
    )


@login_required
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Says that a promise is done, or dropped."""
    promise = _promise(request, pk)
    _must_keep(request, promise.topic)
    call = partial(promises.end, promise=promise)
    return _page(
        request,
        promise.topic,
        EndForm,
        call,
        _("End this promise"),
        _("The promise is ended; everybody in the compound reads it."),
    )


@login_required
def part(request: HttpRequest, pk: int) -> HttpResponse:
    """A side says that its part is done."""
    promise = _promise(request, pk)
    return _page(
        request,
        promise.topic,
        partial(PartForm, promise=promise),
        partial(promises.finish_part, promise=promise),
        _("Our part is done"),
        _("This part is done."),
    )


@login_required
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """Opens a work order for a promise."""
    promise = _promise(request, pk)
    _must_keep(request, promise.topic)
    return _page(
        request,
        promise.topic,
        OrderForm,
        partial(promises.open_order, promise=promise),
        _("Open a work order"),
        _("The work order is open; its number stands with the promise."),
    )


@login_required
def object_to(request: HttpRequest, pk: int) -> HttpResponse:
    """Objects to a decision while it is public."""
    topic = _topic(request, pk)
    call = partial(objections.object_to, topic=topic)
    return _page(
        request,
        topic,
        ObjectionForm,
        call,
        _("Object"),
        _("Your objection is received; the answer stands here."),
    )


@login_required
def object_for(request: HttpRequest, pk: int) -> HttpResponse:
    """The desk enters the objection that somebody of the place wrote on paper."""
    topic = _topic(request, pk)
    if not paper.enters(signed_in(request), topic.unit):
        raise PermissionDenied
    return _page(
        request,
        topic,
        ObjectForForm,
        partial(objections.object_to, topic=topic),
        _("Object for a resident"),
        _("The objection is received under their name; the answer stands here."),
    )


@login_required
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answers an objection."""
    seen = TopicObjection.objects.visible_to(signed_in(request), one=True)
    objection = get_object_or_404(seen.select_related("topic__unit", "by"), pk=pk)
    _must_keep(request, objection.topic)
    call = partial(objections.answer, objection=objection)
    return _page(
        request,
        objection.topic,
        AnswerForm,
        call,
        _("Answer"),
        _("Answered; everybody reads it beside the objection."),
        template="deliberation/promises/answer.html",
        objection=objection,
        now=timezone.now(),
    )


@require_safe
@login_required
def notice_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The notice of a decision, to print for the board."""
    topic = _topic(request, pk)
    if topic.public_from is None:
        raise Http404
    content = notice.pdf(topic=topic, by=signed_in(request), now=timezone.now())
    name = f"公示-{topic.title[:30]}.pdf"
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": content_disposition_header(True, name)},
    )
