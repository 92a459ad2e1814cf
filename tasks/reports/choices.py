"""What a reporter chooses from: kinds of problems, and places that lie near at hand."""

from dataclasses import dataclass, field
from math import cos, radians
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils.translation import gettext as _

from orgs.models import CompoundProfile, Unit
from orgs.units.queries import PICKED_AT_MOST, matching
from orgs.values import geo
from tasks.catalogue import synonyms
from tasks.models import Category, Task
from tasks.models.catalogue import OTHER

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from orgs.models import User

EARLIER_PLACES = 3
# Compounds that are offered around a position, of so many within so many degrees.
NEAREST, MOST_NEAR, NEAR = 5, 500, 0.03
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
            category.parent_id, Heading(category.parent.name if category.parent else "")
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
    return _("Other, or not sure") if category.code == OTHER else category.name


def proposals(text: str) -> list[dict[str, str]]:
    """The likely kinds of what was typed, each with its reason."""
    return [
        {
            "code": proposal.category.code,
            "name": proposal.category.name,
            "icon": _icon(proposal.category),
            "word": proposal.word,
        }
        for proposal in synonyms.likely(text, catalogue())
    ]


def _matches(category: Category, words: str) -> bool:
    above = category.parent.name if category.parent else ""
    text = " ".join([*synonyms.words_of(category), above]).lower()
    return all(word in text for word in words.lower().split())


def _icon(category: Category) -> str:
    codes = category.code, category.parent.code if category.parent else ""
    return next(
        (icon for code in codes for word, icon in ICONS.items() if word in code), OTHER_ICON
    )


def places(words: str) -> "QuerySet[Unit]":
    """The places that match some words; none without words."""
    units = matching(words) if words else Unit.objects.none()
    return units.order_by("tree_id", "lft")[:PICKED_AT_MOST]


def nearest_places(lon: float, lat: float) -> list[Unit]:
    """The compounds nearest to a position (WGS-84) within about three kilometres; two queries."""
    box = CompoundProfile.objects.filter(
        lon__range=(lon - NEAR, lon + NEAR), lat__range=(lat - NEAR, lat + NEAR)
    )
    # A degree of longitude is shorter than one of latitude by the cosine of the latitude.
    shrink = cos(radians(lat))
    distances = [
        (((east - lon) * shrink) ** 2 + (north - lat) ** 2, key)
        for key, east, north in box.values_list("unit", "lon", "lat")[:MOST_NEAR]
        if east is not None and north is not None
    ]
    nearest = [key for _distance, key in sorted(distances)[:NEAREST]]
    units = Unit.objects.in_bulk(nearest)
    return [units[key] for key in nearest]


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
