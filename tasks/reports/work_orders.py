"""Work orders that lower floors open: what a decision promises becomes a task."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from orgs.errors import Refused
from tasks.enums import AT_WORK
from tasks.models import Category, Task
from tasks.reports.report import report

if TYPE_CHECKING:
    from orgs.models import Unit, User


def open_work_order(
    *, unit: "Unit", title: str, text: str, category: str, by: "User", now: datetime
) -> str:
    """Reports a task for whoever asks; its number. Raises Refused for an unknown kind of work."""
    kind = Category.objects.filter(code=category, is_selectable=True).first()
    if kind is None:
        raise Refused(_("Choose the kind of work."), field="category")
    return report(unit=unit, category=kind, title=title, text=text, by=by, now=now).number


def runs(*, number: str) -> bool:
    """Whether somebody still has to act on a work order."""
    return Task.objects.filter(number=number, status__in=AT_WORK).exists()


def kinds() -> list[tuple[str, str]]:
    """Codes and names of the selectable kinds, in the catalogue's order."""
    rows = Category.objects.filter(is_selectable=True).select_related("parent")
    ordered = rows.order_by("parent__position", "position", "code")
    return [(one.code, f"{one.parent} · {one}" if one.parent else one.name) for one in ordered]
