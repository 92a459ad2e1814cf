"""Looking something up in the audit."""

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.enums import AuditResult
from orgs.web.form_fields import DayField


class AuditFilter(forms.Form):
    """Who, what, with what result, on which days, to which record; everything is optional."""

    who = forms.CharField(
        label=_("Who"),
        max_length=150,
        required=False,
        help_text=_("Name of the person or of the account."),
    )
    what = forms.CharField(
        label=_("What"),
        max_length=60,
        required=False,
        help_text=_("Words of the action or of the record, as they stand in the list."),
    )
    result = forms.ChoiceField(
        label=_("Result"), choices=[("", _("all")), *AuditResult.choices], required=False
    )
    since = DayField(label=_("From day"), required=False)
    until = DayField(label=_("To day"), required=False)
    record = forms.CharField(
        label=_("To which record"),
        max_length=60,
        required=False,
        help_text=_("Number of a task, a place, a department, a person, or a record's number."),
    )
