"""The roster of copies that come back: completed by hand in Excel, read, looked through, entered.

A row is known by its mark (marks.py). Where somebody deleted that, it is known by what it is called and
all else that the portal filled in, and asked about; where the name is another one, rows were sorted
without their marks. What somebody answered since the copy was made is shown before it gives way.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from governance.data_forms.answers import answers, marks, questions
from governance.data_forms.answers.questions import Asked
from governance.data_forms.blanks.admitted import lock
from governance.data_forms.enums import AnswerSource, Permission, Subject
from governance.data_forms.fields import registry, rosters
from governance.data_forms.fillings import filters
from governance.data_forms.models import Answer, BlankForm, FilledRun, FormColumn
from governance.data_forms.workbooks.layout import MARK, read_returned
from orgs.crypto import blind_index
from orgs.enums import Decision, Verdict
from orgs.errors import DomainError, Refused
from orgs.imports import imports
from orgs.imports.rosters import (
    MEGABYTE,
    UNKNOWN,
    Column,
    Limits,
    Links,
    Placed,
    Roster,
    Row,
    Run,
    Shape,
)
from orgs.imports.workbooks import cells
from orgs.models import LedgerImport, User
from orgs.values import phones
from orgs.values.sentences import gettext as _
from residents.roll.values import id_numbers

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

LONGEST_CELL = 400
# By which of its fields a row is called; another one means that the mark is another row's.
CALLED = frozenset(
    "person.name household.room household.address household.code building.building building.code "
    "compound.compound compound.code community.community community.code".split()
)
# Columns of which nothing is read: the portal numbers and counts them anew.
NOT_READ = ("", registry.SERIAL, registry.COUNT)
_MASKS: dict[str, Callable[[str], str]] = {
    "person.phone": phones.mask,
    "household.owner_phone": phones.mask,
    "person.id_number": id_numbers.mask,
}


# --- The columns -----------------------------------------------------------------------------------


def shape(form: BlankForm) -> Shape:
    """The columns of a form as they are read, and where a copy of it has them."""
    wanted = {column.pk for column in questions.asked_columns(form)}
    # Nobody reads marks: the preview leaves them out.
    mark = Column("mark", MARK, cells.plain(LONGEST_CELL), private=True, mask=lambda _text: "")
    columns = [mark]
    for column in form.columns.all():
        if column.pk in wanted:
            columns.append(_asked_column(column))
        elif column.field not in NOT_READ:
            columns.append(Column(_key(column), column.heading, cells.plain(LONGEST_CELL)))
    return Shape(tuple(columns), partial(_placed, form.sheet))


def _asked_column(column: FormColumn) -> Column:
    mask = _MASKS.get(column.field)

    def parse(value: Any) -> Any:
        # What the portal filled in and masked comes back as it was.
        is_known = column.field and cells.is_masked(value)
        return UNKNOWN if is_known else questions.parse(column, value)

    return Column(
        _key(column), column.heading, parse, private=mask is not None, mask=mask,
        choices=tuple(questions.options_of(column)),
    )  # fmt: skip


def _key(column: FormColumn) -> str:
    return f"column_{column.pk}"


def _placed(sheet: str, content: bytes) -> Placed:
    found = read_returned(content, sheet)
    headings = {heading.place: heading.text for heading in found.headings}
    return Placed(found.sheet, headings, found.first_row, found.last_row)


# --- Planning --------------------------------------------------------------------------------------


@dataclass
class _Pass:
    """What one pass over a copy knows: who is listed, what is asked, the rows met before."""

    form: BlankForm
    chosen: filters.Filter
    found: QuerySet[Any]
    wanted: Asked
    known: list[FormColumn]
    by_digest: dict[str, int]
    by: User
    now: datetime
    made: dict[int, datetime | None] = field(default_factory=dict)
    rows: dict[int, int] = field(default_factory=dict)
    # All lines by what they are called, for rows without marks; read when the first one is met.
    called: dict[tuple[str, ...], list[Any]] | None = None

    @property
    def subject(self) -> Subject:
        return Subject(self.form.subject)

    @property
    def callers(self) -> list[FormColumn]:
        return [column for column in self.known if column.field in CALLED]

    def lines(self, keys: set[int] | None = None) -> Iterator[Any]:
        """The lines of rows, of all of them with None."""
        rows = self.found if keys is None else self.found.filter(pk__in=keys)
        today = timezone.localdate(self.now)
        return filters.lines(rows, self.chosen, self.subject, self.by, today)

    def made_at(self, copy: int) -> datetime | None:
        """When a copy was ordered; None for one that is forgotten: nobody knows what it showed."""
        if copy not in self.made:
            run = FilledRun.objects.filter(pk=copy, form=self.form)
            self.made[copy] = run.values_list("asked_at", flat=True).first()
        return self.made[copy]


@dataclass
class _Plan:
    """What a row of a copy would do: own answers, each with what stands, and those of rosters."""

    line: Any
    own: list[tuple[FormColumn, str, Answer | None]] = field(default_factory=list)
    of_rosters: list[tuple[FormColumn, str]] = field(default_factory=list)


def _begin(run: Run) -> _Pass:
    if "pass" not in run.seen:
        form: BlankForm = run.target
        if run.applying:
            # One after the other, with those who type answers meanwhile.
            lock(form)
        chosen, found = filters.listed(form, run.by, run.today)
        wanted = questions.of_reader(form, run.by)
        mine = {column.pk for column in questions.asked_columns(form)}
        run.seen["pass"] = _Pass(
            form, chosen, found, wanted,
            [
                column
                for column in form.columns.all()
                if column.pk not in mine and column.field not in NOT_READ
            ],
            marks.by_digest(form, found.values_list("pk", flat=True)), run.by, run.now,
        )  # fmt: skip
    begun: _Pass = run.seen["pass"]
    return begun


def plan(rows: list[Row], run: Run) -> None:
    """A row brings answers that are new, or others than those that stand; it never empties one."""
    begun = _begin(run)
    copies = {row.number: marks.read(row.get("mark")) for row in rows}
    keys = {
        begun.by_digest[mark[1]] for mark in copies.values() if mark and mark[1] in begun.by_digest
    }
    lines = {line.key: line for line in begun.lines(keys)}
    doubts: dict[int, str] = {}
    for row in rows:
        mark = copies[row.number]
        line = lines.get(begun.by_digest.get(mark[1], 0)) if mark else _unmarked(row, begun, doubts)
        if line is None and not row.is_wrong:
            row.wrong("mark", _("This row is not one of those that the form lists now."))
        if line is not None:
            row.plan = _Plan(line)
            _refuse_other(row, line, begun, is_marked=mark is not None)
    _plan_answers([row for row in rows if row.plan], begun, copies, doubts)


def _unmarked(row: Row, begun: _Pass, doubts: dict[int, str]) -> Any:
    """The one line that a row without its mark can mean; None with a sentence where there is none."""
    if begun.called is None:
        begun.called = {}
        for line in begun.lines():
            called = tuple(_written(column, line) for column in begun.callers)
            begun.called.setdefault(called, []).append(line)
    called = tuple(str(row.get(_key(column))) for column in begun.callers)
    fitting = begun.called.get(called, []) if any(called) else []
    others = [column for column in begun.known if column not in begun.callers]
    same = [
        line
        for line in fitting
        if all(row.get(_key(column)) in ("", _written(column, line)) for column in others)
    ]
    # What may have changed since the copy was made tells apart only those of the same name.
    fitting = same if len(fitting) > 1 else fitting
    if len(fitting) == 1:
        doubts[row.number] = _(
            "The mark of this row was deleted; by what stands in it, it is %(name)s."
        ) % {"name": fitting[0].name}
        return fitting[0]
    row.wrong(
        "mark", _("The mark of this row is missing or changed: enter its answers on the page.")
    )
    return None


def _written(column: FormColumn, line: Any) -> str:
    """What the portal would write in a cell, as it is read again."""
    known = registry.get(column.field)
    value = known.read(line) if known else None
    return "" if value in (None, "") else str(cells.plain(LONGEST_CELL)(value))


def _refuse_other(row: Row, line: Any, begun: _Pass, *, is_marked: bool) -> None:
    """Notes where a row says something else than the portal of what the portal fills in."""
    first = begun.rows.setdefault(line.key, row.number)
    if first != row.number:
        row.wrong("mark", _("Row %(row)d stands for the same.") % {"row": first})
    for column in begun.known:
        says, stands = str(row.get(_key(column))), _written(column, line)
        if not says or says == stands:
            continue
        if is_marked and column.field in CALLED:
            sentence = _(
                "This row belongs to %(name)s: were rows sorted without the hidden column of marks?"
            )
            row.wrong(_key(column), sentence % {"name": line.name})
        else:
            sentence = _("The portal fills this column by itself: correct it in its roster.")
            row.left_out(_key(column), sentence)


def _plan_answers(
    rows: list[Row], begun: _Pass, copies: dict[int, tuple[int, str] | None], doubts: dict[int, str]
) -> None:
    keys = [row.plan.line.key for row in rows]
    kept = questions.of_rows(begun.wanted.own, begun.subject, keys)
    for row in rows:
        mark = copies[row.number]
        made = begun.made_at(mark[0]) if mark else None
        overtaken = _plan_own(row, begun, kept, made)
        _plan_rosters(row, begun)
        if row.is_wrong:
            continue
        row.verdict = Verdict.NEW if row.plan.of_rosters else Verdict.UNCHANGED
        for _column, _value, answer in row.plan.own:
            if row.verdict != Verdict.CHANGED:
                row.verdict = Verdict.CHANGED if answer else Verdict.NEW
        _ask(row, overtaken, doubts.get(row.number, ""))


def _plan_own(
    row: Row, begun: _Pass, kept: dict[tuple[int, int], Answer], made: datetime | None
) -> dict[str, Answer]:
    """The answers that stand in the form, and those of them that were given since the copy was made."""
    overtaken = {}
    for column in begun.wanted.own:
        value, answer = row.get(_key(column)), kept.get((row.plan.line.key, column.pk))
        if not value or (answer and answer.value == value):
            continue
        row.plan.own.append((column, value, answer))
        row.changes.append(_key(column))
        if answer and (made is None or answer.at > made):
            overtaken[_key(column)] = answer
    return overtaken


def _plan_rosters(row: Row, begun: _Pass) -> None:
    """The answers that a roster has room for; where it says something by now, that stays."""
    line = row.plan.line
    for column in [*begun.wanted.of_rosters, *begun.wanted.told]:
        value, stands = row.get(_key(column)), questions.standing(column, line)
        answer = rosters.of(column.field)
        if not value or value == stands or answer is None:
            continue
        if stands:
            sentence = _("The roster says “%(value)s” by now: correct it there if it is wrong.")
            row.left_out(_key(column), sentence % {"value": stands})
        elif not begun.by.has_perm(answer.permission, answer.place(line)):
            row.left_out(_key(column), answers.not_yours(column))
        else:
            row.plan.of_rosters.append((column, value))
            row.changes.append(_key(column))


def _ask(row: Row, overtaken: dict[str, Answer], doubt: str) -> None:
    """Asks somebody about a row that is not sure, unless exactly this was decided already."""
    if not row.changes or not (overtaken or doubt):
        return
    states = [f"{answer.pk}:{answer.at.isoformat()}" for answer in overtaken.values()]
    state = int(blind_index("row-state", f"{row.plan.line.key}:{states}")[:15], 16)
    if row.decision == Decision.SAME and row.chosen == state:
        return
    if doubt:
        row.unsure([state], "mark", doubt)
    for key, answer in overtaken.items():
        sentence = _("%(who)s answered “%(value)s” since this copy was made.")
        row.unsure([state], key, sentence % {"who": answer.by.name, "value": answer.value})


def candidates(_user: User, keys: set[int]) -> dict[int, str]:
    """How the choice is called to take an unsure row."""
    return dict.fromkeys(keys, _("Enter what the file says"))


# --- Writing ---------------------------------------------------------------------------------------


def write(rows: list[Row], run: Run) -> None:
    """Answers of the form in two statements; those of rosters through their use-cases."""
    begun = _begin(run)
    name = f"{questions.row_name(begun.subject)}_id"
    facts = {"source": AnswerSource.IMPORTED, "by_id": run.by.pk, "at": run.now}
    own = [(row, row.plan.line.key, *cell) for row in rows for cell in row.plan.own]
    run.create(
        [
            (row, Answer(**{name: key}, column=column, value=value, **facts))
            for row, key, column, value, answer in own
            if answer is None
        ]
    )
    run.change(
        [
            (row, answer, {"value": value, **facts})
            for row, _row, _column, value, answer in own
            if answer
        ]
    )
    for row in rows:
        for column, value in row.plan.of_rosters:
            try:
                answers.enter(column, row.plan.line, value, by=run.by, now=run.now)
            except DomainError as refusal:
                row.wrong(_key(column), answers.sentence_of(refusal))


def links(imported: LedgerImport) -> Links:
    """Addresses around an import."""
    form = reverse("data_forms:form", args=[imported.subject_id])
    return Links(
        back=form,
        send=reverse("data_forms:form_import", args=[imported.subject_id]),
        results=[("file-spreadsheet", gettext_lazy("To the form"), form)],
    )


RETURNED = Roster(
    code="form_answers",
    name=gettext_lazy("completed forms"),
    about=gettext_lazy(
        "Send a copy that was filled by the portal and completed in Excel: answers are kept, what the "
        "portal filled in is left as it is. Rows may be sorted and deleted; the hidden last column tells "
        "which row is whose."
    ),
    columns=(),
    permission=Permission.ANSWER_FORMS,
    plan=plan,
    write=write,
    links=links,
    subject="data_forms.BlankForm",
    limits=Limits(5_000, 5 * MEGABYTE, 40 * MEGABYTE, 16 * MEGABYTE, 400_000),
    applied_as="data_forms.import-answers",
    undoable=False,
    candidates=candidates,
    shape=shape,
    known_rows=True,
)


def send(*, form: BlankForm, file: "UploadedFile", by: User, now: datetime) -> LedgerImport:
    """Keeps a completed copy of a form for its reader. Raises what `imports.upload` raises; Refused for a
    form of numbers, of which no copy comes back."""
    refuse_sums(form)
    roster = RETURNED.for_target(form)
    roster.refuse_too_large(file.size or 0)
    return imports.upload(
        roster=roster, target=form, name=file.name or "", content=file.read(), by=by, now=now
    )


def refuse_sums(form: BlankForm) -> None:
    """Raises Refused for a form of numbers: it has no rows by which a copy is read."""
    if form.subject == Subject.SUMS:
        raise Refused(
            _("A form of numbers is counted anew each time: type what is empty on its page instead of "
              "sending a copy back."),
            code="sums",
        )  # fmt: skip
