"""The registry of ledgers: what each Excel ledger holds, as data, and how its rows are understood.

How to add a ledger (from this floor or an upper one):

1. Describe its columns: `Column(key, heading, parse, ...)`. `parse` turns a cell into a value that
   JSON can hold (text, number, bool; days as ISO text); it raises `Refused` with a sentence, or
   answers `UNKNOWN` for a masked value. Ready-made ones are in `residents/rosters/cells.py`; columns
   of a person and of a home, with the search for both, are in `ledger_people.py` and
   `ledger_homes.py`. Headings are compared without blanks, brackets and asterisks.
2. Write `plan(rows, run)`: it looks at a chunk of about a thousand rows and gives each a verdict
   (`row.verdict = Verdict.NEW`, `row.wrong(column, sentence)`, `row.unsure(keys, column, sentence)`)
   (with `row.changes` the columns that differ) and, in `row.plan`, whatever the writer needs.
   It asks the database a fixed number of times for a
   chunk. Rows with problems of their cells have the verdict WRONG already; plan them too if you
   like, their verdict stays. What must be remembered from chunk to chunk goes into `run.seen`.
   `row.wait()` puts a row off until all others are planned (`run.last` is true then).
3. Write `write(rows, run)`: it gets planned rows that are new or changed and writes them through
   `run.create([(row, object), ...])` and `run.change([(row, object, {field: value}), ...])`, which
   are set-based and keep what undoing the import needs. Nothing else may write.
4. Write `lines(user, unit, filters)`: what an export shows, as dicts by column key with values ready
   for a cell, only of rows `visible_to(user)` (of a unit, or of all with None), numbers masked. None
   instead of a function: the ledger has no export. `reads` is the permission that an export asks for.
5. `register(Ledger(...))` in your app's `ready()`, after its permissions are granted.

The preview and the apply both call `plan`: the preview on a roll that stays as it is, the apply
inside its one transaction (`run.applying`), where a chunk sees what the chunks before it wrote. So a
row's plan never relies on the preview. The rest (reading files, staging, pages, API, undo, audit) is
done for every registered ledger alike.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db import models
from django.utils import timezone

from residents.enums import Decision, Verdict

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from orgs.models import Unit, User

    Text: TypeAlias = "_StrPromise | str"

# What a parser answers for a masked value: nothing is known, so nothing changes.
UNKNOWN: Any = object()
BATCH = 500


@dataclass(frozen=True)
class Column:
    """One column. `private` ones are formatted as text in the template and masked in previews."""

    key: str
    heading: str
    parse: Callable[[Any], Any]
    synonyms: tuple[str, ...] = ()
    required: bool = False
    choices: tuple[str, ...] = ()
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
    # Keys of the people that the row could mean, and what somebody decided.
    candidates: list[int] = field(default_factory=list)
    decision: Decision | None = None
    chosen: int | None = None
    # What the writer of the ledger needs; lives as long as the chunk.
    plan: Any = None
    waits: bool = False

    def get(self, key: str, default: Any = "") -> Any:
        return self.values.get(key, default)

    def wrong(self, column: str, sentence: str) -> None:
        """Says why the row cannot be taken; the first sentence of a column stays."""
        self.problems.setdefault(column, sentence)
        self.verdict = Verdict.WRONG

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
    """One object that a row made (`before` is None) or changed."""

    row: int
    thing: models.Model
    before: dict[str, Any] | None


@dataclass
class Run:
    """One pass over the rows of an import: for its preview, or to apply it."""

    unit: "Unit"
    by: "User"
    now: datetime
    applying: bool = False
    last: bool = False
    seen: dict[Any, Any] = field(default_factory=dict)
    touched: list[Touched] = field(default_factory=list)

    @cached_property
    def today(self) -> date:
        return timezone.localdate(self.now)

    def create(self, made: Sequence[tuple[Row, models.Model]]) -> None:
        """Inserts new objects of one model, in their order."""
        if not made:
            return
        model = type(made[0][1])
        model._default_manager.bulk_create([thing for _row, thing in made], batch_size=BATCH)
        self.touched += [Touched(row.number, thing, None) for row, thing in made]

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


Plan: TypeAlias = Callable[[list[Row], Run], None]
Lines: TypeAlias = "Callable[[User, Unit | None, dict[str, str]], Iterable[dict[str, Any]]]"


@dataclass(frozen=True)
class Ledger:
    """A ledger. `permission` is asked for the unit, to fetch the template and to import; `reads` (by
    default the same) to export."""

    code: str
    name: "Text"
    about: "Text"
    columns: tuple[Column, ...]
    permission: str
    plan: Plan
    write: Plan
    lines: "Lines | None" = None
    reads: str = ""
    # Further headings that are known and not kept.
    ignored: tuple[str, ...] = ()
    # For ledgers that no role opens: which imports somebody may see; others see none, superusers
    # included.
    opened: "Callable[[User], models.Q] | None" = None

    def may_export(self, user: "User", unit: "Unit | None") -> bool:
        """Whether somebody may export it, for a unit or (None) for all that they see."""
        return self.lines is not None and user.has_perm(self.reads or self.permission, unit)

    def column(self, key: str) -> Column:
        return next(one for one in self.columns if one.key == key)


_ledgers: dict[str, Ledger] = {}


def register(ledger: Ledger) -> None:
    """Makes a ledger known; its place in lists is the order of registration."""
    _ledgers[ledger.code] = ledger


def ledger_of(code: str) -> Ledger | None:
    """The ledger of a code; None for none."""
    return _ledgers.get(code)


def all_ledgers() -> list[Ledger]:
    return list(_ledgers.values())


def ledgers_for(user: "User", unit: "Unit") -> list[Ledger]:
    """The ledgers that somebody may fetch and send for a unit."""
    return [one for one in _ledgers.values() if user.has_perm(one.permission, unit)]
