"""Codes, passes, check-ins, the roll-call, what is credited, what another person looks at."""

from datetime import date, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from orgs.errors import NotAllowed, Refused, TooOften, WrongState
from orgs.models import AuditEntry, Notice
from orgs.values import geo, phones
from tests import factories as make
from tests.factories import NOW
from tests.volunteers.service import service_factories as serve
from tests.volunteers.service.attendance.conftest import END, START
from volunteers.service.activities import activities
from volunteers.service.attendance import (
    attendance,
    checks,
    codes,
    flags,
    passes,
    queries,
    reviews,
    roll_calls,
    samples,
)
from volunteers.service.attendance.roll_calls import Line
from volunteers.service.enums import AttendanceState, Datum, Direction, RollCallKind, SampleAnswer
from volunteers.service.models import (
    Attendance,
    CheckEvent,
    CheckLocation,
    Credit,
    Flag,
    MinutesAccount,
    Participant,
    RollCall,
    ServedQuestion,
)

pytestmark = pytest.mark.django_db
IN, OUT = Direction.IN, Direction.OUT
THERE, ABSENT = AttendanceState.AS_PLANNED, AttendanceState.NO_SHOW


def minute(number):
    return START + timedelta(minutes=number)


def scanned(activity, direction, at, browser=""):
    token = codes.code_of(activity, direction, codes.slot_of(at)).token
    return passes.scan(activity=activity, token=token, browser=browser, who="x", now=at).token


def go(activity, by, direction, now, **values):
    defaults = {"event_id": uuid4()}
    if "scan_pass" not in values:
        values["scan_pass"] = scanned(activity, direction, now)
    values["scan_pass"] = passes.of_token(values["scan_pass"], activity.pk)
    return checks.check(activity=activity, direction=direction, by=by, now=now, **defaults | values)


def call(activity, by, at, *lines, **values):
    return roll_calls.roll_call(activity=activity, people=list(lines), by=by, now=at, **values)


def row_of(activity, person):
    return Attendance.objects.get(activity=activity, participant=person)


# --- Codes and passes ----------------------------------------------------------------------------------


def test_the_current_and_the_previous_slot_count_and_no_other(activity):
    token = codes.code_of(activity, IN, codes.slot_of(START)).token
    first = codes.start_of(codes.slot_of(START))
    for seconds in (0, 14, 15, 29):
        now = first + timedelta(seconds=seconds)
        assert passes.scan(activity=activity, token=token, browser="", who="x", now=now).token
    for seconds in (30, 3600, -1):
        with pytest.raises(WrongState) as refused:
            passes.scan(
                activity=activity, token=token, browser="", who="x",
                now=first + timedelta(seconds=seconds),
            )  # fmt: skip
        assert refused.value.code == "code_expired"


def test_a_forged_code_or_that_of_another_activity_is_none(cast, activity):
    other = serve.activity(cast, state="published", starts_at=START, ends_at=END, secret="z" * 64)
    genuine = codes.code_of(other, IN, codes.slot_of(START)).token
    for token in (genuine, "i.zz.00", "x", "i.1.2.3", genuine.replace("i.", "o.", 1)):
        with pytest.raises(Refused) as refused:
            passes.scan(activity=activity, token=token, browser="", who="x", now=START)
        assert refused.value.code == "bad_code"


def test_the_tries_of_digits_are_limited(activity):
    right = codes.code_of(activity, IN, codes.slot_of(START)).digits
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    for _number in range(passes.MOST_TRIES):
        with pytest.raises(Refused):
            passes.scan(activity=activity, digits=wrong, browser="", who="a", now=START)
    with pytest.raises(TooOften):
        passes.scan(activity=activity, digits=right, browser="", who="a", now=START)
    assert passes.scan(activity=activity, digits=right, browser="", who="b", now=START).token
    later = START + passes.TRIES_LAST + timedelta(seconds=1)
    right = codes.code_of(activity, IN, codes.slot_of(later)).digits
    assert passes.scan(activity=activity, digits=right, browser="", who="a", now=later).token


def test_a_pass_is_for_one_post_one_account_one_browser_and_a_quarter_of_an_hour(cast, activity):
    given = scanned(activity, IN, START, browser="phone")
    with pytest.raises(WrongState) as refused:
        go(activity, cast.volunteer, IN, START, scan_pass=given, browser="other phone")
    assert refused.value.code == "pass_other"
    go(activity, cast.member, IN, START, scan_pass=given, browser="phone")
    with pytest.raises(WrongState) as refused:
        go(activity, cast.member, IN, START, scan_pass=given, browser="phone")
    assert refused.value.code == "pass_used"
    with pytest.raises(WrongState) as refused:
        go(activity, cast.volunteer, IN, START, scan_pass=given, browser="phone")
    assert refused.value.code == "pass_other"
    late = scanned(activity, IN, START)
    with pytest.raises(WrongState) as refused:
        go(activity, cast.member, IN, START + timedelta(minutes=15), scan_pass=late)
    assert refused.value.code == "pass_expired"
    with pytest.raises(WrongState) as refused:
        go(activity, cast.member, OUT, START, scan_pass=scanned(activity, IN, START))
    assert refused.value.code == "pass_unknown"


