"""Letters to sending organisations about their members' month: totals and the branch's words.

No place, no time of day, no picture. A letter is a certificate: whoever scans it reads what it truly
says. A later correction is the next revision, and the one before is revoked.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
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
from volunteers.service.models import MonthLetter, MonthResult, ServiceMonth
from volunteers.service.reportins import certificates

if TYPE_CHECKING:
    from orgs.models import User


def payload_of(
    month: ServiceMonth, employer: Any, results: Sequence[MonthResult]
) -> dict[str, Any]:
    """What a letter says, in order of name."""
    members = [
        {
            "name": row.participant.name,
            "activities": row.activities,
            "needed_activities": row.needed_activities,
            "minutes": row.duty_minutes + row.voluntary_minutes,
            "needed_minutes": row.needed_minutes,
            "met": row.met,
            "rating": row.rating,
            "words": row.rating_text,
        }
        for row in sorted(results, key=lambda one: (one.participant.name_key, one.pk))
    ]
    return {
        "kind": CertificateKind.LETTER.value,
        "branch": month.branch.name,
        "employer": employer.name,
        "month": f"{month.month:%Y-%m}",
        "members": members,
        "total_members": len(members),
        "total_met": sum(one["met"] for one in members),
        "total_minutes": sum(one["minutes"] for one in members),
    }


def write(months: Sequence[ServiceMonth], now: datetime) -> int:
    """Writes what closed months lack: a first letter, or a correction where something changed.

    The caller holds the months' rows. How many letters were written.
    """
    months_by_key = {row.pk: row for row in months}
    results: dict[tuple[int, Any], list[MonthResult]] = defaultdict(list)
    rows = MonthResult.objects.filter(month__in=months_by_key, report_in__employer__isnull=False)
    for row in rows.select_related("participant", "report_in__employer").order_by("pk"):
        results[row.month_id, row.report_in.employer].append(row)
    latest = {
        (letter.month_id, letter.employer_id): letter
        for letter in MonthLetter.objects.filter(month__in=months_by_key)
        .select_related("certificate")
        .order_by("revision")
    }
    places = _places(months)
    written = 0
    for (key, employer), members in results.items():
        month, before = months_by_key[key], latest.get((key, employer.pk))
        payload = payload_of(month, employer, members)
        if before and before.certificate.payload == payload:
            continue
        certificate = certificates.issue(
            CertificateKind.LETTER,
            unit=places[month.branch_id],
            payload=payload,
            employer=employer,
            by=None,
            now=now,
        )
        revision = before.revision + 1 if before else 1
        MonthLetter.objects.create(
            month=month, employer=employer, revision=revision, certificate=certificate, made_at=now
        )
        if before:
            because = _("Replaced by revision %(number)d of this letter.") % {"number": revision}
            certificates.revoke(before.certificate, because=because, by=None, now=now)
        written += 1
    return written


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
