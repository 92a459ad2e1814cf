"""Forms of building posts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.models import Unit
from orgs.web.form_fields import DayField, EnumField
from residents.models import Household
from residents.roll.forms import DIGITS
from volunteers.enums import BuildingRole, RoleSetCode
from volunteers.posts.posts import LONGEST_NAME


class HouseholdField(forms.ModelChoiceField):
    """A door of one building."""

    def __init__(self) -> None:
        super().__init__(queryset=Household.objects.none(), label=_("Centre household"))

    def label_from_instance(self, obj: Household) -> str:
        return obj.door


class FillForm(forms.Form):
    """Who takes a post; a centre household is a door, an other post has a name of its own."""

    title = forms.CharField(label=_("Name of the post"), max_length=40)
    household = HouseholdField()
    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        help_text=_("Somebody on the roll of the compound is found by the name."),
    )
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=30,
        required=False,
        widget=DIGITS,
        help_text=_("Only where several people have the name."),
    )
    starts = DayField(label=_("From day"), required=False)

    def __init__(self, *args: Any, building: Unit, role: BuildingRole, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unused = {"household"}
        if role == BuildingRole.CENTRE:
            unused = {"name", "phone"}
            field = self.fields["household"]
            assert isinstance(field, HouseholdField)
            field.queryset = building.households.order_by("entrance", "floor", "room")
        if role != BuildingRole.OTHER:
            unused.add("title")
        for name in unused:
            del self.fields[name]


class PostFilter(forms.Form):
    """Whose posts are listed: those of one kind, or all."""

    role = forms.ChoiceField(
        label=_("Post"), required=False, choices=[("", _("all")), *BuildingRole.choices]
    )


class RoleSetForm(forms.Form):
    code = EnumField(
        RoleSetCode,
        label=_("Set of posts"),
        widget=forms.RadioSelect,
        help_text=_("It holds here and below, where nothing else is chosen."),
    )
