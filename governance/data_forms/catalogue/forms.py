"""Forms about forms of the catalogue."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.data_forms.collections.forms import LONGEST, CommunitiesField, GroundsForm
from governance.data_forms.models import CatalogueForm
from orgs.web.form_fields import DayField


class AskForm(forms.Form):
    """Asks communities for a form of the catalogue."""

    communities = CommunitiesField(label=_("Communities asked"))
    due_on = DayField(label=_("Due on"))

    def __init__(self, *args: Any, tree: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["communities"]
        field.choose_from([tree])
        field.initial = [unit.code for unit in field.queryset]


class ReproposalForm(GroundsForm):
    """Asks for a form that was taken off the catalogue."""

    def __init__(self, *args: Any, entry: CatalogueForm, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial",
            {"legal_basis": entry.legal_basis, "purpose": entry.purpose, "repeats": entry.repeats},
        )
        super().__init__(*args, **kwargs)
        communities: Any = self.fields["communities"]
        communities.choose_from([entry.street.tree_id])
        communities.initial = [unit.code for unit in entry.communities.all()]


class EndForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )
