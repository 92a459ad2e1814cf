"""What verified people may do in their homes' places: one table, asked by every floor above."""

from typing import TYPE_CHECKING

from orgs.models import Unit
from orgs.scoping import lies_in
from residents.enums import OWNING, Relation
from residents.models import Belonging, Household

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from orgs.models import User

VOTE, REPORT, RATE, DELIBERATE = "vote", "report", "rate", "deliberate"

# 民法典, art. 278: owners decide. Who lives there says what is wrong and takes part in the talk.
RIGHTS: dict[Relation, frozenset[str]] = {
    Relation.OWNER: frozenset({VOTE, REPORT, RATE, DELIBERATE}),
    Relation.CO_OWNER: frozenset({VOTE, REPORT, RATE, DELIBERATE}),
    Relation.TENANT: frozenset({REPORT, RATE, DELIBERATE}),
    Relation.FAMILY: frozenset({REPORT, RATE, DELIBERATE}),
}


def verified_belongings(user: "User") -> "QuerySet[Belonging]":
    """Where an account belongs today, verified."""
    belongings: QuerySet[Belonging] = Belonging.objects.filter(
        person__account=user, ends=None, verified_at__isnull=False
    )
    return belongings.select_related("household__building")


def rights_at(user: "User", household: Household) -> frozenset[str]:
    """All that a person may at one household."""
    relations = verified_belongings(user).filter(household=household)
    return _rights(relations)


def rights_in(user: "User", unit: Unit) -> frozenset[str]:
    """All that a person may in a unit of any kind, by the homes in it."""
    inside = verified_belongings(user).filter(lies_in(unit, "household__building"))
    return _rights(inside)


def _rights(belongings: "QuerySet[Belonging]") -> frozenset[str]:
    held = belongings.values_list("relation", flat=True)
    return frozenset().union(*(RIGHTS[Relation(relation)] for relation in held))


def may_vote(user: "User", household: Household) -> bool:
    """Whether a person is a verified owner of a household."""
    return VOTE in rights_at(user, household)


def may_report(user: "User", unit: Unit) -> bool:
    """Whether a person reports as one of the place."""
    return REPORT in rights_in(user, unit)


def may_rate(user: "User", unit: Unit) -> bool:
    """Whether a person rates the service of a place."""
    return RATE in rights_in(user, unit)


def may_deliberate(user: "User", unit: Unit, *, tenants: bool = True) -> bool:
    """Whether a person takes part in a place's deliberation; some are for owners alone."""
    rights = rights_in(user, unit)
    return DELIBERATE in rights and (tenants or VOTE in rights)


def owns(user: "User", household: Household) -> bool:
    """Whether a person is a verified owner or co-owner."""
    return verified_belongings(user).filter(household=household, relation__in=OWNING).exists()
