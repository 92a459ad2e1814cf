"""A task as a row of a list and as a card of a board. Written in Python: as templates, which look up each
word anew, they take five times as long, and rows are most of what a desk, a list or a board costs.
"""

from typing import TYPE_CHECKING
from urllib.parse import quote

from django import template
from django.template import Context
from django.template.defaultfilters import capfirst
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from orgs.templatetags.portal import MarkedForm, icon, left, light, when
from orgs.values.markup import joined, markup
from tasks.enums import Light, Status

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
_CARD = """<article class="board-card{}">
  <p class="row-title">{}{}<a href="{}">{}</a></p>
  <p class="board-note">{} · {}</p>
  <p class="board-note">{}</p>
  <div class="board-foot">
    {}
    {}
  </div>
</article>"""
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
    return markup(
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


@register.simple_tag(takes_context=True)
def board_card(context: Context, row: "Row", back: str, ticks: bool) -> SafeString:
    """A card of the dispatch board, with a box to tick where `ticks`; its button returns to `back`."""
    return markup(
        _CARD,
        _card_class(row),
        _tick(row) if ticks else "",
        _urgent(row),
        row.url,
        row.task.title,
        row.task.category.name,
        row.place,
        _card_note(row),
        _card_time(row, context["now"]),
        _step(row, context, back),
    )


def _card_class(row: "Row") -> str:
    if row.urgent:
        return " board-card-urgent"
    return " board-card-late" if row.light == Light.RED else ""


def _card_note(row: "Row") -> SafeString:
    """Why it was whistled for, whether it is signed, who has it."""
    task = row.task
    parts = [_tag(capfirst(task.get_whistle_kind_display())) if task.whistle_kind else NOTHING]
    if task.status != Status.WHISTLED:
        parts.append(markup(" {}", row.holder) if row.holder else NOTHING)
    elif task.whistle_rule and task.whistle_rule.needs_signature:
        parts.append(_tag(_("signed") if task.signed_at else _("to be signed")))
    return joined(parts)


def _card_time(row: "Row", now: "datetime") -> SafeString:
    if row.limit:
        return markup(
            '<span><span class="soft small">{}</span> {}</span>',
            row.limit_name,
            light(row.light or "", left(row.limit, now)),
        )
    if row.light:
        return light(row.light)
    return markup(
        '<span class="soft small">{} {}</span>', row.moved_name, when(row.task.moved_at, now)
    )


def _tick(row: "Row") -> SafeString:
    return markup(_TICK, row.task.number, _("Tick"), _(": "), row.task.title)


def _tag(text: str, css_class: str = "tag") -> SafeString:
    return markup('<span class="{}">{}</span>', css_class, text)


def _urgent(row: "Row") -> SafeString:
    if not row.urgent:
        return NOTHING
    return markup('<span class="tag tag-urgent">{}{}</span> ', icon("urgent"), _("Emergency"))


def _note(row: "Row") -> SafeString:
    """Everything below the title: as what, kind, place, number, state, who has it."""
    task = row.task
    parts = [
        _tag(row.role, "tag tag-blue") if row.role else NOTHING,
        _tag(capfirst(task.get_whistle_kind_display())) if task.whistle_kind else NOTHING,
        markup(
            '<span>{}</span><span>{}{}</span><span class="number">{}</span>',
            task.category.name,
            icon("map-pin"),
            row.place,
            task.number,
        ),
        markup("<span>{}</span>", capfirst(task.get_status_display())) if row.light else NOTHING,
        _tag(_("self-confirmed")) if task.self_confirmed else NOTHING,
        markup("<span>{}</span>", light(row.reply, row.reply_words)) if row.reply else NOTHING,
        markup("<span>{}{}</span>", icon("user-check"), row.holder) if row.holder else NOTHING,
        _handed(row),
    ]
    return joined(parts)


def _handed(row: "Row") -> SafeString:
    """Who has it, inside the office that has it."""
    if row.is_mine:
        return _tag(_("handed to you"), "tag tag-blue")
    if row.handed:
        return markup("<span>{} {}</span>", _("handed to"), row.handed.name)
    return NOTHING


def _time(row: "Row", now: "datetime") -> SafeString:
    if row.limit:
        return markup('<span class="soft">{}</span> {}', row.limit_name, left(row.limit, now))
    return markup('<span class="soft">{}</span> {}', row.moved_name, when(row.task.moved_at, now))


def _step(row: "Row", context: Context, back: str) -> SafeString:
    """The next step: a form where one click is enough, else a link to its form; both return to `back`."""
    if row.step is None:
        return NOTHING
    label = capfirst(str(row.step.label))
    if not row.one_click:
        url = f"{row.step_url}?next={quote(back)}" if back else row.step_url
        return markup(_LINK, url, label, row.task.title)
    place = markup('<input type="hidden" name="next" value="{}">', back) if back else ""
    return markup(_FORM, row.step_url, MarkedForm().render(context), place, label, row.task.title)
