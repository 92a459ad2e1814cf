"""Notices: the list, opening one, and how one wants to be told."""

from datetime import datetime
from functools import partial

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.enums import NoticeWay
from orgs.models import Notice, ShortMessage, User
from orgs.notifications import notifications, short_messages
from orgs.notifications.forms import ChoicesForm
from orgs.web.pages import use_case_page
from orgs.web.paging import page_by_key


@require_safe
@login_required
def notice_list(request: HttpRequest) -> HttpResponse:
    """One's own notices, the newest first."""
    page = page_by_key(request, Notice.objects.filter(recipient=signed_in(request)))
    rows = [(notice, notifications.text_of(notice)) for notice in page.rows]
    return render(request, "orgs/notifications/notices.html", {"page": page, "rows": rows})


@require_safe
@login_required
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Leads to what a notice is about; it counts as read."""
    user = signed_in(request)
    notice = get_object_or_404(Notice, pk=pk, recipient=user)
    notifications.read(notices=Notice.objects.filter(pk=pk), by=user, now=timezone.now())
    return redirect(notice.link or "orgs:notices")


@require_POST
@login_required
def read_all(request: HttpRequest) -> HttpResponse:
    """Marks all of one's notices as read."""
    count = notifications.read(
        notices=Notice.objects.all(), by=signed_in(request), now=timezone.now()
    )
    messages.success(request, _("Marked %(count)d notices as read.") % {"count": count})
    return redirect("orgs:notices")


@require_safe
def messages_of_demo(request: HttpRequest) -> HttpResponse:
    """The demo sends nothing to telephones: what it would send is read here. Elsewhere there is no page."""
    if not settings.DEMO:
        raise Http404
    rows = list(ShortMessage.objects.order_by("-pk")[: short_messages.SHOWN])
    return render(request, "orgs/notifications/short_messages.html", {"rows": rows})


@login_required
def choices(request: HttpRequest) -> HttpResponse:
    """How one wants to be told of each kind of thing."""
    user = signed_in(request)

    def keep(by: User, now: datetime, email: str | None = None, **ways: NoticeWay) -> None:
        notifications.choose(ways=ways, email=email, by=by)

    return use_case_page(
        request,
        partial(ChoicesForm, user=user),
        keep,
        done=_("Your choices are kept."),
        back=reverse("orgs:notice_choices"),
        template="orgs/notifications/choices.html",
        channels=list(settings.NOTICE_CHANNELS),
    )
