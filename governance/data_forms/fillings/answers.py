"""What the portal does not know of the rows of a form: which cells wait, and what was answered.

An answer is a further field of its form: it stands in it the next time, so that nobody is asked twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as plain

from governance.data_forms.enums import AnswerSource, Subject
from governance.data_forms.fillings import filters
from governance.data_forms.models import Answer, BlankForm, FormColumn
from orgs.audit import audit
from orgs.errors import Refused
from orgs.values.sentences import gettext as _
from residents.care import entries as care_entries
from residents.models import Person

if TYPE_CHECKING:
    from orgs.models import User

LONGEST = 200
# So many rows stand on one page.
SHOWN_ROWS = 20
# By which column of Answer a row of a subject is named; units stand in one for all their kinds.
_ROW = {Subject.PERSON: "person", Subject.HOUSEHOLD: "household"}


def unknown_columns(form: BlankForm) -> list[FormColumn]:
    """The columns that somebody has to complete."""
    return list(form.columns.filter(field="", computed=False))


def of_rows(
    columns: Sequence[FormColumn], subject: Subject, rows: Sequence[int]
) -> dict[tuple[int, int], str]:
    """The answers in `columns` by row and column; the caller has seen to it that the rows are in sight."""
    if not columns:
        return {}
    name = _ROW.get(subject, "place")
    found = Answer.objects.filter(**{f"{name}__in": rows}, column__in=columns)
    return {
        (row, column): value for row, column, value in found.values_list(name, "column", "value")
    }


def given_since(form: BlankForm, rows: QuerySet[Any], since: datetime | None) -> int:
    """How many cells of some rows (their keys) somebody answered or corrected from a moment on."""
    name = _ROW.get(Subject(form.subject), "place")
    given = Answer.objects.filter(column__form=form, **{f"{name}__in": rows})
    return given.filter(at__gte=since).count() if since else given.count()


@dataclass(frozen=True)
class Waiting:
    """One page of rows to complete: names by key, answers by row and column."""

    columns: list[FormColumn]
    rows: dict[int, str]
    known: dict[tuple[int, int], str]
    cells: int
    # The key after which the next page begins; None on the last one.
    then: int | None


@transaction.atomic
def waiting(
    *,
    form: BlankForm,
    after: int = 0,
    keys: Sequence[int] | None = None,
    answered: bool = False,
    by: "User",
    now: datetime,
) -> Waiting:
    """The rows of which cells are empty, in the order of their keys, from behind `after` on.

    `keys`: these rows instead; those out of sight are left out. `answered`: complete rows too, to be
    corrected. Raises NotAllowed, Refused. Reading a care roster is recorded.
    """
    chosen, found = _found(form, by, now)
    columns = unknown_columns(form)
    subject = Subject(form.subject)
    open_rows = found.exclude(pk__in=_complete(columns, subject)) if columns else found.none()
    if keys is not None:
        shown = list(found.filter(pk__in=keys).order_by("pk").values_list("pk", flat=True))
        more = False
    else:
        listed = found if answered and columns else open_rows
        some = listed.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
        shown = list(some[: SHOWN_ROWS + 1])
        shown, more = shown[:SHOWN_ROWS], len(shown) > SHOWN_ROWS
    today = timezone.localdate(now)
    lines = filters.lines(found.filter(pk__in=shown), chosen, subject, by, today)
    names = {line.key: line.name for line in lines}
    if chosen.care and subject == Subject.PERSON:
        care_entries.record_readings(shown, _("a form is completed"), by, now)
    return Waiting(
        columns, {key: names[key] for key in shown}, of_rows(columns, subject, shown),
        _empty(columns, subject, found), shown[-1] if more else None,
    )  # fmt: skip


def empty_cells(*, form: BlankForm, by: "User", now: datetime) -> int:
    """How many cells wait for an answer. Raises NotAllowed, Refused."""
    return _empty(unknown_columns(form), Subject(form.subject), _found(form, by, now)[1])


@dataclass(frozen=True)
class Cell:
    """What was typed in one cell, and what stood there before its author's eyes."""

    row: int
    column: int
    value: str
    seen: str = ""

    @property
    def name(self) -> str:
        return cell_name(self.row, self.column)


def cell_name(row: int, column: int) -> str:
    """How a page calls a cell: the key of its row and of its column."""
    return f"cell_{row}_{column}"


