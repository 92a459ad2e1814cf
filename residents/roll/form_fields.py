"""Fields that forms of residents share."""

from typing import Any

from django import forms


class HundredthsField(forms.DecimalField):
    """A number with two decimals (square metres, yuan); its value is whole units of 0.01."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, decimal_places=2, **options)

    def prepare_value(self, value: Any) -> Any:
        return f"{value // 100}.{value % 100:02}" if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        number = super().clean(value)
        return None if number is None else int(number * 100)
