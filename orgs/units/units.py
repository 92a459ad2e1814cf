"""Changing the unit tree: create, rename, move, place among siblings, describe a compound.

Every change locks what it renumbers: the root row of each street touched, in the order of their
keys (a new street locks all district rows, for it takes the next tree number). Whoever comes
second waits, then sees the tree as it has become.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from orgs import registry
from orgs.audit import audit
from orgs.db import rows
from orgs.enums import UNIT_LEVELS, Permission, UnitKind
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import CompoundProfile, District, Unit, UnitAlias
from orgs.scoping import forget_reach
from orgs.values import names

if TYPE_CHECKING:
    from orgs.models import User

# Official statistics number communities up to 599; a community without an official code yet
# takes a number from here on, and gets its own code later (`code=` of `move`).
FIRST_PROVISIONAL = 901
LAST_NUMBER = 999
MOST_BUILDINGS = 100
PROFILE_FIELDS = ("year_built", "type", "planned_households", "lon", "lat")
# Shown with the others; they follow the compound's property contracts, which live a floor higher.
FOLLOWING_FIELDS = ("property_mode", "property_firm")


@transaction.atomic
def create(
    *,
    parent: Unit | District,
    name: str,
    kind: str,
    code: str | None = None,
    official_type: str = "",
    by: "User | None",
    now: datetime | None = None,
) -> Unit:
    """Adds a unit as the last one below its parent (a district for a street).

    Without a code the next free one is given; streets must bring their official code.
    Raises NotAllowed, Refused (name, kind or code), WrongState (the parent moved meanwhile).
    """
    _lock_for_new(parent)
    _allow(by, Permission.ADD_UNIT, parent)
    name = _checked_name(name)
    if isinstance(parent, Unit):
        _refuse_twin(parent, name)
    level = 0 if isinstance(parent, District) else parent.level + 1
    if level >= len(UNIT_LEVELS) or UNIT_LEVELS[level] != kind:
        raise Refused(_("A unit of this kind does not belong there."), field="kind")
    unit = Unit(
        name=name,
        kind=kind,
        official_type=official_type,
        code=code_for_new(parent=parent, code=code),
    )
    if isinstance(parent, District):
        unit.district = parent
        unit.path_name = unit.short_name
    else:
        unit.parent = parent
        unit.path_name = f"{parent.path_name} {unit.short_name}"
    with _name_free(unit.name):
        unit.save()
    forget_reach(by)
    audit.record("orgs.create_unit", by=by, obj=unit, detail={"code": unit.code}, now=now)
    return unit


@transaction.atomic
def create_buildings(
    *, compound: Unit, first: str, last: int, by: "User | None", now: datetime | None = None
) -> list[Unit]:
    """Adds the buildings of a compound from the first ("1栋") to the one numbered `last`, or none.

    Raises Refused for a first name that does not begin with its number (`name`), for numbers out of
    order or too many (`last`), and as `create` does.
    """
    numbered = re.fullmatch(r"(\d{1,4})(\D.*)", first.strip(), re.ASCII)
    if numbered is None:
        raise Refused(
            _("For several buildings give the first with its number in front, like 1栋."),
            field="name",
        )
    number, rest = int(numbered[1]), numbered[2]
    if not number < last < number + MOST_BUILDINGS:
        raise Refused(
            _("The last number comes after the first, and at most %(most)d buildings at once.")
            % {"most": MOST_BUILDINGS},
            field="last",
        )
    kind = UnitKind.BUILDING
    return [
        create(parent=compound, name=f"{each}{rest}", kind=kind, by=by, now=now)
        for each in range(number, last + 1)
    ]


@transaction.atomic
def rename(
    *,
    unit: Unit,
    name: str,
    official_type: str | None = None,
    by: "User | None",
    now: datetime | None = None,
) -> Unit:
    """Gives a unit another name, and everything below it the path that follows from it."""
    _lock([unit])
    _allow(by, Permission.CHANGE_UNIT, unit)
    before = unit.name
    unit.name = _checked_name(name)
    if unit.parent:
        _refuse_twin(unit.parent, unit.name, but=unit)
    if official_type is not None:
        unit.official_type = official_type
    with _name_free(unit.name):
        Unit.objects.filter(pk=unit.pk).update(
            name=unit.name, name_key=unit.name_key, official_type=unit.official_type
        )
    _refresh_paths(unit)
    audit.record(
        "orgs.rename_unit", by=by, obj=unit, detail={"from": before, "to": unit.name}, now=now
    )
    return unit


@transaction.atomic
def move(
    *,
    unit: Unit,
    parent: Unit,
    code: str | None = None,
    by: "User | None",
    now: datetime | None = None,
) -> Unit:
    """Moves a unit, with all below it, to another parent of the same kind as its present one.

    The unit and all below it get new codes; the old ones stay as aliases. A community may bring its
    new official code. Raises NotAllowed, Refused (street, other kind, already there), WrongState.
    """
    _lock([unit, parent])
    _allow(by, Permission.MOVE_UNIT, unit)
    _allow(by, Permission.ADD_UNIT, parent)
    if unit.level == 0:
        raise Refused(_("A street cannot be moved."), code="street_not_movable")
    if parent.level != unit.level - 1:
        raise Refused(_("A unit of this kind does not belong there."), field="parent")
    if parent.pk == unit.parent_id:
        raise Refused(_("It is there already."), code="already_there")
    _refuse_twin(parent, unit.name)
    before = unit.code
    new_code = code_for_new(parent=parent, code=code)
    unit.move_to(parent, "last-child")
    unit.refresh_from_db()
    recoded = _recode(unit, new_code)
    _refresh_paths(unit)
    forget_reach(by)
    audit.record(
        "orgs.move_unit",
        by=by,
        obj=unit,
        detail={"from": before, "to": unit.code, "recoded": recoded},
        now=now,
    )
    return unit


@transaction.atomic
def place(
    *,
    unit: Unit,
    beside: Unit,
    side: Literal["left", "right"],
    by: "User | None",
    now: datetime | None = None,
) -> Unit:
    """Puts a unit before (left) or after (right) a sibling; only the order on pages changes."""
    _lock([unit, beside])
    _allow(by, Permission.CHANGE_UNIT, unit)
    if unit.parent_id is None or unit.parent_id != beside.parent_id or unit.pk == beside.pk:
        raise Refused(_("Only units of the same parent can be put in order."), code="not_siblings")
    unit.move_to(beside, side)
    unit.refresh_from_db()
    forget_reach(by)
    audit.record("orgs.place_unit", by=by, obj=unit, detail={side: beside.code}, now=now)
    return unit


@transaction.atomic
def set_profile(
    *, unit: Unit, by: "User | None", now: datetime | None = None, **values: Any
) -> CompoundProfile:
    """Describes a compound; `values` are fields of CompoundProfile, others keep what they have."""
    _lock([unit])
    _allow(by, Permission.CHANGE_COMPOUNDPROFILE, unit)
    if unit.kind != UnitKind.COMPOUND:
        raise Refused(_("Only compounds have a profile."), code="not_a_compound")
    unknown = values.keys() - set(PROFILE_FIELDS)
    assert not unknown, f"not fields of a profile: {unknown}"
    profile = CompoundProfile.objects.filter(unit=unit).first() or CompoundProfile(unit=unit)
    return rows.write(profile, "orgs.set_profile", values, by=by, now=now)


def code_for_new(*, parent: Unit | District, code: str | None) -> str:
    """The code of a unit to be put below `parent`: the given one, checked, or the next free one.

    Raises Refused when it is malformed or taken (an alias takes it too).
    """
    if isinstance(parent, District):
        if not code:
            raise Refused(_("A street needs its 12-digit statistical code."), field="code")
        prefix, pattern = "", r"\d{12}"
    elif parent.kind == UnitKind.STREET:
        prefix, pattern = parent.code[:9], r"\d{12}"
    else:
        prefix = f"{parent.code}-"
        pattern = re.escape(prefix) + r"\d{3}"
    if not code:
        return _next_code(prefix, FIRST_PROVISIONAL if parent.level == 0 else 1)  # type: ignore[union-attr]
    if not re.fullmatch(pattern, code, re.ASCII):
        raise Refused(_("This code does not fit its place."), field="code")
    if Unit.objects.filter(code=code).exists() or UnitAlias.objects.filter(code=code).exists():
        raise Refused(_("This code is taken."), code="code_taken", field="code")
    return code


def _next_code(prefix: str, first: int) -> str:
    """One more than the highest three-digit number ever given below a prefix."""
    used = [first - 1]
    for model in (Unit, UnitAlias):
        codes = model.objects.filter(
            code__startswith=prefix, code__regex=rf"^{prefix}[0-9]{{3}}$"
        ).order_by()
        used += [int(code[-3:]) for code in codes.values_list("code", flat=True)]
    number = max(used) + 1
    if number > LAST_NUMBER:
        raise Refused(_("All numbers of this place have been given out."), code="no_code_left")
    return f"{prefix}{number:03}"


def _checked_name(name: str) -> str:
    """The name without outer blanks; raises Refused when it is empty or too long."""
    name = names.shown(name)
    longest = Unit._meta.get_field("name").max_length
    if not name or len(name) > longest:
        raise Refused(
            _("Give a name of 1 to %(longest)d characters.") % {"longest": longest}, field="name"
        )
    return name


def _refuse_twin(parent: Unit, name: str, *, but: Unit | None = None) -> None:
    """People and sheets tell neighbours by their names, in whichever way they write them; the lock on
    the street lets nobody in between.
    """
    twins = parent.children.filter(name_key=names.compared(name))
    twin = twins.exclude(pk=but.pk if but else None).first()
    if twin:
        raise _taken(twin.name)


def _taken(name: str) -> Refused:
    message = _("There is a “%(name)s” already.") % {"name": name}
    return Refused(message, code="name_taken", field="name")


@contextmanager
def _name_free(name: str) -> Iterator[None]:
    """Writing a unit; of streets nothing else than the database says which names are taken."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise _taken(name)


