"""An empty compound and a messy workbook: what cannot be understood is named, the rest is entered."""

import pytest

from residents import ledger_sheets
from residents.ledger_households import HOUSEHOLDS
from residents.ledger_residents import RESIDENTS
from residents.models import Belonging, Household, Person
from tests import factories as make
from tests import ledger_mess
from tests.ledger_books import apply, counts, rows, send, undo


@pytest.fixture
def compound(cast):
    for name in ledger_mess.building_names():
        if name != cast.building.name:
            number = int(name.removesuffix("栋"))
            make.unit(cast.compound, code=f"{cast.compound.code}-{number:03}", name=name)
    cast.compound.refresh_from_db()
    return cast.compound


def named(found):
    return {(row.number, column) for row in rows(found) for column in row.problems}


def test_a_messy_workbook_becomes_a_clean_roll(cast, compound):
    worker = cast.community_worker
    rooms, people = ledger_mess.households(), ledger_mess.people()

    found = send(HOUSEHOLDS, compound, worker, rooms.content)
    assert named(found) == rooms.wrong
    found = apply(send(HOUSEHOLDS, compound, worker, rooms.corrected), worker)
    assert counts(found) == {"new": ledger_mess.HOUSEHOLDS}

    found = send(RESIDENTS, compound, worker, people.content)
    assert named(found) == people.wrong
    assert len(people.wrong) > 80
    assert found.left_out == ["居民电话", "车牌号"]
    assert Person.objects.count() == 0
    found = apply(send(RESIDENTS, compound, worker, people.corrected), worker)
    assert (found.problem, counts(found)) == ("", {"new": ledger_mess.PEOPLE})
    assert Person.objects.count() == Belonging.objects.count() == ledger_mess.PEOPLE
    assert Household.objects.count() == ledger_mess.HOUSEHOLDS
    children = Person.objects.filter(born__gte="2016-01-01")
    assert children.count() == children.exclude(guardian=None).count() == 400

    assert counts(send(RESIDENTS, compound, worker, people.corrected)) == {
        "unchanged": ledger_mess.PEOPLE
    }
    out = ledger_sheets.export(ledger=RESIDENTS, unit=compound, filters={}, by=worker, now=make.NOW)
    assert counts(send(RESIDENTS, compound, worker, out.read())) == {
        "unchanged": ledger_mess.PEOPLE
    }

    assert undo(found, worker).state == "undone"
    assert (Person.objects.count(), Household.objects.count()) == (0, ledger_mess.HOUSEHOLDS)
