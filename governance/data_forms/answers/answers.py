"""What the portal does not know of the rows of a form: which cells wait, and what was answered.

An answer is a further field of its form: it stands in it the next time, so that nobody is asked twice.
Where a roster has room for it, it goes there instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as plain

from governance.data_forms.answers import questions
from governance.data_forms.answers.questions import Asked
from governance.data_forms.blanks.admitted import lock
from governance.data_forms.enums import AnswerSource, Subject
from governance.data_forms.fields import rosters
from governance.data_forms.fields.people import PersonLine
from governance.data_forms.fields.work import TaskLine
from governance.data_forms.fillings import filters
from governance.data_forms.models import Answer, BlankForm, FormColumn
from orgs.audit import audit
from orgs.errors import DomainError, Refused
from orgs.values.sentences import Sentence
from orgs.values.sentences import gettext as _
from residents.care import entries as care_entries
from residents.models import Person

if TYPE_CHECKING:
    from orgs.models import User

# So many rows stand on one page: fewer of a wide form, of which one page sends so many cells at most.
# Each is two fields of what Django reads of a request, which are 1,000 (DATA_UPLOAD_MAX_NUMBER_FIELDS).
SHOWN_ROWS = 20
SHOWN_CELLS = 450


@dataclass(frozen=True)
class Waiting:
    """One page of rows to complete, by the keys of row and column.

    `lines` are the rows as fields read them; `answers` were given on this form, `offered` on another
    one; `standing` is what a roster says already, and is corrected there.
    """

    asked: Asked
    lines: dict[int, Any]
    answers: dict[tuple[int, int], Answer]
    offered: dict[tuple[int, int], Answer]
    standing: dict[tuple[int, int], str]
    cells: int
    # The key after which the next page begins; None on the last one.
    then: int | None
    # For a page that a phone keeps: names are masked, and what is known already is left out.
    kept: bool = False

    @property
    def columns(self) -> list[FormColumn]:
        return self.asked.columns

    @property
    def rows(self) -> dict[int, str]:
        """The names of the rows by their keys."""
        return {key: self._called(line) for key, line in self.lines.items()}

    def _called(self, line: Any) -> str:
        """What a phone keeps names no person and tells no report."""
        name: str = line.name
        if self.kept and isinstance(line, PersonLine):
            name = line.masked_name
        elif self.kept and isinstance(line, TaskLine):
            name = line.task.number
        return name


@transaction.atomic
def waiting(
    *,
    form: BlankForm,
    after: int = 0,
    keys: Sequence[int] | None = None,
    answered: bool = False,
    most: int | None = None,
    kept: bool = False,
    by: "User",
    now: datetime,
) -> Waiting:
    """The rows of which cells are empty, in the order of their keys, from behind `after` on.

    `keys`: these rows instead; those out of sight are left out. `answered`: complete rows too, to be
    corrected; `kept`: for a page that a phone keeps. Raises NotAllowed, Refused. Reading a care roster
    is recorded.
    """
    today = timezone.localdate(now)
    chosen, found = filters.listed(form, by, today)
    wanted, subject = questions.of_reader(form, by), Subject(form.subject)
    if keys is not None:
        shown, more = list(found.filter(pk__in=keys).values_list("pk", flat=True)), False
    else:
        listed = (
            found if answered and wanted.columns else questions.open_rows(wanted, subject, found)
        )
        most = most or max(1, min(SHOWN_ROWS, SHOWN_CELLS // max(1, len(wanted.columns))))
        some = listed.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
        shown = list(some[: most + 1])
        shown, more = shown[:most], len(shown) > most
    lines = {
        line.key: line
        for line in filters.lines(found.filter(pk__in=shown), chosen, subject, by, today)
    }
    if chosen.rosters and subject == Subject.PERSON:
        care_entries.record_readings(shown, _("a form is completed"), by, now)
    answers = questions.of_rows(wanted.own, subject, shown)
    offered = {} if kept else questions.offered(wanted.own, subject, shown, by)
    standing = {
        (key, column.pk): questions.standing(column, line)
        for key, line in lines.items()
        for column in wanted.of_rosters
    }
    return Waiting(
        wanted, {key: lines[key] for key in sorted(lines)}, answers,
        {cell: one for cell, one in offered.items() if cell not in answers},
        {cell: text for cell, text in standing.items() if text},
        questions.empty_cells(wanted, subject, found), shown[-1] if more else None, kept,
    )  # fmt: skip


def empty_cells(*, form: BlankForm, by: "User", now: datetime) -> int:
    """How many cells wait for an answer. Raises NotAllowed, Refused."""
    _chosen, found = filters.listed(form, by, timezone.localdate(now))
    return questions.empty_cells(questions.of_reader(form, by), Subject(form.subject), found)


@dataclass(frozen=True)
class Cell:
    """What was written in one cell, and what stood there before its author's eyes."""

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
    fills or that is not this form's, and, with every cell that is meant, for answers that do not fit
    their columns, that a roster refuses or that another one gave since.
    """
    today = timezone.localdate(now)
    chosen, found = filters.listed(form, by, today)
    # One save after the other: two people may complete the same row.
    lock(form)
    rows = {cell.row for cell in cells}
    if rows - set(found.filter(pk__in=rows).values_list("pk", flat=True)):
        raise Refused(_("A row is no longer listed: open the page anew."), code="unknown_row")
    wanted = questions.of_reader(form, by)
    _refuse_columns(wanted, {cell.column for cell in cells})
    work = _Save(form, found, chosen, wanted, by, now)
    work.keep(cells)
    audit.record("data_forms.answer-cells", by=by, obj=form, detail=work.done, now=now)
    return work.done


def _refuse_columns(wanted: Asked, columns: set[int]) -> None:
    for column in wanted.told:
        if column.pk in columns:
            raise Refused(not_yours(column), code="not_your_roster")
    if columns - {column.pk for column in wanted.columns}:
        raise Refused(
            _("The portal fills this column by itself: correct it in its roster."),
            code="known_column",
        )


def not_yours(column: FormColumn) -> str:
    """Why somebody is not asked for a column."""
    return _(
        "“%(heading)s” stands in a roster that you do not keep: whoever keeps it enters it there."
    ) % {"heading": column.heading}


class Saving:
    """One save of some cells: what was done, and what is wrong, by the names of cells."""

    def __init__(self, by: "User", now: datetime) -> None:
        self.by, self.now = by, now
        self.wrong: dict[str, list[str]] = {}
        self.code = "bad_answers"
        self.done = {"answered": 0, "corrected": 0, "emptied": 0, "to_rosters": 0}

    def refuse(self, cell: Cell, sentence: str, code: str = "") -> None:
        if not self.wrong and code:
            self.code = code
        self.wrong.setdefault(cell.name, []).append(sentence)

    def raise_wrong(self) -> None:
        if self.wrong:
            message = next(iter(self.wrong.values()))[0]
            raise Refused(message, code=self.code, fields={**self.wrong})

    def parsed(self, cell: Cell, column: FormColumn) -> str | None:
        """The answer in one way of writing; None where it is none, which is noted."""
        # What was kept before the column had its kind stays as long as nobody changes it.
        if cell.value.strip() == cell.seen:
            return cell.seen
        try:
            return questions.parse(column, cell.value)
        except Refused as refusal:
            self.refuse(cell, refusal.message)
            return None

    def keep_one(
        self, cell: Cell, value: str, answer: Answer | None, source: AnswerSource, **where: Any
    ) -> None:
        """Keeps one answer beside `answer`, the one that stands; a new one is kept as `where` says."""
        stands = answer.value if answer else ""
        if value in (stands, cell.seen):
            return
        if stands != cell.seen:
            self.refuse(cell, _meanwhile(answer), "answered_meanwhile")
        elif answer and not value:
            answer.delete()
            self.done["emptied"] += 1
        elif answer:
            answer.value, answer.by, answer.at = value, self.by, self.now
            answer.source = AnswerSource.TYPED
            answer.save(update_fields=["value", "by", "at", "source"])
            self.done["corrected"] += 1
        else:
            Answer.objects.create(value=value, source=source, by=self.by, at=self.now, **where)
            self.done["answered"] += 1


class _Save(Saving):
    """One save of cells of rows."""

    def __init__(
        self, form: BlankForm, found: QuerySet[Any], chosen: filters.Filter, wanted: Asked,
        by: "User", now: datetime,
    ) -> None:  # fmt: skip
        super().__init__(by, now)
        self.subject, self.found, self.chosen = Subject(form.subject), found, chosen
        self.wanted = wanted
        self.columns = {column.pk: column for column in wanted.columns}

    def keep(self, cells: Sequence[Cell]) -> None:
        cells = sorted(cells, key=lambda cell: (cell.row, self.columns[cell.column].place))
        own = [cell for cell in cells if not self.columns[cell.column].field]
        self._keep_own(own)
        to_rosters = [cell for cell in cells if self.columns[cell.column].field and cell.value]
        if to_rosters:
            self._enter(to_rosters)
        self.raise_wrong()

    def _keep_own(self, cells: Sequence[Cell]) -> None:
        columns = {cell.column: self.columns[cell.column] for cell in cells}
        rows = sorted({cell.row for cell in cells})
        kept = questions.of_rows(list(columns.values()), self.subject, rows)
        offered = questions.offered(columns.values(), self.subject, rows, self.by)
        for cell in cells:
            value = self.parsed(cell, self.columns[cell.column])
            if value is None:
                continue
            offer = offered.get((cell.row, cell.column))
            is_offered = offer is not None and offer.value == value
            self.keep_one(
                cell, value, kept.get((cell.row, cell.column)),
                AnswerSource.OTHER_FORM if is_offered else AnswerSource.TYPED,
                **{f"{questions.row_name(self.subject)}_id": cell.row}, column_id=cell.column,
            )  # fmt: skip

    def _enter(self, cells: Sequence[Cell]) -> None:
        """Into the rosters, where they know nothing yet."""
        rows = self.found.filter(pk__in={cell.row for cell in cells})
        today = timezone.localdate(self.now)
        lines = {
            line.key: line
            for line in filters.lines(rows, self.chosen, self.subject, self.by, today)
        }
        for cell in cells:
            value = self.parsed(cell, self.columns[cell.column])
            if not value:
                continue
            try:
                entered = enter(
                    self.columns[cell.column], lines[cell.row], value, by=self.by, now=self.now
                )
            except DomainError as refusal:
                self.refuse(cell, sentence_of(refusal), refusal.code)
            else:
                self.done["to_rosters"] += entered


def enter(column: FormColumn, line: Any, value: str, *, by: "User", now: datetime) -> bool:
    """Enters an answer in the roster that has room for it; False where it says the same already.

    Raises what the use-case of the roster raises; Refused (`answered_meanwhile`) where it says something
    else.
    """
    answer = rosters.of(column.field)
    assert answer is not None, "only such columns are asked for"
    if stands := questions.standing(column, line):
        if stands == value:
            return False
        message = _("The roster says “%(value)s” by now: correct it there if it is wrong.")
        raise Refused(message % {"value": stands}, code="answered_meanwhile")
    if not by.has_perm(answer.permission, answer.place(line)):
        raise Refused(not_yours(column), code="not_your_roster")
    with transaction.atomic():
        answer.write(line, value, by, now)
    return True


def sentence_of(refusal: DomainError) -> Sentence:
    """Why a roster refuses: what it says about its field, else the whole; to be kept with a row."""
    texts = [text for texts in refusal.fields.values() for text in texts] or [refusal.message]
    return texts[0] if isinstance(texts[0], Sentence) else Sentence(texts[0])


def _meanwhile(answer: Answer | None) -> str:
    if answer is None:
        return _("Somebody emptied this cell meanwhile: open the page anew.")
    return _(
        "%(who)s answered “%(value)s” meanwhile. Empty this cell to leave it so, or correct it on "
        "the page of complete rows."
    ) % {"who": answer.by.name, "value": answer.value}


def forget_person(person: Person, *, by: "User | None", now: datetime) -> None:
    """Deletes what was answered about somebody who is emptied."""
    Answer.objects.filter(person=person).delete()


def own_data(user: "User") -> dict[str, Any]:
    """What was answered about an account, for the copy of one's data."""
    return _own_parts(Q(person__account=user))


def own_data_of_person(person: Person) -> dict[str, Any]:
    """The same about a person of the roll."""
    return _own_parts(Q(person=person))


def _own_parts(own: Q) -> dict[str, Any]:
    rows = Answer.objects.filter(own).order_by("pk")
    return {"form_answers": list(rows.values("column__heading", "value", "source", "at"))}


def own_data_parts() -> dict[str, Any]:
    """How this part of the copy is called, and of which model it is."""
    return {"form_answers": (plain("answers in forms"), Answer)}
