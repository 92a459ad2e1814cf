"""Finding one's flat by what people write: 1单元501, 1-501, 1-1-501, 翡翠一品3栋."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from django.db.models import Q, QuerySet

from orgs.enums import UnitKind
from orgs.models import Unit
from orgs.units.queries import matching
from orgs.values.names import compared
from residents.models import Household

FOUND = 30
# A building has at most so many doors on one page; none of the districts known has more.
MOST_ROOMS = 1000

_BUILDING = r"(?P<building>[0-9a-z]+)(?:号楼|栋|幢|座|号|#)"
_DOOR = r"(?:(?P<entrance>[0-9a-z]+)(?:单元|门|-))?(?P<room>[0-9]{2,5}[a-z]?)(?:室|号房|房)?"
_WORDS = re.compile(rf"(?P<place>.*?)(?:{_BUILDING})?-?(?:{_DOOR})?")
# 3-1-501 and 翡翠一品3-1-501: building, entrance, room.
_DASHED = re.compile(
    r"(?P<place>.*?)(?P<building>[0-9a-z]+)-(?P<entrance>[0-9a-z]+)-(?P<room>[0-9]{2,5}[a-z]?)"
)


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; "" for what was not said."""

    place: str = ""
    building: str = ""
    entrance: str = ""
    room: str = ""


@dataclass
class Found:
    """What fits: compounds, buildings, or doors by entrance."""

    units: list[Unit] = field(default_factory=list)
    doors: list[tuple[str, list[Household]]] = field(default_factory=list)


def read(words: str) -> Wanted:
    """Takes what somebody typed apart."""
    text = compared(words).replace(" ", "")
    match = _DASHED.fullmatch(text) or _WORDS.fullmatch(text)
    parts = match.groupdict() if match else {"place": text}
    return Wanted(**{name: part or "" for name, part in parts.items()})


def find(words: str, unit: Unit | None) -> Found:
    """What fits in a compound or a building, or (without one) anywhere."""
    wanted = read(words)
    if unit is None:
        return _anywhere(words, wanted)
    if unit.kind == UnitKind.COMPOUND:
        return _in_compound(unit, words, wanted)
    return Found(doors=by_entrance(_rooms([unit], wanted)))


def _anywhere(words: str, wanted: Wanted) -> Found:
    compounds = Unit.objects.filter(kind=UnitKind.COMPOUND)
    if not words:
        return Found()
    whole = list(matching(words, compounds).order_by("path_name")[:FOUND])
    if whole or not (wanted.place and (wanted.building or wanted.room)):
        return Found(units=whole)
    inside = list(matching(wanted.place, compounds).order_by("path_name")[:FOUND])
    if not inside:
        return Found()
    if not wanted.building:
        return Found(units=inside)
    buildings = _buildings(Unit.objects.filter(parent__in=inside), wanted.building)
    return _narrowed(buildings, wanted)


def _in_compound(unit: Unit, words: str, wanted: Wanted) -> Found:
    among = unit.children.all()
    if not words:
        return Found(units=list(among.order_by("lft")[:200]))
    if wanted.building:
        return _narrowed(_buildings(among, wanted.building), wanted)
    # A number alone is a building's before it is a room's.
    named = _buildings(among, wanted.room) or list(matching(words, among).order_by("lft")[:200])
    return Found(units=named)


def _buildings(among: QuerySet[Unit], number: str) -> list[Unit]:
    endings = ("", "栋", "幢", "座", "号楼", "号", "#", "楼")
    names = [f"{number}{ending}" for ending in endings]
    return list(among.filter(name_key__in=names).order_by("path_name", "lft")[:FOUND])


def _narrowed(buildings: list[Unit], wanted: Wanted) -> Found:
    """The doors where one was named, else the buildings."""
    doors = by_entrance(_rooms(buildings, wanted)) if wanted.room else []
    return Found(doors=doors) if doors else Found(units=buildings)


def _rooms(buildings: Iterable[Unit], wanted: Wanted) -> list[Household]:
    homes = Household.objects.filter(building__in=buildings).select_related("building")
    if wanted.room:
        homes = homes.filter(room__iexact=wanted.room)
    if wanted.entrance:
        # Where a building has no entrances, the number before the room is the building's own.
        homes = homes.filter(Q(entrance__iexact=wanted.entrance) | Q(entrance=""))
    return list(homes.order_by("building__lft", "entrance", "room", "pk")[:MOST_ROOMS])


def _number(text: str) -> tuple[int, str]:
    return (int(text) if text.isdigit() else 0, text)


def by_entrance(homes: Iterable[Household]) -> list[tuple[str, list[Household]]]:
    """Doors under their entrance (with the building's name where there are several), in order."""
    rows = sorted(
        homes, key=lambda home: (home.building.lft, _number(home.entrance), _number(home.room))
    )
    several = len({home.building_id for home in rows}) > 1
    groups = groupby(rows, key=lambda home: (home.building_id, home.entrance))
    return [
        (f"{inside[0].building} {entrance}".strip() if several else entrance, inside)
        for (_building, entrance), doors in groups
        if (inside := list(doors))
    ]
