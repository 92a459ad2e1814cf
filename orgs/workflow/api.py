"""Actions over the API: one address an action, so that the schema names each with its own body."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.urls import URLPattern, path
from drf_spectacular.utils import extend_schema, extend_schema_view

from orgs.api.base import ActionView
from orgs.workflow.specification import Specification
from orgs.workflow.transitions import Workflow


class WorkflowActionView(ActionView):
    """Takes one action with a row; role first, then state, then the body.

    Subclasses find the row in sight.
    """

    workflow: ClassVar[Workflow]
    specifications: ClassVar[Mapping[Any, Specification]]
    action: ClassVar[Any]

    def find_row(self) -> Any:
        """The row that the address names. Raises Http404 out of sight."""
        raise NotImplementedError

    def get_object(self) -> Any:
        row = self.find_row()
        self.workflow.check(row, self.action, self.user)
        return row

    def call(self, **body: Any) -> Any:
        return self.specifications[self.action].take(**{self.workflow.name: self.object}, **body)


def action_paths(view: type[WorkflowActionView], route: str) -> list[URLPattern]:
    """The addresses of all actions that people take, below that of a row."""
    return [
        _path(view, route, action)
        for action, specification in view.specifications.items()
        if specification.use_case
    ]


def _path(view: type[WorkflowActionView], route: str, action: Any) -> URLPattern:
    noun = view.workflow.name
    title = f"{noun.title()}{action.name.title().replace('_', '')}View"
    body = view.specifications[action].body
    members = {"action": action, "body_class": body, "__doc__": action.value}
    action_view: type[WorkflowActionView] = type(title, (view,), members)
    operation = extend_schema(operation_id=f"{noun}s_{action.name.lower()}")
    described = extend_schema_view(post=operation)(action_view)
    return path(f"{route}{action.value}/", described.as_view(), name=f"{noun}-{action.value}")
