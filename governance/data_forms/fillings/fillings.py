"""Filling forms: who is listed, a look beforehand, the file that a worker makes, fetching it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from governance.data_forms.blanks import blanks
from governance.data_forms.enums import FileState, Permission, Subject
from governance.data_forms.fields import registry
from governance.data_forms.fillings import answers, filters
from governance.data_forms.models import BlankForm, FilledFile, FilledRun, FormColumn
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
    blanks.refuse_admitted(form)
    subject = Subject(form.subject)
    chosen = filters.checked(chosen.for_subject(subject), by)
    form.filters = chosen.stored
    form.save(update_fields=["filters"])
    detail = {"rows": filters.in_words(chosen, subject)}
    audit.record("data_forms.choose-rows", by=by, obj=form, detail=detail, now=now)
    return form


@dataclass(frozen=True)
class Preview:
    """The first rows of a form as it would be filled; `values` in the order of `columns`."""

    columns: list[FormColumn]
    rows: list[list[Any]]
    total: int
    who: str


@transaction.atomic
def preview(*, form: BlankForm, by: "User", now: datetime) -> Preview:
    """Looks at the first rows. Raises NotAllowed, Refused; reading a care roster is recorded."""
    work = Work(form, filters.Filter.of(form.filters), by, now)
    rows = list(islice(work.rows(), SHOWN_ROWS))
    work.record_readings(_("a form looked at before it is filled"), SHOWN_ROWS)
    audit.record("data_forms.preview-form", by=by, obj=form, detail={"rows": len(rows)}, now=now)
    return Preview(work.columns, rows, work.total, work.in_words)


@transaction.atomic
def order(*, form: BlankForm, purpose: str, by: "User", now: datetime) -> FilledRun:
    """Orders a filled copy for a purpose; a worker makes it.

    Raises NotAllowed; Refused for a purpose that says nothing and where nobody is listed; TooLarge.
    """
    purpose = checked_purpose(purpose)
    work = Work(form, filters.Filter.of(form.filters), by, now)
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
        work = Work(run.form, filters.Filter.of(run.filters), run.by, now)
        if work.total > MAX_ROWS:
            return FileState.FAILED
    except DomainError:
        return FileState.FAILED
    # Another worker may have died half-way.
    file.total, file.rows, file.cells, file.known = work.total, 0, 0, 0
    note = _("copy %(number)d · %(who)s · %(day)s") % {
        "number": run.pk, "who": run.by.name, "day": timezone.localdate(now).isoformat(),
    }  # fmt: skip
    counted = _counted(work, file)
    places = [column.place for column in work.columns]
    unknown = {column.place for column in work.unknown}
    content = writing.write(run.form, counted, work.total, places, unknown, note)
    with transaction.atomic():
        work.record_readings(run.purpose, work.total)
        detail = {"rows": file.rows, "cells": file.cells, "known": file.known, "copy": run.pk}
        audit.record("data_forms.fill-form", by=run.by, obj=run.form, detail=detail, now=now)
    return content


def _counted(work: "Work", file: FilledFile) -> Iterator[list[Any]]:
    """The rows on their way into the form, at most as many as there were; how far they are is kept."""
    for values in islice(work.rows(), work.total):
        file.rows += 1
        file.cells += len(values)
        file.known += sum(value not in (None, "") for value in values)
        if file.rows % PROGRESS_EVERY == 0:
            FilledFile.objects.filter(pk=file.pk).update(
                rows=file.rows, total=file.total, cells=file.cells, known=file.known
            )
        yield values


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
        # What the form reckons itself is neither filled nor asked for.
        self.columns = [one for one in form.columns.all() if one.field or not one.computed]
        self.unknown = [column for column in self.columns if not column.field]
        self.total = self.found.count()

    @property
    def in_words(self) -> str:
        return filters.in_words(self.chosen, self.subject)

    @property
    def reads_care(self) -> bool:
        """Whether the form tells of care rosters: by a column, or by who is listed."""
        fields = [registry.get(column.field) for column in self.columns]
        return bool(self.chosen.care) or any(field and field.of_care for field in fields)

    def rows(self) -> Iterator[list[Any]]:
        """The values of each row, in the order of the columns."""
        return (values for _line, values in self.lines())

    def lines(self) -> Iterator[tuple[Any, list[Any]]]:
        """Each line (its key and name) with its values in the order of the columns."""
        lines = filters.lines(self.found, self.chosen, self.subject, self.by, self.today)
        fields = [(column, registry.get(column.field)) for column in self.columns]
        number = 0
        while chunk := list(islice(lines, CHUNK)):
            known = answers.of_rows(self.unknown, self.subject, [line.key for line in chunk])
            for line in chunk:
                number += 1
                values = [
                    number
                    if column.field == registry.SERIAL
                    else field.read(line)
                    if field
                    else known.get((line.key, column.pk))
                    for column, field in fields
                ]
                yield line, values

    def record_readings(self, purpose: str, most: int) -> None:
        """Each person of a form that tells of care rosters counts as looked at."""
        if self.reads_care and self.subject == Subject.PERSON:
            people = self.found.order_by("pk").values_list("pk", flat=True)[:most]
            care_entries.record_readings(list(people), purpose, self.by, self.now)
