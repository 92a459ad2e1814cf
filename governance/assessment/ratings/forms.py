"""Forms of ratings, reviews and outside figures."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.assessment.enums import SubjectKind
from governance.assessment.indicators.outside import OUTSIDE
from orgs.web.form_fields import DayField, FilesField


class RateForm(forms.Form):
    """Points with a word."""

    points = forms.IntegerField(label=_("Points, 0 to 100"), min_value=0, max_value=100)
    text = forms.CharField(
        label=_("Why"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReviewForm(forms.Form):
    """What a meeting decided about one member."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2999)
    held_on = DayField(label=_("Held on"))
    by_representatives = forms.BooleanField(
        label=_("By the representatives' meeting"), required=False, initial=True
    )
    presided_by = forms.CharField(
        label=_("Who of the supervision committee presided"), max_length=60
    )
    total = forms.IntegerField(label=_("Members of the meeting"), min_value=1, max_value=100_000)
    present = forms.IntegerField(label=_("Present"), min_value=1, max_value=100_000)
    competent = forms.IntegerField(label=_("Competent"), min_value=0, max_value=100_000)
    basically = forms.IntegerField(label=_("Basically competent"), min_value=0, max_value=100_000)
    incompetent = forms.IntegerField(label=_("Incompetent"), min_value=0, max_value=100_000)
    attachments = FilesField(most=1, label=_("Photo of the minutes"))


class FiguresForm(forms.Form):
    """A file of outside figures."""

    code = forms.ChoiceField(
        label=_("Figure"), choices=[(code, label) for code, (label, _kinds) in OUTSIDE.items()]
    )
    subject_kind = forms.TypedChoiceField(
        label=_("Assesses"), choices=SubjectKind.choices, coerce=SubjectKind
    )
    period = forms.CharField(
        label=_("Period of the scheme"),
        max_length=8,
        help_text=_("Like 2026-03, 2026-Q1, 2026-H1 or 2026, as the scheme has it."),
    )
    source = forms.CharField(label=_("Source"), max_length=300)
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV or Excel; three columns: code or name, counted, of. The first row is headings."
        ),
    )

    def clean(self) -> dict[str, Any]:
        return super().clean() or {}
