"""Places in rosters: the columns of an address, and the building that it means."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from orgs.enums import UnitKind
from orgs.errors import Refused
from orgs.imports.rosters import Column, Row, Run
from orgs.imports.workbooks import cells
from orgs.models import Unit
from orgs.scoping import lies_in
from orgs.values.names import compared
from orgs.values.sentences import gettext as _


def _buildings(unit: Unit) -> list[Unit]:
    return sorted(Buildings(unit).by_id.values(), key=lambda building: building.lft)


def _compound_names(unit: Unit) -> Sequence[str]:
    return list(
        dict.fromkeys(building.parent.name for building in _buildings(unit) if building.parent)
    )


def _building_names(unit: Unit) -> Sequence[str]:
    return list(dict.fromkeys(building.name for building in _buildings(unit)))


COMPOUND = Column(
    "compound", "小区", cells.text(80),
    ("小区名称", "所属小区", "现住小区/建筑", "小区/建筑名称", "院落"),
    example="翡翠一品小区",
    note=gettext_lazy("needed where several compounds have a building of this name"),
    offers=_compound_names,
)  # fmt: skip
BUILDING = Column(
    "building", "楼栋", cells.text(60),
    ("楼号", "栋号", "幢号", "楼栋号", "楼栋单元", "楼栋名称", "所属楼栋", "楼幢"),
    example="5栋",
    note=gettext_lazy("a building that is entered for this place; “5栋2单元” is understood too"),
    offers=_building_names,
)  # fmt: skip
ENTRANCE = Column(
    "entrance", "单元", cells.text(20), ("单元号", "门洞", "门栋"), example="2单元",
    note=gettext_lazy("empty where the building has one entrance"),
)  # fmt: skip
ROOM = Column(
    "room", "房号", cells.text(20),
    ("房间号", "室号", "门牌号", "房屋号", "户室号", "房屋编号", "户号"),
    example="501", note=gettext_lazy("like 501 or 501室"),
)  # fmt: skip
ADDRESS = Column(
    "address", "居住地址", cells.text(120),
    (
        "现住址", "现居住地", "现居住地址", "现住地", "现住门(楼)详址", "门牌地址", "实际居住地",
        "家庭住址", "家庭地址", "住址", "地址", "详细地址", "常住地址",
    ),
    note=gettext_lazy("instead of the four columns before: 翡翠一品小区5栋2单元501"),
)  # fmt: skip
COLUMNS = (COMPOUND, BUILDING, ENTRANCE, ROOM, ADDRESS)
_PART = "[0-9A-Z]+"
_WRITTEN_OUT = re.compile(
    rf"(?P<where>.*?)第?(?P<building>{_PART})(?:号楼|栋|幢|座|#楼|#)"
    rf"(?:(?P<entrance>{_PART})(?:单元|门洞|门))?(?:\d+(?:层|楼))?(?P<room>{_PART})?(?:号房|室|房|号)?"
)
_DASHED = re.compile(
    rf"(?P<where>.*?)(?P<building>{_PART})-(?:(?P<entrance>{_PART})-)?(?P<room>{_PART})(?:室|房|号)?"
)
_BLOCK = re.compile(rf"({_PART})-({_PART})")
_BUILDING_ENDS = re.compile(r"(号楼|栋|幢|座|#楼|#|号)$")


@dataclass(frozen=True, slots=True)
class Parts:
    """What a row says about its home, as written."""

    where: str = ""
    building: str = ""
    entrance: str = ""
    room: str = ""


class Buildings:
    """The buildings of a unit, found by code, or by name within their compound."""

    def __init__(self, unit: Unit) -> None:
        inside = Unit.objects.filter(lies_in(unit), kind=UnitKind.BUILDING).select_related("parent")
        self.unit = unit
        self.by_id = {building.pk: building for building in inside}
        self._by_code = {building.code: building for building in self.by_id.values()}
        self._by_name: dict[str, list[Unit]] = defaultdict(list)
        self._compounds: dict[str, set[int]] = defaultdict(set)
        for building in self.by_id.values():
            self._by_name[building_key(building.name)].append(building)
            if building.parent:
                self._compounds[compound_key(building.parent.name)].add(building.parent_id)

    def find(self, where: str, building: str) -> Unit:
        """The one building that is meant. Raises Refused for none, and for several."""
        if building in self._by_code:
            return self._by_code[building]
        if not building and self.unit.pk in self.by_id:
            return self.by_id[self.unit.pk]
        candidates = self._by_name.get(building_key(building), [])
        compounds = self._compounds_in(where)
        if compounds:
            candidates = [candidate for candidate in candidates if candidate.parent_id in compounds]
        elif where and self.unit.name not in where:
            candidates = []
        facts = {"building": f"{where}{building}", "unit": self.unit.name}
        if not candidates:
            message = _("There is no building “%(building)s” in %(unit)s.") % facts
            raise Refused(message, code="no_building")
        if len(candidates) > 1:
            message = _("%(unit)s has several buildings “%(building)s”: write the compound too.")
            raise Refused(message % facts, code="several_buildings")
        return candidates[0]

    def _compounds_in(self, where: str) -> set[int]:
        """The compounds that a text names: by its whole, else the longest name in it."""
        key = compound_key(where)
        if not key:
            return set()
        if key in self._compounds:
            return self._compounds[key]
        named = [name for name in self._compounds if name and name in key]
        return self._compounds[max(named, key=len)] if named else set()


def compact(text: str) -> str:
    """The comparing form of an address: no blanks at all, in capitals."""
    return compared(text).replace(" ", "").upper()


def building_key(name: str) -> str:
    """What two ways of writing the name of a building have in common."""
    return _BUILDING_ENDS.sub("", compact(name)).removeprefix("第")


def compound_key(name: str) -> str:
    """What two ways of writing the name of a compound have in common."""
    return compact(name).removesuffix("小区")


def compound_names(written: str) -> set[str]:
    """The comparing forms of the names that a compound may have that is written so."""
    written = compared(written)
    short = written.removesuffix("小区")
    return {written, short, f"{short}小区"} if short else set()


def buildings_of(run: Run) -> Buildings:
    """The buildings of the import's unit, read once."""
    if "buildings" not in run.seen:
        run.seen["buildings"] = Buildings(run.unit)
    buildings: Buildings = run.seen["buildings"]
    return buildings


def parts_of(row: Row) -> Parts:
    """The parts of an address, from their own columns first, then from the written-out one."""
    whole = written_out(row.get("address")) or Parts()
    block = _block(row.get("building"))
    building = block.building if block else row.get("building")
    return Parts(
        row.get("compound") or (block.where if block else "") or whole.where,
        building or whole.building,
        row.get("entrance") or (block.entrance if block else "") or whole.entrance,
        row.get("room") or (block.room if block else "") or whole.room,
    )


def _block(building: str) -> Parts | None:
    """A building with more than its name: 5栋2单元, 5-2. None for a name or a code alone."""
    text = compact(building)
    parts = written_out(text) if _WRITTEN_OUT.fullmatch(text) else None
    if dashed := _BLOCK.fullmatch(text):
        parts = Parts(building=dashed[1], entrance=dashed[2])
    return parts if parts and (parts.where or parts.entrance or parts.room) else None


def written_out(address: str) -> Parts | None:
    """The parts of an address like 翡翠一品小区5栋2单元501 or 翡翠一品5-2-501; None for no address."""
    text = compact(address)
    match = _WRITTEN_OUT.fullmatch(text) or _DASHED.fullmatch(text)
    return (
        Parts(**{name: part or "" for name, part in match.groupdict().items()}) if match else None
    )
