"""The bench's city, tiny, on whatever engine the suite runs."""

from datetime import timedelta

import pytest
from django.db import connection

from bench import databases
from bench.city import DAYS, FINISHED, NOW, STATES, build, token_of
from bench.statements import NOT_COUNTED
from orgs.models import Unit, User
from tasks.models import Assignment, Event, Task

TASKS = 120


@pytest.fixture
def city(db):
    return build(0.001, TASKS, now=NOW, say=lambda text: None)


def tree():
    return list(Unit.objects.order_by("pk").values_list("pk", "tree_id", "lft", "rght", "level"))


def test_a_city_is_sound(city):
    assert Task.objects.count() == city.tasks == TASKS
    assert set(Task.objects.values_list("status", flat=True)) == set(STATES)
    assert (city.counts["assignments"], city.counts["events"]) == (
        Assignment.objects.count(),
        Event.objects.count(),
    )
    connection.check_constraints()
    made = tree()
    Unit.objects.rebuild()
    assert [row[2:] for row in tree()] == [row[2:] for row in made]


def test_the_same_seed_makes_the_same_city(city):
    facts = list(Task.objects.order_by("pk").values_list("number", "status", "unit__code"))
    assert len({number for number, *rest in facts}) == TASKS
    assert facts[0] == ("BE251201000000", "submitted", "429900001002-004-006")


def test_what_lies_further_back_than_the_tasks_at_hand_is_finished(db):
    build(0.001, 1_040, now=NOW, say=lambda text: None)
    older, at_hand = Task.objects.filter(pk__lte=40), Task.objects.filter(pk__gt=40)
    begins = NOW - timedelta(days=DAYS)
    assert set(older.values_list("status", flat=True)) <= set(FINISHED)
    assert (
        older.latest("created_at").created_at < begins <= at_hand.earliest("created_at").created_at
    )
    assert set(at_hand.values_list("status", flat=True)) == set(STATES)


def test_its_people_come_in_with_their_tokens(city, client):
    worker = User.objects.filter(username__startswith="worker_").order_by("pk")[0]
    answer = client.get(
        "/api/v1/tasks/", headers={"Authorization": f"Token {token_of(worker.username)}"}
    )
    assert answer.status_code == 200
    assert len(answer.json()["results"]) == 50
    assert answer.json()["results"][0]["unit_path"].startswith("第1街道 第1社区")


def test_a_city_is_made_only_where_there_is_none(city):
    with pytest.raises(ValueError, match="empty database"):
        build(0.001, 1, now=NOW, say=lambda text: None)


@pytest.mark.parametrize("name", ["postgres", "portal", "bench", "bench_a;drop", "bench_a-b"])
def test_no_other_database_is_touched(name):
    with pytest.raises(databases.RefusedName):
        databases.url_of(name)


def test_the_ends_of_a_transaction_are_not_counted():
    assert [bool(NOT_COUNTED.match(sql)) for sql in ("BEGIN", "COMMIT", "SELECT 1")] == [
        True, True, False
    ]  # fmt: skip
