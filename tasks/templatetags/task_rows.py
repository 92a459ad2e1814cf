"""A task as a row of a list. Written in Python: as a template, which looks up each word anew, it takes
five times as long, and rows are most of what a desk or a list costs.
"""

from typing import TYPE_CHECKING

from django import template
from django.template import Context
from django.template.defaultfilters import capfirst
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from orgs.templatetags.portal import MarkedForm, icon, left, light, when

if TYPE_CHECKING:
    from datetime import datetime

    from tasks.lists.rows import Row

register = template.Library()
NOTHING = SafeString()

_ROW = """<div class="row-item task-row{}">
  <span class="row-mark">{}{}</span>
  <div>
    <p class="row-title">{}<a href="{}">{}</a></p>
    <p class="row-note">{}</p>
  </div>
  <div class="row-side">
    <span>{}</span>
    {}
  </div>
</div>"""
_TICK = (
    '<label class="row-tick"><input type="checkbox" form="bulk" name="numbers" value="{}">'
    '<span class="visually-hidden">{}{}{}</span></label>'
)
_LINK = '<a class="button button-small" href="{}">{}<span class="visually-hidden">: {}</span></a>'
_FORM = (
    '<form method="post" action="{}">{}{}<button class="button button-small" type="submit">{}'
    '<span class="visually-hidden">: {}</span></button></form>'
)


@register.simple_tag(takes_context=True)
def task_row(context: Context, row: "Row", back: str = "") -> SafeString:
    """A row of a list; `back`: where a button in it returns to.

    With `bulk_actions` in the context it has a box to tick.
    """
    return format_html(
        _ROW,
        " task-row-urgent" if row.urgent else "",
        _tick(row) if context.get("bulk_actions") else "",
        light(row.light) if row.light else _tag(row.task.get_status_display()),
        _urgent(row),
        row.url,
        row.task.title,
        _note(row),
        _time(row, context["now"]),
        _step(row, context, back),
    )


def _tick(row: "Row") -> SafeString:
    return format_html(_TICK, row.task.number, _("Tick"), _(": "), row.task.title)


def _tag(text: str, css_class: str = "tag") -> SafeString:
    return format_html('<span class="{}">{}</span>', css_class, text)


def _urgent(row: "Row") -> SafeString:
    if not row.urgent:
        return NOTHING
    return format_html('<span class="tag tag-urgent">{}{}</span> ', icon("urgent"), _("Emergency"))


def _note(row: "Row") -> SafeString:
    """Everything below the title: as what, kind, place, number, state, who has it."""
    task = row.task
    parts = [
        _tag(row.role, "tag tag-blue") if row.role else NOTHING,
        _tag(capfirst(task.get_whistle_kind_display())) if task.whistle_kind else NOTHING,
        format_html(
            '<span>{}</span><span>{}{}</span><span class="number">{}</span>',
            task.category.name,
            icon("map-pin"),
            row.place,
            task.number,
        ),
        format_html("<span>{}</span>", capfirst(task.get_status_display()))
        if row.light
        else NOTHING,
        _tag(_("self-confirmed")) if task.self_confirmed else NOTHING,
        format_html("<span>{}</span>", light(row.reply, row.reply_words)) if row.reply else NOTHING,
        format_html("<span>{}{}</span>", icon("user-check"), row.holder) if row.holder else NOTHING,
        _handed(row),
    ]
    return SafeString("".join(parts))


def _handed(row: "Row") -> SafeString:
    """Who has it, inside the office that has it."""
    if row.is_mine:
        return _tag(_("handed to you"), "tag tag-blue")
    if row.handed:
        return format_html("<span>{} {}</span>", _("handed to"), row.handed.name)
    return NOTHING


def _time(row: "Row", now: "datetime") -> SafeString:
    if row.limit:
        return format_html('<span class="soft">{}</span> {}', row.limit_name, left(row.limit, now))
    return format_html(
        '<span class="soft">{}</span> {}', row.moved_name, when(row.task.moved_at, now)
    )


def _step(row: "Row", context: Context, back: str) -> SafeString:
    """The next step: a form where one click is enough, else a link to its form."""
    if row.step is None:
        return NOTHING
    label = capfirst(str(row.step.label))
    if not row.one_click:
        return format_html(_LINK, row.step_url, label, row.task.title)
    place = format_html('<input type="hidden" name="next" value="{}">', back) if back else ""
    return format_html(
        _FORM, row.step_url, MarkedForm().render(context), place, label, row.task.title
    )
