"""Nobody decides their own case under another name: account, person on the roll, telephone."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.enums import Role
from orgs.errors import NotAllowed
from orgs.values import phones
from residents.enums import Relation
from tests import factories as make
from tests.factories import NOW
from tests.volunteers.service import service_factories as serve
from tests.volunteers.service.rewards.test_family import lives
from tests.volunteers.service.rewards.test_rewards import earn
from volunteers.service.accounts import adjustments, credits, long_days, queries, work_orders
from volunteers.service.attendance import flags, reviews, roll_calls, samples
from volunteers.service.attendance import queries as attendance_queries
from volunteers.service.desk import queries as desk_queries
from volunteers.service.duty import appeals, months, rules
from volunteers.service.enums import (
    AttendanceState,
    ClaimAction,
    Ledger,
    MinutesKind,
    OrderAction,
    PostGrade,
    ReportInAction,
)
from volunteers.service.items.first_rules import ensure_rules
from volunteers.service.models import (
    Appeal,
    Attendance,
    Flag,
    LongDay,
    MonthResult,
    Participant,
    ServedQuestion,
)
from volunteers.service.orders import work
from volunteers.service.orders.workflow import WORKFLOW as ORDERS
from volunteers.service.placements import candidates
from volunteers.service.posts import posts
from volunteers.service.posts.workflow import WORKFLOW as CLAIMS
from volunteers.service.reportins import reportins, same_person
from volunteers.service.reportins.same_person import is_own_case, is_same_person, own_keys
from volunteers.service.reportins.workflow import WORKFLOW as REPORT_INS
from volunteers.service.rewards import family, redemptions

pytestmark = pytest.mark.django_db

PHONE, OTHER, THIRD = "13900000123", "13900000124", "13900000125"
MONTH = date(2026, 3, 1)
HOUR = timedelta(hours=1)


@pytest.fixture
def decider(cast):
    """A second secretary of the branch, who keeps a shop too."""
    person = make.user("decider", phone=PHONE, name="钱书记")
    make.position(person, Role.BRANCH_SECRETARY, cast.branch)
    make.position(person, Role.SHOP_STAFF, cast.community)
    return person


def by_account(cast, decider):
    return serve.participant(cast.compound, decider)


def by_person(cast, decider):
    person = make.resident(cast.building, name="钱书记", account=decider)
    return serve.participant(cast.compound, name="钱书记", person=person)


def by_paper(cast, decider):
    """Entered from a printed sheet, with the telephone."""
    return serve.participant(
        cast.compound, name="小钱", phone=PHONE, phone_index=phones.index(PHONE)
    )


def by_roll(cast, decider):
    """On the roll under the same telephone, without an account."""
    person = make.resident(cast.building, name="钱某", phone=PHONE)
    return serve.participant(cast.compound, name="钱某", person=person)


def by_second_account(cast, decider):
    """Another account, whose person on the roll has the same telephone."""
    second = make.user("second", phone=OTHER, name="钱某某")
    make.resident(cast.building, name="钱某某", phone=PHONE, account=second)
    return serve.participant(cast.compound, second)


def by_number_of_the_roll(cast, decider):
    """The account has one number, its person on the roll the one that the paper has."""
    make.resident(cast.building, name="钱书记", phone=OTHER, account=decider)
    return serve.participant(
        cast.compound, name="小钱", phone=OTHER, phone_index=phones.index(OTHER)
    )


@pytest.fixture(
    params=[
        by_account, by_person, by_paper, by_roll, by_second_account, by_number_of_the_roll,
    ],
    ids=lambda make_it: make_it.__name__,
)  # fmt: skip
def oneself(request, cast, decider):
    return request.param(cast, decider)


@pytest.fixture
def other(cast):
    """Somebody else with a telephone of their own."""
    return serve.participant(
        cast.compound, name="旁人", phone=THIRD, phone_index=phones.index(THIRD)
    )


def refused(call):
    with pytest.raises(NotAllowed) as refusal:
        call()
    assert refusal.value.code == "own_case"


def test_who_one_is(cast, decider, oneself, django_assert_num_queries):
    stranger = serve.participant(cast.compound, cast.member)
    nameless = serve.participant(cast.compound)
    with django_assert_num_queries(2):
        assert own_keys(decider) == {oneself.pk}
    assert is_own_case(oneself, decider)
    for who in (stranger, nameless):
        assert not is_own_case(who, decider)
    # Nobody has a telephone: nobody is the same for it.
    assert not is_own_case(nameless, cast.volunteer)


def test_whether_two_accounts_are_one_person(cast, decider):
    second = by_second_account(cast, decider).account
    assert is_same_person(second, decider)
    assert is_same_person(decider, decider)
    assert not is_same_person(None, decider)
    assert not is_same_person(cast.member, decider)
    assert not is_same_person(cast.member, cast.volunteer)


def held(cast, **values):
    return serve.activity(
        cast, state="held", starts_at=NOW - 5 * HOUR, organiser=cast.community_worker, **values
    )


def counted(cast, who, **values):
    month = serve.service_month(cast, state="review", reviewed_from=NOW)
    return MonthResult.objects.create(
        month=month, participant=who, report_in=serve.report_in(cast, who),
        rule=serve.duty_rule(), owed_days=3100, needed_activities=0, needed_minutes=0,
        activities=1, duty_minutes=0, voluntary_minutes=0, met=True, **values,
    )  # fmt: skip


def test_nobody_rates_their_own_month(cast, decider, oneself):
    result = counted(cast, oneself)
    refused(lambda: months.rate(result=result, rating="good", by=decider, now=NOW))
    assert months.rate_clean(month=result.month, by=decider, now=NOW) == 0
    assert months.rate_clean(month=result.month, by=cast.secretary, now=NOW) == 1


def test_nobody_adjusts_their_own_account(cast, decider, oneself):
    known = {
        "participant": oneself, "ledger": Ledger.POINTS, "amount": 5, "month": MONTH,
        "reason": "漏记", "now": NOW,
    }  # fmt: skip
    refused(lambda: adjustments.ask(**known, by=decider))
    asked = adjustments.ask(**known, by=cast.secretary)
    refused(lambda: adjustments.decide(adjustment=asked, granted=True, by=decider, now=NOW))
    assert not queries.adjustments_to_decide(decider).exists()
    assert list(queries.adjustments_to_decide(cast.community_worker)) == [asked]
    adjustments.decide(adjustment=asked, granted=True, by=cast.community_worker, now=NOW)


def test_two_accounts_of_one_person_are_no_two_people(cast, decider, other):
    second = by_second_account(cast, decider).account
    make.position(second, Role.COMMUNITY_WORKER, cast.community)
    asked = adjustments.ask(
        participant=other, ledger=Ledger.POINTS, amount=5, month=MONTH, reason="漏记", by=second,
        now=NOW,
    )  # fmt: skip
    refused(lambda: adjustments.decide(adjustment=asked, granted=True, by=decider, now=NOW))
    adjustments.decide(adjustment=asked, granted=True, by=cast.secretary, now=NOW)


def test_nobody_approves_their_own_attendance(cast, decider, oneself):
    row = serve.attendance(held(cast), oneself, review="waiting")
    refused(lambda: reviews.approve(attendance_row=row, by=decider, now=NOW))
    refused(lambda: reviews.reject(attendance_row=row, reason="不", by=decider, now=NOW))
    assert not attendance_queries.to_review(decider).exists()
    assert reviews.approve_all(rows=Attendance.objects.all(), by=decider, now=NOW) == 0
    assert list(attendance_queries.to_review(cast.secretary)) == [row]
    reviews.approve(attendance_row=row, by=cast.secretary, now=NOW)


def test_whoever_entered_it_does_not_approve_it_by_a_second_account(cast, decider, other):
    second = by_second_account(cast, decider).account
    row = serve.attendance(held(cast), other, review="waiting", entered_by=second)
    with pytest.raises(NotAllowed) as refusal:
        reviews.approve(attendance_row=row, by=decider, now=NOW)
    assert refusal.value.code == "entered_yourself"


def test_those_of_a_list_are_approved_in_one_order_and_the_approver_is_read_once(
    cast, decider, monkeypatch
):
    """Two reviewers who lock rows and accounts in different orders would wait for each other."""
    rows = [
        serve.attendance(
            held(cast), serve.participant(cast.compound, name=f"人{number}"), review="waiting",
            entered_by=cast.member,
        )
        for number in range(3)
    ]  # fmt: skip
    order, read = [], []
    approve, telephones = reviews.approve, same_person.telephones_of

    def noted(*, attendance_row, **more):
        order.append(attendance_row.participant_id)
        return approve(attendance_row=attendance_row, **more)

    def counted_read(account):
        read.append(account)
        return telephones(account)

    monkeypatch.setattr(reviews, "approve", noted)
    monkeypatch.setattr(same_person, "telephones_of", counted_read)
    backwards = Attendance.objects.order_by("-participant_id")
    assert reviews.approve_all(rows=backwards, by=decider, now=NOW) == 3
    assert order == sorted(row.participant_id for row in rows)
    assert read == [decider]


def test_nobody_credits_themselves(cast, decider, oneself):
    refused(
        lambda: credits.credit(
            participant=oneself, unit=cast.compound, month=MONTH, minutes_kind=MinutesKind.DUTY,
            intervals=[], minutes=10, planned_minutes=10, counts_activity=True, task_number="HZ1",
            text="巡楼", approved_by=decider, now=NOW,
        )
    )  # fmt: skip


def test_who_confirms_a_work_order_by_a_second_account_credits_nothing(cast, decider):
    ensure_rules()
    second = make.user("second", phone=OTHER, name="钱某某")
    make.resident(cast.building, name="钱某某", phone=PHONE, account=second)
    done = {
        "number": "HZ1", "unit": cast.building, "taker": second, "minutes": 60, "points": 5,
        "done_at": NOW, "text": "清理楼道", "now": NOW,
    }  # fmt: skip
    assert work_orders.credit_work(**done, approved_by=decider) is None
    assert not Participant.objects.filter(account=second).exists()
    assert work_orders.credit_work(**done, approved_by=cast.secretary).minutes == 60


def test_nobody_approves_their_own_long_day(cast, decider, oneself):
    row = LongDay.objects.create(
        participant=oneself, unit=cast.compound, task_number="HZ1", text="巡楼",
        minutes_kind=MinutesKind.DUTY, starts_at=NOW - 9 * HOUR, ends_at=NOW, planned_minutes=540,
        longest=540, at=NOW,
    )  # fmt: skip
    refused(lambda: long_days.approve(long_day=row, by=decider, now=NOW))
    refused(lambda: long_days.refuse(long_day=row, reason="不", by=decider, now=NOW))
    assert not attendance_queries.long_days(decider).exists()
    long_days.approve(long_day=row, by=cast.secretary, now=NOW)


def test_nobody_decides_a_flag_about_themselves(cast, decider, oneself):
    flags.raise_flag(
        "shared_browser", "x", unit_id=cast.compound.pk, detail={}, participant=oneself, now=NOW
    )
    flag = Flag.objects.get()
    refused(lambda: reviews.decide_flag(flag=flag, upheld=False, reason="不", by=decider, now=NOW))
    reviews.decide_flag(flag=flag, upheld=False, reason="核实", by=cast.secretary, now=NOW)


def test_nobody_decides_the_flag_about_their_own_lists(cast, decider):
    """Lists that never miss: the flag is about the organiser, who keeps several."""
    people = [serve.participant(cast.compound) for _number in range(10)]
    for number in range(5):
        one = held(cast, title=f"活动{number}")
        one.organiser = decider
        one.save()
        for who in people:
            serve.attendance(one, who)
    flags.look_at_organisers(month=NOW.date(), now=NOW)
    flag = Flag.objects.get(kind="never_misses")
    refused(lambda: reviews.decide_flag(flag=flag, upheld=False, reason="不", by=decider, now=NOW))
    reviews.decide_flag(flag=flag, upheld=False, reason="核实", by=cast.secretary, now=NOW)


def test_nobody_frees_themselves_of_duty(cast, decider, oneself):
    days = {"kind": "leave", "starts": MONTH, "ends": MONTH, "now": NOW}
    refused(lambda: rules.grant_relief(participant=oneself, **days, by=decider))
    rules.grant_relief(participant=oneself, **days, by=cast.secretary)


def test_nobody_decides_their_own_appeal(cast, decider, oneself):
    attendance = serve.attendance(held(cast), oneself, state="unknown", minutes=0)
    appeal = Appeal.objects.create(
        participant=oneself, unit=cast.compound, attendance=attendance, reason="在场",
        by=cast.volunteer, at=NOW,
    )  # fmt: skip
    words = {"appeal": appeal, "granted": True, "reason": "在场", "now": NOW}
    refused(lambda: appeals.decide(**words, by=decider))
    assert not desk_queries.appeals(decider).exists()
    assert list(desk_queries.appeals(cast.secretary)) == [appeal]
    appeals.decide(**words, by=cast.secretary)


@pytest.mark.parametrize("part", ["said it", "entered it", "refused it"])
def test_nobody_decides_an_appeal_in_which_they_took_part(cast, decider, other, part):
    second = by_second_account(cast, decider).account
    state = {"review": "waiting"}
    if part == "entered it":
        state["entered_by"] = second
    if part == "refused it":
        state |= {"review": "rejected", "reviewed_by": second, "reviewed_at": NOW, "reason": "不"}
    attendance = serve.attendance(held(cast), other, **state)
    appeal = Appeal.objects.create(
        participant=other, unit=cast.compound, attendance=attendance, reason="在场",
        by=second if part == "said it" else cast.volunteer, at=NOW,
    )  # fmt: skip
    words = {"appeal": appeal, "granted": True, "reason": "在场", "now": NOW}
    refused(lambda: appeals.decide(**words, by=decider))
    appeals.decide(**words, by=cast.secretary)


def test_a_keeper_on_the_list_under_another_name(cast, decider, oneself):
    activity = serve.activity(cast, state="published", starts_at=NOW, organiser=decider)
    other = serve.participant(cast.compound)
    serve.sign_up(activity, other, 1)
    serve.sign_up(activity, oneself, 2)
    (result,) = roll_calls.roll_call(
        activity=activity, people=[roll_calls.Line(other.pk, AttendanceState.AS_PLANNED)],
        by=decider, now=activity.ends_at,
    )  # fmt: skip
    assert result.code == "keeper_on_list"


def test_nobody_asks_whether_they_served(cast, decider, oneself):
    asked = serve.participant(cast.compound)
    question = ServedQuestion.objects.create(
        unit=cast.compound, month=MONTH, credit=serve.credit(oneself), organiser=cast.owner,
        participant=asked, asked_at=NOW,
    )  # fmt: skip
    assert not samples.may_answer(question, decider)
    assert not attendance_queries.to_ring(decider).exists()
    assert samples.may_answer(question, cast.secretary)
    assert list(attendance_queries.to_ring(cast.secretary)) == [question]


def test_an_organiser_rings_nobody_up_under_a_second_account(cast, decider, other):
    second = by_second_account(cast, decider).account
    question = ServedQuestion.objects.create(
        unit=cast.compound, month=MONTH, credit=serve.credit(other), organiser=second,
        participant=serve.participant(cast.compound), asked_at=NOW,
    )  # fmt: skip
    assert not samples.may_answer(question, decider)
    assert not attendance_queries.to_ring(decider).exists()
    assert list(attendance_queries.to_ring(cast.secretary)) == [question]


def test_a_flag_about_oneself_is_not_offered(cast, decider, oneself):
    about = Flag.objects.create(
        kind="sample_denied", key="1", unit=cast.compound, participant=oneself, raised_at=NOW
    )
    assert list(attendance_queries.open_flags(cast.secretary)) == [about]
    assert not attendance_queries.open_flags(decider).exists()


def test_nobody_proposes_or_enlists_themselves(cast, decider, oneself):
    words = {"participant": oneself, "unit": cast.compound, "text": "热心", "now": NOW}
    refused(lambda: candidates.propose(**words, by=decider))
    row = candidates.propose(**words, by=cast.secretary)
    candidates.propose(**words, by=cast.community_worker)
    make.position(decider, Role.STREET_CADRE, cast.street)
    decider = type(decider).objects.get(pk=decider.pk)
    term = {"starts": MONTH, "ends": date(2027, 3, 1)}
    refused(lambda: candidates.enlist(candidate=row, **term, by=decider, now=NOW))


def test_nobody_hands_over_to_themselves(cast, decider, oneself):
    earn(oneself, 50)
    reward = serve.reward(cast)
    row = serve.redemption(reward, oneself.points_account)
    refused(lambda: redemptions.hand_over(redemption=row, code=row.code, by=decider, now=NOW))


def test_nobody_confirms_their_own_report_in(cast, decider, oneself):
    row = serve.report_in(cast, oneself, state="reported")
    # One's own account is no keeper there at all.
    with pytest.raises(NotAllowed):
        reportins.confirm(reportin=row, by=decider, now=NOW)
    assert ReportInAction.CONFIRM not in REPORT_INS.available_actions(row, decider, NOW)
    assert ReportInAction.CONFIRM in REPORT_INS.available_actions(row, cast.secretary, NOW)
    reportins.confirm(reportin=row, by=cast.secretary, now=NOW)


def test_nobody_gives_or_rates_their_own_post(cast, decider, oneself):
    post = serve.post(cast)
    waiting = serve.claim(cast, post, oneself)
    with pytest.raises(NotAllowed):
        posts.confirm(postclaim=waiting, by=decider, now=NOW)
    assert ClaimAction.CONFIRM not in CLAIMS.available_actions(waiting, decider, NOW)
    assert ClaimAction.CONFIRM in CLAIMS.available_actions(waiting, cast.secretary, NOW)
    given = posts.confirm(postclaim=waiting, by=cast.secretary, now=NOW)
    with pytest.raises(NotAllowed):
        posts.rate(postclaim=given, rating=PostGrade.values[0], by=decider, now=NOW)
    assert ClaimAction.RATE not in CLAIMS.available_actions(given, decider, NOW)
    assert ClaimAction.RATE in CLAIMS.available_actions(given, cast.secretary, NOW)
    posts.rate(postclaim=given, rating=PostGrade.values[0], by=cast.secretary, now=NOW)


def test_nobody_serves_themselves_by_a_second_account(cast, decider):
    second = by_second_account(cast, decider).account
    make.position(second, Role.VOLUNTEER, cast.compound)
    own = serve.order(cast, ordered_by=decider, state="offered", offered_by=cast.secretary,
                      offered_at=NOW)  # fmt: skip
    refused(lambda: work.take(serviceorder=own, by=second, now=NOW))
    mother = make.resident(cast.building, name="钱母", phone=PHONE)
    hers = serve.order(cast, ordered_by=cast.community_worker, person=mother, state="offered",
                       offered_by=cast.secretary, offered_at=NOW)  # fmt: skip
    refused(lambda: work.take(serviceorder=hers, by=second, now=NOW))
    others = serve.order(cast, state="offered", offered_by=cast.secretary, offered_at=NOW)
    assert work.take(serviceorder=others, by=second, now=NOW).taker.account == second
    # Nor are they offered to: what is refused is no button.
    for row in (own, hers):
        assert OrderAction.TAKE not in ORDERS.available_actions(row, second, NOW)


def test_nobody_enters_at_the_desk_what_they_get_under_another_name(cast, decider):
    home = make.household(cast.building)
    old = lives(home, "老周", Relation.OWNER)
    receiver = lives(home, "小钱", Relation.FAMILY)
    receiver.phone_index = phones.index(PHONE)
    receiver.save(update_fields=["phone_index"])
    giver = serve.participant(cast.compound, name="老周", person=old)
    earn(giver, 50)
    refused(lambda: family.give(person=receiver, minutes=5, participant=giver, by=decider, now=NOW))
    refused(lambda: family.feed(household=home, points=5, participant=giver, by=decider, now=NOW))
    family.feed(household=home, points=5, participant=giver, by=cast.secretary, now=NOW)


@pytest.mark.parametrize("path", ["/api/v1/report-ins/", "/api/v1/post-claims/", "the post"])
def test_a_list_reads_its_reader_once(cast, api, page, path):
    """Whether a step is closed as one's own case costs no statement for each row."""
    post = serve.post(cast, number=9)

    def statements():
        client = page(cast.secretary) if path == "the post" else api(cast.secretary)
        address = f"/service-posts/{post.pk}/" if path == "the post" else path
        assert client.get(address).status_code == 200
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    def one_more():
        who = serve.participant(cast.compound)
        serve.report_in(cast, who, state="reported")
        serve.claim(cast, post, who)

    one_more()
    few = statements()
    for _ in range(4):
        one_more()
    assert statements() == few
