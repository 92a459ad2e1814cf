"""What a reporter chooses from: kinds of problems, and places that lie near at hand."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import F

from orgs.models import Unit
from orgs.units.queries import PICKED_AT_MOST, matching
from tasks.models import Category, Task
from tasks.models.catalogue import OTHER

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from orgs.models import User

EARLIER_PLACES = 3
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
    """The catalogue by headings: what matches the words, and what is chosen already. One query."""
    headings: dict[int | None, Heading] = {}
    catalogue = Category.objects.select_related("parent").order_by(
        F("parent__position").asc(nulls_last=True), "parent__code", "position", "code"
    )
    for category in catalogue:
        if not category.is_selectable:
            continue
        # “Other” is always offered: nobody is left without a kind.
        if category.code not in (chosen, OTHER) and not _matches(category, words):
            continue
        heading = headings.setdefault(
            category.parent_id, Heading(category.parent.name if category.parent else "")
        )
        heading.kinds.append(
            Kind(category.code, category.name, _icon(category), category.is_urgent)
        )
    return list(headings.values())


def _matches(category: Category, words: str) -> bool:
    above = category.parent.name if category.parent else ""
    text = f"{category.name} {category.keywords} {above}".lower()
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


def earlier_places(user: "User") -> list[Unit]:
    """The places of a person's last reports, without the own home; one query."""
    last = Task.objects.filter(reporter=user).select_related("unit").order_by("-pk")
    units = {task.unit.pk: task.unit for task in last.only("unit")[:20]}
    units.pop(user.home_id, None)
    return list(units.values())[:EARLIER_PLACES]
