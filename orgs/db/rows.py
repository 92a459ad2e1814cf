"""Writing a row as its model's own rules say: fields, `clean`, constraints."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import Refused, WrongState

if TYPE_CHECKING:
    from orgs.models import User

Row = TypeVar("Row", bound=models.Model)


def write(
    row: Row, action: str, values: dict[str, Any], *, by: "User | None", now: datetime | None
) -> Row:
    """Sets fields of a row, saves it, and audits which of them changed; inside a transaction.

    Raises Refused, by field, for what the model refuses; WrongState (`entered_meanwhile`) for what
    somebody else has entered at the same moment.
    """
    is_new = row.pk is None
    changed = sorted(name for name in values if is_new or getattr(row, name) != values[name])
    for name, value in values.items():
        setattr(row, name, value)
    try:
        row.full_clean()
    except ValidationError as error:
        wrong = error.message_dict
        general = wrong.pop(NON_FIELD_ERRORS, [])
        message = general[0] if general else _("Some of what was sent is not right.")
        raise Refused(message, fields={**wrong})
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
