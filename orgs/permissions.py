"""Which roles may do what. Upper floors add their own with `grant` when their app is ready."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from orgs.enums import Role
from orgs.scoping import reach_of

if TYPE_CHECKING:
    from orgs.models import User
    from orgs.scoping import Scoped

ObjectCheck: TypeAlias = Callable[["User", Any], bool]


@dataclass(frozen=True)
class Grant:
    """The roles that hold a permission somewhere, and how one object is decided.

    `roles` None means any signed-in user may hold it, depending on the object. Where `superusers` is
    False, being a superuser decides nothing (audit, ballots, unmasking, steps of a workflow).
    `anywhere` decides without an object where roles do not suffice (people named one by one).
    """

    roles: frozenset[Role] | None
    check: ObjectCheck
    superusers: bool
    anywhere: Callable[["User"], bool] | None = None


_grants: dict[str, Grant] = {}


def holds_role_at_unit(roles: frozenset[Role], path: str) -> ObjectCheck:
    """Decides an object by the roles held over the unit that `path` leads to."""

    def check(user: "User", obj: Any) -> bool:
        unit = obj
        for name in filter(None, path.split("__")):
            unit = getattr(unit, name)
        return bool(reach_of(user).roles_at(unit) & roles)

    return check


def holds_role(roles: frozenset[Role]) -> ObjectCheck:
    """Decides any object by the roles held, wherever that is."""
    return lambda user, obj: bool(reach_of(user).roles & roles)


def in_sight(user: "User", row: "Scoped") -> bool:
    """Decides a row by whether the user may see it."""
    return bool(type(row).objects.sees(user, row))


def grant(
    perm: str,
    roles: Iterable[Role] | None,
    check: ObjectCheck | str = "",
    *,
    superusers: bool = True,
    anywhere: Callable[["User"], bool] | None = None,
) -> None:
    """Gives a permission to roles. `check` decides an object; a text names the way to its unit."""
    held = None if roles is None else frozenset(roles)
    if not callable(check):
        assert held is not None, "a permission of everybody needs its own check"
        check = holds_role_at_unit(held, check)
    _grants[perm] = Grant(held, check, superusers, anywhere)


def granted(user: "User", perm: str, obj: Any = None) -> bool:
    """Whether positions give a permission: on an object, or (without one) at any unit."""
    entry = _grants.get(perm)
    if entry is None or not user.is_active or not user.is_authenticated:
        return False
    if obj is not None:
        return entry.check(user, obj)
    if entry.anywhere is not None:
        return entry.anywhere(user)
    return entry.roles is None or bool(reach_of(user).roles & entry.roles)


def roles_with(perm: str) -> frozenset[Role]:
    """The roles that hold a permission, for queries that look for where somebody holds it."""
    entry = _grants.get(perm)
    return (entry.roles if entry else None) or frozenset()


def superusers_hold(perm: str) -> bool:
    """Whether being a superuser is enough for a permission."""
    return perm not in _grants or _grants[perm].superusers


def permissions_of(user: "User") -> set[str]:
    """All permissions that the user holds at any unit."""
    return {perm for perm in _grants if granted(user, perm)}


def holds_any(user: "User", app_label: str) -> bool:
    """Whether the user holds a permission of an app at any unit."""
    return any(granted(user, perm) for perm in _grants if perm.startswith(f"{app_label}."))


def everything_granted() -> dict[str, Grant]:
    """The whole table, for guard tests and the documentation."""
    return dict(_grants)
