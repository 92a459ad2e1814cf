"""How the OpenAPI schema reads what the API takes and answers, and names it."""

from typing import Any, Literal, cast

from drf_spectacular.openapi import AutoSchema

from orgs.api.base import UseCaseView


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

    def get_request_serializer(self) -> Any:
        view = self._use_case_view()
        return view.body_class if view else super().get_request_serializer()

    def get_response_serializers(self) -> Any:
        view = self._use_case_view()
        return {view.status: view.answer_class} if view else super().get_response_serializers()

    def _use_case_view(self) -> UseCaseView | None:
        acts = self.method in ("POST", "PATCH") and isinstance(self.view, UseCaseView)
        return cast(UseCaseView, self.view) if acts else None


FLOORS = frozenset({"orgs", "residents", "volunteers", "tasks", "governance"})
