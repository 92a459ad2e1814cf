"""Which roles keep, read and look after the roll of a place."""

from orgs.enums import Role
from orgs.models import User
from orgs.permissions import grant
from orgs.scoping import Scoped, reach_of
from residents import claims, data_requests, unmasking
from residents.enums import ROLL_KEEPERS, ROLL_READERS
from residents.models import Belonging, Claim, Household, Person, Visit


def _sees(user: User, row: Scoped) -> bool:
    return type(row).objects.visible_to(user, one=True).filter(pk=row.pk).exists()


grant("residents.keep_roll", ROLL_KEEPERS, "")
grant("residents.visit_household", ROLL_KEEPERS, "building")
grant("residents.view_roll", ROLL_READERS, "")
for _model in (Household, Person, Belonging, Visit, Claim):
    grant(f"residents.view_{_model._meta.model_name}", ROLL_READERS, _sees)


def _may_unmask(user: User, person: Person) -> bool:
    """Who keeps the roll on which the person stands, or of a home of theirs."""
    reach = reach_of(user)
    if reach.roles_at(person.place) & ROLL_KEEPERS:
        return True
    inside = reach.q("household__building", ROLL_KEEPERS)
    return person.belongings.filter(inside, ends=None).exists()


def _audits(user: User, row: object) -> bool:
    return Role.AUDITOR in reach_of(user).roles


grant(claims.PERMISSION, None, claims.may_decide, superusers=False)
grant(unmasking.PERMISSION, ROLL_KEEPERS, _may_unmask, superusers=False)
grant(unmasking.REPORT, {Role.AUDITOR}, _audits, superusers=False)
grant(data_requests.DECIDE, None, data_requests.may_decide, superusers=False)
