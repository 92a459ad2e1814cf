"""What a reporter chooses from: kinds of problems, and places that lie near at hand."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils.translation import gettext as _

from orgs.enums import UnitKind
from orgs.landmarks import landmarks
from orgs.models import CompoundProfile, Landmark, Unit
from orgs.units.queries import PICKED_AT_MOST, matching, unit_by_code
from orgs.values import geo
from tasks.catalogue import synonyms
from tasks.models import Category, Task
from tasks.models.catalogue import OTHER

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from orgs.models import User

EARLIER_PLACES = 3
# Places that are offered around a position, within so many degrees.
NEAREST, NEAR = 5, 0.03
# Within so many metres of a compound's point its buildings are offered as well.
BESIDE, MOST_BUILDINGS = 300, 30
MOST_STREETS = 5
# Icons by words of the category's code; the first that fits.
ICONS = {
    "parking": "parking",
    "road": "road",
    "lift": "elevator",
    "charging": "bolt",
    "power": "bolt",
    "fire": "flame",
    "gas": "flame",
    "light": "bulb",
    "fumes": "grill",
    "noise": "volume",
    "rubbish": "trash",
    "pest": "bug",
    "dog": "dog",
    "tree": "tree",
    "vendor": "building-store",
    "building": "building-cottage",
    "pipe": "droplet",
    "leak": "droplet",
    "water": "droplet",
    "fence": "fence",
    "property": "building-community",
    "order": "shield",
    "safety": "shield",
    "environment": "leaf",
    "homes": "home",
}
OTHER_ICON = "message-report"
_KIND_OF_STREET = re.compile("(街道|街道办事处|镇|乡|管理区)$")


@dataclass
class Kind:
    """One kind of problem that can be chosen."""

    code: str
    name: str
    icon: str
    is_urgent: bool


@dataclass
class Heading:
    """A heading of the catalogue and the kinds below it."""

    name: str
    kinds: list[Kind] = field(default_factory=list)


def kinds(words: str = "", chosen: str = "") -> list[Heading]:
    """The catalogue by headings: what matches the words, and what is chosen already. Two queries."""
    headings: dict[int | None, Heading] = {}
    for category in catalogue():
        if not category.is_selectable:
            continue
        # “Other” is always offered: nobody is left without a kind.
        if category.code not in (chosen, OTHER) and not _matches(category, words):
            continue
        heading = headings.setdefault(
            category.parent_id, Heading(category.parent.label if category.parent else "")
        )
        heading.kinds.append(
            Kind(category.code, name_of(category), _icon(category), category.is_urgent)
        )
    return list(headings.values())


def catalogue() -> "QuerySet[Category]":
    """All kinds with their headings and everyday words, in the order in which they are shown."""
    rows = Category.objects.select_related("parent").prefetch_related("synonyms")
    return rows.order_by(
        F("parent__position").asc(nulls_last=True), "parent__code", "position", "code"
    )


def name_of(category: Category) -> str:
    """A kind as residents read it: who cannot tell is not left without one."""
    return _("Other, or not sure") if category.code == OTHER else category.label


def proposals(text: str) -> list[dict[str, str]]:
    """The likely kinds of what was typed, each with its reason."""
    return [
        {
            "code": proposal.category.code,
            "name": proposal.category.label,
            "icon": _icon(proposal.category),
            "word": proposal.word,
        }
        for proposal in synonyms.likely(text, catalogue())
    ]


def _matches(category: Category, words: str) -> bool:
    above = category.parent.name if category.parent else ""
    text = " ".join([*synonyms.words_of(category), above, category.name_en]).lower()
    return all(word in text for word in words.lower().split())


def _icon(category: Category) -> str:
    codes = category.code, category.parent.code if category.parent else ""
    return next(
        (icon for code in codes for word, icon in ICONS.items() if word in code), OTHER_ICON
    )


@dataclass(frozen=True)
class Place:
    """What can be chosen as the place: a unit, or a road or landmark in it."""

    unit: Unit
    landmark: Landmark | None = None
    metres: int | None = None

    @property
    def value(self) -> str:
        """What the form sends: the unit's code, behind an @ the landmark's key."""
        return f"{self.unit.code}@{self.landmark.pk}" if self.landmark else self.unit.code

    @property
    def name(self) -> str:
        return self.landmark.name if self.landmark else self.unit.path_name

    @property
    def note(self) -> str:
        """What kind of place it is, or in which unit the landmark lies."""
        return self.unit.path_name if self.landmark else str(self.unit.get_kind_display())


def landmark(value: str) -> Landmark | None:
    """The landmark in a value of `Place`; None for a unit alone, and for one that has ended."""
    code, _at, key = value.partition("@")
    if not (key.isascii() and key.isdecimal() and len(key) < 19):
        return None
    unit = unit_by_code(code, Unit.objects.all())
    return landmarks.in_force().filter(pk=int(key), unit=unit).first() if unit else None


def chosen_place(value: str) -> Place | None:
    """The place that a form's field names; None for what is no place."""
    if mark := landmark(value):
        return Place(mark.unit, mark)
    code = value.partition("@")[0]
    unit = unit_by_code(code, Unit.objects.all()) if code else None
    return Place(unit) if unit else None


