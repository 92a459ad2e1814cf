"""Counting the people and households of a unit: for pictures, never for lists of names."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, Q, QuerySet, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, ExtractYear

from orgs.db import counting
from orgs.db.counting import Counts
from orgs.models import Unit
from orgs.scoping import lies_in
from orgs.values.days import birthday_of
from residents.enums import HouseholdState, Relation, Sex
from residents.models import Belonging, Household, Person
from residents.roll.guardians import GUARDED_UNDER

BAND = 10
LAST_BAND = 90
# The age of older people (老年人权益保障法, art. 2).
OLD = 60
# Fewer people than this are not pictured: a bar of one would name somebody.
FEWEST_PICTURED = 10
# Whom a figure counts, as the list of people names it: everybody, the old, children, ten years.
ALL_AGES, OLDER, CHILDREN = "all", "old", "child"
AGES = (ALL_AGES, OLDER, CHILDREN, *(str(start) for start in range(0, LAST_BAND + 1, BAND)))


@dataclass(frozen=True)
class Band:
    """The people of ten years of age, by sex; shares in per mille of the widest bar."""

    label: str
    age: str
    men: int
    women: int
    men_width: int = 0
    women_width: int = 0

    @property
    def by_sex(self) -> list[tuple[Sex, int]]:
        return [(Sex.MALE, self.men), (Sex.FEMALE, self.women)]

    @property
    def men_left(self) -> int:
        """Where the bar of the men begins: it grows to the left."""
        return 1000 - self.men_width


@dataclass(frozen=True)
class HeadCounts:
    """What a unit counts. `bands` run from the oldest down."""

    households: dict[HouseholdState, int]
    relations: dict[Relation, int]
    people: int
    men: int
    women: int
    old: int
    children: int
    bands: list[Band]

    @property
    def all_households(self) -> int:
        return sum(self.households.values())


def queries_of(unit: Unit, today: date) -> list[QuerySet[Any]]:
    """What is counted for a unit of any kind, from the roll as it is."""
    belonging = Belonging.objects.filter(lies_in(unit, "household__building"), ends=None)
    year = Cast(_year_of_last_birthday(today), CharField())
    one = {"number": Count("pk")}
    return [
        counting.counted(
            "households", Household.objects.filter(lies_in(unit, "building")), "state", **one
        ),
        counting.counted("relations", belonging, "relation", **one),
        counting.counted("people", _living(unit), "sex", year, **one),
    ]


def head_counts(counts: Counts, today: date) -> HeadCounts:
    """The head counts of a unit from the rows of `queries_of`."""
    households, relations, by_year = Counter[Any](), Counter[Any](), Counter[Any]()
    for state, _no, number, _none in counts["households"]:
        households[state] = number
    for relation, _no, number, _none in counts["relations"]:
        relations[relation] = number
    for sex, year, number, _none in counts["people"]:
        by_year[int(year or 0), sex] = number
    ages = [(today.year - year, sex, count) for (year, sex), count in by_year.items() if year]
    return HeadCounts(
        households={state: households[state] for state in HouseholdState},
        relations={relation: relations[relation] for relation in Relation},
        people=sum(by_year.values()),
        men=sum(count for (_year, sex), count in by_year.items() if sex == Sex.MALE),
        women=sum(count for (_year, sex), count in by_year.items() if sex == Sex.FEMALE),
        old=sum(count for age, _sex, count in ages if age >= OLD),
        children=sum(count for age, _sex, count in ages if age < GUARDED_UNDER),
        bands=_bands(ages),
    )


def counted(unit: Unit, today: date, *, age: str, sex: str = "") -> QuerySet[Person]:
    """The people behind a figure: `age` is one of AGES."""
    people = _living(unit)
    youngest, oldest = _span(age)
    if youngest is not None:
        people = people.filter(born__lte=birthday_of(youngest, today))
    if oldest is not None:
        people = people.filter(born__gt=birthday_of(oldest + 1, today))
    return people.filter(sex=sex) if sex else people


def _span(age: str) -> tuple[int | None, int | None]:
    """From which age until which, both included; None is no end."""
    if age == ALL_AGES:
        return None, None
    if age == OLDER:
        return OLD, None
    if age == CHILDREN:
        return None, GUARDED_UNDER - 1
    start = int(age)
    return start or None, None if start == LAST_BAND else start + BAND - 1


def _living(unit: Unit) -> QuerySet[Person]:
    people: QuerySet[Person] = Person.objects.filter(
        lies_in(unit, "place"), died_on=None, erased_at=None
    )
    return people


def _year_of_last_birthday(today: date) -> Combinable:
    """The year of birth, one later where this year's birthday is still to come, as `age_on` counts."""
    had = Q(born__month__lt=today.month) | Q(born__month=today.month, born__day__lte=today.day)
    return ExtractYear("born") + Case(When(had, then=0), default=1)


def _bands(ages: list[tuple[int, str, int]]) -> list[Band]:
    counts: Counter[tuple[int, str]] = Counter()
    for age, sex, count in ages:
        counts[max(0, min(age, LAST_BAND) // BAND), sex] += count
    if sum(counts.values()) < FEWEST_PICTURED:
        return []
    widest = max(counts.values())
    return [
        Band(
            f"{number * BAND}+"
            if number * BAND == LAST_BAND
            else f"{number * BAND}–{number * BAND + 9}",
            str(number * BAND),
            counts[number, Sex.MALE],
            counts[number, Sex.FEMALE],
            counts[number, Sex.MALE] * 1000 // widest,
            counts[number, Sex.FEMALE] * 1000 // widest,
        )
        for number in range(LAST_BAND // BAND, -1, -1)
    ]
