"""This app's jobs."""

from datetime import timedelta
from typing import Any

import structlog
from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from volunteers.service.accounts import proofs
from volunteers.service.activities import notifications as activity_notifications
from volunteers.service.activities import sign_ups
from volunteers.service.attendance import attendance, flags, samples
from volunteers.service.duty import letters, months
from volunteers.service.orders import notifications as order_notifications
from volunteers.service.orders import work as orders
from volunteers.service.posts import notifications as post_notifications
from volunteers.service.proxies import notifications as ring_notifications
from volunteers.service.proxies import rings
from volunteers.service.reportins import notifications as report_in_notifications
from volunteers.service.rewards import redemptions

logger = structlog.get_logger(__name__)


@shared_task(time_limit=300)
def tell_of_service() -> None:
    """Tells people what happens to their report-ins, posts, orders and rings."""
    now = timezone.now()
    report_in_notifications.notify_of_entries(now)
    post_notifications.notify_of_entries(now)
    activity_notifications.notify_of_entries(now)
    order_notifications.notify_of_entries(now)
    ring_notifications.notify_of_entries(now)


@shared_task(time_limit=600)
def close_activities() -> None:
    """Closes activities that are over and credits what is clean."""
    attendance.close_due(now=timezone.now())


@shared_task(time_limit=300)
def release_no_shows() -> None:
    """Frees the places of those who have not come, where somebody waits."""
    now = timezone.now()
    for activity in sign_ups.with_no_shows(now):
        sign_ups.release_no_shows(activity=activity, now=now)


@shared_task(time_limit=600)
def ask_the_served() -> None:
    """Asks a sample of the people served in the month before, and looks at organisers' lists."""
    now = timezone.now()
    first = timezone.localdate(now).replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    samples.ask(month=before, now=now)
    flags.look_at_organisers(month=before, now=now)


@shared_task(time_limit=600)
def forget_locations() -> None:
    """Deletes where people checked in, 90 days after their month was closed."""
    samples.forget_locations(now=timezone.now())


@shared_task(time_limit=300)
def remind_of_activities() -> None:
    """Reminds people of the activities of the next 24 hours."""
    activity_notifications.remind(timezone.now())


@shared_task(time_limit=300)
def raise_orders() -> None:
    """Passes orders that nobody took to the next level."""
    orders.raise_orders(timezone.now())


@shared_task(time_limit=300)
def close_unrated_orders() -> None:
    """Closes and books services that nobody rated in time."""
    orders.close_unrated(timezone.now())


@shared_task(time_limit=300)
def raise_rings() -> None:
    """Passes rings that nobody took to the next level, and back to the branch."""
    rings.raise_rings(timezone.now())


@shared_task(time_limit=3000)
def close_months() -> None:
    """Every night: months that are over are counted, looked through, closed; oldest first."""
    now = timezone.now()
    reviewed, closed = months.advance(now)
    corrected = months.recount_corrected(now)
    logger.info("months_closed", reviewed=reviewed, closed=closed, corrected=corrected)


@shared_task(time_limit=300)
def send_letters() -> None:
    """Every few minutes: sending organisations are told of their letters, corrections too."""
    logger.info("letters_sent", letters=letters.send(timezone.now()))


@shared_task(time_limit=1800)
def prove_accounts() -> None:
    """Every night: balances are the sums of their entries; where not, nothing is exchanged."""
    logger.info("accounts_proved", stopped=proofs.prove(timezone.now()))


@shared_task(time_limit=300)
def expire_redemptions() -> None:
    """Every few minutes: what nobody picked up goes back."""
    logger.info("redemptions_expired", redemptions=redemptions.expire_due(timezone.now()))


# When beat sends them. A key or name that changes needs a migration: beat stores both, and never
# deletes an entry.
SCHEDULE: dict[str, dict[str, Any]] = {
    "tell-of-service": {
        "task": "volunteers.service.jobs.tell_of_service",
        "schedule": timedelta(seconds=30),
    },
    "close-activities": {
        "task": "volunteers.service.jobs.close_activities",
        "schedule": timedelta(minutes=5),
    },
    "release-no-shows": {
        "task": "volunteers.service.jobs.release_no_shows",
        "schedule": timedelta(minutes=1),
    },
    "ask-the-served": {
        "task": "volunteers.service.jobs.ask_the_served",
        "schedule": crontab(minute=40, hour=9, day_of_month="3-7"),
    },
    "forget-locations": {
        "task": "volunteers.service.jobs.forget_locations",
        "schedule": crontab(minute=20, hour=4),
    },
    "remind-of-activities": {
        "task": "volunteers.service.jobs.remind_of_activities",
        "schedule": timedelta(minutes=10),
    },
    "raise-orders": {
        "task": "volunteers.service.jobs.raise_orders",
        "schedule": timedelta(minutes=5),
    },
    "raise-rings": {
        "task": "volunteers.service.jobs.raise_rings",
        "schedule": timedelta(minutes=5),
    },
    "close-unrated-orders": {
        "task": "volunteers.service.jobs.close_unrated_orders",
        "schedule": timedelta(minutes=15),
    },
    "close-months": {
        "task": "volunteers.service.jobs.close_months",
        "schedule": crontab(hour="1", minute="20"),
    },
    "send-letters": {
        "task": "volunteers.service.jobs.send_letters",
        "schedule": timedelta(minutes=5),
    },
    "prove-accounts": {
        "task": "volunteers.service.jobs.prove_accounts",
        "schedule": crontab(hour="2", minute="10"),
    },
    "expire-redemptions": {
        "task": "volunteers.service.jobs.expire_redemptions",
        "schedule": timedelta(minutes=5),
    },
}
