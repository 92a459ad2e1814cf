"""A month from beat to the archive: counted exactly, once, resumed, verified, corrected."""

import json
from datetime import date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from governance.assessment.enums import PeriodKind, RunAction, RunState
from governance.assessment.models import Run, RunRow, Scheme, Score
from governance.assessment.runs import computing, due, runs, verification
from governance.assessment.runs.verification import differences
from governance.assessment.schemes import schemes
from governance.assessment.schemes.definitions import Band, Definition, Item
from orgs.db import append_only
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import AuditEntry
from tasks.enums import Stars
from tasks.models import Rating
from tasks.rates import day_counts, rates
from tasks.rates.periods import Period as Days
from tests.governance.assessment import assessment_factories as new
from tests.governance.assessment.assessment_factories import APRIL, MARCH


def score_of(run: Run, code: str = "urban-management") -> Score:
    return Score.objects.get(run=run, code=code)


def indicators(score: Score) -> dict:
    return {one["code"]: one for one in json.loads(score.result)["indicators"]}


def test_three_rates_are_those_of_the_rates_page(cast):
    for stars, resolved in ((5, True), (5, True), (2, False)):
        new.rated(cast, stars, resolved)
    run = new.run(cast)
    period = Days.of(date(2026, 3, 1), date(2026, 3, 31))
    day_counts.count_days([date(2026, 3, 10)], APRIL)
    [known] = [
        row
        for row in rates.rates_by(cast.admin, rates.RateGrouping.DEPARTMENT, period)
        if row.key == "urban-management"
    ]
    counted = indicators(score_of(run))
    assert known.rated == 3
    for code, part, whole in (
        ("response", known.in_time, known.due),
        ("resolution", known.resolved, known.rated),
        ("satisfaction", known.satisfaction, 100 * known.rated),
    ):
        assert (counted[code]["numerator"], counted[code]["denominator"]) == (part, whole)
    assert run.state == RunState.REVIEW
    assert (run.subjects, run.scored) == (3, 3)


def test_what_nobody_was_called_for_has_no_value(cast):
    new.rated(cast)
    run = new.run(cast)
    housing = score_of(run, "housing")
    assert housing.value is None
    assert {one["note"] for one in indicators(housing).values()} == {"no_value"}
    assert score_of(run).value == "100.00"


def test_a_period_is_computed_once(cast):
    scheme = new.scheme(cast)
    new.run(cast, scheme)
    with pytest.raises(WrongState) as refused:
        runs.start(scheme=scheme, period=MARCH, by=None, now=APRIL)
    assert refused.value.code == "run_exists"


@pytest.mark.parametrize("period", ["2026-3", "2026-13", "2026-Q1", "2026", "", "x", "2026-H1"])
def test_a_period_of_another_kind_is_refused(cast, period):
    with pytest.raises(Refused) as refused:
        runs.start(scheme=new.scheme(cast), period=period, by=None, now=APRIL)
    assert refused.value.code == "bad_period"


def test_a_period_that_is_not_over_is_refused(cast):
    with pytest.raises(WrongState) as refused:
        runs.start(scheme=new.scheme(cast), period="2026-04", by=None, now=APRIL)
    assert refused.value.code == "period_not_over"


def test_only_whoever_answers_for_the_scheme_starts_it(cast):
    scheme = new.scheme(cast)
    for person in (cast.street_cadre, cast.urban_officer, cast.admin, cast.owner):
        with pytest.raises(NotAllowed):
            runs.start(scheme=scheme, period=MARCH, by=person, now=APRIL)
    assert runs.start(scheme=scheme, period=MARCH, by=cast.district_cadre, now=APRIL).pk


def test_after_three_months_each_period_runs_once_oldest_first(cast):
    scheme = new.scheme(cast)
    july = datetime.fromisoformat("2026-07-05T09:00:00+08:00")
    assert [period.name for _scheme, period in due.due(july)] == [
        "2026-03", "2026-04", "2026-05", "2026-06",
    ]  # fmt: skip
    assert due.run_due(july) == 4
    assert due.run_due(july) == 0
    periods = Run.objects.filter(scheme=scheme).order_by("pk").values_list("period", flat=True)
    assert list(periods) == ["2026-03", "2026-04", "2026-05", "2026-06"]


def test_a_period_waits_for_its_delay(cast):
    new.scheme(cast, delay_days=3)
    assert list(due.due(datetime.fromisoformat("2026-04-03T23:59:00+08:00"))) == []
    assert len(list(due.due(datetime.fromisoformat("2026-04-04T00:00:00+08:00")))) == 1


