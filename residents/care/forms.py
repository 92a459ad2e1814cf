"""Forms of care rosters."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs.crypto import EncryptedTextField
from orgs.models import Position, Unit
from orgs.web.form_fields import DayField, EnumField, row_field
from residents.care.entries import LARGEST_AMOUNT, LONGEST_NAME, LONGEST_TEXT
from residents.care.queries import FEN
from residents.care.readers import LONGEST_REASON
from residents.enums import (
    CareBasis,
    CareEnding,
    CareKind,
)
from residents.models import Household
from residents.models.care import COMMON, DETAILS, field_of
from residents.roll.form_fields import HundredthsField
from residents.roll.forms import DIGITS, VisitForm

_NOTHING = [("", "—")]


def _yes_or_no(text: str) -> bool:
    return text == "True"


def _field(name: str) -> Any:
    """The field of one detail, as its column declares it."""
    field = field_of(name)
    required = name in {"allowance", "disability", "grade", "needs"}
    options: dict[str, Any] = {"label": field.verbose_name, "required": required}
    if name == "subsidised":
        answers = [*_NOTHING, ("True", _("yes")), ("False", _("no"))]
        return forms.TypedChoiceField(
            choices=answers, coerce=_yes_or_no, empty_value=None, **options
        )
    if name == "amount":
        return HundredthsField(
            max_value=LARGEST_AMOUNT // FEN, max_digits=8, help_text=_("In yuan."), **options
        )
    if name == "guardian_phone":
        options |= {"max_length": 30, "widget": DIGITS}
    elif name == "guardian_name":
        options |= {"max_length": LONGEST_NAME, "widget": forms.TextInput}
    elif isinstance(field, EncryptedTextField):
        options |= {"max_length": LONGEST_TEXT, "widget": forms.Textarea(attrs={"rows": 3})}
    return row_field(field, **options)


class CareForm(forms.Form):
    """The details of one roster; which ones depends on its kind."""

    basis = EnumField(
        CareBasis, label=_("On what ground"), initial=CareBasis.DUTY, widget=forms.RadioSelect
    )
    consented_on = DayField(
        label=_("Consent signed on"),
        required=False,
        help_text=_("Only for a separate consent; keep the paper."),
    )

    def __init__(self, kind: CareKind, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (*DETAILS[kind], *COMMON):
            self.fields[name] = _field(name)


class NewCareForm(CareForm):
    """The same, for somebody new on the roster; who it is goes along unseen."""

    person = forms.IntegerField(widget=forms.HiddenInput)
    kind = EnumField(CareKind, widget=forms.HiddenInput)
    starts = DayField(label=_("From day"), required=False, initial=timezone.localdate)


class ChooseForm(forms.Form):
    """Who goes on which roster."""

    person = forms.IntegerField()
    kind = EnumField(CareKind)


class EndForm(forms.Form):
    ending = EnumField(CareEnding, label=_("Why it ends"), widget=forms.RadioSelect)
    ends = DayField(label=_("Last day"), initial=timezone.localdate)


class CareVisitForm(VisitForm):
    """A visit to somebody, in one of their homes."""

    household = forms.ModelChoiceField(label=_("Where"), queryset=Household.objects.none())

    field_order = ("household", "on")

    def __init__(self, *args: Any, homes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = _(
            "Visits are read by all who read the roll here: what is sensitive belongs in the entry."
        )
        chosen: Any = self.fields["household"]
        chosen.queryset, chosen.empty_label = homes, None


class CareFilter(forms.Form):
    unit = forms.CharField(required=False, max_length=24, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("Care roster"), required=False)
    ended = forms.ChoiceField(
        label=_("State"),
        choices=[("", _("on the roster today")), ("1", _("ended"))],
        required=False,
    )

    def __init__(self, kinds: list[CareKind], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["kind"]
        chosen.choices = [("", _("all")), *[(kind.value, kind.label) for kind in kinds]]


class PositionForm(forms.Form):
    """Whose position is named."""

    position = forms.ModelChoiceField(label=_("Who"), queryset=Position.objects.none())

    def __init__(self, *args: Any, positions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["position"]
        chosen.queryset, chosen.empty_label = positions, None
        chosen.label_from_instance = lambda position: f"{position.user} · {position}"


class ReaderForm(forms.Form):
    """For which rosters of which unit, and from when until when."""

    unit = forms.ModelChoiceField(label=_("Of which unit"), queryset=Unit.objects.none())
    kinds = forms.TypedMultipleChoiceField(
        label=_("Which rosters"),
        choices=CareKind.choices,
        coerce=CareKind,
        widget=forms.CheckboxSelectMultiple,
    )
    keeps = forms.BooleanField(label=_("Keeps them too"), required=False)
    starts = DayField(label=_("From day"), required=False, initial=timezone.localdate)
    ends = DayField(label=_("Last day"), required=False)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["unit"]
        chosen.queryset, chosen.empty_label = units, None


class DismissForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON)
