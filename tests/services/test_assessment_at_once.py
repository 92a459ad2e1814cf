"""Assessments at the same moment: one run a period, one worker a run, one rating of each rater."""

from collections import Counter
from datetime import timedelta

import pytest

from governance.assessment.enums import PeriodKind, RaterGroup, RunState, SubjectKind
from governance.assessment.models import Evaluation, Run, RunRow, Score, ScoreAppeal
from governance.assessment.ratings import ratings
from governance.assessment.review import appeals
from governance.assessment.runs import computing, due, runs
from governance.assessment.runs.verification import differences
from governance.assessment.schemes.definitions import Definition, Item
from tests import factories as make
from tests.governance.assessment import assessment_factories as new
from tests.governance.assessment.assessment_factories import APRIL, MARCH
from tests.services.outcomes import outcome

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


def test_a_run_started_twice_at_the_same_second_is_one(cast, at_once):
    scheme = new.scheme(cast)
    start = outcome(lambda: runs.start(scheme=scheme, period=MARCH, by=None, now=APRIL))
    assert Counter(at_once(*[start] * AT_ONCE)) == {"done": 1, "run_exists": AT_ONCE - 1}
    assert Run.objects.count() == 1


def test_two_workers_never_both_compute(cast, at_once):
    for _number in range(3):
        new.rated(cast)
    started = runs.start(scheme=new.scheme(cast), period=MARCH, by=None, now=APRIL)
    done = at_once(*[lambda: computing.compute(started.pk, APRIL)] * AT_ONCE)
    assert Counter(done) == {True: 1, False: AT_ONCE - 1}
    started.refresh_from_db()
    assert (started.state, started.scored) == (RunState.REVIEW, 3)
    assert (Score.objects.count(), RunRow.objects.count()) == (3, 9)
    assert list(differences(started)) == []


def test_beat_at_two_workers_computes_each_period_once(cast, at_once):
    new.scheme(cast)
    later = APRIL + timedelta(days=91)
    assert sum(at_once(*[lambda: due.run_due(later)] * 3)) >= 4
    assert Counter(Run.objects.values_list("period", "state")) == {
        (period, "review"): 1 for period in ("2026-03", "2026-04", "2026-05", "2026-06")
    }


def test_a_run_is_corrected_and_released_once(cast, at_once):
    run = new.run(cast)
    office = cast.district_cadre
    release = outcome(lambda: runs.release(run=run, by=office, now=APRIL))
    assert Counter(at_once(*[release] * AT_ONCE)) == {"done": 1, "wrong_state": AT_ONCE - 1}
    run.refresh_from_db()
    correct = outcome(lambda: runs.correct(run=run, reason="补录", by=office, now=APRIL))
    assert Counter(at_once(*[correct] * AT_ONCE)) == {"done": 1, "run_corrected": AT_ONCE - 1}


def test_one_appeal_waits_and_is_decided_once(cast, at_once):
    new.rated(cast)
    run = runs.release(run=new.run(cast), by=cast.district_cadre, now=APRIL)
    score = Score.objects.select_related("run__scheme").get(run=run, code="urban-management")
    appeal = outcome(
        lambda: appeals.appeal(score=score, reason="不对", by=cast.urban_officer, now=APRIL)
    )
    assert Counter(at_once(*[appeal] * AT_ONCE)) == {"done": 1, "appeal_waits": AT_ONCE - 1}
    row = ScoreAppeal.objects.get()
    decide = outcome(
        lambda: appeals.decide(
            appeal=row, granted=False, reason="核实无误", by=cast.district_cadre, now=APRIL
        )
    )
    assert Counter(at_once(*[decide] * AT_ONCE)) == {"done": 1, "appeal_decided": AT_ONCE - 1}


def test_each_street_rates_once(cast, at_once):
    scheme = new.scheme(
        cast,
        Definition((Item("rating_street", weight=100),)),
        code="whistle",
        subject_kind=SubjectKind.DEPARTMENT,
        period_kind=PeriodKind.QUARTER,
    )
    rate = outcome(
        lambda: ratings.rate(
            scheme=scheme,
            period="2026-Q1",
            subject=cast.urban.pk,
            group=RaterGroup.STREET,
            points=90,
            by=cast.street_cadre,
            now=make.NOW,
        )
    )
    assert Counter(at_once(*[rate] * AT_ONCE)) == {"done": 1, "rated_already": AT_ONCE - 1}
    assert Evaluation.objects.count() == 1
