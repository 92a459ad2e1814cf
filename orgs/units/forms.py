"""Forms about units."""

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.enums import UnitKind
from orgs.models import CompoundProfile, Unit
from orgs.units.units import PROFILE_FIELDS
from orgs.web.form_fields import RowForm, UnitField

COORDINATE = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"})


class NewUnitForm(forms.Form):
    """A unit below another."""

    name = forms.CharField(label=_("name"), max_length=60)
    official_type = forms.CharField(label=_("official type"), max_length=30, required=False)
    code = forms.CharField(
        label=_("12-digit statistical code"),
        max_length=12,
        required=False,
        help_text=_("Leave it empty until the official code is known."),
    )

    last = forms.IntegerField(
        label=_("up to number"),
        required=False,
        min_value=1,
        max_value=9999,
        help_text=_("For several buildings at once: 1栋 above, and here the last number, like 20."),
    )

    def __init__(self, *args: object, kind: UnitKind, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed through
        if kind != UnitKind.BUILDING:
            del self.fields["last"]
        if kind in (UnitKind.COMPOUND, UnitKind.BUILDING):
            del self.fields["code"], self.fields["official_type"]
        elif kind == UnitKind.STREET:
            self.fields["code"].required = True
            self.fields["code"].help_text = ""


class RenameForm(forms.Form):
    """A unit's new name."""

    name = forms.CharField(label=_("name"), max_length=60)


class MoveForm(forms.Form):
    """Where a unit goes, by the code of its new parent."""

    parent = UnitField(max_length=24, widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("new 12-digit statistical code"),
        max_length=12,
        required=False,
        help_text=_("Leave it empty until the official code is known."),
    )

    def __init__(self, *args: object, unit: Unit, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed through
        if unit.kind != UnitKind.COMMUNITY:
            del self.fields["code"]


class ProfileForm(RowForm):
    """What is known of a compound."""

    class Meta(RowForm.Meta):
        model = CompoundProfile
        fields = PROFILE_FIELDS
        widgets = {"lon": COORDINATE, "lat": COORDINATE}


class OutlinesForm(forms.Form):
    """A file with outlines."""

    file = forms.FileField(
        label=_("GeoJSON file"),
        help_text=_(
            "Areas in WGS-84 or CGCS2000 (天地图). Each is told by its property code or name "
            "(编码、名称): that of the compound or grid."
        ),
    )
    partly = forms.BooleanField(
        label=_("Leave out the outlines of places that are not known"), required=False
    )
