"""Reading accounts."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from volunteers.service.enums import AdjustmentState, Permission
from volunteers.service.models import Adjustment, MinutesAccount, PointsAccount
from volunteers.service.reportins.same_person import own_keys

if TYPE_CHECKING:
    from orgs.models import User


def points_of(user: "User") -> PointsAccount | None:
    """Somebody's own account of points, if it has been booked yet."""
    return PointsAccount.objects.filter(participant__account=user).first()


def minutes_of(user: "User") -> list[MinutesAccount]:
    """Somebody's own accounts of minutes, by kind."""
    return list(MinutesAccount.objects.filter(participant__account=user).order_by("minutes_kind"))


def adjustments_to_decide(user: "User") -> QuerySet[Adjustment]:
    """Adjustments that wait, of somebody else and asked for by somebody else."""
    if not user.has_perm(Permission.ADJUST_ACCOUNTS):
        return Adjustment.objects.none()
    seen: QuerySet[Adjustment] = Adjustment.objects.visible_to(user)
    waiting = seen.filter(state=AdjustmentState.WAITING).exclude(asked_by=user)
    others = waiting.exclude(participant__in=own_keys(user))
    return others.select_related("participant", "asked_by")
