"""Activities and attendance with real connections: the last place, two phones, roll-call and check-in."""

from datetime import timedelta
from uuid import uuid4

import pytest

from orgs.errors import DomainError
from tests import factories as make
from tests.cast import make_cast
from tests.factories import NOW
from tests.volunteers.service import service_factories as serve
from volunteers.service.activities import activities, sign_ups
from volunteers.service.attendance import attendance, checks, codes, passes, reviews, roll_calls
from volunteers.service.enums import AttendanceState, Direction
from volunteers.service.models import Attendance, CheckEvent, Credit, MinutesAccount, SignUp

pytestmark = pytest.mark.django_db(transaction=True)
END_AFTER = timedelta(hours=2)
END = NOW + END_AFTER


@pytest.fixture
def cast(transactional_db):
    return make_cast()


def tried(work):
    """What came of a use-case: its result, or the code of the refusal."""

    def run():
        try:
            return work()
        except DomainError as refusal:
            return refusal.code

    return run


def given(activity, direction):
    token = codes.code_of(activity, direction, codes.slot_of(NOW)).token
    return passes.scan(activity=activity, token=token, browser="", who="x", now=NOW).token


def test_the_last_place_is_given_once_to_twenty(cast, at_once):
    activity = serve.activity(cast, state="published", places=1)
    people = [make.user() for _number in range(20)]
    for one in people:
        make.position(one, "volunteer", cast.compound)
    results = at_once(
        *(
            tried(lambda one=one: sign_ups.sign_up(activity=activity, by=one, now=NOW))
            for one in people
        )
    )
    states = sorted(result.sign_up.state for result in results)
    assert states == ["placed", *["waiting"] * 19]
    assert SignUp.objects.filter(state="placed").count() == 1


def test_a_place_given_back_while_others_come_is_given_once(cast, at_once):
    activity = serve.activity(cast, state="published", places=1)
    held = sign_ups.sign_up(activity=activity, by=cast.member, now=NOW).sign_up
    at_once(
        tried(lambda: sign_ups.withdraw(sign_up=held, by=cast.member, now=NOW)),
        *(
            tried(lambda by=by: sign_ups.sign_up(activity=activity, by=by, now=NOW))
            for by in (cast.volunteer, cast.owner, cast.secretary)
        ),
    )
    assert SignUp.objects.filter(state="placed", seat=1).count() == 1
    assert SignUp.objects.filter(state="waiting").count() == 2


def test_one_pass_on_two_phones_at_once_is_used_once(cast, at_once):
    activity = serve.activity(cast, state="published", starts_at=NOW, ends_at=END)
    one = given(activity, Direction.IN)

    def check(by):
        return checks.check(
            activity=activity,
            direction=Direction.IN,
            scan_pass=passes.of_token(one, activity.pk),
            event_id=uuid4(),
            by=by,
            now=NOW,
        )

    results = at_once(tried(lambda: check(cast.member)), tried(lambda: check(cast.volunteer)))
    assert sorted(isinstance(result, str) for result in results) == [False, True]
    assert CheckEvent.objects.count() == 1


def test_two_phones_of_one_person_and_one_mark_sent_twice(cast, at_once):
    activity = serve.activity(cast, state="published", starts_at=NOW, ends_at=END)
    mark, same = uuid4(), given(activity, Direction.IN)
    other = given(activity, Direction.IN)

    def check(event_id, scan_pass):
        return checks.check(
            activity=activity, direction=Direction.IN,
            scan_pass=passes.of_token(scan_pass, activity.pk), event_id=event_id, by=cast.member, now=NOW,
        ).pk  # fmt: skip

    results = at_once(
        tried(lambda: check(mark, same)), tried(lambda: check(mark, same)),
        tried(lambda: check(uuid4(), other)),
    )  # fmt: skip
    assert results[:2] == [mark, mark]
    assert CheckEvent.objects.count() == 2
    assert len({event.participant_id for event in CheckEvent.objects.all()}) == 1


def test_a_roll_call_against_check_in_and_closing_is_credited_once(cast, at_once):
    activity = serve.activity(
        cast, state="published", published_at=NOW - END_AFTER, starts_at=NOW, ends_at=END
    )
    who = serve.participant(cast.compound, cast.member)
    serve.sign_up(activity, who, 1)
    token = codes.code_of(activity, Direction.OUT, codes.slot_of(END)).token
    out = passes.scan(activity=activity, token=token, browser="", who="x", now=END).token
    line = roll_calls.Line(who.pk, AttendanceState.PARTIAL, 30)
    at_once(
        tried(lambda: roll_calls.roll_call(
            activity=activity, people=[line], by=cast.secretary, now=END
        )),
        tried(lambda: checks.check(
            activity=activity, direction=Direction.OUT,
            scan_pass=passes.of_token(out, activity.pk), event_id=uuid4(), by=cast.member, now=END,
        )),
        tried(lambda: activities.hold(activity=activity, by=cast.community_worker, now=END)),
    )  # fmt: skip
    row = Attendance.objects.get()
    assert (row.minutes, row.review) == (30, "approved")
    assert Credit.objects.filter(is_latest=True).get().minutes == 30


def test_two_reviewers_at_once_credit_each_attendance_once(cast, at_once):
    """Both take all that waits, in opposite orders, while a third approves them one by one."""
    hour = timedelta(hours=1)
    held = [
        serve.activity(
            cast, state="held", organiser=cast.community_worker, ends_at=NOW - before * hour,
            starts_at=NOW - before * hour - END_AFTER,
        )
        for before in (24, 48)
    ]  # fmt: skip
    people = [serve.participant(cast.compound, name=f"人{number}") for number in range(15)]
    rows = [
        serve.attendance(
            activity, of, review="waiting", entered_by=cast.member,
            presence=attendance.dumped(sign_ups.spans_of(activity)),
        )
        for activity in held
        for of in people
    ]  # fmt: skip

    def all_of(order):
        waiting = Attendance.objects.order_by(*order)
        return lambda: reviews.approve_all(rows=waiting, by=cast.secretary, now=NOW)

    def one_by_one():
        for row in reversed(rows):
            reviews.approve(attendance_row=row, by=cast.secretary, now=NOW)
        return 0

    forwards, backwards, _alone = at_once(
        all_of(["participant", "pk"]), all_of(["-participant", "-pk"]), one_by_one
    )
    assert forwards + backwards <= len(rows)
    assert Credit.objects.count() == len(rows)
    balances = MinutesAccount.objects.values_list("balance", flat=True)
    assert list(balances) == [2 * 120] * len(people)
