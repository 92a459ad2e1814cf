"""Who is told of campaign lists: leads whose limit comes or has passed; who is to decide, and what was decided."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.enums import Role
from orgs.models import Position
from orgs.notifications import notifications
from orgs.notifications.notifications import NoticeKind, Telling
from orgs.units.queries import holders, officers_by_department
from orgs.values.days import in_force
from tasks.enums import STREET_ROLES, MeasureAction, MeasureState
from tasks.event_reader import read_events
from tasks.models import Campaign, Measure, MeasureEntry
from tasks.workflow.notifications import AT_ONCE, STALE_AFTER

MEASURE = "measure"
SOON, OVERDUE = "soon", "overdue"
BOOKMARK = "tasks.measure-entries"
_TOLD = (
    MeasureAction.SUBMIT,
    MeasureAction.CLOSE,
    MeasureAction.SEND_BACK,
    MeasureAction.REOPEN,
)


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
    return notifications.notify(_tellings(timezone.localdate(now)), now=now)


def _tellings(today: date) -> Iterator[Telling]:
    due = Measure.objects.filter(state=MeasureState.OPEN, warn_on__lte=today)
    rows = list(due.select_related("campaign").order_by("pk"))
    officers = officers_by_department({row.lead_id for row in rows}, today)
    for row in rows:
        step = OVERDUE if row.due_on < today else SOON
        for person in officers[row.lead_id]:
            yield _telling(row, f"measure:{row.pk}:{row.due_on}:{step}", person, step)


def _telling(row: Measure, key: str, person: int, step: str) -> Telling:
    data = {
        "step": step,
        "number": row.number,
        "campaign": row.campaign.name,
        "due": str(row.due_on),
        "text": row.text[:60],
    }
    return Telling(MEASURE, key, person, reverse("tasks:measure", args=[row.pk]), data)


# --- Decisions -----------------------------------------------------------------------------------


def tell_of_entries(now: datetime) -> int:
    """Tells keepers that closing is asked for, and leads what was decided; how many notices."""
    told: list[int] = []

    def tell(found: list[MeasureEntry]) -> None:
        told.append(notifications.notify(_of_entries(found, now), now=now))

    entries = MeasureEntry.objects.filter(action__in=_TOLD).select_related(
        "measure__campaign__district", "measure__campaign__street"
    )
    read_events(BOOKMARK, tell, events=entries, now=now, at_once=AT_ONCE)
    return sum(told)


def _of_entries(entries: list[MeasureEntry], now: datetime) -> Iterator[Telling]:
    today = timezone.localdate(now)
    fresh = [one for one in entries if one.at >= now - STALE_AFTER]
    officers = officers_by_department({one.measure.lead_id for one in fresh}, today)
    lists = {one.measure.campaign_id: one.measure.campaign for one in fresh}
    keepers = {key: _keepers(one, today) for key, one in lists.items()}
    for entry in fresh:
        row = entry.measure
        asked = entry.action == MeasureAction.SUBMIT
        people = keepers[row.campaign_id] if asked else officers[row.lead_id]
        for person in people - {entry.by_id}:
            yield _telling(row, f"measure-entry:{entry.pk}", person, entry.action)


def _keepers(campaign: Campaign, today: date) -> set[int]:
    if campaign.street:
        return holders(campaign.street, STREET_ROLES, today)
    held = Position.objects.filter(
        in_force(today),
        district=campaign.district,
        role=Role.DISTRICT_OFFICE,
        user__is_active=True,
    )
    return set(held.order_by().values_list("user", flat=True))
