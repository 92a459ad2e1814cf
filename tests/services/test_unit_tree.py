"""Many people change the unit tree at once, on PostgreSQL, with real connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from itertools import cycle
from random import Random

import pytest
from django.db import connection

from orgs.errors import DomainError, WrongState
from orgs.models import Unit, UnitAlias
from orgs.units import csv_import, units
from tests import factories as make
from tests.unit_trees import assert_sound

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 8


def together(jobs: list[Callable[[], object]]) -> list[object]:
    """Runs the jobs at once, each on its own connection; a refusal is an answer."""

    def run(job: Callable[[], object]) -> object:
        try:
            return job()
        except DomainError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(PEOPLE) as pool:
        return list(pool.map(run, jobs))


def test_eight_people_adding_to_one_community_get_eight_codes(cast):
    made = together(
        [
            lambda number=number: units.create(
                parent=Unit.objects.get(pk=cast.community.pk),
                name=f"新小区{number}",
                kind="compound",
                by=None,
            )
            for number in range(24)
        ]
    )
    assert sorted(unit.code for unit in made) == [
        f"421102005003-{number:03}" for number in range(3, 27)
    ]
    assert_sound()


def test_new_streets_at_once_get_a_tree_each(cast):
    together(
        [
            lambda code=code: units.create(
                parent=cast.district, name=f"新街道{code}", kind="street", code=code, by=None
            )
            for code in [f"4211020{number}000" for number in range(40, 56)]
        ]
    )
    assert Unit.objects.filter(level=0).count() == 18
    assert_sound()


def test_a_unit_moved_by_two_goes_to_one_of_them(cast):
    answers = together(
        [
            lambda to=to: units.move(
                unit=Unit.objects.get(pk=cast.compound.pk),
                parent=Unit.objects.get(pk=to.pk),
                by=None,
            )
            for to in (cast.sibling, cast.other_community)
        ]
    )
    assert {type(answer) for answer in answers} <= {Unit, WrongState}
    cast.compound.refresh_from_db()
    assert cast.compound.parent_id in {cast.sibling.pk, cast.other_community.pk}
    assert_sound()


def test_crossing_moves_between_streets_neither_deadlock_nor_break_the_trees(cast):
    for street in (cast.street, cast.other_street):
        street.refresh_from_db()
    communities = [cast.community, cast.sibling, cast.other_community]
    compounds = [
        units.create(parent=parent, name=f"小区{number}", kind="compound", by=None)
        for number, parent in zip(range(12), cycle(communities))
    ]
    for compound in compounds:
        units.create(parent=compound, name="1栋", kind="building", by=None)
    random = Random(7)
    moves = [(random.choice(compounds).pk, random.choice(communities).pk) for _number in range(60)]

    def move(unit: int, parent: int) -> Unit:
        return units.move(
            unit=Unit.objects.get(pk=unit), parent=Unit.objects.get(pk=parent), by=None
        )

    answers = together([lambda pair=pair: move(*pair) for pair in moves])
    assert sum(isinstance(answer, Unit) for answer in answers) > 0
    assert_sound()
    assert not UnitAlias.objects.filter(code__in=Unit.objects.values("code")).exists()


def test_imports_and_changes_at_once(cast):
    text = (
        "code,name,level,kind,parent_code\n"
        "421102000000,黄州区,county,,\n"
        + "".join(
            f"4211020060{number:02},社区{number},community,居委会,421102006000\n"
            for number in range(1, 30)
        )
        + "421102006000,陵园街道,street,街道,421102000000\n"
    )
    made = make.unit(cast.community, code="421102005003-050")

    def load() -> object:
        return csv_import.load(StringIO(text))

    def change() -> Unit:
        return units.rename(unit=Unit.objects.get(pk=made.pk), name="新名", by=None)

    def grow() -> object:
        """The same compound each time: entered once, refused by its name from then on."""
        parent = Unit.objects.get(pk=cast.other_community.pk)
        return units.create(parent=parent, name="新小区", kind="compound", by=None)

    answers = together([load, change, grow, load, grow, change, load, grow])
    assert sum(answer.created for answer in answers if isinstance(answer, csv_import.Outcome)) == 30
    assert [getattr(answer, "code", "") for answer in answers].count("name_taken") == 2
    assert Unit.objects.filter(parent=cast.other_community).count() == 1
    assert_sound()
