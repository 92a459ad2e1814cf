"""What the database itself refuses; the use-cases of each room say it in words first."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from orgs.db import append_only
from tests import factories as make
from tests.factories import NOW
from tests.volunteers.service import service_factories as serve
from tests.volunteers.service.service_factories import MONTH, hours
from volunteers.service.enums import (
    ActivityState,
    EntryKind,
    EvidenceSource,
    EvidenceState,
    ReviewState,
)
from volunteers.service.models import (
    Adjustment,
    Appeal,
    CheckEvent,
    CreditedInterval,
    DoubleReport,
    ExportRecord,
    Flag,
    Institution,
    MinutesAccount,
    MonthResult,
    PointsAccount,
    PostRating,
    RollCall,
    RollCallLine,
    ScanPass,
    SecretaryCandidate,
    ServiceItem,
    StockEntry,
    TimeGift,
)

pytestmark = pytest.mark.django_db


def refused(write: Any, **changes: Any) -> bool:
    """Whether the database refuses a row, or a change of one."""
    try:
        with transaction.atomic():
            if callable(write):
                write()
            else:
                type(write).objects.filter(pk=write.pk).update(**changes)
    except (IntegrityError, DatabaseError):
        return True
    return False


@pytest.fixture
def member(cast):
    return serve.participant(cast.compound, cast.member)


@pytest.fixture
def other(cast):
    return serve.participant(cast.compound, cast.volunteer)


# --- Report-ins ------------------------------------------------------------------------------------


def test_one_open_report_in_at_a_time(cast, member):
    first = serve.report_in(cast, member)
    assert refused(lambda: serve.report_in(cast, member))
    first.state, first.ended_at = "moved", NOW
    first.save()
    again = serve.report_in(cast, member, follows=first)
    assert again.follows == first


def test_a_member_is_sent_by_somebody_and_a_refusal_has_a_reason(cast, member):
    assert refused(lambda: serve.report_in(cast, member, employer=None))
    assert refused(lambda: serve.report_in(cast, member, state="refused", ended_at=NOW))
    assert refused(lambda: serve.report_in(cast, member, state="confirmed", confirmed_at=None))
    assert refused(lambda: serve.report_in(cast, member, state="unheard"))
    assert not refused(lambda: serve.report_in(cast, member, kind="courier"))


def test_one_participant_for_an_account_and_a_person(cast, member):
    assert refused(lambda: serve.participant(cast.compound, cast.member))
    person = make.resident(cast.building)
    serve.participant(cast.compound, person=person)
    assert refused(lambda: serve.participant(cast.compound, person=person))
    assert refused(lambda: serve.participant(cast.compound, name=""))


def test_a_pairing_stands_once(cast):
    first = serve.pairing(cast)
    assert refused(lambda: serve.pairing(cast, organisation=first.organisation))
    assert refused(first, ends=first.starts - timedelta(days=1))


def test_the_two_reports_are_of_their_kind_and_once_a_period(cast, member):
    pairing = serve.pairing(cast)
    known = {"unit": cast.community, "to": cast.branch, "text": "已服务", "by": cast.member, "at": NOW}  # fmt: skip

    def report(**values: Any) -> DoubleReport:
        return DoubleReport.objects.create(**known | values)

    report(kind="unit", pairing=pairing, period="2026")
    assert refused(lambda: report(kind="unit", pairing=pairing, period="2026"))
    assert refused(lambda: report(kind="unit", pairing=pairing, period="2026-H1"))
    mine = serve.report_in(cast, member)
    assert refused(lambda: report(kind="member", report_in=mine, period="2026"))
    assert refused(lambda: report(kind="member", pairing=pairing, period="2026-H1"))
    report(kind="member", report_in=mine, period="2026-H1")


def test_a_secretary_to_be_is_proposed_by_two_and_agrees(cast, member):
    candidate = SecretaryCandidate.objects.create(
        participant=member, unit=cast.compound, text="热心", branch_by=cast.secretary, branch_at=NOW
    )
    assert refused(candidate, state="listed")
    assert refused(candidate, community_by=cast.secretary, community_at=NOW)
    term = {"starts": NOW.date(), "ends": NOW.date() + timedelta(days=365)}
    assert not refused(
        candidate, state="listed", community_by=cast.community_worker, community_at=NOW,
        consented_at=NOW, **term,
    )  # fmt: skip


def test_who_sees_the_pool_of_secretaries(cast, member):
    SecretaryCandidate.objects.create(
        participant=member, unit=cast.compound, text="热心", branch_by=cast.secretary, branch_at=NOW
    )
    see = {
        name: SecretaryCandidate.objects.visible_to(getattr(cast, name)).count()
        for name in ("street_cadre", "secretary", "member", "community_worker", "district_cadre")
    }
    assert see == {
        "street_cadre": 1, "secretary": 1, "member": 1, "community_worker": 0, "district_cadre": 0
    }  # fmt: skip


# --- Posts -----------------------------------------------------------------------------------------


def test_a_seat_is_given_once(cast, member, other):
    post = serve.post(cast)
    serve.claim(cast, post, member, seat=1)
    assert refused(lambda: serve.claim(cast, post, other, seat=1))
    assert not refused(lambda: serve.claim(cast, post, other, seat=2))


def test_a_claim_is_open_once_and_decided_whole(cast, member):
    post = serve.post(cast)
    claim = serve.claim(cast, post, member)
    assert refused(lambda: serve.claim(cast, post, member))
    assert refused(claim, state="confirmed")
    assert refused(claim, state="refused", decided_by=cast.secretary, decided_at=NOW)
    assert refused(claim, seat=1)
    assert refused(post, number=0)
    assert refused(post, ends=post.starts - timedelta(days=1))


def test_a_post_is_rated_once_a_year(cast, member):
    claim = serve.claim(cast, serve.post(cast), member, seat=1)

    def rate(year: int) -> PostRating:
        return PostRating.objects.create(
            claim=claim, year=year, grade="good", by=cast.secretary, at=NOW
        )

    rate(2026)
    assert refused(lambda: rate(2026))
    assert not refused(lambda: rate(2027))


# --- Items and rules -------------------------------------------------------------------------------


def test_the_library_begins_with_five_classes_and_39_examples():
    items = ServiceItem.objects.all()
    assert (items.count(), items.values("item_class").distinct().order_by().count()) == (39, 5)
    assert all(item.name.startswith("（示例）") and "示例" in item.source for item in items)
    assert Institution.objects.count() == 3


def test_an_item_has_each_version_once_and_bounds():
    first = serve.item()
    values = {
        field.name: getattr(first, field.name)
        for field in first._meta.fields
        if field.name not in ("id", "version")
    }
    assert refused(lambda: ServiceItem.objects.create(**values, version=1))
    assert refused(lambda: ServiceItem.objects.create(**values | {"minutes": 0}, version=2))
    assert not refused(lambda: ServiceItem.objects.create(**values, version=2))


# --- Activities ------------------------------------------------------------------------------------


def test_no_dangerous_activity_is_published_without_insurance(cast):
    draft = serve.activity(cast, is_dangerous=True)
    publish = {"state": ActivityState.PUBLISHED, "published_at": NOW}
    assert refused(draft, **publish)
    assert not refused(draft, **publish, insurance="意外险 2026-18")


def test_location_is_asked_for_with_a_reason_alone(cast):
    draft = serve.activity(cast)
    assert refused(draft, lon=114.9, lat=30.4, radius=200)
    assert not refused(draft, lon=114.9, lat=30.4, radius=200, location_reason="水域巡护")


def test_an_activity_has_its_times_in_order_and_a_cancelled_one_a_reason(cast):
    draft = serve.activity(cast)
    assert refused(draft, ends_at=draft.starts_at)
    assert refused(draft, state="cancelled", cancelled_at=NOW)
    assert not refused(draft, state="cancelled", cancelled_at=NOW, reason="大雨")


def test_intervals_of_an_activity_are_half_open(cast):
    activity = serve.activity(cast)
    later = {"starts_at": activity.ends_at, "ends_at": activity.ends_at + hours(1)}
    assert not refused(lambda: serve.interval(activity, **later))
    within = {"starts_at": activity.ends_at - hours(1), "ends_at": activity.ends_at}
    assert refused(lambda: serve.interval(activity, **within))
    assert not refused(lambda: serve.interval(serve.activity(cast), **later))


def test_a_place_is_given_once_and_somebody_signs_up_once(cast, member, other):
    activity = serve.activity(cast)
    mine = serve.sign_up(activity, member, seat=1)
    assert refused(lambda: serve.sign_up(activity, member, seat=2))
    assert refused(lambda: serve.sign_up(activity, other, seat=1))
    waiting = serve.sign_up(activity, other, seat=None)
    assert refused(waiting, state="placed")
    assert not refused(mine, state="cancelled", seat=None, ended_at=NOW)
    assert not refused(waiting, state="placed", seat=1, placed_at=NOW)


# --- Attendance ------------------------------------------------------------------------------------


def check(activity: Any, of: Any, **values: Any) -> CheckEvent:
    defaults: dict[str, Any] = {
        "by": of.account,
        "direction": "in",
        "source": EvidenceSource.SCAN,
        "state": EvidenceState.TAKEN,
        "at": NOW,
        "received_at": NOW,
    }
    return CheckEvent.objects.create(activity=activity, participant=of, **defaults | values)


def test_the_uuid_of_the_phone_is_the_key(cast, member):
    activity = serve.activity(cast)
    first = check(activity, member)
    assert refused(lambda: check(activity, member, id=first.id))
    assert refused(first, state="refused", reason="late")


def test_an_offline_check_in_is_never_taken_by_itself(cast, member):
    activity = serve.activity(cast)
    offline = {"source": EvidenceSource.OFFLINE}
    assert refused(lambda: check(activity, member, **offline))
    assert refused(lambda: check(activity, member, **offline, state="to_confirm"))
    assert not refused(
        lambda: check(activity, member, **offline, state="to_confirm", reason="offline")
    )


def test_a_pass_is_used_by_somebody(cast):
    made = ScanPass.objects.create(
        token_hash="h", activity=serve.activity(cast), direction="in", source="scan", slot=1,
        made_at=NOW, expires_at=NOW + timedelta(minutes=15),
    )  # fmt: skip
    assert refused(made, used_at=NOW)
    assert not refused(made, used_at=NOW, account=cast.member)
    assert refused(made, expires_at=NOW)


def test_a_line_of_a_roll_call_stands_once(cast, member):
    call = RollCall.objects.create(
        activity=serve.activity(cast), kind="screen", by=cast.secretary, at=NOW
    )

    def line() -> RollCallLine:
        return RollCallLine.objects.create(roll_call=call, participant=member, state="as_planned")

    made = line()
    assert refused(line)
    assert refused(made, state="no_show")


def test_who_entered_does_not_approve_and_absence_has_no_minutes(cast, member):
    row = serve.attendance(serve.activity(cast), member, entered_by=cast.secretary)
    assert refused(row, reviewed_by=cast.secretary, reviewed_at=NOW)
    assert not refused(row, reviewed_by=cast.community_worker, reviewed_at=NOW)
    assert refused(row, state="no_show")
    assert refused(row, review=ReviewState.MISSING_OUT)
    assert refused(row, review=ReviewState.REJECTED)
    assert refused(lambda: serve.attendance(row.activity, member))


def test_a_flag_is_raised_once_and_decided_with_a_reason(cast):
    def raise_() -> Flag:
        return Flag.objects.create(
            unit=cast.compound, kind="never_misses", key="never_misses:1", raised_at=NOW
        )

    flag = raise_()
    assert refused(raise_)
    decided = {"upheld": False, "decided_by": cast.secretary, "decided_at": NOW}
    assert refused(flag, **decided)
    assert not refused(flag, **decided, reason="名单与照片相符")


# --- Credits and ledgers ---------------------------------------------------------------------------


def interval(credit: Any, start: float, end: float, **values: Any) -> CreditedInterval:
    return CreditedInterval.objects.create(
        credit=credit,
        participant=credit.participant,
        starts_at=NOW + hours(start),
        ends_at=NOW + hours(end),
        **values,
    )


def test_nobody_is_credited_twice_for_one_moment(cast, member, other):
    credit = serve.credit(member)
    first = interval(credit, 0, 2)
    assert refused(lambda: interval(serve.credit(member), 1, 3))
    assert refused(lambda: interval(serve.credit(member), 0.5, 1))
    assert refused(lambda: interval(serve.credit(member), -1, 3))
    assert not refused(lambda: interval(serve.credit(member), 2, 3))
    assert not refused(lambda: interval(serve.credit(member), -1, 0))
    assert not refused(lambda: interval(serve.credit(other), 1, 3))
    # What no longer counts makes room, and cannot come back.
    first.is_live = False
    first.save()
    assert not refused(lambda: interval(serve.credit(member), 0, 2))
    assert refused(first, is_live=True)


def test_overlap_is_refused_also_after_the_table_was_rebuilt(cast, member):
    """SQLite drops triggers with the table: they are made again after every migrate."""
    from django.db import connection

    from orgs import no_overlap

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER no_overlap_service_creditedinterval_insert")
    no_overlap.protect()
    interval(serve.credit(member), 0, 2)
    assert refused(lambda: interval(serve.credit(member), 1, 3))


def test_a_credit_is_of_one_thing_and_each_revision_once(cast, member):
    row = serve.attendance(serve.activity(cast), member)
    assert refused(lambda: serve.credit(member, attendance=row, task_number="HZ1"))
    first = serve.credit(member, attendance=row)
    assert refused(lambda: serve.credit(member, attendance=row, revision=2))
    assert refused(first, minutes=240)
    first.is_latest = False
    first.save()
    assert refused(lambda: serve.credit(member, attendance=row))
    assert not refused(lambda: serve.credit(member, attendance=row, revision=2))
    assert refused(lambda: serve.credit(member, month=date(2026, 3, 2)))


@pytest.mark.parametrize("ledger", ["minutes", "points"])
def test_a_ledger_only_grows(cast, member, ledger):
    account = getattr(serve, f"{ledger}_account")(member)
    book = getattr(serve, f"{ledger}_entry")
    entry = book(account)
    assert refused(entry, amount=240)
    assert refused(entry.delete)
    assert refused(lambda: book(account, amount=0))
    assert refused(lambda: book(account, i=1))
    again = {"source_id": entry.source_id}
    assert refused(lambda: book(account, **again))
    assert not refused(lambda: book(account, **again, kind=EntryKind.REVERSAL, amount=-120))
    assert refused(lambda: book(account, **again, kind=EntryKind.REVERSAL, amount=-120))
    assert refused(lambda: book(account, month=date(2026, 3, 5)))


def test_no_balance_is_negative(cast, member):
    minutes, points = serve.minutes_account(member), serve.points_account(member)
    assert refused(minutes, balance=-1)
    assert refused(points, balance=-1)
    assert refused(lambda: MinutesAccount.objects.create(participant=member, minutes_kind="voluntary"))  # fmt: skip
    assert refused(lambda: serve.points_account(member))
    assert refused(PointsAccount.objects.create)


def test_minutes_are_not_spent_and_exchanges_take(cast, member):
    minutes, points = serve.minutes_account(member), serve.points_account(member)
    assert refused(lambda: serve.minutes_entry(minutes, kind=EntryKind.REDEEM, amount=-5))
    assert refused(lambda: serve.points_entry(points, kind=EntryKind.REDEEM, amount=5))
    assert refused(lambda: serve.points_entry(points, kind=EntryKind.GIVE_BACK, amount=-5))
    assert refused(lambda: serve.minutes_entry(minutes, kind=EntryKind.GIFT_OUT, amount=5))


def test_an_adjustment_needs_two_people(cast, member):
    asked = Adjustment.objects.create(
        participant=member, ledger="points", amount=5, month=MONTH, reason="漏记",
        asked_by=cast.secretary, asked_at=NOW,
    )  # fmt: skip
    assert refused(asked, state="booked", decided_by=cast.secretary, decided_at=NOW)
    assert refused(asked, amount=0)
    assert not refused(asked, state="booked", decided_by=cast.community_worker, decided_at=NOW)


# --- Duty ------------------------------------------------------------------------------------------


def test_a_branch_has_each_month_once_in_one_state(cast):
    month = serve.service_month(cast)
    assert refused(lambda: serve.service_month(cast))
    assert refused(month, state="closed", closed_at=NOW)
    assert not refused(month, state="closed", reviewed_from=NOW, closed_at=NOW)
    assert refused(lambda: serve.service_month(cast, month=date(2026, 4, 2)))


def test_a_result_says_truly_whether_the_duty_was_met(cast, member):
    def result(**values: Any) -> MonthResult:
        defaults: dict[str, Any] = {
            "month": month, "participant": member, "report_in": mine, "rule": serve.duty_rule(),
            "owed_days": 3100, "needed_activities": 1, "needed_minutes": 240, "activities": 1,
            "duty_minutes": 120, "voluntary_minutes": 120, "met": True,
        }  # fmt: skip
        return MonthResult.objects.create(**defaults | values)

    month, mine = serve.service_month(cast), serve.report_in(cast, member)
    assert refused(lambda: result(activities=0))
    assert refused(lambda: result(duty_minutes=119))
    assert refused(lambda: result(met=False))
    made = result()
    assert refused(result)
    assert refused(made, rating="good")


def test_nobody_decides_their_own_appeal(cast, member):
    def appeal() -> Appeal:
        return Appeal.objects.create(
            participant=member, unit=cast.compound, credit=credit, reason="少记了", by=cast.member,
            at=NOW,
        )  # fmt: skip

    credit = serve.credit(member)
    made = appeal()
    assert refused(appeal)
    decided = {"state": "granted", "decided_at": NOW, "decision": "已补记"}
    assert refused(made, decided_by=cast.member, **decided)
    assert not refused(made, decided_by=cast.secretary, **decided)


def test_the_general_rule_of_duty_stands_once_a_version(cast):
    assert refused(lambda: serve.duty_rule(branch=None, version=1))
    assert not refused(lambda: serve.duty_rule(branch=cast.branch))
    assert refused(lambda: serve.duty_rule(branch=cast.branch))


# --- Orders, proxy help, rewards -------------------------------------------------------------------


def test_an_order_is_in_one_state(cast, member):
    order = serve.order(cast)
    assert refused(order, state="taken")
    assert not refused(order, state="taken", taker=member, taken_at=NOW)
    assert refused(order, state="resolved")
    assert refused(order, stars=5)
    assert refused(order, taker=None)


def test_a_spoken_consent_has_a_witness(cast):
    assert refused(lambda: serve.consent(cast, way="spoken"))
    assert not refused(lambda: serve.consent(cast, way="spoken", witness="王网格"))


def test_a_ring_is_done_with_what_it_spared(cast, member):
    ring = serve.ring(cast, state="taken", taker=member, taken_at=NOW)
    assert refused(ring, state="done", done_at=NOW)
    assert not refused(ring, state="done", done_at=NOW, zero_trips=True, at_once=False)
    serve.team(cast)
    assert refused(lambda: serve.team(cast))


def test_the_stock_is_never_negative_and_a_redemption_moves_it_once(cast, member):
    reward = serve.reward(cast, stock=0)
    assert refused(reward, stock=-1)
    redemption = serve.redemption(reward, serve.points_account(member))

    def move(kind: str, amount: int) -> StockEntry:
        return StockEntry.objects.create(
            reward=reward, kind=kind, amount=amount, redemption=redemption, at=NOW
        )

    move("hold", -1)
    assert refused(lambda: move("hold", -1))
    assert refused(lambda: move("release", -1))
    move("release", 1)
    assert refused(lambda: move("release", 1))


def test_a_redemption_ends_whole(cast, member):
    redemption = serve.redemption(serve.reward(cast), serve.points_account(member))
    assert refused(redemption, state="handed_over", ended_at=NOW)
    assert refused(redemption, state="cancelled")
    assert not refused(
        redemption, state="handed_over", ended_at=NOW, ended_by=cast.community_worker
    )


def test_time_is_given_to_another(cast, member, other):
    rule = serve.redemption(serve.reward(cast), serve.points_account(member)).rule

    def give(to: Any, minutes: int) -> TimeGift:
        return TimeGift.objects.create(
            giver=member, receiver=to, rule=rule, minutes=minutes, by=cast.member, at=NOW
        )

    assert refused(lambda: give(member, 30))
    assert refused(lambda: give(other, 0))
    assert refused(give(other, 30), minutes=60)


def test_an_export_is_acknowledged_with_a_number(cast, member):
    record = ExportRecord.objects.create(credit=serve.credit(member))
    assert refused(record, state="accepted", sent_at=NOW, answered_at=NOW)
    assert not refused(record, state="accepted", sent_at=NOW, answered_at=NOW, number="V1")


# --- Who sees what ---------------------------------------------------------------------------------


def test_who_sees_what_somebody_did(cast, member):
    credit = serve.credit(member)
    seen = {
        name: type(credit).objects.visible_to(getattr(cast, name)).count()
        for name in (
            *("secretary", "community_worker", "street_cadre", "member", "volunteer"),
            *("sibling_worker", "property_clerk", "outsider", "district_cadre"),
        )
    }
    assert seen == {
        "secretary": 1, "community_worker": 1, "street_cadre": 1, "member": 1, "volunteer": 0,
        "sibling_worker": 0, "property_clerk": 0, "outsider": 0, "district_cadre": 0,
    }  # fmt: skip


def test_a_certificate_is_revoked_once_and_says_the_same_for_ever(cast, member):
    paper = serve.certificate(member)
    assert refused(paper, payload={"name": "别人"})
    assert not refused(
        paper, revoked_at=NOW, revoked_by=cast.secretary, revoked_because="报到未通过"
    )
    assert refused(paper, revoked_at=NOW + timedelta(days=1))


def test_all_of_service_that_must_stay_is_protected():
    ours = {
        model.__name__
        for model in append_only.protected_models()
        if model._meta.app_label == "service"
    }
    assert {"MinutesEntry", "PointsEntry", "CheckEvent", "RollCallLine", "Credit"} <= ours
