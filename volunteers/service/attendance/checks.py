"""Checking in and out: raw evidence, graded; nobody is shut out by a telephone."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from orgs.errors import NotAllowed, Refused, WrongState
from orgs.values import geo
from volunteers.service.activities.queries import CHECK_BEFORE
from volunteers.service.attendance import codes, passes
from volunteers.service.enums import (
    ActivityState,
    Datum,
    Direction,
    EvidenceSource,
    EvidenceState,
    PlaceVerdict,
)
from volunteers.service.models import (
    Activity,
    CheckEvent,
    CheckLocation,
    Participant,
    ScanPass,
)
from volunteers.service.reportins.participants import join

if TYPE_CHECKING:
    from orgs.models import User

# Worse than this, in metres, it says little.
WEAK_ACCURACY = 150
SKEW_FLAGGED = 120
# So far apart may be the time of the phone and that of the code that it scanned.
NEAR = timedelta(minutes=10)
OFFLINE_LASTS = timedelta(hours=24)


@dataclass(frozen=True)
class Place:
    """Where a telephone says it is; sent only where the activity states a safety reason."""

    lon: float
    lat: float
    accuracy: float | None
    datum: Datum


@dataclass(frozen=True)
class Graded:
    """What a place says, and how far it is."""

    verdict: PlaceVerdict
    distance: int


def grade(activity: Activity, place: Place) -> Graded:
    """Outside only if distance less accuracy exceeds the radius; over 150 m of accuracy is weak."""
    assert activity.lon is not None
    assert activity.lat is not None
    assert activity.radius is not None
    distance = geo.metres(
        *_wgs84(activity.lon, activity.lat, activity.datum),
        *_wgs84(place.lon, place.lat, place.datum),
    )
    accuracy = WEAK_ACCURACY + 1 if place.accuracy is None else place.accuracy
    if distance - accuracy > activity.radius:
        return Graded(PlaceVerdict.OUTSIDE, distance)
    weak = accuracy > WEAK_ACCURACY
    return Graded(PlaceVerdict.WEAK if weak else PlaceVerdict.INSIDE, distance)


def _wgs84(lon: float, lat: float, datum: str) -> tuple[float, float]:
    return geo.from_gcj02(lon, lat) if datum == Datum.GCJ02 else (lon, lat)


def check(
    *,
    activity: Activity,
    direction: Direction,
    scan_pass: ScanPass | None = None,
    token: str = "",
    event_id: UUID,
    at: datetime | None = None,
    lon: float | None = None,
    lat: float | None = None,
    accuracy: float | None = None,
    datum: Datum = Datum.WGS84,
    account: int | None = None,
    browser: str = "",
    by: "User",
    now: datetime,
) -> CheckEvent:
    """One check-in or check-out; sent again under the same `event_id` it is the same row.

    With a pass it counts at once, by the server's clock. A `token` was scanned without a network at
    `at`, by the phone's clock: genuine and near, it waits to be confirmed; else it is refused, with a
    row. `account` is whose queue sends it. Raises NotAllowed (`other_login`), Refused, WrongState.
    """
    if account is not None and account != by.pk:
        raise NotAllowed(
            _("Another account kept this on the phone: it sends it itself."), code="other_login"
        )
    place = _place(activity, lon, lat, accuracy, datum)
    try:
        with transaction.atomic():
            if token:
                return _offline(activity, direction, token, event_id, at, place, browser, by, now)
            return _online(activity, direction, scan_pass, event_id, at, place, browser, by, now)
    except (IntegrityError, WrongState):
        # Sent before, or twice at the same moment: what was written then is the answer.
        if known := _known(activity, direction, event_id, by):
            return known
        raise


def _known(
    activity: Activity, direction: Direction, event_id: UUID, by: "User"
) -> CheckEvent | None:
    found = CheckEvent.objects.filter(pk=event_id).select_related("participant").first()
    if found is None:
        return None
    if (found.by_id, found.activity_id, found.direction) != (by.pk, activity.pk, direction):
        raise WrongState(_("This mark was used for something else."), code="event_id_used")
    return found


def _online(
    activity: Activity,
    direction: Direction,
    scan_pass: ScanPass | None,
    event_id: UUID,
    at: datetime | None,
    place: Place | None,
    browser: str,
    by: "User",
    now: datetime,
) -> CheckEvent:
    # As it was when the pass was read: it may have been cancelled since the page was opened.
    if (scan_pass.activity if scan_pass else activity).state != ActivityState.PUBLISHED:
        raise WrongState(_("This activity is not open for check-in."), code="not_open")
    used = passes.use(
        activity=activity, scan_pass=scan_pass, direction=direction, browser=browser, by=by, now=now
    )
    graded = grade(activity, place) if place else None
    reason = _doubt(activity, graded)
    event = CheckEvent(
        id=event_id,
        activity=activity,
        participant=join(account=by, place=activity.unit, now=now),
        by=by,
        direction=direction,
        source=used.source,
        state=EvidenceState.TO_CONFIRM if reason else EvidenceState.TAKEN,
        reason=reason,
        at=now,
        received_at=now,
        claimed_at=at,
        skew_seconds=_seconds(at - now) if at else None,
        slot=used.slot,
        browser_hash=used.browser_hash,
        verdict=graded.verdict if graded else PlaceVerdict.NONE,
    )
    return _kept(event, place, graded)


def _offline(
    activity: Activity,
    direction: Direction,
    token: str,
    event_id: UUID,
    at: datetime | None,
    place: Place | None,
    browser: str,
    by: "User",
    now: datetime,
) -> CheckEvent:
    scanned = codes.read(activity, token)
    graded = grade(activity, place) if place else None
    refusal = _refusal(scanned, direction, at, now)
    event = CheckEvent(
        id=event_id,
        activity=activity,
        participant=join(account=by, place=activity.unit, now=now),
        by=by,
        direction=direction,
        source=EvidenceSource.OFFLINE,
        state=EvidenceState.REFUSED if refusal else EvidenceState.TO_CONFIRM,
        reason=refusal or "offline",
        # The code says when it was shown, by the server's clock.
        at=scanned.at if scanned else now,
        received_at=now,
        claimed_at=at,
        skew_seconds=_seconds(at - scanned.at) if at and scanned else None,
        slot=scanned.slot if scanned else None,
        browser_hash=passes.digest(browser),
        verdict=graded.verdict if graded else PlaceVerdict.NONE,
    )
    return _kept(event, place, graded)


def _refusal(
    scanned: codes.Scanned | None, direction: Direction, at: datetime | None, now: datetime
) -> str:
    """Why an entry kept on the phone does not even wait; "" where it does."""
    if scanned is None or scanned.direction != direction or scanned.at > now:
        return "bad_code"
    if at is None or abs(at - scanned.at) > NEAR:
        return "far_from_code"
    return "too_late" if now - scanned.at > OFFLINE_LASTS else ""


def _kept(event: CheckEvent, place: Place | None, graded: Graded | None) -> CheckEvent:
    event.save(force_insert=True)
    if place is not None and graded is not None:
        CheckLocation.objects.create(
            check_event=event,
            lon=place.lon,
            lat=place.lat,
            accuracy=min(math.ceil(place.accuracy or WEAK_ACCURACY + 1), 100_000),
            datum=place.datum,
            distance=graded.distance,
        )
    return event


def _doubt(activity: Activity, graded: Graded | None) -> str:
    """Why somebody has to confirm it, where the activity asks for the location; else ""."""
    if not activity.asks_location:
        return ""
    if graded is None:
        return "no_location"
    return "outside" if graded.verdict == PlaceVerdict.OUTSIDE else ""


def _place(
    activity: Activity, lon: float | None, lat: float | None, accuracy: float | None, datum: Datum
) -> Place | None:
    """The place, where it is asked for; what is sent without being asked for is not kept."""
    if not activity.asks_location or lon is None or lat is None:
        return None
    if wrong := geo.faults(lon, lat):
        raise Refused(_("Some of what was sent is not right."), fields={**wrong})
    return Place(lon, lat, accuracy, datum)


def _seconds(length: timedelta) -> int:
    most = 2**31 - 1
    return max(-most, min(most, round(length.total_seconds())))


def events_of(activity: Activity, participant: Participant) -> list[CheckEvent]:
    """Somebody's evidence that counts or waits, here and around it elsewhere, in order of time."""
    rows = CheckEvent.objects.filter(
        participant=participant,
        answers=None,
        at__gte=activity.starts_at - CHECK_BEFORE - OFFLINE_LASTS,
        at__lte=activity.ends_at + OFFLINE_LASTS,
    ).exclude(state=EvidenceState.REFUSED)
    return list(rows.order_by("at"))
