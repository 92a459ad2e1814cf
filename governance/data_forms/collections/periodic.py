"""Periodic forms: which rounds are due, opened on their day; what nobody needs any more is forgotten."""

from collections.abc import Iterator
from datetime import datetime

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from governance.assessment.enums import PeriodKind
from governance.assessment.periods import Period
from governance.data_forms.collections import collections
from governance.data_forms.enums import CollectionState, Repeats
from governance.data_forms.fillings.fillings import KEPT
from governance.data_forms.models import CatalogueForm, Collection, SubmissionRow
from orgs.audit import audit
from orgs.errors import DomainError

logger = structlog.get_logger(__name__)


def due(now: datetime) -> Iterator[tuple[CatalogueForm, Period]]:
    """The periods that are over and were not asked, oldest first: no window of a clock decides.

    The first one is that in which the form was admitted.
    """
    today = timezone.localdate(now)
    entries = CatalogueForm.objects.exclude(repeats=Repeats.ONCE).filter(ends=None)
    missing: list[tuple[Period, CatalogueForm]] = []
    for entry in entries.select_related("street", "form", "department").order_by("pk"):
        known = set(entry.collections.values_list("period", flat=True))
        first = Period.at(PeriodKind(entry.repeats), timezone.localdate(entry.admitted_at))
        missing += [(one, entry) for one in first.until(today) if one.name not in known]
    missing.sort(key=lambda pair: (pair[0].last, pair[1].pk))
    for period, entry in missing:
        yield entry, period


def ask_due(now: datetime) -> int:
    """Opens every round that is due; run twice it changes nothing. Answers how many."""
    opened = 0
    for entry, period in list(due(now)):
        try:
            with transaction.atomic():
                collections.open_round(entry, period.name, now)
        except IntegrityError:
            continue  # another worker was faster
        except DomainError as refusal:
            # The others are asked all the same.
            logger.warning("round_refused", entry=entry.pk, period=period.name, code=refusal.code)
            continue
        opened += 1
    return opened


@transaction.atomic
def forget_rows(now: datetime) -> int:
    """Deletes the rows of collections that were delivered 30 days ago, and of withdrawn ones at once; of
    periodic forms still asked for the last round stays, which the next one is compared with. Answers
    how many.
    """
    later = Collection.objects.filter(
        entry=OuterRef("submission__collection__entry"), pk__gt=OuterRef("submission__collection"),
        state=CollectionState.DELIVERED,
    )  # fmt: skip
    ended = Q(submission__collection__delivered_at__lte=now - KEPT) | Q(
        submission__collection__state=CollectionState.WITHDRAWN
    )
    is_last = Q(
        submission__collection__state=CollectionState.DELIVERED,
        submission__collection__entry__ends=None,
    ) & ~Q(submission__collection__period="")
    rows = SubmissionRow.objects.filter(ended).exclude(is_last & ~Exists(later))
    count, _each = rows.delete()
    if count:
        audit.record("data_forms.forget-rows", by=None, detail={"rows": count}, now=now)
    return count
