"""Forms of campaign lists and their measures."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from orgs.attachments.attachments import MAX_ATTACHMENTS
from orgs.enums import Role
from orgs.models import Department, District, Unit, User
from orgs.scoping import reach_of
from orgs.web.form_fields import DayField, RowForm
from tasks.campaigns.campaigns import MAX_NUMBER
from tasks.campaigns.queries import departments_for
from tasks.enums import STREET_ROLES, MeasureAction
from tasks.models import MAX_TEXT, Campaign, Measure, MeasureEntry
from tasks.workflow.forms import ManyFilesField, ManyFilesInput


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
        self._owners = {one.code: one for one in owners(user)}
        field = self.fields["owner"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(code, one.name) for code, one in self._owners.items()]
        field.coerce = self._owners.__getitem__


class MeasureForm(forms.Form):
    """A measure, new or to be changed."""

    number = forms.IntegerField(
        label=_("Number on the list"),
        min_value=1,
        max_value=MAX_NUMBER,
        required=False,
        help_text=_("Empty: the next one."),
    )
    aspect = forms.CharField(label=_("Aspect"), max_length=40)
    problem = forms.CharField(label=_("Problem"), max_length=200)
    text = forms.CharField(
        label=_("Measure"), max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )
    lead = forms.ModelChoiceField(label=_("Lead department"), queryset=Department.objects.none())
    assist = forms.ModelMultipleChoiceField(
        label=_("Assisting departments"),
        queryset=Department.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    due_on = DayField(label=_("Due by"))
    reason = forms.CharField(
        label=_("Why it is changed"), max_length=500, help_text=_("It stands on the timeline.")
    )

    def __init__(
        self, *args: Any, campaign: Campaign, measure: Measure | None = None, **kwargs: Any
    ) -> None:
        if measure:
            names = ("aspect", "problem", "text", "lead", "due_on")
            kwargs["initial"] = {name: getattr(measure, name) for name in names}
            kwargs["initial"]["assist"] = list(measure.assist.all())
        super().__init__(*args, **kwargs)
        del self.fields["number" if measure else "reason"]
        for name in ("lead", "assist"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = departments_for(campaign).order_by("code")


class ReportForm(forms.Form):
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
    photos = ManyFilesField(
        label=_("Photos or short videos"),
        required=False,
        widget=ManyFilesInput(attrs={"accept": "image/*,video/mp4,video/quicktime"}),
        help_text=_("At most nine. Photos and named documents are evidence."),
    )

    def clean_photos(self) -> list[Any]:
        found = self.cleaned_data["photos"] or []
        if len(found) > MAX_ATTACHMENTS:
            raise ValidationError(
                _("At most %(most)d photos or videos."), params={"most": MAX_ATTACHMENTS}
            )
        return list(found)


class CloseForm(forms.Form):
    text = forms.CharField(
        label=_("Remark"),
        max_length=MAX_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class BackForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The departments read it. New evidence will be needed."),
    )


FORMS: dict[MeasureAction, type[forms.Form]] = {
    MeasureAction.REPORT: ReportForm,
    MeasureAction.SUBMIT: ReportForm,
    MeasureAction.CLOSE: CloseForm,
    MeasureAction.SEND_BACK: BackForm,
    MeasureAction.REOPEN: BackForm,
}
