"""Forms of ledgers: sending a file, looking through its rows."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from residents.enums import Verdict
from residents.rosters.registry import Ledger


class LedgerFileForm(forms.Form):
    file = forms.FileField(
        label=_("Excel file (.xlsx, at most 20 MB and 50,000 rows)"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )


class RowFilter(forms.Form):
    """Which rows of an import are shown."""

    verdict = forms.ChoiceField(choices=Verdict.choices, required=False)
    column = forms.ChoiceField(label=_("Column"), required=False)
    open = forms.BooleanField(label=_("only what is not decided"), required=False)

    def __init__(self, *args: Any, ledger: Ledger, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = [(column.key, column.heading) for column in ledger.columns]
        self.fields["column"].choices = [("", _("every column")), *columns]  # type: ignore[attr-defined]
