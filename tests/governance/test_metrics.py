"""Monitors learn what waits; nobody else learns anything."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from governance.celery import app
from orgs.enums import NoticeWay
from orgs.models import Delivery
from orgs.notifications import notifications
from orgs.notifications.notifications import NewNotice, NoticeKind
from tasks.enums import Status
from tasks.models import Event, Task
from tests import factories as make

TOKEN = {"Authorization": "Bearer monitors-only"}


@pytest.fixture(autouse=True)
def _token(settings):
    settings.METRICS_TOKEN = "monitors-only"


def read(client: Client) -> dict[str, float]:
    """The portal's own gauges by name."""
    answer = client.get("/metrics", headers=TOKEN)
    assert answer.status_code == 200
    return {
        sample.name: sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
        if sample.name.startswith("portal_") and not sample.labels
    }


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer other"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer ÿ"},
    ],
)
def test_strangers_find_nothing(db, headers):
    assert Client().get("/metrics", headers=headers).status_code == 404


def test_no_token_set_opens_nothing(db, settings):
    settings.METRICS_TOKEN = ""
    assert Client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize(
    ("proxies", "forwarded", "status"),
    [(0, "", 200), (1, "203.0.113.9", 404), (1, "10.0.0.7", 200)],
)
def test_a_network_may_read(db, settings, proxies, forwarded, status):
    """Through a proxy the caller's own address counts, not the proxy's."""
    settings.METRICS_NETWORKS = ["127.0.0.0/8", "10.0.0.0/8"]
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert Client().get("/metrics", headers=headers).status_code == status


def test_behind_tls_monitors_inside_are_not_sent_away(db, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/metrics", headers=TOKEN).status_code == 200


def test_requests_are_counted_by_view(db, client):
    client.get("/readyz")
    text = client.get("/metrics", headers=TOKEN).content.decode()
    assert 'django_http_requests_total_by_view_transport_method_total{method="GET"' in text
    assert 'view="readyz"' in text


def test_a_quiet_portal_waits_for_nothing(db, client):
    app.control.purge()
    found = read(client)
    quiet = {
        "portal_outbox_waiting", "portal_outbox_lag_seconds", "portal_outbox_failed",
        "portal_limit_steps_waiting", "portal_limit_steps_lag_seconds", "portal_tasks_late",
        "portal_events_untold", "portal_videos_waiting", "portal_queue_messages",
        "portal_audit_unsealed_seconds", "portal_clock_ahead_seconds",
    }  # fmt: skip
    assert found == dict.fromkeys(quiet, 0)


def test_steps_that_nobody_took_show_the_lag_of_beat(client, cast):
    make.task(cast, Status.DISPATCHED)
    due = timezone.now() - timedelta(minutes=10)
    Task.objects.update(next_step_at=due, limit_at=due)
    found = read(client)
    assert found["portal_limit_steps_waiting"] == found["portal_tasks_late"] == 1
    assert 600 <= found["portal_limit_steps_lag_seconds"] < 660
    assert found["portal_events_untold"] > 0


def test_the_outbox_shows_what_waits_and_what_failed(client, cast, settings):
    settings.NOTICE_CHANNELS = {"mail": "json://127.0.0.1/{username}"}
    settings.QUIET_HOURS = ""
    kind = NoticeKind("metrics", "metrics", lambda data: "", NoticeWay.AT_ONCE)
    notifications.register(kind)
    now = timezone.now() - timedelta(minutes=5)
    notices = [NewNotice("metrics", f"metrics:{number}", cast.owner.pk) for number in range(3)]
    notifications.notify(notices, now=now)
    first = Delivery.objects.order_by("pk").first()
    Delivery.objects.filter(pk=first.pk).update(failed_at=now)
    found = read(client)
    notifications._kinds.pop("metrics")
    assert (found["portal_outbox_waiting"], found["portal_outbox_failed"]) == (2, 1)
    assert 300 <= found["portal_outbox_lag_seconds"] < 360


def test_the_numbers_cost_the_same_however_much_waits(client, cast, django_assert_max_num_queries):
    make.task(cast, Status.DISPATCHED)
    with django_assert_max_num_queries(15):
        read(client)


def test_what_lies_in_the_future_is_an_alarm(client, cast):
    make.task(cast, Status.DISPATCHED)
    Event.objects.bulk_create(
        [Event(task=Task.objects.get(), action="comment", at=timezone.now() + timedelta(hours=3))]
    )
    assert read(client)["portal_clock_ahead_seconds"] > 10_000
