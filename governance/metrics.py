"""What Prometheus reads at `/metrics`: requests by the library, and what waits in the portal."""

import hmac
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Any

from amqp.exceptions import ChannelError
from django.conf import settings
from django.db.models import Count, Max, Min, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_celery_beat.models import PeriodicTask
from django_prometheus.exports import ExportToDjangoView
from kombu.exceptions import OperationalError
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from governance.celery import app
from orgs.accounts.sign_in import client_ip
from orgs.attachments import attachments
from orgs.models import AuditEntry, AuditSeal, Bookmark, Delivery
from tasks.models import Event, Task
from tasks.workflow.notifications import BOOKMARK


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """For monitors alone: by address or token. For others there is nothing here."""
    if not may_read(request):
        raise Http404
    answer: HttpResponse = ExportToDjangoView(request)
    answer.write(generate_latest(_registry))
    return answer


def may_read(request: HttpRequest) -> bool:
    """Whether a request brings METRICS_TOKEN, or comes from one of METRICS_NETWORKS."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = settings.METRICS_TOKEN
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    address = ip_address(client_ip(request) or "0.0.0.0")  # noqa: S104 - nobody's
    return any(address in ip_network(network) for network in settings.METRICS_NETWORKS)


# --- What waits ----------------------------------------------------------------------------------


def _seconds(since: datetime | None, now: datetime) -> float:
    """An age; a negative one is a clock that is or was ahead, and is shown as it is."""
    return (now - since).total_seconds() if since else 0.0


def _ahead(now: datetime) -> Iterator[tuple[str, str, float]]:
    """What was written down later than now."""
    stamps = [
        PeriodicTask.objects.aggregate(last=Max("last_run_at"))["last"],
        AuditEntry.objects.order_by("-pk").values_list("at", flat=True).first(),
        Event.objects.order_by("-pk").values_list("at", flat=True).first(),
    ]
    ahead = max((-_seconds(at, now) for at in stamps if at), default=0.0)
    says = "How far the latest entry lies in the future: a clock was ahead"
    yield "portal_clock_ahead_seconds", says, max(ahead, 0.0)


def _outbox(now: datetime) -> Iterator[tuple[str, str, float]]:
    open_ = Q(sent_at=None, failed_at=None, due_at__lte=now)
    waiting = Delivery.objects.filter(open_).aggregate(count=Count("pk"), oldest=Min("due_at"))
    yield "portal_outbox_waiting", "Messages due to go out", waiting["count"]
    yield "portal_outbox_lag_seconds", "How late the oldest is", _seconds(waiting["oldest"], now)
    failed = Delivery.objects.filter(failed_at__isnull=False).count()
    yield "portal_outbox_failed", "Messages given up, to be tried again in the admin", failed


def _limits(now: datetime) -> Iterator[tuple[str, str, float]]:
    steps = Task.objects.filter(next_step_at__lte=now)
    waiting = steps.aggregate(count=Count("pk"), oldest=Min("next_step_at"))
    lag = _seconds(waiting["oldest"], now)
    yield "portal_limit_steps_waiting", "Reminders and escalations due, not taken", waiting["count"]
    yield "portal_limit_steps_lag_seconds", "How late the oldest is: the lag of beat", lag
    late = Task.objects.filter(limit_at__lt=now).count()
    yield "portal_tasks_late", "Tasks whose running limit has passed", late


def _behind(now: datetime) -> Iterator[tuple[str, str, float]]:
    last = Event.objects.aggregate(last=Max("pk"))["last"] or 0
    read = Bookmark.objects.filter(name=BOOKMARK).aggregate(read=Max("position"))["read"] or 0
    yield "portal_events_untold", "Entries of timelines that nobody was told of yet", last - read
    sealed = AuditSeal.objects.aggregate(last=Max("last_id"))["last"] or 0
    oldest = AuditEntry.objects.filter(pk__gt=sealed).order_by("pk").values_list("at").first()
    yield (
        "portal_audit_unsealed_seconds",
        "Age of the oldest audit entry without a seal",
        _seconds(oldest and oldest[0], now),
    )
    yield "portal_videos_waiting", "Videos that wait to be prepared", len(attachments.waiting(now))
    with suppress(OperationalError, OSError):  # a broker that is away has nothing to tell
        yield "portal_queue_messages", "Messages in the broker that no worker took", _queued()


def _queued() -> int:
    with app.connection_for_read() as broker:
        channel: Any = broker.default_channel
        try:
            queue = channel.queue_declare(app.conf.task_default_queue, passive=True)
        except ChannelError:
            # Redis keeps no empty queue.
            return 0
        return int(queue.message_count)


class Waiting(Collector):
    """Reads the portal's own numbers from the database, when somebody asks."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = timezone.now()
        for part in (_outbox, _limits, _behind, _ahead):
            for name, says, value in part(now):
                yield GaugeMetricFamily(name, says, value=value)
        runs = GaugeMetricFamily(
            "portal_job_started_seconds", "How long ago beat last sent a job", labels=["job"]
        )
        sent = PeriodicTask.objects.filter(enabled=True).exclude(last_run_at=None)
        for job, at in sent.order_by("name").values_list("name", "last_run_at"):
            runs.add_metric([job], _seconds(at, now))
        yield runs

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing is asked when the portal starts."""
        return []


_registry = CollectorRegistry()
_registry.register(Waiting())
