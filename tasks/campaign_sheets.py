"""Campaign lists as Excel: in as a whole or not at all, out with how far each measure is."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import audit, spreadsheets
from orgs.errors import NotAllowed, Refused
from orgs.models import Department, User
from orgs.staff_import import ImportRefused, RowError
from tasks.campaign_reads import departments_for
from tasks.campaigns import (
    MAX_MEASURES,
    MAX_NUMBER,
    first_warning,
    locked_campaign,
    next_number,
)
from tasks.enums import MeasureAction, MeasureState
from tasks.measure_workflow import may_keep
from tasks.models import Campaign, Measure, MeasureEntry

# Columns of the sheet, by what they hold: the headings that such lists have here.
HEADINGS = {
    "number": "序号",
    "aspect": "方面",
    "problem": "问题",
    "text": "措施",
    "lead": "牵头单位",
    "assist": "协办单位",
    "due_on": "完成时限",
}
EXAMPLE = (
    1,
    "公共安全",
    "飞线充电屡禁不止",
    "每个小区建成集中充电桩",
    "城管局",
    "住建局、消防大队",
    "2026-06-30",
)
_BETWEEN = re.compile(r"[、,，;；/\s]+")


@dataclass
class Row:
    """One row that has been understood."""

    line: int
    number: int | None
    aspect: str
    problem: str
    text: str
    lead: Department
    assist: list[Department]
    due_on: date


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
        _("%(number)s: a whole number, once in the list; empty: the next one."),
        _("A known number changes that measure while it is under way."),
        _("%(aspect)s, %(problem)s: where a cell is empty, that of the row above holds, so merged cells are fine."),
        _("%(lead)s: one department by its short name, name or code. %(assist)s: any number, separated by “、”."),
        _("%(due_on)s: a day within those of the list, like 2026-06-30."),
        _("If anything is wrong, nothing is taken, and each wrong cell is named."),
    ]  # fmt: skip
    notes = [note % HEADINGS for note in notes]
    return spreadsheets.write(list(HEADINGS.values()), [EXAMPLE], _("measures"), notes=notes)


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
        rows = _understood(cells, campaign, known)
        done = Imported()
        new = [row for row in rows if row.number not in known]
        _add(new, campaign, by, now)
        done.added = len(new)
        for row in rows:
            measure = known.get(row.number or 0)
            if measure and _differs(measure, row):
                _change(measure, row, by, now)
                done.changed += 1
            elif measure:
                done.unchanged += 1
        audit.record("tasks.import-campaign", by=by, obj=campaign, now=now, detail=vars(done))
    return done


def _locked_measures(campaign: Campaign) -> Iterable[Measure]:
    return campaign.measures.select_for_update(of=("self",)).prefetch_related("assist")


# --- Reading -------------------------------------------------------------------------------------


def _understood(
    cells: list[Sequence[Any]], campaign: Campaign, known: dict[int, Measure]
) -> list[Row]:
    """Reads the rows. Raises ImportRefused with every error found."""
    columns = _columns(cells[0] if cells else [])
    names = _names(campaign)
    errors: list[RowError] = []
    rows: list[Row] = []
    above = {"aspect": "", "problem": ""}
    seen: dict[int, int] = {}
    for line, values in enumerate(cells[1:], start=2):
        given = {
            key: values[place] if place < len(values) else None for key, place in columns.items()
        }
        if not any(_words(value) for value in given.values()):
            continue
        for key in above:
            above[key] = given[key] = _words(given[key]) or above[key]
        row = _row(line, given, names, campaign, errors)
        if row is None:
            continue
        errors += _clashes(row, seen, known)
        rows.append(row)
    if not rows and not errors:
        errors.append(RowError(2, "", _("The sheet holds no rows.")))
    if len(known.keys() | seen.keys()) + sum(row.number is None for row in rows) > MAX_MEASURES:
        message = _("A list holds at most %(most)d measures.") % {"most": MAX_MEASURES}
        errors.append(RowError(1, "", message))
    if errors:
        raise ImportRefused(errors)
    return rows


def _columns(headings: Sequence[Any]) -> dict[str, int]:
    found = {
        spreadsheets.text(value).replace(" ", ""): place for place, value in enumerate(headings)
    }
    message = _("The column %(title)s is missing. Use the template.")
    missing = [
        RowError(1, title, message % {"title": title})
        for title in HEADINGS.values()
        if title not in found
    ]
    if missing:
        raise ImportRefused(missing)
    return {key: found[title] for key, title in HEADINGS.items()}


def _names(campaign: Campaign) -> dict[str, Department]:
    """The departments that the list may name, by every way of naming them."""
    found = {}
    for one in departments_for(campaign):
        found |= {name.casefold(): one for name in (one.name, one.short_name, one.code)}
    return found


def _clashes(row: Row, seen: dict[int, int], known: dict[int, Measure]) -> list[RowError]:
    """What stands against a row's number."""
    if row.number is None:
        return []
    first = seen.setdefault(row.number, row.line)
    title = HEADINGS["number"]
    if first != row.line:
        return [RowError(row.line, title, _("Row %(row)d has this number.") % {"row": first})]
    measure = known.get(row.number)
    if measure and measure.state != MeasureState.OPEN and _differs(measure, row):
        sentence = _("This measure is %(state)s and cannot be changed.")
        return [RowError(row.line, title, sentence % {"state": measure.get_state_display()})]
    return []


