"""The monthly duty: what is owed, counting, closing once, letters and their corrections, appeals."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orgs.enums import Role
from orgs.errors import NotAllowed, Refused, WrongState
from tests import factories as make
from tests.volunteers.service import service_factories as serve
from volunteers.service.accounts.credits import credit
from volunteers.service.duty import appeals, counting, letters, months, rules
from volunteers.service.duty.notifications import REVIEW
from volunteers.service.duty.standing import standing
from volunteers.service.enums import MinutesKind
from volunteers.service.models import (
    Appeal,
    Credit,
    MonthLetter,
    MonthResult,
    ReportIn,
    ServiceMonth,
)

pytestmark = pytest.mark.django_db

JANUARY, FEBRUARY, MARCH, APRIL = (date(2026, month, 1) for month in (1, 2, 3, 4))
REPORTED = datetime(2026, 1, 1, 1, tzinfo=UTC)


def at(month, day, hour=2):
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.fixture
def organisation():
    return serve.employer(code="EMP1", name="市水务局机关党委")


@pytest.fixture
def member(cast, organisation):
    participant = serve.participant(cast.compound, cast.member)
    serve.report_in(
        cast, participant, employer=organisation, reported_at=REPORTED, confirmed_at=REPORTED
    )
    return participant


def serve_hours(cast, member, month, day, minutes=120, **values):
    begin = at(month, day)
    known = {
        "participant": member,
        "unit": cast.compound,
        "month": begin.date(),
        "minutes_kind": MinutesKind.DUTY,
        "intervals": [(begin, begin + timedelta(minutes=minutes))] if minutes else [],
        "minutes": minutes,
        "planned_minutes": 120,
        "counts_activity": minutes >= 72,
        "task_number": f"HZ{month}{day}",
        "text": "巡楼",
        "approved_by": cast.secretary,
        "now": begin,
    }
    return credit(**known | values)


@pytest.mark.parametrize(
    ("stays", "reliefs", "owed"),
    [
        ([(date(2026, 1, 1), None)], [], 3100),
        ([(date(2026, 3, 17), None)], [], 1500),
        ([(date(2026, 1, 1), date(2026, 3, 10)), (date(2026, 3, 10), None)], [], 3100),
        ([(date(2026, 1, 1), None)], [(date(2026, 3, 1), date(2026, 3, 31), 100)], 0),
        ([(date(2026, 1, 1), None)], [(date(2026, 3, 1), date(2026, 3, 31), 50)], 1550),
        ([(date(2026, 1, 1), None)], [(MARCH, MARCH, 50), (MARCH, MARCH, 80)], 3020),
        ([], [], 0),
    ],
)
def test_days_owed(stays, reliefs, owed):
    assert rules.owed_days(MARCH, stays, reliefs) == owed


@pytest.mark.parametrize(
    ("amount", "owed", "share"),
    [(240, 3100, 240), (240, 1550, 120), (1, 1500, 0), (1, 1600, 1), (240, 0, 0)],
)
def test_the_share_of_a_month(amount, owed, share):
    assert rules.share(amount, owed, MARCH) == share


def test_a_branch_has_its_own_rule_from_a_month_on(cast):
    general = serve.duty_rule()
    own = rules.set_rule(
        branch=cast.branch, month=MARCH, activities=2, minutes=180, source="支部大会决定",
        by=cast.secretary, now=at(2, 1),
    )  # fmt: skip
    assert rules.rules_for([cast.branch.pk], FEBRUARY) == {cast.branch.pk: general}
    assert rules.rules_for([cast.branch.pk], APRIL) == {cast.branch.pk: own}
    with pytest.raises(NotAllowed):
        rules.set_rule(
            branch=cast.branch, month=MARCH, activities=0, minutes=0, source="x",
            by=cast.member, now=at(2, 1),
        )  # fmt: skip


def test_a_closed_month_is_locked(cast, member):
    """Its rule, its ratings and its state stay; a correction is booked today and counted anew."""
    months.advance(at(2, 20))
    month, result = ServiceMonth.objects.get(), MonthResult.objects.get()
    assert month.state == "closed"
    with pytest.raises(WrongState) as locked:
        rules.set_rule(
            branch=cast.branch, month=JANUARY, activities=0, minutes=0, source="决议",
            by=cast.secretary, now=at(2, 21),
        )  # fmt: skip
    assert locked.value.code == "month_closed"
    for change in (
        lambda: months.rate(result=result, rating="good", by=cast.secretary, now=at(2, 21)),
        lambda: months.rate_clean(month=month, by=cast.secretary, now=at(2, 21)),
        lambda: months.close(month=month, by=cast.secretary, now=at(2, 21)),
    ):
        with pytest.raises(WrongState) as locked:
            change()
        assert locked.value.code == "not_under_review"
    rules.grant_relief(
        participant=member, kind="leave", starts=JANUARY, ends=date(2026, 1, 31),
        by=cast.secretary, now=at(2, 21),
    )  # fmt: skip
    assert months.advance(at(2, 22)) == (0, 0)
    assert MonthResult.objects.get().owed_days == result.owed_days == 3100


def test_one_activity_and_four_hours_are_owed_where_nothing_else_is_said(cast, member):
    general = serve.duty_rule()
    assert (general.activities, general.minutes) == (1, 240)
    months.advance(at(2, 2))
    result = MonthResult.objects.get()
    assert (result.needed_activities, result.needed_minutes, result.met) == (1, 240, False)


def test_the_secretary_is_asked_once_to_rate_and_told_who_falls_short(cast, member):
    for day in (2, 3):
        months.advance(at(2, day))
    told = cast.secretary.notices.filter(kind=REVIEW)
    month = ServiceMonth.objects.get()
    assert list(told.values_list("link", "data")) == [
        (reverse("service:month", args=[month.pk]), {"month": "2026-01", "short": 1})
    ]


def test_a_month_is_counted_reviewed_and_closed_once(cast, member):
    serve_hours(cast, member, 1, 5)
    serve_hours(cast, member, 1, 6)
    assert months.advance(at(1, 20)) == (0, 0)
    assert months.advance(at(2, 2)) == (1, 0)
    result = MonthResult.objects.get()
    assert (result.activities, result.duty_minutes, result.met) == (2, 240, True)
    assert months.advance(at(2, 3)) == (0, 0)
    assert months.advance(at(2, 12)) == (0, 1)
    assert months.advance(at(2, 12)) == (0, 0)
    month = ServiceMonth.objects.get()
    assert (month.state, month.closed_by) == ("closed", None)
    assert MonthLetter.objects.count() == 1


def test_after_a_standstill_each_month_is_closed_once_oldest_first(cast, member, monkeypatch):
    order = []
    close = months.close_month
    monkeypatch.setattr(
        months, "close_month", lambda month, now: (order.append(month), close(month, now))[1]
    )
    assert months.advance(at(4, 20)) == (3, 3)
    assert order == [JANUARY, FEBRUARY, MARCH]
    assert months.advance(at(4, 20)) == (0, 0)
    assert ServiceMonth.objects.filter(state="closed").count() == 3
    assert MonthLetter.objects.count() == 3


def test_a_crash_half_way_leaves_nothing_half_done(cast, member, monkeypatch):
    months.advance(at(2, 2))
    monkeypatch.setattr(letters, "write", lambda rows, now: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        months.advance(at(2, 20))
    assert ServiceMonth.objects.get().state == "review"
    monkeypatch.undo()
    assert months.advance(at(2, 20)) == (0, 1)
    assert MonthLetter.objects.count() == 1


@time_machine.travel(at(3, 5), tick=False)
def test_the_command(cast, member):
    call_command("close_month", "2026-02")
    call_command("close_month", "2026-02")
    assert list(ServiceMonth.objects.order_by("month").values_list("month", "state")) == [
        (JANUARY, "closed"),
        (FEBRUARY, "closed"),
    ]
    for wrong in ("2026-03", "2026-13", "heute"):
        with pytest.raises(CommandError):
            call_command("close_month", wrong)


def test_the_branch_rates_clean_records_together_and_exceptions_one_by_one(cast, member):
    other = serve.participant(cast.compound, cast.volunteer)
    serve.report_in(cast, other, reported_at=REPORTED, confirmed_at=REPORTED)
    serve_hours(cast, member, 1, 5, 240)
    months.advance(at(2, 2))
    month = ServiceMonth.objects.get()
    assert months.rate_clean(month=month, by=cast.secretary, now=at(2, 3)) == 1
    short = MonthResult.objects.get(participant=other)
    with pytest.raises(NotAllowed):
        months.rate(result=short, rating="good", by=cast.member, now=at(2, 3))
    months.rate(result=short, rating="needs_call", text="出差", by=cast.secretary, now=at(2, 3))
    closed = months.close(month=month, by=cast.secretary, now=at(2, 4))
    assert (closed.state, closed.closed_by) == ("closed", cast.secretary)
    with pytest.raises(WrongState):
        months.rate(result=short, rating="good", by=cast.secretary, now=at(2, 5))
    assert set(MonthResult.objects.values_list("rating", flat=True)) == {"good", "needs_call"}


def test_a_letter_says_totals_and_is_corrected_by_itself(cast, member, organisation):
    serve_hours(cast, member, 1, 5, 60)
    months.advance(at(2, 20))
    first = MonthLetter.objects.select_related("certificate").get()
    said = first.certificate.payload
    assert (said["total_members"], said["total_met"], said["total_minutes"]) == (1, 0, 60)
    assert said["members"][0]["name"] == member.name
    # Totals and the branch's words: no place, no photo, nothing of single activities.
    assert set(said["members"][0]) == {
        "name", "activities", "needed_activities", "minutes", "needed_minutes", "met", "rating",
        "words",
    }  # fmt: skip
    assert letters.send(at(2, 21)) == 1
    # Approved later for the closed month.
    serve_hours(cast, member, 1, 6, 180, now=at(3, 1))
    assert months.recount_corrected(at(3, 2)) == 1
    assert months.recount_corrected(at(3, 2)) == 0
    second = MonthLetter.objects.get(revision=2)
    assert second.certificate.payload["total_minutes"] == 240
    # The correction goes out by itself too, once.
    assert (letters.send(at(3, 3)), letters.send(at(3, 3))) == (1, 0)
    first.certificate.refresh_from_db()
    assert first.certificate.revoked_at == at(3, 2)
    assert ServiceMonth.objects.get(month=JANUARY).state == "closed"


def test_letters_are_sent_once_and_their_receipt_is_recorded(cast, member, organisation):
    boss = make.user("boss")
    make.position(boss, Role.EMPLOYER, organisation)
    months.advance(at(2, 20))
    assert letters.send(at(2, 20)) == 1
    assert letters.send(at(2, 20)) == 0
    letter = MonthLetter.objects.get()
    assert letter.sent_at == at(2, 20)
    with pytest.raises(NotAllowed):
        letters.receive(letter=letter, by=cast.secretary, now=at(2, 21))
    letters.receive(letter=letter, by=boss, now=at(2, 21))
    again = letters.receive(letter=letter, by=boss, now=at(2, 22))
    assert (again.received_by, again.received_at) == (boss, at(2, 21))


def test_an_appeal_is_decided_by_another_and_makes_good(cast, member):
    activity = serve.activity(
        cast, state="held", starts_at=at(1, 10), organiser=cast.community_worker
    )
    attendance = serve.attendance(activity, member, state="unknown", minutes=0)
    appeal = appeals.appeal(entry=f"attendance-{attendance.pk}", by=cast.member, now=at(1, 11))
    with pytest.raises(WrongState) as error:
        appeals.appeal(entry=f"attendance-{attendance.pk}", by=cast.member, now=at(1, 11))
    assert error.value.code == "appeal_waits"
    with pytest.raises(NotAllowed) as error:
        appeals.decide(appeal=appeal, granted=True, reason="在场", by=cast.member, now=at(1, 12))
    assert error.value.code == "own_case"
    appeals.decide(appeal=appeal, granted=True, reason="在场", by=cast.secretary, now=at(1, 12))
    found = standing(member, JANUARY, at(1, 13))
    assert (found.done.activities, found.done.voluntary) == (1, 120)
    with pytest.raises(WrongState):
        appeals.decide(appeal=appeal, granted=False, reason="不", by=cast.secretary, now=at(1, 12))


def test_nobody_appeals_for_another(cast, member):
    made = serve_hours(cast, member, 1, 5)
    for who, entry in (
        (cast.volunteer, f"credit-{made.pk}"),
        (cast.member, "credit-0"),
        (cast.member, "x"),
    ):
        with pytest.raises(Refused):
            appeals.appeal(entry=entry, by=who, now=at(1, 6))
    assert Appeal.objects.count() == 0


@time_machine.travel(at(1, 20), tick=False)
def test_over_the_api(api, cast, member):
    serve_hours(cast, member, 1, 5, 60)
    body = api(cast.member).get("/api/v1/me/service/?month=2026-01").json()
    assert (body["month"], body["state"], body["activities"], body["minutes"], body["met"]) == (
        "2026-01", "open", 0, 60, False
    )  # fmt: skip
    (entry,) = body["entries"]
    assert (entry["kind"], entry["minutes"], entry["counts"]) == ("duty", 60, True)
    assert "60%" in entry["reason"]
    assert api(cast.member).get("/api/v1/me/service/?month=x").status_code == 400
    made = api(cast.member).post(
        "/api/v1/appeals/", {"entry": entry["id"], "reason": "全程在场"}, format="json"
    )
    assert made.status_code == 201
    address = f"/api/v1/appeals/{made.json()['id']}/decide/"
    decision = {"granted": True, "reason": "签到表可证"}
    own = api(cast.member).post(address, decision, format="json")
    assert (own.status_code, own.json()["code"]) == (403, "own_case")
    assert api(cast.outsider).post(address, decision, format="json").status_code == 404
    done = api(cast.secretary).post(address, decision, format="json")
    assert (done.status_code, done.json()["status"]) == (200, "granted")
    assert api(cast.secretary).post(address, decision, format="json").status_code == 409
    assert api(cast.member).get("/api/v1/me/service/").json()["minutes"] == 120


def test_the_member_is_told_what_was_decided_and_how_the_month_ended(cast, member):
    serve_hours(cast, member, 1, 5, 60)
    row = Credit.objects.get()
    waiting = appeals.appeal(entry=f"credit-{row.pk}", by=cast.member, now=at(1, 6))
    appeals.decide(
        appeal=waiting, granted=False, reason="签到表为一小时", by=cast.street_cadre, now=at(1, 7)
    )
    months.review_month(date(2026, 1, 1), at(2, 1))
    months.close_month(date(2026, 1, 1), at(2, 10))
    months.close_month(date(2026, 1, 1), at(2, 11))
    told = cast.member.notices.filter(kind__in=["service-appeal", "service-my-month"])
    assert list(told.order_by("pk").values_list("kind", "data")) == [
        ("service-appeal", {"granted": False, "decision": "签到表为一小时"}),
        ("service-my-month", {"month": "2026-01", "met": False}),
    ]


def month_of_anybody(cast, branches, organisation, chance, number):
    """A participant with stays, reliefs and credits around March, of every kind there is."""
    who = serve.participant(cast.compound)
    moment = at(2, 1) + timedelta(hours=chance.choice([0, chance.randrange(28 * 24)]))
    for stay in range(chance.choice([1, 1, 1, 2, 3])):
        is_last = chance.random() < 0.7 or stay == 2
        ended = None if is_last else moment + timedelta(hours=chance.randrange(1, 30 * 24))
        serve.report_in(
            cast, who, branch=chance.choice(branches), employer=organisation, reported_at=moment,
            confirmed_at=moment, ended_at=ended, state="confirmed" if is_last else "moved",
            confirmed_by=cast.secretary, kind="member",
        )  # fmt: skip
        if is_last:
            break
        moment = ended
    for _relief in range(chance.choice([0, 0, 1, 2])):
        starts = date(2026, 2, 20) + timedelta(days=chance.randrange(45))
        ends = starts + timedelta(days=chance.randrange(20))
        relief = rules.grant_relief(
            participant=who, kind="leave", starts=starts, ends=ends,
            percent=chance.choice([30, 100]), by=cast.secretary, now=at(3, 1),
        )  # fmt: skip
        if chance.random() < 0.3:
            rules.withdraw_relief(relief=relief, by=cast.secretary, now=at(3, 2))
    for done in range(chance.randrange(4)):
        kind = chance.choice(list(MinutesKind))
        minutes = chance.choice([30, 120, 240])
        number_of_task = f"N{number}-{done}"
        for again in range(chance.choice([1, 2])):
            serve_hours(
                cast, who, chance.choice([3, 3, 4]) if not again else 3, 3 + done,
                max(minutes - 20 * again, 0), minutes_kind=kind, task_number=number_of_task,
            )  # fmt: skip


def test_one_statement_counts_what_is_counted_day_by_day(cast, organisation):
    """Many kinds of months: what the database counts is what `figures` says of each, and twice the same."""
    chance = random.Random(7)
    serve.duty_rule()
    branches = [cast.branch, make.branch([cast.compound], code="B2", name="乙支部")]
    rules.set_rule(
        branch=cast.branch, month=MARCH, activities=2, minutes=150, source="支部大会决定",
        by=cast.secretary, now=at(2, 1),
    )  # fmt: skip
    for number in range(60):
        month_of_anybody(cast, branches, organisation, chance, number)
    assert months.review_month(MARCH, at(4, 2)) == 2

    by_branch = rules.rules_for([branch.pk for branch in branches], MARCH)
    stays = counting.stays_in(MARCH, ReportIn.objects.all())
    done, reliefs = counting.done_in(MARCH, stays), counting.reliefs_in(MARCH, stays)
    expected = {
        who: counting.figures(
            MARCH, its, reliefs.get(who, ()), by_branch[its.branch], done.get(who, counting.Done())
        )
        for who, its in stays.items()
    }
    rows = MonthResult.objects.values_list("participant", *counting.COUNTED)
    assert {who: counting.Figures(*said) for who, *said in rows} == expected
    whole = sum(figures.owed_days == 3100 for figures in expected.values())
    assert 10 < whole < len(expected) - 10
    assert {figures.met for figures in expected.values()} == {True, False}
    assert counting.count(list(ServiceMonth.objects.order_by("pk")), at(4, 3)) == 0


def test_a_second_count_writes_only_what_changed_and_keeps_the_rating(cast, member):
    serve_hours(cast, member, 1, 5)
    months.advance(at(2, 2))
    months.rate(
        result=MonthResult.objects.get(),
        rating="good",
        text="认真",
        by=cast.secretary,
        now=at(2, 3),
    )
    serve_hours(cast, member, 1, 6, 200, now=at(2, 4))
    assert counting.count(list(ServiceMonth.objects.all()), at(2, 5)) == 1
    result = MonthResult.objects.get()
    assert (result.duty_minutes, result.met, result.rating) == (320, True, "good")
    assert ServiceMonth.objects.get().counted_at == at(2, 5)
    assert counting.count(list(ServiceMonth.objects.all()), at(2, 6)) == 0


def test_counting_takes_as_many_statements_for_thirty_as_for_one(cast, member):
    serve_hours(cast, member, 1, 5)
    months.advance(at(2, 2))
    rows = list(ServiceMonth.objects.all())

    def statements():
        with CaptureQueriesContext(connection) as queries:
            counting.count(rows, at(2, 3))
        return len(queries)

    first = statements()
    for number in range(30):
        other = serve.participant(cast.compound)
        serve.report_in(cast, other, reported_at=REPORTED, confirmed_at=REPORTED)
        serve_hours(cast, other, 1, 5, 240, task_number=f"N{number}")
    assert (first, statements()) == (4, 4)
    assert MonthResult.objects.count() == 31


# --- The results over the API ------------------------------------------------------------------------


def moved(cast, member):
    """In January at the cast's branch, from February on at another."""
    months.advance(at(2, 2))
    elsewhere = make.unit(cast.sibling)
    make.branch([elsewhere], code="B9")
    member.place = elsewhere
    member.save(update_fields=["place"])
    return elsewhere


