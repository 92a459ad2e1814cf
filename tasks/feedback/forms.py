"""Forms of feedback, in both directions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.web.form_fields import DayField

STARS = [(number, "★" * number) for number in range(5, 0, -1)]


class RoundForm(forms.Form):
    """Which work is rated, and until when one may answer."""

    first = DayField(label=_("Work dispatched from"))
    last = DayField(label=_("Work dispatched until"))
    closes_on = DayField(label=_("Answers until"))


class StarsField(forms.TypedChoiceField):
    def __init__(self, label: Any) -> None:
        super().__init__(label=label, choices=STARS, coerce=int, widget=forms.RadioSelect)


class FeedbackForm(forms.Form):
    """One department, rated."""

    responds = StarsField(_("Comes when called"))
    solves = StarsField(_("Solves the problem"))
    manner = StarsField(_("Manner"))
    text = forms.CharField(
        label=_("Remark"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class WhistleFeedbackForm(forms.Form):
    """What a department that came says of the whistle."""

    justified = forms.TypedChoiceField(
        label=_("Was it right to call your department?"),
        choices=[("1", _("yes")), ("0", _("no"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    clear = StarsField(_("Was it clear what to do?"))
    text = forms.CharField(
        label=_("Remark"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
