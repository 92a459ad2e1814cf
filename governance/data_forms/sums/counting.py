"""What a form that counts says: each number, what does not add up, and who is behind a number.

Who fits each part of a filter (a sex, an age, a roster) is found once, by their keys; cells are what two
or three of these sets share. So a table of 200 cells takes as many statements as it has rows and columns,
for ten people or a street's. (Counted by one condition a cell, each with subqueries of its own, 4,000
people took PostgreSQL minutes.)
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from governance.data_forms.enums import AnswerKind, Subject
from governance.data_forms.fields import kinds, unit_counts
from governance.data_forms.fillings import filters
from governance.data_forms.fillings.filters import Filter
from governance.data_forms.models import Answer, BlankForm, SumPart
from governance.data_forms.sums.meaning import DEEPEST, Cell, Form, Place
from orgs.models import Unit
from orgs.values.sentences import gettext as _
from residents.enums import CareKind
from residents.models import Belonging
from residents.models.care import Naming, namings_of

if TYPE_CHECKING:
    from orgs.models import User


@dataclass(frozen=True)
class Number:
    """What stands in a cell: None where the portal does not know it; `problems` in words."""

    cell: Cell
    value: float | None
    problems: list[str] = field(default_factory=list)
    # Whether it has a list of who is counted.
    opens: bool = False
    # What somebody typed, of a cell that the portal does not know.
    answer: Answer | None = None
    # Whether somebody is asked for it: the portal and the form say nothing.
    is_asked: bool = False


class Sums:
    """One form that counts, as somebody fills it. Raises NotAllowed, Refused beyond one's places."""

    def __init__(self, form: BlankForm, chosen: Filter, by: "User", now: datetime) -> None:
        self.form, self.by, self.now = form, by, now
        self.today = timezone.localdate(now)
        self.chosen = filters.for_reader(chosen.for_subject(Subject.SUMS), by)
        self.unit: Unit = filters.unit_of(self.chosen, by)
        self._known: dict[tuple[Subject, Filter], set[int]] = {}

    @cached_property
    def parts(self) -> list[SumPart]:
        return list(self.form.parts.all())

    @cached_property
    def places(self) -> dict[str, Unit]:
        """The units that filters name, by code; only such as lie where the form is filled for."""
        codes = {Filter.of(part.filters).unit for part in self.parts} - {""}
        found = Unit.objects.filter(filters.lies_in(self.unit), code__in=codes)
        return {unit.code: unit for unit in found} | {self.unit.code: self.unit}

    @cached_property
    def meant(self) -> Form:
        inside = {
            (one.code, other.code)
            for one in self.places.values()
            for other in self.places.values()
            if one.tree_id == other.tree_id and other.lft <= one.lft and one.rght <= other.rght
        }
        return Form(self.parts, inside)

    @property
    def in_words(self) -> str:
        return filters.in_words(self.chosen, Subject.SUMS)

    # --- Counting ----------------------------------------------------------------------------------

    @cached_property
    def numbers(self) -> dict[Place, Number]:
        """Every cell with its number."""
        cells = self.meant.cells
        counted = self._counted(cells)
        asked = {
            place for place, cell in cells.items() if place not in counted and self._asks(cell)
        }
        values: dict[Place, float | None] = {place: counted.get(place) for place in cells}
        answers = {place: answer for place, answer in self.answers.items() if place in asked}
        for place, answer in answers.items():
            value = kinds.in_sheet(AnswerKind.NUMBER, answer.value)
            values[place] = value if isinstance(value, int | float) else None
        for place, cell in cells.items():
            if cell.part.formula or (values[place] is None and cell.ways):
                values[place] = self._reckoned(place, values)
        return {
            place: Number(
                cell, values[place], self._problems(cell, values, counted),
                opens=place in counted and values[place] is not None,
                answer=answers.get(place), is_asked=place in asked,
            )
            for place, cell in cells.items()
        }  # fmt: skip

    def _asks(self, cell: Cell) -> bool:
        """Whether a number that is not counted may be typed: not what others add up to, nor what other
        people count."""
        restricted = cell.is_count and not self._may_read(cell)
        return not (cell.part.formula or cell.ways or restricted)

    @cached_property
    def answers(self) -> dict[Place, Answer]:
        """What was typed for the place of this form, by cell."""
        found = Answer.objects.filter(part__form=self.form, place=self.unit)
        return {
            (answer.part.row, answer.part.place): answer
            for answer in found.select_related("part", "by")
            if answer.part
        }

    def _reckoned(
        self, place: Place, values: dict[Place, float | None], above: frozenset[Place] = frozenset()
    ) -> float | None:
        """What the parts of a cell add up to, by its formula or its words; None where one is not known."""
        cell = self.meant.cells[place]
        if not cell.ways or place in above or len(above) > DEEPEST:
            return None
        values_below: list[float] = []
        for part in cell.ways[0]:
            below = self.meant.cells[part]
            adds = below.part.formula or (values[part] is None and below.ways)
            value = self._reckoned(part, values, above | {place}) if adds else values[part]
            if value is None:
                return None
            values_below.append(value)
        return kinds.added(values_below)

    def _counted(self, cells: dict[Place, Cell]) -> dict[Place, int]:
        """How many there are behind each cell: of a total everybody once, whatever its parts say."""
        counted: dict[Place, int] = {}
        for place in cells:
            if leaves := self._leaves(place):
                counted[place] = len(set().union(*[self._keys_of(leaf) for leaf in leaves]))
        return counted

    def _keys_of(self, cell: Cell) -> set[int]:
        """The keys of who is counted in a leaf."""
        assert cell.subject is not None, "a leaf counts"
        assert cell.filters is not None, "a leaf counts"
        asked = [self._keys(cell.subject, part) for part in (Filter(), *cell.filters.parts)]
        return set.intersection(*asked)

    def _keys(self, subject: Subject, part: Filter) -> set[int]:
        """The keys of who fits one part of a filter; asked of the database once."""
        if (subject, part) not in self._known:
            rows = self._rows(subject).filter(self._of(subject, part))
            self._known[subject, part] = set(rows.order_by().values_list("pk", flat=True))
        return self._known[subject, part]

    def _leaves(self, place: Place) -> list[Cell]:
        """The counts behind a cell; none where they are not known, or not this reader's to know."""
        leaves = self.meant.leaves(place) or []
        same = len({leaf.subject for leaf in leaves}) == 1
        return leaves if same and all(self._may_read(leaf) for leaf in leaves) else []

    def rows(self, place: Place) -> tuple[Subject, Filter, QuerySet[Any]] | None:
        """Who is behind the number of a cell, and by which filter a line of theirs is read.

        None where that is not known, or not this reader's to know.
        """
        leaves = self._leaves(place)
        if not leaves:
            return None
        [first, *others] = leaves
        subject = first.subject
        assert subject is not None, "a leaf counts"
        each = [self._of(subject, leaf.filters) for leaf in leaves if leaf.filters is not None]
        # A leaf that asks for nothing counts everybody.
        asked = Q(*each, _connector=Q.OR) if all(each) else Q()
        chosen = first.filters if not others and first.filters else Filter()
        chosen = replace(chosen, unit=chosen.unit or self.unit.code)
        return subject, chosen, self._rows(subject).filter(asked)

    def rosters(self, place: Place) -> set[CareKind]:
        """The care rosters that a cell tells of."""
        return {
            kind
            for leaf in self.meant.leaves(place) or []
            if leaf.filters
            for kind in leaf.filters.rosters
        }

    def _rows(self, subject: Subject) -> QuerySet[Any]:
        whole = filters.condition(Filter(), self.unit, subject, self.by, self.today)
        return filters.seen_by(subject, self.by).filter(whole)

    def _of(self, subject: Subject, asked: Filter) -> Q:
        """A filter as a condition on the rows of the form's place."""
        unit = self.places[asked.unit or self.unit.code]
        if unit.pk == self.unit.pk and not asked.relation:
            return filters.own_condition(asked, subject, self.by, self.today)
        return filters.condition(asked, unit, subject, self.by, self.today)

    def _may_read(self, cell: Cell) -> bool:
        """Whether the cell's place is this reader's, and its care rosters too."""
        assert cell.filters is not None, "a leaf counts"
        unit = self.places.get(cell.filters.unit or self.unit.code)
        return unit is not None and _is_named(self._namings, cell.filters, unit)

    @cached_property
    def _namings(self) -> list[Naming]:
        return namings_of(self.by)

    # --- What does not add up ----------------------------------------------------------------------

    def _problems(
        self, cell: Cell, values: dict[Place, float | None], counted: dict[Place, int]
    ) -> list[str]:
        found: list[str] = []
        value = values[cell.place]
        if cell.filters is not None and not self._may_read(cell):
            unit = self.places.get(cell.filters.unit or self.unit.code)
            found.append(
                _("You are not named for this roster.")
                if unit
                else _("This place is none of yours: its own people fill it.")
            )
        once = counted.get(cell.place)
        for way in cell.ways:
            parts = [part for place in way if (part := values[place]) is not None]
            if once is None or len(parts) < len(way):
                continue
            added = kinds.added(parts)
            if added != once:
                found.append(_difference(added, once))
        whole = values.get(cell.whole) if cell.whole else None
        if value is not None and whole is not None and value > whole:
            message = _("More than the %(whole)s that it is a part of.")
            found.append(message % {"whole": whole})
        return found


