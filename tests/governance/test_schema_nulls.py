"""Null stands in the description of the API wherever an answer has it."""

from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

from residents.enums import BodyKind
from tasks.enums import Status
from tests import factories as make
from volunteers.enums import BuildingRole


@pytest.fixture
def schema() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


class Walk:
    """An answer beside its description; `found` are the places of nulls that it does not have."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.named = schema["components"]["schemas"]
        self.found: set[str] = set()

    def plain(self, part: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in part:
            part = self.named[part["$ref"].rpartition("/")[2]]
        return part

    def may_be_null(self, part: dict[str, Any]) -> bool:
        part = self.plain(part)
        kinds = [*part.get("oneOf", ()), *part.get("anyOf", ()), *part.get("allOf", ())]
        return (
            bool(part.get("nullable"))
            or None in part.get("enum", ())
            or any(map(self.may_be_null, kinds))
            or not ({"type", "oneOf", "anyOf", "allOf", "enum"} & part.keys())
        )

    def look(self, value: Any, part: dict[str, Any], where: str) -> None:
        if value is None:
            if not self.may_be_null(part):
                self.found.add(where)
            return
        part = self.plain(part)
        if isinstance(value, dict):
            for name, inner in value.items():
                if name in part.get("properties", {}):
                    self.look(inner, part["properties"][name], f"{where}.{name}")
        elif isinstance(value, list):
            for inner in value:
                self.look(inner, part.get("items", {}), f"{where}[]")


def test_every_null_is_described(api, cast, schema):
    for status in (Status.SUBMITTED, Status.DISPATCHED, Status.RATING):
        make.task(cast, status)
    person = make.resident(cast.building)
    make.belonging(person, make.household(cast.building, "501"))
    make.post(cast.building, next(iter(BuildingRole)))
    make.measure(cast)
    make.term(cast.compound, BodyKind.OWNERS_COMMITTEE)
    make.contract(cast.compound)
    walk = Walk(schema)
    seen = 0
    for who in (cast.admin, cast.community_worker, cast.owner):
        client = api(who)
        for path, verbs in schema["paths"].items():
            if "get" not in verbs or "{" in path:
                continue
            answer = client.get(path)
            assert answer.status_code < 500, path
            kinds = verbs["get"]["responses"].get("200", {}).get("content", {})
            if answer.status_code == 200 and "application/json" in kinds:
                seen += 1
                walk.look(answer.json(), kinds["application/json"]["schema"], path)
    assert seen > 30
    assert walk.found == set()
