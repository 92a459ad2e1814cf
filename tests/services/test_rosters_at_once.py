"""Imports of rosters at the same moment, and a reader that is killed, over real connections."""

import signal
from collections import Counter
from datetime import timedelta
from functools import partial
from time import monotonic

import pytest
from django.utils import timezone

from governance.celery import app
from orgs.enums import ImportState
from orgs.errors import DomainError
from orgs.imports import imports
from orgs.imports import worker as rosters_worker
from orgs.models import LedgerImport
from residents.models import Belonging, Person
from residents.rosters.residents_roster import RESIDENTS
from tests import factories as make
from tests.roster_workbooks import PEOPLE, again, apply, book, clock, send
from tests.services.conftest import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 12_000


def lines(count):
    return [
        (f"居民{n}", "家属", "", f"139{n:08}", "5栋", "", f"{n}") for n in range(100, 100 + count)
    ]


def test_a_double_click_applies_once(cast, at_once):
    worker = cast.community_worker
    found = send(RESIDENTS, cast.community, worker, book(PEOPLE, lines(20)))

    def click():
        try:
            imports.apply(imported=again(found), by=worker, now=make.NOW)
        except DomainError as refusal:
            return refusal.code
        return "done"

    assert Counter(at_once(click, click)) == {"done": 1, "wrong_state": 1}
    work = partial(rosters_worker.work, key=found.pk, clock=clock())
    assert sorted(at_once(work, work)) == [False, True]
    assert (again(found).state, Person.objects.count()) == (ImportState.APPLIED, 20)


def test_a_double_click_undoes_once(cast, at_once):
    worker = cast.community_worker
    found = apply(send(RESIDENTS, cast.community, worker, book(PEOPLE, lines(20))), worker)

    def click():
        try:
            imports.undo(imported=again(found), by=worker, now=make.NOW)
        except DomainError as refusal:
            return refusal.code
        return "done"

    assert Counter(at_once(click, click)) == {"done": 1, "wrong_state": 1}
    work = partial(rosters_worker.work, key=found.pk, clock=clock())
    assert sorted(at_once(work, work)) == [False, True]
    assert (again(found).state, Person.objects.count()) == (ImportState.UNDONE, 0)


def test_two_who_take_an_import_for_dead_apply_it_once(cast, at_once):
    worker = cast.community_worker
    found = send(RESIDENTS, cast.community, worker, book(PEOPLE, lines(200)))
    imports.apply(imported=found, by=worker, now=make.NOW)
    late = make.NOW + timedelta(minutes=5)
    at_once(
        lambda: rosters_worker.work(key=found.pk, clock=clock()),
        lambda: rosters_worker.work(key=found.pk, clock=clock(late)),
    )
    rosters_worker.work(key=found.pk, clock=clock(late + timedelta(minutes=5)))
    assert (again(found).state, Person.objects.count()) == (ImportState.APPLIED, 200)
    assert again(found).traces.count() == 200


def test_the_same_people_in_two_files_are_entered_once(cast, at_once):
    worker = cast.community_worker
    number = make.id_number()
    rows = [("张三", "家属", number, "13900001111", "5栋", "", "501")]
    one, other = (send(RESIDENTS, cast.community, worker, book(PEOPLE, rows)) for _turn in range(2))
    at_once(lambda: apply(one, worker), lambda: apply(other, worker))
    states = Counter(LedgerImport.objects.values_list("state", flat=True))
    assert states in ({"applied": 2}, {"applied": 1, "preview": 1})
    assert (Person.objects.count(), Belonging.objects.count()) == (1, 1)


def test_an_undo_and_an_apply_at_once_leave_the_whole_of_one(cast, at_once):
    worker = cast.community_worker
    first = apply(send(RESIDENTS, cast.community, worker, book(PEOPLE, lines(50))), worker)
    changed = [(*line[:3], "", *line[4:]) for line in lines(50)]
    second = send(RESIDENTS, cast.community, worker, book(PEOPLE, changed + lines(60)[50:]))
    imports.undo(imported=first, by=worker, now=make.NOW)
    imports.apply(imported=second, by=worker, now=make.NOW)
    at_once(
        lambda: rosters_worker.work(key=first.pk, clock=clock()),
        lambda: rosters_worker.work(key=second.pk, clock=clock()),
    )
    assert again(second).state in (ImportState.APPLIED, ImportState.PREVIEW)
    entered = {"applied": {60, 10}, "preview": {0, 50}}[again(second).state]
    assert Person.objects.count() in entered


def test_a_killed_reader_starts_anew(cast, worker):
    """The sweep finds the import without a sign of life; nothing is read twice."""
    app.control.purge()
    process = worker()
    found = imports.upload(
        roster=RESIDENTS, target=cast.community, name="台账.xlsx", content=book(PEOPLE, lines(MANY)),
        by=cast.community_worker, now=timezone.now(),
    )  # fmt: skip
    deadline = monotonic() + PATIENCE
    while again(found).rows_done == 0:
        assert monotonic() < deadline, "it was never read"
    process.signal(signal.SIGKILL)
    process.end()
    assert again(found).state == ImportState.READING
    assert 0 < found.rows.count() < MANY
    assert rosters_worker.work(key=found.pk, clock=timezone.now) is False
    late = timezone.now() + rosters_worker.LEASE + timedelta(seconds=1)
    assert rosters_worker.work(key=found.pk, clock=clock(late)) is True
    assert (again(found).state, found.rows.count()) == (ImportState.PREVIEW, MANY)
