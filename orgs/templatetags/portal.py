"""Tags and filters of every page: icons, times, lights, steps, empty states, names."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django import template
from django.conf import settings
from django.template import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from orgs.audit import labels as audit_labels
from orgs.db import repeats
from orgs.values import geo, phones
from orgs.values.markup import markup
from orgs.values.unit_addresses import unit_address

register = template.Library()
register.simple_tag(unit_address)


class MarkedForm(CsrfTokenNode):
    """What a form carries against forgery, and the mark by which it is known when it comes twice."""

    def render(self, context: Context) -> SafeString:
        token = super().render(context)
        return markup(
            '{}<input type="hidden" name="{}" value="{}">', token, repeats.FIELD, repeats.new_mark()
        )


@register.tag
def csrf_token(parser: Any, token: Any) -> MarkedForm:
    """Django's own, with the mark of the form."""
    return MarkedForm()


# --- Icons -------------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def _icon_body(name: str) -> str:
    """The shapes of one icon file, without its outer element; FileNotFoundError for no such icon."""
    text = (settings.ICON_DIR / f"{name}.svg").read_text(encoding="utf-8")
    body = text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")]
    return " ".join(body.split())


@register.simple_tag
@lru_cache(maxsize=1024)
def icon(name: str, css_class: str = "") -> SafeString:
    """An outline icon as inline SVG, hidden from screen readers; its size comes from the class."""
    return markup(
        '<svg class="icon {}" viewBox="0 0 24 24" width="20" height="20" fill="none"'
        ' stroke="currentColor" stroke-width="1.75" stroke-linecap="round"'
        ' stroke-linejoin="round" aria-hidden="true" focusable="false">{}</svg>',
        css_class,
        mark_safe(_icon_body(name)),  # noqa: S308  files of an npm package, not input
    )


@register.simple_tag
def map_data() -> SafeString:
    """What a map reads from its element: where its tiles come from, how they are drawn, whose they are."""
    return markup(
        'data-tiles="{}" data-datum="{}" data-note="{}"',
        settings.MAP_TILES,
        settings.MAP_DATUM,
        settings.MAP_NOTE,
    )


@register.simple_tag
def map_way(lon: float, lat: float, name: str) -> str:
    """The address that shows the way to a WGS-84 point on a phone; "" where none is configured."""
    if settings.MAP_WAY_DATUM == "gcj02":
        lon, lat = geo.to_gcj02(lon, lat)
    address: str = settings.MAP_WAY
    parts = {"{lon}": f"{lon:.6f}", "{lat}": f"{lat:.6f}", "{name}": quote(name, safe="")}
    for part, value in parts.items():
        address = address.replace(part, value)
    return address


# --- Times -------------------------------------------------------------------------------------


@register.filter
def when(value: datetime | date | None, now: datetime | None = None) -> str:
    """今天 14:05, 昨天 09:12, 11月20日 周五 08:30, with the year where it is another one.

    A <time> element with the full time as its title; "" for no time. Days are local days.
    """
    if value is None:
        return ""
    today = timezone.localdate(now)
    if isinstance(value, datetime):
        return _moment(timezone.localtime(value), today, get_language())
    return markup('<time datetime="{}">{}</time>', value.isoformat(), _day(value, today))


