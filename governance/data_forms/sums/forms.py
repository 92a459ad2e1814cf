"""Forms about forms that count."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from governance.data_forms.answers.answers import cell_name
from governance.data_forms.answers.forms import AnswerField
from governance.data_forms.blanks.forms import PlaceChoice
from governance.data_forms.enums import Subject, SumKind
from governance.data_forms.fillings.forms import FilterForm
from governance.data_forms.models import SumPart
from governance.data_forms.sums.counting import Number
from governance.data_forms.sums.parts import COUNTED, OF_PLACES
from governance.data_forms.sums.typed_numbers import Unknown, as_column
from orgs.models import Unit


class PartForm(FilterForm):
    """What a row, a column or a cell counts."""

    kind = forms.ChoiceField(label=_("These words"))
    subject = forms.ChoiceField(
        label=_("What is counted"),
        required=False,
        help_text=_(
            "Leave open where the words across say it: “male” narrows whatever stands there."
        ),
    )
    unit = PlaceChoice(
        label=_("Only in"), required=False, empty_label=_("the whole place of the form")
    )
    field_order = ["kind", "subject", "unit"]

    def __init__(self, *args: Any, part: SumPart, places: QuerySet[Unit], **kwargs: Any) -> None:
        kwargs.setdefault("initial", part.filters | {"kind": part.kind, "subject": part.subject})
        super().__init__(*args, places=places, **kwargs)
        kinds = {SumKind.COUNT, SumKind.NONE}
        if part.is_cell:
            kinds |= set() if part.text else {SumKind.FOLLOWS}
        elif Subject(part.form.subject) not in OF_PLACES:
            kinds.add(SumKind.TOTAL)
        kind: Any = self.fields["kind"]
        kind.choices = [(one.value, one.label) for one in SumKind if one in kinds]
        subject: Any = self.fields["subject"]
        subject.choices = [
            ("", _("as the words across say")),
            *((one.value, one.label) for one in COUNTED),
        ]
        self.ask(*COUNTED)


class NumbersForm(forms.Form):
    """One page of numbers to type, each with what stood there when it was shown."""

    def __init__(self, *args: Any, shown: Unknown, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown = shown
        for (row, place), number in shown.numbers.items():
            cell, stands = cell_name(row, place), number.answer.value if number.answer else ""
            self.fields[cell] = AnswerField(as_column(number), number.cell.text, stands)
            self.fields[f"seen_{cell}"] = forms.CharField(
                widget=forms.HiddenInput, required=False, initial=stands
            )

    def lines(self) -> list[tuple[Number, forms.BoundField, forms.BoundField]]:
        """Each number with its input and what was seen."""
        return [
            (number, self[cell_name(*where)], self[f"seen_{cell_name(*where)}"])
            for where, number in self.shown.numbers.items()
        ]


def subject_of(typed: dict[str, Any]) -> Subject | None:
    """What a PartForm says is counted."""
    return Subject(typed["subject"]) if typed["subject"] else None
