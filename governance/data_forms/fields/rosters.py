"""Known fields that a roster has room for where it knows nothing yet: the answer goes there.

It goes through the use-case by which the roster is kept, with its checks, rights and audit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from governance.data_forms.enums import AnswerKind
from orgs.enums import CompoundType, PropertyMode
from orgs.enums import Permission as OrgPermission
from orgs.errors import Refused
from orgs.imports.workbooks import cells
from orgs.models import Unit
from orgs.units import units
from orgs.values import phones
from orgs.values.sentences import gettext as _
from residents.enums import OWNING, Marital, Relation, Sex
from residents.enums import Permission as RollPermission
from residents.models import Belonging
from residents.roll import households, people
from residents.roll.values import id_numbers
from residents.rosters import cells as roster_cells
from volunteers.enums import BuildingRole
from volunteers.enums import Permission as PostPermission
from volunteers.models import BuildingPost
from volunteers.posts import posts

if TYPE_CHECKING:
    from orgs.models import User

Write = Callable[[Any, str, "User", datetime], Any]


@dataclass(frozen=True)
class RosterAnswer:
    """How a field is answered into its roster.

    `missing` are the rows of the subject of which the roster does not know it; `permission` is asked for
    at the `place` of a line, `write` takes a line, the answer as fields/kinds.py keeps it, who and when.
    """

    missing: Q
    permission: str
    place: Callable[[Any], Unit]
    write: Write
    kind: AnswerKind = AnswerKind.TEXT
    choices: Any = None
    # Further than its kind: raises Refused, or gives the answer in the roster's way of writing.
    check: Callable[[str], str] | None = None

    @property
    def options(self) -> list[str]:
        """The words of a choice, in the language of now."""
        return [str(label) for label in self.choices.labels] if self.choices else []


def of(code: str) -> RosterAnswer | None:
    """How the field of a code is answered into its roster; None where it is not."""
    return _ANSWERS.get(code)


def codes() -> Sequence[str]:
    """The fields that are answered into a roster."""
    return list(_ANSWERS)


def _value_of(choices: Any, label: str) -> str:
    return next(value for value, word in choices.choices if str(word) == label)


def _whole(answer: str) -> int:
    return cells.whole(0, 100_000)(answer)


# --- People ----------------------------------------------------------------------------------------


def _person(
    name: str,
    missing: Q,
    *,
    kind: AnswerKind = AnswerKind.TEXT,
    choices: Any = None,
    check: Callable[[str], str] | None = None,
) -> RosterAnswer:
    def write(line: Any, answer: str, by: "User", now: datetime) -> None:
        value: Any = _value_of(choices, answer) if choices else answer
        if kind == AnswerKind.DAY:
            value = date.fromisoformat(answer)
        _correct(line.person, by, now, **{name: value})

    return RosterAnswer(
        missing, RollPermission.KEEP_ROLL, lambda line: line.person.place, write, kind,
        choices, check,
    )  # fmt: skip


def _correct(person: Any, by: "User", now: datetime, **facts: Any) -> None:
    details = people.checked(name=person.name, **facts)
    people.correct(person=person, details=details, by=by, now=now)


# --- Homes -----------------------------------------------------------------------------------------

_OWNERS = Belonging.objects.filter(household=OuterRef("pk"), ends=None, relation__in=OWNING)
_FIRST_PHONE = Subquery(_OWNERS.order_by("pk").values("person__phone_index")[:1])


def _home(
    missing: Q, write: Write, kind: AnswerKind = AnswerKind.TEXT,
    check: Callable[[str], str] | None = None,
) -> RosterAnswer:  # fmt: skip
    return RosterAnswer(
        missing, RollPermission.KEEP_ROLL, lambda line: line.home.building, write, kind, check=check
    )


def _move_owner_in(line: Any, answer: str, by: "User", now: datetime) -> None:
    details = people.checked(name=answer)
    people.move_in(
        household=line.home, details=details, relation=Relation.OWNER, by=by, now=now
    )  # fmt: skip


def _owner_phone(line: Any, answer: str, by: "User", now: datetime) -> None:
    # The owner may have been entered a moment before, with the same row.
    owner = line.home.belongings.filter(ends=None, relation__in=OWNING).order_by("pk").first()
    if owner is None:
        raise Refused(_("Enter the owner first, then the telephone."), code="no_owner")
    _correct(owner.person, by, now, phone=answer)


def _area(line: Any, answer: str, by: "User", now: datetime) -> None:
    households.change(household=line.home, area=roster_cells.area(answer), by=by, now=now)


# --- Places ----------------------------------------------------------------------------------------

_HEADS = BuildingPost.objects.filter(building=OuterRef("pk"), role=BuildingRole.HEAD, ends=None)


def _fill_head(line: Any, answer: str, by: "User", now: datetime) -> None:
    holder = posts.holder_named(line.unit, answer)
    posts.fill(building=line.unit, role=BuildingRole.HEAD, holder=holder, by=by, now=now)


def _compound(name: str, *, choices: Any = None) -> RosterAnswer:
    empty = Q(**{f"profile__{name}": ""}) if choices else Q(**{f"profile__{name}": None})

    def write(line: Any, answer: str, by: "User", now: datetime) -> None:
        value = _value_of(choices, answer) if choices else _whole(answer)
        units.set_profile(unit=line.unit, by=by, now=now, **{name: value})

    return RosterAnswer(
        Q(profile=None) | empty, OrgPermission.CHANGE_COMPOUNDPROFILE, lambda line: line.unit, write,
        AnswerKind.CHOICE if choices else AnswerKind.NUMBER, choices,
    )  # fmt: skip


_ANSWERS = {
    "person.phone": _person("phone", Q(phone_index=""), check=phones.normalise),
    "person.id_number": _person("id_number", Q(id_index=None), check=id_numbers.normalise),
    "person.born": _person("born", Q(born=None), kind=AnswerKind.DAY),
    "person.sex": _person("sex", Q(sex=""), kind=AnswerKind.CHOICE, choices=Sex),
    "person.marital": _person("marital", Q(marital=""), kind=AnswerKind.CHOICE, choices=Marital),
    "person.ethnicity": _person("ethnicity", Q(ethnicity="")),
    "person.employment": _person("employment", Q(employment="")),
    "person.insurance": _person("insurance", Q(insurance="")),
    "household.owner": _home(Q(~Exists(_OWNERS)), _move_owner_in),
    "household.owner_phone": _home(
        Q(Exact(Coalesce(_FIRST_PHONE, Value("")), Value(""))), _owner_phone, check=phones.normalise
    ),
    "household.area": _home(Q(area=None), _area, AnswerKind.NUMBER),
    "building.head": RosterAnswer(
        Q(~Exists(_HEADS)), PostPermission.KEEP_POSTS, lambda line: line.unit, _fill_head
    ),
    "compound.year_built": _compound("year_built"),
    "compound.planned": _compound("planned_households"),
    "compound.type": _compound("type", choices=CompoundType),
    "compound.property_mode": _compound("property_mode", choices=PropertyMode),
}
