"""Forms of the roll."""

from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs.errors import Refused
from orgs.web.form_fields import DayField, EnumField, RowForm
from residents.enums import OWNING, AreaSource, HouseholdState, Relation, Sex
from residents.models import Person
from residents.roll.form_fields import HundredthsField
from residents.roll.head_counts import AGES
from residents.roll.people import LONGEST_NAME, share_of

DIGITS = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
# A keypad of digits alone has no X, in which one ID number of eleven ends.
PAPER_NUMBER = forms.TextInput(
    attrs={"inputmode": "text", "autocapitalize": "characters", "autocomplete": "off"}
)


class ShareField(forms.CharField):
    """A share of ownership, as a fraction or per cent."""

    def clean(self, value: Any) -> Any:
        try:
            return share_of(super().clean(value))
        except Refused as error:
            raise forms.ValidationError(error.message)


class HouseholdForm(forms.Form):
    """What a household is; its door cannot be changed later."""

    entrance = forms.CharField(label=_("Entrance"), max_length=20, required=False)
    room = forms.CharField(label=_("Room"), max_length=20)
    floor = forms.IntegerField(label=_("Floor"), required=False, min_value=-9, max_value=200)
    area = HundredthsField(label=_("Area (m²)"), required=False, max_digits=8)
    area_source = forms.ChoiceField(
        label=_("Area known from"), choices=[("", "—"), *AreaSource.choices], required=False
    )
    state = EnumField(HouseholdState, label=_("State"))

    def __init__(self, *args: Any, change: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if change:
            del self.fields["entrance"], self.fields["room"]


class PatternForm(forms.Form):
    """So many entrances, floors, rooms a floor."""

    entrances = forms.IntegerField(label=_("Entrances"), min_value=1, max_value=20, initial=1)
    floors = forms.IntegerField(label=_("Floors"), min_value=1, max_value=99)
    rooms = forms.IntegerField(
        label=_("Rooms a floor and entrance"), min_value=1, max_value=60, initial=2
    )


class DetailsForm(forms.Form):
    """What is known of a person. Numbers are never shown again in full."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    id_number = forms.CharField(
        label=_("ID number"), max_length=30, required=False, widget=PAPER_NUMBER
    )
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False, widget=DIGITS)
    born = DayField(label=_("Born"), required=False)
    guardian = forms.ModelChoiceField(
        label=_("Guardian"),
        queryset=Person.objects.none(),
        required=False,
        help_text=_("Needed for children under 14: a grown-up of the home."),
    )

    def __init__(self, *args: Any, guardians: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["guardian"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = guardians

    def clean(self) -> Any:
        """What is left empty stays as the roll knows it."""
        data = super().clean() or {}
        for name in ("born", "guardian"):
            if name in data and data[name] is None:
                del data[name]
        return data


class MoveInForm(DetailsForm):
    """Who belongs to a household from when on."""

    relation = EnumField(Relation, label=_("Relation"))
    share = ShareField(
        label=_("Share of ownership"),
        max_length=20,
        required=False,
        help_text=_("For owners, like 1/2; empty where it is not known."),
    )
    starts = DayField(label=_("From day"), required=False)

    def clean(self) -> Any:
        data = super().clean() or {}
        if data.get("share") and data.get("relation") not in OWNING:
            self.add_error("share", _("Only owners have a share."))
        return data


class FactsForm(RowForm):
    """What else the roll knows of a person, as the roll declares it."""

    registered_at = forms.CharField(label=_("Registered residence"), max_length=200, required=False)

    class Meta(RowForm.Meta):
        model = Person
        fields = ["sex", "ethnicity", "marital", "employment", "insurance", "registered_at"]


class CorrectForm(DetailsForm, FactsForm):
    """Corrections; a number left empty stays as it is."""

    field_order = tuple(DetailsForm.base_fields)
    note = forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class MoveOutForm(forms.Form):
    ends = DayField(label=_("Last day"), initial=timezone.localdate)


class VisitForm(forms.Form):
    """A visit as it is written down at the door."""

    on = DayField(label=_("Day of the visit"), initial=timezone.localdate)
    text = forms.CharField(
        label=_("What was talked about"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    problem = forms.CharField(label=_("Problem found"), max_length=2000, required=False)
    measures = forms.CharField(label=_("What is done about it"), max_length=2000, required=False)
    next_on = DayField(label=_("Next visit"), required=False)
    event_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class SearchForm(forms.Form):
    """Sent in the body: telephone and ID numbers never stand in an address."""

    q = forms.CharField(
        label=_("Name, telephone, last four digits, ID number or address"),
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class HouseholdFilter(forms.Form):
    unit = forms.CharField(required=False, max_length=24, widget=forms.HiddenInput)
    state = forms.ChoiceField(
        label=_("State"), choices=[("", _("all")), *HouseholdState.choices], required=False
    )


class PeopleFilter(forms.Form):
    unit = forms.CharField(required=False, max_length=24, widget=forms.HiddenInput)
    relation = forms.ChoiceField(
        label=_("Relation"), choices=[("", _("all")), *Relation.choices], required=False
    )
    # Whom a figure of the unit's page counts.
    age = forms.ChoiceField(
        choices=[("", ""), *((age, age) for age in AGES)], required=False, widget=forms.HiddenInput
    )
    sex = forms.ChoiceField(
        choices=[("", ""), *Sex.choices], required=False, widget=forms.HiddenInput
    )
