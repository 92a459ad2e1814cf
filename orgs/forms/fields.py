"""Form fields of the portal's own."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from orgs import users
from orgs.days import MOMENT_VALIDATORS
from orgs.errors import Refused


class MomentInput(forms.DateTimeInput):
    """The browser's own calendar and clock, to the minute."""

    input_type = "datetime-local"

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"format": "%Y-%m-%dT%H:%M"} | options)


class MomentField(forms.DateTimeField):
    """A moment that the portal can count with."""

    widget = MomentInput
    default_validators = [*MOMENT_VALIDATORS]


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
