"""Form fields of the portal's own."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from orgs.accounts import users
from orgs.enums import UnitKind
from orgs.errors import Refused
from orgs.models import Attachment, Unit, User
from orgs.units.queries import matching, unit_by_code
from orgs.values.days import DAY_VALIDATORS, MOMENT_VALIDATORS
from orgs.values.names import compared, is_visible


def is_filled(form: forms.BaseForm) -> bool:
    """Whether a form is valid; a text that shows nothing (invisible signs alone) is none."""
    if not form.is_valid():
        return False
    for name, value in list(form.cleaned_data.items()):
        if isinstance(value, str) and value and not is_visible(value):
            form.cleaned_data[name] = ""
            if form.fields[name].required:
                form.add_error(name, form.fields[name].error_messages["required"])
    return not form.errors


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%d", **options)


class DayField(forms.DateField):
    """A day that the portal can count with."""

    widget = DayInput
    default_validators = [*DAY_VALIDATORS]


class EnumField(forms.TypedChoiceField):
    """One of an enumeration; its value is the member."""

    def __init__(self, enum: type[models.Choices], **options: Any) -> None:
        super().__init__(choices=enum.choices, coerce=enum, **options)


class PersonField(forms.CharField):
    """An account, by its user name or the whole mobile number."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", _("User name or the whole mobile number"))
        super().__init__(max_length=150, **options)

    def clean(self, value: Any) -> User:
        person = users.by_login(super().clean(value))
        if person is None:
            raise forms.ValidationError(
                _("No account has this name or number. New people come by the staff import.")
            )
        return person


class UnitField(forms.CharField):
    """A unit by its present or former code."""

    def clean(self, value: Any) -> Unit:
        unit = unit_by_code(super().clean(value), Unit.objects.all())
        if unit is None:
            raise ValidationError(_("Choose the place once more: this one is not known."))
        return unit


class ProposingInput(forms.TextInput):
    """A line of text for which the browser proposes what there is; the list stands beside it."""

    def __init__(
        self, proposals: Callable[[], Iterable[str]] = tuple, attrs: dict[str, Any] | None = None
    ) -> None:
        super().__init__({"autocomplete": "off"} | (attrs or {}))
        # Asked when the page is made.
        self.proposals = proposals

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        key = f"{(attrs or {}).get('id', name)}-proposals"
        line = super().render(name, value, {**(attrs or {}), "list": key}, renderer)
        options = format_html_join(
            "", '<option value="{}"></option>', ((text,) for text in self.proposals())
        )
        return format_html('{}<datalist id="{}">{}</datalist>', line, key, options)


class NamedUnitField(UnitField):
    """A unit of one kind by its name or place, as people write it. The form that has it says what the
    browser proposes (`proposals` of the widget).
    """

    widget = ProposingInput
    # So many places are named where several fit.
    NAMED = 5

    def __init__(self, kind: UnitKind, **options: Any) -> None:
        super().__init__(**options)
        self.kind = kind

    def clean(self, value: Any) -> Unit:
        words = forms.CharField.clean(self, value).strip()
        units = Unit.objects.filter(kind=self.kind).order_by("path_name", "pk")
        if unit := unit_by_code(words, units):
            return unit
        fitting = [] if "\0" in words else self._fitting(words, units)
        if not fitting:
            raise ValidationError(_("No place of this name is known. Write a part of its name."))
        if len(fitting) == 1:
            return fitting[0]
        names = "、".join(unit.path_name for unit in fitting)
        raise ValidationError(
            _("Several places fit: %(places)s. Write the whole name.") % {"places": names}
        )

    def _fitting(self, words: str, units: QuerySet[Unit]) -> list[Unit]:
        """Those that are called so, whatever else has it in its name; else those with each word."""
        key = compared(words)
        called = units.filter(Q(name_key=key) | Q(path_key=key))
        return list(called[: self.NAMED]) or list(matching(words, units)[: self.NAMED])


class MomentInput(forms.DateTimeInput):
    """The browser's own calendar and clock, to the minute."""

    input_type = "datetime-local"

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"format": "%Y-%m-%dT%H:%M"} | options)


class MomentField(forms.DateTimeField):
    """A moment that the portal can count with."""

    widget = MomentInput
    default_validators = [*MOMENT_VALIDATORS]


def row_field(field: models.Field, **options: Any) -> forms.Field | None:
    """The form field of a model's field: days and moments of the portal's own, a dash for no choice."""
    if isinstance(field, models.DateField):
        moment = isinstance(field, models.DateTimeField)
        options.setdefault("form_class", MomentField if moment else DayField)
    form_field = field.formfield(**options)
    if field.choices and isinstance(form_field, forms.ChoiceField) and not form_field.required:
        form_field.choices = [("", "—"), *field.get_choices(include_blank=False)]
    return form_field


class RowForm(forms.ModelForm):
    """A form whose fields the model declares. It only validates: a use-case writes the row, and what
    is unique or tied to other columns the database says.
    """

    class Meta:
        formfield_callback = row_field

    def validate_unique(self) -> None:
        pass

    def validate_constraints(self) -> None:
        pass

    def save(self, commit: bool = True) -> Any:
        raise NotImplementedError("A use-case writes the row.")


# The name, behind the field's, under which a file that is stored already comes again.
KEPT = "-kept"


class FilesInput(forms.FileInput):
    """Files to choose, beside those that were stored when the form was sent before."""

    allow_multiple_selected = True
    kept: Sequence[Attachment] = ()

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chooser = super().render(name, value, attrs, renderer)
        if not self.kept:
            return chooser
        keys = format_html_join(
            "",
            '<input type="hidden" name="{}" value="{}">',
            ((f"{name}{KEPT}", str(file.pk)) for file in self.kept),
        )
        count = len(self.kept)
        words = ngettext(
            "%(count)d file is uploaded already; choose more only to add to it.",
            "%(count)d files are uploaded already; choose more only to add to them.",
            count,
        )
        note = words % {"count": count}
        return format_html('{}{}<p class="field-kept">{}</p>', chooser, keys, note)

    def use_required_attribute(self, initial: Any) -> bool:
        """Never: a browser knows nothing of what is stored already."""
        return False


class FilesField(forms.FileField):
    """Photos and videos; the page stores them, and its use-case takes what was stored.

    `required` is for the label alone: what an earlier try has stored counts, so the use-case asks.
    """

    widget = FilesInput(attrs={"accept": "image/*,video/mp4,video/quicktime"})
    default_error_messages = {"too_many": _("At most %(most)d photos or videos.")}

    def __init__(self, *, most: int, required: bool = False, **options: Any) -> None:
        super().__init__(required=required, **options)
        self.most = most

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = [file for file in (data if isinstance(data, list) else [data]) if file]
        if len(files) > self.most:
            raise ValidationError(self.error_messages["too_many"], params={"most": self.most})
        return files


class MobileField(forms.CharField):
    """A mainland mobile number, written in any usual way; its value is the eleven digits."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Mobile number"))
        options.setdefault("max_length", 30)
        options.setdefault(
            "widget",
            forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        )
        super().__init__(**options)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return users.mobile(text) if text else ""
        except Refused as error:
            raise ValidationError(error.message, code=error.code)