def _allow(by: "User | None", perm: str, obj: Any) -> None:
    """Asks with the tree as it is under the lock. Without a person it is the system that acts."""
    forget_reach(by)
    if by is not None and not by.has_perm(perm, obj):
        raise NotAllowed(_("You may not do this."))


def lock_districts() -> None:
    """Locks all districts, in order: whoever adds a street holds them."""
    list(District.objects.order_by("pk").select_for_update(no_key=True))


def lock_roots(tree_ids: Iterable[int]) -> None:
    """Locks the streets of these trees, in the order of their keys."""
    roots = Unit.objects.filter(level=0, tree_id__in=set(tree_ids)).order_by("pk")
    list(roots.select_for_update(no_key=True).values_list("pk", flat=True))


def _lock_for_new(parent: Unit | District) -> None:
    if isinstance(parent, District):
        lock_districts()
    else:
        _lock([parent])


def _lock(units: list[Unit]) -> None:
    """Locks the streets of these units and reads the units again as they now are."""
    keys = [unit.pk for unit in units]
    before = _tree_ids(keys)
    lock_roots(before)
    if _tree_ids(keys) != before:
        raise WrongState(
            _("Somebody else moved this unit just now. Look at it again."), code="changed_meanwhile"
        )
    for unit in units:
        unit.refresh_from_db()


