"""Credits and the two ledgers: booked as differences, never twice, never below nothing."""

from datetime import date, timedelta

import pytest

from orgs.errors import NotAllowed, WrongState
from orgs.models import AuditEntry
from tests.factories import NOW
from tests.volunteers.service import service_factories as serve
from volunteers.service.accounts import ledgers
from volunteers.service.accounts.credits import credit, live_intervals, points_for
from volunteers.service.enums import EntryKind, EntrySource, MinutesKind
from volunteers.service.models import Credit, MinutesAccount, PointsAccount, ServiceItem

pytestmark = pytest.mark.django_db

MARCH = date(2026, 3, 1)


@pytest.fixture
def member(cast):
    return serve.participant(cast.compound, cast.member)


def approve(cast, member, minutes=120, *, task="HZ1", at=NOW, by="secretary", **values):
    """Approves so many minutes of a work order, planned for two hours."""
    known = {
        "participant": member,
        "unit": cast.compound,
        "month": MARCH,
        "minutes_kind": MinutesKind.VOLUNTARY,
        "intervals": [(at, at + timedelta(minutes=minutes))] if minutes else [],
        "minutes": minutes,
        "planned_minutes": 120,
        "counts_activity": minutes >= 72,
        "task_number": task,
        "text": "清理楼道",
        "approved_by": getattr(cast, by),
        "now": NOW,
    }
    return credit(**known | values)


def chain(account):
    return [(one.i, one.amount, one.kind) for one in account.entries.order_by("i")]


@pytest.mark.parametrize(
    ("minutes", "points"),
    [(0, 0), (1, 0), (12, 1), (11, 0), (60, 3), (119, 5), (120, 5), (240, 5), (36, 2)],
)
def test_points_are_in_proportion_rounded_half_up_and_at_most_those_of_the_item(minutes, points):
    assert points_for(ServiceItem(points=5), minutes, 120) == points
    assert points_for(None, minutes, 120) == 0


def test_a_first_approval_books_minutes_and_points(cast, member):
    item = serve.item()
    made = approve(cast, member, item=item)
    minutes, points = MinutesAccount.objects.get(), PointsAccount.objects.get()
    assert (made.revision, made.is_latest, made.points) == (1, True, item.points)
    assert (minutes.balance, chain(minutes)) == (120, [(1, 120, "award")])
    assert (points.balance, chain(points)) == (item.points, [(1, item.points, "award")])
    assert live_intervals(member, NOW, NOW + timedelta(hours=3)) == [
        (NOW, NOW + timedelta(minutes=120))
    ]


def test_a_later_approval_books_the_difference_and_the_first_stays(cast, member):
    approve(cast, member, 120, points=4)
    approve(cast, member, 60, points=2)
    last = approve(cast, member, 90, points=3)
    minutes, points = MinutesAccount.objects.get(), PointsAccount.objects.get()
    assert chain(minutes) == [(1, 120, "award"), (2, -60, "reversal"), (3, 30, "award")]
    assert chain(points) == [(1, 4, "award"), (2, -2, "reversal"), (3, 1, "award")]
    assert (minutes.balance, points.balance) == (90, 3)
    assert [one.minutes for one in Credit.objects.order_by("pk")] == [120, 60, 90]
    assert Credit.objects.get(is_latest=True) == last
    assert ledgers.first_wrong(minutes) is None
    assert ledgers.first_wrong(points) is None


def test_the_same_approval_again_writes_nothing(cast, member):
    first = approve(cast, member, points=4)
    assert approve(cast, member, points=4) == first
    assert Credit.objects.count() == 1
    assert MinutesAccount.objects.get().length == 1


def test_everything_is_taken_back_exactly_once(cast, member):
    approve(cast, member, points=4)
    approve(cast, member, 0, points=0, reason="没有来")
    approve(cast, member, 0, points=0, reason="没有来")
    assert chain(MinutesAccount.objects.get()) == [(1, 120, "award"), (2, -120, "reversal")]
    assert PointsAccount.objects.get().balance == 0
    assert live_intervals(member, NOW, NOW + timedelta(hours=3)) == []


def test_spent_points_are_not_taken_back_and_come_back_only_as_far_as_they_went(cast, member):
    approve(cast, member, points=4)
    account = ledgers.locked_points(member)
    spent = {"kind": EntryKind.REDEEM, "source": EntrySource.REDEMPTION, "source_id": 1}
    ledgers.book(account, amount=-3, month=MARCH, text="毛巾", by=None, now=NOW, **spent)
    approve(cast, member, 0, points=0)
    account.refresh_from_db()
    assert account.balance == 0
    audited = AuditEntry.objects.get(action="service.uncovered-reversal")
    assert audited.detail["uncovered"] == 3
    # Granted after all: the one point that was taken back, and no more.
    approve(cast, member, points=4)
    account.refresh_from_db()
    assert account.balance == 1


def test_two_services_never_fill_the_same_time_of_one_person(cast, member):
    approve(cast, member, task="HZ1")
    with pytest.raises(WrongState) as error:
        approve(cast, member, task="HZ2", at=NOW + timedelta(minutes=119))
    assert error.value.code == "overlap"
    assert Credit.objects.count() == 1
    approve(cast, member, task="HZ2", at=NOW + timedelta(minutes=120))
    other = serve.participant(cast.compound)
    approve(cast, other, task="HZ3")
    assert Credit.objects.count() == 3


def test_nobody_approves_their_own(cast, member):
    with pytest.raises(NotAllowed) as error:
        approve(cast, member, by="member")
    assert error.value.code == "own_case"
    assert MinutesAccount.objects.count() == 0


def test_the_two_kinds_have_accounts_of_their_own(cast, member):
    approve(cast, member, task="HZ1")
    approve(cast, member, task="HZ2", at=NOW + timedelta(hours=3), minutes_kind=MinutesKind.DUTY)
    balances = MinutesAccount.objects.values_list("minutes_kind", "balance")
    assert sorted(balances) == [("duty", 120), ("voluntary", 120)]
    with pytest.raises(WrongState):
        approve(cast, member, 60, task="HZ1", minutes_kind=MinutesKind.DUTY)


def test_a_changed_entry_is_found(cast, member):
    approve(cast, member, points=4)
    account = MinutesAccount.objects.get()
    entry = account.entries.get()
    entry.amount = 240
    assert ledgers.hash_of(ledgers.name_of(account), entry) != entry.hash
    account.length = 2
    assert ledgers.first_wrong(account) == 2
