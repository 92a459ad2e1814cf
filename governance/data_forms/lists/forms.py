"""Forms about saved lists."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from governance.data_forms.blanks.forms import PlaceChoice, RowsField
from governance.data_forms.enums import Subject
from governance.data_forms.fields import registry
from governance.data_forms.fillings.forms import RowsForm
from governance.data_forms.models import SavedList
from orgs.models import Unit


class SaveForm(forms.Form):
    """A name, whose list it is, and what its rows are."""

    name = forms.CharField(
        label=_("Name of the saved list"),
        max_length=80,
        help_text=_("As colleagues look for it: people of 80 and more who live alone."),
    )
    unit = PlaceChoice(label=_("Kept for"))
    subject = RowsField(label=_("One row for each"))

    def __init__(self, *args: Any, places: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit: Any = self.fields["unit"]
        unit.queryset = places


class ChooseForm(RowsForm):
    """Whom a list shows, and which fields of them."""

    columns = forms.MultipleChoiceField(
        label=_("Fields"), widget=forms.CheckboxSelectMultiple, choices=[]
    )

    def __init__(self, *args: Any, form: SavedList, **kwargs: Any) -> None:
        kwargs.setdefault("initial", form.filters | {"columns": form.columns})
        super().__init__(*args, form=form, **kwargs)
        columns: Any = self.fields["columns"]
        columns.choices = [
            (field.code, field.label) for field in registry.of(Subject(form.subject))
        ]


class ExportForm(forms.Form):
    """For what a list is fetched."""

    purpose = forms.CharField(
        label=_("For what"),
        max_length=200,
        help_text=_("Who asked for it, and on what ground. It is kept in the audit."),
    )
