"""Naming who reads and keeps the care rosters of a place, and taking it back."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Position, Unit
from orgs.scoping import Reach, reach_of
from residents.enums import CARE_APPOINTERS, CARE_READERS, CareKind, Permission
from residents.models import CareReader

if TYPE_CHECKING:
    from orgs.models import User

LONGEST_REASON = 200


def may_appoint(user: "User", reader: CareReader) -> bool:
    """Cadres and leadership of the street, never for themselves."""
    own = reader.position.user_id == user.pk
    return not own and bool(reach_of(user).roles_at(reader.unit) & CARE_APPOINTERS)


@transaction.atomic
def appoint(
    *,
    position: Position,
    unit: Unit,
    kinds: Iterable[CareKind],
    keeps: bool = False,
    starts: date | None = None,
    ends: date | None = None,
    by: "User",
    now: datetime,
) -> list[CareReader]:
    """Names the holder of a position for some care rosters of a unit; one row a roster.

    Raises NotAllowed outside of one's street and for oneself; Refused for a position that reads no
    roll there, days in the wrong order, or (`named_already`) the same again on one of these days.
    """
    Position.objects.select_for_update(of=("self",)).get(pk=position.pk)
    starts = starts or timezone.localdate(now)
    namings = [
        CareReader(
            position=position, unit=unit, kind=kind, keeps=keeps, starts=starts, ends=ends,
            appointed_by=by, appointed_at=now,
        )
        for kind in dict.fromkeys(kinds)
    ]  # fmt: skip
    for reader in namings:
        if not by.has_perm(Permission.APPOINT_CAREREADER, reader):
            raise NotAllowed(_("You may not name anybody for this place."))
    _refuse(namings, position, unit, starts, ends, timezone.localdate(now))
    for reader in namings:
        reader.save(force_insert=True)
        detail = {"kind": reader.kind, "unit": unit.code, "keeps": keeps}
        audit.record("residents.name-care-reader", by=by, obj=reader, detail=detail, now=now)
    return namings


@transaction.atomic
def dismiss(*, reader: CareReader, reason: str, by: "User", now: datetime) -> CareReader:
    """Takes a naming back at once, with a reason.

    Raises NotAllowed; WrongState if it was taken back already; Refused without a reason.
    """
    reader = CareReader.objects.select_for_update(of=("self",)).get(pk=reader.pk)
    if not by.has_perm(Permission.APPOINT_CAREREADER, reader):
        raise NotAllowed(_("You may not name anybody for this place."))
    if reader.dismissed_at:
        raise WrongState(_("This was taken back already."), code="dismissed")
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= LONGEST_REASON:
        message = _("Write the reason, in up to %(longest)d characters.")
        sentence = message % {"longest": LONGEST_REASON}
        raise Refused(sentence, code="reason_needed", field="reason")
    reader.reason, reader.dismissed_by, reader.dismissed_at = reason, by, now
    reader.save(update_fields=["reason", "dismissed_by", "dismissed_at"])
    detail = {"kind": reader.kind, "unit": reader.unit.code}
    audit.record("residents.dismiss-care-reader", by=by, obj=reader, detail=detail, now=now)
    return reader


def _refuse(
    namings: list[CareReader],
    position: Position,
    unit: Unit,
    starts: date,
    ends: date | None,
    today: date,
) -> None:
    wrong: dict[str, list[str]] = {}
    if not namings:
        wrong["kinds"] = [_("Choose at least one roster.")]
    if ends and ends < starts:
        wrong["ends"] = [_("The last day lies before the first.")]
    if not _covers(position, unit, today):
        wrong["unit"] = [_("This position reads no roll there.")]
    if wrong:
        raise Refused(_("Some of what was sent is not right."), fields={**wrong})
    if _overlapping(namings[0]).filter(kind__in=[naming.kind for naming in namings]).exists():
        raise Refused(_("This person is named for it already."), code="named_already")


def _covers(position: Position, unit: Unit, today: date) -> bool:
    """Whether a position's holder reads the roll of a unit by this role today."""
    if position.role not in CARE_READERS or (position.ends and position.ends < today):
        return False
    held = reach_of(position.user, today)
    of_role = Reach(tuple(holding for holding in held.holdings if holding.role == position.role))
    return bool(of_role.roles_at(unit))


def _overlapping(reader: CareReader) -> QuerySet[CareReader]:
    overlapping: QuerySet[CareReader] = CareReader.objects.filter(
        Q(ends=None) | Q(ends__gte=reader.starts),
        position=reader.position,
        unit=reader.unit,
        dismissed_at=None,
    )
    return overlapping.filter(starts__lte=reader.ends) if reader.ends else overlapping
