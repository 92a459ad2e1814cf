"""Which roles keep, read and look after the roll of a place."""

from orgs.models import User
from orgs.permissions import grant
from orgs.scoping import Scoped
from residents.enums import ROLL_KEEPERS, ROLL_READERS
from residents.models import Belonging, Household, Person, Visit


def _sees(user: User, row: Scoped) -> bool:
    return type(row).objects.visible_to(user, one=True).filter(pk=row.pk).exists()


grant("residents.keep_roll", ROLL_KEEPERS, "")
grant("residents.visit_household", ROLL_KEEPERS, "building")
grant("residents.view_roll", ROLL_READERS, "")
for _model in (Household, Person, Belonging, Visit):
    grant(f"residents.view_{_model._meta.model_name}", ROLL_READERS, _sees)
