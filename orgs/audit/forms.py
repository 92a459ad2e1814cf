"""Looking something up in the audit."""

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.enums import AuditResult
from orgs.web.form_fields import DayField


class AuditFilter(forms.Form):
    """Who, what, with what result, on which days, to which record; everything is optional."""

    who = forms.CharField(label=_("Who"), max_length=150, required=False)
    what = forms.CharField(label=_("What"), max_length=60, required=False)
    result = forms.ChoiceField(
        label=_("Result"), choices=[("", _("all")), *AuditResult.choices], required=False
    )
    since = DayField(label=_("From day"), required=False)
    until = DayField(label=_("To day"), required=False)
    record = forms.CharField(label=_("Record number"), max_length=40, required=False)
