"""Forms of the roster of members."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs.models import PartyOrganisation, User
from orgs.web.form_fields import DayField, EnumField
from residents.roll.forms import PAPER_NUMBER
from residents.roll.people import LONGEST_NAME
from volunteers.enums import PARTY_KEEPERS, MemberClass
from volunteers.models.members import organisations_within


class OrganisationField(forms.ModelChoiceField):
    """One of the organisations whose roster somebody keeps."""

    def __init__(self) -> None:
        super().__init__(queryset=PartyOrganisation.objects.none(), label=_("Party organisation"))


class OfKeeper(forms.Form):
    """A form that offers the organisations of whoever fills it in."""

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, OrganisationField)
        field.queryset = organisations_within(by, PARTY_KEEPERS).order_by("code")


class RegisterForm(OfKeeper):
    """A person of the roll, found by name and number; never typed in a second time."""

    organisation = OrganisationField()
    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    number = forms.CharField(
        label=_("Telephone or ID number"),
        max_length=30,
        widget=PAPER_NUMBER,
        help_text=_("As on the roll; it is used to find the person and not kept here."),
    )
    member_class = EnumField(MemberClass, label=_("Class of member"))
    joined_on = DayField(label=_("Joined the party on"), required=False)
    starts = DayField(label=_("On the roster from"), required=False)


class ClassForm(forms.Form):
    member_class = EnumField(MemberClass, label=_("New class"))
    on = DayField(label=_("From day"), required=False, initial=timezone.localdate)


class TransferForm(OfKeeper):
    organisation = OrganisationField()
    on = DayField(label=_("From day"), required=False, initial=timezone.localdate)


class EndForm(forms.Form):
    """Ends something with a day."""

    on = DayField(label=_("Last day"), initial=timezone.localdate)


class MemberFilter(forms.Form):
    unit = forms.CharField(required=False, max_length=24, widget=forms.HiddenInput)
    member_class = forms.ChoiceField(
        label=_("Class of member"), choices=[("", _("all")), *MemberClass.choices], required=False
    )
    ended = forms.BooleanField(label=_("with those who left or changed"), required=False)
