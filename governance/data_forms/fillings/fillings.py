"""Filling forms: who is listed, a look beforehand, the file that a worker makes, fetching it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from governance.data_forms.answers import marks, questions
from governance.data_forms.blanks.admitted import lock_unadmitted
from governance.data_forms.blanks.queries import value_columns
from governance.data_forms.enums import FileState, Permission, Subject
from governance.data_forms.fields import kinds, registry
from governance.data_forms.fillings import filters
from governance.data_forms.models import Answer, BlankForm, FilledFile, FilledRun, FormColumn
from governance.data_forms.sums.counting import Sums, by_unit
from governance.data_forms.workbooks import writing
from orgs.attachments import print_runs
from orgs.audit import audit
from orgs.db.queue import enqueue
from orgs.errors import DomainError, NotAllowed, Refused, TooLarge
from orgs.models import Unit
from orgs.values.sentences import gettext as _
from residents.care import entries as care_entries
from residents.privacy.unmasking import checked_purpose

if TYPE_CHECKING:
    from orgs.models import User

KEPT = timedelta(days=30)
MAX_ROWS = 5_000
SHOWN_ROWS = 20
# So many rows have their answers read at a time.
CHUNK = 200
# How often a worker says how far it is.
PROGRESS_EVERY = 100


@transaction.atomic
def choose_rows(*, form: BlankForm, chosen: filters.Filter, by: "User", now: datetime) -> BlankForm:
    """Says who is listed in a form from now on. Raises NotAllowed, Refused, WrongState
    (`form_admitted`).
    """
    if not by.has_perm(Permission.KEEP_FORMS, form):
        raise NotAllowed(_("Only those who work for this place keep its forms."))
    lock_unadmitted(form)
    subject = Subject(form.subject)
    chosen = filters.checked(chosen.for_subject(subject), by)
    form.filters = chosen.stored
    form.save(update_fields=["filters"])
    detail = {"rows": filters.in_words(chosen, subject)}
    audit.record("data_forms.choose-rows", by=by, obj=form, detail=detail, now=now)
    return form


@dataclass(frozen=True)
class Preview:
    """The first rows of a form as it would be filled, each in the order of `columns`.

    `codes` are those of the places that the rows are, for the numbers that are counted there.
    """

    columns: list[FormColumn]
    rows: list[list[Any]]
    total: int
    who: str
    codes: list[str]


@transaction.atomic
def preview(*, form: BlankForm, by: "User", now: datetime) -> Preview:
    """Looks at the first rows. Raises NotAllowed, Refused; reading a care roster is recorded."""
    work = Work(form, filters.Filter.of(form.filters), by, now)
    found = list(islice(work.lines(), SHOWN_ROWS))
    rows = [values for _line, values in found]
    codes = [line.unit.code for line, _values in found] if work.counting else []
    work.record_readings(_("a form looked at before it is filled"), SHOWN_ROWS)
    audit.record("data_forms.preview-form", by=by, obj=form, detail={"rows": len(rows)}, now=now)
    return Preview(work.columns, rows, work.total, work.in_words, codes)


@transaction.atomic
def order(
    *, form: BlankForm, purpose: str, unit: Unit | None = None, by: "User", now: datetime
) -> FilledRun:
    """Orders a filled copy for a purpose; a worker makes it. `unit`: for which of the own places, of a
    form that is kept for more than these; without it for the first one.

    Raises NotAllowed; Refused for a purpose that says nothing and where nobody is listed; TooLarge.
    """
    purpose = checked_purpose(purpose)
    work = _work(form, filters.within(filters.Filter.of(form.filters), unit), by, now)
    if not work.total:
        raise Refused(_("Nobody is listed: choose other rows."), code="no_rows")
    if work.total > MAX_ROWS:
        raise TooLarge(_("At most %(count)d rows go into one form.") % {"count": MAX_ROWS})
    run = FilledRun.objects.create(
        form=form, unit=work.unit, filters=work.chosen.stored, purpose=purpose, by=by, asked_at=now,
        expires_at=now + KEPT,
    )  # fmt: skip
    file = FilledFile.objects.create(run=run, total=work.total)
    detail = {"rows": work.total, "listed": work.in_words, "copy": run.pk}
    audit.record("data_forms.order-form", by=by, obj=form, detail=detail, now=now)
    enqueue("governance.data_forms.jobs.fill_form", [file.pk])
    return run


def make(*, file_id: int, now: datetime) -> bool:
    """Makes one file; False where there was nothing to do."""
    files = FilledFile.objects.select_related("run__form", "run__by")
    return print_runs.make(sheets=files, key=file_id, now=now, content=partial(_filled, now=now))


def _filled(file: FilledFile, now: datetime) -> bytes | FileState:
    """The workbook. Whoever may no longer fill forms there gets none."""
    run = file.run
    try:
        work = _work(run.form, filters.Filter.of(run.filters), run.by, now)
        if work.total > MAX_ROWS:
            return FileState.FAILED
    except DomainError:
        return FileState.FAILED
    # Another worker may have died half-way.
    file.total, file.rows, file.cells, file.known = work.total, 0, 0, 0
    note = _("copy %(number)d · %(who)s · %(day)s") % {
        "number": run.pk, "who": run.by.name, "day": timezone.localdate(now).isoformat(),
    }  # fmt: skip
    content = work.write(file, note)
    with transaction.atomic():
        work.record_readings(run.purpose, work.total)
        detail = {"rows": file.rows, "cells": file.cells, "known": file.known, "copy": run.pk}
        audit.record("data_forms.fill-form", by=run.by, obj=run.form, detail=detail, now=now)
    return content


def waiting(now: datetime) -> list[int]:
    """The files that nobody is making."""
    return print_runs.waiting(sheets=FilledFile.objects.all(), now=now)


def forget(*, now: datetime) -> int:
    """Deletes filled files of 30 days ago; answers their number."""
    return print_runs.forget(
        sheets=FilledFile.objects.all(),
        runs=FilledRun.objects.all(),
        action="data_forms.forget-forms",
        now=now,
    )


def _work(form: BlankForm, chosen: filters.Filter, by: "User", now: datetime) -> "Work | _Sums":
    """One form on its way. Raises NotAllowed, Refused beyond one's places."""
    if form.subject == Subject.SUMS:
        return _Sums(Sums(form, chosen, by, now))
    return Work(form, chosen, by, now)


