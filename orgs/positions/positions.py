"""Positions: appointing, ending, standing in, handing over."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from orgs.audit import audit
from orgs.enums import ROLE_TARGETS, ROLE_UNIT_KINDS, Permission, PositionTarget, Role
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Position, Unit, User
from orgs.scoping import forget_reach
from orgs.values.sentences import gettext as _


def appoint(
    *,
    person: User,
    role: Role,
    where: Any,
    starts: date,
    ends: date | None = None,
    by: User,
    now: datetime,
) -> Position:
    """Gives a person a role at a unit, grid, district, party organisation or department.

    Both days are included. Raises NotAllowed outside of where `by` appoints; Refused where the role
    does not belong at `where`, the days are in the wrong order, or the person holds it already.
    """
    position = _proposed(person, role, where, starts, ends)
    if not by.has_perm(Permission.APPOINT_STAFF, position):
        raise NotAllowed(_("You may not appoint anybody here."))
    return _open(position, "appoint", by, now)


def give(
    *, person: User, role: Role, where: Any, starts: date, by: User, now: datetime
) -> Position:
    """Gives a role that follows from something else (a report-in that the branch confirmed).

    Who may is the rule of the use-case that calls. A position that the person holds without an end
    stays as it is; after one that ends the new one begins the day after. Raises Refused as
    `appoint` does.
    """
    position = _proposed(person, role, where, starts, None)
    held: Position | None = overlapping(position).order_by("-starts").first()
    if held is not None:
        if held.ends is None:
            return held
        position.starts = held.ends + timedelta(days=1)
    return _open(position, "appoint", by, now)


def take_back(*, position: Position, last_day: date, by: User, now: datetime) -> None:
    """Ends a position that `give` gave; one that has ended stays as it is."""
    with transaction.atomic():
        lock_people(position.user)
        position = _fresh(position)
        if position.ends is None or position.ends > last_day:
            _end(position, max(last_day, position.starts), by, now)


def end(*, position: Position, last_day: date, by: User, now: datetime) -> Position:
    """Lets a position end with a day; stand-ins end with it. Raises WrongState if it has ended."""
    _must_appoint(position, by)
    with transaction.atomic():
        lock_people(position.user)
        position = _fresh(position)
        _refuse_ended(position, now)
        _end(position, last_day, by, now)
    return position


def arrange_leave(
    *, position: Position, stand_in: User, starts: date, ends: date, by: User, now: datetime
) -> Position:
    """For some days somebody else holds the same position, with the same desk.

    The holder may arrange it, or whoever may appoint. The holder keeps the position. Raises Refused
    for the holder as stand-in, or for days outside of the position.
    """
    if not by.has_perm(Permission.ARRANGE_LEAVE, position):
        raise NotAllowed(_("You may not arrange leave for this position."))
    with transaction.atomic():
        lock_people(position.user, stand_in)
        position = _fresh(position)
        _refuse_ended(position, now)
        if position.acting_for_id:
            raise Refused(_("A stand-in cannot hand the position on."), code="stand_in")
        if stand_in.pk == position.user_id:
            raise Refused(_("Somebody else must stand in."), code="same_person", field="stand_in")
        if starts < position.starts or (position.ends and ends > position.ends):
            raise Refused(_("These days lie outside of the position's own days."), code="bad_dates")
        substitute = _proposed(stand_in, Role(position.role), position.where, starts, ends)
        substitute.acting_for = position
        return _open(substitute, "arrange_leave", by, now)


def hand_over(
    *, position: Position, to: User, first_day: date, by: User, now: datetime
) -> Position:
    """The successor holds the position from a day on; the holder until the day before.

    Open work follows the position, not the person, so the successor finds it on the desk.
    """
    _must_appoint(position, by)
    if to.pk == position.user_id:
        raise Refused(_("The successor holds this position already."), code="same_person")
    with transaction.atomic():
        lock_people(position.user, to)
        position = _fresh(position)
        _refuse_ended(position, now)
        last_day = position.ends
        _end(position, first_day - timedelta(days=1), by, now)
        successor = _proposed(to, Role(position.role), position.where, first_day, last_day)
        return _open(successor, "hand_over", by, now)


def _proposed(person: User, role: Role, where: Any, starts: date, ends: date | None) -> Position:
    """A position that is not saved yet. Raises Refused where it could not be."""
    target = ROLE_TARGETS[role]
    model: Any = Position._meta.get_field(target.value).related_model
    if not isinstance(where, model):
        raise Refused(
            _("This role is held at another kind of place: %(target)s.") % {"target": target.label},
            code="wrong_target",
        )
    if target == PositionTarget.UNIT:
        _refuse_wrong_kind(role, where)
    if ends is not None and ends < starts:
        raise Refused(_("The last day lies before the first."), code="bad_dates", field="ends")
    if not person.is_active:
        raise Refused(_("This account is closed."), code="account_closed")
    return Position(user=person, role=role, starts=starts, ends=ends, **{target.value: where})


def _refuse_wrong_kind(role: Role, unit: Unit) -> None:
    kind = ROLE_UNIT_KINDS.get(role)
    if kind and unit.kind != kind:
        raise Refused(
            _("This role is held at a %(kind)s.") % {"kind": kind.label}, code="wrong_target"
        )


def _open(position: Position, action: str, by: User, now: datetime) -> Position:
    """Saves a proposed position, unless the person holds the same on one of those days."""
    with transaction.atomic():
        lock_people(position.user)
        if overlapping(position).exists():
            raise Refused(
                _("%(name)s holds this position already on some of these days.")
                % {"name": position.user},
                code="overlap",
            )
        _refuse_audited(position)
        position.save()
        audit.record(action, by=by, obj=position, detail=_detail(position), now=now)
    forget_reach(position.user)
    return position


def _refuse_audited(position: Position) -> None:
    """An auditor holds no other position, and administers nothing, on the days of the audit."""
    days = Position.objects.filter(Q(ends=None) | Q(ends__gte=position.starts), user=position.user)
    if position.ends:
        days = days.filter(starts__lte=position.ends)
    audits = position.role == Role.AUDITOR
    others = days.exclude(role=Role.AUDITOR) if audits else days.filter(role=Role.AUDITOR)
    if others.exists() or (audits and position.user.is_superuser):
        raise Refused(
            _("Who is audited is no auditor: nobody holds both on one day."), code="audits_itself"
        )


def overlapping(position: Position) -> Any:
    """The saved positions of the same person, role and place that share a day with this one."""
    target = f"{ROLE_TARGETS[Role(position.role)].value}_id"
    same = Position.objects.filter(
        Q(ends=None) | Q(ends__gte=position.starts),
        user=position.user,
        role=position.role,
        **{target: getattr(position, target)},
    )
    return same.filter(starts__lte=position.ends) if position.ends else same


def _end(position: Position, last_day: date, by: User, now: datetime) -> None:
    """Ends a locked position and its stand-ins, each with its entry in the audit."""
    if last_day < position.starts:
        raise Refused(_("The last day lies before the first."), code="bad_dates", field="last_day")
    if position.ends and last_day > position.ends:
        raise Refused(_("The position ends before that day."), code="bad_dates")
    position.ends = last_day
    position.save(update_fields=["ends"])
    audit.record("end_position", by=by, obj=position, detail=_detail(position), now=now)
    forget_reach(position.user)
    stand_ins = position.stand_ins.select_related("user", *PositionTarget.values).order_by("pk")
    for stand_in in stand_ins.filter(ends__gt=last_day):
        _end_stand_in(stand_in, last_day, by, now)


def _end_stand_in(stand_in: Position, last_day: date, by: User, now: datetime) -> None:
    """Shortens a stand-in to the position's last day; one for days that will not come now goes."""
    if stand_in.starts <= last_day:
        stand_in.ends = last_day
        stand_in.save(update_fields=["ends"])
        audit.record("end_position", by=by, obj=stand_in, detail=_detail(stand_in), now=now)
    else:
        audit.record("cancel_stand_in", by=by, obj=stand_in, detail=_detail(stand_in), now=now)
        stand_in.delete()
    forget_reach(stand_in.user)


def _must_appoint(position: Position, by: User) -> None:
    if not by.has_perm(Permission.APPOINT_STAFF, position):
        raise NotAllowed(_("You may not change this position."))


def _refuse_ended(position: Position, now: datetime) -> None:
    if position.ends and position.ends < timezone.localdate(now):
        raise WrongState(_("This position has ended already."))


def lock_people(*people: User) -> Sequence[User]:
    """Changes of one person's positions wait for each other."""
    keys = sorted({person.pk for person in people})
    return list(User.objects.select_for_update().filter(pk__in=keys).order_by("pk"))


def _fresh(position: Position) -> Position:
    return Position.objects.select_related(*PositionTarget.values, "user").get(pk=position.pk)


def _detail(position: Position) -> dict[str, Any]:
    return {
        "person": position.user.get_username(),
        "role": position.role,
        "where": str(position.where),
        "starts": position.starts.isoformat(),
        "ends": position.ends.isoformat() if position.ends else None,
        "acting_for": position.acting_for_id,
    }