def test_looking_binds_a_pass_and_does_not_use_it_up(cast, activity):
    given = scanned(activity, IN, START)
    for _time in range(3):
        assert passes.bind(activity=activity, token=given, by=cast.member, now=START)
    assert passes.bind(activity=activity, token=given, by=cast.volunteer, now=START) is None
    assert go(activity, cast.member, IN, START, scan_pass=given).state == "taken"


# --- Check-ins ---------------------------------------------------------------------------------------------


def test_sent_three_times_it_is_one_row(cast, activity):
    mark, given = uuid4(), scanned(activity, IN, START)
    rows = [
        go(activity, cast.member, IN, START, scan_pass=given, event_id=mark) for _time in range(3)
    ]
    assert {row.pk for row in rows} == {mark}
    assert CheckEvent.objects.count() == 1
    with pytest.raises(WrongState) as refused:
        go(activity, cast.volunteer, IN, START, event_id=mark)
    assert refused.value.code == "event_id_used"


def offline(activity, by, direction, shown, at, now, **values):
    token = codes.code_of(activity, direction, codes.slot_of(shown)).token
    return go(activity, by, direction, now, scan_pass="", token=token, at=at, **values)


def test_what_the_phone_kept_waits_and_counts_by_the_time_of_the_code(cast, activity):
    event = offline(activity, cast.member, IN, START, minute(1), minute(300))
    assert (event.state, event.reason, event.source) == ("to_confirm", "offline", "offline")
    assert event.at == codes.start_of(codes.slot_of(START))


@pytest.mark.parametrize(
    ("shown", "at", "now", "reason"),
    [
        (0, 11, 60, "far_from_code"),
        (0, -11, 60, "far_from_code"),
        (0, 0, 24 * 60 + 1, "too_late"),
        (60, 60, 30, "bad_code"),
    ],
)
def test_what_the_phone_kept_is_refused_with_a_row(cast, activity, shown, at, now, reason):
    event = offline(activity, cast.member, IN, minute(shown), minute(at), minute(now))
    assert (event.state, event.reason) == ("refused", reason)


def test_another_login_never_sends_the_queue(cast, activity):
    with pytest.raises(NotAllowed) as refused:
        offline(activity, cast.volunteer, IN, START, START, minute(60), account=cast.member.pk)
    assert refused.value.code == "other_login"
    assert CheckEvent.objects.count() == 0


def test_a_clock_set_back_is_shown(cast, activity):
    go(activity, cast.member, IN, START, at=START - timedelta(seconds=121))
    go(activity, cast.volunteer, IN, START, at=START - timedelta(seconds=120))
    activities.hold(activity=activity, by=cast.secretary, now=END)
    assert list(Flag.objects.values_list("kind", "participant")) == [
        ("clock_skew", activity.member.pk)
    ]


# --- Location ------------------------------------------------------------------------------------------------

LON, LAT = 114.87, 30.45


@pytest.fixture
def located(activity):
    activity.lon, activity.lat, activity.radius = LON, LAT, 100
    activity.location_reason, activity.datum = "江边作业", Datum.WGS84
    activity.save()
    return activity


def test_gcj02_is_converted_there_and_back():
    for lon, lat in ((114.87, 30.45), (121.47, 31.23), (87.6, 43.8)):
        back = geo.from_gcj02(*geo.to_gcj02(lon, lat))
        assert geo.metres(lon, lat, *back) == 0
        assert 100 < geo.metres(lon, lat, *geo.to_gcj02(lon, lat)) < 900
    assert geo.from_gcj02(2.35, 48.85) == (2.35, 48.85)


@pytest.mark.parametrize(
    ("north", "accuracy", "verdict"),
    [(0, 10, "inside"), (0.0018, 100, "inside"), (0.0018, 99, "outside"), (0, 151, "weak"),
     (0.0018, 151, "weak"), (0, None, "weak")],
)  # fmt: skip
def test_outside_only_where_the_accuracy_cannot_explain_it(located, north, accuracy, verdict):
    place = checks.Place(LON, LAT + north, accuracy, Datum.WGS84)
    assert checks.grade(located, place).verdict == verdict


def test_a_pin_of_a_chinese_map_is_the_same_place(located):
    located.lon, located.lat = geo.to_gcj02(LON, LAT)
    located.datum = Datum.GCJ02
    graded = checks.grade(located, checks.Place(LON, LAT, 5, Datum.WGS84))
    assert (graded.verdict, graded.distance) == ("inside", 0)


