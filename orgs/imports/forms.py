"""Forms of rosters: sending a file, looking through its rows."""

from typing import Any

from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext_lazy as _

from orgs.enums import Verdict
from orgs.imports.rosters import MEGABYTE, Limits, Roster


class RosterFileForm(forms.Form):
    file = forms.FileField(widget=forms.FileInput(attrs={"accept": ".xlsx"}))

    def __init__(self, *args: Any, limits: Limits, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        facts = {"size": limits.size // MEGABYTE, "rows": intcomma(limits.rows, use_l10n=False)}
        label = _("Excel file (.xlsx, at most %(size)d MB and %(rows)s rows)")
        self.fields["file"].label = label % facts


class RowFilter(forms.Form):
    """Which rows of an import are shown."""

    verdict = forms.ChoiceField(choices=Verdict.choices, required=False)
    column = forms.ChoiceField(label=_("Column"), required=False)
    open = forms.BooleanField(label=_("only what is not decided"), required=False)

    def __init__(self, *args: Any, roster: Roster, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = [(column.key, column.heading) for column in roster.columns]
        self.fields["column"].choices = [("", _("every column")), *columns]  # type: ignore[attr-defined]
