"""Joint meetings: the list of a place, calling one, its page, its minutes."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orgs.accounts.sign_in import signed_in
from orgs.units.queries import unit_for
from orgs.web.pages import use_case_page
from residents.deliberation.meetings import meetings
from residents.deliberation.meetings.forms import CallForm, MinutesForm
from residents.deliberation.models import JointMeeting
from residents.deliberation.topics.rules import TOPIC_PLACES


@login_required
def call(request: HttpRequest, code: str) -> HttpResponse:
    """Calls a joint meeting of a place."""
    unit = unit_for(signed_in(request), code, meetings.CALL)
    if unit.kind not in TOPIC_PLACES:
        raise Http404
    heading = _("Call a joint meeting")
    return use_case_page(
        request,
        partial(CallForm, unit=unit),
        partial(meetings.call, unit=unit),
        heading=heading,
        submit=_("Call it"),
        done=_("The meeting is called; everybody at home here reads it."),
        back=reverse("deliberation:topics"),
        then=lambda meeting: reverse("deliberation:meeting", args=[meeting.pk]),
        template="deliberation/topics/form.html",
        trail=[(_("Topics"), reverse("deliberation:topics")), (heading, "")],
        place=unit,
    )


@require_safe
@login_required
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting: agenda, who came, minutes."""
    user, now = signed_in(request), timezone.now()
    row = _find(request, pk)
    context = {
        "now": now,
        "meeting": row,
        "topics": list(row.topics.order_by("pk")),
        "attendance": list(row.attendance.all()),
        "may_write": row.minutes_at is None
        and row.starts_at <= now
        and user.has_perm(meetings.CALL, row.unit),
        "trail": [(_("Topics"), reverse("deliberation:topics")), (row.title, "")],
    }
    return render(request, "deliberation/meetings/meeting.html", context)


@login_required
def minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """Writes the minutes down."""
    row = _find(request, pk)
    if not signed_in(request).has_perm(meetings.CALL, row.unit):
        raise PermissionDenied
    address, heading = reverse("deliberation:meeting", args=[row.pk]), _("Write the minutes")
    return use_case_page(
        request,
        MinutesForm,
        partial(meetings.write_minutes, meeting=row),
        heading=heading,
        submit=_("Publish the minutes"),
        done=_("The minutes stand; they are not changed any more."),
        back=address,
        template="deliberation/topics/form.html",
        trail=[
            (_("Topics"), reverse("deliberation:topics")),
            (row.title, address),
            (heading, ""),
        ],
        place=row.unit,
    )


def _find(request: HttpRequest, pk: int) -> JointMeeting:
    seen = JointMeeting.objects.visible_to(signed_in(request), one=True)
    row: JointMeeting = get_object_or_404(seen.select_related("unit", "called_by"), pk=pk)
    return row
