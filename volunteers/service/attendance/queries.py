"""Reading attendance: who is there now, what has to be looked at, what somebody did."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from volunteers.service.attendance.reviews import TO_REVIEW
from volunteers.service.enums import Direction, EvidenceState, SampleAnswer, SignUpState
from volunteers.service.models import (
    Activity,
    Attendance,
    CheckEvent,
    Flag,
    LongDay,
    Participant,
    ServedQuestion,
)
from volunteers.service.reportins.same_person import Oneself, own_keys

if TYPE_CHECKING:
    from orgs.models import User


@dataclass(frozen=True)
class Person:
    """One line of the organiser's list: who, with a place or not, what the evidence says now."""

    participant: Participant
    seat: int | None
    last: CheckEvent | None
    attendance: Attendance | None

    @property
    def is_in(self) -> bool:
        return self.last is not None and self.last.direction == Direction.IN


def people_of(activity: Activity) -> list[Person]:
    """Who signed up or came, those with places first; four queries."""
    seats = dict(
        activity.sign_ups.filter(state__in=[SignUpState.PLACED, SignUpState.RELEASED]).values_list(
            "participant", "seat"
        )
    )
    last = {
        event.participant_id: event
        for event in activity.checks.filter(answers=None)
        .exclude(state=EvidenceState.REFUSED)
        .order_by("at")
    }
    rows = {row.participant_id: row for row in activity.attendances.select_related("entered_by")}
    keys = seats.keys() | last.keys() | rows.keys()
    found: Iterable[Participant] = Participant.objects.filter(pk__in=keys).order_by("name", "pk")
    people = [Person(one, seats.get(one.pk), last.get(one.pk), rows.get(one.pk)) for one in found]
    return sorted(people, key=lambda person: (person.seat is None, person.seat or 0))


def to_review(user: "User", own: frozenset[int] | None = None) -> QuerySet[Attendance]:
    """What somebody may look at because it is not clean, the oldest activity first.

    `own`: the keys of whoever asks as a participant, where they are known.
    """
    seen: QuerySet[Attendance] = Attendance.objects.visible_to(user)
    rows = seen.filter(review__in=TO_REVIEW, activity__ends_at__isnull=False)
    own = own_keys(user) if own is None else own
    rows = rows.exclude(participant__in=own).exclude(entered_by=user)
    missing_last = Case(
        When(review="missing_out", then=Value(1)), default=Value(0), output_field=IntegerField()
    )
    return rows.select_related("activity__unit", "participant", "entered_by").annotate(
        later=missing_last
    )


def long_days(user: "User") -> QuerySet[LongDay]:
    """Time of orders and work orders that waits for somebody other than who served, the oldest first."""
    seen: QuerySet[LongDay] = LongDay.objects.visible_to(user).filter(approved=None)
    others = seen.exclude(participant__in=own_keys(user))
    return others.select_related("unit", "participant")


def open_flags(user: "User") -> QuerySet[Flag]:
    """The flags that nobody has decided yet, but for those about oneself."""
    oneself = Oneself(user)
    seen: QuerySet[Flag] = Flag.objects.visible_to(user)
    others = seen.filter(
        Q(participant=None) | ~Q(participant__in=oneself.keys),
        Q(activity=None) | ~Q(activity__organiser__in=oneself.accounts),
        upheld=None,
    )
    return others.select_related("unit", "activity", "participant")


def answers_by_organiser(user: "User") -> list[Any]:
    """How the samples of the people served were answered, by organiser; no order but the name."""
    seen = ServedQuestion.objects.visible_to(user).order_by()
    rows = seen.values("organiser", "organiser__name").annotate(
        asked=Count("pk"),
        answered=Count("pk", filter=~Q(answer="")),
        otherwise=Count("pk", filter=Q(answer__in=[SampleAnswer.NO, SampleAnswer.LESS])),
    )
    return list(rows.order_by("organiser__name"))


def to_ring(user: "User") -> Any:
    """Questions to people without an account, which the desk asks by telephone: not their organiser, and
    not whoever served.
    """
    oneself = Oneself(user)
    seen = ServedQuestion.objects.visible_to(user).exclude(organiser__in=oneself.accounts)
    rows = seen.filter(answer="", participant__account=None, participant__person__account=None)
    rows = rows.exclude(credit__participant__in=oneself.keys)
    return rows.select_related("participant", "credit__participant").order_by("pk")


def last_check(activity: Activity, user: "User") -> CheckEvent | None:
    """Somebody's own latest evidence at an activity."""
    rows = CheckEvent.objects.filter(activity=activity, participant__account=user, answers=None)
    return rows.order_by("-at").first()
