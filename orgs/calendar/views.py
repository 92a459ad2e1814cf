"""The duty roster: four weeks at a glance, changing them, taking turns, repeating a week."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from orgs.accounts.sign_in import signed_in
from orgs.calendar import duty, rotation
from orgs.calendar.forms import RepeatForm, RosterForm, RotationForm, boxes_of
from orgs.calendar.working_time import calendar
from orgs.enums import Permission
from orgs.web.editing import Edited
from orgs.web.form_fields import DayField
from orgs.web.pages import use_case_page

DAYS = 28


@dataclass(frozen=True)
class Weeks:
    """The weeks of one place that a page is about."""

    place: duty.Place
    places: dict[str, duty.Place]
    first: date
    now: datetime

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range(DAYS)]

    def address(self, name: str = "duty", first: date | None = None) -> str:
        """A page about the same place, by default about the same weeks."""
        return f"{reverse(f'orgs:{name}')}?place={self.place.code}&from={first or self.first}"

    def people(self) -> Any:
        """Who can have the duty today."""
        return duty.people_of(self.place, timezone.localdate(self.now))

    def kept(self) -> Any:
        """Who stands in the roster."""
        return duty.roster(self.place, self.first, DAYS)

    def leaders(self) -> Any:
        """Who can lead the duty today."""
        return duty.leaders_of(self.place, timezone.localdate(self.now))

    def context(self) -> dict[str, Any]:
        """What all pages about the weeks show."""
        days_off = calendar()
        return {
            "place": self.place,
            "places": self.places,
            "weeks": self,
            "today": duty.duty_day(self.now),
            "day_format": _("j M D"),
            "earlier": self.address(first=self.first - timedelta(days=DAYS)),
            "later": self.address(first=self.first + timedelta(days=DAYS)),
            "change_url": self.address("duty_change"),
            "rotate_url": self.address("duty_rotate"),
            "repeat_url": self.address("duty_repeat"),
            "uncovered": not days_off.covers(self.days[-1]),
        }


@require_safe
@login_required
@permission_required(Permission.KEEP_DUTY, raise_exception=True)
def roster(request: HttpRequest) -> HttpResponse:
    """Who has the duty, from a Monday on, and how they are reached."""
    weeks, days_off = _weeks(request), calendar()
    kept = {row.day: row for row in weeks.kept()}
    rows = [(day, days_off.is_worked(day), kept.get(day)) for day in weeks.days]
    context = weeks.context() | {
        "by_week": [rows[start : start + 7] for start in range(0, DAYS, 7)],
        "on_duty": duty.on_duty_at(weeks.place, weeks.now),
        "numbers": _numbers(kept.values()),
    }
    return render(request, "orgs/calendar/duty.html", context)


@login_required
@permission_required(Permission.KEEP_DUTY, raise_exception=True)
def change(request: HttpRequest) -> HttpResponse:
    """The form keeps all its days or none; who is second to send it sees what the first one changed."""
    weeks = _weeks(request)

    def form_class(*sent: Any, **initial: Any) -> RosterForm:
        return RosterForm(
            *sent,
            days=weeks.days,
            people=weeks.people(),
            leaders=weeks.leaders(),
            kept=weeks.kept(),
            **initial,
        )

    return use_case_page(
        request,
        form_class,
        lambda turns, by, now, **boxes: duty.keep(place=weeks.place, turns=turns, by=by, now=now),
        done=_("The roster of %(place)s is kept.") % {"place": weeks.place},
        back=weeks.address(),
        template="orgs/calendar/duty_change.html",
        edits=Edited(weeks.place, lambda place: boxes_of(weeks.kept(), weeks.days)),
        **weeks.context(),
    )


@login_required
@permission_required(Permission.KEEP_DUTY, raise_exception=True)
def rotate(request: HttpRequest) -> HttpResponse:
    """People take turns over some weeks."""
    weeks = _weeks(request)
    initial = {"first": weeks.first, "last": weeks.days[-1]}
    options = {"people": weeks.people(), "leaders": weeks.leaders(), "initial": initial}
    return use_case_page(
        request,
        partial(RotationForm, **options),
        partial(rotation.rotate, place=weeks.place),
        heading=_("Take turns at %(place)s") % {"place": weeks.place},
        submit=_("Fill the roster"),
        done=_days_done,
        back=weeks.address(),
        template="orgs/calendar/duty_rotate.html",
    )


@login_required
@permission_required(Permission.KEEP_DUTY, raise_exception=True)
def repeat(request: HttpRequest) -> HttpResponse:
    """The first week of the page again, in the weeks after it."""
    weeks = _weeks(request)
    last = weeks.first + timedelta(days=6)
    return use_case_page(
        request,
        RepeatForm,
        partial(rotation.repeat_week, place=weeks.place, monday=weeks.first),
        heading=_("Repeat the week %(first)s – %(last)s")
        % {
            day: format_date(when, _("j M D"))
            for day, when in (("first", weeks.first), ("last", last))
        },
        submit=_("Copy this week"),
        done=_days_done,
        back=weeks.address(),
    )


def _days_done(count: int) -> str:
    return ngettext("%(count)d day is filled.", "%(count)d days are filled.", count) % {
        "count": count
    }


def _numbers(kept: Any) -> list[tuple[str, str]]:
    """Everybody of the weeks with the telephone number."""
    people = {
        person.pk: person
        for row in kept
        for person in (row.leader, row.person, row.stand_in)
        if person
    }
    return sorted((person.name, person.phone) for person in people.values())


def _weeks(request: HttpRequest) -> Weeks:
    """The place and the weeks that an address names. 404 for a roster that is not one's own."""
    now = timezone.now()
    places = {place.code: place for place in duty.places_of(signed_in(request))}
    place = places.get(request.GET.get("place") or next(iter(places), ""))
    if place is None:
        raise Http404
    return Weeks(place, places, _monday(request.GET.get("from"), timezone.localdate(now)), now)


def _monday(text: str | None, today: date) -> date:
    """The Monday of the week of a day; of this week where the text is none."""
    try:
        day = DayField().clean(text)
    except forms.ValidationError:
        day = today
    return day - timedelta(days=day.weekday())