def _difference(added: float, once: int) -> str:
    if added > once:
        message = _(
            "The parts add up to %(added)s, and there are %(once)s: %(more)s are in more than one part."
        )
    else:
        message = _(
            "The parts add up to %(added)s, and there are %(once)s: %(more)s are in none of them."
        )
    return message % {"added": added, "once": once, "more": abs(kinds.added([added, -once]))}


def by_unit(
    parts: Sequence[SumPart], keys: Iterable[int], by: "User", now: datetime
) -> dict[tuple[int, int], int]:
    """What columns count in each of some units, by unit and column; one statement for each column."""
    if not parts:
        return {}
    units = list(Unit.objects.filter(pk__in=list(keys)).order_by())
    within, above = unit_counts.above(units)
    inside = Unit.objects.filter(within).order_by().values("pk")
    namings = namings_of(by)
    found: dict[tuple[int, int], int] = {}
    for part in parts:
        if part.counts is None or not units:
            continue
        chosen = Filter.of(part.filters)
        sets: dict[int, set[int]] = {}
        for at, key in _placed(part.counts, chosen, inside, by, timezone.localdate(now)):
            for unit in above[at]:
                sets.setdefault(unit, set()).add(key)
        found |= {
            (unit.pk, part.place): len(sets.get(unit.pk, ()))
            for unit in units
            if _is_named(namings, chosen, unit)
        }
    return found


def _placed(
    subject: Subject, chosen: Filter, inside: QuerySet[Any], by: "User", today: date
) -> Iterable[tuple[int, int]]:
    """Where each row is that a filter counts in some places, and its key; somebody with two homes twice."""
    own = replace(chosen, unit="", relation="")
    rows = filters.seen_by(subject, by).filter(filters.own_condition(own, subject, by, today))
    if subject == Subject.PERSON:
        homes = Belonging.objects.visible_to(by).filter(
            household__building__in=inside, ends=None, person__in=rows.order_by().values("pk")
        )
        if chosen.relation:
            homes = homes.filter(relation=chosen.relation)
        return homes.order_by().values_list("household__building", "person")
    way = {Subject.HOUSEHOLD: "building", Subject.TASK: "unit"}.get(subject, "pk")
    return rows.filter(**{f"{way}__in": inside}).order_by().values_list(way, "pk")


def _is_named(namings: Sequence[Naming], chosen: Filter, unit: Unit) -> bool:
    """Whether somebody reads all care rosters of a filter in a place."""
    held = {naming.kind for naming in namings if naming.covers(unit)}
    return held.issuperset(chosen.rosters)
