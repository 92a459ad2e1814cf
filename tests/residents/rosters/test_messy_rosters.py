"""An empty compound and a messy workbook: what cannot be understood is named, the rest is entered."""

import pytest

from orgs.imports.workbooks import writer
from residents.models import Belonging, Household, Person
from residents.rosters.households_roster import HOUSEHOLDS
from residents.rosters.residents_roster import RESIDENTS
from tests import factories as make
from tests import messy_roster
from tests.roster_workbooks import apply, counts, rows, send, undo


@pytest.fixture
def compound(cast):
    for name in messy_roster.building_names():
        if name != cast.building.name:
            number = int(name.removesuffix("栋"))
            make.unit(cast.compound, code=f"{cast.compound.code}-{number:03}", name=name)
    cast.compound.refresh_from_db()
    return cast.compound


def named(found):
    return {(row.number, column) for row in rows(found) for column in row.problems}


def test_a_messy_workbook_becomes_a_clean_roll(cast, compound):
    worker = cast.community_worker
    rooms, people = messy_roster.households(), messy_roster.people()

    found = send(HOUSEHOLDS, compound, worker, rooms.content)
    assert named(found) == rooms.wrong
    found = apply(send(HOUSEHOLDS, compound, worker, rooms.corrected), worker)
    assert counts(found) == {"new": messy_roster.HOUSEHOLDS}

    found = send(RESIDENTS, compound, worker, people.content)
    assert named(found) == people.wrong
    assert len(people.wrong) > 80
    assert found.left_out == ["居民电话", "车牌号"]
    assert Person.objects.count() == 0
    found = apply(send(RESIDENTS, compound, worker, people.corrected), worker)
    assert (found.problem, counts(found)) == ("", {"new": messy_roster.PEOPLE})
    assert Person.objects.count() == Belonging.objects.count() == messy_roster.PEOPLE
    assert Household.objects.count() == messy_roster.HOUSEHOLDS
    children = Person.objects.filter(born__gte="2016-01-01")
    assert children.count() == children.exclude(guardian=None).count() == 400

    assert counts(send(RESIDENTS, compound, worker, people.corrected)) == {
        "unchanged": messy_roster.PEOPLE
    }
    out = writer.export(roster=RESIDENTS, unit=compound, filters={}, by=worker, now=make.NOW)
    assert counts(send(RESIDENTS, compound, worker, out.read())) == {
        "unchanged": messy_roster.PEOPLE
    }

    assert undo(found, worker).state == "undone"
    assert (Person.objects.count(), Household.objects.count()) == (0, messy_roster.HOUSEHOLDS)
