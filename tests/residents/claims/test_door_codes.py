"""Letters to the doors: printed, used once, locked after five wrong tries."""

from datetime import timedelta

import pytest

from orgs.errors import NotAllowed, Refused, WrongState
from residents.claims import claims, door_codes
from residents.enums import ClaimBasis, ClaimState, Relation
from residents.models import DoorCode
from tests import factories as make

CODE = "ABCDEFGH"


@pytest.fixture
def home(cast):
    made = make.household(cast.building, "501")
    DoorCode.objects.create(
        household=made,
        digest=door_codes.digest(made, CODE),
        made_by=cast.community_worker,
        expires_at=make.NOW + door_codes.LIFE,
    )
    return made


def claim(cast, home, relation=Relation.TENANT, by=None):
    return claims.claim(household=home, relation=relation, by=by or cast.owner, now=make.NOW)


def use(cast, one, code=CODE, now=make.NOW, by=None):
    return door_codes.use(claim=one, code=code, by=by or cast.owner, now=now)


def test_the_code_verifies_once(cast, home):
    done = use(cast, claim(cast, home), " abcd-efgh ")
    assert (done.state, done.basis) == (ClaimState.VERIFIED, ClaimBasis.CODE)
    with pytest.raises(Refused):
        use(cast, claim(cast, home, by=cast.neighbour), by=cast.neighbour)


def test_five_wrong_tries_lock(cast, home):
    one = claim(cast, home)
    for _try in range(5):
        with pytest.raises(Refused):
            use(cast, one, "XXXXXXXX")
    with pytest.raises(Refused):
        use(cast, one)


def test_a_strangers_tries_void_nobody_elses_letter(cast, home):
    strange = claim(cast, home, by=cast.neighbour)
    for _try in range(9):
        with pytest.raises(Refused):
            use(cast, strange, "XXXXXXXX", by=cast.neighbour)
    assert use(cast, claim(cast, home)).state == ClaimState.VERIFIED


def test_another_claim_of_the_same_person_forgets_no_tries(cast, home):
    one = claim(cast, home)
    for _try in range(5):
        with pytest.raises(Refused):
            use(cast, one, "XXXXXXXX")
    claims.withdraw(claim=one, by=cast.owner, now=make.NOW)
    with pytest.raises(Refused):
        use(cast, claim(cast, home))


def test_an_old_code_is_void(cast, home):
    with pytest.raises(Refused):
        use(cast, claim(cast, home), now=make.NOW + timedelta(days=30))


def test_a_code_makes_nobody_owner_beside_other_owners(cast, home):
    make.belonging(make.resident(cast.building), home)
    with pytest.raises(WrongState) as refused:
        use(cast, claim(cast, home, Relation.CO_OWNER))
    assert refused.value.code == "community_decides"


def test_a_code_is_for_ones_own_claim(cast, home):
    with pytest.raises(NotAllowed):
        use(cast, claim(cast, home), by=cast.neighbour)


def test_letters_are_a_pdf_and_void_the_old_codes(cast, page, home):
    make.household(cast.building, "502")
    before = DoorCode.objects.get().digest
    answer = page(cast.community_worker).post(f"/letters/{cast.building.code}/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF")
    assert "no-store" in answer["Cache-Control"]
    assert DoorCode.objects.count() == 2
    assert not DoorCode.objects.filter(digest=before).exists()


@pytest.mark.parametrize("who", ["street_cadre", "sibling_worker", "owner", "property_clerk"])
def test_others_print_none(cast, page, home, who):
    assert page(getattr(cast, who)).post(f"/letters/{cast.building.code}/").status_code == 403
