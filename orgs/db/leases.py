"""Claims of workers on rows, which lapse by themselves."""

from datetime import datetime, timedelta

from django.db.models import Q


def lapsed(field: str, now: datetime, lasts: timedelta) -> Q:
    """Rows that nobody claims, or whose claim is old, or was made by a clock that was ahead."""
    return (
        Q(**{field: None}) | Q(**{f"{field}__lt": now - lasts}) | Q(**{f"{field}__gt": now + lasts})
    )
