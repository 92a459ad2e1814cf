"""Forgetting what has ended long ago; run every night, safe to run twice."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from orgs.audit import audit
from volunteers.models import BuildingPost, HouseholdLink, PartyMembership

# As the page on personal data says.
MEMBERSHIPS_LAST = timedelta(days=10 * 365)
POSTS_LAST = timedelta(days=3 * 365)
LINKS_LAST = timedelta(days=3 * 365)


@transaction.atomic
def forget(*, now: datetime) -> dict[str, int]:
    """Deletes rows that ended long ago; gives numbers by kind."""
    today = timezone.localdate(now)
    done = {
        "memberships": PartyMembership.objects.filter(ends__lt=today - MEMBERSHIPS_LAST),
        "posts": BuildingPost.objects.filter(ends__lt=today - POSTS_LAST),
        "links": HouseholdLink.objects.filter(ends__lt=today - LINKS_LAST),
    }
    counts = {name: int(rows.delete()[0]) for name, rows in done.items()}
    if any(counts.values()):
        audit.record("volunteers.forget", by=None, detail=counts, now=now)
    return counts
