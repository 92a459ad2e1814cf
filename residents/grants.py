"""Which roles keep, read and look after the roll of a place."""

from collections.abc import Callable
from typing import Any

from orgs import registry
from orgs.grants import AUDITORS
from orgs.models import Unit, User
from orgs.permissions import grant, holds_role, in_sight
from orgs.scoping import reach_of
from residents.care import care_rosters, readers
from residents.claims import claims
from residents.enums import (
    BODY_KEEPERS,
    BODY_READERS,
    CARE_APPOINTERS,
    HOUSEHOLD_READERS,
    ROLL_KEEPERS,
    ROLL_READERS,
    CareKind,
    Permission,
)
from residents.models import Belonging, CareEntry, Claim, Household, Person, Visit
from residents.models.care import Naming, namings_of
from residents.privacy import data_requests

grant(Permission.KEEP_ROLL, ROLL_KEEPERS, "")


def _may_visit(user: User, household: Household) -> bool:
    """Who keeps the roll of the place, and whom an upper floor made the contact of the household."""
    if reach_of(user).roles_at(household.building) & ROLL_KEEPERS:
        return True
    return any(registry.call(registry.Name.MAY_VISIT_HOUSEHOLD, user, household))


grant(Permission.VISIT_HOUSEHOLD, None, _may_visit)
grant(Permission.VIEW_ROLL, ROLL_READERS, "")
for _model in (Household, Person, Belonging, Visit, Claim):
    grant(f"residents.view_{_model._meta.model_name}", ROLL_READERS, in_sight)
grant(Permission.VIEW_LEDGERIMPORT, ROLL_KEEPERS, in_sight)

grant(Permission.KEEP_BODIES, BODY_KEEPERS, "")
grant(Permission.VIEW_COVERAGE, HOUSEHOLD_READERS, "")
grant(Permission.VIEW_PROPERTYFIRM, HOUSEHOLD_READERS, lambda user, firm: True)
for _name in ("localbody", "term", "bodymember"):
    grant(f"residents.view_{_name}", BODY_READERS, in_sight)
# Residents read the facts of a contract; its paper is for those who work with it.
grant(Permission.VIEW_PROPERTYCONTRACT, BODY_READERS, "compound")
grant(Permission.VIEW_COVERAGEDAY, HOUSEHOLD_READERS, in_sight)


def _may_unmask(user: User, person: Person) -> bool:
    """Who keeps the roll on which the person stands, or of a home of theirs."""
    reach = reach_of(user)
    if reach.roles_at(person.place) & ROLL_KEEPERS:
        return True
    inside = reach.q("household__building", ROLL_KEEPERS)
    return person.belongings.filter(inside, ends=None).exists()


grant(Permission.DECIDE_CLAIM, None, claims.may_decide, superusers=False)
grant(Permission.UNMASK_PERSON, ROLL_KEEPERS, _may_unmask, superusers=False)
grant(Permission.VIEW_UNMASKING, AUDITORS, holds_role(AUDITORS), superusers=False)
grant(Permission.DECIDE_DATAREQUEST, None, data_requests.may_decide, superusers=False)


# --- Care rosters: by name, not by role --------------------------------------------------------------


def _reads_care(user: User, obj: Any) -> bool:
    """An entry, or a unit of which at least one roster is open to the user."""
    return any(naming.covers(_place(obj)) and _fits(naming, obj) for naming in namings_of(user))


def _keeps_care(user: User, obj: Any) -> bool:
    return any(
        naming.keeps and naming.covers(_place(obj)) and _fits(naming, obj)
        for naming in namings_of(user)
    )


def _place(obj: Any) -> Unit:
    return obj.person.place if isinstance(obj, CareEntry) else obj


def _fits(naming: Naming, obj: Any) -> bool:
    return not isinstance(obj, CareEntry) or naming.kind == obj.kind


def _reads_some(user: User) -> bool:
    return bool(namings_of(user))


def _keeps_some(user: User) -> bool:
    return any(naming.keeps for naming in namings_of(user))


def _keeper_of(kind: CareKind) -> tuple[Callable[[User, Unit], bool], Callable[[User], bool]]:
    """Whether one roster is somebody's to keep at a unit, and anywhere."""

    def kept(user: User) -> list[Naming]:
        return [naming for naming in namings_of(user) if naming.keeps and naming.kind == kind]

    return (
        lambda user, unit: any(naming.covers(unit) for naming in kept(user)),
        lambda user: bool(kept(user)),
    )


for _name in (Permission.VIEW_CARE, Permission.VIEW_CAREENTRY):
    grant(_name, None, _reads_care, superusers=False, anywhere=_reads_some)
grant(Permission.KEEP_CARE, None, _keeps_care, superusers=False, anywhere=_keeps_some)
for _kind in CareKind:
    _at_unit, _anywhere = _keeper_of(_kind)
    grant(care_rosters.permission(_kind), None, _at_unit, superusers=False, anywhere=_anywhere)
grant(Permission.APPOINT_CAREREADER, CARE_APPOINTERS, readers.may_appoint, superusers=False)
grant(Permission.VIEW_CAREREADER, CARE_APPOINTERS, in_sight)