@register.filter
def limit(value: datetime | None, now: datetime | None = None) -> str:
    """The same for the end of a time: 11月30日 周一 24:00 rather than the first moment of a day."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    if (local.hour, local.minute, local.second) != (0, 0, 0):
        return when(value, now)
    before = local - timedelta(days=1)
    text = _("%(day)s 24:00") % {"day": _day(before.date(), timezone.localdate(now))}
    full = format_date(before, _("l j F Y, H:i")).replace("00:00", "24:00")
    return markup(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat("T", "seconds"), full, text
    )


@register.filter
def waited(since: datetime, now: datetime) -> str:
    """已等待 3 小时 15 分钟: how long something has waited."""
    return _("waiting for %(span)s") % {"span": span(max(now - since, timedelta(0)))}


# Lists show the same times again and again, each of half a dozen translated parts.
@lru_cache(maxsize=4096)
def _moment(local: datetime, today: date, _language: str) -> SafeString:
    text = _("%(day)s %(time)s") % {
        "day": _day(local.date(), today),
        "time": local.strftime("%H:%M"),
    }
    full = format_date(local, _("l j F Y, H:i"))
    return markup(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat("T", "seconds"), full, text
    )


def _day(day: date, today: date) -> str:
    near = {0: _("today"), -1: _("yesterday"), 1: _("tomorrow")}.get((day - today).days)
    if near:
        return near
    return format_date(day, _("D j M") if day.year == today.year else _("j M Y"))


@register.filter
def left(value: datetime | None, now: datetime | None = None) -> str:
    """还剩 3 小时 20 分, or 已超时 1 天; "" for no limit. The smaller part is cut off, not rounded."""
    if value is None:
        return ""
    remaining = value - (now or timezone.now())
    if remaining >= timedelta(0):
        return _("%(span)s left") % {"span": span(remaining)}
    return _("%(span)s overdue") % {"span": span(-remaining)}


def span(length: timedelta) -> str:
    """A length of time in its two largest parts: 2 天 3 小时, 3 小时 20 分, 5 分."""
    minutes = int(length.total_seconds()) // 60
    hours, days = minutes // 60, minutes // 1440
    if days:
        rest = hours % 24
        return (
            _("%(days)s d %(hours)s h") % {"days": days, "hours": rest}
            if rest
            else (_("%(days)s d") % {"days": days})
        )
    if hours:
        rest = minutes % 60
        return (
            _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}
            if rest
            else (_("%(hours)s h") % {"hours": hours})
        )
    return _("%(minutes)s min") % {"minutes": minutes} if minutes else _("less than a minute")


@register.filter
def minutes(number: int) -> str:
    """Minutes of service: 26 小时 5 分, 3 小时, 0 分; never in days."""
    hours, rest = divmod(number, 60)
    if not hours:
        return pgettext("time of service", "%(minutes)s min") % {"minutes": rest}
    if not rest:
        return pgettext("time of service", "%(hours)s h") % {"hours": hours}
    text = pgettext("time of service", "%(hours)s h %(minutes)s min")
    return text % {"hours": hours, "minutes": rest}


@register.filter
def month_name(month: str) -> str:
    """A month of an address or a kept document as people read it: 2026-03 is 2026年3月."""
    return date_format(date.fromisoformat(f"{month}-01"), "YEAR_MONTH_FORMAT")


@register.filter
def per_cent(per_mille: int | None) -> str:
    """A share in per mille as 97.5%; – for none."""
    return "–" if per_mille is None else f"{per_mille / 10:g}%"


@register.filter
def points(per_mille: int) -> str:
    """A change of a share in per mille as “2.4 percentage points”, without its sign."""
    return _("%(number)s percentage points") % {"number": f"{abs(per_mille) / 10:g}"}


@register.filter
def hundredths(number: int) -> str:
    """A number in whole hundredths with two places: 4.25."""
    return f"{number // 100}.{number % 100:02}"


@register.filter
def choice(value: str, labels: dict[str, Any]) -> Any:
    """The words for a code; the code itself where nobody knows it any more."""
    return labels.get(value, value)


@register.filter
def square_metres(area: int) -> str:
    """An area of whole 0.01 m² as 89.50 m²."""
    return f"{area // 100}.{area % 100:02} m²"


# --- People ------------------------------------------------------------------------------------


@register.filter
def person(name: str) -> str:
    """王**, for those who may not see the name."""
    return phones.mask_name(name)


@register.filter
def phone_mask(number: str) -> str:
    """138****5678."""
    return phones.mask(number)


# --- Components --------------------------------------------------------------------------------

LIGHTS = {
    "green": ("circle-check", gettext_lazy("in time")),
    "yellow": ("clock-exclamation", gettext_lazy("due soon")),
    "red": ("alert-triangle", gettext_lazy("overdue")),
}


@register.simple_tag
def light(value: str, text: str = "") -> SafeString:
    """A light with its icon and a word (or the given text); nothing that has no light."""
    if value not in LIGHTS:
        return SafeString()
    name, word = LIGHTS[value]
    return markup(
        '<span class="light light-{}">{}<span>{}</span></span>', value, icon(name), text or word
    )


STEP_WORDS = {
    "done": gettext_lazy("done"),
    "now": gettext_lazy("now"),
    "todo": gettext_lazy("to come"),
}


@dataclass(frozen=True)
class Step:
    """One step of a process. `state` is done, now or todo; `at` when it was done."""

    label: str
    state: str
    at: datetime | None = None

    @property
    def word(self) -> str:
        return str(STEP_WORDS[self.state])


@register.inclusion_tag("components/steps.html", takes_context=True)
def steps(context: Context, process: Iterable[Step]) -> dict[str, Any]:
    """The steps of a process, in order."""
    return {"steps": process, "now": context.get("now")}


@register.inclusion_tag("components/empty_state.html")
def empty_state(
    sentence: str, icon: str = "inbox", start: str = "", url: str = "", action: str = ""
) -> dict[str, Any]:
    """What would be here, and how to start."""
    return {"sentence": sentence, "icon": icon, "start": start, "url": url, "action": action}


@register.inclusion_tag("components/pagination.html")
def pagination(previous: str = "", next: str = "") -> dict[str, Any]:
    """Links to the page before and after (addresses such as `?cursor=…`); nothing without both."""
    return {"previous": previous, "next": next}


@register.filter
def audit_action(action: str) -> str:
    """The words for an audited action."""
    return audit_labels.label(action)
