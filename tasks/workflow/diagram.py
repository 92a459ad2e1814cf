"""The workflow as a page of documentation, written from the one table."""

from collections.abc import Iterable

from django.utils import translation

from tasks.enums import FINAL, Action, Status, Who
from tasks.workflow.table import TABLE, Transition

HEAD = """# Workflow of a task

Written by `manage.py draw_workflow` from `tasks/workflow/table.py`; change the table there, not this page.
A test compares the two.

"""
_EVERY = "every open state"
# Where a use-case chooses another target than the table's: see `confirm` and `rework`.
_ALSO = {
    (Status.RESOLVED, Status.CLOSED): "confirm (nobody to rate)",
    (Status.RESOLVED, Status.TAKEN): "rework (a member's work)",
}


def page() -> str:
    """The whole page: a state diagram, the states, and every transition."""
    with translation.override("en"):
        return "\n".join([HEAD + _diagram(), _states(), _transitions()])


def _diagram() -> str:
    """A mermaid state diagram of the transitions that change the state."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in TABLE:
        if row.target is None or row.target in row.sources:
            continue
        for source in _ordered(row.sources):
            arrows.setdefault((source, row.target.value), []).append(row.action.value)
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {Status.SUBMITTED}: report"]
    lines += [f"    {status.value}: {status.value} {_chinese(status)}" for status in Status]
    for (source, target), actions in arrows.items():
        lines.append(f"    {source} --> {target}: {', '.join(dict.fromkeys(actions))}")
    lines += [f"    {source} --> {target}: {why}" for (source, target), why in _ALSO.items()]
    lines += [f"    {status} --> [*]" for status in _ordered(FINAL)]
    return "\n".join([*lines, "```", ""])


def _states() -> str:
    lines = ["## States", "", "| state | Chinese | meaning | final |", "|---|---|---|---|"]
    for status in Status:
        final = "yes" if status in FINAL else ""
        lines.append(f"| `{status.value}` | {_chinese(status)} | {status.label} | {final} |")
    return "\n".join([*lines, ""])


def _transitions() -> str:
    lines = [
        "## Actions",
        "",
        "“(stays)” leaves the state as it is. A † marks fine print beyond state and role; it stands",
        "beside the row in `tasks/workflow/table.py`. `confirm` closes at once where nobody is to rate;",
        "`rework` leads back to the state in which the work was done. “Community or grid” is the street",
        "where the place is a street or the street reported. Nobody is shown a task out of sight.",
        "",
        "| action | from | to | who |",
        "|---|---|---|---|",
    ]
    lines += [_line(row) for row in TABLE]
    return "\n".join([*lines, ""])


def _line(row: Transition) -> str:
    mark = " †" if row.guard or row.parts or row.within else ""
    sources = ", ".join(f"`{source}`" for source in _ordered(row.sources))
    if row.sources == frozenset(Status) - FINAL:
        sources = _EVERY
    stays = row.target is None or row.sources == {row.target}
    target = "(stays)" if stays or row.target is None else f"`{row.target.value}`"
    who = ", ".join(str(one.label) for one in Who if one in row.by)
    return f"| `{Action(row.action).value}`{mark} | {sources} | {target} | {who} |"


def _ordered(states: Iterable[Status]) -> list[str]:
    """The states in the order of their lives."""
    return [status.value for status in Status if status in frozenset(states)]


# The fixed names of the states in Chinese, as everybody's papers have them.
_CHINESE = {
    Status.SUBMITTED: "待受理",
    Status.HANDLING: "处理中",
    Status.OFFERED: "待接单",
    Status.TAKEN: "已接单",
    Status.WHISTLED: "已吹哨",
    Status.DISPATCHED: "已派单",
    Status.REPORTED_IN: "已报到",
    Status.RESOLVED: "待确认",
    Status.RATING: "待评价",
    Status.CLOSED: "已销号",
    Status.DECLINED: "不予受理",
    Status.WITHDRAWN: "已撤回",
}


def _chinese(status: Status) -> str:
    return _CHINESE[status]