def test_a_new_version_computes_no_closed_period_again(cast):
    scheme = new.scheme(cast)
    new.run(cast, scheme)
    again = schemes.draft(**schemes.edited(scheme, name="部门三率（修订）"), by=None, now=APRIL)
    schemes.publish(scheme=again, by=None, now=APRIL)
    assert list(due.due(APRIL)) == []


def test_a_worker_that_died_is_followed_by_another(cast, monkeypatch):
    new.rated(cast)
    started = runs.start(scheme=new.scheme(cast), period=MARCH, by=None, now=APRIL)
    collect = computing.collect

    def die(run, code, window):
        if code == "satisfaction":
            raise SystemExit
        return collect(run, code, window)

    monkeypatch.setattr(computing, "collect", die)
    with pytest.raises(SystemExit):
        computing.compute(started.pk, APRIL)
    monkeypatch.setattr(computing, "collect", collect)
    started.refresh_from_db()
    assert started.collected == ["response", "resolution"]
    before = RunRow.objects.filter(run=started).count()
    # The claim still stands: nobody else computes meanwhile.
    Run.objects.filter(pk=started.pk).update(claimed_at=APRIL)
    assert computing.compute(started.pk, APRIL + timedelta(minutes=5)) is False
    assert computing.waiting(APRIL + timedelta(minutes=11)) == [started.pk]
    assert computing.compute(started.pk, APRIL + timedelta(minutes=11)) is True
    assert RunRow.objects.filter(run=started).count() == before + 1
    started.refresh_from_db()
    assert started.state == RunState.REVIEW
    assert score_of(started).value == "100.00"


def test_batches_and_a_death_between_them_change_no_byte(cast, monkeypatch):
    new.rated(cast)
    whole = new.run(cast)
    kept = list(whole.scores.order_by("subject").values_list("subject", "code", "name", "result"))
    monkeypatch.setattr(computing, "AT_ONCE", 1)
    started = runs.start(scheme=new.scheme(cast, code="again"), period=MARCH, by=None, now=APRIL)
    after, calls = computing.subjects.after, []

    def die(*args):
        calls.append(args)
        if len(calls) == 3:
            raise SystemExit
        return after(*args)

    monkeypatch.setattr(computing.subjects, "after", die)
    with pytest.raises(SystemExit):
        computing.compute(started.pk, APRIL)
    assert started.scores.count() == 2
    assert computing.compute(started.pk, APRIL + timedelta(minutes=11))
    started.refresh_from_db()
    columns = ("subject", "code", "name", "result")
    assert list(started.scores.order_by("subject").values_list(*columns)) == kept
    assert (started.scored, started.fingerprint) == (3, whole.fingerprint)
    monkeypatch.setattr(verification, "AT_ONCE", 1)
    assert list(differences(started)) == []


def test_who_lost_the_run_writes_nothing_more(cast, monkeypatch):
    new.rated(cast)
    started = runs.start(scheme=new.scheme(cast), period=MARCH, by=None, now=APRIL)
    collect = computing.collect

    def overtaken(run, code, window):
        found = collect(run, code, window)
        Run.objects.filter(pk=run.pk).update(claim=None)
        return found

    monkeypatch.setattr(computing, "collect", overtaken)
    assert computing.compute(started.pk, APRIL) is False
    assert Score.objects.filter(run=started).count() == 0


def test_verifying_names_the_row_that_changed(cast, capsys):
    tasks = [new.rated(cast, stars) for stars in (5, 4)]
    run = new.run(cast)
    other = new.run(cast, new.scheme(cast, code="other"))
    assert list(differences(run)) == []
    call_command("verify_run", str(run.pk))
    assert run.fingerprint in capsys.readouterr().out
    rating = Rating.objects.get(task=tasks[0])
    with append_only.lifted(Rating, by=None, reason="test"):
        Rating.objects.filter(pk=rating.pk).update(stars=1)
    [found] = differences(run)
    assert (found.indicator, found.key) == ("satisfaction", rating.pk)
    assert len(list(differences(other))) == 1
    quarter = new.run(cast, new.scheme(cast, code="q", period_kind=PeriodKind.QUARTER), "2025-Q4")
    with pytest.raises(
        CommandError, match=rf"^Not as computed: run {run.pk} \(.*\), {other.pk} \("
    ):
        call_command("verify_run")
    assert f"Run {quarter.pk} ({quarter}) is as it was computed" in capsys.readouterr().out
    with pytest.raises(CommandError, match="There is no run 0"):
        call_command("verify_run", "0")
    with pytest.raises(CommandError):
        call_command("verify_run", str(run.pk))
    assert tasks[0].number in capsys.readouterr().out