def found_places(words: str) -> list[Place]:
    """Places that match some words, buildings after roads and landmarks; none without words. Two queries."""
    if not words.strip():
        return []
    units = matching(words).order_by("tree_id", "lft")[:PICKED_AT_MOST]
    roads = landmarks.matching(words)[:PICKED_AT_MOST]
    buildings = [Place(unit) for unit in units if unit.kind == UnitKind.BUILDING]
    return [
        *(Place(unit) for unit in units if unit.kind != UnitKind.BUILDING),
        *(Place(road.unit, road) for road in roads),
        *buildings,
    ]


@dataclass(frozen=True)
class Streets:
    """The streets that look a place up which is written in words alone: the likely ones, and all others."""

    likely: list[Unit]
    others: list[Unit]


def fallback_places(words: str, found: Iterable[Place] = ()) -> Streets | None:
    """The streets to which somebody can write where it is; None without words. One query.

    Where they are many, those come first that the words name or in which something was found.
    """
    if not words.strip():
        return None
    streets = list(Unit.objects.filter(level=0).select_related("district").order_by("code"))
    if len(streets) <= MOST_STREETS:
        return Streets(streets, [])
    trees = {place.unit.tree_id for place in found}
    likely = [one for one in streets if one.short_name in words or _stem(one) in words]
    likely += [one for one in streets if one.tree_id in trees and one not in likely]
    likely = likely[:MOST_STREETS]
    return Streets(likely, [one for one in streets if one not in likely])


def _stem(street: Unit) -> str:
    """A street's name as people say it: 赤壁 of 赤壁街道."""
    return _KIND_OF_STREET.sub("", street.short_name) or street.short_name


def nearest_places(lon: float, lat: float) -> list[Place]:
    """Compounds and landmarks nearest to a position (WGS-84) within about three kilometres, the
    buildings of the compound that one is in or beside behind it; three queries."""
    box = {"lon__range": (lon - NEAR, lon + NEAR), "lat__range": (lat - NEAR, lat + NEAR)}
    # The square of the distance in degrees of latitude, of which one of longitude is a part.
    east = (F("lon") - lon) * math.cos(math.radians(lat))
    north = F("lat") - lat
    near = (east * east + north * north, "pk")
    profiles = CompoundProfile.objects.filter(**box).order_by(*near).select_related("unit")
    roads = landmarks.in_force().filter(**box).order_by(*near)

    def away(row: CompoundProfile | Landmark) -> int:
        return geo.metres(lon, lat, row.lon or 0, row.lat or 0)

    around = [
        *(Place(row.unit, None, away(row)) for row in profiles[:NEAREST]),
        *(Place(row.unit, row, away(row)) for row in roads[:NEAREST]),
    ]
    nearest = sorted(around, key=lambda place: place.metres or 0)[:NEAREST]
    beside = next((place for place in nearest if not place.landmark), None)
    if beside is None or (beside.metres or 0) > BESIDE:
        return nearest
    buildings = beside.unit.children.order_by("lft")[:MOST_BUILDINGS]
    at = nearest.index(beside) + 1
    return [*nearest[:at], *(Place(building) for building in buildings), *nearest[at:]]


def position(lon: str, lat: str) -> tuple[float, float] | None:
    """A position out of texts; None for what is none."""
    try:
        point = float(lon), float(lat)
    except ValueError:
        return None
    return None if geo.faults(*point) else point


def earlier_places(user: "User") -> list[Unit]:
    """The places of a person's last reports, without the own home; one query."""
    last = Task.objects.filter(reporter=user).select_related("unit").order_by("-pk")
    units = {task.unit.pk: task.unit for task in last.only("unit")[:20]}
    units.pop(user.home_id, None)
    return list(units.values())[:EARLIER_PLACES]
