"""The intervals of an activity: half-open, one after another, over midnight if need be."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise

from django.utils.translation import gettext as _

from orgs.errors import Refused
from volunteers.service.accounts.spans import Span

LONGEST = timedelta(hours=24)
MOST = 20
# Two activities with less between them than this are warned of: somebody has to get there.
SOFT_GAP = timedelta(minutes=30)


def checked(spans: Iterable[Span]) -> list[Span]:
    """The spans in their order. Raises Refused for what no activity can have."""
    ordered = sorted(spans)
    if not 1 <= len(ordered) <= MOST:
        raise Refused(
            _("An activity has 1 to %(most)d intervals.") % {"most": MOST},
            code="bad_intervals",
            field="starts_at",
        )
    for starts, ends in ordered:
        if ends <= starts:
            raise Refused(
                _("The end lies before the beginning."), code="ends_first", field="ends_at"
            )
        if ends - starts > LONGEST:
            raise Refused(
                _("One interval lasts 24 hours at most: enter the days one by one."),
                code="too_long",
                field="ends_at",
            )
    for (_first, ends), (starts, _last) in pairwise(ordered):
        if starts < ends:
            raise Refused(
                _("Two intervals of this activity overlap."), code="overlap", field="starts_at"
            )
    return ordered
