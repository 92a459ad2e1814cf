"""Forms of attendance."""

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.web.form_fields import EnumField, MobileField
from volunteers.service.enums import SampleAnswer


class RejectForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class FlagForm(forms.Form):
    upheld = forms.TypedChoiceField(
        label=_("What did you find?"),
        choices=[("no", _("Nothing is wrong")), ("yes", _("It has to be looked at anew"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class AnswerForm(forms.Form):
    answer = EnumField(SampleAnswer, label=_("Was it so?"), widget=forms.RadioSelect)
    text = forms.CharField(label=_("More, if you like"), max_length=300, required=False)


# Why somebody has to look, in words; the codes stand in the rows.
REASONS = {
    "offline": _("kept on the phone without a network"),
    "outside": _("outside of the place"),
    "no_location": _("no location given"),
    "walk_in": _("came without signing up"),
    "over_8h": _("more than 8 hours that day"),
    "over_12h": _("more than 12 hours that day"),
    "late": _("entered later than two hours after the end"),
    "bulk": _("entered as a list"),
    "keeper_on_list": _("whoever kept the roll-call stands on it"),
    "published_late": _("published after it had begun"),
    "missing_out": _("no check-out"),
    "overlap": _("part of the time is credited elsewhere"),
    "broken_off": _("the activity was broken off"),
    "no_record": _("neither codes nor a roll-call"),
}


class WalkInForm(forms.Form):
    """Somebody who came without a sign-up, as written by hand on the printed sheet."""

    name = forms.CharField(label=_("Name"), max_length=40)
    phone = MobileField(required=False)
    minutes = forms.IntegerField(
        label=_("Minutes of service"),
        min_value=1,
        max_value=2000,
        required=False,
        help_text=_("Empty: as long as planned."),
    )
