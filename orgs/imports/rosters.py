"""The registry of rosters: what each Excel list holds, as data, and how its rows are understood.

How to add a roster (from any floor):

1. Describe its columns: `Column(key, heading, parse, ...)`. `parse` turns a cell into a value that
   JSON can hold (text, number, bool; days as ISO text); it raises `Refused` with a sentence,
   or answers `UNKNOWN` for a masked value, `Unread` for one that is left out with a word.
   Ready-made ones are in `orgs/imports/workbooks/cells.py`; columns of a
   place, with the search for it, are in `orgs/imports/workbooks/places.py`. Headings are compared without
   blanks, brackets and asterisks. `offers` names what the template's drop-down shows.
2. Write `plan(rows, run)`: it looks at a chunk of about a thousand rows and gives each a verdict
   (`row.verdict = Verdict.NEW`, `row.wrong(column, sentence)`, `row.unsure(keys, column, sentence)`)
   (with `row.changes` the columns that differ) and, in `row.plan`, whatever the writer needs.
   It asks the database a fixed number of times for a
   chunk. Rows with problems of their cells have the verdict WRONG already; plan them too if you
   like, their verdict stays. What must be remembered from chunk to chunk goes into `run.seen`.
   `row.wait()` puts a row off until all others are planned (`run.last` is true then).
3. Write `write(rows, run)`: it gets planned rows that are new or changed and writes them through
   `run.create([(row, object), ...])`, `run.change([(row, object, {field: value}), ...])` and
   `run.delete([(row, object), ...])`, which are set-based and keep what undoing the import needs.
   What a use-case made goes to `run.made(row, object)`; what it refuses goes to `row.wrong`.
4. Write `lines(user, unit, filters)`: what an export shows, as dicts by column key with values ready
   for a cell, only of rows `visible_to(user)` (of a unit, or of all with None), numbers masked. None
   instead of a function: the roster has no export. `reads` is the permission that an export asks for.
5. `register(Roster(...))` in your app's `ready()`, after its permissions are granted.

The preview and the apply both call `plan`: the preview on data that stay as they are, the apply
inside its one transaction (`run.applying`), where a chunk sees what the chunks before it wrote. So a
row's plan never relies on the preview. The rest (reading files, staging, pages, API, undo, audit) is
done for every registered roster alike.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from django.apps import apps
from django.db import models
from django.utils import timezone

from orgs.enums import Decision, Verdict
from orgs.errors import TooLarge
from orgs.values.sentences import gettext as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from orgs.models import LedgerImport, Unit, User

    Text: TypeAlias = "_StrPromise | str"

# What a parser answers for a masked value: nothing is known, so nothing changes.
UNKNOWN: Any = object()


@dataclass(frozen=True)
class Unread:
    """What a parser answers for a value that is not taken, while the row is; the sentence says why."""

    sentence: str


BATCH = 500
UNIT = "orgs.Unit"
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What a file may take: `unpacked` and `strings` in bytes; `lines` are rows, blank ones included."""

    rows: int
    size: int
    unpacked: int
    strings: int
    cells: int

    @property
    def lines(self) -> int:
        return max(4 * self.rows, 20_000)


LARGE = Limits(50_000, 20 * MEGABYTE, 200 * MEGABYTE, 64 * MEGABYTE, 4_000_000)
# What may be read while somebody waits for the answer.
SMALL = Limits(500, 5 * MEGABYTE, 40 * MEGABYTE, 16 * MEGABYTE, 400_000)


@dataclass(frozen=True)
class Column:
    """One column. `private` ones are formatted as text in the template and masked in previews."""

    key: str
    heading: str
    parse: Callable[[Any], Any]
    synonyms: tuple[str, ...] = ()
    required: bool = False
    choices: tuple[str, ...] = ()
    # The words of a drop-down that depend on what the roster is kept for.
    offers: "Callable[[Any], Sequence[str]] | None" = None
    example: Any = ""
    note: "Text" = ""
    private: bool = False
    mask: Callable[[str], str] | None = None


