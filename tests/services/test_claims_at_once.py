"""Claims, codes and unmasking at the same moment, over real connections."""

from collections import Counter

import pytest

from residents.claims import claims, door_codes
from residents.enums import PrivateField, Relation
from residents.models import Belonging, Claim, DoorCode, Person, Unmasking
from residents.privacy import unmasking
from tests import factories as make
from tests.services.outcomes import outcome

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8


def test_two_verify_at_once_make_one_belonging(cast, at_once):
    home = make.household(cast.building)
    one = claims.claim(household=home, relation=Relation.OWNER, by=cast.owner, now=make.NOW)
    tries = [
        outcome(lambda who=who: claims.verify(claim=one, by=who, now=make.NOW))
        for who in (cast.community_worker, cast.grid_worker)
    ]
    assert Counter(at_once(*tries)) == {"done": 1, "decided": 1}
    assert (Belonging.objects.count(), Person.objects.count()) == (1, 1)


def test_two_homes_of_one_account_verified_at_once_are_one_persons(cast, at_once):
    tries = []
    for _home in range(2):
        one = claims.claim(
            household=make.household(cast.building), relation=Relation.TENANT, by=cast.neighbour,
            now=make.NOW,
        )  # fmt: skip
        tries.append(
            outcome(
                lambda one=one: claims.verify(claim=one, by=cast.community_worker, now=make.NOW)
            )
        )
    assert at_once(*tries) == ["done", "done"]
    assert (Belonging.objects.count(), Person.objects.count()) == (2, 1)


def test_somebody_of_the_roll_gets_one_account_however_many_claim_at_once(cast, at_once):
    known = make.resident(cast.building, name="沈一")
    tries = []
    for who in (cast.neighbour, cast.outsider):
        home = make.household(cast.building)
        make.belonging(known, home, Relation.TENANT)
        one = claims.claim(
            household=home, relation=Relation.TENANT, name="沈一", by=who, now=make.NOW
        )
        tries.append(
            outcome(
                lambda one=one: claims.verify(claim=one, by=cast.community_worker, now=make.NOW)
            )
        )
    assert at_once(*tries) == ["done", "done"]
    homes = Counter(Belonging.objects.values_list("person__account", flat=True))
    known.refresh_from_db()
    other = cast.outsider if known.account == cast.neighbour else cast.neighbour
    assert homes == {known.account_id: 2, other.pk: 1}


def test_the_letters_code_and_the_community_at_once_verify_once(cast, at_once):
    home = make.household(cast.building)
    DoorCode.objects.create(
        household=home, digest=door_codes.digest(home, "ABCDEFGH"), made_by=cast.grid_worker,
        expires_at=make.NOW + door_codes.LIFE,
    )  # fmt: skip
    one = claims.claim(household=home, relation=Relation.TENANT, by=cast.owner, now=make.NOW)
    by_code = outcome(
        lambda: door_codes.use(claim=one, code="ABCDEFGH", by=cast.owner, now=make.NOW)
    )
    by_hand = outcome(lambda: claims.verify(claim=one, by=cast.community_worker, now=make.NOW))
    assert Counter(at_once(by_code, by_code, by_hand)) == {"done": 1, "decided": 2}
    assert (Belonging.objects.count(), Person.objects.count()) == (1, 1)


def test_a_double_click_claims_once(cast, at_once):
    home = make.household(cast.building)
    click = outcome(
        lambda: claims.claim(household=home, relation=Relation.OWNER, by=cast.owner, now=make.NOW)
    )
    assert at_once(*[click] * AT_ONCE) == ["done"] * AT_ONCE
    assert Claim.objects.count() == 1


def test_a_storm_at_once_leaves_five(cast, at_once):
    homes = [make.household(cast.building) for _number in range(AT_ONCE)]
    tries = [
        outcome(
            lambda home=home: claims.claim(
                household=home, relation=Relation.OWNER, by=cast.owner, now=make.NOW
            )
        )
        for home in homes
    ]
    assert Counter(at_once(*tries)) == {"done": 5, "too_often": 3}


def test_guessing_at_once_locks_after_five(cast, at_once):
    home = make.household(cast.building)
    DoorCode.objects.create(
        household=home, digest="0" * 64, made_by=cast.grid_worker,
        expires_at=make.NOW + door_codes.LIFE,
    )  # fmt: skip
    one = claims.claim(household=home, relation=Relation.TENANT, by=cast.owner, now=make.NOW)
    guess = outcome(lambda: door_codes.use(claim=one, code="XXXXXXXX", by=cast.owner, now=make.NOW))
    assert at_once(*[guess] * AT_ONCE) == ["bad_code"] * AT_ONCE
    one.refresh_from_db()
    assert one.wrong_codes == door_codes.MAX_FAILURES


def test_the_days_limit_holds_at_once(cast, at_once, settings):
    settings.UNMASKINGS_A_DAY = 3
    person = make.resident(cast.building, phone="13900001234")
    look = outcome(
        lambda: unmasking.reveal(
            person=person,
            field=PrivateField.PHONE,
            purpose="核对电话号码",
            by=cast.community_worker,
            now=make.NOW,
        )
    )
    assert Counter(at_once(*[look] * AT_ONCE)) == {"done": 3, "too_often": 5}
    assert Unmasking.objects.count() == 3
