"""Entries of registers: entered, changed, ended and moved as their model's own rules say.

The permissions are Django's own names: `orgs.add_servicepoint` is asked for at the unit,
`orgs.change_servicepoint` at the entry. The audit keeps the same names.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.audit import labels
from orgs.db.rows import write
from orgs.errors import NotAllowed, WrongState
from orgs.models.registers import UnitRow
from orgs.permissions import grant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orgs.enums import Role
    from orgs.models import Unit, User

Row = TypeVar("Row", bound=UnitRow)


def permission(model: type[UnitRow], verb: str) -> str:
    """Django's own name of a permission: `orgs.add_servicepoint`."""
    return f"{model._meta.app_label}.{verb}_{model._meta.model_name}"


def open_register(model: type[UnitRow], keepers: "Iterable[Role]") -> None:
    """Lets roles write the register of the units over which they hold, and everybody look; names
    what is done for the audit."""
    grant(permission(model, "add"), keepers)
    grant(permission(model, "change"), keepers, "unit")
    grant(permission(model, "view"), None, lambda user, row: True)
    register = model._meta.verbose_name_plural
    labels.add(
        {
            permission(model, "add"): format_lazy(
                gettext_lazy("{register}: entered"), register=register
            ),
            permission(model, "change"): format_lazy(
                gettext_lazy("{register}: changed"), register=register
            ),
        }
    )


@transaction.atomic
def add(*, row: Row, by: "User", now: datetime, **values: Any) -> Row:
    """Enters a row; its unit is set or among the values.

    Raises NotAllowed at a place of others; Refused for what the model refuses; WrongState.
    """
    _allow(by, permission(type(row), "add"), values.get("unit") or row.unit)
    return write(row, permission(type(row), "add"), values, by=by, now=now)


@transaction.atomic
def change(*, row: Row, by: "User", now: datetime, **values: Any) -> Row:
    """Changes what is given, also to end the row or to move it to another unit of one's own.

    Raises NotAllowed; WrongState (`ended`) for a row that has ended; Refused as `add`.
    """
    _allow(by, permission(type(row), "change"), row)
    if "unit" in values:
        _allow(by, permission(type(row), "add"), values["unit"])
    locked: Any = type(row)._default_manager.select_for_update(of=("self",))
    row.refresh_from_db(from_queryset=locked)
    if row.ends:
        raise WrongState(_("This entry has ended and stays as it is."), code="ended")
    return write(row, permission(type(row), "change"), values, by=by, now=now)


def _allow(by: "User", perm: str, place: "Unit | UnitRow") -> None:
    if not by.has_perm(perm, place):
        raise NotAllowed(_("This place is not yours to keep."))
