"""Forms of report-ins, pairings and the two reports."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs.enums import UnitKind
from orgs.models import PartyOrganisation, Unit
from orgs.web.form_fields import (
    DayField,
    EnumField,
    MobileField,
    NamedUnitField,
    ProposingInput,
    RowForm,
)
from orgs.workflow.forms import ActionForm
from volunteers.service.enums import ServantKind, Skill
from volunteers.service.models import Pairing
from volunteers.service.models.pairings import period_name
from volunteers.service.reportins import queries


class SkillsForm(forms.Form):
    """What somebody can do that not everybody can."""

    skills = forms.MultipleChoiceField(
        label=_("Skills"),
        choices=Skill,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Orders and activities that ask for a skill are open to whoever has it here."),
    )


# Organisations are many: they are found by their name, as it is written.
class EmployerField(forms.CharField):
    """A sending organisation by its name or code; the browser proposes what there is."""

    def __init__(self, **options: Any) -> None:
        widget = ProposingInput(queries.employers, {"autocomplete": "organization"})
        super().__init__(widget=widget, **options)

    def clean(self, value: Any) -> Any:
        # Looked up once it is known to be words that a database can be asked for.
        text = super().clean(value).strip()
        if not text:
            return None
        named = PartyOrganisation.objects.filter(
            Q(name=text) | Q(code=text), kind=queries.EMPLOYERS
        )
        organisation = named.order_by("pk").first()
        if organisation is None:
            raise forms.ValidationError(
                _("No organisation of this name is entered. Ask the community to enter it.")
            )
        return organisation


class ReportForm(forms.Form):
    """As what, where, and sent by whom; three things, half a minute."""

    kind = EnumField(ServantKind, label=_("I report in as"), initial=ServantKind.MEMBER)
    unit = NamedUnitField(UnitKind.COMPOUND, label=_("Compound where you live"))
    organisation = EmployerField(
        label=_("Sending organisation"),
        required=False,
        help_text=_("In-service members: the organisation of your work."),
    )
    platform = forms.CharField(
        label=_("Platform or firm"),
        max_length=60,
        required=False,
        help_text=_("Couriers and drivers: for whom you ride."),
    )

    def __init__(self, *args: Any, home: Unit | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].widget.proposals = partial(queries.compounds, home)


class EnterForm(ReportForm):
    """The same at the desk, for somebody without a telephone of their own."""

    name = forms.CharField(label=_("Name"), max_length=40)
    phone = MobileField(label=_("Mobile number"), required=False)
    field_order = ("name", "phone", "kind", "organisation", "platform")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["unit"]


class ReasonForm(ActionForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class MoveForm(ActionForm):
    unit = NamedUnitField(
        UnitKind.COMPOUND, label=_("New compound"), help_text=_("Its name, or a part of it.")
    )

    def prepare(self) -> None:
        self.fields["unit"].widget.proposals = partial(queries.compounds, self.row.unit)


class PairingForm(RowForm):
    """Who pairs with the community, about what, from when."""

    organisation = EmployerField(label=_("Sending organisation"))

    class Meta(RowForm.Meta):
        model = Pairing
        fields = ("organisation", "text", "starts")


class EndForm(forms.Form):
    on = DayField(label=_("Last day"))


class PeriodForm(forms.Form):
    """What is reported to one's superior, or to one's own branch, about a period."""

    period = forms.ChoiceField(label=_("Period"))
    text = forms.CharField(
        label=_("Report"), max_length=5000, widget=forms.Textarea(attrs={"rows": 8})
    )

    def __init__(self, *args: Any, periods: Sequence[str] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["period"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one, period_name(one)) for one in periods]
