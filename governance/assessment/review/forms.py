"""Forms of appeals."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.attachments.attachments import MAX_ATTACHMENTS
from orgs.web.form_fields import FilesField


class AppealForm(forms.Form):
    """What is wrong with a score, and what proves it."""

    indicator = forms.ChoiceField(label=_("Which part is wrong"), required=False)
    reason = forms.CharField(
        label=_("What is wrong"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )
    attachments = FilesField(most=MAX_ATTACHMENTS, label=_("Photos that prove it"))

    def __init__(self, *args: Any, indicators: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["indicator"]
        field.choices = [("", _("the whole score")), *indicators]


class DecideForm(forms.Form):
    """The decision, with its reason; rows named here count no more once the run is corrected."""

    granted = forms.TypedChoiceField(
        label=_("Decision"),
        choices=(("1", _("grant it")), ("0", _("do not grant it"))),
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    leave_out = forms.TypedMultipleChoiceField(
        label=_("Rows that count no more"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, rows: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["leave_out"]
        field.choices = rows
        if not rows:
            del self.fields["leave_out"]
