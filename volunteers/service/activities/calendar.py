"""The calendar that somebody's telephone subscribes to, under a private address that can be revoked."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from volunteers.service.activities import queries
from volunteers.service.activities.sign_ups import spans_of
from volunteers.service.enums import ActivityState, SignUpState
from volunteers.service.models import Activity, CalendarFeed

if TYPE_CHECKING:
    from icalendar import Calendar

    from orgs.models import User


def digest(token: str) -> str:
    """What is kept of an address."""
    return hashlib.sha256(f"calendar:{token}".encode()).hexdigest()


@transaction.atomic
def make_address(*, by: "User", now: datetime) -> str:
    """A new private address, shown this once; the one before no longer works."""
    _revoke(by, now)
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(user=by, token_hash=digest(token), made_at=now)
    audit.record("service.make-calendar", by=by, obj=feed, now=now)
    return f"{settings.SITE_URL}{reverse('service:calendar_feed', args=[token])}"


@transaction.atomic
def revoke_address(*, by: "User", now: datetime) -> bool:
    """The address answers no more; False where there was none."""
    feed = _revoke(by, now)
    if feed is not None:
        audit.record("service.revoke-calendar", by=by, obj=feed, now=now)
    return feed is not None


def _revoke(by: "User", now: datetime) -> CalendarFeed | None:
    rows = CalendarFeed.objects.select_for_update().filter(user=by, revoked_at=None)
    feed: CalendarFeed | None = rows.first()
    if feed is not None:
        feed.revoked_at = now
        feed.save(update_fields=["revoked_at"])
    return feed


def feed_of(token: str) -> CalendarFeed | None:
    """The feed of an address in force, whose owner may still sign in."""
    rows = CalendarFeed.objects.filter(token_hash=digest(token), revoked_at=None)
    return rows.filter(user__is_active=True).select_related("user").first()


def calendar_of(user: "User") -> bytes:
    """Everything that somebody signed up for or organises, as iCalendar (RFC 5545)."""
    calendar = _calendar()
    own = {row.activity_id: row for row in queries.of_calendar(user)}
    for row in own.values():
        _add(calendar, row.activity, is_sure=row.state == SignUpState.PLACED)
    for activity in queries.organised(user):
        if activity.pk not in own:
            _add(calendar, activity, is_sure=True)
    return _bytes(calendar)


def file_of(activity: Activity) -> bytes:
    """One activity as a file for whoever wants to keep it."""
    calendar = _calendar()
    _add(calendar, activity, is_sure=True)
    return _bytes(calendar)


def _calendar() -> "Calendar":
    from icalendar import Calendar  # 4 MB of each process that never writes one

    calendar = Calendar()
    calendar.add("prodid", "-//neighbourhood-governance-portal//activities//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Neighbours: activities"))
    return calendar


def _bytes(calendar: "Calendar") -> bytes:
    # The zones that its times name, so that every calendar program knows them.
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content


def _add(calendar: "Calendar", activity: Activity, *, is_sure: bool) -> None:
    """An event for each interval: the first keeps the uid of the activity for ever."""
    from icalendar import Event

    for number, (starts, ends) in enumerate(spans_of(activity)):
        event = Event()
        event.add("uid", f"{activity.uid}{f'-{number}' if number else ''}@{_host()}")
        event.add("sequence", activity.sequence)
        event.add("dtstamp", _changed(activity))
        event.add("dtstart", timezone.localtime(starts))
        event.add("dtend", timezone.localtime(ends))
        event.add("summary", activity.title)
        event.add("status", _status(activity, is_sure))
        event.add("location", activity.where or activity.unit.path_name)
        event.add("description", "\n\n".join(filter(None, (activity.text, activity.risk))))
        link = reverse("service:activity", args=[activity.pk])
        event.add("url", f"{settings.SITE_URL}{link}")
        calendar.add_component(event)


def _status(activity: Activity, is_sure: bool) -> str:
    if activity.state == ActivityState.CANCELLED:
        return "CANCELLED"
    return "CONFIRMED" if is_sure else "TENTATIVE"


def _changed(activity: Activity) -> datetime:
    moments: Iterable[datetime | None] = (
        activity.created_at, activity.published_at, activity.cancelled_at, activity.held_at,
    )  # fmt: skip
    return max(moment for moment in moments if moment is not None)


def _host() -> str:
    return settings.SITE_URL.partition("://")[2].partition("/")[0] or "localhost"
