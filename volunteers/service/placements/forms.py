"""Forms of bonds, teams and the pool."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orgs.web.form_fields import DayField, EnumField
from residents.models import Household
from volunteers.service.enums import ConsentWay
from volunteers.service.models import Participant
from volunteers.service.placements import queries
from volunteers.service.reportins.forms import EmployerField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orgs.models import User


class HomeField(forms.CharField):
    """A family by its door, among the places whose service is kept; nobody's name is shown."""

    user: "User"

    def clean(self, value: Any) -> Household:
        homes = queries.homes_at_door(super().clean(value), self.user)
        if len(homes) != 1:
            raise ValidationError(self.sentence(homes))
        return homes[0]

    @staticmethod
    def sentence(homes: "Sequence[Household]") -> str:
        """Why none of these homes, or several, is not yet a family."""
        if homes:
            return gettext("Several doors fit: write compound, building and entrance as well.")
        return gettext(
            "No such door in your places. Write building and door, for example “5栋 501”."
        )


class _ServingForm(forms.Form):
    """Who is meant, among those who are reported in and in sight."""

    participant = forms.ModelChoiceField(label=_("Member"), queryset=Participant.objects.none())

    def __init__(self, *args: Any, user: "User", **options: Any) -> None:
        super().__init__(*args, **options)
        people: Any = self.fields["participant"]
        people.queryset = queries.serving(user)
        if isinstance(door := self.fields.get("household"), HomeField):
            door.user = user


class BondForm(_ServingForm):
    """Which member looks after whose family, what for, and how they agreed."""

    household = HomeField(label=_("Door of the family"), max_length=60)
    consent_by = forms.CharField(label=_("Who of the family agreed"), max_length=40)
    note = forms.CharField(label=_("What for"), max_length=200)
    consent = EnumField(ConsentWay, label=_("How they agreed"), initial=ConsentWay.SPOKEN)
    starts = DayField(label=_("From"))


class TeamForm(forms.Form):
    name = forms.CharField(label=_("Name of the team"), max_length=60)
    starts = DayField(label=_("From"))


class SendForm(_ServingForm):
    """Who is sent to the team, by which organisation."""

    employer = EmployerField(label=_("Sending organisation"))
    leads = forms.BooleanField(label=_("Leads the team"), required=False)
    starts = DayField(label=_("From"))


class DayForm(forms.Form):
    on = DayField(label=_("Last day"))


class ProposeForm(_ServingForm):
    text = forms.CharField(
        label=_("What speaks for it"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )


class TermForm(forms.Form):
    starts = DayField(label=_("From"))
    ends = DayField(label=_("Until"))


class RemoveForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)
