"""What each cell of a form that counts means: who is counted in it, or which others it adds up."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

from governance.data_forms.enums import Subject, SumKind
from governance.data_forms.fillings import words
from governance.data_forms.fillings.filters import Filter, merged
from governance.data_forms.models import SumPart
from governance.data_forms.workbooks.sums import MOST_CELLS

Place: TypeAlias = tuple[int, int]
# What splits people, homes and tasks into parts that make up the whole.
_SPLITS = (
    frozenset({"sex"}), frozenset({"min_age", "max_age"}), frozenset({"unit"}),
    frozenset({"relation"}), frozenset({"state"}), frozenset({"task_state"}),
    frozenset({"member_class", "members_only"}),
)  # fmt: skip
_JOINED = " · "
_AREA = r"\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?"
_REFERENCE = re.compile(_AREA)
_PLAIN = re.sub(r"\((?!\?)", "(?:", _AREA)
_SUM = re.compile(rf"^=(?:SUM\({_PLAIN}(?:,{_PLAIN})*\)|{_PLAIN}(?:\+{_PLAIN})*)$")
# Sums of sums are followed so far down; a form that goes deeper, or in a circle, is reckoned by itself.
DEEPEST = 20


@dataclass(frozen=True)
class Cell:
    """One cell: a count (`subject` with `filters`), a sum of others (`ways`), or neither.

    `ways` are the groups of cells of which each should add up to it; the first is what stands there.
    """

    part: SumPart
    text: str
    subject: Subject | None = None
    filters: Filter | None = None
    ways: tuple[tuple[Place, ...], ...] = ()
    # The cell of which this one is a part (其中), if any.
    whole: Place | None = None

    @property
    def place(self) -> Place:
        return self.part.row, self.part.place

    @property
    def is_count(self) -> bool:
        return self.subject is not None and self.filters is not None


@dataclass
class Form:
    """The parts of a form, its lines and its cells apart."""

    parts: Sequence[SumPart]
    # The pairs of codes of units of which the first lies in the second.
    inside: set[tuple[str, str]] = field(default_factory=set)

    @cached_property
    def rows(self) -> dict[int, SumPart]:
        return {part.row: part for part in self.parts if not part.place}

    @cached_property
    def columns(self) -> dict[int, SumPart]:
        return {part.place: part for part in self.parts if not part.row}

    @cached_property
    def own(self) -> dict[Place, SumPart]:
        return {(part.row, part.place): part for part in self.parts if part.is_cell}

    @cached_property
    def cells(self) -> dict[Place, Cell]:
        """Every cell by its row and column."""
        return {place: self._cell(part) for place, part in self.own.items()}

    def leaves(self, place: Place, seen: frozenset[Place] = frozenset()) -> list[Cell] | None:
        """The counts that a cell adds up in the end; None where one of them is not known."""
        cell = self.cells.get(place)
        if cell is None or place in seen or len(seen) > DEEPEST:
            return None
        if cell.is_count or not cell.ways:
            return [cell] if cell.is_count else None
        found: list[Cell] = []
        for part in cell.ways[0]:
            below = self.leaves(part, seen | {place})
            if below is None:
                return None
            found += below
        return found

    # --- One cell ----------------------------------------------------------------------------------

    def _cell(self, part: SumPart) -> Cell:
        row, column = self.rows.get(part.row), self.columns.get(part.place)
        lines = [line for line in (row, column) if line]
        said = [line.text for line in lines] if part.kind == SumKind.FOLLOWS else [part.text]
        text = _JOINED.join(filter(None, said))
        if part.kind == SumKind.NONE or any(
            line.kind == SumKind.NONE for line in lines if part.kind == SumKind.FOLLOWS
        ):
            return self._reckoned(part, text) or Cell(part, text)
        if part.kind == SumKind.COUNT:
            return self._counting(part, text, [part])
        if reckoned := self._reckoned(part, text):
            if any(line.kind == SumKind.TOTAL for line in lines):
                return reckoned
            # What it should come to is counted beside it.
            return replace(self._counting(part, text, lines), ways=reckoned.ways)
        ways: list[tuple[Place, ...]] = []
        if row and _adds(row):
            ways += [
                tuple((other, part.place) for other in group)
                for group in _groups(part.row, self.rows, mixed=False)
            ]
        if column and _adds(column):
            ways += [
                tuple((part.row, other) for other in group)
                for group in _groups(part.place, self.columns, mixed=True)
            ]
        known = tuple(way for way in ways if all(place in self.own for place in way))
        if any(line.kind == SumKind.TOTAL for line in lines):
            return Cell(part, text, ways=known)
        return replace(self._counting(part, text, lines), ways=known)

    def _reckoned(self, part: SumPart, text: str) -> Cell | None:
        """A cell that the form reckons by a sum; nothing where its formula is another one."""
        if not part.formula:
            return None
        places = [place for place in added_in(part.formula) if place in self.own]
        return Cell(part, text, ways=(tuple(places),) if places else ())

    def _counting(self, part: SumPart, text: str, lines: Sequence[SumPart]) -> Cell:
        subjects = {line.counts for line in lines if line.counts}
        found: Filter | None = Filter()
        for line in lines:
            found = found and merged(found, Filter.of(line.filters), self.inside)
        if len(subjects) != 1 or found is None:
            return Cell(part, text)
        [subject] = subjects
        if found.said.keys() != found.for_subject(subject).said.keys():
            return Cell(part, text)
        return Cell(part, text, subject, found, whole=self._whole(part, lines))

    def _whole(self, part: SumPart, lines: Sequence[SumPart]) -> Place | None:
        """The cell before it that a 其中 is a part of."""
        for line, others, place in (
            (self.columns.get(part.place), self.columns, lambda other: (part.row, other)),
            (self.rows.get(part.row), self.rows, lambda other: (other, part.place)),
        ):
            if line in lines and line is not None and words.is_part(_own(line.text)):
                at = line.place or line.row
                before = [
                    key
                    for key, other in others.items()
                    if key < at and not words.is_part(_own(other.text))
                ]
                totals = [key for key in before if _adds(others[key])]
                if before:
                    return place(max(totals or before))
        return None


def _adds(line: SumPart) -> bool:
    """Whether a line is what others add up to, even where it was given a filter of its own."""
    return line.kind == SumKind.TOTAL or words.is_total(_own(line.text))


def _own(text: str) -> str:
    return text.rsplit(_JOINED, 1)[-1]


def _above(text: str) -> str:
    """The words over several lines: 年龄 of 年龄 · 60-69 岁."""
    return text.rsplit(_JOINED, 1)[0] if _JOINED in text else ""


def _groups(at: int, lines: Mapping[int, SumPart], *, mixed: bool) -> list[tuple[int, ...]]:
    """The lines that a total adds up, first those that split the whole.

    A total below words of its own adds up the others below them; 小计 what stands since the total
    before, 合计 all before it, and where nothing stands before it all that comes after. `mixed`: lines
    that say something else may stand among them, as columns of money do.
    """
    line = lines[at]
    over = _above(line.text)
    adding = {
        key: other
        for key, other in lines.items()
        if not _adds(other)
        and not words.is_part(_own(other.text))
        and (not over or _above(other.text) == over)
    }
    before = [key for key in adding if key < at]
    if words.normalised(_own(line.text)) == "小计" and before:
        totals = [key for key, other in lines.items() if _adds(other) and key < at]
        before = [key for key in before if key > max(totals, default=0)]
    chosen = before or [key for key in adding if key > at]
    groups: dict[str, list[int]] = {}
    for key in chosen:
        groups.setdefault(_above(lines[key].text), []).append(key)
    splits = [
        split
        for group in groups.values()
        for split in _splits(group, lines)
        if mixed or len(split) == len(group)
    ]
    return splits or [tuple(group) for group in groups.values()][:1]


def _splits(group: Sequence[int], lines: Mapping[int, SumPart]) -> list[tuple[int, ...]]:
    """Those of some lines that differ by one thing of which everybody is one."""
    said = {
        key: Filter.of(lines[key].filters).said for key in group if lines[key].kind == SumKind.COUNT
    }
    common = set.intersection(*[set(one.items()) for one in said.values()]) if said else set()
    own = {key: {name for name, _value in one.items() - common} for key, one in said.items()}
    found = [tuple(key for key in own if own[key] and own[key] <= split) for split in _SPLITS]
    return [split for split in found if len(split) > 1]


def added_in(formula: str) -> list[Place]:
    """The cells that a formula adds up; none where it does something else."""
    formula = re.sub(r"\s", "", formula.upper())
    if not _SUM.match(formula):
        return []
    from openpyxl.utils import column_index_from_string

    found: list[Place] = []
    for first, top, last, bottom in _REFERENCE.findall(formula):
        columns = range(
            column_index_from_string(first), column_index_from_string(last or first) + 1
        )
        rows = range(int(top), int(bottom or top) + 1)
        if len(columns) * len(rows) > MOST_CELLS:
            return []
        found += [(row, column) for row in rows for column in columns]
    return found
