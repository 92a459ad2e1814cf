"""Forms for people without an account: a passer-by's report, and the progress page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tasks.reports.forms.reports import PhoneField, ReportForm


class PublicReportForm(ReportForm):
    """A report by a passer-by: a telephone is needed, and a question is to be answered."""

    answer = forms.CharField(
        label=_("Your answer"),
        max_length=10,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "data-no-draft": ""}
        ),
        error_messages={"required": _("Answer this question.")},
    )

    def __init__(self, *args: Any, is_answered: bool = False, **kwargs: Any) -> None:
        forms.Form.__init__(self, *args, **kwargs)
        if is_answered:
            del self.fields["answer"]
        del self.fields["outside_number"], self.fields["received_at"]
        self.fields["contact_phone"] = PhoneField(
            label=_("Your telephone number"),
            help_text=_(
                "To tell you the result, and for you to check the progress. Nobody else sees it in full."
            ),
            error_messages={
                "required": _("Leave a telephone number, so that you can be told the result.")
            },
        )


class LookUpForm(forms.Form):
    """The number of a report and the end of the telephone left with it."""

    number = forms.CharField(
        label=_("Tracking number"),
        help_text=_("Or the number of your 12345 ticket."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )
    digits = forms.CharField(
        label=_("Last four digits of the telephone number"),
        help_text=_("Leave it empty if no telephone number was left."),
        max_length=4,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class CodeForm(forms.Form):
    """A code that was sent to the telephone."""

    code = forms.CharField(
        label=_("Code"),
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
