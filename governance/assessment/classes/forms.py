"""Forms of classes of compounds."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.assessment.enums import CompoundClassKind
from orgs.web.form_fields import DayField, EnumField


class AwardForm(forms.Form):
    """Which class a compound gained, since when, by which document."""

    kind = EnumField(CompoundClassKind, label=_("Class"))
    starts = DayField(label=_("Since"), initial=timezone.localdate)
    reason = forms.CharField(
        label=_("Document"), max_length=200, help_text=_("The decision that names the compound.")
    )


class WithdrawForm(forms.Form):
    """Until when a class counts, and which document takes it away."""

    ends = DayField(label=_("Last day"), initial=timezone.localdate)
    reason = forms.CharField(
        label=_("Document"),
        max_length=200,
        help_text=_("The decision that takes the class away, and why."),
    )
