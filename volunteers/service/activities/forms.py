"""Forms of activities."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.web.form_fields import EnumField, MobileField, MomentField
from orgs.workflow.forms import ActionForm, PhotosForm
from volunteers.service.accounts.spans import Span
from volunteers.service.activities.sign_ups import spans_of
from volunteers.service.enums import ActivityKind, Datum, ItemUse, MinutesKind, Skill
from volunteers.service.items.items import in_force
from volunteers.service.models import Activity, ServiceItem


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class TimeFields(forms.Form):
    """One or two intervals; a third day is a second activity, or comes by the API."""

    starts_at = MomentField(label=_("Begins"))
    ends_at = MomentField(label=_("Ends"))
    more_starts_at = MomentField(label=_("Second part begins"), required=False)
    more_ends_at = MomentField(label=_("Second part ends"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("more_starts_at")) != bool(cleaned.get("more_ends_at")):
            self.add_error("more_ends_at", _("Give both the beginning and the end, or neither."))
        return cleaned

    @staticmethod
    def timed(cleaned: dict[str, Any]) -> dict[str, Any]:
        """What was typed, with the parts as `intervals`."""
        words = dict(cleaned)
        parts: list[Span] = [(words["starts_at"], words["ends_at"])]
        more = words.pop("more_starts_at"), words.pop("more_ends_at")
        if more[0] and more[1]:
            parts.append((more[0], more[1]))
        return words | {"intervals": parts}


def time_of(activity: Activity) -> dict[str, Any]:
    """The time of an activity as the form shows it."""
    spans = spans_of(activity)
    shown = {"starts_at": spans[0][0], "ends_at": spans[0][1]}
    if len(spans) > 1:
        shown |= {"more_starts_at": spans[1][0], "more_ends_at": spans[1][1]}
    return shown


class ActivityForm(TimeFields):
    """What happens, when and where, for how many, and what has to be known about safety."""

    title = forms.CharField(label=_("Name of the activity"), max_length=80)
    kind = EnumField(ActivityKind, label=_("Kind"), initial=ActivityKind.SERVICE)
    item = forms.ModelChoiceField(
        ServiceItem.objects.none(),
        label=_("Item of the library"),
        required=False,
        empty_label=_("none"),
        help_text=_("Its minutes and points are those of the library today."),
    )
    minutes_kind = EnumField(
        MinutesKind,
        label=_("Minutes count as"),
        initial=MinutesKind.VOLUNTARY,
        help_text=_("Both count for the monthly duty; certificates take voluntary ones only."),
    )
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=10000, initial=20)
    where = forms.CharField(label=_("Where to meet"), max_length=120, required=False)
    text = forms.CharField(
        label=_("What happens"), max_length=5000, required=False, widget=_area(4)
    )
    risk = forms.CharField(
        label=_("Risk notice"),
        max_length=2000,
        required=False,
        widget=_area(3),
        help_text=_("What people should know: heat, ladders, traffic, heavy things."),
    )
    is_dangerous = forms.BooleanField(
        label=_("People can be hurt: accident insurance is needed"), required=False
    )
    insurance = forms.CharField(
        label=_("Accident insurance"),
        max_length=200,
        required=False,
        help_text=_("Insurer and number of the policy; without it nothing dangerous is published."),
    )
    least_age = forms.IntegerField(
        label=_("From which age"), min_value=0, max_value=100, required=False
    )
    most_age = forms.IntegerField(
        label=_("Up to which age"), min_value=0, max_value=120, required=False
    )
    skill = forms.ChoiceField(label=_("Skill needed"), required=False)
    field_order = (
        *("title", "kind", "item", "minutes_kind", "starts_at", "ends_at"),
        *("more_starts_at", "more_ends_at", "places", "where", "text", "risk"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["item"]
        assert isinstance(chosen, forms.ModelChoiceField)
        chosen.queryset = in_force().exclude(use=ItemUse.ORDER)
        skill = self.fields["skill"]
        assert isinstance(skill, forms.ChoiceField)
        skill.choices = [("", "—"), *Skill.choices]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        return self.timed(cleaned) if {"starts_at", "ends_at"} <= cleaned.keys() else cleaned


class LocatedActivityForm(ActivityForm):
    """The same where safety needs to know that people are there."""

    lon = forms.FloatField(label=_("Longitude"), required=False)
    lat = forms.FloatField(label=_("Latitude"), required=False)
    datum = EnumField(Datum, label=_("Frame of the coordinates"), initial=Datum.GCJ02)
    radius = forms.IntegerField(
        label=_("Radius, metres"), min_value=20, max_value=20000, required=False
    )
    location_reason = forms.CharField(
        label=_("Safety reason"),
        max_length=200,
        required=False,
        help_text=_("Only where safety needs it; it is shown to whoever is asked."),
    )


class MoveForm(ActionForm, TimeFields):
    reason = forms.CharField(label=_("Why it is moved"), max_length=300, widget=_area(2))

    def prepare(self) -> None:
        self.initial = {**time_of(self.row), **self.initial}

    def body(self) -> dict[str, Any]:
        return self.timed(super().body())


class ReasonForm(ActionForm):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=_area(3))


class SummaryForm(PhotosForm):
    summary = forms.CharField(label=_("What came of it"), max_length=5000, widget=_area(5))
    people_served = forms.IntegerField(
        label=_("How many people were served"), min_value=0, max_value=100000, required=False
    )


class DeskSignUpForm(forms.Form):
    """Somebody who comes in person or calls; the same row is written."""

    name = forms.CharField(label=_("Name"), max_length=40)
    phone = MobileField(required=False)
    born_year = forms.IntegerField(
        label=_("Year of birth"), min_value=1900, max_value=2100, required=False
    )


class SignUpForm(forms.Form):
    """Only where the activity is not for every age and the year of birth is not known yet."""

    born_year = forms.IntegerField(label=_("Year of birth"), min_value=1900, max_value=2100)
