"""Letters to sending organisations about their members' month: totals and the branch's words.

No place, no time of day, no picture. A letter is a certificate: whoever scans it reads what it truly
says. A later correction is the next revision, and the one before is revoked.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.enums import Role
from orgs.errors import NotAllowed
from orgs.models import PartyOrganisation, Position, Unit
from orgs.notifications.notifications import NewNotice, notify
from orgs.values.days import in_force
from volunteers.service.duty.notifications import LETTER
from volunteers.service.enums import CertificateKind, Permission
from volunteers.service.models import Certificate, MonthLetter, MonthResult, ServiceMonth
from volunteers.service.reportins import certificates

if TYPE_CHECKING:
    from orgs.models import User

# What a letter says of a member.
_SAID = (
    *("name", "activities", "needed_activities", "minutes", "needed_minutes", "met"),
    *("rating", "words"),
)


def payload_of(
    month: ServiceMonth, employer: str, members: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """What a letter to an organisation of that name says of its members."""
    return {
        "kind": CertificateKind.LETTER.value,
        "branch": month.branch.name,
        "employer": employer,
        "month": f"{month.month:%Y-%m}",
        "members": members,
        "total_members": len(members),
        "total_met": sum(one["met"] for one in members),
        "total_minutes": sum(one["minutes"] for one in members),
    }


def members_of(months: Iterable[int]) -> dict[tuple[int, int, str], list[dict[str, Any]]]:
    """What letters say of each member, in order of name, by month and employer (key and name)."""
    rows = (
        MonthResult.objects.filter(month__in=list(months), report_in__employer__isnull=False)
        .order_by("participant__name_key", "pk")
        .annotate(all_minutes=F("duty_minutes") + F("voluntary_minutes"))
        .values_list(
            *("month", "report_in__employer", "report_in__employer__name", "participant__name"),
            *("activities", "needed_activities", "all_minutes", "needed_minutes", "met"),
            *("rating", "rating_text"),
        )
    )
    found: dict[tuple[int, int, str], list[dict[str, Any]]] = defaultdict(list)
    for month, employer, employer_name, *said in rows:
        found[month, employer, employer_name].append(dict(zip(_SAID, said, strict=True)))
    return found


def write(months: Sequence[ServiceMonth], now: datetime) -> int:
    """Writes what closed months lack: a first letter, or a correction where something changed.

    The caller holds the months' rows. How many letters were written.
    """
    months_by_key = {row.pk: row for row in months}
    latest = {
        (letter.month_id, letter.employer_id): letter
        for letter in MonthLetter.objects.filter(month__in=months_by_key)
        .select_related("certificate")
        .order_by("revision")
    }
    places = _places(months)
    letters = []
    for (key, employer, name), members in members_of(months_by_key).items():
        month, before = months_by_key[key], latest.get((key, employer))
        payload = payload_of(month, name, members)
        if before and before.certificate.payload == payload:
            continue
        certificate = certificates.made(
            CertificateKind.LETTER,
            unit=places[month.branch_id],
            payload=payload,
            employer=employer,
            by=None,
            now=now,
        )
        revision = before.revision + 1 if before else 1
        letters.append(
            MonthLetter(
                month=month,
                employer_id=employer,
                revision=revision,
                certificate=certificate,
                made_at=now,
            )
        )
        if before:
            because = _("Replaced by revision %(number)d of this letter.") % {"number": revision}
            certificates.revoke(before.certificate, because=because, by=None, now=now)
    Certificate.objects.bulk_create([one.certificate for one in letters], batch_size=500)
    for letter in letters:
        # Now that it has a key.
        letter.certificate = letter.certificate
    MonthLetter.objects.bulk_create(letters, batch_size=500)
    return len(letters)


def _places(months: Sequence[ServiceMonth]) -> dict[int, Unit]:
    """A unit that each branch covers, where its letters are kept."""
    covers = PartyOrganisation.covers.through._default_manager
    rows = covers.filter(partyorganisation__in={row.branch_id for row in months})
    return {
        row.partyorganisation_id: row.unit for row in rows.select_related("unit").order_by("-pk")
    }


def send(now: datetime) -> int:
    """Tells the organisations of letters that were not sent yet; how many. Twice tells nobody twice."""
    waiting = list(
        MonthLetter.objects.filter(sent_at=None)
        .select_related("month__branch", "employer")
        .order_by("pk")[:500]
    )
    readers = defaultdict(set)
    held = Position.objects.filter(
        in_force(timezone.localdate(now)),
        role=Role.EMPLOYER,
        party_organisation__in=[letter.employer_id for letter in waiting],
    )
    for organisation, user in held.order_by().values_list("party_organisation", "user"):
        readers[organisation].add(user)
    notices = [
        NewNotice(
            LETTER,
            f"month-letter:{letter.pk}",
            user,
            reverse("service:letter", args=[letter.pk]),
            {
                "branch": letter.month.branch.name,
                "month": f"{letter.month.month:%Y-%m}",
                "revision": letter.revision,
            },
        )
        for letter in waiting
        for user in readers[letter.employer_id]
    ]
    with transaction.atomic():
        notify(notices, now=now)
        MonthLetter.objects.filter(pk__in=[one.pk for one in waiting], sent_at=None).update(
            sent_at=now
        )
    return len(waiting)


@transaction.atomic
def receive(*, letter: MonthLetter, by: "User", now: datetime) -> MonthLetter:
    """The organisation acknowledges a letter; once, the first receipt stays.

    Raises NotAllowed for whoever does not answer for it.
    """
    row: MonthLetter = MonthLetter.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=letter.pk
    )
    if not by.has_perm(Permission.RECEIVE_LETTERS, row):
        raise NotAllowed(_("Only the organisation that it is for acknowledges a letter."))
    if row.received_at is None:
        row.received_by, row.received_at = by, now
        row.save(update_fields=["received_by", "received_at"])
        audit.record("service.receive-letter", by=by, obj=row, now=now)
    return row
