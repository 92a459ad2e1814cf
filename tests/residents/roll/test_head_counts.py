"""Every figure of a unit's page opens the list of people it was counted from."""

from datetime import date, timedelta
from random import Random

import pytest
import time_machine
from django.test import Client

from orgs.db.counting import counts_of
from orgs.values.days import age_on, birthday_of
from residents.enums import Sex
from residents.models import Household
from residents.roll import head_counts
from tests import factories as make

TODAY = make.NOW.date()


@pytest.fixture
def crowd(cast):
    """People of all ages at the edges of every band, some of them dead, erased or elsewhere."""
    chance = Random(4)
    years = [TODAY.year - age for start in range(0, 101, 10) for age in (start, start + 9)]
    for year in [*years, TODAY.year - 13, TODAY.year - 14, TODAY.year - 59, TODAY.year - 60]:
        sex = chance.choice(list(Sex))
        make.resident(cast.building, born=date(year, 6, 1), sex=sex)
    make.resident(cast.building)
    make.resident(cast.building, born=date(1950, 1, 1), sex=Sex.MALE, died_on=TODAY)
    make.resident(cast.building, born=date(1950, 1, 1), sex=Sex.MALE, erased_at=make.NOW)
    make.resident(cast.other_compound, born=date(1950, 1, 1), sex=Sex.MALE)


def listed(client: Client, unit, **query) -> int:
    answer = client.get("/people/", {"unit": unit.code, **query})
    return len(answer.context["page"].rows)


def test_every_figure_is_the_length_of_its_list(page, cast, crowd):
    with time_machine.travel(make.NOW, tick=False):
        client = page(cast.community_worker)
        shown = client.get(f"/units/{cast.compound.code}/?tab=people").context["panels"]
        values = next(
            one.values for one in shown if one.template == "residents/roll/unit_panel.html"
        )
        assert [(age, count) for age, count, _words in values.figures] == [
            (age, listed(client, cast.compound, age=age)) for age in ("all", "old", "child")
        ]
        bands = values.counts.bands
        assert sum(band.men + band.women for band in bands) == values.counts.people - 1
        for band in bands:
            counts = [listed(client, cast.compound, age=band.age, sex=sex) for sex in Sex]
            assert counts == [band.men, band.women]
            assert listed(client, cast.compound, age=band.age) == band.men + band.women


def test_an_age_that_nobody_knows_narrows_nothing(page, cast, crowd):
    client = page(cast.community_worker)
    assert listed(client, cast.compound, age="nonsense") == listed(client, cast.compound)


def test_edges_belong_to_the_band_that_begins_there(cast):
    make.resident(cast.building, born=TODAY.replace(year=TODAY.year - 60))
    make.resident(cast.building, born=TODAY.replace(year=TODAY.year - 60) + timedelta(days=1))
    counts = [
        head_counts.counted(cast.compound, TODAY, age=age).count() for age in ("old", "60", "50")
    ]
    assert counts == [1, 1, 1]


@pytest.mark.parametrize("today", [TODAY, date(2026, 2, 28), date(2028, 2, 29), date(2026, 12, 31)])
def test_ages_are_counted_as_birthdays_have_them(cast, today):
    """A year of birth alone makes somebody of 59 old, and a child of 13 grown."""
    borns = [
        birthday_of(age, today) + timedelta(days=days)
        for age in (1, 14, 60, 90)
        for days in (-1, 0, 1)
    ]
    for born in borns:
        make.resident(cast.building, born=born)
    ages = [age_on(born, today) for born in borns]
    counts = head_counts.head_counts(counts_of(head_counts.queries_of(cast.compound, today)), today)
    listed = {
        age: head_counts.counted(cast.compound, today, age=age).count() for age in ("old", "child")
    }
    assert listed == {"old": counts.old, "child": counts.children}
    assert (counts.old, counts.children) == (
        sum(age >= 60 for age in ages),
        sum(age < 14 for age in ages),
    )


def test_a_households_page_shows_its_floor_and_no_other(page, cast):
    here, beside = (make.household(cast.building, room, floor=5) for room in ("501", "502"))
    make.household(cast.building, "601", floor=6)
    answer = page(cast.community_worker).get(f"/households/{here.code}/")
    assert answer.context["floor"] == [here, beside]
    assert 'aria-current="page"' in answer.content.decode()


def test_who_only_lives_there_sees_no_neighbours_doors(page, cast):
    here = make.household(cast.building, "501", floor=5)
    make.household(cast.building, "502", floor=5)
    resident = make.resident(cast.building, account=cast.neighbour)
    make.belonging(resident, here, verified_by=cast.community_worker, verified_at=make.NOW)
    answer = page(cast.neighbour).get(f"/households/{here.code}/")
    assert answer.context["floor"] == [here]
    assert Household.objects.count() == 2
