"""A run as a workbook with its formulas visible, and the letter about one score as a PDF."""

from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from governance.assessment.models import Run, Score
from governance.assessment.periods import Period
from governance.assessment.runs import queries
from orgs.attachments.sheets import Sheets
from orgs.audit import audit
from orgs.imports.workbooks.spreadsheets import harmless

if TYPE_CHECKING:
    from orgs.models import User

MOST_ROWS = 20_000


@transaction.atomic
def workbook(*, run: Run, by: "User", now: datetime) -> bytes:
    """The scores in sight, in code order; means are formulas of the sheet, so that each can be followed."""
    from openpyxl import Workbook  # 20 MB of each process that never writes one

    definition = queries.definition_of(run)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Scores"))
    weighted = [item for item in definition.items if item.weight]
    headings = [pgettext("sheet", "Code"), _("Name")]
    for item in definition.items:
        label = str(queries.registry.get(item.code).label)
        headings += [f"{label} n", f"{label} d", _("%(label)s points") % {"label": label}]
    headings += [_("Weighted mean (formula)"), _("Score"), _("Band")]
    sheet.append(headings)
    # The weights stand in the second row, above the points they belong to.
    weights: list[Any] = ["", _("weight")]
    for item in definition.items:
        weights += ["", "", item.weight or ""]
    sheet.append(weights)
    count = 0
    rows = queries.scores(by, run).select_related("run__scheme").order_by("code", "pk")
    for number, score in enumerate(rows[:MOST_ROWS].iterator(chunk_size=500), start=3):
        sheet.append(_row(score, number, definition, bool(weighted)))
        count += 1
    how = book.create_sheet(_("How it is computed"))
    how.append([_("Scheme"), harmless(run.scheme.name), run.scheme.version])
    how.append([_("Period"), run.period, run.fingerprint])
    how.append([_("Formula of the score"), harmless(definition.formula)])
    for item in definition.items:
        indicator = queries.registry.get(item.code)
        how.append(
            [str(indicator.label), str(indicator.sentence), harmless(item.formula), item.weight]
        )
    for band in definition.bands:
        how.append([_("Band"), harmless(band.name), harmless(band.condition)])
    audit.record("assessment.export-run", by=by, obj=run, now=now, detail={"rows": count})
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _row(score: Score, number: int, definition: Any, has_mean: bool) -> list[Any]:
    cells: list[Any] = [harmless(score.code), harmless(score.name)]
    for line in queries.lines(score):
        cells += [line.numerator, line.denominator, _decimal(line.points)]
    if has_mean:
        from openpyxl.utils import get_column_letter

        columns = [
            get_column_letter(5 + 3 * place)
            for place, item in enumerate(definition.items)
            if item.weight
        ]
        points = "+".join(f"{column}$2*N({column}{number})" for column in columns)
        weights = "+".join(f"IF(ISNUMBER({column}{number}),{column}$2,0)" for column in columns)
        # As the portal has it: no mean where under half of the weight is left.
        whole = "+".join(f"{column}$2" for column in columns)
        cells.append(f'=IFERROR(IF(2*({weights})<{whole},"",({points})/({weights})),"")')
    else:
        cells.append("")
    return [*cells, _decimal(score.value), harmless(queries.band_name(score.run, score.band))]


def _decimal(text: str | None) -> Any:
    """A number for the sheet; what has no value stays empty."""
    return float(text) if text is not None else None


@transaction.atomic
def letter(*, score: Score, by: "User", now: datetime) -> bytes:
    """The notice to the assessed: the score, each indicator in words, and until when to appeal."""
    run = score.run
    sheets = Sheets()
    sheets.page()
    period = Period.parse(run.period).label
    sheets.line(_("Notice of the result of an assessment"), 18, 12, "C")
    sheets.line(f"{run.scheme.name} · {period}", 12, 8, "C")
    sheets.line(score.name, 14, 10)
    band = queries.band_name(run, score.band)
    value = score.value if score.value is not None else (band or _("no value"))
    sheets.line(_("Result: %(value)s %(band)s") % {
        "value": value, "band": band if score.value is not None else "",
    }, 13, 9)  # fmt: skip
    lines = queries.lines(score)
    if why := queries.explained(score, lines):
        sheets.line(why, 10, 6)
    for line in lines:
        words = line.sum if line.denominator else str(line.note.label)
        sheets.line(f"{line.indicator.label}（{line.role}）：{words}", 10, 6)
    if run.last_appeal_day:
        sheets.line(
            _("You may appeal in the portal until %(until)s.")
            % {"until": date_format(run.last_appeal_day)}, 11, 9,
        )  # fmt: skip
    publisher = run.scheme.publisher.name if run.scheme.publisher else str(run.district)
    sheets.line(f"{publisher} · {date_format(timezone.localdate(now))}", 11, 10, "R")
    audit.record("assessment.print-score", by=by, obj=score, now=now)
    return sheets.content
