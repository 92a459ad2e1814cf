"""Forms of rings, teams, pairs and consents."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orgs.web.form_fields import DayField, EnumField, PersonField, UnitField
from orgs.workflow.forms import ActionForm
from volunteers.service.enums import ConsentWay
from volunteers.service.models import CloudPair
from volunteers.service.orders.forms import DeskForm, WhomField
from volunteers.service.proxies import queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orgs.models import Unit, User

WEEKDAYS = (
    (1, _("Monday")), (2, _("Tuesday")), (3, _("Wednesday")), (4, _("Thursday")),
    (5, _("Friday")), (6, _("Saturday")), (7, _("Sunday")),
)  # fmt: skip


class RingForm(forms.Form):
    """What for; the place is home."""

    matter = forms.CharField(
        label=_("What do you need help with?"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    unit = UnitField(label=_("Where"))

    def __init__(self, *args: Any, places: "Sequence[Unit]" = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(place.code, place.path_name) for place in places]
        self.fields["unit"].widget = forms.Select(choices=choices)


class DeskRingForm(DeskForm):
    """The desk rings for somebody."""

    matter = forms.CharField(
        label=_("What help is needed"), max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )
    field_order = ("person", "matter", "way", "witness")


class TakeForm(ActionForm):
    pair = forms.ModelChoiceField(
        label=_("Together with a government helper"),
        queryset=CloudPair.objects.none(),
        required=False,
        empty_label=_("alone"),
    )

    def prepare(self) -> None:
        field = self.fields["pair"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = queries.own_pairs(self.user)


class FinishForm(ActionForm):
    zero_trips = forms.BooleanField(label=_("The resident had to go nowhere"), required=False)
    at_once = forms.BooleanField(label=_("It was settled at the first try"), required=False)
    text = forms.CharField(
        label=_("What was done, if you like"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class TeamForm(forms.Form):
    name = forms.CharField(label=_("Name of the team"), max_length=60)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    hours = forms.CharField(label=_("On duty"), max_length=80, required=False)


class MemberForm(forms.Form):
    person = PersonField(label=_("Who joins the team"))
    duty = forms.CharField(label=_("Does what"), max_length=80, required=False)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days on duty"),
        choices=WEEKDAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class ConsentForm(forms.Form):
    """Who agreed to be helped, by whom, for what, how, until when."""

    person = WhomField(label=_("For whom"), max_length=60)
    helper = PersonField(label=_("Who acts"))
    matter = forms.CharField(label=_("For what"), max_length=120)
    way = EnumField(ConsentWay, label=_("How they agreed"), initial=ConsentWay.SIGNED)
    witness = forms.CharField(
        label=_("Witness, where it was said in person"), max_length=40, required=False
    )
    ends = DayField(label=pgettext_lazy("consent", "Until"))

    def __init__(self, *args: Any, user: "User", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whom = self.fields["person"]
        assert isinstance(whom, WhomField)
        whom.user = user


class PairForm(forms.Form):
    volunteer = PersonField(label=_("Volunteer"))
    helper = PersonField(label=_("Government helper"))
    matters = forms.CharField(label=_("For what"), max_length=200)
