"""Forgetting residents' data that nobody needs any more; run every night, safe to run twice."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from orgs import audit, registry
from orgs.models import Attachment
from residents.enums import ClaimState, DataRequestState
from residents.models import Belonging, CareEntry, Claim, DataRequest, DoorCode, Person

PAPERS_LAST = timedelta(days=90)
CODES_LAST = timedelta(days=30)
REQUESTS_LAST = timedelta(days=3 * 365)
AT_ONCE = 500
# What is left of somebody erased: a row that others point at.
EMPTIED: dict[str, Any] = {
    "name": "", "id_number": "", "id_index": None, "phone": "", "phone_index": "",
    "phone_tail": "", "sex": "", "born": None, "ethnicity": "", "marital": "", "employment": "",
    "insurance": "", "registered_at": "", "note": "", "guardian": None, "account": None,
    "died_on": None,
}  # fmt: skip


def forget(*, now: datetime) -> dict[str, int]:
    """Does all of it; gives numbers by kind."""
    done = {
        "people": erase_moved_out(now=now),
        "care": forget_care(now=now),
        "papers": forget_papers(now=now),
        "door_codes": DoorCode.objects.filter(expires_at__lt=now - CODES_LAST).delete()[0],
        "data_requests": DataRequest.objects.exclude(state=DataRequestState.OPEN)
        .filter(decided_at__lt=now - REQUESTS_LAST)
        .delete()[0],
    }
    if any(done.values()):
        audit.record("residents.forget", by=None, detail=done, now=now)
    return done


def erase_moved_out(*, now: datetime) -> int:
    """Empties people who left their last home, or were entered without one, years ago.

    Guardians of people who are still known stay, and whoever upper floors still need.
    """
    last_day = timezone.localdate(now) - timedelta(days=365 * settings.ROLL_KEEPS_YEARS)
    recent = Belonging.objects.filter(person=OuterRef("pk")).filter(
        Q(ends=None) | Q(ends__gte=last_day)
    )
    wards = Person.objects.filter(guardian=OuterRef("pk"), erased_at=None)
    gone = Person.objects.filter(
        ~Exists(recent), ~Exists(wards), erased_at=None, entered_at__date__lt=last_day
    )
    for needed in registry.call("people_still_needed"):
        gone = gone.exclude(pk__in=needed)
    keys = list(gone.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    for key in keys:
        with transaction.atomic():
            person = Person.objects.select_for_update(of=("self",)).get(pk=key)
            for name, value in EMPTIED.items():
                setattr(person, name, value)
            person.erased_at = now
            person.save()
            person.care_entries.all().delete()
            audit.record("residents.erase-person", by=None, obj=person, now=now)
    return len(keys)


def forget_care(*, now: datetime) -> int:
    """Deletes entries of care ledgers that ended years ago, with what they said before."""
    last_day = timezone.localdate(now) - timedelta(days=365 * settings.ROLL_KEEPS_YEARS)
    old = CareEntry.objects.filter(ends__lt=last_day)
    keys = list(old.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    CareEntry.objects.filter(pk__in=keys).delete()
    return len(keys)


def forget_papers(*, now: datetime) -> int:
    """Deletes the papers of claims decided 90 days ago, files included."""
    waiting = Claim.objects.filter(papers=OuterRef("pk"), state=ClaimState.WAITING)
    elsewhere = {
        f"{relation.name}__isnull": True
        for relation in Attachment._meta.related_objects
        if relation.name != "claims"
    }
    old = Attachment.objects.filter(
        ~Exists(waiting),
        pk__in=Claim.objects.filter(decided_at__lt=now - PAPERS_LAST, papers__isnull=False).values(
            "papers"
        ),
        **elsewhere,
    )
    count = 0
    for paper in old.order_by("pk")[:AT_ONCE]:
        files = [one for one in (paper.original, paper.file, paper.thumbnail) if one.name]
        with transaction.atomic():
            audit.record("attachments.forget", by=None, obj=paper, now=now)
            paper.delete()
        for file in files:
            file.storage.delete(str(file.name))
        count += 1
    return count
