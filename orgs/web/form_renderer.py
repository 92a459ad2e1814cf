"""Fields and boxes of forms, written without a template: a list's filters have twenty, with a hundred
options.

Measured on the list of tasks: 7 ms of 28 with Django's templates, 3 ms so. The other widgets are
templates.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.forms import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from orgs.values.markup import joined, markup


class FormRenderer(TemplatesSetting):
    """Django's renderer of the project's templates, faster for plain inputs and selects."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        write = _WRITERS.get(template_name)
        return write(context) if write else super().render(template_name, context, request)


def _attributes(attributes: Mapping[str, Any]) -> SafeString:
    """As Django's attrs.html: False is left out, True has no value."""
    if not attributes:
        return SafeString()
    return joined(
        markup(" {}", name) if value is True else markup(' {}="{}"', name, value)
        for name, value in attributes.items()
        if value is not False
    )


def _input(context: Mapping[str, Any]) -> str:
    widget = context["widget"]
    value = widget["value"]
    return markup(
        '<input type="{}" name="{}"{}{}>',
        widget["type"],
        widget["name"],
        SafeString() if value is None else markup(' value="{}"', value),
        _attributes(widget["attrs"]),
    )


def _option(option: Mapping[str, Any]) -> SafeString:
    return markup(
        '<option value="{}"{}>{}</option>',
        option["value"],
        _attributes(option["attrs"]),
        option["label"],
    )


def _group(name: str | None, options: Iterable[Mapping[str, Any]]) -> SafeString:
    """Options under their heading; without one they stand by themselves."""
    written = joined(map(_option, options), "\n")
    return markup('<optgroup label="{}">{}</optgroup>', name, written) if name else written


def _select(context: Mapping[str, Any]) -> str:
    widget = context["widget"]
    groups = (_group(name, options) for name, options, _index in widget["optgroups"])
    return markup(
        '<select name="{}"{}>\n{}\n</select>',
        widget["name"],
        _attributes(widget["attrs"]),
        joined(groups, "\n"),
    )


def _errors(context: Mapping[str, Any]) -> str:
    errors = context["errors"]
    if not errors:
        return ""
    field = errors.field_id
    return markup(
        '<ul class="{}"{}>{}</ul>',
        context["error_class"],
        markup(' id="{}_error"', field) if field else "",
        joined(markup("<li>{}</li>", error) for error in errors),
    )


def _field(context: Mapping[str, Any]) -> str:
    """The frame of a field: label, help, errors, box; a box to tick stands before its label."""
    field = context["field"]
    classes = field.css_classes()
    help_text = _help(field)
    if field.widget_type == "checkbox":
        body = markup(
            '<div class="field-check">{}<label for="{}">{}</label></div>\n{}\n{}',
            field.as_widget(), field.id_for_label, field.label, help_text, field.errors,
        )  # fmt: skip
    else:
        begin, end = _fieldset(field) if field.use_fieldset else (_label(field), "")
        body = markup("{}\n{}\n{}\n{}{}", begin, help_text, field.errors, field.as_widget(), end)
    return markup(
        '<div class="field{}{}">\n{}\n</div>',
        " field-wrong" if field.errors else "",
        f" {classes}" if classes else "",
        body,
    )


def _help(field: BoundField) -> SafeString:
    if not field.help_text:
        return SafeString()
    key = markup(' id="{}_helptext"', field.auto_id) if field.auto_id else ""
    text = mark_safe(field.help_text)  # noqa: S308  as Django: the help text of a field is HTML
    return markup('<div class="field-help"{}>{}</div>', key, text)


def _fieldset(field: BoundField) -> tuple[SafeString, SafeString]:
    described = field.aria_describedby
    by = markup(' aria-describedby="{}"', described) if described else ""
    legend = markup("<legend>{}{}</legend>", field.label, _optional(field))
    begin = markup("<fieldset{}>{}", by, legend if field.label else "")
    return begin, SafeString("</fieldset>")


def _label(field: BoundField) -> SafeString:
    if not field.label:
        return SafeString()
    return markup('<label for="{}">{}{}</label>', field.id_for_label, field.label, _optional(field))


def _optional(field: BoundField) -> SafeString:
    if field.field.required:
        return SafeString()
    return markup(' <span class="field-optional">{}</span>', _("optional"))


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
    "django/forms/field.html": _field,
    "django/forms/errors/list/default.html": _errors,
}