def test_nobody_is_shut_out_by_a_place(cast, located):
    far = go(located, cast.member, IN, START, lon=LON + 1, lat=LAT, accuracy=10)
    assert (far.state, far.reason, far.verdict) == ("to_confirm", "outside", "outside")
    none = go(located, cast.volunteer, IN, START)
    assert (none.state, none.reason) == ("to_confirm", "no_location")
    assert CheckLocation.objects.count() == 1
    samples.forget_locations(now=START + timedelta(days=151))
    assert CheckLocation.objects.count() == 1
    samples.forget_locations(now=START + timedelta(days=153))
    assert CheckLocation.objects.count() == 0


def test_a_place_that_was_not_asked_for_is_not_kept(cast, activity):
    event = go(activity, cast.member, IN, START, lon=LON, lat=LAT, accuracy=10)
    assert (event.state, event.verdict, CheckLocation.objects.count()) == ("taken", "", 0)


# --- What is credited -------------------------------------------------------------------------------------------


def test_clean_check_ins_are_credited_after_the_end(cast, activity):
    go(activity, cast.member, IN, minute(-5))
    go(activity, cast.member, OUT, minute(119))
    with pytest.raises(WrongState) as refused:
        activities.hold(activity=activity, by=cast.secretary, now=minute(119))
    assert refused.value.code == "not_over"
    assert Credit.objects.count() == 0
    activities.hold(activity=activity, by=cast.secretary, now=END)
    row = row_of(activity, activity.member)
    assert (row.state, row.review, row.minutes) == ("as_planned", "approved", 124)
    credit = Credit.objects.get()
    assert (credit.minutes, credit.counts_activity, credit.approved_by) == (124, True, None)
    assert MinutesAccount.objects.get().balance == 124
    absent = row_of(activity, activity.volunteer)
    assert (absent.state, absent.minutes) == ("no_show", 0)


def test_closing_by_itself_twice_changes_nothing(cast, activity):
    go(activity, cast.member, IN, START)
    go(activity, cast.member, OUT, END)
    assert attendance.close_due(now=END + timedelta(minutes=119)) == 0
    assert attendance.close_due(now=END + timedelta(hours=2)) == 1
    assert attendance.close_due(now=END + timedelta(hours=3)) == 0
    attendance.settle(activity=activity, now=END + timedelta(hours=3))
    assert Credit.objects.count() == 1


def test_no_check_out_is_no_minutes_until_one_tap(cast, activity):
    go(activity, cast.member, IN, minute(10))
    activities.hold(activity=activity, by=cast.secretary, now=END + timedelta(hours=2))
    row = row_of(activity, activity.member)
    assert (row.review, row.minutes) == ("missing_out", 0)
    assert reviews.confirm_missing(activity=activity, by=cast.secretary, now=END) == 1
    row.refresh_from_db()
    assert (row.review, row.minutes, row.state) == ("approved", 110, "as_planned")


def test_under_sixty_per_cent_the_minutes_count_and_the_activity_does_not(cast, activity):
    go(activity, cast.member, IN, START)
    go(activity, cast.member, OUT, minute(71))
    activities.hold(activity=activity, by=cast.secretary, now=END)
    credit = Credit.objects.get()
    assert (credit.minutes, credit.counts_activity) == (71, False)


def test_checking_in_to_another_closes_the_first(cast, activity):
    other = serve.activity(cast, state="published", starts_at=minute(60), ends_at=minute(180))
    serve.sign_up(other, activity.member, 1)
    go(activity, cast.member, IN, START)
    go(other, cast.member, IN, minute(60))
    go(other, cast.member, OUT, minute(180))
    for one in (activity, other):
        activities.hold(activity=one, by=cast.secretary, now=minute(200))
    assert row_of(activity, activity.member).minutes == 60
    assert row_of(other, activity.member).minutes == 120


def test_a_night_counts_for_both_its_days(cast):
    who = serve.participant(cast.compound, cast.member)
    evening = timezone.localtime(NOW + timedelta(days=2)).replace(hour=18, minute=0)
    night = serve.activity(
        cast, state="published", starts_at=evening, ends_at=evening + timedelta(hours=13)
    )
    serve.sign_up(night, who, 1)
    call(night, cast.secretary, night.ends_at, Line(who.pk, THERE))
    # Six hours before midnight, seven after it.
    assert (row_of(night, who).review, row_of(night, who).minutes) == ("approved", 780)
    morning = evening + timedelta(hours=14)
    next_one = serve.activity(
        cast, state="published", starts_at=morning, ends_at=morning + timedelta(hours=2)
    )
    serve.sign_up(next_one, who, 1)
    call(next_one, cast.secretary, next_one.ends_at, Line(who.pk, THERE))
    assert row_of(next_one, who).reasons == ["over_8h"]


def test_time_is_never_credited_twice(cast, activity):
    other = serve.activity(cast, state="published", starts_at=START, ends_at=END)
    serve.sign_up(other, activity.member, 1)
    for one in (activity, other):
        call(one, cast.secretary, END, Line(activity.member.pk, THERE))
    rows = [row_of(one, activity.member) for one in (activity, other)]
    assert [(row.minutes, row.reasons) for row in rows] == [(120, []), (0, ["overlap"])]
    assert MinutesAccount.objects.get().balance == 120


