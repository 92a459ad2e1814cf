"""Forms about answers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from governance.data_forms.answers import questions
from governance.data_forms.answers.answers import Cell, Waiting, cell_name
from governance.data_forms.enums import AnswerKind
from governance.data_forms.fields.kinds import LONGEST
from governance.data_forms.models import Answer, FormColumn
from orgs.errors import Refused
from orgs.web.form_fields import DayInput


class AnswerField(forms.CharField):
    """An answer of the kind that its column takes; one of an earlier kind stays until it is changed."""

    def __init__(self, column: FormColumn, label: str, initial: str) -> None:
        self.column = column
        super().__init__(
            label=label, max_length=LONGEST, required=False, initial=initial,
            widget=_widget(column, label, initial),
        )  # fmt: skip

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if text == self.initial:
            return text
        try:
            return questions.parse(self.column, text)
        except Refused as refusal:
            raise ValidationError(refusal.message)


def _widget(column: FormColumn, label: str, initial: str) -> forms.Widget:
    attrs = {"class": "input", "aria-label": label}
    kind = questions.kind_of(column)
    if kind in (AnswerKind.CHOICE, AnswerKind.YES_NO):
        words = dict.fromkeys(["", *questions.options_of(column), initial])
        return forms.Select(choices=[(word, word) for word in words], attrs=attrs)
    if kind == AnswerKind.DAY and _is_day(initial):
        return DayInput(attrs=attrs)
    if kind == AnswerKind.NUMBER:
        attrs["inputmode"] = "decimal"
    return forms.TextInput(attrs=attrs)


def _is_day(text: str) -> bool:
    """Whether the browser's calendar can show it; nothing can be shown too."""
    try:
        return not text or bool(date.fromisoformat(text))
    except ValueError:
        return False


_CELL = re.compile(r"cell_(\d{1,18})_(\d{1,18})", re.ASCII)


@dataclass(frozen=True)
class ShownCell:
    """One cell of the page: an input with what was seen there, or what a roster says already."""

    column: FormColumn
    field: forms.BoundField | None = None
    seen: forms.BoundField | None = None
    standing: str = ""
    answer: Answer | None = None
    offer: Answer | None = None


class CellsForm(forms.Form):
    """One page of cells to complete: an input for each, with what stood there when it was shown."""

    def __init__(self, *args: Any, shown: Waiting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown = shown
        for row, name in shown.rows.items():
            for column in shown.columns:
                where = (row, column.pk)
                if where in shown.standing:
                    continue
                answer, offer = shown.answers.get(where), shown.offered.get(where)
                stands = answer.value if answer else ""
                cell = cell_name(*where)
                initial = stands or (offer.value if offer else "")
                self.fields[cell] = AnswerField(column, f"{name}：{column.heading}", initial)
                self.fields[f"seen_{cell}"] = forms.CharField(
                    widget=forms.HiddenInput, required=False, initial=stands
                )

    @property
    def keys(self) -> str:
        """The keys of the rows that the page shows, which come back with it."""
        return ",".join(map(str, self.shown.lines))

    def lines(self) -> list[tuple[str, list[ShownCell]]]:
        """For each row its name and its cells."""
        return [
            (name, [self._cell(row, column) for column in self.shown.columns])
            for row, name in self.shown.rows.items()
        ]

    def open_lines(self) -> list[tuple[int, str, list[ShownCell]]]:
        """For each row its key, its name and its inputs; what is answered already is left out."""
        return [
            (row, name, [cell for cell in cells if cell.field and not cell.answer])
            for (row, name), (_name, cells) in zip(
                self.shown.rows.items(), self.lines(), strict=True
            )
        ]

    def _cell(self, row: int, column: FormColumn) -> ShownCell:
        where, cell = (row, column.pk), cell_name(row, column.pk)
        if where in self.shown.standing:
            return ShownCell(column, standing=self.shown.standing[where])
        return ShownCell(
            column, self[cell], self[f"seen_{cell}"],
            answer=self.shown.answers.get(where), offer=self.shown.offered.get(where),
        )  # fmt: skip


def sent_cells(sent: Iterable[str]) -> list[tuple[int, int]]:
    """The row and the column of each cell that a page sent, by the names of its fields."""
    found = [_CELL.fullmatch(name) for name in sent]
    return [(int(one[1]), int(one[2])) for one in found if one]


def cells(typed: dict[str, Any]) -> list[Cell]:
    """What a CellsForm said."""
    names = [name.split("_") for name in typed if name.startswith("cell_")]
    return [
        Cell(int(row), int(column), typed[name], typed[f"seen_{name}"])
        for _cell, row, column in names
        for name in [cell_name(int(row), int(column))]
    ]
