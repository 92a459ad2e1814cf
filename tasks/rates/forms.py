"""The period of the rates, and what is left out of them."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.web.form_fields import DayField
from tasks.enums import DeclineReason, RateGrouping
from tasks.models import MAX_TEXT
from tasks.rates.rates import Period

LONGEST = 366


class PeriodForm(forms.Form):
    """From which day to which; this month unless it says otherwise."""

    first = DayField(label=_("First day"), required=False)
    last = DayField(label=_("Last day"), required=False)
    by = forms.ChoiceField(choices=RateGrouping.choices, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, str], *, today: date) -> None:
        """`data` as it came with the address; days that it leaves out are filled in."""
        self.today = today
        usual = {"first": str(today.replace(day=1)), "last": str(today)}
        super().__init__({**usual, **{name: value for name, value in data.items() if value}})

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first is None or last is None:
            return given
        if first > last:
            raise forms.ValidationError(_("The first day comes after the last one."))
        if last - first > timedelta(days=LONGEST):
            raise forms.ValidationError(_("Choose at most a year."))
        return given

    def chosen(self) -> tuple[Period, RateGrouping]:
        """The period and by what to compare; this month where the form is not right."""
        if not self.is_valid():
            return Period(self.today.replace(day=1), self.today), RateGrouping.DEPARTMENT
        given = self.cleaned_data
        grouping = RateGrouping(given["by"] or RateGrouping.DEPARTMENT)
        return Period(given["first"], given["last"]), grouping

    def address(self, *, grouping: RateGrouping) -> str:
        """The same period, compared by something else."""
        period, _grouping = self.chosen()
        query = {"first": period.first, "last": period.last, "by": grouping.value}
        return f"?{urlencode(query)}"


class ExclusionForm(forms.Form):
    """Why a task should be left out of the rates."""

    reason = forms.CharField(
        label=_("Reason"), max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, reasons: Iterable[str], **kwargs: Any) -> None:
        """`reasons`: the codes that the rule in force knows."""
        super().__init__(*args, **kwargs)
        known = [choice for choice in DeclineReason.choices if choice[0] in reasons]
        self.fields["reason_code"] = forms.ChoiceField(
            label=_("Reason class"), choices=known, widget=forms.RadioSelect
        )
        self.order_fields(["reason_code", "reason"])


class DecideExclusionForm(forms.Form):
    """The district's decision."""

    granted = forms.TypedChoiceField(
        choices=(("1", _("leave it out")), ("0", _("count it"))), coerce=lambda value: value == "1"
    )
    reason = forms.CharField(label=_("Reason"), max_length=MAX_TEXT)
