"""Forms of claims."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.web.form_fields import EnumField, FilesField
from residents.claims.claims import MOST_PAPERS
from residents.enums import LeaveReason, Relation, SensitiveUse
from residents.privacy.decisions import LONGEST_REASON
from residents.privacy.forms import SensitiveForm
from residents.roll.forms import PAPER_NUMBER
from residents.roll.people import LONGEST_NAME


class ClaimForm(SensitiveForm):
    use = SensitiveUse.CLAIM
    sensitive = ("id_number", "photo")

    relation = EnumField(Relation, label=_("How you belong here"), widget=forms.RadioSelect)
    name = forms.CharField(label=_("Your name as on your papers"), max_length=LONGEST_NAME)
    id_number = forms.CharField(
        label=_("ID number"),
        max_length=30,
        required=False,
        widget=PAPER_NUMBER,
        help_text=_("You may leave it out."),
    )
    photo = FilesField(
        label=_("Photo of a paper"),
        most=MOST_PAPERS,
        help_text=_("Property certificate, contract or lease. You may leave it out."),
    )


class LeaveForm(forms.Form):
    """Why it ends; an owner leaves by selling alone."""

    reason = EnumField(LeaveReason, label=_("What has happened?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, owns: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = LeaveReason.SOLD if owns else LeaveReason.MOVED
        self.fields["reason"].initial = chosen
        if not owns:
            choices = [(LeaveReason.MOVED.value, LeaveReason.MOVED.label)]
            self.fields["reason"].choices = choices  # type: ignore[attr-defined]  # a choice field
        else:
            self.fields["reason"].help_text = _(
                "Your rights of this home end: you vote and deliberate there no more."
            )


class CodeForm(forms.Form):
    code = forms.CharField(label=_("Code of the letter to your door"), max_length=20)


class RefuseForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON)