def test_long_days_are_looked_at(cast):
    who = serve.participant(cast.compound, cast.member)
    for hours, review, reason in ((8, "approved", []), (9, "waiting", ["over_8h"]),
                                  (13, "waiting_above", ["over_12h"])):  # fmt: skip
        # Each on a day of its own, from six in the morning.
        start = timezone.localtime(NOW + timedelta(days=hours)).replace(hour=6, minute=0)
        one = serve.activity(
            cast, state="published", starts_at=start, ends_at=start + timedelta(hours=hours)
        )
        serve.sign_up(one, who, 1)
        call(one, cast.secretary, one.ends_at, Line(who.pk, THERE))
        row = row_of(one, who)
        assert (row.review, row.reasons) == (review, reason)
    with pytest.raises(NotAllowed) as refused:
        reviews.approve(attendance_row=row, by=cast.community_worker, now=one.ends_at)
    assert refused.value.code == "level_above"
    reviews.approve(attendance_row=row, by=cast.street_cadre, now=one.ends_at)
    assert Credit.objects.get(attendance=row).minutes == 13 * 60


def test_a_night_at_the_end_of_a_month_counts_in_the_month_of_its_start(cast):
    who = serve.participant(cast.compound, cast.member)
    last = timezone.localtime(NOW).replace(month=3, day=31, hour=22, minute=0)
    night = serve.activity(
        cast, state="published", starts_at=last, ends_at=last + timedelta(hours=4),
        published_at=last - timedelta(days=1),
    )  # fmt: skip
    serve.sign_up(night, who, 1)
    call(night, cast.secretary, night.ends_at, Line(who.pk, THERE))
    assert list(Credit.objects.values_list("month", "minutes")) == [(date(2026, 3, 1), 240)]


# --- The roll-call, and what cannot be bought ----------------------------------------------------------------------


def test_a_roll_call_in_time_counts_fully_and_replaces_check_ins(cast, activity):
    go(activity, cast.member, IN, START)
    results = call(
        activity, cast.secretary, minute(60), Line(activity.member.pk, ABSENT),
        Line(activity.volunteer.pk, AttendanceState.PARTIAL, 50),
    )  # fmt: skip
    assert [(one.ok, one.code) for one in results] == [(True, ""), (True, "")]
    assert Credit.objects.count() == 0
    activities.hold(activity=activity, by=cast.secretary, now=END)
    assert row_of(activity, activity.member).state == "no_show"
    assert [credit.minutes for credit in Credit.objects.all()] == [50]


def test_one_bad_row_never_rejects_the_rest(cast, activity):
    results = call(
        activity, cast.secretary, END,
        Line(activity.member.pk, THERE), Line(999999, THERE), Line(activity.member.pk, THERE),
        Line(activity.volunteer.pk, None), Line(activity.volunteer.pk, AttendanceState.PARTIAL),
        Line(activity.volunteer.pk, AttendanceState.LONGER, 166), Line(0, THERE),
    )  # fmt: skip
    assert [one.code for one in results] == [
        "", "unknown_person", "twice", "bad_row", "minutes_missing", "too_many_minutes",
        "unknown_person",
    ]  # fmt: skip
    assert Credit.objects.get().participant == activity.member
    assert [bool(one.detail) for one in results] == [not one.ok for one in results]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"minutes": 60}, "bad_row"),
        ({"state": "", "minutes": "六十"}, "bad_row"),
        ({"state": "partial", "minutes": "1小时"}, "bad_minutes"),
        ({"state": "as_planned", "minutes": 60.5}, "bad_minutes"),
        ({"state": "as_planned", "minutes": True}, "bad_minutes"),
        ({"state": "partial", "minutes": -5}, "bad_minutes"),
        ({"state": "partial", "minutes": 0}, "too_many_minutes"),
        ({"state": "partial"}, "minutes_missing"),
        ({"state": "no_show", "minutes": 60}, "absent_with_minutes"),
    ],
)
def test_a_sent_row_that_cannot_be_read_is_answered_with_why(
    api, cast, activity, time_machine, sent, code
):
    time_machine.move_to(END, tick=False)
    people = [
        {"person": activity.volunteer.pk} | sent,
        {"person": activity.member.pk, "state": "partial", "minutes": "60"},
    ]
    address = f"/api/v1/activities/{activity.pk}/roll-call/"
    answer = api(cast.secretary).post(address, {"people": people}, format="json")
    bad, good = answer.json()["results"]
    assert (bad["ok"], bad["code"], bad["detail"] != "") == (False, code, True)
    assert (good["ok"], good["detail"]) == (True, "")
    assert [row.minutes for row in activity.attendances.all()] == [60]


