"""Activities: planned, published, signed up for, moved, cancelled; who is told; the calendar."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from icalendar import Calendar

from orgs.errors import NotAllowed, Refused, WrongState
from tests.factories import NOW
from tests.volunteers.service import service_factories as serve
from volunteers.service.accounts.spans import common, minutes, union, without
from volunteers.service.activities import activities, calendar, notifications, sign_ups
from volunteers.service.activities.intervals import checked
from volunteers.service.models import Activity, CalendarFeed, CheckEvent, SignUp

pytestmark = pytest.mark.django_db
MOVED_UP = (
    "您已递补：“小区清洁日”（2026年3月11日 09:00）有了您的名额。"
    "无需办理任何手续；若不能参加，请退回名额。"
)
MOVED = (
    "“小区清洁日”改到 2026年3月12日 09:00：下雨。您的名额保留；此前未记入时长，"
    "也不会损失任何时长。若届时不能参加，请退回名额。"
)
CANCELLED = (
    "“小区清洁日”（2026年3月12日 09:00）已取消：改期。您无需办理；该活动未记入时长，"
    "您已有的时长和积分不变。"
)
HOUR = timedelta(hours=1)


def plan(cast, **values):
    defaults = {
        "unit": cast.compound, "title": "小区清洁日", "places": 2, "starts_at": NOW + 24 * HOUR,
        "ends_at": NOW + 26 * HOUR, "by": cast.secretary, "now": NOW,
    }  # fmt: skip
    return activities.create(**defaults | values)


def published(cast, **values):
    return activities.publish(activity=plan(cast, **values), by=cast.secretary, now=NOW)


def up(activity, by, now=NOW, **values):
    return sign_ups.sign_up(activity=activity, by=by, now=now, **values).sign_up


def told(user):
    return [notice.data["action"] for notice in user.notices.order_by("pk")]


def test_intervals_are_half_open_and_pass_midnight():
    late = NOW.replace(hour=15, minute=0)  # 23:00 in Shanghai
    assert checked([(late, late + HOUR), (late + HOUR, late + 3 * HOUR)]) == [
        (late, late + HOUR), (late + HOUR, late + 3 * HOUR)
    ]  # fmt: skip
    with pytest.raises(Refused) as refused:
        checked([(late, late + 2 * HOUR), (late + HOUR, late + 3 * HOUR)])
    assert refused.value.code == "overlap"
    for spans in ([(late, late)], [(late, late - HOUR)], [(late, late + 25 * HOUR)], []):
        with pytest.raises(Refused):
            checked(spans)


def test_time_is_counted_once():
    a, b, c, d = (NOW + number * HOUR for number in range(4))
    assert union([(a, c), (b, d)]) == [(a, d)]
    assert common([(a, c)], [(b, d)]) == [(b, c)]
    assert without([(a, d)], [(b, c)]) == [(a, b), (c, d)]
    assert minutes([(a, a + timedelta(seconds=119))]) == 1


def test_what_is_dangerous_is_not_published_without_insurance(cast):
    row = plan(cast, is_dangerous=True)
    for values, code in (({}, "risk_missing"), ({"risk": "登高"}, "insurance_missing")):
        if values:
            row = activities.edit(
                activity=row, title="清洗", places=2, starts_at=row.starts_at, ends_at=row.ends_at,
                is_dangerous=True, by=cast.secretary, now=NOW, **values,
            )  # fmt: skip
        with pytest.raises(WrongState) as refused:
            activities.publish(activity=row, by=cast.secretary, now=NOW)
        assert refused.value.code == code
    row = activities.edit(
        activity=row, title="清洗", places=2, starts_at=row.starts_at, ends_at=row.ends_at,
        is_dangerous=True, risk="登高", insurance="平安 A1", by=cast.secretary, now=NOW,
    )  # fmt: skip
    assert activities.publish(activity=row, by=cast.secretary, now=NOW).state == "published"


def test_the_kind_of_minutes_is_fixed_when_it_is_published(cast):
    made = serve.activity(cast, minutes_kind="voluntary", starts_at=NOW + timedelta(days=2))
    plan = {
        "activity": made, "starts_at": made.starts_at, "ends_at": made.ends_at,
        "title": made.title, "places": 10, "by": cast.secretary, "now": NOW,
    }  # fmt: skip
    activities.edit(**plan, minutes_kind="duty")
    made.refresh_from_db()
    assert made.minutes_kind == "duty"
    activities.publish(activity=made, by=cast.secretary, now=NOW)
    with pytest.raises(WrongState):
        activities.edit(**plan, minutes_kind="voluntary")
    made.refresh_from_db()
    assert made.minutes_kind == "duty"


def test_location_needs_a_reason(cast):
    with pytest.raises(Refused) as refused:
        plan(cast, lon=114.8, lat=30.4)
    assert "location_reason" in refused.value.fields
    assert plan(cast, lon=114.8, lat=30.4, risk="江边清淤").location_reason == "江边清淤"


def test_the_last_place_then_the_waiting_list_then_moving_up(cast):
    activity = published(cast, places=1)
    first, second = up(activity, cast.member), up(activity, cast.volunteer)
    assert ((first.state, first.seat), (second.state, second.seat)) == (
        ("placed", 1), ("waiting", None)
    )  # fmt: skip
    with pytest.raises(WrongState) as refused:
        up(activity, cast.member)
    assert refused.value.code == "already_signed_up"
    with pytest.raises(NotAllowed):
        sign_ups.withdraw(sign_up=first, by=cast.volunteer, now=NOW)
    sign_ups.withdraw(sign_up=first, by=cast.member, now=NOW)
    second.refresh_from_db()
    assert (second.state, second.seat) == ("placed", 1)
    notifications.notify_of_entries(NOW)
    notifications.notify_of_entries(NOW)
    assert told(cast.volunteer) == ["moved-up"]
    text = notifications.KINDS[0].text(cast.volunteer.notices.get().data)
    assert "小区清洁日" in text
    # And whether something is to be done.
    assert text == MOVED_UP
    assert told(cast.member) == []


def test_hard_overlap_is_refused_and_soft_overlap_warned(cast):
    one = published(cast)
    up(one, cast.member)
    inside = published(
        cast, starts_at=one.ends_at - timedelta(minutes=1), ends_at=one.ends_at + HOUR
    )
    with pytest.raises(WrongState) as refused:
        up(inside, cast.member)
    assert refused.value.code == "overlap"
    after = published(cast, starts_at=one.ends_at, ends_at=one.ends_at + HOUR)
    result = sign_ups.sign_up(activity=after, by=cast.member, now=NOW)
    assert result.close_to == [one]
    later = published(cast, starts_at=one.ends_at + 2 * HOUR, ends_at=one.ends_at + 3 * HOUR)
    assert sign_ups.sign_up(activity=later, by=cast.member, now=NOW).close_to == []


def test_age_and_skill(cast):
    activity = published(cast, least_age=18, most_age=70, skill="medical")
    for values, code in (
        ({}, "age_unknown"), ({"born_year": 2015}, "age"), ({"born_year": 1990}, "age"),
    ):  # fmt: skip
        with pytest.raises(WrongState) as refused:
            up(activity, cast.member, **values)
        assert refused.value.code == code or values
    who = serve.participant(cast.compound, cast.volunteer, born_year=1990)
    with pytest.raises(WrongState) as refused:
        up(activity, cast.volunteer)
    assert refused.value.code == "skill"
    who.skills = ["medical"]
    who.save()
    assert up(activity, cast.volunteer).seat == 1


def test_moving_and_cancelling_tell_all_and_raise_the_sequence(cast):
    activity = published(cast, places=1)
    up(activity, cast.member)
    up(activity, cast.volunteer)
    activity = activities.move(
        activity=activity, starts_at=NOW + 48 * HOUR, ends_at=NOW + 50 * HOUR, reason="下雨",
        by=cast.secretary, now=NOW,
    )  # fmt: skip
    activity = activities.cancel(activity=activity, reason="改期", by=cast.secretary, now=NOW)
    assert (activity.sequence, activity.state) == (2, "cancelled")
    notifications.notify_of_entries(NOW)
    assert told(cast.member) == told(cast.volunteer) == ["move", "cancel"]
    data = {notice.data["action"]: notice.data for notice in cast.member.notices.all()}
    # What happens to what was credited, and to the place.
    assert notifications.KINDS[0].text(data["move"]) == MOVED
    assert notifications.KINDS[0].text(data["cancel"]) == CANCELLED
    with pytest.raises(WrongState):
        activities.publish(activity=activity, by=cast.secretary, now=NOW)


def test_what_has_begun_is_not_moved_and_nothing_moves_into_the_past(cast):
    activity = published(cast)
    with pytest.raises(Refused):
        activities.move(
            activity=activity, starts_at=NOW - HOUR, ends_at=NOW, reason="x", by=cast.secretary, now=NOW
        )  # fmt: skip
    with pytest.raises(WrongState):
        activities.move(
            activity=activity, starts_at=NOW + 99 * HOUR, ends_at=NOW + 100 * HOUR, reason="x",
            by=cast.secretary, now=activity.starts_at,
        )  # fmt: skip


def test_who_may_not(cast):
    activity = plan(cast)
    for by in (cast.member, cast.sibling_worker, cast.outsider, cast.admin, cast.street_cadre):
        with pytest.raises(NotAllowed):
            activities.publish(activity=activity, by=by, now=NOW)
        with pytest.raises(NotAllowed):
            plan(cast, by=by)


def test_a_no_show_gives_the_place_to_who_waits(cast):
    activity = published(cast, places=2)
    came, absent, waits = (up(activity, who) for who in (cast.member, cast.volunteer, cast.owner))
    CheckEvent.objects.create(
        activity=activity, participant=came.participant, by=cast.member, direction="in",
        source="scan", state="taken", at=activity.starts_at, received_at=activity.starts_at,
    )  # fmt: skip
    early = activity.starts_at + timedelta(minutes=14)
    assert sign_ups.release_no_shows(activity=activity, now=early) == 0
    late = activity.starts_at + timedelta(minutes=15)
    assert sign_ups.release_no_shows(activity=activity, now=late) == 1
    states = {row.pk: row.state for row in SignUp.objects.all()}
    assert states == {came.pk: "placed", absent.pk: "released", waits.pk: "placed"}


def test_reminded_the_day_before_once(cast):
    activity = published(cast)
    up(activity, cast.member)
    notifications.remind(NOW)
    notifications.remind(NOW)
    assert cast.member.notices.filter(kind="activity-reminder").count() == 1


def test_the_calendar(cast, client):
    activity = published(cast, starts_at=NOW + 15 * HOUR, ends_at=NOW + 18 * HOUR)
    up(activity, cast.member)
    old = calendar.make_address(by=cast.member, now=NOW)
    address = calendar.make_address(by=cast.member, now=NOW)
    path = reverse("service:calendar_feed", args=[address.rsplit("/", 1)[1].removesuffix(".ics")])
    answer = client.get(path)
    assert answer.status_code == 200
    feed = Calendar.from_ical(answer.content)
    event = feed.walk("VEVENT")[0]
    assert (str(event["SUMMARY"]), event["SEQUENCE"], str(event["STATUS"])) == (
        "小区清洁日", 0, "CONFIRMED"
    )  # fmt: skip
    assert event["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert [str(zone["TZID"]) for zone in feed.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    activities.cancel(activity=activity, reason="雨", by=cast.secretary, now=NOW)
    again = Calendar.from_ical(client.get(path).content).walk("VEVENT")[0]
    assert (again["UID"], again["SEQUENCE"], str(again["STATUS"])) == (event["UID"], 1, "CANCELLED")
    old_path = reverse("service:calendar_feed", args=[old.rsplit("/", 1)[1].removesuffix(".ics")])
    assert client.get(old_path).status_code == 404
    assert calendar.revoke_address(by=cast.member, now=NOW) is True
    assert client.get(path).status_code == 404


def test_a_guessed_or_revoked_address_of_a_calendar_is_refused_and_counted(
    cast, client, monkeypatch
):
    up(published(cast, starts_at=NOW + 15 * HOUR, ends_at=NOW + 18 * HOUR), cast.member)
    known, revoked = (
        calendar.make_address(by=who, now=NOW) for who in (cast.member, cast.volunteer)
    )
    calendar.revoke_address(by=cast.volunteer, now=NOW)
    # An address tells nothing of its account, and 256 random bits are not found by trying.
    token = known.rsplit("/", 1)[1].removesuffix(".ics")
    assert len(token) == 43
    assert CalendarFeed.objects.filter(token_hash=token).count() == 0
    monkeypatch.setattr("orgs.web.throttling.GuessThrottle.rate", "3/hour")
    near = token[:-1] + ("A" if token[-1] != "A" else "Q")
    paths = [reverse("service:calendar_feed", args=[one]) for one in (near, str(cast.member.pk))]
    paths += [urlsplit(revoked).path, *paths]
    answers = [client.get(path) for path in paths]
    assert [answer.status_code for answer in answers] == [404, 404, 404, 429, 429]
    assert not any("小区清洁日" in answer.text for answer in answers)
    # Behind the same line, who knows an address reads it.
    assert client.get(urlsplit(known).path).status_code == 200


def test_over_the_api(api, cast):
    body = {
        "unit": cast.compound.code, "title": "清洁日", "starts_at": "2099-03-03T09:00:00+08:00",
        "ends_at": "2099-03-03T11:00:00+08:00", "places": 1, "kind": "service",
        "minutes_kind": "voluntary", "risk": "注意车辆",
    }  # fmt: skip
    assert api(cast.member).post("/api/v1/activities/", body, format="json").status_code == 403
    made = api(cast.secretary).post("/api/v1/activities/", body, format="json")
    assert (made.status_code, made.json()["state"], made.json()["free"]) == (201, "draft", 1)
    at = f"/api/v1/activities/{made.json()['id']}/"
    assert api(cast.member).post(f"{at}sign-up/").status_code == 404
    assert api(cast.secretary).post(f"{at}publish/").json()["state"] == "published"
    assert api(cast.member).post(f"{at}publish/").status_code == 403
    signed = api(cast.member).post(f"{at}sign-up/")
    assert (signed.status_code, signed.json()["state"]) == (201, "placed")
    assert api(cast.volunteer).post(f"{at}sign-up/").json()["state"] == "waiting"
    assert api(cast.outsider).post(f"{at}sign-up/").status_code == 404
    assert (
        api(cast.secretary).post(f"{at}cancel/", {"reason": ""}, format="json").status_code == 400
    )
    cancelled = api(cast.secretary).post(f"{at}cancel/", {"reason": "雨"}, format="json")
    assert cancelled.json()["state"] == "cancelled"
    assert api(cast.secretary).post(f"{at}publish/").status_code == 409
    assert (
        api(cast.member).get("/api/v1/activities/").json()["results"][0]["my_sign_up"] == "placed"
    )


def test_on_pages(page, cast):
    desk, phone = page(cast.secretary), page(cast.member)
    address = reverse("service:activity_plan", args=[cast.compound.code])
    given = {
        "title": "清洁日", "kind": "service", "minutes_kind": "voluntary", "places": 1,
        "starts_at": "2099-03-03T09:00", "ends_at": "2099-03-03T11:00", "datum": "gcj02",
    }  # fmt: skip
    assert desk.get(address).status_code == 200
    assert desk.post(address, given).status_code == 302
    row = Activity.objects.get()
    at = reverse("service:activity", args=[row.pk])
    assert desk.get(at).status_code == 200
    assert desk.get(reverse("service:activity_edit", args=[row.pk])).status_code == 200
    assert desk.post(reverse("service:activity_act", args=[row.pk, "publish"])).status_code == 302
    assert phone.get(at).status_code == 200
    assert phone.post(reverse("service:activity_sign_up", args=[row.pk])).status_code == 302
    assert "卫党员" in desk.get(at).content.decode()
    for name in ("activities", "activity_month", "calendar_address"):
        assert phone.get(reverse(f"service:{name}")).status_code == 200
    for view in ("mine", "organised", "all"):
        assert desk.get(reverse("service:activities"), {"view": view}).status_code == 200
    desk_address = reverse("service:activity_desk_sign_up", args=[row.pk])
    assert (
        desk.post(desk_address, {"name": "王大爷", "phone": "", "born_year": ""}).status_code == 302
    )
    assert phone.post(reverse("service:activity_withdraw", args=[row.pk])).status_code == 302
    assert SignUp.objects.get(state="placed").participant.name == "王大爷"
    assert page(cast.outsider).get(at).status_code == 404


def test_a_list_costs_the_same_for_one_and_for_thirty(page, cast, django_assert_max_num_queries):
    published(cast)
    client = page(cast.secretary)
    client.get(reverse("service:activities"))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(reverse("service:activities"))
    for _number in range(29):
        published(cast)
    with CaptureQueriesContext(connection) as thirty:
        client.get(reverse("service:activities"))
    assert len(thirty) == len(one)


def test_a_picture_that_was_saved_anew_is_known():
    from PIL import Image

    from volunteers.service.activities.pictures import hash_of, is_same

    image = Image.effect_mandelbrot((200, 150), (-2, -1.5, 1, 1.5), 50)
    small = image.resize((120, 90))
    other = Image.linear_gradient("L")
    assert is_same(hash_of(image), hash_of(small))
    assert not is_same(hash_of(image), hash_of(other))


def test_who_has_no_account_moves_up_and_the_organiser_is_told(cast):
    activity = published(cast, places=1)
    first = up(activity, cast.member)
    paper = serve.participant(cast.compound)
    sign_ups.sign_up(activity=activity, participant=paper, by=cast.secretary, now=NOW)
    sign_ups.withdraw(sign_up=first, by=cast.member, now=NOW)
    notifications.notify_of_entries(NOW)
    assert told(cast.secretary) == ["moved-up"]
