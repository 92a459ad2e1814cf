"""Forms about submissions."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from governance.data_forms.collections.forms import LONGEST
from governance.data_forms.submissions.submissions import (
    LONGEST_REASON,
    MOST_MINUTES,
    empty_cells,
)
from orgs.workflow.forms import ActionForm


class SignForm(ActionForm):
    minutes = forms.IntegerField(
        label=_("Minutes that this form took you"), min_value=0, max_value=MOST_MINUTES,
        help_text=_(
            "As you estimate it, with looking things up. Nobody is judged by it: it shows what the "
            "form costs, and to whom it is put down."
        ),
    )  # fmt: skip
    text = forms.CharField(
        label=_("Remark"), max_length=LONGEST, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def prepare(self) -> None:
        if empty := empty_cells(self.row):
            message = ngettext(
                "%(count)d cell is still empty and goes as it is.",
                "%(count)d cells are still empty and go as they are.",
                empty,
            )
            self.fields["text"].help_text = message % {"count": empty}


class SendBackForm(ActionForm):
    """Which rows are sent back, and why."""

    rows = forms.CharField(
        label=_("Numbers of the rows"), max_length=200,
        help_text=_("As they stand in the first column: 3, 7, 12"),
    )  # fmt: skip
    reason = forms.CharField(label=_("What is wrong"), max_length=LONGEST_REASON)

    def clean_rows(self) -> list[int]:
        parts = self.cleaned_data["rows"].replace("，", ",").replace("、", ",").split(",")
        numbers = [part.strip() for part in parts if part.strip()]
        if not numbers or not all(
            one.isascii() and one.isdigit() and len(one) < 7 for one in numbers
        ):
            raise forms.ValidationError(
                _("Write the numbers of the rows, with commas between them.")
            )
        return [int(one) for one in numbers]
