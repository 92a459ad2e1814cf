"""Minutes of work orders and orders count for the limit of a day: over 8 hours the branch looks first."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from orgs.enums import Role
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import AuditEntry
from tests import factories as make
from tests.volunteers.service import service_factories as serve
from volunteers.service.accounts import long_days, work_orders
from volunteers.service.duty import appeals
from volunteers.service.duty.standing import standing
from volunteers.service.items.first_rules import ensure_rules
from volunteers.service.models import Appeal, Credit, LongDay, MinutesEntry
from volunteers.service.orders import work

pytestmark = pytest.mark.django_db
# Eight in the evening of 10 March in Shanghai.
EVENING = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _rules():
    ensure_rules()


@pytest.fixture
def member(cast):
    return serve.participant(cast.compound, cast.member)


def worked(cast, number, minutes, until, points=10):
    return work_orders.credit_work(
        number=number, unit=cast.building, taker=cast.member, minutes=minutes, points=points,
        done_at=until, text="清理楼道", approved_by=cast.community_worker, now=EVENING,
    )  # fmt: skip


def test_eight_hours_of_a_day_are_credited_and_a_minute_more_waits(cast, member):
    assert worked(cast, "A1", 300, EVENING - 6 * HOUR).minutes == 300
    assert worked(cast, "A2", 180, EVENING).minutes == 180
    assert worked(cast, "A3", 1, EVENING - 4 * HOUR) is None
    waiting = LongDay.objects.get()
    assert (waiting.task_number, waiting.longest, waiting.approved) == ("A3", 481, None)
    assert sum(MinutesEntry.objects.values_list("amount", flat=True)) == 480


def test_another_day_does_not_count(cast, member):
    worked(cast, "A1", 480, EVENING - 2 * HOUR)
    assert worked(cast, "A2", 120, EVENING + 24 * HOUR).minutes == 120


def test_the_same_again_waits_once(cast, member):
    worked(cast, "A1", 480, EVENING - 2 * HOUR)
    for _time in range(2):
        assert worked(cast, "A2", 60, EVENING) is None
    assert LongDay.objects.count() == 1


def test_the_branch_credits_what_waits_and_nobody_their_own(cast, member):
    worked(cast, "A1", 480, EVENING - 2 * HOUR)
    worked(cast, "A2", 60, EVENING)
    row = LongDay.objects.get()
    for who in (cast.member, cast.sibling_worker, cast.volunteer):
        with pytest.raises(NotAllowed):
            long_days.approve(long_day=row, by=who, now=EVENING)
    long_days.approve(long_day=row, by=cast.secretary, now=EVENING)
    credit = Credit.objects.get(task_number="A2")
    assert (credit.minutes, credit.points, credit.approved_by) == (60, 10, cast.secretary)
    assert AuditEntry.objects.filter(action="service.approve-long-day").exists()
    with pytest.raises(WrongState):
        long_days.approve(long_day=row, by=cast.secretary, now=EVENING)
    assert worked(cast, "A2", 60, EVENING) == credit


def test_who_decides_is_never_who_served(cast):
    serve.participant(cast.compound, cast.secretary)
    for number, minutes, until in (("A1", 480, EVENING - 2 * HOUR), ("A2", 60, EVENING)):
        work_orders.credit_work(
            number=number, unit=cast.building, taker=cast.secretary, minutes=minutes, points=0,
            done_at=until, text="值守", approved_by=cast.community_worker, now=EVENING,
        )  # fmt: skip
    with pytest.raises(NotAllowed) as refused:
        long_days.approve(long_day=LongDay.objects.get(), by=cast.secretary, now=EVENING)
    assert refused.value.code == "own_case"


def test_over_twelve_hours_the_street_decides(cast, member):
    noon = EVENING - 8 * HOUR
    worked(cast, "A1", 480, noon)
    worked(cast, "A2", 241, EVENING)
    row = LongDay.objects.get()
    assert row.longest == 721
    with pytest.raises(NotAllowed) as refused:
        long_days.approve(long_day=row, by=cast.secretary, now=EVENING)
    assert refused.value.code == "level_above"
    long_days.approve(long_day=row, by=cast.street_cadre, now=EVENING)
    assert Credit.objects.get(task_number="A2").minutes == 241


def test_what_was_approved_meanwhile_counts_for_the_twelve_hours(cast, member):
    noon = EVENING - 8 * HOUR
    worked(cast, "A1", 420, noon)
    worked(cast, "A2", 180, noon + 4 * HOUR)
    worked(cast, "A3", 180, EVENING)
    first, second = LongDay.objects.order_by("pk")
    assert (first.longest, second.longest) == (600, 600)
    long_days.approve(long_day=first, by=cast.secretary, now=EVENING)
    with pytest.raises(NotAllowed) as refused:
        long_days.approve(long_day=second, by=cast.secretary, now=EVENING)
    assert refused.value.code == "level_above"


def test_what_was_credited_meanwhile_is_left_out(cast, member):
    worked(cast, "A1", 480, EVENING - 2 * HOUR)
    worked(cast, "A2", 60, EVENING)
    other = serve.credit(member, minutes=30, task_number="B1")
    other.intervals.create(
        participant=member, starts_at=EVENING - HOUR / 2, ends_at=EVENING, is_live=True
    )
    long_days.approve(long_day=LongDay.objects.get(), by=cast.secretary, now=EVENING)
    credit = Credit.objects.get(task_number="A2")
    assert (credit.minutes, credit.points) == (30, 5)


def test_a_refusal_says_why_and_the_member_reads_it(cast, member):
    worked(cast, "A1", 480, EVENING - 2 * HOUR)
    worked(cast, "A2", 60, EVENING)
    row = LongDay.objects.get()
    lines = lambda: {  # noqa: E731
        line.title: line.reason for line in standing(member, EVENING.date(), EVENING).entries
    }
    assert lines()["清理楼道"] == "当天超过 8 小时：先由支部看一看。"
    with pytest.raises(Refused):
        long_days.refuse(long_day=row, reason=" ", by=cast.secretary, now=EVENING)
    long_days.refuse(long_day=row, reason="当晚无人看到", by=cast.secretary, now=EVENING)
    assert lines()["清理楼道"] == "当晚无人看到"
    assert not Credit.objects.filter(task_number="A2").exists()
    with pytest.raises(WrongState):
        long_days.refuse(long_day=row, reason="再说一遍", by=cast.secretary, now=EVENING)


def refused_line(member):
    (line,) = [
        line for line in standing(member, EVENING.date(), EVENING).entries if not line.counts
    ]
    return line


def test_a_refused_long_day_is_appealed_and_decided_by_another(page, cast, member):
    worked(cast, "A1", 480, EVENING - 2 * HOUR)
    worked(cast, "A2", 60, EVENING)
    row = LongDay.objects.get()
    assert refused_line(member).id == ""
    with pytest.raises(Refused):
        appeals.appeal(entry=f"long_day-{row.pk}", by=cast.member, now=EVENING)
    long_days.refuse(long_day=row, reason="当晚无人看到", by=cast.community_worker, now=EVENING)

    shown = page(cast.member).get(f"{reverse('service:mine')}?month=2026-03").text
    assert f'value="long_day-{row.pk}"' in shown
    sent = {"entry": refused_line(member).id, "month": "2026-03"}
    page(cast.member).post(reverse("service:appeal"), sent)
    appeal = Appeal.objects.get()
    assert (appeal.long_day, appeal.unit, refused_line(member).appeal) == (row, row.unit, "waiting")
    assert "清理楼道" in page(cast.secretary).get(reverse("service:desk")).text
    for who in (cast.member, cast.community_worker):
        with pytest.raises(NotAllowed) as refused:
            appeals.decide(appeal=appeal, granted=True, reason="有人看到", by=who, now=EVENING)
        assert refused.value.code == "own_case"
    appeals.decide(appeal=appeal, granted=True, reason="邻居证实", by=cast.secretary, now=EVENING)
    credit = Credit.objects.get(task_number="A2")
    assert (credit.minutes, credit.points, credit.reason) == (60, 10, "邻居证实")
    assert sum(MinutesEntry.objects.values_list("amount", flat=True)) == 540
    assert [line.counts for line in standing(member, EVENING.date(), EVENING).entries] == [True] * 2


def test_an_appeal_about_a_day_over_twelve_hours_is_decided_by_the_street(cast, member):
    worked(cast, "A1", 480, EVENING - 8 * HOUR)
    worked(cast, "A2", 241, EVENING)
    row = LongDay.objects.get()
    boss = make.user("cadre9")
    make.position(boss, Role.STREET_CADRE, cast.street)
    long_days.refuse(long_day=row, reason="太长", by=boss, now=EVENING)
    appeal = appeals.appeal(entry=f"long_day-{row.pk}", by=cast.member, now=EVENING)
    for granted in (True, False):
        with pytest.raises(NotAllowed) as refused:
            appeals.decide(
                appeal=appeal, granted=granted, reason="是", by=cast.secretary, now=EVENING
            )
        assert refused.value.code == "level_above"
    appeal.refresh_from_db()
    assert appeal.state == "waiting"
    appeals.decide(appeal=appeal, granted=True, reason="是", by=cast.street_cadre, now=EVENING)
    assert Credit.objects.get(task_number="A2").minutes == 241


def test_an_appeal_granted_with_many_words_is_kept_and_the_refusal_too(cast, member):
    worked(cast, "A1", 480, EVENING - 2 * HOUR)
    worked(cast, "A2", 60, EVENING)
    row = LongDay.objects.get()
    long_days.refuse(long_day=row, reason="无人看到", by=cast.community_worker, now=EVENING)
    appeal = appeals.appeal(entry=f"long_day-{row.pk}", by=cast.member, now=EVENING)
    words = "证" * 500
    appeals.decide(appeal=appeal, granted=True, reason=words, by=cast.secretary, now=EVENING)
    row.refresh_from_db()
    appeal.refresh_from_db()
    # PostgreSQL takes no more than the column is long.
    assert (row.reason, appeal.decision) == (words[:300], words)
    [entry] = AuditEntry.objects.filter(action="service.decide-appeal")
    assert entry.detail == {
        "granted": True, "refused_by": cast.community_worker.pk, "refusal": "无人看到",
    }  # fmt: skip


def test_what_was_done_again_meanwhile_is_not_credited_twice_by_an_appeal(cast, member):
    worked(cast, "A1", 480, EVENING - 2 * HOUR)
    worked(cast, "A2", 60, EVENING)
    row = LongDay.objects.get()
    long_days.refuse(long_day=row, reason="无人看到", by=cast.community_worker, now=EVENING)
    appeal = appeals.appeal(entry=f"long_day-{row.pk}", by=cast.member, now=EVENING)
    worked(cast, "A2", 90, EVENING + 24 * HOUR)
    with pytest.raises(WrongState):
        appeals.decide(appeal=appeal, granted=True, reason="是", by=cast.secretary, now=EVENING)
    assert Credit.objects.get(task_number="A2").minutes == 90


def test_taken_up_again_nothing_waits_any_more(cast, member):
    worked(cast, "A1", 480, EVENING - 2 * HOUR)
    worked(cast, "A2", 60, EVENING)
    work_orders.take_work_back(number="A2", reason="重开", now=EVENING)
    assert not LongDay.objects.exists()


def test_an_order_waits_too_and_its_points_come_from_its_item(cast, member):
    worked(cast, "A1", 480, EVENING - 2 * HOUR)
    order = serve.order(
        cast, state="resolved", taker=member, taken_at=EVENING - HOUR, resolved_at=EVENING,
        minutes=60, due_at=EVENING + HOUR,
    )  # fmt: skip
    work.rate(serviceorder=order, stars=5, by=order.ordered_by, now=EVENING)
    row = LongDay.objects.get()
    assert (row.order, Credit.objects.filter(order=order).exists()) == (order, False)
    long_days.approve(long_day=row, by=cast.secretary, now=EVENING)
    credit = Credit.objects.get(order=order)
    assert (credit.minutes, credit.item) == (60, order.item)
    order.refresh_from_db()
    assert order.minutes == 60


def test_an_order_says_what_was_booked_for_it(cast, member):
    worked(cast, "A1", 480, EVENING - 2 * HOUR)
    order = serve.order(
        cast, state="resolved", taker=member, taken_at=EVENING - HOUR, resolved_at=EVENING,
        minutes=60, due_at=EVENING + HOUR,
    )  # fmt: skip
    work.rate(serviceorder=order, stars=5, by=order.ordered_by, now=EVENING)
    row = LongDay.objects.get()
    long_days.refuse(long_day=row, reason="无人看到", by=cast.community_worker, now=EVENING)
    order.refresh_from_db()
    assert order.minutes == 0
    appeal = appeals.appeal(entry=f"long_day-{row.pk}", by=cast.member, now=EVENING)
    appeals.decide(appeal=appeal, granted=True, reason="证实", by=cast.secretary, now=EVENING)
    order.refresh_from_db()
    assert (order.minutes, Credit.objects.get(order=order).minutes) == (60, 60)


def test_on_the_page_and_over_the_api(page, api, cast, member):
    worked(cast, "A1", 480, EVENING - 2 * HOUR)
    worked(cast, "A2", 30, EVENING - HOUR / 2)
    worked(cast, "A3", 30, EVENING)
    first, second = LongDay.objects.order_by("task_number")
    desk = page(cast.secretary)
    shown = desk.get(reverse("service:attendance_review")).text
    assert "清理楼道" in shown
    assert "A2" in shown
    assert page(cast.volunteer).post(
        reverse("service:long_day_approve", args=[first.pk])
    ).status_code in (403, 404)
    assert desk.post(reverse("service:long_day_approve", args=[first.pk])).status_code == 302
    assert Credit.objects.filter(task_number="A2").exists()
    at = f"/api/v1/long-days/{second.pk}/"
    assert api(cast.sibling_worker).post(f"{at}approve/", {}, format="json").status_code == 404
    listed = api(cast.secretary).get("/api/v1/long-days/").json()["results"]
    assert [row["task"] for row in listed] == ["A3"]
    answer = api(cast.secretary).post(f"{at}refuse/", {"reason": "重复"}, format="json")
    assert (answer.status_code, answer.json()["approved"]) == (200, False)


def test_what_only_the_street_decides_is_no_button_for_the_branch(cast, member, page):
    worked(cast, "A1", 480, EVENING - 8 * HOUR)
    worked(cast, "A2", 241, EVENING)
    row = LongDay.objects.get()
    addresses = [
        reverse(f"service:long_day_{name}", args=[row.pk]) for name in ("approve", "refuse")
    ]
    held = serve.activity(cast, state="held", starts_at=EVENING - 20 * HOUR)
    attended = serve.attendance(held, member, review="waiting_above")
    addresses.append(reverse("service:attendance_reject", args=[attended.pk]))
    for person, offered in ((cast.secretary, False), (cast.street_cadre, True)):
        shown = page(person).get(reverse("service:attendance_review")).content.decode()
        assert member.name in shown
        assert [address in shown for address in addresses] == [offered] * 3
        assert shown.count("由街道审核") == (0 if offered else 2)
        assert (f'name="pk" value="{attended.pk}"' in shown) == offered
