"""Reading posts, their claims and where places are free."""

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from orgs.scoping import lies_in
from volunteers.service.enums import ClaimState
from volunteers.service.models import PostClaim, ServicePost

if TYPE_CHECKING:
    from orgs.models import Unit, User

HELD = Q(claims__state=ClaimState.CONFIRMED)
WAITING = Q(claims__state=ClaimState.CLAIMED)


def with_counts(rows: QuerySet[ServicePost]) -> QuerySet[ServicePost]:
    """Each with `held`, the places taken, and `waiting`, the claims to decide."""
    return rows.select_related("unit", "branch").annotate(
        held=Count("claims", filter=HELD, distinct=True),
        waiting=Count("claims", filter=WAITING, distinct=True),
    )


def held(post: ServicePost) -> int:
    """How many places of a post that was read with its counts are taken."""
    return int(getattr(post, "held", 0))


def posts(user: "User") -> QuerySet[ServicePost]:
    """The posts that somebody may see."""
    return with_counts(ServicePost.objects.visible_to(user))


def in_force(rows: QuerySet[ServicePost], today: date) -> QuerySet[ServicePost]:
    """Those that can be claimed today."""
    return rows.filter(closed_at=None, ends__gte=today)


def claims_of(post: ServicePost, user: "User") -> QuerySet[PostClaim]:
    """The claims of a post that somebody may see, those to decide first."""
    seen: QuerySet[PostClaim] = PostClaim.objects.visible_to(user).filter(post=post)
    return seen.select_related("participant", "post__unit").prefetch_related("ratings")


def mine(user: "User") -> QuerySet[PostClaim]:
    """Somebody's own claims, the latest first."""
    own = PostClaim.objects.filter(participant__account=user)
    return own.select_related("post__unit", "participant").order_by("-pk")


def vacancies(unit: "Unit", user: "User", today: date) -> QuerySet[ServicePost]:
    """Posts of a place and below it, where somebody sees them, each with `taken`: the places held."""
    confirmed = (
        PostClaim.objects.filter(state=ClaimState.CONFIRMED, post=OuterRef("pk"))
        .order_by()
        .values("post")
        .annotate(count=Count("pk"))
        .values("count")
    )
    here = in_force(ServicePost.objects.visible_to(user), today).filter(lies_in(unit, "unit"))
    return here.annotate(taken=Coalesce(Subquery(confirmed), 0))
