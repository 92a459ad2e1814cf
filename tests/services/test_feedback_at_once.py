"""Rounds of feedback opened and answered at the same moment, over real connections."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest

from orgs.models import Notice
from tasks.enums import Status
from tasks.feedback import feedback
from tasks.models import DepartmentFeedback, Exclusion, FeedbackRound, WhistleFeedback
from tasks.rates import exclusions, rates
from tests import factories as make
from tests.services.outcomes import outcome

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 4
DAY = make.NOW.date()


def open_round(cast):
    return feedback.open_round(
        street=cast.street,
        first=DAY,
        last=DAY,
        closes_on=DAY + timedelta(days=7),
        by=cast.street_cadre,
        now=make.NOW,
    )


def test_a_double_click_opens_one_round(cast, at_once):
    make.task(cast, Status.DISPATCHED)
    answers = at_once(*[outcome(partial(open_round, cast=cast))] * CLIENTS)
    assert Counter(answers) == {"done": 1, "opened_already": CLIENTS - 1}
    assert FeedbackRound.objects.count() == 1
    assert Notice.objects.filter(recipient=cast.owner, kind=feedback.INVITED).count() == 1


def test_a_department_is_rated_once(cast, at_once):
    make.task(cast, Status.DISPATCHED)
    open_round(cast)
    row = DepartmentFeedback.objects.filter(rater=cast.owner).first()
    calls = [
        outcome(
            partial(
                feedback.answer,
                feedback=row,
                responds=stars,
                solves=stars,
                manner=stars,
                by=cast.owner,
                now=make.NOW,
            )
        )
        for stars in (1, 2, 4, 5)
    ]
    assert Counter(at_once(*calls)) == {"done": 1, "answered_already": CLIENTS - 1}
    row.refresh_from_db()
    assert row.responds == row.solves == row.manner


def test_a_whistle_is_spoken_of_once(cast, at_once):
    task = make.task(cast, Status.REPORTED_IN)
    call = outcome(
        partial(
            feedback.rate_whistle,
            task=task,
            justified=True,
            clear=4,
            by=cast.urban_officer,
            now=make.NOW,
        )
    )
    assert Counter(at_once(*[call] * CLIENTS)) == {"done": 1, "answered_already": CLIENTS - 1}
    assert WhistleFeedback.objects.count() == 1


def test_leaving_out_of_the_rates_is_asked_and_decided_once(cast, at_once):
    task = make.task(cast, Status.CLOSED)
    [code, *_others] = sorted(rates.rule_in_force().exclusions)
    ask = outcome(
        partial(
            exclusions.ask,
            task=task,
            reason_code=code,
            reason="不属实",
            by=cast.street_cadre,
            now=make.NOW,
        )
    )
    assert Counter(at_once(*[ask] * CLIENTS)) == {"done": 1, "asked_already": CLIENTS - 1}
    [row] = Exclusion.objects.all()
    decide = [
        outcome(
            partial(
                exclusions.decide,
                exclusion=row,
                granted=granted,
                reason="已核",
                by=cast.district_cadre,
                now=make.NOW,
            )
        )
        for granted in (True, False) * 2
    ]
    assert Counter(at_once(*decide)) == {"done": 1, "decided_already": CLIENTS - 1}
