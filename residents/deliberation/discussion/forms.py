"""Forms of a discussion."""

from django import forms
from django.utils.translation import gettext_lazy as _

from residents.deliberation.models.comments import MAX_COMMENT
from residents.deliberation.topics.forms import PaperForm


class SayForm(forms.Form):
    text = forms.CharField(
        label=_("What you want to say"),
        max_length=MAX_COMMENT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Say it as you would in the courtyard. No names and numbers of neighbours."),
    )


class SayForForm(PaperForm, SayForm):
    """The same for somebody of the place, from paper."""

    field_order = ("household", "name", "text")


class HideForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it hidden?"), max_length=300, help_text=_("The reason is public.")
    )


class AppealForm(forms.Form):
    reason = forms.CharField(
        label=_("Why should it be shown?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Somebody else than whoever hid it decides."),
    )


class DecideForm(forms.Form):
    granted = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("1", _("show it again")), ("0", _("it stays hidden"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Why?"), max_length=300)
