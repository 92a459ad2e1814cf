"""The period of the rates, and what is left out of them."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.web.form_fields import DayField
from tasks.enums import DeclineReason, PeriodName, RateGrouping
from tasks.models import MAX_TEXT
from tasks.rates.periods import Period

LONGEST = 366


class PeriodForm(forms.Form):
    """A period by its name, or from which day to which; this month unless it says otherwise."""

    period = forms.ChoiceField(choices=PeriodName.choices, required=False)
    first = DayField(label=_("First day"), required=False)
    last = DayField(label=_("Last day"), required=False)
    by = forms.ChoiceField(choices=RateGrouping.choices, required=False)

    def __init__(self, data: Mapping[str, str], *, today: date) -> None:
        """`data` as it came with the address: a name goes before days, days that it leaves out are
        filled in."""
        self.today = today
        given = {name: value for name, value in data.items() if value}
        if not given.keys() & {"period", "first", "last"}:
            given["period"] = PeriodName.MONTH
        shown = Period(today.replace(day=1), today)
        if given.get("period") in PeriodName:
            shown = Period.named(PeriodName(given["period"]), today)
            given |= {"first": str(shown.first), "last": str(shown.last)}
        super().__init__({"first": str(shown.first), "last": str(shown.last)} | given)

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

    @property
    def name(self) -> PeriodName | None:
        """The name of the period, this month where the form is not right; None for other days."""
        if not self.is_valid():
            return PeriodName.MONTH
        name = self.cleaned_data["period"]
        return PeriodName(name) if name else None

    def chosen(self) -> tuple[Period, RateGrouping]:
        """The period, and by what to compare."""
        given = self.cleaned_data if self.is_valid() else {}
        grouping = RateGrouping(given.get("by") or RateGrouping.DEPARTMENT)
        if name := self.name:
            return Period.named(name, self.today), grouping
        return Period.of(given["first"], given["last"]), grouping

    @property
    def query(self) -> dict[str, str]:
        """The period as addresses name it."""
        if name := self.name:
            return {"period": name.value}
        period, _grouping = self.chosen()
        return {"first": str(period.first), "last": str(period.last)}


class ScopeForm(forms.Form):
    """Whose figures: of a place, of a department."""

    unit = forms.ChoiceField(label=_("Where"), required=False)
    department = forms.ChoiceField(label=_("Department"), required=False)

    def __init__(
        self,
        *args: Any,
        units: Iterable[tuple[str, str]],
        departments: Iterable[tuple[str, str]],
        all_places: bool,
        **kwargs: Any,
    ) -> None:
        """What can be chosen, by codes; `all_places`: also all of them together."""
        super().__init__(*args, **kwargs)
        whole = [("", _("all that I see"))] if all_places else []
        self.fields["unit"].choices = [*whole, *units]  # type: ignore[attr-defined]
        self.fields["department"].choices = [("", _("all departments")), *departments]  # type: ignore[attr-defined]
        for name, field in list(self.fields.items()):
            if len([code for code, _name in field.choices if code]) < 2:  # type: ignore[attr-defined]
                del self.fields[name]


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
