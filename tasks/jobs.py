"""What happens to tasks by itself."""

from celery import shared_task
from django.utils import timezone

from orgs.errors import WrongState
from tasks import rating
from tasks.models import Task


@shared_task(time_limit=240)
def expire_unrated() -> int:
    """Closes what waited too long for its rating; answers how many. Twice changes nothing."""
    now, expired = timezone.now(), 0
    for task in Task.objects.filter(pk__in=rating.overdue_for_rating(now)).order_by("pk"):
        try:
            rating.expire(task=task, now=now)
        except WrongState:
            # Somebody rated it meanwhile.
            continue
        expired += 1
    return expired
