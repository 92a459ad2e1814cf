"""Planning an activity, publishing, moving, cancelling and summarising it."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from orgs import registry
from orgs.audit import audit
from orgs.enums import UnitKind
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Attachment, Unit
from orgs.values import geo
from orgs.values.names import is_visible
from orgs.workflow.transitions import in_order
from volunteers.service.accounts.spans import Span
from volunteers.service.activities.intervals import checked
from volunteers.service.activities.workflow import WORKFLOW
from volunteers.service.enums import (
    ActivityAction,
    ActivityKind,
    ActivityState,
    ActivityWho,
    Datum,
    MinutesKind,
    Permission,
)
from volunteers.service.models import Activity, ActivityEntry, ActivityInterval, ServiceItem
from volunteers.service.reportins.reportins import branch_of

if TYPE_CHECKING:
    from orgs.models import User

DEFAULT_RADIUS = 200


@transaction.atomic
def create(
    *,
    unit: Unit,
    starts_at: datetime,
    ends_at: datetime,
    intervals: Sequence[Span] = (),
    by: "User",
    now: datetime,
    **plan: Any,
) -> Activity:
    """Plans an activity as a draft; `plan` as `_columns` takes it.

    Raises NotAllowed, or Refused with what is wrong of each field.
    """
    if not by.has_perm(Permission.KEEP_ACTIVITIES, unit):
        raise NotAllowed(_("You do not run the service of this place."))
    if unit.kind == UnitKind.STREET:
        raise Refused(
            _("Activities belong to a community, a compound or a building."), field="unit"
        )
    spans = checked(intervals or [(starts_at, ends_at)])
    activity: Activity = Activity.objects.create(
        unit=unit,
        branch=branch_of(unit),
        starts_at=spans[0][0],
        ends_at=spans[-1][1],
        organiser=by,
        created_at=now,
        secret=secrets.token_hex(32),
        **_columns(**plan),
    )
    _write_intervals(activity, spans)
    ActivityEntry.objects.create(
        activity=activity, action=ActivityAction.CREATE, by=by, who=ActivityWho.ORGANISER, at=now
    )
    audit.record("service.create-activity", by=by, obj=activity, now=now)
    return activity


def edit(
    *,
    activity: Activity,
    starts_at: datetime,
    ends_at: datetime,
    intervals: Sequence[Span] = (),
    by: "User",
    now: datetime,
    **plan: Any,
) -> Activity:
    """Changes a draft; nobody is told, for nobody knows of it yet. Raises NotAllowed, WrongState, Refused."""
    with transaction.atomic():
        row = WORKFLOW.locked(activity)
        if not (relations := WORKFLOW.relations(row, by)):
            raise NotAllowed(_("You do not run the service of this place."))
        if row.state != ActivityState.DRAFT:
            raise WrongState(_("What is published is moved or cancelled, not changed."))
        for name, value in _columns(**plan).items():
            setattr(row, name, value)
        _set_time(row, checked(intervals or [(starts_at, ends_at)]))
        row.save()
        ActivityEntry.objects.create(
            activity=row, action=ActivityAction.EDIT, by=by, who=in_order(relations)[0], at=now
        )
        audit.record("service.edit-activity", by=by, obj=row, now=now)
    return row


def publish(*, activity: Activity, by: "User", now: datetime) -> Activity:
    """From now on people see it and sign up.

    Raises WrongState for a dangerous one without insurance (`insurance_missing`).
    """
    with WORKFLOW.step(ActivityAction.PUBLISH, activity, by=by, now=now) as step:
        row: Activity = step.row
        row.published_at = now
    return row


def move(
    *,
    activity: Activity,
    starts_at: datetime,
    ends_at: datetime,
    intervals: Sequence[Span] = (),
    reason: str,
    by: "User",
    now: datetime,
) -> Activity:
    """Moves a published activity that has not begun; places stay, and all who signed up are told."""
    with WORKFLOW.step(ActivityAction.MOVE, activity, by=by, now=now) as step:
        row: Activity = step.row
        if not is_visible(reason):
            raise Refused(_("Say why."), code="no_reason", field="reason")
        spans = checked(intervals or [(starts_at, ends_at)])
        if spans[0][0] <= now:
            raise Refused(_("Choose a time that lies ahead."), code="past", field="starts_at")
        step.text = reason.strip()[:300]
        step.data = {"from": row.starts_at.isoformat(), "to": spans[0][0].isoformat()}
        _set_time(row, spans)
        row.sequence += 1
    return row


def cancel(*, activity: Activity, reason: str, by: "User", now: datetime) -> Activity:
    """Cancels it; all who signed up are told, and that nothing of what they have is taken."""
    with WORKFLOW.step(ActivityAction.CANCEL, activity, by=by, now=now) as step:
        row: Activity = step.row
        if not is_visible(reason):
            raise Refused(_("Say why."), code="no_reason", field="reason")
        step.text = row.reason = reason.strip()[:300]
        step.data = {"begun": now >= row.starts_at, "published": row.published_at is not None}
        row.cancelled_at = now
        row.sequence += 1
    return row


def hold(*, activity: Activity, by: Any, now: datetime) -> Activity:
    """Closes an activity that is over; what is clean of its attendance is credited at once.

    Raises NotAllowed, WrongState (`not_over`).
    """
    with transaction.atomic():
        with WORKFLOW.step(ActivityAction.HOLD, activity, by=by, now=now) as step:
            row: Activity = step.row
            row.held_at = now
        registry.call(registry.Name.ACTIVITY_HELD, activity=row, now=now)
    return row


@transaction.atomic
def summarise(
    *,
    activity: Activity,
    summary: str,
    people_served: int | None = None,
    attachments: Sequence[Attachment] = (),
    by: "User",
    now: datetime,
) -> Activity:
    """Says what came of it, with pictures if there are any; a later one replaces the words."""
    with WORKFLOW.step(ActivityAction.SUMMARISE, activity, by=by, now=now) as step:
        row: Activity = step.row
        if not is_visible(summary):
            raise Refused(_("Say what came of it."), code="no_summary", field="summary")
        step.text = row.summary = summary.strip()[:5000]
        row.people_served = people_served
        step.attachments = attachments
    # They come after the activity is closed, so nobody has looked at them yet.
    registry.call(registry.Name.ACTIVITY_SUMMARISED, activity=row, now=now)
    return row


def _set_time(row: Activity, spans: Sequence[Span]) -> None:
    row.starts_at, row.ends_at = spans[0][0], spans[-1][1]
    row.intervals.all().delete()
    _write_intervals(row, spans)


def _write_intervals(activity: Activity, spans: Sequence[Span]) -> None:
    ActivityInterval.objects.bulk_create(
        ActivityInterval(activity=activity, starts_at=starts, ends_at=ends)
        for starts, ends in spans
    )


def _columns(
    *,
    title: str,
    places: int,
    kind: ActivityKind = ActivityKind.SERVICE,
    item: ServiceItem | None = None,
    minutes_kind: MinutesKind | None = None,
    text: str = "",
    where: str = "",
    risk: str = "",
    is_dangerous: bool = False,
    insurance: str = "",
    least_age: int | None = None,
    most_age: int | None = None,
    skill: str = "",
    lon: float | None = None,
    lat: float | None = None,
    datum: Datum = Datum.WGS84,
    radius: int | None = None,
    location_reason: str = "",
) -> Mapping[str, Any]:
    """The columns of a plan; what is not said the item says. Raises Refused by field."""
    least_age = max(least_age or 0, item.least_age if item else 0)
    wrong: dict[str, Sequence[str]] = {**geo.faults(lon, lat)}
    if not is_visible(title):
        wrong["title"] = [_("Give the activity a name.")]
    if not 1 <= places <= 10000:
        wrong["places"] = [_("An activity has 1 to 10000 places.")]
    if most_age is not None and most_age < least_age:
        wrong["most_age"] = [_("The oldest age lies below the youngest.")]
    # 国办函〔2026〕12号: location is asked for only where safety needs it.
    reason = (location_reason or risk).strip()[:200]
    if lon is not None and not reason:
        wrong["location_reason"] = [_("Say for which safety reason the location is needed.")]
    if radius is not None and not 20 <= radius <= 20000:
        wrong["radius"] = [_("The radius is 20 to 20000 metres.")]
    if wrong:
        raise Refused(_("Some of what was sent is not right."), code="bad_activity", fields=wrong)
    located = lon is not None
    return {
        "title": title.strip()[:80],
        "places": places,
        "kind": kind,
        "item": item,
        "minutes_kind": minutes_kind or (item.minutes_kind if item else MinutesKind.VOLUNTARY),
        "text": text.strip(),
        "where": where.strip(),
        "risk": risk.strip(),
        "is_dangerous": is_dangerous or bool(item and item.is_dangerous),
        "insurance": insurance.strip(),
        "least_age": least_age,
        "most_age": most_age,
        "skill": skill or (item.skill if item else ""),
        "lon": lon,
        "lat": lat,
        "datum": datum,
        "radius": (radius or DEFAULT_RADIUS) if located else None,
        "location_reason": reason if located else "",
    }