def test_a_walk_in_over_the_api(api, cast, activity, time_machine):
    time_machine.move_to(END, tick=False)
    address = f"/api/v1/activities/{activity.pk}/roll-call/add/"
    desk = api(cast.secretary)
    added = desk.post(address, {"name": "雷锋", "minutes": 60}, format="json")
    assert added.status_code == 201
    assert added.json() | {
        "name": "雷锋", "minutes": 60, "review": "waiting", "is_walk_in": True,
        "reasons": ["walk_in"], "activity": activity.pk,
    } == added.json()  # fmt: skip
    for body, code in (
        ({"name": " "}, "invalid"),
        ({"name": "王杰", "minutes": 1999}, "too_many_minutes"),
        ({"name": "王杰", "phone": "12"}, "bad_phone"),
    ):
        refused = desk.post(address, body, format="json")
        assert (refused.status_code, refused.json()["code"]) == (400, code)
        assert refused["Content-Type"] == "application/problem+json"
    assert not Participant.objects.filter(name="王杰").exists()
    assert api(cast.member).post(address, {}, format="json").status_code == 403
    other = make.user("elsewhere")
    assert api(other).post(address, {}, format="json").status_code in (403, 404)
    time_machine.move_to(START - timedelta(hours=1), tick=False)
    early = desk.post(address, {"name": "雷锋"}, format="json")
    assert (early.status_code, early.json()["code"]) == (409, "not_begun")


def test_a_bought_entry_goes_to_another_reviewer(cast, activity):
    late = END + timedelta(hours=2, seconds=1)
    results = call(activity, cast.secretary, late, Line(activity.member.pk, THERE))
    assert [(one.ok, one.code) for one in results] == [(True, "late")]
    assert Credit.objects.count() == 0
    row = row_of(activity, activity.member)
    with pytest.raises(NotAllowed) as refused:
        reviews.approve(attendance_row=row, by=cast.secretary, now=late)
    assert refused.value.code == "entered_yourself"
    reviews.approve(attendance_row=row, by=cast.community_worker, now=late)
    assert Credit.objects.get().approved_by == cast.community_worker


def test_in_time_is_up_to_two_hours_after_the_end(cast, activity):
    last = END + timedelta(hours=2)
    assert call(activity, cast.secretary, last, Line(activity.member.pk, THERE))[0].code == ""


def test_what_else_goes_to_another_reviewer(cast, activity):
    walk_in = serve.participant(cast.compound)
    assert call(activity, cast.secretary, END, Line(walk_in.pk, THERE))[0].code == "walk_in"
    bulk = call(
        activity, cast.secretary, END, Line(activity.member.pk, THERE), kind=RollCallKind.BULK
    )
    assert bulk[0].code == "bulk"
    keeper = serve.participant(cast.compound, cast.secretary)
    results = call(
        activity, cast.secretary, END, Line(activity.member.pk, THERE), Line(keeper.pk, THERE)
    )
    assert results[0].code == "keeper_on_list"
    late = serve.activity(
        cast, state="published", starts_at=START, ends_at=END, published_at=minute(1)
    )
    serve.sign_up(late, walk_in, 1)
    assert call(late, cast.secretary, END, Line(walk_in.pk, THERE))[0].code == "published_late"
    assert Credit.objects.count() == 0


def test_who_may_not_keep_it_and_not_before_the_start(cast, activity):
    for by in (cast.member, cast.sibling_worker, cast.admin, cast.street_cadre):
        with pytest.raises(NotAllowed):
            call(activity, by, END, Line(activity.member.pk, THERE))
    with pytest.raises(WrongState) as refused:
        call(activity, cast.secretary, minute(-1), Line(activity.member.pk, THERE))
    assert refused.value.code == "not_begun"


def test_nobody_approves_their_own_and_nothing_before_the_end(cast, activity):
    make.position(cast.member, "community_worker", cast.community)
    row = serve.attendance(activity, activity.member, review="waiting")
    with pytest.raises(NotAllowed) as refused:
        reviews.approve(attendance_row=row, by=cast.member, now=END)
    assert refused.value.code == "own_case"
    with pytest.raises(WrongState):
        reviews.approve(attendance_row=row, by=cast.secretary, now=minute(1))


def test_a_refusal_takes_back_exactly_and_answers_the_phone(cast, activity):
    offline(activity, cast.member, IN, START, START, minute(1))
    offline(activity, cast.member, OUT, minute(110), minute(110), minute(111))
    activities.hold(activity=activity, by=cast.secretary, now=END)
    row = row_of(activity, activity.member)
    assert (row.review, row.reasons, Credit.objects.count()) == ("waiting", ["offline"], 0)
    reviews.approve(attendance_row=row, by=cast.secretary, now=END)
    assert MinutesAccount.objects.get().balance == 110
    reviews.reject(attendance_row=row, reason="不在场", by=cast.community_worker, now=END)
    assert MinutesAccount.objects.get().balance == 0
    assert CheckEvent.objects.filter(state="refused", answers__isnull=False).count() == 2
    with pytest.raises(WrongState):
        reviews.approve(attendance_row=row, by=cast.secretary, now=END)


