"""Signing up to an activity: places, the waiting list, moving up, giving back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, WrongState
from orgs.values.days import age_on
from volunteers.service.accounts.spans import Span, touches
from volunteers.service.activities.intervals import SOFT_GAP
from volunteers.service.enums import (
    OPEN_SIGN_UPS,
    ActivityState,
    Permission,
    SignUpState,
    Skill,
)
from volunteers.service.models import Activity, CheckEvent, Participant, SignUp
from volunteers.service.reportins.participants import is_member, join

if TYPE_CHECKING:
    from orgs.models import User

# Whoever has not come so long after the start has given the place away.
RELEASED_AFTER = timedelta(minutes=15)


@dataclass(frozen=True)
class SignedUp:
    """A sign-up, and other activities that lie close to it: they are a warning, no obstacle."""

    sign_up: SignUp
    close_to: list[Activity]


# 中国共产党章程, art. 1.
PARTY_AGE = 18


def sign_up(
    *,
    activity: Activity,
    participant: Participant | None = None,
    born_year: int | None = None,
    by: "User",
    now: datetime,
) -> SignedUp:
    """Takes a place, or one on the waiting list; oneself, or (with `participant`) somebody at the desk.

    Raises NotAllowed, or WrongState where it is not open (`not_open`), signed up already
    (`already_signed_up`), not fitting (`age`, `age_unknown`, `skill`) or at the same time as another
    place (`overlap`).
    """
    if participant is not None and not by.has_perm(Permission.KEEP_ACTIVITIES, activity.unit):
        raise NotAllowed(_("You do not run the service of this place."))
    with transaction.atomic():
        activity = locked(activity)
        if activity.state != ActivityState.PUBLISHED or now >= activity.ends_at:
            raise WrongState(_("This activity is not open for sign-up."), code="not_open")
        who = participant or join(account=by, place=activity.unit, now=now)
        # One person's sign-ups follow one another: two at the same moment see each other.
        who = Participant.objects.select_for_update(of=("self",)).get(pk=who.pk)
        if born_year is not None and who.born_year is None:
            who.born_year = born_year
            who.save(update_fields=["born_year"])
        others = _other_places(who, activity)
        if any(other.pk == activity.pk for other, _spans in others):
            raise WrongState(_("Signed up already."), code="already_signed_up")
        refuse_unfit(activity, who)
        spans = spans_of(activity)
        hard = [other for other, theirs in others if touches(spans, theirs)]
        if hard:
            raise WrongState(
                _("At the same time as “%(title)s”, where there is a place already.")
                % {"title": hard[0].title},
                code="overlap",
            )
        seat = _free_seat(activity)
        made: SignUp = SignUp.objects.create(
            activity=activity,
            participant=who,
            state=SignUpState.PLACED if seat else SignUpState.WAITING,
            seat=seat,
            placed_at=now if seat else None,
            told_at=now if seat else None,
            at=now,
            by=by,
        )
        audit.record("service.sign-up", by=by, obj=made, detail={"state": made.state}, now=now)
    return SignedUp(made, [other for other, theirs in others if touches(spans, theirs, SOFT_GAP)])


def withdraw(*, sign_up: SignUp, by: "User", now: datetime) -> SignUp:
    """Gives a place or the wait up; whoever waits longest moves up. Raises NotAllowed, WrongState."""
    with transaction.atomic():
        activity = locked(sign_up.activity)
        row: SignUp = SignUp.objects.select_related("participant").get(pk=sign_up.pk)
        if row.participant.account_id != by.pk and not by.has_perm(
            Permission.KEEP_ACTIVITIES, activity.unit
        ):
            raise NotAllowed(_("This sign-up is not yours."))
        if row.state not in OPEN_SIGN_UPS:
            raise WrongState(_("This sign-up has ended already."), code="not_signed_up")
        if activity.state != ActivityState.PUBLISHED or now >= activity.ends_at:
            raise WrongState(_("This activity is not open for sign-up."), code="not_open")
        row.state, row.seat, row.ended_at = SignUpState.CANCELLED, None, now
        row.save(update_fields=["state", "seat", "ended_at"])
        fill(activity, now)
        audit.record("service.withdraw-sign-up", by=by, obj=row, now=now)
    return row


def release_no_shows(*, activity: Activity, now: datetime) -> int:
    """Frees the places of those who have not come 15 minutes after the start; how many.

    Only where somebody waits, and where check-ins are used at all: otherwise nobody would be known
    to be missing.
    """
    with transaction.atomic():
        activity = locked(activity)
        if activity.state != ActivityState.PUBLISHED or now < activity.starts_at + RELEASED_AFTER:
            return 0
        if now >= activity.ends_at or not activity.sign_ups.filter(state=SignUpState.WAITING):
            return 0
        came = CheckEvent.objects.filter(activity=activity).values_list("participant", flat=True)
        if not came:
            return 0
        missing = activity.sign_ups.filter(
            state=SignUpState.PLACED, placed_at__lte=activity.starts_at
        ).exclude(participant__in=set(came))
        missing = missing.exclude(participant__roll_call_lines__roll_call__activity=activity)
        released = missing.update(state=SignUpState.RELEASED, seat=None, ended_at=now)
        fill(activity, now)
    return released


def with_no_shows(now: datetime) -> QuerySet[Activity]:
    """Activities under way for 15 minutes at least to which somebody waits."""
    rows = Activity.objects.filter(
        state=ActivityState.PUBLISHED, starts_at__lte=now - RELEASED_AFTER, ends_at__gt=now
    )
    return rows.filter(sign_ups__state=SignUpState.WAITING).distinct()


def fill(activity: Activity, now: datetime) -> list[SignUp]:
    """Gives the free places of a locked activity to those who wait, in their order.

    `told_at` stays empty: the job that tells people finds them by it.
    """
    moved = []
    for row in activity.sign_ups.filter(state=SignUpState.WAITING).order_by("pk"):
        seat = _free_seat(activity)
        if not seat:
            break
        row.state, row.seat, row.placed_at, row.told_at = SignUpState.PLACED, seat, now, None
        row.save(update_fields=["state", "seat", "placed_at", "told_at"])
        moved.append(row)
    return moved


def locked(activity: Activity) -> Activity:
    """The activity, locked: places are given one after another."""
    rows = Activity.objects.select_for_update(of=("self",)).select_related("unit")
    return rows.get(pk=activity.pk)


def spans_of(activity: Activity) -> list[Span]:
    """The intervals of an activity, in their order."""
    return [(one.starts_at, one.ends_at) for one in activity.intervals.all()]


def _free_seat(activity: Activity) -> int | None:
    """The lowest free place of a locked activity."""
    held = set(activity.sign_ups.filter(state=SignUpState.PLACED).values_list("seat", flat=True))
    return next((seat for seat in range(1, activity.places + 1) if seat not in held), None)


def _other_places(who: Participant, activity: Activity) -> list[tuple[Activity, list[Span]]]:
    """What somebody has a place in about the same time, the activity itself included."""
    near = SignUp.objects.filter(
        participant=who,
        state__in=OPEN_SIGN_UPS,
        activity__state=ActivityState.PUBLISHED,
        activity__starts_at__lt=activity.ends_at + SOFT_GAP,
        activity__ends_at__gt=activity.starts_at - SOFT_GAP,
    ).select_related("activity")
    rows = list(near.prefetch_related("activity__intervals"))
    # On a waiting list nobody is held up: that is warned of only when it is the same.
    kept = [row for row in rows if row.seat or row.activity_id == activity.pk]
    return [(row.activity, spans_of(row.activity)) for row in kept]


def refuse_unfit(activity: Activity, who: Participant) -> None:
    """Raises WrongState for whom an activity does not suit by age or skill."""
    if activity.least_age or activity.most_age is not None:
        age = _age(who, activity)
        if age is None:
            raise WrongState(
                _("Give the year of birth: this activity is not for every age."),
                code="age_unknown",
                field="born_year",
            )
        if age < activity.least_age or (activity.most_age is not None and age > activity.most_age):
            raise WrongState(_("This activity is not for this age."), code="age")
    if activity.skill and activity.skill not in who.skills:
        raise WrongState(
            _("This activity needs somebody for %(skill)s.")
            % {"skill": Skill(activity.skill).label},
            code="skill",
        )


def _age(who: Participant, activity: Activity) -> int | None:
    day = timezone.localdate(activity.starts_at)
    born = who.person.born if who.person is not None else None
    if born is not None:
        return age_on(born, day)
    if who.born_year:
        return day.year - who.born_year
    # Whoever is a party member is 18 at least: nobody is asked for what is known.
    if activity.most_age is None and activity.least_age <= PARTY_AGE and is_member(who):
        return PARTY_AGE
    return None
