"""The boxes of forms, written without a template: a list's filters have twenty, with a hundred options.

Measured on the list of tasks: 7 ms of 28 with Django's templates, 3 ms so. The other widgets, and the
frame of a field (django/forms/field.html), are templates.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class FormRenderer(TemplatesSetting):
    """Django's renderer of the project's templates, faster for plain inputs and selects."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        write = _WRITERS.get(template_name)
        return write(context) if write else super().render(template_name, context, request)


def _attributes(attributes: Mapping[str, Any]) -> SafeString:
    """As Django's attrs.html: False is left out, True has no value."""
    if not attributes:
        return SafeString()
    return format_html_join(
        "",
        "{}",
        (
            (format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value),)
            for name, value in attributes.items()
            if value is not False
        ),
    )


def _input(context: Mapping[str, Any]) -> str:
    widget = context["widget"]
    value = widget["value"]
    return format_html(
        '<input type="{}" name="{}"{}{}>',
        widget["type"],
        widget["name"],
        SafeString() if value is None else format_html(' value="{}"', value),
        _attributes(widget["attrs"]),
    )


def _option(option: Mapping[str, Any]) -> SafeString:
    return format_html(
        '<option value="{}"{}>{}</option>',
        option["value"],
        _attributes(option["attrs"]),
        option["label"],
    )


def _group(name: str | None, options: Iterable[Mapping[str, Any]]) -> SafeString:
    """Options under their heading; without one they stand by themselves."""
    written = format_html_join("\n", "{}", ((_option(option),) for option in options))
    return format_html('<optgroup label="{}">{}</optgroup>', name, written) if name else written


def _select(context: Mapping[str, Any]) -> str:
    widget = context["widget"]
    groups = ((_group(name, options),) for name, options, _index in widget["optgroups"])
    return format_html(
        '<select name="{}"{}>\n{}\n</select>',
        widget["name"],
        _attributes(widget["attrs"]),
        format_html_join("\n", "{}", groups),
    )


def _errors(context: Mapping[str, Any]) -> str:
    errors = context["errors"]
    if not errors:
        return ""
    field = errors.field_id
    return format_html(
        '<ul class="{}"{}>{}</ul>',
        context["error_class"],
        format_html(' id="{}_error"', field) if field else "",
        format_html_join("", "<li>{}</li>", ((error,) for error in errors)),
    )


_WRITERS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    **dict.fromkeys(
        (
            f"django/forms/widgets/{kind}.html"
            for kind in (
                "input",
                "hidden",
                "text",
                "number",
                "email",
                "date",
                "datetime",
                "checkbox",
            )
        ),
        _input,
    ),
    "django/forms/widgets/select.html": _select,
    "django/forms/errors/list/default.html": _errors,
}
