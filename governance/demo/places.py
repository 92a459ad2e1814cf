"""The demo's places: Huangzhou's real divisions, and below them invented compounds."""

import io
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings

from orgs.enums import CompoundType, FoundingMode, PartyOrganisationKind, PropertyMode, UnitKind
from orgs.models import District, Grid, Outline, PartyOrganisation, Unit
from orgs.units import csv_import, units

DIVISIONS = settings.BASE_DIR / "orgs" / "data" / "huangzhou.csv"
DISTRICT = "421102000000"
STREET, SECOND_STREET = "421102005000", "421102001000"
COMMUNITY, SIBLING = "421102005003", "421102005004"
EMERALD = f"{COMMUNITY}-001"


@dataclass(frozen=True)
class Compound:
    """An invented compound (only 翡翠一品小区 is named by the portal's design)."""

    code: str
    name: str
    buildings: int
    year: int
    type: CompoundType
    mode: PropertyMode
    firm: str
    households: int
    lon: float
    lat: float


_FIRM, _OLD = PropertyMode.FIRM, CompoundType.OLD
_SOLD = CompoundType.COMMERCIAL
COMPOUNDS = (
    Compound(EMERALD, "翡翠一品小区", 14, 2012, _SOLD, _FIRM, "示范物业甲公司", 1500, 114.870, 30.450),
    Compound(f"{COMMUNITY}-002", "湖畔示范苑", 6, 2008, _SOLD, _FIRM, "示范物业乙公司", 420, 114.874, 30.452),
    Compound(f"{COMMUNITY}-003", "西湖示范老院", 8, 1993, _OLD, PropertyMode.COMMUNITY, "", 310, 114.867, 30.447),
    Compound(f"{SIBLING}-001", "新桥示范苑", 5, 2015, _SOLD, _FIRM, "示范物业乙公司", 380, 114.881, 30.449),
    Compound(f"{SIBLING}-002", "桥头示范院", 4, 1998, CompoundType.WORK_UNIT, PropertyMode.SELF, "", 160, 114.883, 30.446),
    Compound("421102001001-001", "江畔示范家园", 6, 2010, _SOLD, _FIRM, "示范物业丙公司", 520, 114.863, 30.458),
    Compound("421102001002-001", "清源示范院", 3, 1989, _OLD, PropertyMode.NONE, "", 90, 114.861, 30.461),
)  # fmt: skip


@dataclass
class Places:
    """What the rest of the demo stands on; units by code."""

    district: District
    units: dict[str, Unit]
    grid: Grid
    branch: PartyOrganisation
    employer: PartyOrganisation

    @property
    def street(self) -> Unit:
        return self.units[STREET]

    @property
    def streets(self) -> list[Unit]:
        """The streets in which stories happen."""
        return [self.units[STREET], self.units[SECOND_STREET]]

    def buildings(self, compound: str) -> list[Unit]:
        """The buildings of a compound, by its code, in their order."""
        return [
            unit
            for code, unit in sorted(self.units.items())
            if unit.kind == UnitKind.BUILDING and code.startswith(f"{compound}-")
        ]


def make(now: datetime) -> Places:
    """Divisions, compounds, buildings, profiles, grids and party organisations."""
    with DIVISIONS.open("rb") as file:
        csv_import.load(file, now=now)
    csv_import.load(io.StringIO(_compound_rows()), now=now)
    by_code = {unit.code: unit for unit in Unit.objects.all()}
    for compound in COMPOUNDS:
        units.set_profile(
            unit=by_code[compound.code],
            by=None,
            now=now,
            year_built=compound.year,
            type=compound.type,
            planned_households=compound.households,
            lon=compound.lon,
            lat=compound.lat,
        )
    Outline.objects.bulk_create(
        Outline(unit=by_code[compound.code], areas=_outline(compound))
        for compound in COMPOUNDS
        if compound.code.startswith(COMMUNITY)
    )
    branch, employer = _party(by_code)
    return Places(District.objects.get(code=DISTRICT), by_code, _grids(by_code), branch, employer)


def _outline(compound: Compound) -> list[list[list[list[float]]]]:
    """An invented outline around a compound, wider for one with more buildings (WGS-84)."""
    east, north = 0.0006 + compound.buildings * 0.00006, 0.0005 + compound.buildings * 0.00004
    corners = [(-1, -1), (0.9, -1), (1, 0.7), (0.2, 1), (-0.9, 0.8), (-1, -1)]
    ring = [
        [round(compound.lon + x * east, 6), round(compound.lat + y * north, 6)] for x, y in corners
    ]
    return [[ring]]


def _compound_rows() -> str:
    """Compounds and buildings as the importer reads them."""
    lines = ["code,name,level,kind,parent_code"]
    for compound in COMPOUNDS:
        lines.append(f"{compound.code},{compound.name},compound,,{compound.code[:12]}")
        lines += [
            f"{compound.code}-{number:03},{number}栋,building,,{compound.code}"
            for number in range(1, compound.buildings + 1)
        ]
    return "\n".join(lines)


def _grids(units: dict[str, Unit]) -> Grid:
    """Two grids of 西湖社区; answers that of 翡翠一品小区."""
    community = units[COMMUNITY]
    first = Grid.objects.create(code=f"{COMMUNITY}-G01", name="翡翠一品网格", community=community)
    first.units.set([units[EMERALD]])
    second = Grid.objects.create(code=f"{COMMUNITY}-G02", name="湖畔网格", community=community)
    second.units.set([units[f"{COMMUNITY}-002"], units[f"{COMMUNITY}-003"]])
    return first


def _party(units: dict[str, Unit]) -> tuple[PartyOrganisation, PartyOrganisation]:
    """Street committee to building groups, and a sending organisation; answers branch and sender."""
    kinds = PartyOrganisationKind

    def organisation(
        code: str,
        name: str,
        kind: PartyOrganisationKind,
        parent: PartyOrganisation | None,
        covers: list[Unit],
        founding_mode: str = "",
    ) -> PartyOrganisation:
        organisation = PartyOrganisation.objects.create(
            code=code,
            name=name,
            kind=kind,
            parent=parent,
            founding_mode=founding_mode,
            founded_on=date(2020, 7, 1),
        )
        organisation.covers.set(covers)
        return organisation

    street = organisation(
        "DW-XIHU", "西湖街道党工委", kinds.STREET_COMMITTEE, None, [units[STREET]]
    )
    community = organisation(
        "DW-XIHU-03", "西湖社区党委", kinds.COMMUNITY_COMMITTEE, street, [units[COMMUNITY]]
    )
    branch = organisation(
        "DZB-FEICUI",
        "翡翠一品小区党支部",
        kinds.BRANCH,
        community,
        [units[EMERALD]],
        FoundingMode.SENT,
    )
    homes = [units[f"{EMERALD}-{number:03}"] for number in range(1, 15)]
    organisation("DXZ-FEICUI-1", "翡翠一品第一楼栋党小组", kinds.BUILDING_GROUP, branch, homes[:7])
    organisation("DXZ-FEICUI-2", "翡翠一品第二楼栋党小组", kinds.BUILDING_GROUP, branch, homes[7:])
    employer = organisation("JG-SHIFAN", "黄州区示范单位机关党支部", kinds.EMPLOYER, None, [])
    return branch, employer
