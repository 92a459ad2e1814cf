"""Forms about blank forms."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from governance.data_forms.enums import Subject
from governance.data_forms.fields import registry
from governance.data_forms.models import BlankForm
from governance.data_forms.sums.parts import OF_PLACES
from orgs.models import Unit
from orgs.web.form_fields import EnumField


class PlaceChoice(forms.ModelChoiceField):
    """One of some units, by its whole name."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("empty_label", None)
        super().__init__(Unit.objects.none(), to_field_name="code", **options)

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.path_name)


class AddForm(forms.Form):
    """A blank workbook, and what one row of it is about."""

    name = forms.CharField(label=_("Name of the form"), max_length=80)
    unit = PlaceChoice(label=_("Kept for"))
    subject = EnumField(Subject, label=_("One row for each"))
    file = forms.FileField(
        label=_("Blank form (.xlsx)"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        help_text=_(
            "As you were sent it, with its titles, headings and foot. At most 2 MB, without macros, "
            "protection and hidden sheets."
        ),
    )

    def __init__(self, *args: Any, places: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit: Any = self.fields["unit"]
        unit.queryset = places


class FieldsForm(forms.Form):
    """For each heading, which field stands below it."""

    def __init__(self, *args: Any, form: BlankForm, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        subject = Subject(form.subject)
        choices = [
            ("", _("not known to the portal: stays empty")),
            (registry.SERIAL, _("running number")),
            *([(registry.COUNT, _("a number that is counted"))] if subject in OF_PLACES else []),
            *((field.code, field.label) for field in registry.of(subject)),
        ]
        for column in form.columns.all():
            self.fields[f"column_{column.place}"] = forms.ChoiceField(
                label=column.heading,
                choices=choices,
                required=False,
                initial=column.field,
                help_text=f"{column.get_match_display()} · {column.certainty} %"
                if column.field
                else "",
            )


def chosen(typed: dict[str, Any]) -> dict[int, str]:
    """What a FieldsForm said: the code of a field by column."""
    return {int(name.removeprefix("column_")): code for name, code in typed.items()}
