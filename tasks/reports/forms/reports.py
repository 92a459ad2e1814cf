"""The forms of a report: what is wrong, where, and whom to tell."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from orgs.errors import Refused
from orgs.models import Unit, User
from orgs.units.forms import COORDINATE
from orgs.values import phones
from orgs.web.form_fields import MomentField, UnitField
from tasks.models import MAX_SPOT, Category
from tasks.reports import choices
from tasks.reports.report import MAX_TEXT


class CategoryField(forms.CharField):
    """A kind of problem by its code; a heading is left to the use-case, which says why not."""

    def clean(self, value: Any) -> Category:
        category = Category.objects.filter(code=super().clean(value)).first()
        if category is None:
            raise ValidationError(_("Choose what kind of problem it is."))
        return category


class PhoneField(forms.CharField):
    """A telephone number, normalised; "" where it may be left out."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "tel", "inputmode": "tel", "autocomplete": "tel", "data-no-draft": ""}
        super().__init__(max_length=30, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return phones.normalise(text) if text else ""
        except Refused as error:
            raise ValidationError(error.message) from error


class PlaceField(UnitField):
    """A unit by its code; a road or landmark in it stands behind an @ (`choices.Place.value`)."""

    def clean(self, value: Any) -> Unit:
        return super().clean(str(value or "").partition("@")[0])


class ReportForm(forms.Form):
    """What everybody says of a problem. Photos travel beside the form."""

    category = CategoryField(
        label=_("What kind of problem?"),
        error_messages={"required": _("Choose what kind of problem it is.")},
    )
    text = forms.CharField(
        label=_("What is wrong?"),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": MAX_TEXT}),
        error_messages={"required": _("Say in a few words what is wrong.")},
    )
    unit = PlaceField(label=_("Where is it?"), error_messages={"required": _("Choose the place.")})
    spot = forms.CharField(
        label=_("Where exactly"),
        help_text=_("A road, a number, what stands beside it."),
        max_length=MAX_SPOT,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    lon = forms.FloatField(
        label=_("Longitude"),
        min_value=-180,
        max_value=180,
        required=False,
        widget=COORDINATE,
    )
    lat = forms.FloatField(
        label=_("Latitude"),
        min_value=-90,
        max_value=90,
        required=False,
        widget=COORDINATE,
    )
    contact_name = forms.CharField(
        label=_("Name"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-no-draft": ""}),
    )
    contact_phone = PhoneField(label=_("Telephone"), required=False)
    outside_number = forms.CharField(
        label=_("Number of the hotline ticket"), max_length=40, required=False
    )
    received_at = MomentField(label=_("Received at"), required=False)
    hide_name = forms.BooleanField(
        label=_("Keep the name from the department that handles it"), required=False
    )

    def __init__(self, *args: Any, person: User, is_staff: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_staff:
            for name in ("contact_name", "outside_number", "received_at"):
                del self.fields[name]
            if person.phone:
                # Never ask for what is known.
                del self.fields["contact_phone"]

    def clean(self) -> dict[str, Any]:
        """A road or landmark that was chosen says where it is, unless that was written."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        landmark = choices.landmark(self.data.get("unit", ""))
        if landmark and data.get("unit") == landmark.unit:
            data["spot"] = data.get("spot") or landmark.name
            if data.get("lon") is None and data.get("lat") is None:
                data["lon"], data["lat"] = landmark.lon, landmark.lat
        return data
