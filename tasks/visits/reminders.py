"""Reminding those invited to a joint visit."""

from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from orgs.notifications import notifications
from orgs.workflow.notifications import Staff
from tasks.enums import Action
from tasks.models import JointVisit, VisitGuest
from tasks.visits.queries import due_reminders
from tasks.workflow.audiences import guest_people
from tasks.workflow.notifications import visit_notice


@transaction.atomic
def remind(now: datetime) -> int:
    """Reminds those invited to the visits that are near; answers how many notices are new.

    Twice changes nothing: the reminder of a visit has one key.
    """
    guests: dict[JointVisit, list[VisitGuest]] = defaultdict(list)
    for guest in due_reminders(now):
        guests[guest.visit].append(guest)
    staff = Staff(timezone.localdate(now))
    notices = []
    for visit, invited in guests.items():
        told = {
            "starts_at": visit.starts_at.isoformat(),
            "place": visit.place,
            "subject": visit.subject,
        }
        key = f"visit-reminder:{visit.pk}"
        notices += [
            visit_notice(key, person, Action.REMIND, visit.pk, told)
            for person in guest_people(invited, staff)
        ]
    count = notifications.notify(notices, now=now)
    JointVisit.objects.filter(remind_at__lte=now).update(remind_at=None)
    return count