def test_without_any_record_nobody_is_a_no_show(cast, activity):
    attendance.close_due(now=END + timedelta(hours=2))
    row = row_of(activity, activity.member)
    assert (row.state, row.review, row.reasons) == ("unknown", "waiting", ["no_record"])


def test_flags_deduct_nothing_and_are_decided_by_another_with_a_reason(cast, activity):
    for by in (cast.member, cast.volunteer):
        given = scanned(activity, IN, START, browser="one phone")
        go(activity, by, IN, START, scan_pass=given, browser="one phone")
        go(activity, by, OUT, END)
    activities.hold(activity=activity, by=cast.secretary, now=END)
    flag = Flag.objects.filter(kind="shared_browser").first()
    assert Flag.objects.filter(kind="shared_browser").count() == 2
    assert sum(Credit.objects.values_list("minutes", flat=True)) == 240
    with pytest.raises(NotAllowed):
        reviews.decide_flag(flag=flag, upheld=False, reason="x", by=cast.secretary, now=END)
    with pytest.raises(Refused):
        reviews.decide_flag(flag=flag, upheld=True, reason=" ", by=cast.community_worker, now=END)
    flag = reviews.decide_flag(
        flag=flag, upheld=True, reason="一部手机", by=cast.community_worker, now=END
    )
    assert (flag.upheld, sum(Credit.objects.values_list("minutes", flat=True))) == (True, 240)


def test_lists_that_never_miss_are_flagged(cast):
    people = [serve.participant(cast.compound) for _number in range(10)]
    for day in range(5):
        one = serve.activity(cast, state="held", starts_at=NOW + timedelta(hours=3 * day))
        for who in people:
            serve.attendance(one, who)
    flags.look_at_organisers(month=NOW.date(), now=NOW)
    flags.look_at_organisers(month=NOW.date(), now=NOW)
    assert [flag.kind for flag in Flag.objects.all()] == ["never_misses"]


def test_the_sample_is_the_same_each_time_and_a_no_is_looked_at(cast, activity, monkeypatch):
    month = START.date().replace(day=1)
    chosen = [samples.is_chosen(month, key) for key in range(10_000)]
    assert chosen == [samples.is_chosen(month, key) for key in range(10_000)]
    assert 400 < sum(chosen) < 600
    monkeypatch.setattr(samples, "PER_MILLE", 1000)
    call(activity, cast.secretary, END, Line(activity.member.pk, THERE),
         Line(activity.volunteer.pk, THERE))  # fmt: skip
    assert samples.ask(month=month, now=END) == 2
    assert samples.ask(month=month, now=END) == 0
    question = ServedQuestion.objects.get(participant=activity.member)
    assert question.credit.participant == activity.volunteer
    with pytest.raises(NotAllowed):
        samples.answer(question=question, answer=SampleAnswer.NO, by=cast.volunteer, now=END)
    samples.answer(question=question, answer=SampleAnswer.NO, by=cast.member, now=END)
    assert Flag.objects.get().participant == activity.volunteer
    with pytest.raises(WrongState):
        samples.answer(question=question, answer=SampleAnswer.YES, by=cast.member, now=END)


def test_whoever_came_without_an_account_is_asked_too(page, cast, activity, monkeypatch, client):
    """A walk-in entered at the desk, with a telephone or on the roll: rung up, as of an order."""
    monkeypatch.setattr(samples, "PER_MILLE", 1000)
    paper = serve.participant(
        cast.compound, name="老周", phone="13900000123", phone_index=phones.index("13900000123")
    )
    rolled = serve.participant(
        cast.compound, name="小钱",
        person=make.resident(cast.building, name="小钱", phone="13900000124"),
    )  # fmt: skip
    activity.sign_ups.all().delete()
    call(activity, cast.community_worker, END, Line(paper.pk, THERE), Line(rolled.pk, THERE))
    for row in Attendance.objects.all():
        reviews.approve(attendance_row=row, by=cast.secretary, now=END)
    month = START.date().replace(day=1)
    assert samples.ask(month=month, now=END) == 2
    assert samples.ask(month=month, now=END) == 0
    asked = {one.credit.participant: one for one in ServedQuestion.objects.all()}
    assert {who: one.participant for who, one in asked.items()} == {paper: rolled, rolled: paper}
    # The secretary organised it and asks nobody; nobody's portal is told.
    assert not queries.to_ring(cast.secretary).exists()
    assert set(queries.to_ring(cast.community_worker)) == set(asked.values())
    assert not Notice.objects.filter(kind=samples.ASKED).exists()
    desk = page(cast.community_worker)
    for one, number in ((asked[rolled], "13900000123"), (asked[paper], "13900000124")):
        where = reverse("service:served_contact", args=[one.pk])
        assert where in desk.get(reverse("service:served", args=[one.pk])).text
        assert number not in desk.get(where).text
        assert desk.post(where, {"purpose": ""}).status_code == 400
        assert number in desk.post(where, {"purpose": "回访核实"}).text
        assert page(cast.secretary).post(where, {"purpose": "回访核实"}).status_code == 404
        assert AuditEntry.objects.filter(action="service.reveal-servedquestion").exists()
        answered = desk.post(reverse("service:served", args=[one.pk]), {"answer": "no"})
        assert answered.status_code == 302
        assert number not in desk.post(where, {"purpose": "再问"}).text
    assert Flag.objects.filter(kind="sample_denied").count() == 2
    (line,) = queries.answers_by_organiser(cast.community_worker)
    assert (line["asked"], line["answered"], line["otherwise"]) == (2, 2, 2)


