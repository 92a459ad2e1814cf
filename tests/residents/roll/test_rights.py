"""What each relation may do: every cell of the table, and that a right ends with the belonging."""

import pytest

from residents.claims import claims
from residents.enums import Relation
from residents.roll import people, rights
from tests import factories as make

# As the rules say it, written down a second time: the table of the code is compared with it.
MATRIX = [
    # relation              vote   report rate   deliberate
    (Relation.OWNER,        True,  True,  True,  True),
    (Relation.CO_OWNER,     True,  True,  True,  True),
    (Relation.TENANT,       False, True,  True,  True),
    (Relation.FAMILY,       False, True,  True,  True),
    (None,                  False, False, False, False),
]  # fmt: skip
RIGHTS = (rights.VOTE, rights.REPORT, rights.RATE, rights.DELIBERATE)
CELLS = [
    (relation, right, may)
    for relation, *cells in MATRIX
    for right, may in zip(RIGHTS, cells, strict=True)
]


@pytest.fixture
def home(cast):
    return make.household(cast.building)


def settle(cast, home, relation, **values):
    """The owner of the cast at home in a relation; None for none."""
    if relation is None:
        return None
    person = make.resident(cast.building, account=cast.owner)
    verified = {"verified_by": cast.grid_worker, "verified_at": make.NOW}
    return make.belonging(person, home, relation, **verified | values)


def asked(user, home, right):
    """The same right, asked of the home and of the units around it."""
    unit = home.building
    ways = {
        rights.VOTE: lambda: rights.may_vote(user, home),
        rights.REPORT: lambda: rights.may_report(user, unit),
        rights.RATE: lambda: rights.may_rate(user, unit),
        rights.DELIBERATE: lambda: rights.may_deliberate(user, unit),
    }
    return {
        ways[right](),
        right in rights.rights_at(user, home),
        right in rights.rights_in(user, unit.parent),
    }


@pytest.mark.parametrize(("relation", "right", "may"), CELLS)
def test_each_cell(cast, home, relation, right, may):
    settle(cast, home, relation)
    assert asked(cast.owner, home, right) == {may}


@pytest.mark.parametrize("right", RIGHTS)
@pytest.mark.parametrize("relation", list(Relation))
def test_the_right_ends_with_the_belonging_at_once(cast, home, relation, right):
    one = settle(cast, home, relation)
    today = make.NOW.date()
    people.move_out(belonging=one, ends=today, by=cast.grid_worker, now=make.NOW)
    assert asked(cast.owner, home, right) == {False}


@pytest.mark.parametrize("right", RIGHTS)
@pytest.mark.parametrize("relation", list(Relation))
def test_what_nobody_verified_gives_no_right(cast, home, relation, right):
    settle(cast, home, relation, verified_by=None, verified_at=None)
    assert asked(cast.owner, home, right) == {False}


def test_rights_are_those_of_the_home_and_of_no_other(cast, home):
    settle(cast, home, Relation.OWNER)
    other = make.household(cast.building)
    elsewhere = make.household(make.unit(cast.other_compound))
    assert rights.rights_at(cast.owner, other) == frozenset()
    assert rights.rights_in(cast.owner, elsewhere.building) == frozenset()
    assert rights.rights_at(cast.neighbour, home) == frozenset()


def test_several_homes_add_up(cast, home):
    tenancy = settle(cast, home, Relation.TENANT)
    flat = make.household(cast.building)
    verified = {"verified_by": cast.grid_worker, "verified_at": make.NOW}
    make.belonging(tenancy.person, flat, **verified)
    assert rights.VOTE in rights.rights_in(cast.owner, cast.building)
    assert rights.VOTE not in rights.rights_at(cast.owner, home)


def test_a_deliberation_for_owners_alone(cast, home):
    settle(cast, home, Relation.TENANT)
    assert rights.may_deliberate(cast.owner, cast.building)
    assert not rights.may_deliberate(cast.owner, cast.building, tenants=False)


def test_a_waiting_claim_gives_no_right_and_a_verified_one_exactly_its_own(cast, home):
    one = claims.claim(household=home, relation=Relation.TENANT, by=cast.owner, now=make.NOW)
    assert rights.rights_at(cast.owner, home) == frozenset()
    claims.verify(claim=one, by=cast.grid_worker, now=make.NOW)
    assert rights.rights_at(cast.owner, home) == rights.RIGHTS[Relation.TENANT]
