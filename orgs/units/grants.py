"""Who keeps the unit tree and what stands on it: grids, party organisations, departments."""

from orgs.enums import Permission, Role, UnitKind
from orgs.models import (
    CompoundProfile,
    Department,
    District,
    Grid,
    PartyOrganisation,
    Unit,
    UnitAlias,
    User,
)
from orgs.permissions import grant
from orgs.scoping import reach_of

DISTRICT_KEEPERS = frozenset({Role.REGISTRAR, Role.DISTRICT_OFFICE})
STREET_KEEPERS = frozenset({Role.STREET_CADRE, Role.STREET_LEADER})
UNIT_KEEPERS = DISTRICT_KEEPERS | STREET_KEEPERS
PROFILE_KEEPERS = UNIT_KEEPERS | {Role.COMMUNITY_WORKER}


def may_change_unit(user: User, unit: Unit) -> bool:
    """A street's own people keep what is below their street, never the street itself."""
    held = reach_of(user).roles_at(unit)
    return bool(held & DISTRICT_KEEPERS or (unit.level and held & STREET_KEEPERS))


def may_add_below(user: User, parent: Unit | District) -> bool:
    """Whether a person may add a unit below this one (a street below a district).

    A community adds the buildings of its compounds.
    """
    reach = reach_of(user)
    if isinstance(parent, District):
        return parent.pk in reach.district_ids(DISTRICT_KEEPERS)
    keepers = PROFILE_KEEPERS if parent.kind == UnitKind.COMPOUND else UNIT_KEEPERS
    return bool(reach.roles_at(parent) & keepers)


def _may_describe(user: User, described: Unit | CompoundProfile) -> bool:
    unit = described.unit if isinstance(described, CompoundProfile) else described
    return bool(reach_of(user).roles_at(unit) & PROFILE_KEEPERS)


def _may_keep_party(user: User, organisation: PartyOrganisation) -> bool:
    """Over all that it covers; one that covers nothing (an employer's) is the district's."""
    reach = reach_of(user)
    covered = list(organisation.covers.all()) if organisation.pk else []
    if not covered:
        return bool(reach.roles & DISTRICT_KEEPERS)
    return all(reach.roles_at(unit) & UNIT_KEEPERS for unit in covered)


def _may_keep_department(user: User, department: Department) -> bool:
    return department.district_id in reach_of(user).district_ids({Role.DISTRICT_OFFICE})


grant(Permission.ADD_UNIT, PROFILE_KEEPERS, may_add_below)
grant(Permission.CHANGE_UNIT, UNIT_KEEPERS, may_change_unit)
grant(Permission.MOVE_UNIT, UNIT_KEEPERS, may_change_unit)
for _verb in ("add", "change"):
    grant(f"orgs.{_verb}_compoundprofile", PROFILE_KEEPERS, _may_describe)
for _verb in ("add", "change", "delete"):
    grant(f"orgs.{_verb}_grid", UNIT_KEEPERS, "community")
for _verb in ("add", "change"):
    grant(f"orgs.{_verb}_partyorganisation", UNIT_KEEPERS, _may_keep_party)
    grant(f"orgs.{_verb}_department", {Role.DISTRICT_OFFICE}, _may_keep_department)
# Public knowledge inside the portal: whoever is signed in may look.
for _model in (Unit, UnitAlias, District, CompoundProfile, Grid, PartyOrganisation, Department):
    grant(f"orgs.view_{_model._meta.model_name}", None, lambda user, obj: True)
