"""The forms of a joint visit on the spot."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs.models import Department
from orgs.web.form_fields import MomentField
from orgs.workflow.forms import ActionForm
from tasks.catalogue.catalogue import callable_departments
from tasks.enums import GUEST_ROLES, WITH_DEPARTMENTS, GuestKind
from tasks.models import JointVisit, VisitGuest
from tasks.workflow.forms.tasks import remark
from tasks.workflow.steps.visits import invited_place


class NamesField(forms.CharField):
    """Several names, separated by commas of any kind or by lines."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=600, required=False, **options)

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        for sign in "、，；;\n":
            text = text.replace(sign, ",")
        return [name.strip() for name in text.split(",") if name.strip()]


class ArrangeVisitForm(ActionForm):
    """When, where, who; whoever works on the task is invited already."""

    starts_at = MomentField(label=_("When to meet"))
    place = forms.CharField(label=_("Where to meet"), max_length=200)
    subject = forms.CharField(
        label=_("What it is about"),
        max_length=100,
        help_text=_("Those invited read this and nothing of the report: name no resident here."),
    )
    departments = forms.ModelMultipleChoiceField(
        label=_("Departments"),
        queryset=Department.objects.none(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    guests = forms.TypedMultipleChoiceField(
        label=_("Also invited"),
        coerce=GuestKind,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    others = NamesField(  # type: ignore[assignment]  # a field, which the metaclass takes away
        label=_("From outside"),
        help_text=_("Firms or people, separated by commas. You tell them yourself."),
    )

    def prepare(self) -> None:
        unit, street = self.row.unit, self.row.unit.get_root()
        departments, guests = self.fields["departments"], self.fields["guests"]
        assert isinstance(departments, forms.ModelMultipleChoiceField)
        assert isinstance(guests, forms.ChoiceField)
        departments.queryset = callable_departments(street).order_by("code")
        departments.label_from_instance = lambda one: one.short_name  # type: ignore[method-assign, assignment]
        guests.choices = [
            (kind.value, kind.label) for kind in GUEST_ROLES if invited_place(kind, unit)
        ]
        if self.row.status in WITH_DEPARTMENTS:
            departments.initial = [
                part.department.code for part in self.row.present_parts if part.is_active
            ]
        guests.initial = [GuestKind.COMMUNITY]
        tomorrow = timezone.localtime() + timedelta(days=1)
        self.fields["starts_at"].initial = tomorrow.replace(
            hour=9, minute=0, second=0, microsecond=0
        )
        self.fields["place"].initial = unit.path_name
        self.fields["subject"].initial = self.row.category.name


class RecordVisitForm(ActionForm):
    """Who came of those invited, who besides, what was agreed."""

    came = forms.ModelMultipleChoiceField(
        label=_("Who came"),
        queryset=VisitGuest.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    others = NamesField(  # type: ignore[assignment]  # a field, which the metaclass takes away
        label=_("Who came besides"), help_text=_("Firms or people, separated by commas.")
    )
    minutes = remark(_("What was found and agreed"))

    @property
    def visit(self) -> JointVisit | None:
        """The appointment that is written down."""
        visit: JointVisit | None = self.row.pending_visit
        return visit

    def prepare(self) -> None:
        came = self.fields["came"]
        assert isinstance(came, forms.ModelMultipleChoiceField)
        came.queryset = VisitGuest.objects.filter(visit=self.visit).order_by("pk")
