"""Forms of campaign lists and their measures."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.enums import Role
from orgs.models import Department, District, Unit, User
from orgs.scoping import reach_of
from orgs.web.editing import columns
from orgs.web.form_fields import DayField, RowForm
from orgs.workflow.forms import ActionForm, PhotosForm
from tasks.campaigns.campaigns import MAX_NUMBER
from tasks.campaigns.queries import departments_for
from tasks.enums import STREET_ROLES
from tasks.models import MAX_TEXT, Campaign, Measure, MeasureEntry


def owners(user: User) -> list[District | Unit]:
    """The districts and streets for which somebody can open a list."""
    reach = reach_of(user)
    streets = Unit.objects.filter(reach.q("", STREET_ROLES), level=0).order_by("code")
    return [
        *District.objects.filter(pk__in=reach.district_ids({Role.DISTRICT_OFFICE})),
        *streets,
    ]


class CampaignForm(RowForm):
    """A new list."""

    owner = forms.TypedChoiceField(label=_("Whose list"))
    field_order = ("owner",)

    class Meta(RowForm.Meta):
        model = Campaign
        fields = ["name", "document", "starts", "ends"]
        labels = {"name": _("Name of the list")}
        help_texts = {"document": _("Its title or number, so that everybody can look it up.")}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._owners = {owner.code: owner for owner in owners(user)}
        field = self.fields["owner"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(code, owner.name) for code, owner in self._owners.items()]
        field.coerce = self._owners.__getitem__


class MeasureFields(forms.Form):
    """What stands on the list."""

    aspect = forms.CharField(
        label=_("Aspect"), max_length=Measure._meta.get_field("aspect").max_length
    )
    problem = forms.CharField(
        label=_("Problem"), max_length=Measure._meta.get_field("problem").max_length
    )
    text = forms.CharField(
        label=_("Measure"),
        max_length=Measure._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    lead = forms.ModelChoiceField(label=_("Lead department"), queryset=Department.objects.none())
    assist = forms.ModelMultipleChoiceField(
        label=_("Assisting departments"),
        queryset=Department.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    due_on = DayField(label=_("Due by"))

    def offer_departments(self, campaign: Campaign) -> None:
        """Only those that the list may name."""
        for name in ("lead", "assist"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = departments_for(campaign).order_by("code")


class NewMeasureForm(MeasureFields):
    """A new measure."""

    number = forms.IntegerField(
        label=_("Number on the list"),
        min_value=1,
        max_value=MAX_NUMBER,
        required=False,
        help_text=_("Empty: the next one."),
    )
    field_order = ("number",)

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_departments(campaign)


def shown_of(measure: Measure) -> dict[str, Any]:
    """What the form shows of a measure, by field."""
    read = columns("aspect", "problem", "text", "lead", "due_on")
    return read(measure) | {"assist": [department.pk for department in measure.assist.all()]}


class ChangeForm(ActionForm, MeasureFields):
    """A measure to be changed."""

    reason = forms.CharField(
        label=_("Why it is changed"), max_length=500, help_text=_("It stands on the timeline.")
    )
    field_order = ("aspect", "problem", "text", "lead", "assist", "due_on", "reason")

    def prepare(self) -> None:
        self.offer_departments(self.row.campaign)
        self.initial = shown_of(self.row)


class ReportForm(PhotosForm):
    """How far a department is, with what proves it."""

    text = forms.CharField(
        label=_("What was done"), max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 4})
    )
    reference = forms.CharField(
        label=_("Proving document"),
        max_length=MeasureEntry._meta.get_field("reference").max_length,
        required=False,
        help_text=_("Number or title of a document, minutes or an acceptance sheet."),
    )
    field_order = ("text", "reference", "photos")

    def prepare(self) -> None:
        super().prepare()
        self.fields["photos"].help_text = _(
            "At most nine. Photos and named documents are evidence."
        )


class CloseForm(ActionForm):
    text = forms.CharField(
        label=_("Remark"),
        max_length=MAX_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class BackForm(ActionForm):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The departments read it. New evidence will be needed."),
    )
