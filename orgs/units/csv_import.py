"""Loading divisions from a CSV file: all of it, or nothing and a list of what is wrong.

Columns are those of the published division lists; `level` gives the kind of unit, `kind` is kept
as the official type. Each touched street's tree is numbered in memory and written once.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs.audit import audit
from orgs.enums import UNIT_LEVELS, UnitKind
from orgs.errors import Refused
from orgs.models import District, Unit, UnitAlias
from orgs.scoping import forget_reach
from orgs.units.units import lock_districts, lock_roots
from orgs.values import names

if TYPE_CHECKING:
    from orgs.models import User

COLUMNS = ("code", "name", "level", "kind", "parent_code")
COUNTY = "county"
LEVELS = (COUNTY, *UNIT_LEVELS)
SHOWN_PROBLEMS = 10
BATCH = 500
TREE_FIELDS = ["name", "name_key", "official_type", "path_name", "path_key", "lft", "rght"]

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one line of the file (1 is the heading)."""

    line: int
    message: str

    def __str__(self) -> str:
        return _("line %(line)d: %(message)s") % {"line": self.line, "message": self.message}


class ImportRefused(Refused):
    """The file has faults; nothing of it was applied. `problems` has them all, by line."""

    code = "import_refused"

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: problem.line)
        lines = [str(problem) for problem in self.problems[:SHOWN_PROBLEMS]]
        more = len(self.problems) - len(lines)
        if more:
            lines.append(ngettext("and %d more", "and %d more", more) % more)
        super().__init__(_("Nothing was imported: %s") % "; ".join(lines), fields={"file": lines})


@dataclass(frozen=True, slots=True)
class Row:
    """One line, trimmed."""

    line: int
    code: str
    name: str
    level: str
    official_type: str
    parent_code: str


