"""What a secretary has to look at, and what the yearly publicity shows."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Sum, When
from django.utils import timezone

from volunteers.service.attendance.reviews import TO_REVIEW
from volunteers.service.enums import AppealState, ClaimState, MonthState, Permission, ReviewState
from volunteers.service.models import Appeal, Attendance, MonthResult, ServiceMonth, ServicePost
from volunteers.service.reportins.same_person import own_keys

if TYPE_CHECKING:
    from orgs.models import User

# Lines of one section of the desk; the section's own page has the rest.
MOST = 20


def months(user: "User") -> QuerySet[ServiceMonth]:
    """The months in sight with their counts, what is under review first."""
    seen: QuerySet[ServiceMonth] = ServiceMonth.objects.visible_to(user)
    return seen.select_related("branch").annotate(
        members=Count("results"),
        clean=Count("results", filter=Q(results__met=True, results__rating="")),  # type: ignore[no-redef]
        short=Count("results", filter=Q(results__met=False, results__rating="")),
        unrated=Count("results", filter=Q(results__rating="")),
        waits=Case(When(state=MonthState.REVIEW, then=0), default=1, output_field=IntegerField()),
    )


def attendances_waiting(month: ServiceMonth) -> int:
    """The attendances of a month's members that nobody has looked at: they count for nothing yet."""
    following = (month.month + timedelta(days=32)).replace(day=1)
    begins, ends = (
        timezone.make_aware(datetime.combine(day, datetime.min.time()))
        for day in (month.month, following)
    )
    members = month.results.order_by().values("participant")
    rows = Attendance.objects.filter(
        participant__in=members, review__in=TO_REVIEW, activity__starts_at__gte=begins
    )
    return rows.filter(activity__starts_at__lt=ends).count()


def results(month: ServiceMonth) -> QuerySet[MonthResult]:
    """Members of a month in order of name: never of minutes or points."""
    rows = MonthResult.objects.filter(month=month).select_related("participant")
    return rows.annotate(minutes=F("duty_minutes") + F("voluntary_minutes")).order_by(
        "participant__name_key", "pk"
    )


def appeals(user: "User", own: frozenset[int] | None = None) -> QuerySet[Appeal]:
    """Appeals that somebody may decide, as `appeals.decide` has it, the oldest first.

    `own`: the keys of whoever asks as a participant, where they are known.
    """
    if not user.has_perm(Permission.DECIDE_APPEALS):
        return Appeal.objects.none()
    seen: QuerySet[Appeal] = Appeal.objects.visible_to(user)
    waiting = seen.filter(state=AppealState.WAITING).exclude(by=user)
    own = own_keys(user) if own is None else own
    waiting = waiting.exclude(participant__in=own).exclude(long_day__decided_by=user)
    for at in ("attendance", "credit__attendance"):
        refused = {f"{at}__review": ReviewState.REJECTED, f"{at}__reviewed_by": user}
        waiting = waiting.exclude(**{f"{at}__entered_by": user}).exclude(**refused)
    return waiting.select_related(
        "participant",
        "unit",
        "credit__attendance__activity",
        "credit__order__item",
        "attendance__activity",
        "long_day",
        "result__month",
    ).order_by("pk")


def vacancies(user: "User", today: date) -> QuerySet[ServicePost]:
    """Posts with free places, by building."""
    seen: QuerySet[ServicePost] = ServicePost.objects.visible_to(user)
    held = Count("claims", filter=Q(claims__state=ClaimState.CONFIRMED))
    open_ones = seen.filter(closed_at=None, starts__lte=today, ends__gte=today)
    return (
        open_ones.select_related("unit")
        .annotate(free=F("number") - held)
        .filter(free__gt=0)
        .order_by("unit__code", "pk")
    )


@dataclass(frozen=True)
class Publicity:
    """The year of a branch: sums, and the lines of those who agreed to be named."""

    branch: str
    members: int
    activities: int
    minutes: int
    named: list[dict[str, Any]]


def publicity(user: "User", year: int) -> list[Publicity]:
    """Sums per branch of a year's closed months; a line only with consent (志愿服务条例, art. 20),
    in order of name, never of points. Three statements at most."""
    rows = MonthResult.objects.filter(
        month__state=MonthState.CLOSED,
        month__month__year=year,
        month__in=ServiceMonth.objects.visible_to(user).order_by().values("pk"),
    )
    sums = (
        rows.order_by()
        .values("month__branch", "month__branch__name")
        .annotate(
            members=Count("participant", distinct=True),
            activities=Sum("activities"),
            minutes=Sum(F("duty_minutes") + F("voluntary_minutes")),
        )
        .order_by("month__branch__name")
    )
    named: dict[int, list[dict[str, Any]]] = {}
    lines = (
        rows.filter(participant__shows_name_since__isnull=False)
        .order_by()
        .values("month__branch", "participant__name", "participant__name_key", "participant")
        .annotate(minutes=Sum(F("duty_minutes") + F("voluntary_minutes")))
        .order_by("participant__name_key", "participant")
    )
    for line in lines:
        named.setdefault(line["month__branch"], []).append(
            {"name": line["participant__name"], "minutes": line["minutes"]}
        )
    return [
        Publicity(
            one["month__branch__name"],
            one["members"],
            one["activities"],
            one["minutes"],
            named.get(one["month__branch"], []),
        )
        for one in sums
    ]


def this_year() -> int:
    return timezone.localdate().year