def test_somebody_whose_person_got_an_account_is_asked_there(cast, activity, monkeypatch):
    monkeypatch.setattr(samples, "PER_MILLE", 1000)
    account = make.user("later", name="小钱")
    person = make.resident(cast.building, name="小钱", account=account)
    witness = serve.participant(cast.compound, name="小钱", person=person)
    served = serve.attendance(activity, activity.member)
    serve.attendance(activity, witness)
    serve.credit(activity.member, attendance=served)
    assert samples.ask(month=serve.MONTH, now=END) == 1
    question = ServedQuestion.objects.get()
    assert (question.participant, samples.may_answer(question, account)) == (witness, True)
    assert list(account.notices.values_list("kind", flat=True)) == [samples.ASKED]


def test_nobody_is_asked_about_themselves_and_no_organiser_about_their_own(
    cast, activity, monkeypatch
):
    """Under another name neither: the same telephone stands behind both."""
    monkeypatch.setattr(samples, "PER_MILLE", 1000)
    organiser = make.user("boss", phone="13900000125", name="钱书记")
    activity.organiser = organiser
    activity.save()
    served = serve.participant(cast.compound, make.user("worker", phone="13900000126", name="小工"))
    for name, number in (("钱", "13900000125"), ("工", "13900000126")):
        who = serve.participant(
            cast.compound, name=name, phone=number, phone_index=phones.index(number)
        )
        serve.attendance(activity, who)
    serve.credit(served, attendance=serve.attendance(activity, served))
    assert samples.ask(month=serve.MONTH, now=END) == 0


def test_broken_off_it_is_not_credited_by_itself(cast, activity):
    go(activity, cast.member, IN, START)
    activities.cancel(activity=activity, reason="暴雨", by=cast.secretary, now=minute(30))
    with pytest.raises(WrongState):
        go(activity, cast.member, OUT, minute(31))
    for _time in range(2):
        assert attendance.close_due(now=END + timedelta(hours=3)) == 0
    row = row_of(activity, activity.member)
    assert (row.review, row.minutes, row.reasons) == ("waiting", 30, ["broken_off"])
    assert Credit.objects.count() == 0
    reviews.approve(attendance_row=row, by=cast.secretary, now=END)
    assert Credit.objects.get().minutes == 30


# --- Over the API and on pages -----------------------------------------------------------------------------------------


def test_over_the_api(api, client, cast, activity, time_machine):
    time_machine.move_to(START, tick=False)
    at = f"/api/v1/activities/{activity.pk}/"
    assert api(cast.member).get(f"{at}pass/").status_code == 403
    code = api(cast.secretary).get(f"{at}pass/?direction=in").json()
    assert set(code) == {"token", "digits", "url", "direction", "valid_until"}
    given = client.post(f"{at}scan/", {"token": code["token"]}, content_type="application/json")
    assert (given.status_code, set(given.json()) >= {"pass", "expires_at"}) == (200, True)
    body = {"pass": given.json()["pass"], "event_id": str(uuid4())}
    phone = api(cast.member)
    for _time in range(3):
        answer = phone.post(f"{at}check-in/", body, format="json")
        assert (answer.status_code, answer.json()["state"]) == (200, "checked_in")
        assert answer.json()["how_to_check_out"]
    assert api(cast.volunteer).post(f"{at}check-in/", body | {"event_id": str(uuid4())},
                                    format="json").status_code == 409  # fmt: skip
    time_machine.move_to(minute(100), tick=False)
    code = api(cast.secretary).get(f"{at}pass/?direction=out").json()
    given = client.post(f"{at}scan/", {"digits": code["digits"]}, content_type="application/json")
    body = {"pass": given.json()["pass"], "event_id": str(uuid4())}
    answer = phone.post(f"{at}check-out/", body, format="json").json()
    assert (answer["state"], answer["credited_minutes"]) == ("checked_out", 100)
    bad = client.post(f"{at}scan/", {"token": "i.1.x"}, content_type="application/json")
    assert (bad.status_code, bad.json()["code"]) == (400, "bad_code")
    time_machine.move_to(END, tick=False)
    people = [{"person": activity.volunteer.pk, "state": "as_planned"}, {"person": "?"}, 7]
    results = api(cast.secretary).post(f"{at}roll-call/", {"people": people}, format="json").json()
    assert [one["ok"] for one in results["results"]] == [True, False, False]
    assert (
        api(cast.member).post(f"{at}roll-call/", {"people": people}, format="json").status_code
        == 403
    )
    assert api(cast.secretary).post(f"{at}hold/").json()["state"] == "held"
    assert Credit.objects.count() == 2