@dataclass(slots=True)
class Outcome:
    """How many rows were new, different or as they were."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def __str__(self) -> str:
        if not self.created and not self.updated:
            return _("Nothing to change: all %d rows are as they were.") % self.unchanged
        return _("%(created)d added, %(updated)d changed, %(unchanged)d as they were.") % {
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
        }


@dataclass(slots=True)
class _Known:
    """What the database has, by code (units by former codes too)."""

    districts: dict[str, District] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)

    def level(self, code: str) -> str | None:
        if code in self.districts:
            return COUNTY
        return self.units[code].kind if code in self.units else None


def load(
    stream: IO[bytes] | IO[str],
    *,
    by: "User | None" = None,
    now: datetime | None = None,
    progress: Progress = lambda _text: None,
) -> Outcome:
    """Imports a file, given as bytes (UTF-8, with or without a mark at its start) or as text.

    Raises ImportRefused with every fault and its line; then nothing was applied.
    """
    rows = _read(stream)
    progress(_("%d rows read") % len(rows))
    with transaction.atomic():
        lock_districts()
        lock_roots(Unit.objects.filter(level=0).order_by().values_list("tree_id", flat=True))
        known = _load_known(rows)
        _check(rows, known)
        progress(_("rows checked"))
        outcome = Outcome()
        _write_districts([row for row in rows if row.level == COUNTY], known, outcome)
        _write_units([row for row in rows if row.level != COUNTY], known, outcome, progress)
        if outcome.created or outcome.updated:
            detail = {"created": outcome.created, "updated": outcome.updated}
            audit.record("orgs.import_units", by=by, detail=detail, now=now)
    forget_reach(by)
    return outcome


# --- Reading -----------------------------------------------------------------------------------


def _read(stream: IO[bytes] | IO[str]) -> list[Row]:
    """The rows of the file; raises ImportRefused for faults of form."""
    reader = csv.DictReader(io.StringIO(_text(stream.read()), newline=""), strict=True)
    problems: list[Problem] = []
    rows = []
    try:
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
        if missing:
            columns = ", ".join(missing)
            raise ImportRefused([Problem(1, _("missing columns: %s") % columns)])
        for cells in reader:
            line = reader.line_num
            if None in cells or None in cells.values():
                problems.append(Problem(line, _("not as many cells as the heading")))
                continue
            values = {name: cells[name].strip() for name in COLUMNS}
            values["name"] = names.shown(values["name"])
            rows.append(Row(line, *[values[name] for name in COLUMNS]))
    except csv.Error as error:
        problems.append(Problem(reader.reader.line_num, str(error)))
    if not rows and not problems:
        problems.append(Problem(1, _("the file has no rows")))
    if problems:
        raise ImportRefused(problems)
    return rows


def _text(content: bytes | str) -> str:
    if isinstance(content, bytes):
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise ImportRefused(
                [Problem(line, _("not UTF-8 text; save the file as “CSV UTF-8”"))]
            ) from error
    return content.removeprefix("\ufeff")


# --- Checking ----------------------------------------------------------------------------------


def _load_known(rows: list[Row]) -> _Known:
    """The districts, and the units that the file names, by present and former codes."""
    codes = sorted({row.code for row in rows} | {row.parent_code for row in rows})
    known = _Known({district.code: district for district in District.objects.all()})
    for batch in _batches(codes):
        known.units |= {unit.code: unit for unit in Unit.objects.filter(code__in=batch)}
        aliases = UnitAlias.objects.filter(code__in=batch).select_related("unit")
        known.units |= {alias.code: alias.unit for alias in aliases}
    return known


def _check(rows: list[Row], known: _Known) -> None:
    """Raises ImportRefused with the faults of all rows."""
    first_lines: dict[str, Row] = {}
    for row in rows:
        first_lines.setdefault(row.code, row)
    problems = []
    for row in rows:
        first = first_lines[row.code]
        if first is not row:
            text = _("code %(code)s is already in line %(line)d")
            problems.append(Problem(row.line, text % {"code": row.code, "line": first.line}))
            continue
        problems += [Problem(row.line, fault) for fault in _faults(row, first_lines, known)]
    problems += _twins(rows, known)
    if problems:
        raise ImportRefused(problems)


def _twins(rows: list[Row], known: _Known) -> Iterator[Problem]:
    """Neighbours of one name, in the file or beside what is there already."""
    lines = {row.code: row.line for row in rows}
    taken: dict[tuple[str, str], str] = {}
    for batch in _batches(sorted({row.parent_code for row in rows if row.level != COUNTY})):
        there = Unit.objects.filter(
            Q(parent__code__in=batch) | Q(level=0, district__code__in=batch)
        )
        for parent, street_of, key, code in there.values_list(
            "parent__code", "district__code", "name_key", "code"
        ):
            if code not in lines:
                taken[parent or street_of or "", key] = code
    for row in rows:
        if row.level == COUNTY or (
            row.code in known.units and known.units[row.code].code != row.code
        ):
            continue
        other = taken.setdefault((row.parent_code, names.compared(row.name)), row.code)
        if other != row.code:
            facts = {"name": row.name, "code": other}
            yield Problem(row.line, _("“%(name)s” is the name of its neighbour %(code)s") % facts)


def _faults(row: Row, in_file: dict[str, Row], known: _Known) -> Iterator[str]:
    """What is wrong with one row."""
    if row.level not in LEVELS:
        yield _("unknown level “%s”") % row.level[:20]
        return
    yield from _faults_of_text(row)
    if _goes_round(row, in_file):
        yield _("%s lies inside itself (a cycle)") % row.code
        return
    there = known.level(row.code)
    if there is not None and there != row.level:
        known_as = {"code": row.code, "level": _level_name(there)}
        yield _("%(code)s is there already, as %(level)s") % known_as
        return
    if row.level == COUNTY:
        return
    yield from _faults_of_place(row, in_file, known)


def _level_name(level: str) -> str:
    """What people call a level; an unknown one as it was written."""
    if level in UnitKind.values:
        return str(UnitKind(level).label)
    return _("county") if level == COUNTY else level[:20]


def _faults_of_text(row: Row) -> Iterator[str]:
    if not row.name:
        yield _("no name")
    if len(row.name) > Unit._meta.get_field("name").max_length:
        yield _("the name is too long")
    if len(row.official_type) > Unit._meta.get_field("official_type").max_length:
        yield _("the official type is too long")
    pattern = r"\d{12}"
    if row.level in (UnitKind.COMPOUND, UnitKind.BUILDING):
        pattern = re.escape(row.parent_code) + r"-\d{3}"
    if not re.fullmatch(pattern, row.code, re.ASCII):
        yield _("code “%s” does not fit its level") % row.code[:30]


def _faults_of_place(row: Row, in_file: dict[str, Row], known: _Known) -> Iterator[str]:
    """Whether the parent is there and of the kind above, and the same as the database has."""
    above = LEVELS[LEVELS.index(row.level) - 1]
    parent = in_file.get(row.parent_code)
    level = parent.level if parent else known.level(row.parent_code)
    if level is None:
        yield _("its parent “%s” is nowhere") % row.parent_code[:30]
    elif level != above:
        levels = {"level": _level_name(level), "above": _level_name(above)}
        yield _("its parent is %(level)s, not %(above)s") % levels
    unit = known.units.get(row.code)
    # A unit known by a former code was moved here: it stays where it is.
    if unit is None or unit.code != row.code or level != above:
        return
    here = known.districts.get(row.parent_code) or known.units.get(row.parent_code)
    if here is None or here.pk not in (unit.district_id if unit.level == 0 else unit.parent_id,):
        yield _("%s lies elsewhere in the portal; move it there first") % row.code


def _goes_round(row: Row, in_file: dict[str, Row]) -> bool:
    """Whether going up from a row comes back to it."""
    seen = set()
    parent = in_file.get(row.parent_code)
    while parent is not None and parent.code not in seen:
        if parent.code == row.code:
            return True
        seen.add(parent.code)
        parent = in_file.get(parent.parent_code)
    return False


# --- Writing -----------------------------------------------------------------------------------


def _write_districts(rows: list[Row], known: _Known, outcome: Outcome) -> None:
    """Adds and renames districts, then ties them to a parent where there is one."""
    new = [
        District(code=row.code, name=row.name) for row in rows if row.code not in known.districts
    ]
    District.objects.bulk_create(sorted(new, key=lambda district: district.code))
    known.districts |= {district.code: district for district in new}
    changed = []
    for row in rows:
        district = known.districts[row.code]
        parent = known.districts.get(row.parent_code)
        before = (district.name, district.parent_id)
        district.name, district.parent = row.name, parent or district.parent
        if (district.name, district.parent_id) != before:
            changed.append(district)
    District.objects.bulk_update(changed, ["name", "parent"], batch_size=BATCH)
    updated = len({district.code for district in changed} - {district.code for district in new})
    _count(outcome, rows=len(rows), created=len(new), updated=updated)


def _write_units(rows: list[Row], known: _Known, outcome: Outcome, progress: Progress) -> None:
    """Numbers every tree that changes and writes it."""
    new, renamed, trees = _apply(rows, known)
    _count(outcome, rows=len(rows), created=len(new), updated=len(renamed))
    if not new and not renamed:
        return
    members = list(Unit.objects.filter(tree_id__in=trees).order_by("tree_id", "lft"))
    changed = _number(_graft(members, new, renamed))
    progress(_("trees numbered"))
    for kind in UNIT_LEVELS:
        Unit.objects.bulk_create([unit for unit in new if unit.kind == kind], batch_size=BATCH)
    Unit.objects.bulk_update(changed, TREE_FIELDS, batch_size=BATCH)
    progress(_("trees written"))


def _apply(rows: list[Row], known: _Known) -> tuple[list[Unit], dict[int, Unit], set[int]]:
    """New units in the order of levels, changed ones by key, and the trees that they are in."""
    new: list[Unit] = []
    renamed: dict[int, Unit] = {}
    for row in sorted(rows, key=lambda row: (LEVELS.index(row.level), row.line)):
        unit = known.units.get(row.code)
        if unit is None:
            unit = Unit(code=row.code, kind=row.level, name=row.name)
            unit.official_type = row.official_type
            if row.level == UnitKind.STREET:
                unit.district = known.districts[row.parent_code]
            else:
                unit.parent = known.units[row.parent_code]
            known.units[row.code] = unit
            new.append(unit)
        elif (unit.name, unit.official_type) != (row.name, row.official_type):
            unit.name, unit.official_type = row.name, row.official_type
            renamed[unit.pk] = unit
    anchors = [unit.parent for unit in new if unit.parent is not None and unit.parent.pk]
    trees = {unit.tree_id for unit in [*renamed.values(), *anchors]}
    return new, renamed, trees


def _graft(members: list[Unit], new: list[Unit], renamed: dict[int, Unit]) -> list["_Node"]:
    """The trees that change, whole: what they have, in its order, then what is new; roots only."""
    nodes: dict[int, _Node] = {}
    roots: list[_Node] = []
    by_key: dict[int, _Node] = {}
    for unit in members:
        if unit.pk in renamed:
            unit.name = renamed[unit.pk].name
            unit.official_type = renamed[unit.pk].official_type
        node = by_key[unit.pk] = _Node(unit, changed=unit.pk in renamed)
        (by_key[unit.parent_id].children if unit.parent_id else roots).append(node)
    next_tree = _last_tree() + 1
    for unit in new:
        node = nodes[id(unit)] = _Node(unit)
        if unit.parent is None:
            unit.tree_id = next_tree
            next_tree += 1
            roots.append(node)
        elif unit.parent.pk:
            by_key[unit.parent.pk].children.append(node)
        else:
            nodes[id(unit.parent)].children.append(node)
    return roots


def _last_tree() -> int:
    last = Unit.objects.order_by("-tree_id").values_list("tree_id", flat=True).first()
    return last or 0


@dataclass(slots=True)
class _Node:
    """A unit and its children while a tree is numbered."""

    unit: Unit
    changed: bool = False
    children: list["_Node"] = field(default_factory=list)


def _number(roots: list[_Node]) -> list[Unit]:
    """Sets the numbers and path names of whole trees; returns the stored units that differ."""
    changed: list[Unit] = []

    def walk(node: _Node, left: int, level: int, tree_id: int, above: str) -> int:
        unit = node.unit
        before = (unit.lft, unit.rght, unit.path_name)
        unit.tree_id, unit.level = tree_id, level
        unit.path_name = f"{above} {unit.short_name}".strip()
        right = left + 1
        for child in node.children:
            right = walk(child, right, level + 1, tree_id, unit.path_name)
        unit.lft, unit.rght = left, right
        if unit.pk and (node.changed or before != (left, right, unit.path_name)):
            changed.append(unit)
        return right + 1

    for root in roots:
        walk(root, 1, 0, root.unit.tree_id, "")
    return changed


def _count(outcome: Outcome, *, rows: int, created: int, updated: int) -> None:
    outcome.created += created
    outcome.updated += updated
    outcome.unchanged += rows - created - updated


def _batches(codes: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(codes), BATCH):
        yield codes[start : start + BATCH]