def test_whoever_moved_on_is_rated_by_the_branch_of_the_month(page, cast, member):
    """The page of the month lists them: its button leads somewhere."""
    moved(cast, member)
    result = MonthResult.objects.get()
    where = reverse("service:result_rate", args=[result.pk])
    with time_machine.travel(at(2, 3), tick=False):
        assert page(cast.secretary).post(where, {"rating": "good"}).status_code == 302
    result.refresh_from_db()
    assert result.rated_by == cast.secretary


@time_machine.travel(at(2, 20), tick=False)
def test_results_are_read_over_the_api_by_the_member_and_the_branch(api, cast, member):
    serve_hours(cast, member, 1, 5, 60)
    other = serve.participant(cast.compound, cast.volunteer)
    serve.report_in(cast, other, reported_at=REPORTED, confirmed_at=REPORTED)
    months.advance(at(2, 20))
    address = "/api/v1/month-results/"

    def seen(user, query=""):
        answer = api(user).get(address + query)
        assert answer.status_code == 200
        return {row["person"] for row in answer.json()["results"]}

    (own,) = api(cast.member).get(address).json()["results"]
    result = MonthResult.objects.get(participant=member)
    assert own == {
        "id": result.pk, "month": "2026-01", "branch": cast.branch.code, "state": "closed",
        "person": member.pk, "name": member.name, "activities": 0, "needed_activities": 1,
        "minutes": 60, "needed_minutes": 240, "met": False, "rating": "", "rating_text": "",
    }  # fmt: skip
    both = {member.pk, other.pk}
    for reader in (cast.secretary, cast.community_worker, cast.street_cadre):
        assert seen(reader) == both
    for stranger in (
        cast.sibling_worker, cast.sibling_cadre, cast.grid_worker, cast.neighbour, cast.outsider,
        make.user(),
    ):  # fmt: skip
        assert seen(stranger) == set()
    assert api(None).get(address).status_code == 401
    assert seen(cast.secretary, "?month=2026-01") == both
    assert seen(cast.secretary, "?month=2026-02") == set()
    assert seen(cast.secretary, f"?branch={cast.branch.code}") == both
    assert seen(cast.secretary, "?branch=nobody") == set()
    wrong = api(cast.secretary).get(f"{address}?month=heute")
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["month"])
    first = api(cast.secretary).get(f"{address}?limit=1").json()
    second = api(cast.secretary).get(first["next"]).json()
    assert {first["results"][0]["person"], second["results"][0]["person"]} == both
    assert second["next"] is None
    for verb in ("post", "put", "patch", "delete"):
        assert getattr(api(cast.secretary), verb)(address).status_code == 405


def test_the_list_of_results_takes_as_many_statements_for_thirty_as_for_one(api, cast, member):
    months.review_month(JANUARY, at(2, 2))

    def statements():
        client = api(type(cast.secretary).objects.get(pk=cast.secretary.pk))
        with CaptureQueriesContext(connection) as queries:
            rows = client.get("/api/v1/month-results/").json()["results"]
        return len(rows), len(queries)

    (one, first), known = statements(), MonthResult.objects.get()
    for _number in range(29):
        other = serve.participant(cast.compound)
        report_in = serve.report_in(cast, other, reported_at=REPORTED, confirmed_at=REPORTED)
        known.pk, known.participant, known.report_in = None, other, report_in
        known.save(force_insert=True)
    assert (one, statements()) == (1, (30, first))
