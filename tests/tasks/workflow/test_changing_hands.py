"""Leave and hand-over, as they decide who may act on a task."""

from datetime import date, datetime

import pytest
import time_machine

from orgs.errors import NotAllowed
from orgs.models import User
from orgs.positions import positions
from tasks.enums import Action, Status
from tasks.models import Task
from tests import factories as make

BEFORE = datetime.fromisoformat("2026-03-01T09:00:00+08:00")


def accepts(task, person, moment) -> bool:
    """Whether a person accepts the task at that moment, asked for anew as a request would."""
    with time_machine.travel(moment, tick=False):
        try:
            moved = make.act(task, Action.ACCEPT, User.objects.get(pk=person.pk), now=moment)
        except NotAllowed:
            assert Task.objects.get(pk=task.pk).status == Status.SUBMITTED
            return False
    assert moved.status == Status.HANDLING
    assert moved.events.latest("pk").by == person
    return True


@pytest.mark.parametrize(
    ("moment", "stands_in"),
    [
        ("2026-03-08T23:59:00+08:00", False),
        ("2026-03-09T00:00:00+08:00", True),
        ("2026-03-11T23:59:00+08:00", True),
        ("2026-03-12T00:00:00+08:00", False),
    ],
)
def test_a_stand_in_acts_as_long_as_the_leave_lasts(cast, moment, stands_in):
    moment = datetime.fromisoformat(moment)
    with time_machine.travel(BEFORE, tick=False):
        task = make.task(cast, now=BEFORE)
        positions.arrange_leave(
            position=cast.community_worker.positions.get(),
            stand_in=cast.outsider,
            starts=date(2026, 3, 9),
            ends=date(2026, 3, 11),
            by=cast.community_worker,
            now=BEFORE,
        )
    assert accepts(task, cast.outsider, moment) is stands_in
    if not stands_in:
        assert accepts(task, cast.community_worker, moment)


@pytest.mark.parametrize(
    ("moment", "who", "no_longer_or_not_yet"),
    [
        ("2026-03-08T23:59:00+08:00", "community_worker", "outsider"),
        ("2026-03-09T00:00:00+08:00", "outsider", "community_worker"),
    ],
)
def test_open_work_goes_to_the_successor_on_the_first_day(cast, moment, who, no_longer_or_not_yet):
    moment = datetime.fromisoformat(moment)
    with time_machine.travel(BEFORE, tick=False):
        task = make.task(cast, now=BEFORE)
        positions.hand_over(
            position=cast.community_worker.positions.get(),
            to=cast.outsider,
            first_day=date(2026, 3, 9),
            by=cast.street_leader,
            now=BEFORE,
        )
    assert not accepts(task, getattr(cast, no_longer_or_not_yet), moment)
    assert accepts(task, getattr(cast, who), moment)
