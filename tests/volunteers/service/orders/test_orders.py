"""Orders: ordered, offered, taken, done, rated; who is asked first, what time does, what is booked."""

from datetime import timedelta

import pytest

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, TooOften, WrongState
from residents.enums import Relation
from tests import factories as make
from tests.factories import NOW
from tests.volunteers.service import service_factories as serve
from volunteers.service.enums import ConsentWay
from volunteers.service.models import (
    Credit,
    CreditedInterval,
    MinutesAccount,
    OrderEntry,
    PointsAccount,
    RiseRule,
    ServiceItem,
    ServiceOrder,
)
from volunteers.service.orders import contacts, orders, queries, work
from volunteers.service.orders.around import serving_accounts

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def ordered(cast, by=None, **values):
    defaults = {"unit": cast.building, "item": serve.item(), "text": "请陪我聊聊天", "now": NOW}
    return orders.order(by=by or cast.owner, **defaults | values)


def offered(cast, to=(), **values):
    return orders.offer(serviceorder=ordered(cast, **values), to=to, by=cast.secretary, now=NOW)


def taken(cast, by=None, **values):
    return work.take(serviceorder=offered(cast, **values), by=by or cast.member, now=NOW)


def resolved(cast, minutes=60, **values):
    row = taken(cast, **values)
    return work.resolve(
        serviceorder=row, minutes=minutes, by=cast.member, now=NOW + timedelta(hours=3)
    )


def refusal(call, error=WrongState):
    with pytest.raises(error) as refused:
        call()
    return refused.value.code


def home(cast, account):
    """A flat in the cast's building whose resident has this account."""
    flat = make.household(cast.building)
    person = make.resident(cast.building, account=account)
    make.belonging(person, flat)
    return flat


def test_a_resident_orders_a_member_does_it_both_accounts_tell(cast):
    row = resolved(cast, minutes=60)
    assert (row.state, row.minutes, row.resolved_at) == ("resolved", 60, NOW + 3 * HOUR)
    assert Credit.objects.count() == 0
    row = work.rate(
        serviceorder=row, stars=5, text="谢谢", by=cast.owner, now=NOW + timedelta(days=1)
    )
    assert (row.state, row.stars) == ("closed", 5)
    credit = Credit.objects.get(order=row)
    planned = row.item.minutes
    assert (credit.minutes, credit.planned_minutes, credit.month.isoformat()) == (
        60, planned, "2026-03-01"
    )  # fmt: skip
    booked = CreditedInterval.objects.get()
    assert (booked.starts_at, booked.ends_at) == (NOW + 2 * HOUR, NOW + 3 * HOUR)
    assert MinutesAccount.objects.get().balance == 60
    assert PointsAccount.objects.get().balance == credit.points > 0
    assert [entry.action for entry in row.entries.all()] == [
        "order", "offer", "take", "resolve", "rate"
    ]  # fmt: skip


@pytest.mark.parametrize("wrong", ["street", "item", "past", "long"])
def test_what_cannot_be_ordered(cast, wrong):
    values = {
        "street": {"unit": cast.street},
        "item": {"item": ServiceItem(code="Z99", name="已停办", has_ended=True)},
        "past": {"wished_at": NOW},
        "long": {"text": "长" * 2001},
    }[wrong]
    assert refusal(lambda: ordered(cast, **values), Refused) == "bad_order"


def test_nobody_has_more_than_ten_open_orders(cast):
    rows = [ordered(cast) for _number in range(orders.MOST_OPEN)]
    with pytest.raises(TooOften):
        ordered(cast)
    orders.withdraw(serviceorder=rows[0], by=cast.owner, now=NOW)
    assert ordered(cast).state == "ordered"


