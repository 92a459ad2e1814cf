"""Forms of the steps with a run."""

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.workflow.forms import ActionForm


class CorrectForm(ActionForm):
    """Why the period is computed again."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class StartForm(forms.Form):
    """Which period is computed."""

    period = forms.CharField(
        label=_("Period of the scheme"),
        max_length=8,
        help_text=_("Like 2026-03, 2026-Q1, 2026-H1 or 2026, as the scheme has it."),
    )
