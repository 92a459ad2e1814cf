"""Who is reminded of campaign lists: the leads whose limit comes or has passed."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import notifying
from orgs.enums import Role
from orgs.models import Position
from orgs.notifying import NoticeKind, Telling
from orgs.scoping import positions_on
from tasks.enums import MeasureState
from tasks.models import Measure

MEASURE = "measure"
SOON, OVERDUE = "soon", "overdue"


def _text(data: Mapping[str, Any]) -> str:
    words = {
        SOON: _("Measure %(number)s of “%(campaign)s” is due soon, by %(due)s: %(text)s"),
        OVERDUE: _("Measure %(number)s of “%(campaign)s” is overdue since %(due)s: %(text)s"),
    }
    return words[data["step"]] % data


KINDS = (NoticeKind(MEASURE, gettext_lazy("a measure of yours is due"), _text),)


def remind(now: datetime) -> int:
    """Tells the officers of lead departments of measures that are due soon or overdue.

    The key of a notice names the measure, its limit and the step, so each step of each limit is told
    once to each of them, however often this runs. A fixed number of statements.
    """
    return notifying.notify(_tellings(timezone.localdate(now)), now=now)


def _tellings(today: date) -> Iterator[Telling]:
    due = Measure.objects.filter(state=MeasureState.OPEN, warn_on__lte=today)
    rows = list(due.select_related("campaign").order_by("pk"))
    officers = _officers({row.lead_id for row in rows}, today)
    for row in rows:
        step = OVERDUE if row.due_on < today else SOON
        data = {
            "step": step,
            "number": row.number,
            "campaign": row.campaign.name,
            "due": str(row.due_on),
            "text": row.text[:60],
        }
        for person in officers.get(row.lead_id, ()):
            key = f"measure:{row.pk}:{row.due_on}:{step}"
            yield Telling(MEASURE, key, person, reverse("tasks:measure", args=[row.pk]), data)


def _officers(departments: set[int], today: date) -> dict[int, set[int]]:
    """Who holds an office in each department today; one statement."""
    held = Position.objects.filter(
        Q(department__in=departments) & positions_on(today),
        role=Role.DEPARTMENT_OFFICER,
        user__is_active=True,
    )
    found: dict[int, set[int]] = {}
    for department, person in held.order_by().values_list("department", "user"):
        found.setdefault(department, set()).add(person)
    return found
