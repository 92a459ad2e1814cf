"""Bad input and abuse of check-in: what does not happen, and what is shown.

The others of the list stand with their rooms: a bought entry, a clock set back and a replayed queue in
`test_attendance.py`, an appeal decided by its own author in `duty`, a shop that hands over twice in
`rewards`, a certificate with a changed figure in `reportins`, a guessed calendar in `activities`.
"""

from datetime import timedelta
from uuid import uuid4

import pytest

from orgs.errors import DomainError, WrongState
from tests.volunteers.service import service_factories as serve
from tests.volunteers.service.attendance.conftest import END, START
from tests.volunteers.service.attendance.test_attendance import (
    IN,
    OUT,
    go,
    minute,
    row_of,
    scanned,
)
from volunteers.service.activities import activities
from volunteers.service.attendance import codes, passes
from volunteers.service.models import CheckEvent, Credit, Flag, MinutesEntry, ScanPass

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
