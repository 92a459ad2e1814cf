"""Homes of the cast, for topics and what belongs to them."""

import pytest

from residents.enums import HouseholdState, Relation
from tests import factories as make
from tests.residents.deliberation.topic_factories import at_home


@pytest.fixture
def homes(cast):
    """owner owns 501, neighbour 502; the member rents 503; outsider lives nowhere here."""
    return {
        "owner": at_home(cast, cast.owner, "501"),
        "neighbour": at_home(cast, cast.neighbour, "502"),
        "member": at_home(cast, cast.member, "503", Relation.TENANT),
    }


@pytest.fixture
def ten_owners(cast, homes):
    """Ten owners of the compound: owner and neighbour, and eight more without accounts."""
    at_home(cast, cast.member, "604")
    for number in range(7):
        person = make.resident(cast.building)
        make.belonging(person, make.household(cast.building, f"7{number:02}"))
    # Unsold and not handed over: one person, the developer. 503 has nobody known: one more.
    for number, state in enumerate([HouseholdState.UNSOLD, HouseholdState.UNDELIVERED]):
        make.household(cast.building, f"8{number:02}", state=state)
    make.household(cast.building, "P1", state=HouseholdState.PARKING)
    return homes
