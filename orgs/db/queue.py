"""Queueing jobs from use-cases, by name: a use-case imports no jobs."""

from collections.abc import Iterable

from celery import current_app
from django.db import transaction


def enqueue(job: str, keys: Iterable[object]) -> None:
    """Queues a job once for each key when the transaction commits.

    What is due lies in the database, where a sweep finds it. So a broker that is away is logged, its
    first refusal ends the queueing, and the request is answered as always.
    """

    def send() -> None:
        for key in keys:
            current_app.signature(job, [key]).delay()

    transaction.on_commit(send, robust=True)