def test_on_pages(page, client, cast, activity, time_machine):
    time_machine.move_to(START, tick=False)
    desk, phone = page(cast.secretary), page(cast.member)

    def address(name, *args):
        return reverse(f"service:{name}", args=args or [activity.pk])

    for name in ("activity_codes", "codes_ahead", "roll_call", "sheet", "attendance"):
        assert desk.get(address(name)).status_code == 200
        assert phone.get(address(name)).status_code == 403
    url = codes.code_of(activity, IN, codes.slot_of(START)).url
    path = url[url.index("/activities") :]
    stranger = client.get(path)
    assert stranger.status_code == 302
    assert client.get(address("scan") + "?t=i.1.x").status_code == 400
    there = phone.get(path)
    assert phone.get(there.url).status_code == 200
    scan_pass = there.url.split("pass=")[1]
    sent = phone.post(address("check"), {"pass": scan_pass, "event_id": str(uuid4())})
    assert sent.status_code == 302
    assert CheckEvent.objects.get().state == "taken"
    assert phone.get(address("check")).status_code == 200
    digits = codes.code_of(activity, OUT, codes.slot_of(START)).digits
    assert phone.post(address("check"), {"digits": digits}).status_code == 302
    assert CheckEvent.objects.filter(direction="out").count() == 1
    time_machine.move_to(END, tick=False)
    # Two hours later whoever was idle signs in anew.
    desk, phone = page(cast.secretary), page(cast.member)
    key = activity.volunteer.pk
    roll = {f"state-{key}": "as_planned", f"minutes-{key}": ""}
    assert desk.post(address("roll_call"), roll).status_code == 302
    assert desk.post(reverse("service:activity_act", args=[activity.pk, "hold"])).status_code == 302
    assert row_of(activity, activity.volunteer).minutes == 120
    assert desk.post(address("confirm_missing")).status_code == 302
    assert desk.get(reverse("service:attendance_review")).status_code == 200
    assert phone.get(reverse("service:attendance_review")).status_code == 403


def test_a_printed_sheet_counts_as_the_screen_does_and_replaces_check_ins(
    page, cast, activity, time_machine
):
    go(activity, cast.member, IN, START)
    time_machine.move_to(END, tick=False)
    desk, key = page(cast.secretary), activity.member.pk
    roll = {f"state-{key}": "no_show", "kind": "sheet"}
    assert desk.post(reverse("service:roll_call", args=[activity.pk]), roll).status_code == 302
    assert (RollCall.objects.get().kind, row_of(activity, activity.member).state) == (
        "sheet", "no_show",
    )  # fmt: skip
    assert Credit.objects.count() == 0


def test_the_screen_has_two_minutes_of_codes_ahead(page, cast, activity, time_machine, settings):
    settings.SITE_URL = "https://portal.example"
    time_machine.move_to(START, tick=False)
    answer = page(cast.secretary).get(reverse("service:codes_ahead", args=[activity.pk])).json()
    starts = [one["starts"] for one in answer["codes"]]
    assert {later - one for one, later in pairwise(starts)} == {15_000}
    assert starts[0] <= answer["now"]
    assert starts[-1] + 15_000 - answer["now"] >= 105_000
    assert len({one["digits"] for one in answer["codes"]}) == len(starts) == codes.AHEAD
    assert codes.code_of(activity, IN, 1).url.startswith("https://portal.example/")


def test_three_ways_in_and_the_place_with_a_reason_only(page, cast, located, time_machine):
    """The camera, a photo of the code, six digits; where, by a consent of its own or left out."""
    time_machine.move_to(START, tick=False)
    phone, where = page(cast.member), reverse("service:check", args=[located.pk])
    shown = phone.get(where).text
    for way in ('id="camera"', 'id="photo" type="file"', 'name="digits"'):
        assert way in shown
    opened = f"{where}?pass={scanned(located, IN, START)}"
    asked = phone.get(opened).text
    assert "江边作业" in asked
    assert 'name="lon"' in asked
    located.lon = located.lat = located.radius = None
    located.location_reason = ""
    located.save()
    assert 'name="lon"' not in phone.get(opened).text
    assert 'type="file"' not in phone.get(opened).text


def test_a_check_in_takes_twelve_statements_at_most(cast, activity, django_assert_max_num_queries):
    given = scanned(activity, IN, START)
    with django_assert_max_num_queries(8):
        go(activity, cast.member, IN, START, scan_pass=given)
    given = scanned(activity, OUT, END)
    with django_assert_max_num_queries(8):
        event = go(activity, cast.member, OUT, END, scan_pass=given)
    with django_assert_max_num_queries(4):
        assert attendance.provisional_minutes(activity, event.participant, END) == 120
