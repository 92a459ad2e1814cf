"""What is asked about the rows of a form: columns that nobody fills by itself, and where answers go."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet

from governance.data_forms.enums import Subject
from governance.data_forms.fields import kinds, registry, rosters
from governance.data_forms.models import Answer, BlankForm, FormColumn
from orgs.errors import Refused

if TYPE_CHECKING:
    from orgs.models import User

# By which column of Answer a row of a subject is named; units stand in one for all their kinds.
_ROW = {
    Subject.PERSON: "person", Subject.HOUSEHOLD: "household", Subject.TASK: "task",
    Subject.DEPARTMENT: "department",
}  # fmt: skip


def row_name(subject: Subject) -> str:
    """By which column of Answer a row is named."""
    return _ROW.get(subject, "place")


@dataclass(frozen=True)
class Asked:
    """The columns of a form that one reader is asked for.

    `own` are kept with the form, `of_rosters` go to the roster that has room for them; `told` have a
    roster too, which somebody else keeps.
    """

    own: list[FormColumn]
    of_rosters: list[FormColumn]
    told: list[FormColumn]

    @property
    def columns(self) -> list[FormColumn]:
        return sorted([*self.own, *self.of_rosters], key=lambda column: column.place)


def asked_columns(form: BlankForm) -> list[FormColumn]:
    """The columns that somebody is asked for where they are empty."""
    return list(asking(form=form))


def asking(**form: Any) -> QuerySet[FormColumn]:
    """The columns that are asked for of some forms."""
    fields = ["", *rosters.codes()]
    return FormColumn.objects.filter(**form, asked=True, computed=False, field__in=fields)


def of_reader(form: BlankForm, by: "User") -> Asked:
    """The columns that `by` is asked for."""
    columns = asked_columns(form)
    may = {column.pk: _may(column, by) for column in columns if column.field}
    return Asked(
        [column for column in columns if not column.field],
        [column for column in columns if may.get(column.pk)],
        [column for column in columns if column.field and not may[column.pk]],
    )


def _may(column: FormColumn, by: "User") -> bool:
    answer = rosters.of(column.field)
    return answer is not None and by.has_perm(answer.permission)


def parse(column: FormColumn, value: Any) -> str:
    """What somebody wrote for a column, in one way of writing. Raises Refused with what to write."""
    written = kinds.parse(kind_of(column), options_of(column), value)
    answer = rosters.of(column.field)
    return answer.check(written) if written and answer and answer.check else written


def kind_of(column: FormColumn) -> str:
    """What may be answered in a column."""
    answer = rosters.of(column.field)
    return answer.kind if answer else column.kind


def options_of(column: FormColumn) -> list[str]:
    """The words of a choice."""
    answer = rosters.of(column.field)
    return answer.options if answer else list(column.options)


def standing(column: FormColumn, line: Any) -> str:
    """What the roster says already; "" for nothing. Numbers are masked."""
    field = registry.get(column.field)
    value = field.read(line) if field else None
    return "" if value is None else str(value)


def of_rows(
    columns: Sequence[FormColumn], subject: Subject, rows: Sequence[int]
) -> dict[tuple[int, int], Answer]:
    """The answers in `columns` by row and column; the caller has seen to it that the rows are in sight."""
    if not columns:
        return {}
    name = row_name(subject)
    found = Answer.objects.filter(**{f"{name}__in": rows}, column__in=columns)
    return {
        (row_of(answer), answer.column_id): answer
        for answer in found.select_related("by")
        if answer.column_id
    }


def given_since(
    form: BlankForm, rows: QuerySet[Any], since: datetime | None
) -> set[tuple[int, int]]:
    """The cells of some rows (their keys) that somebody answered or corrected from a moment on: the key
    of the row, and the place of the column."""
    name = row_name(Subject(form.subject))
    given = Answer.objects.filter(
        column__form=form, column__field="", column__asked=True, column__computed=False,
        **{f"{name}__in": rows},
    )  # fmt: skip
    if since:
        given = given.filter(at__gte=since)
    return set(given.values_list(name, "column__place"))


def row_of(answer: Answer) -> int:
    """The key of the row that an answer is about."""
    key: int | None = (
        answer.person_id
        or answer.household_id
        or answer.place_id
        or answer.task_id
        or answer.department_id
    )
    assert key is not None, "the database ties an answer to one row"
    return key


def offered(
    columns: Iterable[FormColumn], subject: Subject, rows: Iterable[int], by: "User"
) -> dict[tuple[int, int], Answer]:
    """The latest answers to the same headings on other forms that `by` sees, by row and column.

    `value` is as the column takes it; what does not fit it is not offered.
    """
    by_key = {column.key: column for column in columns}
    if not by_key:
        return {}
    name = row_name(subject)
    answers = (
        Answer.objects.visible_to(by)
        .filter(**{f"{name}__in": list(rows)}, column__key__in=by_key)
        .filter(column__form__subject=subject)
        .exclude(column__in=by_key.values())
        .select_related("column__form", "by")
        .order_by("at", "pk")
    )
    found: dict[tuple[int, int], Answer] = {}
    for answer in answers:
        assert answer.column is not None, "an answer of a form with rows stands in a column"
        column = by_key[answer.column.key]
        try:
            answer.value = parse(column, answer.value)
        except Refused:
            continue
        found[row_of(answer), column.pk] = answer
    return found


def open_rows(asked: Asked, subject: Subject, found: QuerySet[Any]) -> QuerySet[Any]:
    """The rows of which a cell waits for an answer."""
    waits = Q(pk__in=())
    if asked.own:
        waits |= ~Q(pk__in=_complete(asked.own, subject))
    for missing in _missing(asked):
        waits |= missing
    return found.filter(waits)


def empty_cells(asked: Asked, subject: Subject, found: QuerySet[Any]) -> int:
    """How many cells of these rows wait for an answer: two statements, however many rows."""
    name, missing = row_name(subject), _missing(asked)
    counts = {f"missing_{place}": Count("pk", filter=one) for place, one in enumerate(missing)}
    sums = found.order_by().aggregate(rows=Count("pk"), **counts)
    rows = sums.pop("rows")
    empty = sum(sums.values())
    if asked.own:
        given = Answer.objects.filter(
            column__in=asked.own, **{f"{name}__in": found.order_by().values("pk")}
        )
        empty += rows * len(asked.own) - given.count()
    return int(empty)


def _missing(asked: Asked) -> list[Q]:
    answers = [rosters.of(column.field) for column in asked.of_rosters]
    return [answer.missing for answer in answers if answer]


def _complete(columns: Sequence[FormColumn], subject: Subject) -> QuerySet[Any]:
    """The keys of the rows of which every own cell is answered."""
    name = row_name(subject)
    given = Answer.objects.filter(column__in=columns, **{f"{name}__isnull": False}).order_by()
    whole = given.values(name).annotate(number=Count("pk")).filter(number=len(columns))
    return whole.values(name)
