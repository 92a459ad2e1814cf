"""Statements about what somebody sees, worked out once for all who hold the same offices.

What a community's worker is asked for is worded as for every other one; the place differs. To work the
wording out anew was a quarter of the processor's time of a desk (2026-11-30).
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, TypeAlias

from django.db import connection
from django.utils import timezone

from orgs.db.first_keys import Statement
from orgs.enums import Role
from orgs.models import User
from orgs.scoping import Area, Holding, Reach, reach_of

# The offices somebody holds, whatever the place: role, depth of the place, whether in a department.
Offices: TypeAlias = tuple[tuple[Role, int | None, bool], ...]

# Stand for a person, a place, a department and moments while the SQL is worked out: no row has them, so
# that one which was left in it would find nothing.
_PERSON, _DEPARTMENT = 2_147_400_001, 2_147_400_002
_PLACE = (2_147_400_003, 2_147_400_004, 2_147_400_005)
_MOMENTS = tuple(datetime(1900, 1, 1, microsecond=number, tzinfo=UTC) for number in range(1, 5))
# What is derived of a stand-in moment lies in these years, where no row is.
_YEARS = frozenset({"1899", "1900", "1901"})
_KINDS_KEPT = 128


class OfficeStatement:
    """A statement that `build` makes of a person and moments, kept for each kind of office.

    What `build` gives may depend on what `reach_of` tells, on the person's key, on the moments and on
    today's date (it stands in what is kept, for a day), and on nothing else. Superusers, districts and
    people with several places are asked for anew each time.
    """

    def __init__(self, build: Callable[..., Statement]) -> None:
        self._build = build
        self._worked_out = lru_cache(_KINDS_KEPT)(self._work_out)

    def of(self, user: User, *moments: datetime) -> Statement:
        """The statement for somebody, at some moments."""
        known = _offices(user)
        if known is None:
            return self._build(user, *moments)
        offices, own = known
        sql, values = self._worked_out(offices, len(moments), timezone.localdate())
        own |= dict(zip(map(_stored, _MOMENTS), map(_stored, moments), strict=False))
        return sql, [own.get(value, value) for value in values]

    def _work_out(self, offices: Offices, moments: int, _today: date) -> Statement:
        person = User(pk=_PERSON)
        person.known_reach = Reach(  # type: ignore[attr-defined]  # as `reach_of` remembers it
            tuple(
                Holding(
                    role,
                    None if level is None else Area(*_PLACE, level),
                    _DEPARTMENT if in_department else None,
                    None,
                )
                for role, level, in_department in offices
            )
        )
        sql, values = self._build(person, *_MOMENTS[:moments])
        # A moment or day that is derived would stay that of the stand-in for everybody.
        given = [_stored(moment) for moment in _MOMENTS]
        derived = [
            one
            for one in values
            if isinstance(one, str | date) and one not in given and str(one)[:4] in _YEARS
        ]
        assert not derived, "the statement asks for a moment otherwise than as it was given"
        return sql, values


def _stored(moment: datetime) -> Any:
    """A moment as the database's statements have it."""
    return connection.ops.adapt_datetimefield_value(moment)


def _offices(user: User) -> tuple[Offices, dict[Any, Any]] | None:
    """What somebody holds, and what goes where the stand-ins are; None where it is not one place."""
    holdings = reach_of(user).holdings
    areas = {held.area for held in holdings if held.area}
    departments = {held.department_id for held in holdings if held.department_id}
    if (
        user.is_superuser
        or max(len(areas), len(departments)) > 1
        or any(held.district_id for held in holdings)
    ):
        return None
    own: dict[Any, Any] = {_PERSON: user.pk}
    for area in areas:
        own |= dict(zip(_PLACE, (area.tree_id, area.left, area.right), strict=True))
    for department in departments:
        own[_DEPARTMENT] = department
    offices = {
        (held.role, held.area.level if held.area else None, bool(held.department_id))
        for held in holdings
    }
    return tuple(sorted(offices, key=repr)), own
