"""How the OpenAPI schema names what the API takes and answers."""

from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema


class FloorSchema(AutoSchema):
    """Names of bodies and answers carry their package: two of them may call a class the same.

    Without it the one silently stands in the schema for the other.
    """

    def get_serializer_name(
        self, serializer: Any, direction: Literal["request", "response"]
    ) -> str:
        floor = type(serializer).__module__.partition(".")[0]
        name = super().get_serializer_name(serializer, direction)
        return f"{floor.capitalize()}{name}" if floor in FLOORS else name


FLOORS = frozenset({"orgs", "residents", "volunteers", "tasks", "governance"})
