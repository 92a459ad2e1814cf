"""Forms about filling."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from governance.data_forms.blanks.forms import PlaceChoice
from governance.data_forms.enums import Subject
from governance.data_forms.fillings.filters import OLDEST, Filter
from governance.data_forms.models import BlankForm
from orgs.models import Unit
from residents.enums import CareKind, HouseholdState, Relation, Sex


def _any_of(enum: Any) -> list[tuple[str, Any]]:
    return [("", _("all")), *enum.choices]


class RowsForm(forms.Form):
    """Who is listed."""

    unit = PlaceChoice(label=_("Place"))
    min_age = forms.IntegerField(
        label=_("Aged at least"), required=False, min_value=0, max_value=OLDEST
    )
    max_age = forms.IntegerField(
        label=_("Aged at most"), required=False, min_value=0, max_value=OLDEST
    )
    sex = forms.ChoiceField(label=_("Sex"), required=False, choices=_any_of(Sex))
    relation = forms.ChoiceField(
        label=_("Relation to the home"), required=False, choices=_any_of(Relation)
    )
    care = forms.ChoiceField(
        label=_("Care roster"),
        required=False,
        choices=_any_of(CareKind),
        help_text=_("Only a roster for which you are named."),
    )
    members_only = forms.BooleanField(label=_("Party members only"), required=False)
    state = forms.ChoiceField(
        label=_("State of the home"), required=False, choices=_any_of(HouseholdState)
    )

    def __init__(self, *args: Any, form: BlankForm, places: QuerySet[Unit], **kwargs: Any) -> None:
        kwargs.setdefault("initial", form.filters)
        super().__init__(*args, **kwargs)
        unit: Any = self.fields["unit"]
        unit.queryset = places
        asked = {
            Subject.PERSON: set(self.fields) - {"state"},
            Subject.HOUSEHOLD: {"unit", "state"},
        }.get(Subject(form.subject), {"unit"})
        for name in set(self.fields) - asked:
            del self.fields[name]


def chosen(typed: dict[str, Any]) -> Filter:
    """What a RowsForm said."""
    return Filter.of(typed | {"unit": typed["unit"].code})


class FillForm(forms.Form):
    """For what a form is filled."""

    purpose = forms.CharField(
        label=_("For what"),
        max_length=200,
        help_text=_("Who asked for it, and on what ground. It is kept with the copy."),
    )