def _row(
    line: int,
    given: dict[str, Any],
    names: dict[str, Department],
    campaign: Campaign,
    errors: list[RowError],
) -> Row | None:
    """One row, or None after noting every wrong cell of it."""
    before = len(errors)

    def cell(key: str, read: Callable[[Any], Any]) -> Any:
        try:
            return read(given[key])
        except Refused as error:
            errors.append(RowError(line, HEADINGS[key], error.message))
            return None

    row = Row(
        line=line,
        number=cell("number", _number),
        aspect=cell("aspect", _text_of("aspect")),
        problem=cell("problem", _text_of("problem")),
        text=cell("text", _text_of("text")),
        lead=cell("lead", lambda value: _department(_words(value), names)),
        assist=cell("assist", lambda value: _departments(value, names)) or [],
        due_on=cell("due_on", lambda value: _day(value, campaign)),
    )
    row.assist = [one for one in row.assist if one != row.lead]
    return row if len(errors) == before else None


def _words(value: Any) -> str:
    """A cell as text on one line; Chinese punctuation stays, our own mark against formulas goes."""
    if not isinstance(value, str):
        return spreadsheets.text(value)
    found = "".join(sign for sign in " ".join(value.split()) if sign.isprintable())
    marked = found.startswith("'") and found[1:].startswith(spreadsheets.FORMULA_STARTS)
    return found[1:] if marked else found


def _text_of(name: str) -> Callable[[Any], str]:
    most = Measure._meta.get_field(name).max_length or 0

    def read(value: Any) -> str:
        found = _words(value)
        if not 0 < len(found) <= most:
            raise Refused(_("Write 1 to %(most)d characters.") % {"most": most})
        return found

    return read


def _number(value: Any) -> int | None:
    written = spreadsheets.text(value)
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and 0 < int(written[:9]) <= MAX_NUMBER):
        raise Refused(_("Write a whole number from 1 to %(most)d.") % {"most": MAX_NUMBER})
    return int(written)


def _department(name: str, names: dict[str, Department]) -> Department:
    found = names.get(name.casefold())
    if found is None:
        raise Refused(
            _("There is no department “%(name)s” that this list can name.") % {"name": name[:40]}
        )
    return found


def _departments(value: Any, names: dict[str, Department]) -> list[Department]:
    parts = [part for part in _BETWEEN.split(_words(value)) if part]
    return list(dict.fromkeys(_department(part, names) for part in parts))


def _day(value: Any, campaign: Campaign) -> date:
    try:
        found = spreadsheets.day(value)
    except (ValueError, OverflowError):
        raise Refused(_("Write the day like 2026-01-31."))
    if not campaign.starts <= found <= campaign.ends:
        raise Refused(
            _("The limit lies within the days of the list: %(first)s to %(last)s.")
            % {"first": campaign.starts, "last": campaign.ends}
        )
    return found


# --- Writing -------------------------------------------------------------------------------------


def _values(row: Row, campaign: Campaign) -> dict[str, Any]:
    return {
        "aspect": row.aspect,
        "problem": row.problem,
        "text": row.text,
        "lead": row.lead,
        "due_on": row.due_on,
        "warn_on": first_warning(campaign.starts, row.due_on),
    }


def _add(rows: list[Row], campaign: Campaign, by: User, now: datetime) -> None:
    """Writes new measures with their assists and first entries: four statements."""
    given = [row.number for row in rows if row.number is not None]
    number = max([next_number(campaign) - 1, *given])
    for row in rows:
        if row.number is None:
            row.number = number = number + 1
    made = Measure.objects.bulk_create(
        Measure(campaign=campaign, number=row.number, **_values(row, campaign)) for row in rows
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


def _differs(measure: Measure, row: Row) -> bool:
    assisting = {one.pk for one in measure.assist.all()}
    values = _values(row, measure.campaign)
    same = all(getattr(measure, name) == value for name, value in values.items())
    return not same or assisting != {one.pk for one in row.assist}


def _change(measure: Measure, row: Row, by: User, now: datetime) -> None:
    values = _values(row, measure.campaign)
    Measure.objects.filter(pk=measure.pk).update(**values)
    measure.assist.set(row.assist)
    MeasureEntry.objects.create(measure=measure, action=MeasureAction.CHANGE, by=by, at=now)
