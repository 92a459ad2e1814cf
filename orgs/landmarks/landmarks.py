"""Roads and landmarks: what an entry says, its Excel list, and finding them by words or around a point."""

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import ChoiceFilter

from orgs.api.filters import WordsFilter
from orgs.enums import LandmarkKind
from orgs.models import Landmark
from orgs.registers.filters import UnitRowFilter
from orgs.registers.roster import unit_roster
from orgs.values.names import compared, contains_word

if TYPE_CHECKING:
    from django.db.models import QuerySet

COLUMNS = {
    "kind": ("类别", "类型", "地点类型"),
    "name": ("名称", "路名", "道路名称", "地标名称", "地点名称"),
    "lon": ("经度", "东经", "lng"),
    "lat": ("纬度", "北纬"),
}
LANDMARKS = unit_roster(
    Landmark, key=("name",), columns=COLUMNS, code="landmarks", page="orgs:landmarks",
    about=_("Names by which people say where something is: one row for each road, school, bus stop."),
    example={"kind": "道路街巷", "name": "示范大道", "lon": "114.871234", "lat": "30.451234"},
)  # fmt: skip


class LandmarkFilter(UnitRowFilter):
    q = WordsFilter("name", "unit__path_name", label=_("Words"))
    kind = ChoiceFilter(label=_("Kind"), choices=LandmarkKind.choices, empty_label=_("all"))

    class Meta(UnitRowFilter.Meta):
        model = Landmark


def in_force() -> "QuerySet[Landmark]":
    """The entries that are shown, with their units."""
    return Landmark.objects.filter(ends=None).select_related("unit")


def matching(words: str) -> "QuerySet[Landmark]":
    """Those of which each word is part of the name or the place, at least one of the name."""
    found, of_name = in_force(), Q()
    for word in words.split():
        key = compared(word)
        named = contains_word("name_key", key)
        found = found.filter(named | contains_word("unit__path_key", key))
        of_name |= named
    return found.filter(of_name).order_by("unit__tree_id", "unit__lft", "name_key")