class _Sums:
    """A form that counts on its way: its cells."""

    def __init__(self, sums: Sums) -> None:
        self.sums, self.unit, self.chosen = sums, sums.unit, sums.chosen
        self.in_words, self.total = sums.in_words, len(sums.meant.cells)

    def write(self, file: FilledFile, note: str) -> bytes:
        """The workbook; what the form reckons itself is neither filled nor missing."""
        open_cells = {
            place: number.value
            for place, number in self.sums.numbers.items()
            if not number.cell.part.formula
        }
        file.rows, file.cells = self.total, len(open_cells)
        file.known = sum(value is not None for value in open_cells.values())
        return writing.write_cells(self.sums.form, open_cells, note)

    def record_readings(self, purpose: str, most: int) -> None:
        """A number tells of nobody: whoever opens its list has read."""


class Work:
    """One form on its way: the rows in sight of `by`, and the values of its columns.

    Raises NotAllowed, Refused where the filter lists what `by` may not fill.
    """

    def __init__(self, form: BlankForm, chosen: filters.Filter, by: "User", now: datetime) -> None:
        self.form, self.by, self.now = form, by, now
        self.subject, self.today = Subject(form.subject), timezone.localdate(now)
        self.chosen = filters.for_reader(chosen.for_subject(self.subject), by)
        self.unit: Unit = filters.unit_of(self.chosen, by)
        self.found = filters.rows(self.chosen, self.unit, self.subject, by, self.today)
        # What the form reckons itself, or leaves empty on purpose, is neither filled nor asked for.
        self.columns = value_columns(form)
        self.own = [column for column in self.columns if not column.field]
        has_counts = any(column.field == registry.COUNT for column in self.columns)
        self.counting = list(form.parts.filter(row=0)) if has_counts else []
        self.total = self.found.count()

    @property
    def in_words(self) -> str:
        return filters.in_words(self.chosen, self.subject)

    @property
    def reads_care(self) -> bool:
        """Whether the form tells of care rosters: by a column, or by who is listed."""
        fields = [registry.get(column.field) for column in self.columns]
        return bool(self.chosen.rosters) or any(field and field.of_care for field in fields)

    def write(self, file: FilledFile, note: str) -> bytes:
        """The workbook; how far it is stands in its file."""
        places = [column.place for column in self.columns]
        waits = {column.place for column in questions.asked_columns(self.form)}
        return writing.write(self.form, _counted(self, file), self.total, places, waits, note)

    def lines(self) -> Iterator[tuple[Any, list[Any]]]:
        """The line of each row and its values, in the order of the columns."""
        lines = filters.lines(self.found, self.chosen, self.subject, self.by, self.today)
        fields = [(column, registry.get(column.field)) for column in self.columns]
        number = 0
        while chunk := list(islice(lines, CHUNK)):
            keys = [line.key for line in chunk]
            known = questions.of_rows(self.own, self.subject, keys)
            counted = by_unit(self.counting, keys, self.by, self.now)
            for line in chunk:
                number += 1
                yield (
                    line,
                    [
                        self._value(column, field, line, number, known, counted)
                        for column, field in fields
                    ],
                )

    def _value(
        self, column: FormColumn, field: registry.Field | None, line: Any, number: int,
        known: dict[tuple[int, int], Answer], counted: dict[tuple[int, int], int],
    ) -> Any:  # fmt: skip
        if column.field == registry.SERIAL:
            return number
        if column.field == registry.COUNT:
            return counted.get((line.key, column.place))
        if field:
            return field.read(line)
        answer = known.get((line.key, column.pk))
        return kinds.in_sheet(column.kind, answer.value) if answer else None

    def record_readings(self, purpose: str, most: int) -> None:
        """Each person of a form that tells of care rosters counts as looked at."""
        if self.reads_care and self.subject == Subject.PERSON:
            people = self.found.order_by("pk").values_list("pk", flat=True)[:most]
            care_entries.record_readings(list(people), purpose, self.by, self.now)


