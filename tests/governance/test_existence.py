"""Whether a row exists is told to nobody who may not see it: no 403 for what is there beside 404 for what is not.

Every address with a key is asked as people who have nothing to do with the row, once with its key and
once with one that nobody has.
"""

from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from orgs.models import District, Unit
from residents.claims import claims
from residents.enums import DataRequestKind, Relation
from residents.privacy import data_requests
from tests import factories as make
from tests.governance.test_guards import ours, real_arguments

pytestmark = pytest.mark.same_on_each_engine

# Nobody's keys, by converter; codes and numbers are texts.
MISSING = {
    "int": 2**31 - 7,
    "uuid": UUID(int=7),
    "string": "429999999999-999",
    "slug": "nothing-here",
}
# What is chosen by an address without being a row: kept as it is on both sides.
WORDS = {"action", "role", "roster", "name", "kind", "what", "format"}
# Strangers to the rows of `real_arguments`: another street, another community, a department that was
# not called, a neighbour, somebody without any position.
STRANGERS = ("sibling_cadre", "sibling_worker", "fire_officer", "neighbour", "outsider")
# Addresses whose rows everybody sees, or may see without working with them, each with its reason.
SEEN_BY_ALL = {
    "orgs:service_point": "useful numbers are read by everybody, signed in or not",
    "orgs:landmark": "names of roads are read by everybody",
}


def rows(cast: Any) -> dict[str, dict[str, Any]]:
    """Arguments of rows that exist, those that `real_arguments` names by a key of nothing among them."""
    asked = data_requests.ask(kind=DataRequestKind.DELETE, by=cast.owner, now=make.NOW)
    point = make.service_point(cast.community)
    landmark = make.landmark(cast.community)
    home = make.household(cast.building)
    claim = claims.claim(household=home, relation=Relation.OWNER, by=cast.owner, now=make.NOW)
    return real_arguments(cast) | {
        "residents:claim": {"pk": claim.pk, "code": cast.building.code},
        "claim_": {"pk": claim.pk},
        "residents:data_decide": {"pk": asked.pk},
        "data_request": {"pk": asked.pk},
        "orgs:service_point": {"pk": point.pk, "code": cast.street.code},
        "orgs:landmark": {"pk": landmark.pk, "code": cast.street.code},
    }


def both(pattern: Any, name: str, arguments: dict[str, dict[str, Any]]) -> tuple[str, str]:
    """The address of a row that is there, and the same one of a row that is not."""
    there = {one: arguments_of(name, arguments)[one] for one in pattern.pattern.converters}
    missing = {
        one: value
        if one in WORDS
        else MISSING[
            type(pattern.pattern.converters[one]).__name__.removesuffix("Converter").lower()
        ]
        for one, value in there.items()
    }
    return reverse(name, kwargs=there), reverse(name, kwargs=missing)


def is_public(pattern: Any, name: str, arguments: dict[str, dict[str, Any]]) -> bool:
    """Whether an address only names a unit or a district: everybody finds them all in a list."""
    if set(pattern.pattern.converters) - WORDS != {"code"}:
        return False
    code = arguments_of(name, arguments)["code"]
    return Unit.objects.filter(code=code).exists() or District.objects.filter(code=code).exists()


def arguments_of(name: str, arguments: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Those of the start of a name that fits best."""
    return arguments[max((start for start in arguments if name.startswith(start)), key=len)]


def told(clients: list[Any], there: str, missing: str) -> bool:
    """Whether the answers give away that a row is there."""
    for client in clients:
        for method in (client.get, client.post):
            if method(there).status_code == 403 and method(missing).status_code == 404:
                return True
    return False


def test_nobody_learns_from_403_that_a_row_exists(cast, page, api):
    arguments = rows(cast)
    pages = [page(getattr(cast, who)) for who in STRANGERS]
    callers = [api(getattr(cast, who)) for who in STRANGERS]
    telling = set()
    for name, route, pattern in ours():
        if name.endswith("None") or not set(pattern.pattern.converters) - WORDS:
            continue
        if is_public(pattern, name, arguments):
            continue
        clients = callers if route.startswith("api/") else pages
        if told(clients, *both(pattern, name, arguments)):
            telling.add(name)
    assert sorted(telling) == sorted(SEEN_BY_ALL), "403 tells that a row is there"