@transaction.atomic
def save(*, form: BlankForm, cells: Sequence[Cell], by: "User", now: datetime) -> dict[str, int]:
    """Keeps answers, all or none; an emptied cell forgets its answer. Gives how many of each.

    Raises NotAllowed outside of one's places; Refused for a row out of sight, a column that the portal
    fills or that is not this form's, an answer that is too long, and (`answered_meanwhile`, naming the
    cell) where another one answered since.
    """
    _chosen, found = _found(form, by, now)
    # One save after the other: two people may complete the same row.
    BlankForm.objects.select_for_update(of=("self",)).get(pk=form.pk)
    columns, subject = unknown_columns(form), Subject(form.subject)
    rows = {cell.row for cell in cells}
    seen_rows = set(found.filter(pk__in=rows).values_list("pk", flat=True))
    if rows - seen_rows:
        raise Refused(_("A row is no longer listed: open the page anew."), code="unknown_row")
    keys = {column.pk for column in columns}
    if any(cell.column not in keys for cell in cells):
        raise Refused(
            _("The portal fills this column by itself: correct it in its roster."),
            code="known_column",
        )
    for cell in cells:
        if len(cell.value) > LONGEST:
            message = _("An answer has at most %(most)d characters.") % {"most": LONGEST}
            raise Refused(message, code="too_long", field=cell.name)
    name = _ROW.get(subject, "place")
    kept = {
        (getattr(answer, f"{name}_id"), answer.column_id): answer
        for answer in Answer.objects.filter(
            **{f"{name}__in": rows}, column__in=keys
        ).select_related("by")
    }
    done = {"answered": 0, "corrected": 0, "emptied": 0}
    for cell in cells:
        value = cell.value.strip()
        answer = kept.get((cell.row, cell.column))
        stands = answer.value if answer else ""
        if value == stands or value == cell.seen:
            continue
        if stands != cell.seen:
            raise _meanwhile(cell, answer)
        if answer and not value:
            answer.delete()
            done["emptied"] += 1
        elif answer:
            answer.value, answer.by, answer.at = value, by, now
            answer.source = AnswerSource.TYPED
            answer.save(update_fields=["value", "by", "at", "source"])
            done["corrected"] += 1
        else:
            Answer.objects.create(
                **{f"{name}_id": cell.row}, column_id=cell.column, value=value, by=by, at=now
            )
            done["answered"] += 1
    audit.record("data_forms.answer-cells", by=by, obj=form, detail=done, now=now)
    return done


def _meanwhile(cell: Cell, answer: Answer | None) -> Refused:
    if answer is None:
        message = _("Somebody emptied this cell meanwhile: open the page anew.")
    else:
        message = _(
            "%(who)s answered “%(value)s” meanwhile. Empty this cell to leave it so, or correct it on "
            "the page of complete rows."
        ) % {"who": answer.by.name, "value": answer.value}
    return Refused(message, code="answered_meanwhile", field=cell.name)


def forget_person(person: Person, *, by: "User | None", now: datetime) -> None:
    """Deletes what was answered about somebody who is emptied."""
    Answer.objects.filter(person=person).delete()


def own_data(user: "User") -> dict[str, Any]:
    """What was answered about an account, for the copy of one's data."""
    rows = Answer.objects.filter(person__account=user).order_by("pk")
    return {"form_answers": list(rows.values("column__heading", "value", "source", "at"))}


def own_data_parts() -> dict[str, Any]:
    """How this part of the copy is called, and of which model it is."""
    return {"form_answers": (plain("answers in forms"), Answer)}


def _found(form: BlankForm, by: "User", now: datetime) -> tuple[filters.Filter, QuerySet[Any]]:
    """Who is listed for a reader, each in a place where the reader fills forms."""
    subject = Subject(form.subject)
    chosen = filters.for_reader(filters.Filter.of(form.filters).for_subject(subject), by)
    unit = filters.unit_of(chosen, by)
    return chosen, filters.rows(chosen, unit, subject, by, timezone.localdate(now))


def _complete(columns: Sequence[FormColumn], subject: Subject) -> QuerySet[Any]:
    """The keys of the rows of which every unknown cell is answered."""
    name = _ROW.get(subject, "place")
    given = Answer.objects.filter(column__in=columns, **{f"{name}__isnull": False}).order_by()
    whole = given.values(name).annotate(number=Count("pk")).filter(number=len(columns))
    return whole.values(name)


def _empty(columns: Sequence[FormColumn], subject: Subject, found: QuerySet[Any]) -> int:
    if not columns:
        return 0
    name = _ROW.get(subject, "place")
    given = Answer.objects.filter(
        column__in=columns, **{f"{name}__in": found.order_by().values("pk")}
    )
    return found.count() * len(columns) - given.count()
