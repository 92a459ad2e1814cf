"""Campaign lists as Excel: in as a whole or not at all, out with how far each measure is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed
from orgs.imports import spreadsheets
from orgs.models import User
from tasks.campaigns.campaigns import MAX_MEASURES, locked_campaign, next_number
from tasks.campaigns.sheet_rows import HEADINGS, Row, differs, understood, values_of
from tasks.campaigns.workflow import may_keep
from tasks.enums import MeasureAction
from tasks.models import Campaign, Measure, MeasureEntry

EXAMPLE = (
    1,
    "公共安全",
    "飞线充电屡禁不止",
    "每个小区建成集中充电桩",
    "城管局",
    "住建局、消防大队",
    "2026-06-30",
)


@dataclass
class Imported:
    """What an import did."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


def template() -> bytes:
    """The empty sheet to fill in, with one example row and a sheet that explains the columns."""
    notes = [
        _("Fill in the first sheet, one measure a row; delete the example."),
        _("%(number)s: a whole number, once in the list; empty: the next one, or that of the same measure."),
        _("A known number changes that measure while it is under way."),
        _("%(aspect)s, %(problem)s: where a cell is empty, that of the row above holds, so merged cells are fine."),
        _("%(lead)s: one department by its short name, name or code. %(assist)s: any number, separated by “、”."),
        _("%(due_on)s: a day within those of the list, like 2026-06-30."),
        _("If anything is wrong, nothing is taken, and each wrong cell is named."),
    ]  # fmt: skip
    notes = [note % HEADINGS for note in notes]
    return spreadsheets.write(
        list(HEADINGS.values()), [EXAMPLE], _("measures"), notes=[[note] for note in notes]
    )


def export(*, campaign: Campaign, rows: Iterable[Measure], by: User, now: datetime) -> bytes:
    """The measures with their state; the same sheet can be changed and read in again."""
    today = timezone.localdate(now)
    headings = [
        *HEADINGS.values(),
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
        "、".join(one.short_name for one in row.assist.all()),
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


def import_measures(
    *, campaign: Campaign, file: IO[bytes], size: int, by: User, now: datetime
) -> Imported:
    """Adds and changes the measures of a sheet; a second time the same sheet changes nothing.

    Raises NotAllowed for others than the list's keeper, ImportRefused naming every wrong cell,
    Refused or TooLarge for a file that cannot be read.
    """
    if not may_keep(by, campaign):
        raise NotAllowed(_("Only whoever keeps the list may do this."))
    cells = spreadsheets.read_rows(file, size, MAX_MEASURES)
    with transaction.atomic():
        campaign = locked_campaign(campaign, by)
        known = {row.number: row for row in _locked_measures(campaign)}
        rows = understood(cells, campaign, known)
        done = Imported()
        new = [row for row in rows if row.number not in known]
        _add(new, campaign, by, now)
        done.added = len(new)
        for row in rows:
            measure = known.get(row.number or 0)
            if measure and differs(measure, row):
                _change(measure, row, by, now)
                done.changed += 1
            elif measure:
                done.unchanged += 1
        audit.record("tasks.import-campaign", by=by, obj=campaign, now=now, detail=vars(done))
    return done


def _locked_measures(campaign: Campaign) -> Iterable[Measure]:
    return campaign.measures.select_for_update(of=("self",)).prefetch_related("assist")


def _add(rows: list[Row], campaign: Campaign, by: User, now: datetime) -> None:
    """Writes new measures with their assists and first entries: four statements."""
    given = [row.number for row in rows if row.number is not None]
    number = max([next_number(campaign) - 1, *given])
    for row in rows:
        if row.number is None:
            row.number = number = number + 1
    made = Measure.objects.bulk_create(
        Measure(campaign=campaign, number=row.number or 0, **values_of(row, campaign))
        for row in rows
    )
    assist = Measure.assist.through
    assist.objects.bulk_create(
        assist(measure=measure, department=one)
        for measure, row in zip(made, rows, strict=True)
        for one in row.assist
    )
    MeasureEntry.objects.bulk_create(
        MeasureEntry(measure=measure, action=MeasureAction.ADD, by=by, at=now) for measure in made
    )


def _change(measure: Measure, row: Row, by: User, now: datetime) -> None:
    values = values_of(row, measure.campaign)
    Measure.objects.filter(pk=measure.pk).update(**values)
    measure.assist.set(row.assist)
    MeasureEntry.objects.create(measure=measure, action=MeasureAction.CHANGE, by=by, at=now)
