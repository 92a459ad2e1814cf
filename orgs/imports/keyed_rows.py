"""Rosters whose rows are rows of one model, each known by a key: planned and written here."""

from collections.abc import Callable, Hashable
from typing import Any

from django.db import models

from orgs.enums import Verdict
from orgs.imports.rosters import Row, Run


def plan_row(
    row: Row,
    run: Run,
    key: Hashable,
    thing: models.Model | None,
    *,
    new: Callable[[], models.Model],
    values: Callable[[models.Model], dict[str, Any]],
    twice: tuple[str, str],
) -> None:
    """A row is new, or what the rows of its key say now is changed or not; `row.plan` is for `write`.

    `values` are the fields that the row sets; `twice` is the column and the sentence (with the other
    `row`) for a key that stands in the file twice.
    """
    first = run.seen.setdefault(key, row.number)
    if first != row.number:
        row.wrong(twice[0], twice[1] % {"row": first})
    elif thing is None:
        row.plan, row.verdict = (new(), {}), Verdict.NEW
    else:
        told = values(thing)
        changed = {name: told[name] for name in told if getattr(thing, name) != told[name]}
        row.plan, row.changes = (thing, changed), sorted(changed)
        row.verdict = Verdict.CHANGED if changed else Verdict.UNCHANGED


def write(rows: list[Row], run: Run) -> None:
    """Writes what `plan_row` planned."""
    plans = [(row, *row.plan) for row in rows]
    run.change([(row, thing, changed) for row, thing, changed in plans if changed])
    run.create([(row, thing) for row, thing, _changed in plans if thing.pk is None])
