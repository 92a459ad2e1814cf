"""Forgetting residents' data that nobody needs any more; run every night, safe to run twice."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from orgs import registry
from orgs.attachments import attachments
from orgs.audit import audit
from orgs.models import Attachment
from residents.enums import ClaimState, DataRequestState
from residents.models import Belonging, CareEntry, Claim, DataRequest, DoorCode, Person

if TYPE_CHECKING:
    from orgs.models import User

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
    for needed in registry.call(registry.Name.PEOPLE_STILL_NEEDED):
        gone = gone.exclude(pk__in=needed)
    keys = list(gone.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    for key in keys:
        erase(person=Person.objects.get(pk=key), by=None, now=now)
    return len(keys)


@transaction.atomic
def erase(
    *, person: Person, keep: Sequence[str] = (), by: "User | None", now: datetime
) -> list[str]:
    """Empties a person of the roll but for the fields to keep; answers the names of the emptied.

    The row stays for those that point at it. Whoever is emptied whole belongs nowhere any more; how
    they belonged, visits and who saw them stay as history without a name.
    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    kept = {*keep, *(f"{name}{end}" for name in keep for end in ("_tail", "_index"))}
    if "id_number" in keep:
        kept.add("id_index")
    emptied = {name: value for name, value in EMPTIED.items() if name not in kept}
    was_set = [name for name, value in emptied.items() if getattr(person, name) != value]
    for name, value in emptied.items():
        setattr(person, name, value)
    person.own_fields = [name for name in person.own_fields if name in keep]
    if not keep:
        person.erased_at = now
        today = timezone.localdate(now)
        for belonging in person.belongings.filter(ends=None):
            belonging.ends = max(today, belonging.starts)
            belonging.save(update_fields=["ends"])
        person.care_entries.all().delete()
        registry.call(registry.Name.PERSON_ERASED, person, by=by, now=now)
    person.save()
    erased = sorted(name for name in was_set if not name.endswith(("_index", "_tail")))
    audit.record("residents.erase-person", by=by, obj=person, detail={"fields": erased}, now=now)
    return erased


@transaction.atomic
def forget_claims(*, of: "User", by: "User", now: datetime) -> list[str]:
    """Empties the names and papers of somebody's claims that were decided; photos go soon after."""
    decided = of.claims.exclude(state=ClaimState.WAITING)
    if not decided.exists():
        return []
    for claim in decided:
        claim.papers.clear()
    decided.update(name="", phone_index="")
    audit.record("residents.forget-claims", by=by, obj=of, now=now)
    return ["claims"]


def forget_care(*, now: datetime) -> int:
    """Deletes entries of care rosters that ended years ago, with what they said before."""
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
    return attachments.forget(old.order_by("pk")[:AT_ONCE], now=now)
