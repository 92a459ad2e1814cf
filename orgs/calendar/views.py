"""The duty roster: four weeks of a street's or a department's days on one page."""

from datetime import date, timedelta

from django import forms
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.accounts.sign_in import signed_in
from orgs.calendar import duty
from orgs.calendar.forms import RosterForm
from orgs.calendar.working_time import calendar
from orgs.enums import Permission
from orgs.web.form_fields import DayField
from orgs.web.pages import use_case_page

DAYS = 28


@login_required
@permission_required(Permission.KEEP_DUTY, raise_exception=True)
def roster(request: HttpRequest) -> HttpResponse:
    """Who has the duty, from a Monday on; the form keeps all its days or none."""
    user, now = signed_in(request), timezone.now()
    places = {place.code: place for place in duty.places_of(user)}
    place = places.get(request.GET.get("place") or next(iter(places), ""))
    if place is None:
        raise Http404
    first = _monday(request.GET.get("from"), timezone.localdate(now))
    days = [first + timedelta(days=number) for number in range(DAYS)]
    form = RosterForm(
        request.POST or None,
        days=days,
        people=duty.people_of(place, timezone.localdate(now)),
        kept=duty.roster(place, first, DAYS),
    )
    days_off = calendar()
    return use_case_page(
        request,
        lambda *sent: form,
        lambda by, now, **boxes: duty.keep(place=place, turns=form.turns(), by=by, now=now),
        done=_("The roster of %(place)s is kept.") % {"place": place},
        back=f"{reverse('orgs:duty')}?place={place.code}&from={first}",
        template="orgs/calendar/duty.html",
        place=place,
        places=places,
        rows=[
            (day, days_off.is_worked(day), form[f"person_{day}"], form[f"stand_in_{day}"])
            for day in days
        ],
        today=duty.duty_day(now),
        day_format=_("j M D"),
        on_duty=duty.on_duty_at(place, now),
        earlier=first - timedelta(days=DAYS),
        later=first + timedelta(days=DAYS),
        uncovered=not days_off.covers(days[-1]),
    )


def _monday(text: str | None, today: date) -> date:
    """The Monday of the week of a day; of this week where the text is none."""
    try:
        day = DayField().clean(text)
    except forms.ValidationError:
        day = today
    return day - timedelta(days=day.weekday())
