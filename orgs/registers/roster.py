"""The Excel list of a register, made from its model's fields."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import FloatField, Model, QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy, override

from orgs.db.rows import faults
from orgs.enums import UnitKind
from orgs.imports.keyed_rows import plan_row, write
from orgs.imports.rosters import Column, Links, Roster, Row, Run
from orgs.imports.workbooks import cells
from orgs.models import LedgerImport, Unit
from orgs.models.registers import UnitRow
from orgs.registers.rows import permission
from orgs.scoping import lies_in
from orgs.values import sentences
from orgs.values.sentences import gettext as _

if TYPE_CHECKING:
    from orgs.imports.rosters import Text
    from orgs.models import User

# Words of the sheets are Chinese, whoever fetches them.
SHEETS = "zh-hans"
PLACE = "unit"


def unit_roster(
    model: type[UnitRow],
    *,
    key: tuple[str, ...],
    columns: Mapping[str, Sequence[str]],
    example: Mapping[str, str],
    code: str,
    about: "Text",
    page: str,
) -> Roster:
    """The roster of a register: its entries in force, known by unit and `key`.

    `columns` are fields with their heading and its synonyms; what a cell may hold, whether it is
    needed and its note come from the field. A place inside the unit is written by its name or code.
    `page` is the name of the list's address, which takes `?unit=`.
    """
    name: Any = capfirst(model._meta.verbose_name_plural)
    fields: dict[str, Any] = {one: model._meta.get_field(one) for one in columns}
    place = Column(
        PLACE, "所属单位", cells.text(60), ("所属社区", "所属小区", "社区"),
        note=gettext_lazy("a community or compound by its name or code; empty: the place of this sheet"),
    )  # fmt: skip

    def in_force(unit: Unit | None, among: QuerySet) -> QuerySet:
        here = among.filter(lies_in(unit, PLACE)) if unit else among
        return here.filter(ends=None).select_related(PLACE)

    def plan(rows: list[Row], run: Run) -> None:
        here = in_force(run.unit, model._default_manager.all())
        known = {(one.unit_id, *(getattr(one, part) for part in key)): one for one in here}
        places = _places(run)
        for row in rows:
            unit = _place(row, run, places)
            if unit is None or row.is_wrong:
                continue
            told = {one: row.get(one) for one in fields if one in row.values}
            its_key = (unit.pk, *(told.get(part, "") for part in key))
            plan_row(
                row, run, its_key, known.get(its_key),
                new=partial(model, unit=unit, **told),
                values=partial(_given, told),
                twice=(key[-1], _("Row %(row)d says the same.")),
            )  # fmt: skip
            if not row.is_wrong:
                _check(row)

    def lines(user: "User", unit: Unit | None, filters: dict[str, str]) -> Iterator[dict[str, Any]]:
        seen = in_force(unit, model._default_manager.visible_to(user))
        words = {one: _words(field) for one, field in fields.items() if field.choices}
        for thing in seen.order_by(f"{PLACE}__path_name", *key).iterator(chunk_size=1000):
            told = {one: getattr(thing, one) for one in fields}
            spoken = {one: words[one].get(told[one], "") for one in words}
            yield told | spoken | {PLACE: thing.unit.short_name}

    def links(imported: LedgerImport) -> Links:
        unit = imported.unit.code if imported.unit else ""
        return Links(
            back=reverse("orgs:rosters", args=[unit]),
            send=reverse("orgs:roster_send", args=[unit, code]),
            results=[("list-details", name, f"{reverse(page)}?unit={unit}")],
        )

    return Roster(
        code=code, name=name, about=about, plan=plan, write=write, lines=lines, links=links,
        columns=(
            *(column_of(fields[one], *columns[one], example=example.get(one, "")) for one in columns),
            place,
        ),
        permission=permission(model, "add"),
    )  # fmt: skip


def _given(told: dict[str, Any], _known: Model) -> dict[str, Any]:
    return told


def column_of(field: Any, heading: str, *synonyms: str, example: str = "") -> Column:
    """The column of a model's text field, choice or fraction."""

    def choose(value: Any) -> Any:
        return cells.choice({word: code for code, word in _words(field).items()})(value)

    def parser() -> Any:
        if field.choices:
            return choose
        fraction = isinstance(field, FloatField)
        return cells.fraction if fraction else cells.text(field.max_length)

    return Column(
        field.name, heading, parser(), synonyms,
        required=not field.blank, example=example, note=field.help_text,
        offers=(lambda _target: list(_words(field).values())) if field.choices else None,
    )  # fmt: skip


def _words(field: Any) -> dict[str, str]:
    """The Chinese words of a choice by its codes."""
    with override(SHEETS):
        return {code: str(label) for code, label in field.choices}


def _places(run: Run) -> dict[str, list[Unit]]:
    """What lies in the unit, down to its compounds, by each name that it has; read once."""
    if "places" not in run.seen:
        by_name: dict[str, list[Unit]] = defaultdict(list)
        inside = Unit.objects.filter(lies_in(run.unit)).exclude(kind=UnitKind.BUILDING)
        for unit in [*inside, run.unit]:
            for name in {unit.code, unit.name, unit.short_name}:
                if unit not in by_name[name]:
                    by_name[name].append(unit)
        run.seen["places"] = by_name
    places: dict[str, list[Unit]] = run.seen["places"]
    return places


def _place(row: Row, run: Run, places: dict[str, list[Unit]]) -> Unit | None:
    """The unit of a row; None where its name means none or several."""
    name = row.get(PLACE)
    meant = places.get(name, []) if name else [run.unit]
    if len(meant) != 1:
        facts = {"place": name, "unit": run.unit.name}
        row.wrong(PLACE, _("“%(place)s” is no single place of %(unit)s.") % facts)
        return None
    return meant[0]


def _check(row: Row) -> None:
    """Says what the model refuses of a row as it would become."""
    thing, changed = row.plan
    becoming = copy(thing)
    for name, value in changed.items():
        setattr(becoming, name, value)
    for column, errors in faults(becoming, exclude=(PLACE,)).items():
        for error in errors:
            row.wrong(column, sentences.of(error.message) % (error.params or {}))
