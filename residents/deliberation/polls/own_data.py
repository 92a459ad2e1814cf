"""What polls keep of people: for the copy of one's data, and for how long it is needed."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from residents.deliberation.models import PollObjection, RollEntry
from residents.models import Person

if TYPE_CHECKING:
    from orgs.models import User

# An owner may have a decision annulled within a year from when they learned of it (法释〔2009〕7号,
# art. 12); counted from its publication, with a month to spare.
KEPT = timedelta(days=396)


def people_still_needed() -> QuerySet[Any]:
    """Whom retention leaves alone: voters of polls that run or can still be annulled."""
    recent = Q(poll__published_at=None) | Q(poll__published_at__gt=timezone.now() - KEPT)
    entries = RollEntry.objects.filter(recent, is_void=False, person__isnull=False)
    return entries.order_by().values("person")


def own_data(user: "User") -> dict[str, Any]:
    """On which rolls an account's person stands, and what they objected to; what is recorded of a vote
    its page tells.
    """
    own = Q(person__account=user)
    return _parts(own, own | Q(by=user, person=None))


def own_data_of_person(person: Person) -> dict[str, Any]:
    """The same of a person of the roll."""
    return _parts(Q(person=person), Q(person=person))


def _parts(voter: Q, own: Q) -> dict[str, Any]:
    entries = RollEntry.objects.filter(voter, is_void=False).order_by("pk")
    objections = PollObjection.objects.filter(own).order_by("pk")
    return {
        "roll_entries": list(entries.values("poll__title", "number", "area")),
        "poll_objections": list(
            objections.values("poll__title", "kind", "name", "reason", "at", "state", "answer")
        ),
    }


def own_data_parts() -> dict[str, Any]:
    """How this part of the copy is called, and of which model it is."""
    return {
        "roll_entries": (_("entries of rolls of polls"), RollEntry),
        "poll_objections": (_("objections to polls"), PollObjection),
    }
