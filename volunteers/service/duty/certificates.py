"""The certificate of voluntary service: what the record says, for whoever asks for their own.

Voluntary minutes alone (志愿服务条例, art. 19; 志愿服务记录与证明出具办法, 民政部令第67号): duty is not
volunteering, and what was given to the family or received from it is no service of one's own.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import Refused
from volunteers.service.enums import CertificateKind, MinutesKind
from volunteers.service.models import Certificate, Credit, Participant
from volunteers.service.reportins import certificates
from volunteers.service.reportins.participants import whose

if TYPE_CHECKING:
    from orgs.models import User

MOST_LINES = 30


def _lines(credits: Any) -> list[dict[str, Any]]:
    rows = credits.select_related("attendance__activity", "order__item", "unit").order_by("-pk")
    lines = []
    for row in rows[:MOST_LINES]:
        what, on = row.task_number, row.approved_at
        if row.attendance is not None:
            what, on = row.attendance.activity.title, row.attendance.activity.starts_at
        elif row.order is not None:
            what = row.order.item.name
        lines.append({"on": f"{timezone.localdate(on)}", "what": what, "minutes": row.minutes})
    return lines


@transaction.atomic
def certify(
    *,
    starts: date | None = None,
    ends: date | None = None,
    participant: Participant | None = None,
    by: "User",
    now: datetime,
) -> Certificate:
    """A certificate of one's own voluntary service, from a month until a month (both included).

    Free, and as often as somebody asks; the desk prints that of a `participant` without an account.
    Raises NotAllowed, Refused (`nothing_to_certify`).
    """
    at_desk, participant = participant, whose(participant, by)
    credits = Credit.objects.filter(
        participant=participant, is_latest=True, minutes_kind=MinutesKind.VOLUNTARY, minutes__gt=0
    )
    if starts:
        credits = credits.filter(month__gte=starts.replace(day=1))
    if ends:
        credits = credits.filter(month__lte=ends)
    if participant is None or not credits.exists():
        message = _("There is no voluntary service to certify yet.")
        raise Refused(message, code="nothing_to_certify")
    sums = credits.order_by().aggregate(minutes=Sum("minutes"), times=Count("pk"))
    months = credits.order_by("month").values_list("month", flat=True)
    payload = {
        "kind": CertificateKind.SERVICE.value,
        "name": participant.name,
        "unit": participant.place.path_name,
        "from": f"{months.first():%Y-%m}",
        "until": f"{months.last():%Y-%m}",
        "minutes": sums["minutes"],
        "times": sums["times"],
        "services": _lines(credits),
        "issued_on": f"{timezone.localdate(now)}",
    }
    certificate = certificates.issue(
        CertificateKind.SERVICE,
        unit=participant.place,
        payload=payload,
        participant=participant,
        by=by,
        now=now,
    )
    audit.record(
        "service.certify", by=by, obj=certificate, detail=audit.on_behalf_of(at_desk), now=now
    )
    return certificate
