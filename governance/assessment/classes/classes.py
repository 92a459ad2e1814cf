"""The class of a compound (达标、示范、精品): gained by creation (创建), lost by a decision, never a score.

Each row says from when until when a compound was of a class, by which documents. Nothing is overwritten.
"""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.assessment.enums import CompoundClassKind, Permission
from governance.assessment.models import CompoundClass
from orgs.audit import audit
from orgs.enums import UnitKind
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Unit
from orgs.values.names import is_visible

if TYPE_CHECKING:
    from orgs.models import User


def award(
    *,
    compound: Unit,
    kind: CompoundClassKind,
    starts: date,
    reason: str,
    by: "User",
    now: datetime,
) -> CompoundClass:
    """Gives a compound a class from a day on; the one that it has ends the day before.

    Raises NotAllowed, Refused (`no_compound`, `same_class`, `bad_day`, `no_reason`), WrongState
    (`class_changed`) where somebody else was faster.
    """
    _refuse_others(compound, by)
    if compound.kind != UnitKind.COMPOUND:
        raise Refused(_("Only compounds have a class."), code="no_compound", field="compound")
    _refuse_wrong(starts, reason, "starts", now)
    try:
        with transaction.atomic():
            rows = CompoundClass.objects.select_for_update(of=("self",)).filter(compound=compound)
            before = list(rows)
            current = next((row for row in before if row.ends is None), None)
            if current and current.kind == kind:
                message = _("The compound is of this class already.")
                raise Refused(message, code="same_class", field="kind")
            if any(starts <= (row.ends or row.starts) for row in before):
                message = _("A class was in force on this day: name a later one.")
                raise Refused(message, code="bad_day", field="starts")
            if current:
                _end(current, starts - timedelta(days=1), reason, by)
            row: CompoundClass = CompoundClass.objects.create(
                compound=compound, kind=kind, starts=starts, reason=reason.strip(),
                entered_by=by, entered_at=now,
            )  # fmt: skip
            audit.record(
                "assessment.set-class", by=by, obj=row, now=now,
                detail={"compound": compound.code, "kind": kind.value},
            )  # fmt: skip
    except IntegrityError:
        raise _changed() from None
    return row


@transaction.atomic
def withdraw(
    *, held: CompoundClass, ends: date, reason: str, by: "User", now: datetime
) -> CompoundClass:
    """Takes a class away; `ends` is the last day on which it counts.

    Raises NotAllowed, Refused (`bad_day`, `no_reason`), WrongState (`class_ended`).
    """
    rows = CompoundClass.objects.select_for_update(of=("self",)).select_related("compound")
    row: CompoundClass = rows.get(pk=held.pk)
    _refuse_others(row.compound, by)
    if row.ends is not None:
        raise WrongState(_("This class has ended already."), code="class_ended")
    _refuse_wrong(ends, reason, "ends", now)
    if ends < row.starts:
        message = _("The class began later than this day.")
        raise Refused(message, code="bad_day", field="ends")
    _end(row, ends, reason, by)
    audit.record(
        "assessment.end-class", by=by, obj=row, now=now,
        detail={"compound": row.compound.code, "kind": row.kind},
    )  # fmt: skip
    return row


def in_force(day: date) -> Q:
    """The condition on classes that count on a day."""
    return Q(Q(ends=None) | Q(ends__gte=day), starts__lte=day)


def _end(row: CompoundClass, ends: date, reason: str, by: "User") -> None:
    row.ends, row.end_reason, row.ended_by = ends, reason.strip(), by
    row.save(update_fields=["ends", "end_reason", "ended_by"])


def _refuse_others(compound: Unit, by: "User") -> None:
    if not by.has_perm(Permission.KEEP_CLASSES, compound):
        raise NotAllowed(_("Only the district's office gives and takes classes of compounds."))


def _refuse_wrong(day: date, reason: str, field: str, now: datetime) -> None:
    if day > timezone.localdate(now):
        raise Refused(_("This day lies ahead."), code="bad_day", field=field)
    if not is_visible(reason):
        message = _("Name the document that says so.")
        raise Refused(message, code="no_reason", field="reason")


def _changed() -> WrongState:
    return WrongState(
        _("Somebody changed the class of this compound at the same moment: look again."),
        code="class_changed",
    )
