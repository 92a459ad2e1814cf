"""Campaign lists as Excel, with how far each measure is; the same sheet can be read in again."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.imports.workbooks import spreadsheets
from orgs.models import User
from tasks.campaigns.roster import COLUMNS
from tasks.models import Campaign, Measure


def export(*, campaign: Campaign, rows: Iterable[Measure], by: User, now: datetime) -> bytes:
    """The measures with their state; the same sheet can be changed and read in again."""
    today = timezone.localdate(now)
    headings = [
        *(column.heading for column in COLUMNS),
        *(_("State"), _("Time"), _("Last said"), _("Evidence")),
        *(_("Closing asked for"), _("Struck off"), _("Struck off by")),
    ]
    lines = [_line(row, today) for row in rows]
    audit.record("tasks.export-campaign", by=by, obj=campaign, now=now, detail={"rows": len(lines)})
    return spreadsheets.write(headings, lines, _("measures"))


def _line(row: Any, today: date) -> list[Any]:
    return [
        row.number,
        row.aspect,
        row.problem,
        row.text,
        row.lead.short_name,
        "、".join(department.short_name for department in row.assist.all()),
        row.due_on.isoformat(),
        row.get_state_display(),
        str(row.light(today).label),
        row.latest or "",
        row.proof or (_("photos") if row.evidence_id else ""),
        _moment(row.submitted_at),
        _moment(row.closed_at),
        str(row.closed_by or ""),
    ]


def _moment(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""
