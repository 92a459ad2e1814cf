"""The rows of a sheet with measures: understood as a whole, or every wrong cell named."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from orgs.errors import Refused
from orgs.imports import spreadsheets
from orgs.imports.spreadsheets import ImportRefused, RowError
from orgs.models import Department
from tasks.campaigns.campaigns import MAX_MEASURES, MAX_NUMBER, first_warning
from tasks.campaigns.queries import departments_for
from tasks.enums import MeasureState
from tasks.models import Campaign, Measure

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

    @property
    def words(self) -> tuple[str, str, str]:
        return self.aspect, self.problem, self.text


def values_of(row: Row, campaign: Campaign) -> dict[str, Any]:
    """The fields of a measure as a row has them."""
    return {
        "aspect": row.aspect,
        "problem": row.problem,
        "text": row.text,
        "lead": row.lead,
        "due_on": row.due_on,
        "warn_on": first_warning(campaign.starts, row.due_on),
    }


def differs(measure: Measure, row: Row) -> bool:
    """Whether a row would change a measure."""
    assisting = {one.pk for one in measure.assist.all()}
    values = values_of(row, measure.campaign)
    same = all(getattr(measure, name) == value for name, value in values.items())
    return not same or assisting != {one.pk for one in row.assist}


def understood(
    cells: list[Sequence[Any]], campaign: Campaign, known: dict[int, Measure]
) -> list[Row]:
    """Reads the rows. Raises ImportRefused with every error found."""
    names = _names(campaign)
    errors: list[RowError] = []
    rows: list[Row] = []
    above = {"aspect": "", "problem": ""}
    seen: dict[int, int] = {}
    by_words = _by_words(known)
    for line, given in spreadsheets.filled_rows(cells, HEADINGS):
        for key in above:
            above[key] = given[key] = _words(given[key]) or above[key]
        row = _row(line, given, names, campaign, errors)
        if row:
            if row.number is None and (same := by_words[row.words]):
                row.number = same.pop(0)
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


def _by_words(known: dict[int, Measure]) -> dict[tuple[str, str, str], list[int]]:
    """The numbers on the list by what the measures say: a row without a number is one of them, or new."""
    found = defaultdict(list)
    for number, measure in sorted(known.items()):
        found[measure.aspect, measure.problem, measure.text].append(number)
    return found


def _names(campaign: Campaign) -> dict[str, Department]:
    """The departments that the list may name, by every way of naming them."""
    found: dict[str, Department] = {}
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
    if measure and measure.state != MeasureState.OPEN and differs(measure, row):
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
    cell = spreadsheets.cell_reader(line, given, HEADINGS, errors)
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
    most = getattr(Measure._meta.get_field(name), "max_length", 0)

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
