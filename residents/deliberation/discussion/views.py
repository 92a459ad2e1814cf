"""Pages of a discussion: saying something, hiding, appealing, deciding, fetching it all."""

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orgs.accounts.sign_in import signed_in
from orgs.web.pages import Trail, dated, use_case_page, workbook
from residents.deliberation.discussion import discussion, export, queries
from residents.deliberation.discussion.forms import (
    AppealForm,
    DecideForm,
    HideForm,
    SayForForm,
    SayForm,
)
from residents.deliberation.models import Comment, Topic
from residents.deliberation.models.topics import authors
from residents.deliberation.topics.course import paper
from residents.deliberation.topics.names import speaks_as


def _address(topic: Topic) -> str:
    return reverse("deliberation:topic", args=[topic.pk]) + "#discussion"


def _trail(topic: Topic, last: str) -> Trail:
    return [
        (_("Topics"), reverse("deliberation:topics")),
        (topic.title, reverse("deliberation:topic", args=[topic.pk])),
        (last, ""),
    ]


def _page(
    request: HttpRequest,
    topic: Topic,
    form: Any,
    call: Any,
    *,
    heading: str,
    done: str,
    **more: Any,
) -> HttpResponse:
    return use_case_page(
        request,
        form,
        call,
        heading=heading,
        submit=more.pop("submit", heading),
        done=done,
        back=_address(topic),
        template="deliberation/discussion/form.html",
        trail=_trail(topic, heading),
        topic=topic,
        **more,
    )


@login_required
def say(request: HttpRequest, pk: int) -> HttpResponse:
    """Adds a contribution to a topic's discussion."""
    user = signed_in(request)
    seen = Topic.objects.visible_to(user, one=True).select_related("unit", "rule")
    topic = get_object_or_404(seen, pk=pk)
    if not speaks_as(topic, user):
        raise PermissionDenied
    return _page(
        request,
        topic,
        SayForm,
        partial(discussion.say, topic=topic),
        heading=_("Say something"),
        done=_("Your contribution stands in the discussion."),
    )


@login_required
def say_for(request: HttpRequest, pk: int) -> HttpResponse:
    """The desk enters what somebody of the place wrote on paper or said at the counter."""
    user = signed_in(request)
    seen = Topic.objects.visible_to(user, one=True).select_related("unit", "rule")
    topic = get_object_or_404(seen, pk=pk)
    if not paper.enters(user, topic.unit):
        raise PermissionDenied
    return _page(
        request,
        topic,
        SayForForm,
        partial(discussion.say, topic=topic),
        heading=_("Say something for a resident"),
        done=_("It stands in the discussion, as entered at the desk."),
    )


@login_required
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answers a contribution."""
    user = signed_in(request)
    comment = _find(request, pk)
    if not speaks_as(comment.topic, user):
        raise PermissionDenied
    return _page(
        request,
        comment.topic,
        SayForm,
        partial(discussion.say, topic=comment.topic, answers=comment),
        heading=_("Answer"),
        done=_("Your answer stands in the discussion."),
        reading=_read(comment, request),
    )


@login_required
def hide(request: HttpRequest, pk: int) -> HttpResponse:
    """Hides a contribution, with a reason that everybody reads."""
    comment = _find(request, pk)
    if not signed_in(request).has_perm(discussion.MODERATE, comment.topic):
        raise PermissionDenied
    return _page(
        request,
        comment.topic,
        HideForm,
        partial(discussion.hide, comment=comment),
        heading=_("Hide this contribution"),
        submit=_("Hide"),
        done=_("Hidden; the reason stands in its place, and the author may appeal."),
        reading=_read(comment, request),
    )


@login_required
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for another look at the own hidden contribution."""
    comment = _find(request, pk)
    if signed_in(request).pk not in authors(comment):
        raise PermissionDenied
    return _page(
        request,
        comment.topic,
        AppealForm,
        partial(discussion.appeal, comment=comment),
        heading=_("Appeal"),
        done=_("Your appeal waits for a decision by somebody else."),
        reading=_read(comment, request),
    )


@login_required
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decides an appeal."""
    comment = _find(request, pk)
    if not signed_in(request).has_perm(discussion.MODERATE, comment.topic):
        raise PermissionDenied
    return _page(
        request,
        comment.topic,
        DecideForm,
        partial(discussion.decide_appeal, comment=comment),
        heading=_("Decide the appeal"),
        done=_("Decided; the author reads why."),
        reading=_read(comment, request),
    )


@require_safe
@login_required
def fetch(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The discussion of a topic for Excel; audited."""
    user = signed_in(request)
    topic = get_object_or_404(Topic.objects.visible_to(user, one=True), pk=pk)
    content = export.export(topic=topic, by=user, now=timezone.now())
    return workbook(content, dated(export.TITLE))


def _find(request: HttpRequest, pk: int) -> Comment:
    seen = Comment.objects.visible_to(signed_in(request), one=True)
    row: Comment = get_object_or_404(
        seen.select_related("topic__unit", "topic__rule", "by", "person", "answers"), pk=pk
    )
    return row


def _read(comment: Comment, request: HttpRequest) -> queries.Reading:
    return queries.readings([comment], signed_in(request))[0]
