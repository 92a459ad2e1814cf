"""Several people act on one campaign list at the same moment, over real connections."""

from collections import Counter
from functools import partial

import pytest

from orgs.attachments import attachments
from tasks.campaigns import measures
from tasks.enums import MeasureState
from tasks.models import Measure
from tests import factories as make
from tests.files import photo, upload
from tests.services.outcomes import outcome

CLIENTS = 6
pytestmark = pytest.mark.django_db(transaction=True)


def test_two_close_and_one_wins(cast, at_once):
    made = make.measure(cast, MeasureState.SUBMITTED)
    calls = [
        partial(measures.close, measure=made, by=person, now=make.NOW)
        for person in (cast.street_cadre, cast.street_leader) * 3
    ]
    answers = Counter(at_once(*[outcome(call) for call in calls]))
    assert answers == {"done": 1, "wrong_state": CLIENTS - 1}
    assert Measure.objects.get(pk=made.pk).state == MeasureState.CLOSED
    assert made.entries.filter(action="close").count() == 1


def test_closing_and_sending_back_exclude_each_other(cast, at_once):
    made = make.measure(cast, MeasureState.SUBMITTED)
    close = partial(measures.close, measure=made, by=cast.street_cadre, now=make.NOW)
    back = partial(
        measures.send_back, measure=made, reason="重做", by=cast.street_leader, now=make.NOW
    )
    answers = at_once(outcome(close), outcome(back))
    assert sorted(answers) == ["done", "wrong_state"]
    state = Measure.objects.get(pk=made.pk).state
    assert made.entries.last().action == {"closed": "close", "open": "send-back"}[state]


def test_closing_is_asked_for_once_with_one_proof(cast, at_once):
    made = make.measure(cast)
    proof = attachments.store(upload=upload(photo()), by=cast.urban_officer, now=make.NOW)
    submit = partial(
        measures.submit,
        measure=made,
        text="已建成",
        attachments=[proof],
        by=cast.urban_officer,
        now=make.NOW,
    )
    answers = Counter(at_once(*[outcome(submit)] * CLIENTS))
    assert answers == {"done": 1, "wrong_state": CLIENTS - 1}
    assert made.entries.filter(action="submit").count() == 1


def test_one_photo_proves_one_measure(cast, at_once):
    where = make.campaign(cast)
    proof = attachments.store(upload=upload(photo()), by=cast.urban_officer, now=make.NOW)
    calls = [
        partial(
            measures.submit,
            measure=make.measure(cast, where=where),
            text="已建成",
            attachments=[proof],
            by=cast.urban_officer,
            now=make.NOW,
        )
        for _number in range(2)
    ]
    assert sorted(at_once(*[outcome(call) for call in calls])) == ["bad_attachment", "done"]


def test_numbers_stay_unique(cast, at_once):
    where = make.campaign(cast)
    at_once(*[partial(make.measure, cast, where=where) for _ in range(CLIENTS)])
    found = where.measures.order_by("number").values_list("number", flat=True)
    assert list(found) == list(range(1, CLIENTS + 1))
