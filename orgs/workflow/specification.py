"""What pages, the API and jobs know of each action. No use-case imports it.

A client keeps one table, keyed by its enum of actions. Its order is that of the natural next steps.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from django.utils.text import capfirst
from rest_framework.serializers import Serializer

from orgs.workflow.forms import ActionForm
from orgs.workflow.notifications import Audience, nobody
from orgs.workflow.transitions import Option

if TYPE_CHECKING:
    from django.utils.functional import Promise

    Text: TypeAlias = str | Promise | Callable[[Any], str]


class EmptyBody(Serializer):
    """Nothing more is needed."""


@dataclass(frozen=True)
class Specification:
    """One action. A text may be a function of the row.

    `use_case` takes the row under its model's name, `by`, `now` and what form and body give; None
    where the portal acts by itself. `form` and `body` ask the same. `question` is asked before what
    cannot be undone; `done` is said afterwards. `audience` says who is told of the timeline's
    entry. `is_next_step`: offered first where it is open.
    """

    use_case: Callable[..., Any] | None = None
    form: type[ActionForm] = ActionForm
    body: type[Serializer] = EmptyBody
    question: "Text" = ""
    done: "Text" = ""
    audience: Audience = nobody
    is_next_step: bool = False

    def take(self, **arguments: Any) -> Any:
        """Calls the use-case; gives the row as it is afterwards."""
        assert self.use_case is not None, "nobody takes what the portal does by itself"
        return self.use_case(**arguments)

    @property
    def is_one_click(self) -> bool:
        """Whether it asks for nothing more."""
        return self.form is ActionForm


def text_for(text: "Text", row: Any) -> str:
    """A text of a specification, for one row."""
    return text(row) if callable(text) else str(text)


def buttons(
    specifications: Mapping[Any, Specification], options: Iterable[Option], row: Any,
    url: Callable[[Any], str],
) -> list[dict[str, Any]]:  # fmt: skip
    """The open actions with a row as `components` write their buttons; `url` gives the page of an action."""
    return [
        {
            "label": capfirst(str(option.action.label)),
            "url": url(option.action),
            "one_click": specifications[option.action].is_one_click,
            "question": text_for(specifications[option.action].question, row),
            "is_next": specifications[option.action].is_next_step,
        }
        for option in options
        if option.is_open
    ]


Action = TypeVar("Action")


def next_steps(specifications: Mapping[Action, Specification]) -> list[Action]:
    """The natural next steps, the likeliest first."""
    return [
        action for action, specification in specifications.items() if specification.is_next_step
    ]


def first_of(specifications: Mapping[Action, Specification], options: Iterable[Option]) -> Any:
    """The natural next step among the open options; None without one."""
    open_now = {option.action for option in options if option.is_open}
    return next((action for action in next_steps(specifications) if action in open_now), None)
