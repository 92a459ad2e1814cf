"""Forms of bodies, terms of office, seats and property contracts."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs.enums import UnitKind
from orgs.models import District
from orgs.web.form_fields import DayField, EnumField, FilesField, RowForm
from residents.enums import (
    OF_COMMUNITIES,
    OF_COMMUNITIES_ALONE,
    BodyKind,
    ContractKind,
    Coverage,
    Seat,
)
from residents.models import Term
from residents.organisations.bodies import LONGEST_REASON
from residents.roll.form_fields import HundredthsField


class BodyForm(forms.Form):
    """A body of a place; a community has only some kinds."""

    kind = EnumField(BodyKind, label=_("Kind"))

    def __init__(self, *args: Any, unit_kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of_place = frozenset(BodyKind) - OF_COMMUNITIES_ALONE
        if unit_kind == UnitKind.COMMUNITY:
            of_place = OF_COMMUNITIES
        kinds = [kind for kind in BodyKind if kind in of_place]
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]


class TermForm(RowForm):
    class Meta(RowForm.Meta):
        model = Term
        fields = ["starts", "ends", "elected_on", "registered_on", "registration"]
        labels = {"starts": _("First day"), "ends": _("Last day")}
        help_texts = {"registered_on": _("With the street; may be written down later.")}


class RegisterForm(forms.Form):
    registered_on = DayField(label=_("Registered on"), initial=timezone.localdate)
    registration = forms.CharField(label=_("Registration number"), max_length=60)


class EndForm(forms.Form):
    """The early end of a term or a contract."""

    on = DayField(label=_("Last day"), initial=timezone.localdate)
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON)


class SeatForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=40,
        help_text=_("Whoever has this name on the roll of the place is found by it."),
    )
    phone_tail = forms.RegexField(
        label=_("Last four digits of the telephone"),
        regex=r"^[0-9]{4}$",
        required=False,
        help_text=_("Only where several people of the roll have this name."),
    )
    seat = EnumField(Seat, label=_("Seat"), initial=Seat.MEMBER)
    starts = DayField(label=_("From day"), required=False)


class LeaveForm(forms.Form):
    on = DayField(label=_("Last day"), initial=timezone.localdate)


class ContractForm(forms.Form):
    """Who looks after a compound, from when until when."""

    kind = EnumField(ContractKind, label=_("Kind"))
    firm = forms.CharField(
        label=_("Property firm"),
        max_length=80,
        required=False,
        help_text=_("Empty where the residents manage themselves or the community took over."),
    )
    credit_code = forms.RegexField(
        label=_("Unified social credit code"), regex=r"^[0-9A-Za-z]{18}$", required=False
    )
    starts = DayField(label=_("First day"))
    ends = DayField(
        label=_("Last day"),
        required=False,
        help_text=_("Empty for a contract until further notice."),
    )
    fee = HundredthsField(label=_("Fee (yuan per m² a month)"), required=False, max_digits=5)
    photo = FilesField(label=_("Photo of the contract"), most=1)


class CompoundFilter(forms.Form):
    """Compounds with or without a coverage."""

    unit = forms.CharField(required=False, max_length=24, widget=forms.HiddenInput)
    district = forms.ModelChoiceField(
        District.objects.all(), required=False, to_field_name="code", widget=forms.HiddenInput
    )
    what = forms.ChoiceField(
        label=_("Coverage"),
        choices=[("", _("all compounds")), *Coverage.choices, ("all_five", _("all five"))],
        required=False,
    )
    has = forms.ChoiceField(
        label=_("Which"), choices=[("1", _("covered")), ("0", _("not covered"))], required=False
    )
