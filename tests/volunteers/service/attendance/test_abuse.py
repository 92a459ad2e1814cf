"""Bad input and abuse of check-in: what does not happen, and what is shown.

The others of the list stand with their rooms: a bought entry, a clock set back and a replayed queue in
`test_attendance.py`, an appeal decided by its own author in `duty`, a shop that hands over twice in
`rewards`, a certificate with a changed figure in `reportins`, a guessed calendar in `activities`.
"""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import reverse

from orgs.attachments import attachments
from orgs.errors import DomainError, WrongState
from tests import files
from tests.factories import NOW
from tests.volunteers.service import service_factories as serve
from tests.volunteers.service.attendance.conftest import END, START
from tests.volunteers.service.attendance.test_attendance import (
    IN,
    LAT,
    LON,
    OUT,
    go,
    minute,
    row_of,
    scanned,
)
from volunteers.service.activities import activities
from volunteers.service.attendance import codes, flags, passes, samples
from volunteers.service.enums import Datum
from volunteers.service.models import (
    CheckEvent,
    CheckLocation,
    Credit,
    Flag,
    MinutesEntry,
    ScanPass,
)

pytestmark = pytest.mark.django_db


def test_a_screenshot_sent_to_a_friend_is_soon_worth_nothing(cast, activity):
    token = codes.code_of(activity, IN, codes.slot_of(START)).token
    with pytest.raises(WrongState):
        passes.scan(activity=activity, token=token, browser="far away", who="friend", now=minute(1))
    assert not ScanPass.objects.exists()


def test_a_pass_sent_to_a_friend_opens_nothing_in_another_browser(cast, activity):
    given = scanned(activity, IN, START, browser="mine")
    with pytest.raises(DomainError):
        go(activity, cast.volunteer, IN, START, scan_pass=given, browser="the friend's")
    assert not CheckEvent.objects.exists()


def test_two_phones_of_one_person_count_once(cast, activity):
    for browser in ("first", "second"):
        for direction, at in ((IN, START), (OUT, END)):
            given = scanned(activity, direction, at, browser=browser)
            go(activity, cast.member, direction, at, scan_pass=given, browser=browser)
    activities.hold(activity=activity, by=cast.secretary, now=END)
    assert row_of(activity, activity.member).minutes == 120
    assert Credit.objects.filter(participant=activity.member).count() == 1


def test_two_activities_at_once_from_two_phones_are_one_presence(cast, activity):
    other = serve.activity(cast, state="published", starts_at=START, ends_at=END, title="另一处")
    go(activity, cast.member, IN, START)
    go(other, cast.member, IN, minute(30))
    go(other, cast.member, OUT, END)
    for one in (activity, other):
        activities.hold(activity=one, by=cast.secretary, now=END)
    assert sum(Credit.objects.values_list("minutes", flat=True)) <= 120


def test_a_check_in_for_another_is_shown_and_deducts_nothing(cast, activity):
    """The friend's account on one's own phone: both stand on one browser."""
    for who in (cast.member, cast.volunteer):
        for direction, at in ((IN, START), (OUT, END)):
            given = scanned(activity, direction, at, browser="one phone")
            go(activity, who, direction, at, scan_pass=given, browser="one phone")
    activities.hold(activity=activity, by=cast.secretary, now=END)
    assert Flag.objects.filter(kind="shared_browser", activity=activity).count() == 2
    assert not MinutesEntry.objects.filter(amount__lt=0).exists()


def test_a_mark_that_somebody_else_used_writes_nothing(cast, activity):
    mark = uuid4()
    go(activity, cast.member, IN, START, event_id=mark)
    with pytest.raises(WrongState) as refusal:
        go(activity, cast.volunteer, IN, START, event_id=mark)
    assert refusal.value.code == "event_id_used"


def test_a_pass_is_over_after_a_quarter_of_an_hour(cast, activity):
    given = scanned(activity, IN, START)
    with pytest.raises(DomainError):
        go(activity, cast.member, IN, START + timedelta(minutes=16), scan_pass=given)


# --- Flags: shown, and nothing is deducted ---------------------------------------------------------


@pytest.mark.parametrize(
    ("north", "accuracy", "hours_later", "flagged"),
    [
        # 111 km in half an hour, in five hours; 2 km that both accuracies explain.
        (1.0, 10, 0.5, 1),
        (1.0, 10, 5, 0),
        (0.018, 1000, 0.1, 0),
    ],
)
def test_too_far_in_too_short_a_time_is_flagged(
    cast, activity, north, accuracy, hours_later, flagged
):
    later = START + timedelta(hours=hours_later)
    far = serve.activity(cast, state="published", starts_at=later, title="江堤巡查")
    for one, lat in ((activity, LAT), (far, LAT + north)):
        one.lon, one.lat, one.radius, one.datum = LON, lat, 5000, Datum.WGS84
        one.location_reason = "江边作业"
        one.save()
    go(activity, cast.member, IN, START, lon=LON, lat=LAT, accuracy=accuracy)
    go(far, cast.member, IN, later, lon=LON, lat=LAT + north, accuracy=accuracy)
    minutes = sum(Credit.objects.values_list("minutes", flat=True))
    for _time in range(2):
        flags.look_at(far, later)
    assert Flag.objects.filter(kind="impossible_travel").count() == flagged
    assert sum(Credit.objects.values_list("minutes", flat=True)) == minutes


def test_a_picture_of_another_activity_is_flagged_when_it_is_summarised(cast):
    """As the pages do it: pictures come with the summary, after the activity is closed."""

    def held(title, size):
        made = serve.activity(
            cast, state="held", title=title, starts_at=START - timedelta(days=3),
            ends_at=START - timedelta(days=3) + timedelta(hours=2),
        )  # fmt: skip
        picture = attachments.store(
            upload=files.upload(files.photo(size=size)), by=cast.secretary, now=NOW
        )
        return activities.summarise(
            activity=made, summary="清理了楼道", attachments=[picture], by=cast.secretary, now=NOW
        )

    held("第一次", (640, 480))
    assert Flag.objects.count() == 0
    second = held("第二次", (320, 240))
    flag = Flag.objects.get()
    assert (flag.kind, flag.activity, flag.decided_at) == ("reused_photo", second, None)


def test_coordinates_go_ninety_days_after_the_month_is_closed(cast, activity):
    activity.lon, activity.lat, activity.radius = LON, LAT, 100
    activity.location_reason, activity.datum = "江边作业", Datum.WGS84
    activity.save()
    go(activity, cast.member, IN, START, lon=LON, lat=LAT, accuracy=10)
    closed = START + timedelta(days=20)
    serve.service_month(
        cast, branch=activity.branch, month=START.date().replace(day=1), state="closed",
        reviewed_from=closed, closed_at=closed,
    )  # fmt: skip
    assert samples.forget_locations(now=closed + timedelta(days=89)) == 0
    assert samples.forget_locations(now=closed + timedelta(days=90)) == 1
    assert CheckLocation.objects.count() == 0


# --- The page of checking in -------------------------------------------------------------------------


def test_nothing_forbids_the_camera_and_nothing_asks_to_install(page, cast, activity, time_machine):
    time_machine.move_to(START)
    answer = page(cast.member).get(reverse("service:check", args=[activity.pk]))
    assert answer.status_code == 200
    assert "Permissions-Policy" not in answer
    assert 'rel="manifest"' not in answer.text
    scripts = Path(settings.BASE_DIR, "static/js").rglob("*.js")
    assert not [one.name for one in scripts if "beforeinstallprompt" in one.read_text()]