@dataclass(slots=True)
class Row:
    """One row of a file on its way. `values` holds what its cells say, by column; no empty ones."""

    number: int
    values: dict[str, Any]
    verdict: Verdict | None = None
    # Column key ("" for the row as a whole) -> sentence.
    problems: dict[str, str] = field(default_factory=dict)
    # What stood in the cells, where that is not the value: to be shown and corrected in the file.
    raw: dict[str, str] = field(default_factory=dict)
    # Keys of the columns that say something else than the roll.
    changes: list[str] = field(default_factory=list)
    # Keys of whom the row could mean, and what somebody decided.
    candidates: list[int] = field(default_factory=list)
    decision: Decision | None = None
    chosen: int | None = None
    # What the writer of the roster needs; lives as long as the chunk.
    plan: Any = None
    waits: bool = False

    def get(self, key: str, default: Any = "") -> Any:
        return self.values.get(key, default)

    def wrong(self, column: str, sentence: str) -> None:
        """Says why the row cannot be taken; the first sentence of a column stays."""
        self.problems.setdefault(column, sentence)
        self.verdict = Verdict.WRONG

    def left_out(self, column: str, sentence: str) -> None:
        """Says that a cell was not taken; the row is, without it."""
        self.problems.setdefault(column, sentence)

    def unsure(self, candidates: Iterable[int], column: str, sentence: str) -> None:
        """Asks a person whether the row means one of the candidates."""
        self.candidates = list(candidates)
        self.problems.setdefault(column, sentence)
        if self.verdict != Verdict.WRONG:
            self.verdict = Verdict.UNSURE

    def wait(self) -> None:
        """Puts the row off until all others are planned."""
        self.waits = True

    @property
    def is_wrong(self) -> bool:
        return self.verdict == Verdict.WRONG

    @property
    def is_open(self) -> bool:
        """Whether it cannot be written: wrong, or waiting for a person's decision."""
        return self.verdict in (Verdict.WRONG, Verdict.UNSURE)


@dataclass
class Touched:
    """One object that a row made (`before` is None), changed or deleted."""

    row: int
    thing: models.Model
    before: dict[str, Any] | None
    deleted: bool = False


@dataclass
class Run:
    """One pass over the rows of an import: for its preview, or to apply it.

    `target` is what the roster is kept for: a unit, an object of another kind, or nothing.
    """

    target: Any
    by: "User"
    now: datetime
    applying: bool = False
    last: bool = False
    seen: dict[Any, Any] = field(default_factory=dict)
    touched: list[Touched] = field(default_factory=list)

    @cached_property
    def today(self) -> date:
        return timezone.localdate(self.now)

    @property
    def unit(self) -> "Unit":
        """The unit whose roster this is."""
        unit: Unit = self.target
        return unit

    def made(self, row: Row, thing: models.Model) -> None:
        """Notes an object that a use-case made."""
        self.touched.append(Touched(row.number, thing, None))

    def create(self, new: Sequence[tuple[Row, models.Model]]) -> None:
        """Inserts new objects of one model, in their order."""
        if not new:
            return
        model = type(new[0][1])
        model._default_manager.bulk_create([thing for _row, thing in new], batch_size=BATCH)
        for row, thing in new:
            self.made(row, thing)

    def change(self, changes: Sequence[tuple[Row, models.Model, dict[str, Any]]]) -> None:
        """Sets fields (by attribute name) of objects of one model that exist."""
        names: set[str] = set()
        for row, thing, values in changes:
            before = {name: getattr(thing, name) for name in values}
            for name, value in values.items():
                setattr(thing, name, value)
            names |= values.keys()
            self.touched.append(Touched(row.number, thing, before))
        if changes and names:
            things = list({thing.pk: thing for _row, thing, _values in changes}.values())
            fields = sorted(names)
            type(things[0])._default_manager.bulk_update(things, fields, batch_size=BATCH)

    def delete(self, gone: Sequence[tuple[Row, models.Model]]) -> None:
        """Deletes objects of one model to which nothing else points."""
        for row, thing in gone:
            before = {field.attname: getattr(thing, field.attname) for field in thing._meta.fields}
            self.touched.append(Touched(row.number, thing, before, deleted=True))
        if gone:
            model = type(gone[0][1])
            model._default_manager.filter(pk__in=[thing.pk for _row, thing in gone]).delete()


@dataclass(frozen=True)
class Links:
    """Addresses around an import: the page it came from, where to send another file, what it brought
    (icon, text, address), and who else than the common page applies it."""

    back: str
    send: str
    results: "Sequence[tuple[str, Text, str]]" = ()
    apply: str = ""


@dataclass(frozen=True)
class Placed:
    """Where a sheet with a face of its own has what: headings by their columns, the rows; from 1."""

    sheet: str
    headings: Mapping[int, str]
    first_row: int
    last_row: int


@dataclass(frozen=True)
class Shape:
    """The columns of a roster that has others for each target, and where a file of it has them."""

    columns: "tuple[Column, ...]"
    placed: Callable[[bytes], Placed]


