"""The roll, its letters and what people ask about their data, at the same moment."""

from collections import Counter
from datetime import date, timedelta
from functools import partial
from uuid import uuid4

import pytest

from residents.claims import door_codes, letter_runs
from residents.enums import ContractKind, DataRequestKind, HouseholdState, Relation
from residents.models import (
    Belonging,
    DataRequest,
    DoorCode,
    Household,
    LetterRun,
    Person,
    PropertyFirm,
    Visit,
)
from residents.organisations import contracts
from residents.privacy import data_requests
from residents.roll import households, people, visits
from tasks.enums import PatrolItem
from tasks.models import Patrol, Task
from tasks.patrols import patrols
from tests import factories as make
from tests.services.outcomes import outcome

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 4


def test_letters_of_a_building_printed_twice_leave_one_code_a_door(cast, at_once):
    homes = [make.household(cast.building) for _number in range(3)]
    click = outcome(
        partial(door_codes.letters, building=cast.building, by=cast.community_worker, now=make.NOW)
    )
    assert at_once(*[click] * CLIENTS) == ["done"] * CLIENTS
    assert DoorCode.objects.count() == len(homes)


def test_letters_of_a_compound_are_ordered_once(cast, at_once):
    make.household(cast.building)
    click = outcome(
        partial(letter_runs.order, unit=cast.compound, by=cast.community_worker, now=make.NOW)
    )
    assert at_once(*[click] * CLIENTS) == ["done"] * CLIENTS
    assert LetterRun.objects.count() == 1


def test_a_room_is_added_once(cast, at_once):
    one = outcome(
        partial(
            households.add,
            building=cast.building,
            room="101",
            by=cast.community_worker,
            now=make.NOW,
        )
    )
    pattern = outcome(
        partial(
            households.add_by_pattern,
            building=cast.building,
            entrances=1,
            floors=3,
            rooms=2,
            by=cast.community_worker,
            now=make.NOW,
        )
    )
    answers = Counter(at_once(one, one, pattern, pattern))
    assert answers.keys() <= {"done", "household_exists"}
    assert Household.objects.count() == 6


def test_a_household_changed_by_two_keeps_both_changes(cast, at_once):
    home = make.household(cast.building)
    change = partial(households.change, household=home, by=cast.community_worker, now=make.NOW)
    at_once(partial(change, state=HouseholdState.LET), partial(change, floor=9))
    home.refresh_from_db()
    assert (home.state, home.floor) == (HouseholdState.LET, 9)


def test_the_same_person_moves_in_once_and_shares_stay_within_the_whole(cast, at_once):
    home, number = make.household(cast.building), make.id_number()
    enter = partial(
        people.move_in,
        household=home,
        relation=Relation.CO_OWNER,
        share=people.share_of("2/3"),
        by=cast.community_worker,
        now=make.NOW,
    )
    same = outcome(partial(enter, details=people.checked(name="钱一", id_number=number)))
    other = outcome(partial(enter, details=people.checked(name="孙二")))
    answers = Counter(at_once(same, same, other, other))
    assert answers["done"] == 1
    assert (Belonging.objects.count(), Person.objects.count()) == (1, 1)


def test_one_person_who_moves_into_two_homes_at_once_is_entered_once(cast, at_once):
    details = people.checked(name="钱一", id_number=make.id_number())
    calls = [
        outcome(
            partial(
                people.move_in,
                household=make.household(cast.building),
                details=details,
                relation=Relation.OWNER,
                by=cast.community_worker,
                now=make.NOW,
            )
        )
        for _number in range(CLIENTS)
    ]
    answers = Counter(at_once(*calls))
    assert answers.keys() <= {"done", "id_taken"}
    assert (Belonging.objects.count(), Person.objects.count()) == (answers["done"], 1)


def test_somebody_moves_out_once(cast, at_once):
    row = make.belonging(make.resident(cast.building), make.household(cast.building))
    click = outcome(
        partial(
            people.move_out,
            belonging=row,
            ends=make.NOW.date(),
            by=cast.community_worker,
            now=make.NOW,
        )
    )
    assert Counter(at_once(*[click] * CLIENTS)) == {"done": 1, "ended": CLIENTS - 1}


def test_a_visit_and_a_round_are_written_down_once(cast, at_once):
    home, mark = make.household(cast.building), uuid4()
    visit = outcome(
        partial(
            visits.log,
            household=home,
            on=make.NOW.date(),
            text="入户",
            event_id=mark,
            by=cast.community_worker,
            now=make.NOW,
        )
    )
    assert at_once(*[visit] * CLIENTS) == ["done"] * CLIENTS
    assert Visit.objects.count() == 1
    round_ = outcome(
        partial(
            patrols.record,
            unit=cast.building,
            items=[PatrolItem.values[0]],
            event_id=mark,
            finding="飞线",
            category=make.category(),
            by=cast.grid_worker,
            now=make.NOW,
        )
    )
    assert at_once(*[round_] * CLIENTS) == ["done"] * CLIENTS
    assert (Patrol.objects.count(), Task.objects.count()) == (1, 1)


def test_data_are_asked_for_and_answered_once(cast, at_once):
    make.resident(cast.building, account=cast.owner)
    ask = outcome(
        partial(data_requests.ask, kind=DataRequestKind.COPY, by=cast.owner, now=make.NOW)
    )
    assert Counter(at_once(*[ask] * CLIENTS)) == {"done": 1, "asked": CLIENTS - 1}
    [row] = DataRequest.objects.all()
    decide = [
        outcome(
            partial(
                data_requests.decide,
                request=row,
                granted=granted,
                reason="已办",
                by=cast.community_worker,
                now=make.NOW,
            )
        )
        for granted in (True, False) * 2
    ]
    assert Counter(at_once(*decide)) == {"done": 1, "decided": CLIENTS - 1}


def test_one_credit_code_is_one_firms(cast, at_once):
    code = "91421102MA48ABCD1X"
    calls = [
        outcome(
            partial(
                contracts.start,
                compound=compound,
                kind=ContractKind.CONTRACT,
                firm=name,
                credit_code=code,
                starts=date(2026, 1, 1),
                ends=date(2026, 1, 1) + timedelta(days=90),
                by=cast.community_worker,
                now=make.NOW,
            )
        )
        for compound, name in ((cast.compound, "甲物业"), (cast.other_compound, "乙物业"))
    ]
    assert Counter(at_once(*calls)) == {"done": 1, "firm_differs": 1}
    assert PropertyFirm.objects.count() == 1
