"""Who is told of activities: of a place that came free, a move, a cancellation; reminded the day before."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.notifications import notifications
from orgs.notifications.notifications import NewNotice, NoticeKind
from orgs.workflow.notifications import notify_audiences
from volunteers.service.activities.specification import MINE, REMINDER, SPECIFICATIONS
from volunteers.service.enums import ActivityAction, ActivityState, SignUpState
from volunteers.service.models import Activity, ActivityEntry, SignUp

BOOKMARK = "service.activity-entries"
REMINDED_BEFORE = timedelta(hours=24)
MOVED_UP, CANCELLED_BEGUN = "moved-up", "cancel-begun"


def _text(data: Mapping[str, Any]) -> str:
    """Each names the activity and its time, and says whether something is to be done."""
    words: dict[str, str] = {
        MOVED_UP: _(
            "You have moved up: you have a place in “%(title)s”, %(when)s. Nothing has to be done; "
            "if you cannot come, give the place back."
        ),
        ActivityAction.MOVE: _(
            "“%(title)s” is moved to %(when)s: %(text)s. Your place stays; nothing was credited yet "
            "and nothing is lost. If you cannot come then, give the place back."
        ),
        ActivityAction.CANCEL: _(
            "“%(title)s”, %(when)s, is cancelled: %(text)s. Nothing has to be done; nothing was "
            "credited for it, and what you have stays."
        ),
        CANCELLED_BEGUN: _(
            "“%(title)s”, %(when)s, was broken off: %(text)s. Nothing has to be done; the time up to "
            "then goes to the branch for approval, and what you have stays."
        ),
    }
    return words[data["action"]] % {**data, "when": _when(data["starts"])}


def _reminder(data: Mapping[str, Any]) -> str:
    words = _("“%(title)s” begins %(when)s. %(where)s")
    return words % {**data, "when": _when(data["starts"])}


def _when(moment: str) -> str:
    local = timezone.localtime(datetime.fromisoformat(moment))
    return date_format(local, "SHORT_DATETIME_FORMAT")


KINDS = (
    NoticeKind(MINE, gettext_lazy("activities to which I signed up"), _text),
    NoticeKind(REMINDER, gettext_lazy("reminders of activities"), _reminder),
)


def notify_of_entries(now: datetime) -> int:
    """Tells people what stands on the timelines since the last time, and who moved up."""
    entries = ActivityEntry.objects.select_related("activity__unit")
    told = notify_audiences(SPECIFICATIONS, entries, _telling, bookmark=BOOKMARK, now=now)
    return told + notify_who_moved_up(now)


def _telling(kind: str, entry: ActivityEntry, person: int) -> NewNotice:
    begun = entry.action == ActivityAction.CANCEL and entry.data.get("begun")
    data = _data(entry.activity) | {
        "action": CANCELLED_BEGUN if begun else entry.action,
        "text": entry.text[:120],
        # What was written down then: it may have been moved again.
        "starts": entry.data.get("to") or entry.activity.starts_at.isoformat(),
    }
    return NewNotice(kind, f"activity-entry:{entry.pk}", person, _link(entry.activity), data)


def notify_who_moved_up(now: datetime) -> int:
    """Tells those who came from the waiting list to a place; whoever has no account the organiser calls."""
    moved = list(
        SignUp.objects.filter(
            state=SignUpState.PLACED, told_at=None, activity__state=ActivityState.PUBLISHED
        ).select_related("activity", "participant")[:500]
    )
    told = notifications.notify(
        (
            NewNotice(
                MINE,
                f"sign-up:{row.pk}:moved-up",
                row.participant.account_id or row.activity.organiser_id,
                _link(row.activity),
                _data(row.activity) | {"action": MOVED_UP},
            )
            for row in moved
        ),
        now=now,
    )
    SignUp.objects.filter(pk__in=[row.pk for row in moved], told_at=None).update(told_at=now)
    return told


def remind(now: datetime) -> int:
    """Reminds who has a place the day before; of an activity that was moved, once more."""
    return notifications.notify(_reminders(now), now=now)


def _reminders(now: datetime) -> Iterator[NewNotice]:
    rows = SignUp.objects.filter(
        state=SignUpState.PLACED,
        participant__account__isnull=False,
        activity__state=ActivityState.PUBLISHED,
        activity__starts_at__gt=now,
        activity__starts_at__lte=now + REMINDED_BEFORE,
    )
    for row in rows.select_related("activity", "participant").iterator(chunk_size=1000):
        activity, account = row.activity, row.participant.account_id
        assert account is not None, "filtered"
        key = f"activity:{activity.pk}:{activity.sequence}:reminder"
        data = _data(activity) | {"where": activity.where}
        yield NewNotice(REMINDER, key, account, _link(activity), data)


def _data(activity: Activity) -> dict[str, Any]:
    return {"title": activity.title, "starts": activity.starts_at.isoformat()}


def _link(activity: Activity) -> str:
    return reverse("service:activity", args=[activity.pk])