Plan: TypeAlias = Callable[[list[Row], Run], None]
# Model label -> key -> row of the file.
Touches: TypeAlias = Mapping[str, Mapping[int, int]]
Lines: TypeAlias = "Callable[[User, Unit | None, dict[str, str]], Iterable[dict[str, Any]]]"


@dataclass(frozen=True)
class Roster:
    """A roster. `permission` is asked for what it is kept for, to fetch the template and to import;
    `reads` (by default the same) to export.

    `subject` is the model of what it is kept for; "" for nothing: then it is a list of whoever sends it.
    """

    code: str
    name: "Text"
    about: "Text"
    columns: tuple[Column, ...]
    permission: str
    plan: Plan
    write: Plan
    links: "Callable[[LedgerImport], Links]"
    subject: str = UNIT
    limits: Limits = LARGE
    lines: "Lines | None" = None
    reads: str = ""
    # What an export may be narrowed by, with the values of each filter.
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    # Further headings that are known and not kept.
    ignored: tuple[str, ...] = ()
    # Raises Refused for a heading that no file of this roster may have.
    refuse_heading: Callable[[str], None] | None = None
    # The name under which the audit keeps an import that was applied.
    applied_as: str = "residents.apply-ledger"
    # Whether a whole import can be taken back: not where others have gone on with what it brought.
    undoable: bool = True
    # Asked before an import is undone, with the keys of what it touched by model, and the rows of the
    # file that did: locks what must not change meanwhile, and raises what stands against it.
    before_undo: "Callable[[LedgerImport, Touches], None] | None" = None
    # For those whose rows may mean somebody known: the candidates in sight, by key, with their words.
    candidates: "Callable[[User, set[int]], dict[int, str]] | None" = None
    # For rosters that no role opens: which imports somebody may see; others see none, superusers
    # included.
    opened: "Callable[[User], models.Q] | None" = None
    # For those whose columns depend on what they are kept for; `for_target` fills in the rest.
    shape: "Callable[[Any], Shape] | None" = None
    placed: "Callable[[bytes], Placed] | None" = None
    # Whether rows stand for what is known already: of an unsure one is decided whether it counts, and
    # none brings anybody new.
    known_rows: bool = False

    def for_target(self, target: Any) -> "Roster":
        """The roster with the columns that it has for a target."""
        if self.shape is None:
            return self
        shape = self.shape(target)
        return replace(self, columns=shape.columns, placed=shape.placed, shape=None)

    def may_export(self, user: "User", unit: "Unit | None") -> bool:
        """Whether somebody may export it, for a unit or (None) for all that they see."""
        return self.lines is not None and user.has_perm(self.reads or self.permission, unit)

    def target_of(self, imported: "LedgerImport") -> Any:
        """What the roster of an import is kept for."""
        if self.subject == UNIT:
            return imported.unit
        if not self.subject:
            return None
        return apps.get_model(self.subject)._default_manager.get(pk=imported.subject_id)

    @property
    def headings(self) -> dict[str, str]:
        """The headings of its columns by their keys."""
        return {column.key: column.heading for column in self.columns}

    def with_headings(self, problems: Mapping[str, str]) -> list[tuple[str, str]]:
        """What is wrong with a row, each with the heading of its column; "" for the whole row."""
        headings = self.headings
        return [(headings.get(key, ""), sentence) for key, sentence in problems.items()]

    def refuse_too_large(self, size: int) -> None:
        """Raises TooLarge for more bytes than are taken."""
        if size > self.limits.size:
            most = self.limits.size // MEGABYTE
            raise TooLarge(_("The file is larger than %(most)d MB.") % {"most": most})


_rosters: dict[str, Roster] = {}


def register(roster: Roster) -> None:
    """Makes a roster known; its place in lists is the order of registration."""
    _rosters[roster.code] = roster


def roster_of(code: str) -> Roster | None:
    """The roster of a code; None for none."""
    return _rosters.get(code)


def roster_of_import(imported: "LedgerImport") -> Roster:
    """The roster of an import, which is registered, with the columns of what it is kept for."""
    roster = _rosters[imported.ledger]
    return roster.for_target(roster.target_of(imported)) if roster.shape else roster


def unit_rosters() -> list[Roster]:
    """The rosters that are kept for units."""
    return [roster for roster in _rosters.values() if roster.subject == UNIT]


def all_rosters() -> list[Roster]:
    return list(_rosters.values())


def rosters_for(user: "User", unit: "Unit") -> list[Roster]:
    """The rosters that somebody may fetch and send for a unit."""
    return [roster for roster in unit_rosters() if user.has_perm(roster.permission, unit)]