def test_the_desk_orders_for_somebody_with_a_consent(cast):
    flat = make.household(cast.building)
    person = make.resident(cast.building, name="李奶奶")
    make.belonging(person, flat)
    values = {"person": person, "by": cast.community_worker}
    assert refusal(lambda: ordered(cast, **values), Refused) == "no_consent"
    spoken = values | {"way": ConsentWay.SPOKEN}
    assert refusal(lambda: ordered(cast, **spoken), Refused) == "bad_consent"
    row = ordered(cast, **spoken, witness="王楼长")
    assert (row.household, row.consent.witness, row.consent.matter) == (
        flat, "王楼长", row.item.name
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        ordered(cast, person=person, by=cast.neighbour, way=ConsentWay.PHONE)
    # The desk withdraws and rates for who has no account, and for nobody else.
    orders.withdraw(serviceorder=row, by=cast.community_worker, now=NOW)
    own = ordered(cast)
    refused = refusal(lambda: orders.withdraw(serviceorder=own, by=cast.community_worker, now=NOW))
    assert refused == "not_for_the_desk"


def test_whoever_agreed_to_be_helped_is_ordered_for_by_the_helper(cast):
    helper = serve.participant(cast.compound, cast.volunteer)
    consent = serve.consent(cast, helper=helper)
    row = ordered(cast, person=consent.person, by=cast.volunteer)
    assert row.consent == consent
    later = NOW + timedelta(days=31)
    with pytest.raises(NotAllowed):
        ordered(cast, person=consent.person, by=cast.volunteer, now=later)


def test_members_bound_to_the_household_are_asked_first(cast):
    flat = home(cast, cast.owner)
    contact = make.contact(cast, account=cast.member)
    make.link(cast, contact, flat)
    serve.participant(cast.compound, cast.member)
    row = offered(cast)
    assert row.household == flat
    assert row.bound_until == NOW + 4 * HOUR
    assert [one.participant.account for one in row.offers.all()] == [cast.member]
    take = lambda now: work.take(serviceorder=row, by=cast.volunteer, now=now)  # noqa: E731
    assert refusal(lambda: take(NOW + HOUR)) == "others_first"
    assert take(NOW + 4 * HOUR).taker.account == cast.volunteer


def test_the_bound_member_takes_it_at_once(cast):
    flat = home(cast, cast.owner)
    make.link(cast, make.contact(cast, account=cast.member), flat)
    serve.participant(cast.compound, cast.member)
    assert taken(cast).taker.account == cast.member


def test_whoever_is_named_says_no_and_nothing_follows(cast):
    one = serve.participant(cast.compound, cast.member)
    row = offered(cast, to=[one])
    assert (
        refusal(lambda: work.take(serviceorder=row, by=cast.volunteer, now=NOW)) == "others_first"
    )
    row = work.refuse(serviceorder=row, by=cast.member, now=NOW)
    assert (row.state, row.bound_until) == ("offered", None)
    # Nobody else reads who said no; nobody is asked twice.
    seen = queries.sight(row, cast.owner)
    assert "refuse" not in [entry.action for entry in queries.entries(row, cast.owner, seen)]
    again = refusal(
        lambda: orders.offer(serviceorder=row, to=[one], by=cast.secretary, now=NOW), Refused
    )
    assert again == "asked_already"
    assert row not in queries.near(cast.member)
    assert work.take(serviceorder=row, by=cast.volunteer, now=NOW).taker.account == cast.volunteer


def test_the_centre_asks_volunteers_only(cast):
    member = serve.participant(cast.compound, cast.member)
    volunteer = serve.participant(cast.compound, cast.volunteer)
    row = ordered(cast)
    ask = lambda one: orders.offer(  # noqa: E731
        serviceorder=row, to=[one], by=cast.street_cadre, now=NOW
    )
    assert refusal(lambda: ask(member), Refused) == "cannot_be_asked"
    assert ask(volunteer).state == "offered"


def test_who_may_not(cast):
    row = ordered(cast)
    for by in (cast.member, cast.owner, cast.sibling_worker, cast.admin):
        with pytest.raises(NotAllowed):
            orders.offer(serviceorder=row, by=by, now=NOW)
    row = orders.offer(serviceorder=row, by=cast.secretary, now=NOW)
    for by in (cast.outsider, cast.owner, cast.admin):
        with pytest.raises(NotAllowed):
            work.take(serviceorder=row, by=by, now=NOW)
    row = work.take(serviceorder=row, by=cast.member, now=NOW)
    with pytest.raises(NotAllowed):
        work.resolve(serviceorder=row, minutes=30, by=cast.volunteer, now=NOW)
    with pytest.raises(NotAllowed):
        work.rate(serviceorder=row, stars=5, by=cast.member, now=NOW)


def test_nobody_serves_the_own_household(cast):
    flat = home(cast, cast.owner)
    make.belonging(
        make.resident(cast.building, account=cast.member), flat, relation=Relation.FAMILY
    )
    row = offered(cast)
    assert refusal(lambda: work.take(serviceorder=row, by=cast.member, now=NOW)) == "own_household"


def test_an_item_that_asks_for_a_skill(cast):
    item = next(one for one in queries.items_to_order() if one.skill)
    row = offered(cast, item=item)
    assert refusal(lambda: work.take(serviceorder=row, by=cast.member, now=NOW)) == "skill_needed"
    serve.participant(cast.compound, cast.volunteer, skills=[item.skill])
    assert work.take(serviceorder=row, by=cast.volunteer, now=NOW).state == "taken"


def test_given_back_it_is_offered_again(cast):
    row = taken(cast)
    row = work.drop(serviceorder=row, reason="临时出差", by=cast.member, now=NOW + HOUR)
    assert (row.state, row.taker, row.due_at) == ("offered", None, NOW + 25 * HOUR)
    assert work.take(serviceorder=row, by=cast.volunteer, now=NOW + HOUR).state == "taken"


@pytest.mark.parametrize(
    ("minutes", "ended", "code"),
    [
        (0, 3, "bad_minutes"),
        (481, 9, "bad_minutes"),
        (200, 3, "before_taking"),
        (30, 4, "not_over"),
    ],
)
def test_minutes_that_did_not_pass(cast, minutes, ended, code):
    row = taken(cast)
    now = NOW + (12 if ended == 9 else 3) * HOUR
    values = {"minutes": minutes, "ended_at": NOW + ended * HOUR, "by": cast.member, "now": now}
    assert refusal(lambda: work.resolve(serviceorder=row, **values), Refused) == code


def test_nobody_is_credited_twice_for_one_hour(cast):
    first = resolved(cast, minutes=60)
    second = taken(cast)
    work.rate(serviceorder=first, stars=5, by=cast.owner, now=NOW + 4 * HOUR)
    refused = refusal(
        lambda: work.resolve(serviceorder=second, minutes=30, by=cast.member, now=NOW + 3 * HOUR),
        Refused,
    )
    assert refused == "overlap"


def test_what_overlaps_only_later_is_credited_once(cast):
    first, second = resolved(cast, minutes=60), resolved(cast, minutes=90)
    for row in (first, second):
        work.rate(serviceorder=row, stars=4, by=cast.owner, now=NOW + 4 * HOUR)
    assert [one.minutes for one in Credit.objects.order_by("pk")] == [60, 30]
    assert MinutesAccount.objects.get().balance == 90


def test_not_done_says_the_resident_and_nothing_is_booked(cast):
    row = work.rate(
        serviceorder=resolved(cast), stars=1, resolved=False, by=cast.owner, now=NOW + 4 * HOUR
    )
    assert (row.state, row.minutes) == ("closed", 0)
    assert not Credit.objects.exists()


def test_unrated_it_closes_with_the_planned_minutes_at_most(cast):
    row = resolved(cast, minutes=170)
    assert work.close_unrated(NOW + timedelta(days=7)) == 0
    late = NOW + timedelta(days=7, hours=3)
    assert work.close_unrated(late) == 1
    assert work.close_unrated(late) == 0
    row.refresh_from_db()
    assert (row.state, row.stars, row.minutes) == ("closed", None, min(170, row.item.minutes))
    assert MinutesAccount.objects.get().balance == row.minutes


def test_untaken_it_rises_by_the_rule_it_was_ordered_under(cast):
    row = offered(cast)
    RiseRule.objects.create(kind="order", version=2, hours=1, bound_first_hours=0, source="本地")
    assert work.raise_orders(NOW + 23 * HOUR) == 0
    assert work.raise_orders(NOW + 24 * HOUR) == 1
    assert work.raise_orders(NOW + 24 * HOUR) == 0
    row.refresh_from_db()
    assert (row.level, row.due_at) == ("community", NOW + 48 * HOUR)
    assert work.raise_orders(NOW + 24 * 30 * HOUR) == 1
    row.refresh_from_db()
    assert (row.level, row.due_at) == ("street", None)
    assert work.raise_orders(NOW + 24 * 60 * HOUR) == 0


def test_who_sees_it_when_it_has_risen(cast):
    far = make.user()
    make.position(far, "volunteer", cast.other_compound)
    row = offered(cast)
    assert not ServiceOrder.objects.visible_to(far).exists()
    work.raise_orders(NOW + 24 * HOUR)
    assert ServiceOrder.objects.visible_to(far).get() == row
    assert serving_accounts(cast.community, NOW.date()) == {
        far.pk, cast.member.pk, cast.volunteer.pk
    }  # fmt: skip
    assert work.take(serviceorder=row, by=far, now=NOW + 24 * HOUR).taker.account == far
    # Once it is taken nobody else reads it.
    assert not ServiceOrder.objects.visible_to(cast.member).exists()


def test_an_order_that_the_branch_leaves_lying_rises_too(cast):
    row = ordered(cast)
    assert work.raise_orders(NOW + 24 * HOUR) == 1
    row.refresh_from_db()
    assert (row.state, row.level) == ("ordered", "community")


def test_the_telephone_is_shown_for_a_purpose_to_who_has_to_call(cast):
    row = taken(cast)
    for by in (cast.volunteer, cast.admin):
        with pytest.raises(NotAllowed):
            contacts.reveal(row=row, purpose="约上门时间", by=by, now=NOW)
    with pytest.raises(Refused):
        contacts.reveal(row=row, purpose="", by=cast.member, now=NOW)
    shown = contacts.reveal(row=row, purpose="约上门时间", by=cast.member, now=NOW)
    assert shown == ("沈业主", "13800005678")
    row = work.resolve(serviceorder=row, minutes=30, by=cast.member, now=NOW + HOUR)
    with pytest.raises(NotAllowed):
        contacts.reveal(row=row, purpose="约上门时间", by=cast.member, now=NOW + HOUR)


def test_nothing_stands_where_the_audit_breaks(cast, monkeypatch):
    row = offered(cast)

    def broken(*args, **values):
        raise RuntimeError

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(RuntimeError):
        work.take(serviceorder=row, by=cast.member, now=NOW)
    row.refresh_from_db()
    assert (row.state, row.taker) == ("offered", None)
    assert OrderEntry.objects.filter(action="take").count() == 0
