"""Forms of claims, unmasking and requests about one's data."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from residents import claims, unmasking
from residents.enums import MASKED_FIELDS, DataRequestKind, Relation
from residents.people import LONGEST_NAME


class ClaimForm(forms.Form):
    relation = forms.ChoiceField(
        label=_("You are here"), choices=Relation.choices, widget=forms.RadioSelect
    )
    name = forms.CharField(label=_("Your name as on your papers"), max_length=LONGEST_NAME)
    photo = forms.FileField(
        label=_("Photo of a paper"),
        required=False,
        help_text=_("Property certificate, contract or lease. You may leave it out."),
    )


class CodeForm(forms.Form):
    code = forms.CharField(label=_("Code of the letter to your door"), max_length=20)


class RefuseForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=claims.LONGEST_REASON)


class UnmaskForm(forms.Form):
    field = forms.ChoiceField(choices=[(one.value, one.label) for one in MASKED_FIELDS])
    purpose = forms.CharField(max_length=unmasking.LONGEST_PURPOSE)


class PeriodForm(forms.Form):
    """From a day until a day; the last thirty days where nothing is chosen."""

    first = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: Any = None, **options: Any) -> None:
        today = timezone.localdate()
        start: date = today - timedelta(days=30)
        period = {"first": start.isoformat(), "last": today.isoformat()}
        super().__init__(data or period, **options)


class DataRequestForm(forms.Form):
    kind = forms.ChoiceField(label=_("I ask for"), choices=DataRequestKind.choices)
    text = forms.CharField(
        label=_("What exactly"), max_length=1000, required=False, widget=forms.Textarea
    )


class AnswerForm(forms.Form):
    granted = forms.ChoiceField(choices=[("1", ""), ("0", "")])
    reason = forms.CharField(max_length=500)
