"""Forms about blank forms."""

import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from governance.data_forms.blanks.blanks import ASKED_AS, LEFT_EMPTY, chosen_for
from governance.data_forms.enums import ROWS, AnswerKind, Subject
from governance.data_forms.fields import registry
from governance.data_forms.models import BlankForm, FormColumn
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


class RowsField(forms.TypedChoiceField):
    """What one row is about, of a form or a list that has rows."""

    def __init__(self, **options: Any) -> None:
        choices = [(subject.value, subject.label) for subject in ROWS]
        super().__init__(choices=choices, coerce=Subject, **options)


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
    """For each heading, which field stands below it, or what is asked for; the words of a choice."""

    def __init__(self, *args: Any, form: BlankForm, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        subject = Subject(form.subject)
        asked = [
            (code, _("asked for: %(kind)s") % {"kind": kind.label})
            for code, kind in ASKED_AS.items()
        ]
        choices = [
            (_("Known to the portal"), [
                (registry.SERIAL, _("running number")),
                *([(registry.COUNT, _("a number that is counted"))] if subject in OF_PLACES else []),
                *((field.code, field.label) for field in registry.of(subject)),
            ]),
            (_("Not known to the portal"), [
                *asked, (LEFT_EMPTY, _("left empty on purpose: not asked for")),
            ]),
        ]  # fmt: skip
        for column in form.columns.all():
            self.fields[f"column_{column.place}"] = forms.ChoiceField(
                label=column.heading,
                choices=choices,
                initial=chosen_for(column),
                help_text=f"{column.get_match_display()} · {column.certainty} %"
                if column.field
                else "",
            )
            if self._is_choice(column):
                self.fields[f"options_{column.place}"] = WordsField(
                    label=_("Words to choose from: %(heading)s") % {"heading": column.heading},
                    required=False,
                    initial="、".join(column.options),
                    help_text=_("Only for one of some words; separated by “、”."),
                )

    def _is_choice(self, column: FormColumn) -> bool:
        """Whether its words are asked for: where it is a choice, or is being made one."""
        chosen = self.data.get(f"column_{column.place}") or chosen_for(column)
        return chosen == f"asked_{AnswerKind.CHOICE}"


class WordsField(forms.CharField):
    """Some short words, separated by 、 or a comma."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=1000, **options)

    def clean(self, value: Any) -> list[str]:
        return [
            word.strip() for word in re.split("[、,，;；]", super().clean(value)) if word.strip()
        ]


def chosen(typed: dict[str, Any]) -> dict[str, dict[int, Any]]:
    """What a FieldsForm said, by column."""

    def of(prefix: str) -> dict[int, Any]:
        return {
            int(name.removeprefix(prefix)): value
            for name, value in typed.items()
            if name.startswith(prefix)
        }

    return {"fields": of("column_"), "options": of("options_")}
