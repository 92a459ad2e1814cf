"""Merged copies: what communities signed off, in the form's own face, with the columns that the basis covers."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from governance.data_forms.blanks.queries import value_columns
from governance.data_forms.enums import (
    CollectionState,
    FileState,
    Permission,
    SubmissionState,
)
from governance.data_forms.fields import registry
from governance.data_forms.fillings.fillings import KEPT
from governance.data_forms.models import (
    Collection,
    FilledFile,
    FilledRun,
    FormColumn,
    Submission,
    SubmissionRow,
)
from governance.data_forms.submissions import submissions, unmasked_numbers
from governance.data_forms.workbooks import writing
from orgs.attachments import print_runs
from orgs.audit import audit
from orgs.db.queue import enqueue
from orgs.errors import NotAllowed, TooLarge, WrongState
from orgs.scoping import reach_of
from orgs.values.sentences import gettext as _
from residents.privacy import unmasking
from residents.privacy.unmasking import checked_purpose
from tasks.enums import STREET_ROLES

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from orgs.models import User

# 200 communities with 250 rows each.
MAX_ROWS = 50_000
PROGRESS_EVERY = 1_000


@transaction.atomic
def order(*, collection: Collection, purpose: str, by: "User", now: datetime) -> FilledRun:
    """Orders a numbered copy of what is signed off; a worker makes it, it is kept for 30 days.

    The street may before it delivers, the asker once it is delivered. Raises NotAllowed; WrongState
    (`not_delivered`, `nothing_signed`); Refused for a purpose that says nothing; TooLarge.
    """
    purpose = checked_purpose(purpose)
    if not by.has_perm(Permission.RECEIVE_FORMS, collection):
        raise NotAllowed(_("The street and whoever asked receive it."))
    collection = Collection.objects.select_related("street", "form").get(pk=collection.pk)
    is_street = bool(reach_of(by).roles_at(collection.street) & STREET_ROLES)
    if collection.state != CollectionState.DELIVERED and not is_street:
        raise WrongState(_("The street has not delivered it yet."), code="not_delivered")
    total = _rows(collection).count()
    if not total:
        raise WrongState(_("No community has signed off yet."), code="nothing_signed")
    if total > MAX_ROWS:
        raise TooLarge(_("At most %(count)d rows go into one form.") % {"count": MAX_ROWS})
    run = FilledRun.objects.create(
        form=collection.form, unit=collection.street, filters=collection.form.filters,
        purpose=purpose, by=by, asked_at=now, expires_at=now + KEPT, collection=collection,
    )  # fmt: skip
    file = FilledFile.objects.create(run=run, total=total)
    detail = {"rows": total, "copy": run.pk, "form": collection.form_id}
    audit.record("data_forms.order-merged", by=by, obj=collection, detail=detail, now=now)
    enqueue("governance.data_forms.jobs.fill_form", [file.pk])
    return run


def is_merged(file_id: int) -> bool:
    """Whether a file is a merged copy."""
    return FilledFile.objects.filter(pk=file_id, run__collection__isnull=False).exists()


def make(*, file_id: int, now: datetime) -> bool:
    """Makes one merged copy; False where there was nothing to do."""
    files = FilledFile.objects.select_related(
        "run__form", "run__by", "run__collection__entry", "run__collection__street"
    )
    return print_runs.make(sheets=files, key=file_id, now=now, content=partial(_merged, now=now))


def _merged(file: FilledFile, now: datetime) -> bytes | FileState:
    """The workbook. Whoever may no longer receive it gets none."""
    run, collection = file.run, file.run.collection
    if collection is None or not run.by.has_perm(Permission.RECEIVE_FORMS, collection):
        return FileState.FAILED
    # Another worker may have died half-way.
    file.total, file.rows, file.cells, file.known = _rows(collection).count(), 0, 0, 0
    grounds = submissions.handed(collection)
    columns = [column for column in value_columns(run.form) if column.place in grounds]
    note = _("copy %(number)d · %(who)s · %(day)s") % {
        "number": run.pk, "who": run.by.name, "day": timezone.localdate(now).isoformat(),
    }  # fmt: skip
    is_clear = unmasked_numbers.may_read(collection, run.by)
    whole = unmasked_numbers.whole_columns(collection, columns) if is_clear else []
    merged = _Merged(collection, columns, file, whole)
    content = writing.write(
        run.form, merged.rows(), file.total, [column.place for column in columns], frozenset(), note
    )
    with transaction.atomic():
        for submission in _signed(collection):
            found = merged.people.get(submission.pk, [])
            submissions.record_readings(submission, found, run.purpose, run.by, now)
        unmasking.record_handed_over(
            people=sorted(merged.in_clear), purpose=run.purpose, by=run.by, now=now
        )
        detail = {
            "rows": file.rows, "columns": len(columns), "copy": run.pk,
            "in_clear": len(merged.in_clear),
        }  # fmt: skip
        audit.record(
            "data_forms.merge-collection", by=run.by, obj=collection, detail=detail, now=now
        )
    return content


class _Merged:
    """The rows of all communities on their way into the form.

    `whole`: the columns with whole numbers; `people`: who stands in it, by submission; `in_clear`:
    whose numbers stand whole.
    """

    def __init__(
        self, collection: Collection, columns: list[FormColumn], file: FilledFile,
        whole: list[FormColumn],
    ) -> None:  # fmt: skip
        self.collection, self.columns, self.file = collection, columns, file
        self.whole = whole
        self.people: dict[int, list[int]] = {}
        self.in_clear: set[int] = set()

    def rows(self) -> Iterator[tuple[str, list[Any]]]:
        """The values of each row, numbered through; how far they are is kept."""
        file, grounds = self.file, submissions.handed(self.collection)
        for submission in _signed(self.collection):
            seen = self.people.setdefault(submission.pk, [])
            numbers = unmasked_numbers.numbers_of(submission, self.whole)
            for line in submissions.read(submission, submission.lines.all(), self.columns, grounds):
                if file.rows == file.total:
                    return
                file.rows += 1
                values = [
                    file.rows
                    if column.field == registry.SERIAL
                    else numbers.instead(line.row.key, column.place, cell.value)
                    for column, cell in zip(self.columns, line.cells, strict=True)
                ]
                file.cells += len(values)
                file.known += sum(value not in (None, "") for value in values)
                if line.row.person_id:
                    seen.append(line.row.person_id)
                if file.rows % PROGRESS_EVERY == 0:
                    FilledFile.objects.filter(pk=file.pk).update(
                        rows=file.rows, total=file.total, cells=file.cells, known=file.known
                    )
                # A merged copy comes back to nobody: its rows need no marks.
                yield "", values
            self.in_clear |= numbers.people


def _signed(collection: Collection) -> "QuerySet[Submission]":
    rows = collection.submissions.filter(state=SubmissionState.SIGNED)
    return rows.select_related("unit", "collection__entry", "collection__form").order_by(
        "unit__tree_id", "unit__lft"
    )


def _rows(collection: Collection) -> "QuerySet[SubmissionRow]":
    return SubmissionRow.objects.filter(
        submission__collection=collection, submission__state=SubmissionState.SIGNED
    )
