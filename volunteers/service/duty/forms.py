"""Forms of the monthly duty."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs.web.form_fields import DayField, EnumField
from volunteers.service.enums import Ledger, MinutesKind, MonthRating, ReliefKind


class RateForm(forms.Form):
    """The branch's words about a member's month."""

    rating = EnumField(MonthRating, label=_("Rating"))
    text = forms.CharField(label=_("Words of the rating"), max_length=300, required=False)


class DecideForm(forms.Form):
    """What becomes of an appeal."""

    granted = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("1", _("grant it: credit as planned")), ("0", _("do not grant it"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReliefForm(forms.Form):
    """Days on which somebody owes less."""

    kind = EnumField(ReliefKind, label=_("Why"))
    starts = DayField(label=_("First day"), initial=timezone.localdate)
    ends = DayField(label=_("Last day"), initial=timezone.localdate)
    percent = forms.IntegerField(
        label=_("Not owed, per cent"), min_value=1, max_value=100, initial=100
    )
    reason = forms.CharField(
        label=_("Note"),
        max_length=200,
        required=False,
        help_text=_("Nobody has to tell an illness."),
    )


class AdjustmentForm(forms.Form):
    """A correction that a second person books."""

    what = forms.ChoiceField(
        label=_("Account"),
        choices=[
            (Ledger.POINTS, _("points")),
            (MinutesKind.DUTY, _("minutes of duty")),
            (MinutesKind.VOLUNTARY, _("voluntary minutes")),
        ],
    )
    amount = forms.IntegerField(label=_("Amount"), help_text=_("Below nothing takes away."))
    month = DayField(label=_("A day of the month that it is for"), initial=timezone.localdate)
    reason = forms.CharField(label=_("Reason"), max_length=300)


class RuleForm(forms.Form):
    """What a branch's members owe from a month on."""

    month = DayField(label=_("A day of the first month"), initial=timezone.localdate)
    activities = forms.IntegerField(
        label=_("Activities a month"), min_value=0, max_value=31, initial=1
    )
    minutes = forms.IntegerField(
        label=_("Minutes a month"), min_value=0, max_value=44640, initial=240
    )
    source = forms.CharField(
        label=_("What decides it"), max_length=300, help_text=_("A resolution, a document.")
    )
