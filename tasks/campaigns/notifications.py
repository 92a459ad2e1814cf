"""Who is told of campaign lists: leads whose limit comes or has passed; who is to decide, and what was decided."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.notifications import notifications
from orgs.notifications.notifications import NewNotice, NoticeKind
from orgs.units.queries import officers_by_department
from orgs.workflow.notifications import notify_audiences
from tasks.campaigns.specification import MEASURE, SPECIFICATIONS
from tasks.enums import MeasureAction, MeasureState
from tasks.models import Measure, MeasureEntry

SOON, OVERDUE = "soon", "overdue"
BOOKMARK = "tasks.measure-entries"


def _text(data: Mapping[str, Any]) -> str:
    words = {
        SOON: _("Measure %(number)s of “%(campaign)s” is due soon, by %(due)s: %(text)s"),
        OVERDUE: _("Measure %(number)s of “%(campaign)s” is overdue since %(due)s: %(text)s"),
    }
    if data["step"] in words:
        due = date_format(date.fromisoformat(data["due"]))
        return words[data["step"]] % {**data, "due": due}
    what = MeasureAction(data["step"]).label
    return _("%(what)s: measure %(number)s of “%(campaign)s”: %(text)s") % {"what": what, **data}


KINDS = (NoticeKind(MEASURE, gettext_lazy("a measure of a campaign list"), _text),)


def remind(now: datetime) -> int:
    """Tells the officers of lead departments of measures that are due soon or overdue.

    The key of a notice names the measure, its limit and the step, so each step of each limit is told
    once to each of them, however often this runs. A fixed number of statements.
    """
    return notifications.notify(_due_notices(timezone.localdate(now)), now=now)


def _due_notices(today: date) -> Iterator[NewNotice]:
    due = Measure.objects.filter(state=MeasureState.OPEN, warn_on__lte=today)
    rows = list(due.select_related("campaign").order_by("pk"))
    officers = officers_by_department({row.lead_id for row in rows}, today)
    for row in rows:
        step = OVERDUE if row.due_on < today else SOON
        for person in officers[row.lead_id]:
            yield _notice(row, f"measure:{row.pk}:{row.due_on}:{step}", person, step)


def _notice(row: Measure, key: str, person: int, step: str) -> NewNotice:
    data = {
        "step": step,
        "number": row.number,
        "campaign": row.campaign.name,
        "due": str(row.due_on),
        "text": row.text[:60],
    }
    return NewNotice(MEASURE, key, person, reverse("tasks:measure", args=[row.pk]), data)


def notify_of_entries(now: datetime) -> int:
    """Tells keepers that closing is asked for, and leads what was decided; how many notices."""
    entries = MeasureEntry.objects.select_related(
        "measure__campaign__district", "measure__campaign__street"
    )
    return notify_audiences(SPECIFICATIONS, entries, _of_entry, bookmark=BOOKMARK, now=now)


def _of_entry(kind: str, entry: MeasureEntry, person: int) -> NewNotice:
    return _notice(entry.measure, f"measure-entry:{entry.pk}", person, entry.action)