def _tree_ids(keys: list[int]) -> set[int]:
    return set(Unit.objects.order_by("pk").filter(pk__in=keys).values_list("tree_id", flat=True))


def _recode(unit: Unit, code: str) -> int:
    """Gives the unit its new code and everything below it codes that start with it."""
    old = unit.code
    family = list(unit.get_descendants(include_self=True))
    moved = [(member, member.code, code + member.code.removeprefix(old)) for member in family]
    for member, _old, new in moved:
        member.code = new
    Unit.objects.bulk_update(family, ["code"], batch_size=500)
    registry.call(registry.Name.UNITS_RECODED, family)
    UnitAlias.objects.bulk_create(
        [UnitAlias(code=former, unit=member) for member, former, _new in moved]
    )
    unit.code = code
    return len(family)


def _refresh_paths(unit: Unit) -> None:
    """Writes the path names of a unit and of all below it."""
    paths: dict[int | None, str] = {}
    if unit.parent_id:
        paths[unit.parent_id] = Unit.objects.values_list("path_name", flat=True).get(
            pk=unit.parent_id
        )
    family = list(unit.get_descendants(include_self=True))
    for member in family:
        above = paths.get(member.parent_id)
        member.path_name = f"{above} {member.short_name}" if above else member.short_name
        paths[member.pk] = member.path_name
    Unit.objects.bulk_update(family, ["path_name", "path_key"], batch_size=500)
    unit.path_name = paths[unit.pk]
