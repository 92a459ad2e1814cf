"""Importing outside figures: a CSV or Excel file is the evidence; the same file twice is one import."""

import csv
from datetime import datetime
from hashlib import sha256
from io import StringIO
from itertools import islice
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from governance.assessment.enums import Permission, SubjectKind
from governance.assessment.indicators.outside import OUTSIDE
from governance.assessment.models import FigureFile, OutsideFigure
from governance.assessment.periods import Period
from orgs.audit import audit
from orgs.crypto import fernet
from orgs.errors import NotAllowed, Refused, TooLarge
from orgs.imports.rosters import MEGABYTE, Limits
from orgs.imports.workbooks.tables import table
from orgs.models import Department, District, PartyOrganisation, Unit, User
from orgs.values.names import is_visible
from residents.models import PropertyFirm

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

MAX_BYTES = 2 * MEGABYTE
MOST_ROWS = 10_000
LIMITS = Limits(MOST_ROWS, MAX_BYTES, 40 * MEGABYTE, 16 * MEGABYTE, 400_000)


def import_file(
    *,
    district: District,
    code: str,
    subject_kind: SubjectKind,
    period: str,
    source: str,
    file: "UploadedFile",
    by: User,
    now: datetime,
) -> tuple[FigureFile, bool]:
    """Stores a file with its figures; False beside it where the same file was imported before.

    A row is: code (or name) of the subject, counted, of. All or nothing: raises Refused with the row
    that is wrong, NotAllowed, TooLarge.
    """
    if not by.has_perm(Permission.IMPORT_FIGURES, district):
        raise NotAllowed(_("Only the district's office imports figures."))
    if code not in OUTSIDE or subject_kind not in OUTSIDE[code][1]:
        raise Refused(_("There is no such figure."), code="unknown_indicator", field="code")
    if not is_visible(source):
        raise Refused(_("Say where the figures come from."), code="empty", field="source")
    named = Period.parse(period)
    if (file.size or 0) > MAX_BYTES:
        raise TooLarge(_("The file is too large."))
    content = file.read()
    digest = sha256(content).hexdigest()
    known = FigureFile.objects.filter(
        district=district, code=code, starts=named.first, digest=digest
    ).first()
    if known is not None:
        return known, False
    rows = _figures(_table(content, file.name or ""), subject_kind, district)
    try:
        with transaction.atomic():
            stored: FigureFile = FigureFile.objects.create(
                district=district, code=code, name=str(OUTSIDE[code][0]),
                subject_kind=subject_kind, starts=named.first, ends=named.last,
                source=source.strip()[:300], digest=digest, file_name=(file.name or "")[:200],
                content=fernet().encrypt(content), by=by, at=now,
            )  # fmt: skip
            OutsideFigure.objects.filter(
                file__district=district, file__code=code, file__subject_kind=subject_kind,
                file__starts=named.first, subject__in=[row[1] for row in rows], is_latest=True,
            ).update(is_latest=False)  # fmt: skip
            OutsideFigure.objects.bulk_create(
                OutsideFigure(
                    file=stored, line=line, subject=subject, numerator=part, denominator=whole
                )
                for line, subject, part, whole in rows
            )
            audit.record(
                "assessment.import-figures", by=by, obj=stored, now=now,
                detail={"code": code, "period": named.name, "rows": len(rows)},
            )  # fmt: skip
    except IntegrityError:
        found = FigureFile.objects.get(
            district=district, code=code, starts=named.first, digest=digest
        )
        return found, False
    return stored, True


def _table(content: bytes, name: str) -> list[list[str]]:
    """The cells of the first sheet, or of the CSV file. Raises Refused for what is neither."""
    if not name.lower().endswith(".csv"):
        return table(content, LIMITS)
    # What Excel saves as CSV on a Chinese Windows is no UTF-8.
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            lines = csv.reader(StringIO(content.decode(encoding)))
            return list(islice(lines, MOST_ROWS + 2))
        except (UnicodeDecodeError, csv.Error):
            continue
    message = _("This is neither a CSV nor an Excel file.")
    raise Refused(message, code="unreadable", field="file")


def _figures(
    table: list[list[str]], kind: SubjectKind, district: District
) -> list[tuple[int, int, int, int]]:
    """Line, subject, counted, of. The first line is the headings."""
    if len(table) > MOST_ROWS + 1:
        raise Refused(_("The file has too many rows."), code="too_many_rows", field="file")
    keys = _keys(kind, district, {row[0].strip() for row in table[1:] if row})
    found: dict[int, tuple[int, int, int, int]] = {}
    for line, row in enumerate(table[1:], start=2):
        cells = [cell.strip() for cell in row[:3]]
        if not any(cells):
            continue
        subject = keys.get(cells[0])
        numbers = [cell.removesuffix(".0") for cell in cells[1:]]
        if len(cells) < 3 or not all(
            number.isascii() and number.isdecimal() and len(number) < 16 for number in numbers
        ):
            raise _wrong(line, _("Counted and of are whole numbers."))
        if subject is None:
            raise _wrong(line, _("There is no “%(name)s”.") % {"name": cells[0][:40]})
        if subject in found:
            raise _wrong(line, _("“%(name)s” stands twice.") % {"name": cells[0][:40]})
        found[subject] = (line, subject, int(numbers[0]), int(numbers[1]))
    if not found:
        raise Refused(_("The file has no rows."), code="no_rows", field="file")
    return list(found.values())


def _wrong(line: int, why: str) -> Refused:
    message = _("Row %(line)d: %(why)s") % {"line": line, "why": why}
    return Refused(message, code="bad_row", field="file")


def _keys(kind: SubjectKind, district: District, names: set[str]) -> dict[str, int]:
    """The subjects that a file names, by code or by name."""
    if kind == SubjectKind.DEPARTMENT:
        rows = Department.objects.filter(district=district)
        return {text: row.pk for row in rows for text in (row.code, row.short_name, row.name)}
    if kind == SubjectKind.FIRM:
        firms = PropertyFirm.objects.filter(name__in=names) | PropertyFirm.objects.filter(
            credit_code__in=names - {""}
        )
        return {text: row.pk for row in firms for text in (row.credit_code, row.name) if text}
    if kind in (SubjectKind.BRANCH,):
        branches = PartyOrganisation.objects.filter(code__in=names)
        return {row.code: row.pk for row in branches}
    if kind in (SubjectKind.SECRETARY, SubjectKind.COMMUNITY_WORKER):
        people = User.objects.filter(username__in=names)
        return {row.username: row.pk for row in people}
    units = Unit.objects.filter(code__in=names)
    return {row.code: row.pk for row in units}
