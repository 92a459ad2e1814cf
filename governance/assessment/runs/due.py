"""Which runs are due: the periods of each scheme in force that have no row, oldest first.

No window of a clock decides: after three months' standstill each period is computed once.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from governance.assessment.enums import PeriodKind, SchemeState
from governance.assessment.models import Run, Scheme
from governance.assessment.periods import Period
from governance.assessment.runs import computing, runs
from orgs.errors import WrongState


def due(now: datetime) -> Iterator[tuple[Scheme, Period]]:
    """The periods that lack a run. Shorter periods come first: a year is made of closed months."""
    schemes = Scheme.objects.filter(state=SchemeState.PUBLISHED).select_related("district")
    missing: list[tuple[Period, Scheme]] = []
    for scheme in schemes.order_by("pk"):
        kind = PeriodKind(scheme.period_kind)
        known = set(
            Run.objects.filter(district=scheme.district_id, code=scheme.code).values_list(
                "period", flat=True
            )
        )
        until = timezone.localdate(now) - timedelta(days=scheme.delay_days)
        missing += [
            (period, scheme)
            for period in Period.at(kind, scheme.begins).until(until)
            if period.name not in known
        ]
    missing.sort(key=lambda pair: (pair[0].last, -pair[0].first.toordinal(), pair[1].pk))
    for period, scheme in missing:
        yield scheme, period


def run_due(now: datetime) -> int:
    """Starts and computes what is due, oldest first, and what a worker left; answers how many."""
    computed = sum(computing.compute(key, now) for key in computing.waiting(now))
    for scheme, period in due(now):
        try:
            run = runs.start(scheme=scheme, period=period.name, by=None, now=now)
        except WrongState:
            continue  # somebody else was faster
        computed += computing.compute(run.pk, now)
    return computed