def _counted(work: Work, file: FilledFile) -> Iterator[tuple[str, list[Any]]]:
    """The rows on their way into the form with their marks, at most as many as there were; how far they
    are is kept."""
    for line, values in islice(work.lines(), work.total):
        known = [value not in (None, "") for value in values]
        file.rows += 1
        # An empty cell that nobody is asked for is not missing.
        file.cells += sum(
            one or column.asked for one, column in zip(known, work.columns, strict=True)
        )
        file.known += sum(known)
        if file.rows % PROGRESS_EVERY == 0:
            FilledFile.objects.filter(pk=file.pk).update(
                rows=file.rows, total=file.total, cells=file.cells, known=file.known
            )
        yield marks.of_row(work.form, line.key, copy=file.run_id), values


def fetch(*, file: FilledFile, by: "User", now: datetime) -> bytes:
    """The workbook of a filled form. Raises NotAllowed for a place that is no longer one's own, or what
    was delivered to others; WrongState (`no_file`) before it is made or when it is deleted.
    """
    run = file.run
    perm, at = (
        (Permission.RECEIVE_FORMS, run.collection)
        if run.collection
        else (Permission.FILL_FORMS, run.unit)
    )
    if not by.has_perm(perm, at):
        raise NotAllowed(_("You fill forms from the rosters of your own places alone."))
    gone = _("This file is not there: fill the form anew.")
    content = print_runs.read(sheet=file, now=now, gone=gone)
    audit.record(
        "data_forms.fetch-form", by=by, obj=file.run.form, detail={"copy": file.run_id}, now=now
    )
    return content
