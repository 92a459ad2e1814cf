"""Reading activities and who signed up."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from orgs.models import Attachment
from volunteers.service.enums import OPEN_SIGN_UPS, ActivityState, SignUpState
from volunteers.service.models import Activity, ActivityAttachment, SignUp

if TYPE_CHECKING:
    from orgs.models import User
    from orgs.scoping import Person

# How long before the start and after the end people check in and out.
CHECK_BEFORE, CHECK_AFTER = timedelta(hours=1), timedelta(hours=2)


def is_open_for_check(activity: Activity, now: datetime) -> bool:
    """Whether people check in and out now."""
    in_time = activity.starts_at - CHECK_BEFORE <= now <= activity.ends_at + CHECK_AFTER
    return in_time and activity.state == ActivityState.PUBLISHED


def whole(rows: QuerySet[Activity], user: "User") -> QuerySet[Activity]:
    """Each with `placed` and `waiting` counted, and `my_state`, that of the reader's own sign-up."""
    own = SignUp.objects.filter(
        activity=OuterRef("pk"), participant__account=user, state__in=OPEN_SIGN_UPS
    )
    return rows.select_related("unit", "branch", "item", "organiser").annotate(
        placed=_counted(SignUpState.PLACED),
        waiting=_counted(SignUpState.WAITING),
        my_state=Subquery(own.values("state")[:1]),
    )


def _counted(state: SignUpState) -> Any:
    """By a subquery: two joins of the same table would multiply."""
    rows = SignUp.objects.filter(activity=OuterRef("pk"), state=state).order_by()
    counted = rows.values("activity").annotate(number=Count("pk")).values("number")
    return Subquery(counted)


def activities(user: "User") -> QuerySet[Activity]:
    """The activities that somebody may see."""
    return whole(Activity.objects.visible_to(user), user)


def ahead(rows: QuerySet[Activity], now: datetime) -> QuerySet[Activity]:
    """Published ones that are not over."""
    return rows.filter(state=ActivityState.PUBLISHED, ends_at__gt=now)


def signed_up(rows: QuerySet[Activity], user: "User") -> QuerySet[Activity]:
    """Those to which somebody signed up."""
    own = SignUp.objects.filter(
        activity=OuterRef("pk"), participant__account=user, state__in=OPEN_SIGN_UPS
    )
    return rows.filter(Exists(own))


def kept(rows: QuerySet[Activity], user: "User") -> QuerySet[Activity]:
    """Those that somebody organises, drafts first of all."""
    return rows.filter(organiser=user)


def sign_ups(activity: Activity) -> QuerySet[SignUp]:
    """Who has a place, who waits, in their order."""
    rows: QuerySet[SignUp] = activity.sign_ups.filter(state__in=OPEN_SIGN_UPS)
    return rows.select_related("participant", "activity__unit").order_by("state", "seat", "pk")


def own_sign_up(activity: Activity, user: "User") -> SignUp | None:
    """The reader's own open sign-up."""
    return sign_ups(activity).filter(participant__account=user).first()


def of_calendar(user: "User") -> QuerySet[SignUp]:
    """Open sign-ups of somebody to what was published, with the time; cancelled ones included."""
    rows = SignUp.objects.filter(participant__account=user, state__in=OPEN_SIGN_UPS)
    rows = rows.exclude(activity__state=ActivityState.DRAFT)
    return rows.select_related("activity__unit").prefetch_related("activity__intervals")


def organised(user: "User") -> QuerySet[Activity]:
    """What somebody organises and has published."""
    rows = Activity.objects.filter(organiser=user, published_at__isnull=False)
    return rows.select_related("unit").prefetch_related("intervals")


def in_span(user: "User", starts: datetime, ends: datetime) -> QuerySet[Activity]:
    """What somebody sees of a span of time, in the order of time; drafts only their organiser's."""
    rows = activities(user).filter(starts_at__lt=ends, ends_at__gt=starts)
    return rows.exclude(~Q(organiser=user), state=ActivityState.DRAFT).order_by("starts_at", "pk")


def pictures(activity: Activity) -> list[ActivityAttachment]:
    """The pictures of a summary, in their order."""
    rows = ActivityAttachment.objects.filter(entry__activity=activity)
    return list(rows.select_related("attachment").order_by("entry", "position"))


def with_pictures(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    """With the timeline and its pictures."""
    attached = ActivityAttachment.objects.select_related("attachment")
    return rows.prefetch_related("intervals", Prefetch("entries__attached", attached))


def may_see_attachment(user: "Person", attachment: Attachment) -> bool:
    """Whether a picture belongs to an activity that somebody sees."""
    row = ActivityAttachment.objects.filter(attachment=attachment).first()
    if row is None or not user.is_authenticated:
        return False
    seen = Activity.objects.visible_to(user, one=True)
    return bool(seen.filter(entries__attached=row).exists())
