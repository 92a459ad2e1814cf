"""Many tables by one operation of a migration: the state and the order are those of one by one."""

import pytest
from django.db import models
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ModelState, ProjectState

from orgs.db.tables_at_once import CreateTables


def book_models() -> list[CreateModel]:
    """Three models, of which the first names the last."""
    key = ("id", models.BigAutoField(primary_key=True))
    return [
        CreateModel("Loan", [key, ("reader", models.ForeignKey("library.Reader", models.CASCADE))]),
        CreateModel("Book", [key, ("loan", models.ForeignKey("library.Loan", models.CASCADE))]),
        CreateModel("Reader", [key]),
    ]


class Editor:
    """Notes which tables are made and taken away."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.connection = type("Connection", (), {"alias": "default"})

    def create_model(self, model: type[models.Model]) -> None:
        self.calls.append(("create", model._meta.model_name or ""))

    def delete_model(self, model: type[models.Model]) -> None:
        self.calls.append(("delete", model._meta.model_name or ""))


@pytest.mark.parametrize("drawn", [False, True])
def test_the_state_is_that_of_one_by_one(drawn):
    together, after = ProjectState(), ProjectState()
    for state in (together, after):
        state.add_model(
            ModelState("library", "Shelf", [("id", models.BigAutoField(primary_key=True))])
        )
        if drawn:
            assert len(state.apps.get_models()) == 1
    CreateTables(book_models()).state_forwards("library", together)
    for model in book_models():
        model.state_forwards("library", after)
    assert together == after
    names = [model._meta.model_name for model in together.apps.get_models()]
    assert sorted(names) == ["book", "loan", "reader", "shelf"]


def test_tables_are_made_in_order_and_taken_away_the_other_way_round():
    operation, before, after = CreateTables(book_models()), ProjectState(), ProjectState()
    operation.state_forwards("library", after)
    editor = Editor()
    operation.database_forwards("library", editor, before, after)
    operation.database_backwards("library", editor, after, before)
    made = [("create", name) for name in ("loan", "book", "reader")]
    assert editor.calls == [*made, *[("delete", name) for _, name in reversed(made)]]
