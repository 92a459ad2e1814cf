"""Whether the portal lives (`/healthz`) and can work (`/readyz`): for monitors and load balancers."""

import os
from collections.abc import Callable

import structlog
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance.celery import app

logger = structlog.get_logger(__name__)


class NotReady(Exception):
    """Something that the portal needs is not as it must be; the text says what."""


def check_database() -> None:
    """The database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def check_broker() -> None:
    """The broker of jobs takes messages."""
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
    folder = app.conf.broker_transport_options.get("data_folder_out")
    if folder and not os.access(folder, os.W_OK):
        raise NotReady("the broker's folder cannot be written")


def check_migrations() -> None:
    """The database has the tables of this version."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotReady("run manage.py migrate")


CHECKS: dict[str, Callable[[], None]] = {
    "database": check_database,
    "broker": check_broker,
    "migrations": check_migrations,
}


class AliveMiddleware:
    """Answers `/healthz` before anything else could fail: a session, a host name, a database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return alive(request) if request.path == "/healthz" else self.get_response(request)


@require_safe
@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Each thing that is needed, by name; 503 if any fails. Reasons go to the log only."""
    answers = {name: "ok" if _holds(name, check) else "failed" for name, check in CHECKS.items()}
    fine = set(answers.values()) == {"ok"}
    return JsonResponse(
        {"status": "ok" if fine else "failed", "checks": answers}, status=200 if fine else 503
    )


def _holds(name: str, check: Callable[[], None]) -> bool:
    try:
        check()
    except Exception as error:
        logger.warning("not_ready", check=name, error=f"{type(error).__name__}: {error}")
        return False
    return True
