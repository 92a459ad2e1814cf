"""Many people act on one task at the same moment, over real connections."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from rest_framework.test import APIClient

from orgs.enums import Role
from orgs.models import User
from tasks.enums import Status
from tasks.models import Task
from tests import factories as make

CLIENTS = 8
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(people, address, body):
    """Every person posts the same at the same moment; counts the answers' status codes."""
    start = Barrier(len(people))

    def one(person):
        client = APIClient(raise_request_exception=False)
        client.force_authenticate(User.objects.get(pk=person.pk))
        try:
            start.wait(timeout=20)
            return client.post(address, body, format="json").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        return Counter(pool.map(one, people))


def race(cast, status, action, people, body):
    task = make.task(cast, status)
    answers = at_once(people, f"/api/v1/tasks/{task.number}/{action}/", body)
    return answers, Task.objects.get(pk=task.pk)


@pytest.mark.parametrize(
    ("status", "action", "who", "body", "target"),
    [
        (Status.SUBMITTED, "accept", "community_worker", {}, "handling"),
        (
            Status.SUBMITTED,
            "whistle",
            "community_worker",
            {"kind": "public", "reason": "x"},
            "whistled",
        ),
        (Status.WHISTLED, "dispatch", "street_cadre", {"lead": "urban-management"}, "dispatched"),
        (Status.DISPATCHED, "report-in", "urban_officer", {}, "reported_in"),
        (Status.DISPATCHED, "refuse", "urban_officer", {"reason": "x"}, "whistled"),
        (Status.RESOLVED, "confirm", "street_cadre", {}, "rating"),
        (
            Status.RATING,
            "rate",
            "owner",
            {"contacted": True, "resolved": True, "stars": 5},
            "closed",
        ),
    ],
)
def test_eight_clients_leave_one_winner(cast, status, action, who, body, target):
    answers, task = race(cast, status, action, [getattr(cast, who)] * CLIENTS, body)
    assert answers == {200: 1, 409: CLIENTS - 1}
    assert task.status == target
    assert task.events.filter(action=action).count() == 1


def test_eight_members_want_the_same_order(cast):
    members = [make.user(f"m{number}") for number in range(CLIENTS)]
    for member in members:
        make.position(member, Role.PARTY_MEMBER, cast.compound)
    answers, task = race(cast, Status.OFFERED, "take", members, {})
    assert answers == {200: 1, 409: CLIENTS - 1}
    assert task.taker in members


def test_two_reports_are_merged_into_each_other_once(cast):
    first, second = make.task(cast), make.task(cast)
    start = Barrier(2)

    def one(pair):
        task, into = pair
        client = APIClient(raise_request_exception=False)
        client.force_authenticate(User.objects.get(pk=cast.community_worker.pk))
        try:
            start.wait(timeout=20)
            address = f"/api/v1/tasks/{task.number}/merge/"
            return client.post(address, {"into": into.number}, format="json").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(one, [(first, second), (second, first)]))
    assert answers == [200, 400]
    assert Task.objects.filter(status=Status.CLOSED).count() == 1


def test_the_same_ticket_typed_in_twice_at_once(cast):
    make.category(code="parking")
    body = {
        "unit": cast.compound.code,
        "category": "parking",
        "text": "有车乱停",
        "outside_number": "T9",
    }
    answers = at_once([cast.community_worker] * 2, "/api/v1/tasks/", body)
    assert answers == {201: 1, 400: 1}
