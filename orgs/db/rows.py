"""Plain rows of a place: entered, changed and ended as their model's own rules say.

For registers in which nothing else happens. The permissions are Django's own names
(`orgs.add_servicepoint` is asked for at the unit, `orgs.change_servicepoint` at the row), the audit
keeps the same names, and what the model refuses (fields, `clean`, constraints) is said by field.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState

if TYPE_CHECKING:
    from orgs.models import Unit, User

Row = TypeVar("Row", bound=models.Model)


def permission(row: models.Model | type[models.Model], verb: str) -> str:
    """Django's own name of a permission for a model: `orgs.add_servicepoint`."""
    return f"{row._meta.app_label}.{verb}_{row._meta.model_name}"


@transaction.atomic
def add(*, row: Row, by: "User", now: datetime, **values: Any) -> Row:
    """Enters a row; its unit is set or among the values.

    Raises NotAllowed at a place of others; Refused for what the model refuses; WrongState.
    """
    place = values.get("unit") or row.unit  # type: ignore[attr-defined]
    _allow(by, permission(row, "add"), place)
    return write(row, permission(row, "add"), values, by=by, now=now)


@transaction.atomic
def change(*, row: Row, by: "User", now: datetime, **values: Any) -> Row:
    """Changes what is given, also to end the row or to move it to another unit of one's own.

    Raises NotAllowed; WrongState (`ended`) for a row that has ended; Refused as `add`.
    """
    _allow(by, permission(row, "change"), row)
    if "unit" in values:
        _allow(by, permission(row, "add"), values["unit"])
    row.refresh_from_db(from_queryset=type(row)._default_manager.select_for_update(of=("self",)))
    if getattr(row, "ends", None):
        raise WrongState(_("This entry has ended and stays as it is."), code="ended")
    return write(row, permission(row, "change"), values, by=by, now=now)


def write(
    row: Row, action: str, values: dict[str, Any], *, by: "User | None", now: datetime | None
) -> Row:
    """Sets fields of a row, saves it, and audits which of them changed; inside a transaction.

    Raises Refused for what the model refuses; WrongState (`entered_meanwhile`) for what somebody
    else has entered at the same moment.
    """
    changed = sorted(name for name in values if getattr(row, name, None) != values[name])
    for name, value in values.items():
        setattr(row, name, value)
    try:
        row.full_clean()
    except ValidationError as error:
        faults = error.message_dict
        general = faults.pop(NON_FIELD_ERRORS, [])
        message = general[0] if general else _("Some of what was sent is not right.")
        raise Refused(message, fields={**faults})
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        message = _("Somebody has just entered the same. Look at the list once more.")
        raise WrongState(message, code="entered_meanwhile")
    audit.record(action, by=by, obj=row, detail={"changed": changed}, now=now)
    return row


def faults(row: models.Model, *, exclude: tuple[str, ...] = ()) -> dict[str, list[ValidationError]]:
    """What the fields and `clean` of a row refuse, by field; asks the database nothing, so keys to
    other rows have to be excluded."""
    try:
        row.clean_fields(exclude=exclude)
        row.clean()
    except ValidationError as error:
        return error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
    return {}


def _allow(by: "User", perm: str, place: "Unit | models.Model") -> None:
    if not by.has_perm(perm, place):
        raise NotAllowed(_("This place is not yours to keep."))
