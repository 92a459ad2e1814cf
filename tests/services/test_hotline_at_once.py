"""The same sheet of tickets, the same bulk step, at the same moment over real connections."""

import pytest

from orgs.errors import WrongState
from orgs.imports import imports
from orgs.models import LedgerImport, User
from tasks.enums import Action
from tasks.hotline.roster import HOTLINE
from tasks.lists import saved_filters
from tasks.models import Event, SavedFilter, Task
from tasks.workflow import bulk
from tests import factories as make
from tests.tasks.hotline.test_hotline import NOW, OTHER, ROW, sheet

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 4


@pytest.fixture
def _kind(db):
    make.category(code="charging", name="飞线充电")


def again(person):
    """The same person in a connection of their own."""
    return User.objects.get(pk=person.pk)


@pytest.mark.usefixtures("_kind")
def test_four_workers_enter_each_ticket_once(cast, at_once):
    rows = [(f"T-{number:03}", *ROW[1:]) for number in range(30)]
    # Each of them has the rows in another order.
    sheets = [sheet(*rows[turn * 7 :], *rows[: turn * 7]) for turn in range(WORKERS)]

    def one(content):
        def enter():
            by = again(cast.community_worker)
            imported = imports.look(
                roster=HOTLINE, target=None, name="工单.xlsx", content=content, by=by, now=NOW
            )
            imports.apply_now(imported=imported, by=by, now=NOW)
            return LedgerImport.objects.get(pk=imported.pk)

        return enter

    done = at_once(*[one(content) for content in sheets])
    assert sum(each.new for each in done) == 30
    assert sum(each.unchanged for each in done) == 30 * (WORKERS - 1)
    assert Task.objects.count() == 30
    assert Event.objects.filter(action=Action.REPORT).count() == 30


@pytest.mark.usefixtures("_kind")
def test_one_kept_sheet_is_imported_once(cast, at_once):
    imported = imports.look(
        roster=HOTLINE, target=None, name="工单.xlsx", content=sheet(ROW, OTHER),
        by=cast.community_worker, now=NOW,
    )  # fmt: skip

    def enter():
        try:
            imports.apply_now(imported=imported, by=again(cast.community_worker), now=NOW)
        except WrongState:
            return False
        return True

    assert sum(at_once(*[enter] * WORKERS)) == 1
    assert Task.objects.count() == 2
    assert LedgerImport.objects.get().new == 2


def test_a_double_click_accepts_and_says_once(cast, at_once):
    tasks = [make.task(cast) for _number in range(5)]
    numbers = [task.number for task in tasks]

    def step(action, order, **body):
        return lambda: bulk.act(
            action=action, numbers=order, body=body, by=again(cast.community_worker), now=NOW
        )

    lines = at_once(step(Action.ACCEPT, numbers), step(Action.ACCEPT, numbers[::-1]))
    assert sum(line.ok for each in lines for line in each) == 5
    at_once(*[step(Action.COMMENT, numbers, text="已上门")] * WORKERS)
    assert Event.objects.filter(action=Action.ACCEPT).count() == 5
    assert Event.objects.filter(action=Action.COMMENT).count() == 5


def test_two_windows_leave_one_filter_first(cast, at_once):
    def one(name):
        return lambda: saved_filters.save(
            name=name, query="tab=open", by=again(cast.owner), is_default=True
        )

    at_once(*[one(str(number)) for number in range(WORKERS)])
    assert SavedFilter.objects.filter(is_default=True).count() == 1