def test_a_row_that_went_or_came_is_named(cast):
    task = new.rated(cast)
    run = new.run(cast)
    late = new.rated(cast)
    found = {(one.indicator, one.before, one.now) for one in differences(run)}
    assert ("resolution", "未计入", "1/1") in found
    with append_only.lifted(Rating, by=None, reason="test"):
        Rating.objects.filter(task__in=[task, late]).delete()
    assert ("resolution", "1/1", "未计入") in {
        (one.indicator, one.before, one.now) for one in differences(run)
    }


def test_late_data_leads_to_a_correction_and_never_to_a_silent_change(cast):
    new.rated(cast)
    run = new.run(cast)
    kept = score_of(run).result
    new.rated(cast, 1, False)
    again = runs.correct(run=run, reason="补录3月评价", by=cast.district_cadre, now=APRIL)
    assert computing.compute(again.pk, APRIL)
    again.refresh_from_db()
    assert (again.revision, again.corrects_id, again.state) == (2, run.pk, RunState.REVIEW)
    assert score_of(run).result == kept
    assert score_of(again).result != kept
    with pytest.raises(WrongState) as refused:
        runs.correct(run=run, reason="再来", by=cast.district_cadre, now=APRIL)
    assert refused.value.code == "run_corrected"


def test_the_database_keeps_runs_and_schemes_as_they_were(cast):
    run = new.run(cast)
    changes = (
        lambda: Scheme.objects.filter(pk=run.scheme_id).update(definition="{}"),
        lambda: Score.objects.filter(run=run).update(value="99.00"),
        lambda: Run.objects.filter(pk=run.pk).update(period="2026-02"),
        lambda: Run.objects.filter(pk=run.pk).delete(),
        lambda: Scheme.objects.filter(pk=run.scheme_id).delete(),
    )
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_nothing_is_kept_where_the_audit_fails(cast, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    scheme = new.scheme(cast)
    monkeypatch.setattr(runs.audit, "record", broken)
    with pytest.raises(RuntimeError):
        runs.start(scheme=scheme, period=MARCH, by=None, now=APRIL)
    assert Run.objects.count() == 0


def test_each_step_stands_on_the_timeline_and_in_the_audit(cast):
    run = new.run(cast)
    assert list(run.entries.values_list("action", flat=True)) == [
        RunAction.START, RunAction.COMPUTE,
    ]  # fmt: skip
    actions = AuditEntry.objects.filter(object_type="assessment.run")
    assert set(actions.values_list("action", flat=True)) == {
        "assessment.start-run", "assessment.compute-run",
    }  # fmt: skip


def test_statements_do_not_grow_with_the_rows(cast, django_assert_max_num_queries):
    scheme = new.scheme(cast)
    for _number in range(4):
        new.rated(cast)
    started = runs.start(scheme=scheme, period=MARCH, by=None, now=APRIL)
    with django_assert_max_num_queries(60):
        computing.compute(started.pk, APRIL)


def test_stars_have_a_weight_each(cast):
    assert set(map(str, Stars.values)) <= set(rates.rule_in_force().weights)


def test_a_quarter_is_no_month(cast):
    scheme = new.scheme(cast, code="quarterly", period_kind=PeriodKind.QUARTER)
    run = new.run(cast, scheme, "2026-Q1")
    assert (run.starts, run.ends) == (date(2026, 1, 1), date(2026, 3, 31))


def test_results_are_the_same_bytes_on_every_database(cast):
    """Written out: the suite runs on SQLite and on PostgreSQL, and each must give just these."""
    for stars, resolved in ((5, True), (4, True), (1, False)):
        new.rated(cast, stars, resolved)
    definition = Definition(
        (
            Item("response", weight=1),
            Item("resolution", weight=1),
            Item("satisfaction", weight=1, cap="90"),
        ),
        bands=(Band("good", "良好", "score >= 80"), Band("poor", "较差", "score < 80")),
    )
    run = new.run(cast, new.scheme(cast, definition))
    assert score_of(run).result == (
        '{"band":"poor","base":"75.56","bonus":"0.00","deduction":"0.00","indicators":['
        '{"code":"response","denominator":3,"note":"","numerator":3,"points":"100.00","rows":3,'
        '"value":"1.0000"},'
        '{"code":"resolution","denominator":3,"note":"","numerator":2,"points":"66.67","rows":3,'
        '"value":"0.6667"},'
        '{"code":"satisfaction","denominator":300,"note":"","numerator":180,"points":"60.00","rows":3,'
        '"value":"0.6000"}],"value":"75.56"}'
    )
