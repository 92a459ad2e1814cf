"""Daily checkpoints: published on the board, and sent to the supervisors as witnesses."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from orgs.enums import Role
from orgs.notifications import notifications
from orgs.notifications.notifications import NewNotice
from orgs.units.queries import holders
from residents.deliberation.enums import PollState
from residents.deliberation.models import BallotBox, Checkpoint
from residents.deliberation.polls.box import chain

CHECKPOINT = "poll_checkpoint"


def publish(now: datetime) -> int:
    """Publishes how long the chain of each running poll is; answers how many are new."""
    boxes = BallotBox.objects.filter(poll__state=PollState.OPEN).values_list("pk", flat=True)
    published = 0
    for pk in list(boxes):
        with transaction.atomic():
            box = BallotBox.objects.select_for_update(no_key=True, of=("self",))
            found = box.select_related("poll__unit").get(pk=pk)
            checkpoint = chain.checkpoint(found, now)
            if checkpoint is not None:
                published += 1
                notifications.notify(_notices(found, checkpoint, now), now=now)
    return published


def _notices(box: BallotBox, checkpoint: Checkpoint, now: datetime) -> Iterator[NewNotice]:
    poll = box.poll
    link = reverse("deliberation:poll_board", args=[poll.pk])
    data = {"title": poll.title[:60], "i": checkpoint.i, "hash": checkpoint.hash}
    for person in holders(poll.unit, {Role.SUPERVISOR}, timezone.localdate(now)):
        yield NewNotice(CHECKPOINT, f"poll-checkpoint:{checkpoint.pk}", person, link, data)
