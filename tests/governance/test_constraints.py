"""What constraints say of columns that may be empty."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db.models import CheckConstraint, F, Model, Q

# Limits that hold where there is a value, of rows that may lack it.
MAY_LACK_IT = {"assignment_limits_in_order"}


def checks() -> list[tuple[type[Model], CheckConstraint]]:
    ours = {"orgs", "residents", "deliberation", "volunteers", "service", "tasks"} | {
        "assessment", "dashboards", "data_forms",
    }  # fmt: skip
    return [
        (model, constraint)
        for model in apps.get_models()
        if model._meta.app_label in ours
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint)
    ]


def ways(condition: Q) -> Iterator[list[tuple[str, object]]]:
    """The ways in which a condition is met, each with all that it compares; negations are kept whole."""
    if condition.negated:
        yield []
        return
    parts = [list(ways(one)) if isinstance(one, Q) else [[one]] for one in condition.children]
    if condition.connector == Q.OR:
        for part in parts:
            yield from part
        return
    found: list[list[tuple[str, object]]] = [[]]
    for part in parts:
        found = [[*one, *two] for one in found for two in part]
    yield from found


def compared(model: type[Model], way: list[tuple[str, object]]) -> set[str]:
    """Columns that may be empty and are compared without being asked for."""
    asked, names = set(), set()
    for key, value in way:
        name, _, lookup = key.partition("__")
        if lookup == "isnull" or value is None:
            asked.add(name)
        else:
            names.add(name)
            if isinstance(value, F):
                names.add(value.name)
    return {name for name in names - asked if model._meta.get_field(name).null}


@pytest.mark.parametrize(
    ("model", "constraint"), checks(), ids=lambda one: getattr(one, "name", "")
)
def test_a_comparison_with_nothing_lets_no_row_in(model, constraint):
    """For a database such a comparison is unknown, and a check that is unknown passes.

    Where the column alone may be empty (`Q(x=None) | …`) that is what is meant.
    """
    found = list(ways(constraint.condition))
    free = {way[0][0] for way in found if len(way) == 1 and way[0][1] is None}
    wrong = set().union(*(compared(model, way) for way in found)) - free
    assert not wrong or len(found) == 1 or constraint.name in MAY_LACK_IT, wrong
