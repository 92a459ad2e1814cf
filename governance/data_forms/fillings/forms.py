"""Forms about filling."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from governance.data_forms.blanks.forms import PlaceChoice
from governance.data_forms.enums import Subject, TaskState
from governance.data_forms.fillings.filters import CHOSEN_BY, OLDEST, Filter
from governance.data_forms.models import BlankForm, SavedList
from orgs.models import Unit
from residents.enums import CareKind, HouseholdState, Relation, Sex
from tasks.enums import PeriodName
from volunteers.enums import MemberClass


def _any_of(enum: Any) -> list[tuple[str, Any]]:
    return [("", _("all")), *enum.choices]


class FilterForm(forms.Form):
    """Who is listed or counted; `asks` says by what the rows of some subjects are chosen."""

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
    also_care = forms.ChoiceField(
        label=_("And on this care roster too"), required=False, choices=_any_of(CareKind)
    )
    members_only = forms.BooleanField(label=_("Party members only"), required=False)
    member_class = forms.ChoiceField(
        label=_("Class of member"), required=False, choices=_any_of(MemberClass)
    )
    state = forms.ChoiceField(
        label=_("State of the home"), required=False, choices=_any_of(HouseholdState)
    )
    task_state = forms.ChoiceField(
        label=_("State of the tasks"), required=False, choices=_any_of(TaskState)
    )
    period = forms.ChoiceField(
        label=_("Period"),
        required=False,
        choices=_any_of(PeriodName),
        help_text=_(
            "Tasks by the day they were reported; figures of departments without it: this year."
        ),
    )

    def __init__(self, *args: Any, places: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit: Any = self.fields["unit"]
        unit.queryset = places

    def ask(self, *subjects: Subject) -> None:
        """Asks for nothing by which none of these subjects is chosen."""
        asked = {name for subject in subjects for name in CHOSEN_BY.get(subject, {"unit"})}
        for name in set(FilterForm.base_fields) - asked:
            del self.fields[name]


class RowsForm(FilterForm):
    """Who is listed in a form or by a saved list."""

    def __init__(self, *args: Any, form: BlankForm | SavedList, **kwargs: Any) -> None:
        kwargs.setdefault("initial", form.filters)
        super().__init__(*args, **kwargs)
        self.ask(Subject(form.subject))


def chosen(typed: dict[str, Any]) -> Filter:
    """What a FilterForm said."""
    return Filter.of(typed | {"unit": typed["unit"].code if typed["unit"] else ""})


class FillForm(forms.Form):
    """For what a form is filled, and for which of the own places where there are several."""

    unit = PlaceChoice(label=_("Place"))
    purpose = forms.CharField(
        label=_("For what"),
        max_length=200,
        help_text=_("Who asked for it, and on what ground. It is kept with the copy."),
    )

    def __init__(self, *args: Any, places: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit: Any = self.fields["unit"]
        unit.queryset = Unit.objects.filter(pk__in=[place.pk for place in places]).order_by(
            "tree_id", "lft"
        )
        if len(places) < 2:
            del self.fields["unit"]
