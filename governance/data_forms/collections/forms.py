"""Forms about collections."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from governance.data_forms.blanks.forms import PlaceChoice, RowsField
from governance.data_forms.catalogue import catalogue
from governance.data_forms.enums import Ground, Repeats, Subject
from governance.data_forms.fillings.filters import LISTED, Filter
from governance.data_forms.fillings.forms import FilterForm
from governance.data_forms.models import BlankForm
from governance.data_forms.submissions import unmasked_numbers
from orgs.enums import UnitKind
from orgs.models import Unit
from orgs.web.form_fields import DayField, EnumField
from orgs.workflow.forms import ActionForm

LONGEST = 500


class BoxesByStreet(forms.CheckboxSelectMultiple):
    """Boxes to tick; those of several streets each in a group of its own."""

    template_name = "data_forms/collections/boxes.html"


class ByStreet(ModelChoiceIterator):
    """Communities, in groups below the names of their streets where there are several."""

    def __iter__(self) -> Iterator[Any]:
        rows = self.queryset.select_related("parent")
        groups = [
            (street, [self.choice(row) for row in rows_])
            for street, rows_ in groupby(rows, lambda row: row.parent.short_name)
        ]
        yield from groups if len(groups) > 1 else groups[0][1] if groups else ()


class CommunitiesField(forms.ModelMultipleChoiceField):
    """Communities, each with a box to tick; all of them are proposed."""

    widget = BoxesByStreet
    iterator = ByStreet

    def __init__(self, **options: Any) -> None:
        super().__init__(Unit.objects.none(), to_field_name="code", **options)

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.short_name)

    def choose_from(self, streets: list[int]) -> None:
        """Offers the communities of these trees."""
        rows = Unit.objects.filter(kind=UnitKind.COMMUNITY, tree_id__in=streets)
        self.queryset = rows.order_by("tree_id", "lft")


_BASIS_HELP = _("The law, the rule or the document, with its number: “民政部令第 73 号第 5 条”.")


class GroundsForm(forms.Form):
    """On what basis, for what, until when, how often."""

    legal_basis = forms.CharField(label=_("Legal basis"), max_length=200, help_text=_BASIS_HELP)
    purpose = forms.CharField(
        label=_("For what"),
        max_length=200,
        help_text=_("It is shown to every community, and kept with every copy."),
    )
    communities = CommunitiesField(label=_("Communities asked"))
    due_on = DayField(label=_("Due on"))
    repeats = EnumField(Repeats, label=_("How often"))


class StreetForm(GroundsForm):
    """A street asks for one of its own forms."""

    form = forms.ModelChoiceField(
        label=_("Form"), queryset=BlankForm.objects.none(), empty_label=None
    )
    field_order = ["form", "communities", "legal_basis", "purpose", "due_on", "repeats"]

    def __init__(self, *args: Any, blanks: QuerySet[BlankForm], tree: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["form"]
        chosen.queryset = blanks
        communities: Any = self.fields["communities"]
        communities.choose_from([tree])
        communities.initial = [unit.code for unit in communities.queryset]


class ProposeForm(GroundsForm, FilterForm):
    """A department asks for a form of its own: the blank workbook comes along."""

    name = forms.CharField(label=_("Name of the form"), max_length=80)
    file = forms.FileField(
        label=_("Blank form (.xlsx)"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        help_text=_("With its titles, headings and foot. At most 2 MB, without macros."),
    )
    street = PlaceChoice(label=_("Street"))
    subject = RowsField(label=_("One row for each"))
    field_order = [
        "name", "file", "legal_basis", "purpose", "street", "communities", "due_on", "repeats",
        "subject", *LISTED,
    ]  # fmt: skip

    def __init__(self, *args: Any, streets: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, places=Unit.objects.none(), **kwargs)
        del self.fields["unit"]
        street: Any = self.fields["street"]
        street.queryset = streets
        communities: Any = self.fields["communities"]
        communities.choose_from([unit.tree_id for unit in streets])
        communities.required = False
        communities.help_text = _("Without a tick all communities of the street are asked.")


def proposed(typed: dict[str, Any]) -> dict[str, Any]:
    """What a ProposeForm said, as the use-case takes it."""
    listed = Filter.of({name: typed.pop(name) for name in LISTED})
    return typed | {"listed": listed, "communities": list(typed["communities"]) or None}


# --- Steps ---------------------------------------------------------------------------------------


class AdmitForm(ActionForm):
    """For each column whether the basis covers it, and what the street decided besides."""

    days = forms.IntegerField(
        label=_("Days to fill in each later round"), min_value=1, max_value=90, initial=7
    )
    text = forms.CharField(
        label=_("On what ground it is admitted"), max_length=LONGEST, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def prepare(self) -> None:
        form = self.row.form
        choices = list(Ground.choices)
        if form.subject != Subject.PERSON:
            choices = [one for one in choices if one[0] != Ground.CONSENT]
        for column, ground in catalogue.proposed(form).items():
            said = [_("sensitive")] if catalogue.is_sensitive(column, form) else []
            if column.field in unmasked_numbers.NUMBERS:
                said.append(_("whoever asks receives the whole number"))
            self.fields[f"ground_{column.place}"] = forms.ChoiceField(
                label=column.heading,
                choices=choices,
                initial=ground,
                help_text=" · ".join(map(str, said)),
            )
        columns = [name for name in self.fields if name.startswith("ground_")]
        self.order_fields([*columns, "days", "text"])
        if self.row.repeats == Repeats.ONCE:
            del self.fields["days"]

    def body(self) -> dict[str, Any]:
        typed = super().body()
        grounds = {
            int(name.removeprefix("ground_")): Ground(typed.pop(name))
            for name in list(typed)
            if name.startswith("ground_")
        }
        return typed | {"grounds": grounds}


class ReasonForm(ActionForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )


class DeliverForm(ActionForm):
    """What goes without the missing ones needs a word."""

    text = forms.CharField(
        label=_("Remark"), max_length=LONGEST, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed only where communities have not signed off: why it goes without them."),
    )  # fmt: skip


class CopyForm(forms.Form):
    """For what a merged copy is ordered."""

    purpose = forms.CharField(
        label=_("For what"), max_length=200,
        help_text=_("It is kept with the numbered copy; each fetching is recorded."),
    )  # fmt: skip
