"""Terms, seats and contracts entered at the same moment, and what the database itself refuses."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from residents.enums import BodyKind, ContractKind, Seat
from residents.models import BodyMember, CoverageDay, LocalBody, PropertyContract, Term
from residents.organisations import bodies, contracts, coverage_days
from tests import factories as make
from tests.services.outcomes import outcome

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8
FIRST = date(2026, 1, 1)


def tried(function, *, by, values):
    return outcome(lambda: function(by=by, now=make.NOW, **values))


@pytest.fixture
def body(cast):
    return LocalBody.objects.create(
        unit=cast.compound, kind=BodyKind.OWNERS_COMMITTEE, entered_at=make.NOW
    )


def test_one_body_a_kind(cast, at_once):
    values = {"unit": cast.compound, "kind": BodyKind.MEDIATION}
    tries = [tried(bodies.establish, by=cast.community_worker, values=values)] * AT_ONCE
    assert at_once(*tries) == ["done"] * AT_ONCE
    assert LocalBody.objects.count() == 1


def test_of_overlapping_terms_one_is_kept(cast, body, at_once):
    tries = [
        tried(
            bodies.add_term,
            by=cast.community_worker,
            values={
                "body": body,
                "starts": FIRST + timedelta(days=number),
                "ends": date(2028, 12, 31),
            },
        )
        for number in range(AT_ONCE)
    ]
    assert Counter(at_once(*tries)) == {"done": 1, "overlaps": AT_ONCE - 1}
    assert Term.objects.get().number == 1


def test_terms_one_after_the_other_all_get_a_number(cast, body, at_once):
    tries = [
        tried(
            bodies.add_term,
            by=cast.community_worker,
            values={
                "body": body,
                "starts": date(2000 + 2 * number, 1, 1),
                "ends": date(2001 + 2 * number, 12, 31),
            },
        )
        for number in range(AT_ONCE)
    ]
    assert at_once(*tries) == ["done"] * AT_ONCE
    assert sorted(Term.objects.values_list("number", flat=True)) == list(range(1, AT_ONCE + 1))


def test_one_chair(cast, body, at_once):
    make.term(cast.compound)
    tries = [
        tried(
            bodies.seat,
            by=cast.community_worker,
            values={"body": body, "name": f"候选{number}", "seat": Seat.CHAIR},
        )
        for number in range(AT_ONCE)
    ]
    assert Counter(at_once(*tries)) == {"done": 1, "chair_taken": AT_ONCE - 1}
    assert BodyMember.objects.count() == 1


def test_of_overlapping_contracts_one_is_kept_and_the_profile_names_it(cast, at_once):
    tries = [
        tried(
            contracts.start,
            by=cast.community_worker,
            values={
                "compound": cast.compound,
                "kind": ContractKind.CONTRACT,
                "firm": f"物业{number}",
                "starts": FIRST,
            },
        )
        for number in range(AT_ONCE)
    ]
    assert Counter(at_once(*tries)) == {"done": 1, "overlaps": AT_ONCE - 1}
    made = PropertyContract.objects.select_related("firm").get()
    cast.compound.refresh_from_db()
    assert cast.compound.profile.property_firm == made.firm.name


def test_two_snapshots_at_once_keep_one_row_a_place(cast, at_once):
    def count():
        return coverage_days.snapshot(day=FIRST)

    assert at_once(*[count] * 4) == [2] * 4
    assert CoverageDay.objects.count() == 2


def test_the_database_itself_refuses_overlaps(cast, body):
    make.term(cast.compound, starts=FIRST, ends=date(2026, 12, 31))
    make.contract(cast.compound, starts=FIRST)
    overlapping = [
        lambda: make.term(cast.compound, starts=date(2026, 12, 31), ends=date(2027, 12, 31)),
        lambda: make.contract(cast.compound, starts=date(2030, 1, 1)),
        lambda: make.contract(cast.compound, starts=date(2020, 1, 1), ends=FIRST),
    ]
    for make_it in overlapping:
        with pytest.raises(IntegrityError), transaction.atomic():
            make_it()
    make.term(cast.compound, starts=date(2027, 1, 1), ends=date(2027, 12, 31))
    make.term(cast.other_compound, starts=FIRST, ends=date(2026, 12, 31))
    make.contract(cast.compound, starts=date(2020, 1, 1), ends=FIRST - timedelta(days=1))
    make.contract(cast.other_compound, starts=FIRST)
    assert (Term.objects.count(), PropertyContract.objects.count()) == (3, 3)
