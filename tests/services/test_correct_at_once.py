"""Corrections at the same moment, and with other steps: one after the other, nothing is lost."""

from collections import Counter

import pytest

from tasks.enums import Action, Status
from tasks.models import Task
from tests import factories as make
from tests.services.outcomes import outcome

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_correction_by_four_is_made_once(cast, at_once):
    task, kind = make.task(cast), make.category()
    correct = outcome(
        lambda: make.act(task, Action.CORRECT, cast.community_worker, category=kind, reason="看过")
    )
    assert Counter(at_once(*[correct] * 4)) == {"done": 1, "nothing_changed": 3}
    assert task.events.filter(action=Action.CORRECT).count() == 1


def test_a_correction_and_a_whistle_both_hold(cast, at_once):
    task, kind = make.task(cast), make.category(is_urgent=True)
    correct = outcome(
        lambda: make.act(task, Action.CORRECT, cast.community_worker, category=kind, reason="漏气")
    )
    whistle = outcome(
        lambda: make.act(
            task, Action.WHISTLE, cast.community_worker, kind="public", reason="请部门"
        )
    )
    assert at_once(correct, whistle) == ["done", "done"]
    row = Task.objects.get(pk=task.pk)
    assert (row.category, row.is_urgent, row.status) == (kind, True, Status.WHISTLED)
    # The emergency's limit of dispatching, whichever came first.
    assert (row.limit_kind, row.stage_rule.kind) == ("dispatch", "emergency")
