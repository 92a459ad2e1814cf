"""Workflows as a page of documentation, written from their tables of transitions."""

from collections.abc import Set
from typing import Any

from django.utils import translation
from django.utils.text import capfirst

from orgs.workflow.transitions import Transition, Workflow, in_order

_HEAD = """# Workflows

Written by `manage.py draw_workflow` from the tables of transitions; change a table, not this page. A
test compares the two. “(stays)” leaves the state as it is. A † marks fine print beyond state and
role; it stands beside the table. Nobody is shown a row out of sight.
"""


def page(*sections: str) -> str:
    """A whole page of some workflows."""
    return "\n".join([_HEAD, *sections])


def section(workflow: Workflow, *, final: Set[Any], notes: str) -> str:
    """One workflow: a state diagram, the states, and every transition."""
    with translation.override("zh-hans"):
        chinese = {state: str(state.label) for state in workflow.states}
    with translation.override("en"):
        title = capfirst(str(workflow.model._meta.verbose_name))
        lines = [f"## {title}", "", "```mermaid", "stateDiagram-v2", *_arrows(workflow, chinese)]
        lines += [f"    {state.value} --> [*]" for state in workflow.states if state in final]
        lines += ["```", "", "| state | Chinese | meaning | final |", "|---|---|---|---|"]
        lines += [
            f"| `{state.value}` | {name} | {state.label} | {'yes' * (state in final)} |"
            for state, name in chinese.items()
        ]
        lines += ["", "| action | from | to | who |", "|---|---|---|---|"]
        lines += [_line(workflow, final, *row) for row in _rows(workflow)]
    return "\n".join([*lines, "", notes, ""])


def _arrows(workflow: Workflow, chinese: dict[Any, str]) -> list[str]:
    """The transitions that change the state, for mermaid."""
    first = workflow.model._meta.get_field(workflow.state).default  # type: ignore[union-attr]
    begins = next(action for action, rows in workflow.transitions.items() if not rows)
    arrows: dict[tuple[str, str], dict[str, None]] = {}
    for action, transition in _rows(workflow):
        if transition.target and transition.target not in transition.sources:
            for source in in_order(transition.sources):
                arrow = arrows.setdefault((source.value, transition.target.value), {})
                arrow[action.value] = None
    return [
        f"    [*] --> {first.value}: {begins.value}",
        *(f"    {state.value}: {state.value} {name}" for state, name in chinese.items()),
        *(
            f"    {source} --> {target}: {', '.join(names)}"
            for (source, target), names in arrows.items()
        ),
    ]


def _line(workflow: Workflow, final: Set[Any], action: Any, transition: Transition) -> str:
    is_plain = type(transition) is Transition and transition.guard is None
    sources = ", ".join(f"`{source.value}`" for source in in_order(transition.sources))
    if transition.sources == set(workflow.states) - final:
        sources = "every open state"
    stays = transition.target is None or transition.sources == {transition.target}
    target = "(stays)" if stays else f"`{transition.target}`"
    who = ", ".join(str(relation.label) for relation in in_order(transition.who))
    return f"| `{action.value}`{'' if is_plain else ' †'} | {sources} | {target} | {who} |"


def _rows(workflow: Workflow) -> list[tuple[Any, Transition]]:
    return [
        (action, transition) for action, rows in workflow.transitions.items() for transition in rows
    ]
