"""Forms of looking at private data, of requests about one's data, and with sensitive fields."""

from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from orgs.web.form_fields import DayField, EnumField
from residents.enums import (
    MASKED_FIELDS,
    DataRequestKind,
    SensitiveUse,
)
from residents.privacy import impact_assessments, unmasking
from residents.privacy.decisions import LONGEST_REASON
from residents.roll import people
from residents.roll.forms import DIGITS, PAPER_NUMBER, FactsForm
from residents.roll.people import LONGEST_NAME


class SensitiveForm(forms.Form):
    """A form with sensitive fields: they stand there only where an assessment of the use is in force,
    with a sentence why they are needed and a consent of their own.
    """

    use: ClassVar[SensitiveUse]
    sensitive: ClassVar[tuple[str, ...]]
    agrees = forms.BooleanField(
        label=_(
            "I agree separately to this use of my sensitive data. I can withdraw it at any time."
        ),
        required=False,
    )

    @property
    def keeps_files(self) -> bool:
        """Nothing is stored of whoever has not agreed to it."""
        return bool(self.data.get("agrees")) if self.is_bound else True

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agrees"].help_text = format_html(
            '{} <a href="{}" target="_blank">{}</a>',
            impact_assessments.NECESSITY[self.use],
            reverse("residents:privacy"),
            _("What happens with my data?"),
        )
        self.order_fields([*(name for name in self.fields if name != "agrees"), "agrees"])
        if not impact_assessments.in_force(self.use, today):
            for name in (*self.sensitive, "agrees"):
                del self.fields[name]


class UnmaskForm(forms.Form):
    field = forms.ChoiceField(
        choices=[(masked_field.value, masked_field.label) for masked_field in MASKED_FIELDS]
    )
    purpose = forms.CharField(max_length=unmasking.LONGEST_PURPOSE)


class PeriodForm(forms.Form):
    """From a day until a day; the last thirty days where nothing is chosen."""

    first = DayField(label=_("First day"))
    last = DayField(label=_("Last day"))

    def __init__(self, data: Any = None, **options: Any) -> None:
        today = timezone.localdate()
        start: date = today - timedelta(days=30)
        period = {"first": start.isoformat(), "last": today.isoformat()}
        super().__init__(data or period, **options)


class DataRequestForm(SensitiveForm, FactsForm):
    """A request about my data; corrections go to the roll when the community grants them."""

    use = SensitiveUse.OWN
    sensitive = people.SENSITIVE_FIELDS
    field_order = ("kind", "text", "name", "phone", "born", "sex", "id_number", "registered_at")

    kind = EnumField(DataRequestKind, label=_("I ask for"))
    text = forms.CharField(
        label=_("What exactly"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    name = forms.CharField(label=_("Right name"), max_length=LONGEST_NAME, required=False)
    phone = forms.CharField(
        label=_("Right telephone"), max_length=30, required=False, widget=DIGITS
    )
    born = DayField(label=_("Born"), required=False)
    id_number = forms.CharField(
        label=_("ID number"), max_length=30, required=False, widget=PAPER_NUMBER
    )

    # Asked once, when deletion was chosen.
    sure = forms.BooleanField(label=_("Yes, delete my data"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound or self.data.get("kind") != DataRequestKind.DELETE:
            del self.fields["sure"]

    def corrected(self) -> list[forms.BoundField]:
        """The fields of corrections; the page folds them away."""
        return [self[name] for name in self.fields if name not in ("kind", "text", "sure")]


class AnswerForm(forms.Form):
    granted = forms.ChoiceField(choices=[("1", ""), ("0", "")])
    reason = forms.CharField(max_length=LONGEST_REASON)
