"""What each indicator counts: numerator and denominator of each subject, from base rows."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from governance.assessment.enums import RaterGroup, SubjectKind
from governance.assessment.indicators.registry import Window, get
from governance.assessment.models import Run
from governance.assessment.periods import Period
from governance.assessment.ratings import ratings
from governance.assessment.runs import computing, runs
from governance.assessment.runs.windows import window_of
from governance.assessment.schemes.definitions import Definition, Item
from orgs.db import append_only
from orgs.enums import PartyOrganisationKind
from residents.deliberation.enums import PromiseState, TopicAction, TopicWho
from residents.deliberation.models import Promise
from residents.enums import BodyKind
from tasks.enums import Action, AssignmentRole, Figure, Status
from tasks.models import Assignment, Category, Patrol, Rating
from tasks.rates import exclusions, rates
from tasks.rates.periods import Period as Days
from tests import factories as make
from tests.governance.assessment import assessment_factories as new
from tests.volunteers.service import service_factories as serve
from volunteers.service.models import MonthResult

pytestmark = pytest.mark.django_db
NOW, APRIL = make.NOW, new.APRIL
DEPARTMENT, FIRM, STREET = SubjectKind.DEPARTMENT, SubjectKind.FIRM, SubjectKind.STREET
COMPOUND = SubjectKind.COMPOUND


def window(cast, period="2026-03", as_of=APRIL):
    run = Run.objects.first()
    run = run or runs.start(scheme=new.scheme(cast), period="2026-03", by=None, now=APRIL)
    known = window_of(run)
    return Window(
        known.code, known.district_id, known.trees, Period.parse(period), as_of, known.rate_rule
    )


def sums(cast, code, kind, **where):
    """By subject: what is counted, and of how many."""
    source = get(code).sources[kind](window(cast, **where))
    rows = source.rows.annotate(
        of_whom=source.subject, part_of_it=source.numerator, whole_of_it=source.denominator
    )
    found = defaultdict(lambda: [0, 0])
    for whom, part, whole in rows.values_list("of_whom", "part_of_it", "whole_of_it"):
        found[whom][0] += part
        found[whom][1] += whole
    return {whom: tuple(both) for whom, both in found.items() if whom is not None}


# --- Work ------------------------------------------------------------------------------------------


def resolved(cast):
    task = make.task(cast, Status.REPORTED_IN)
    task = make.act(task, Action.CONTACT, cast.urban_officer, NOW, text="已联系")
    done = {"outcome": "solved", "text": "已办", "reason": "无"}
    return make.act(task, Action.RESOLVE, cast.urban_officer, NOW, **done)


def test_work_that_was_sent_back_or_taken_up_again(cast):
    make.act(resolved(cast), Action.REWORK, cast.street_cadre, NOW, reason="还有一处")
    make.act(resolved(cast), Action.CONFIRM, cast.street_cadre, NOW)
    again = new.rated(cast)
    make.act(again, Action.REOPEN, cast.owner, NOW, reason="又出现了")
    assert sums(cast, "rework", DEPARTMENT) == {cast.urban.pk: (1, 3)}
    assert sums(cast, "rework", STREET) == {cast.street.pk: (1, 3)}
    assert sums(cast, "reopened", DEPARTMENT) == {cast.urban.pk: (1, 3)}


def test_a_denied_call_back_counts_though_the_task_was_taken_up_again(cast):
    """Taking it up again forgets the outcome of the task, not that it was claimed."""
    solved, denied = new.rated(cast), new.rated(cast, 1, False)
    with append_only.lifted(Rating, by=None, reason="test"):
        Rating.objects.filter(task__in=[solved, denied]).update(called_back=True)
    make.act(denied, Action.REOPEN, cast.owner, NOW, reason="没有解决")
    assert sums(cast, "denied", DEPARTMENT) == {cast.urban.pk: (1, 2)}


def test_what_happens_after_the_run_changes_no_count_of_it(cast):
    """A later refusal, and work that comes in late once the limit passed after the run."""
    run_at = NOW + timedelta(hours=1)
    make.act(
        make.task(cast, Status.DISPATCHED),
        Action.REFUSE,
        cast.urban_officer,
        APRIL,
        reason="不属职责",
    )
    done = make.act(make.task(cast, Status.REPORTED_IN), Action.CONTACT, cast.urban_officer, NOW, text="已联系")  # fmt: skip
    how = {"outcome": "solved", "text": "已办", "reason": "无"}
    make.act(done, Action.RESOLVE, cast.urban_officer, APRIL + timedelta(days=40), **how)
    for code in ("refusal", "overdue"):
        assert sums(cast, code, DEPARTMENT, as_of=run_at) == {cast.urban.pk: (0, 2)}, code
        later = sums(cast, code, DEPARTMENT, as_of=APRIL + timedelta(days=60))
        assert later == {cast.urban.pk: (1, 2)}, code


def test_work_that_is_sent_back_after_the_run_was_in_time_then(cast):
    """Sending it back forgets when it was finished, and doing it again finishes it late."""
    task = resolved(cast)
    lead = Assignment.objects.get(task=task, role=AssignmentRole.LEAD)
    limit, hour = lead.resolve_by, timedelta(hours=1)
    done = {"outcome": "solved", "text": "已办", "reason": "无"}

    def overdue(as_of):
        return sums(cast, "overdue", DEPARTMENT, as_of=as_of)[cast.urban.pk][0]

    def finished_at():
        lead.refresh_from_db()
        return lead.finished_at

    assert overdue(limit + hour) == 0
    task = make.act(task, Action.REWORK, cast.street_cadre, limit + 2 * hour, reason="还有一处")
    assert finished_at() is None
    assert (overdue(limit + hour), overdue(limit + 3 * hour)) == (0, 1)
    task = make.act(task, Action.RESOLVE, cast.urban_officer, limit + 4 * hour, **done)
    assert finished_at() > limit
    assert (overdue(limit + hour), overdue(limit + 3 * hour)) == (0, 1)
    # Of two that sent it back the first lies before the moment, the second after it.
    make.act(task, Action.REWORK, cast.street_cadre, limit + 6 * hour, reason="还有一处")
    assert [overdue(limit + hours * hour) for hours in (1, 3, 5, 7)] == [0, 1, 1, 1]


def test_what_the_district_leaves_out_after_the_run_was_counted_by_it(cast):
    """The rates leave it out at once, an assessment from its next run on."""
    kept, left = new.rated(cast), new.rated(cast)
    codes = ("response", "resolution", "satisfaction", "refusal", "rework")
    before = {code: sums(cast, code, DEPARTMENT)[cast.urban.pk][1] for code in codes}
    asked = exclusions.ask(
        task=left, reason_code="secret", reason="涉密", by=cast.street_cadre, now=APRIL
    )
    decided = APRIL + timedelta(hours=1)
    exclusions.decide(
        exclusion=asked, granted=True, reason="同意", by=cast.district_cadre, now=decided
    )
    for code in codes:
        assert sums(cast, code, DEPARTMENT)[cast.urban.pk][1] == before[code] > 0, code
        later = sums(cast, code, DEPARTMENT, as_of=decided + timedelta(hours=1))
        assert later[cast.urban.pk][1] == before[code] / 2, code
    _source, rated = rates.rows_behind(Figure.RATED, Days(NOW.date(), NOW.date()), APRIL)
    assert [row.task for row in rated] == [kept]


# --- Coverage ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("coverage", ["branch", "committee", "property", "mediation", "council"])
def test_the_five_coverages_are_those_of_the_last_day(cast, coverage):
    other = cast.other_compound
    bodies = {
        "committee": BodyKind.OWNERS_COMMITTEE,
        "mediation": BodyKind.MEDIATION,
        "council": BodyKind.RESIDENTS_COUNCIL,
    }
    code, first = f"has_{coverage}", sums(cast, f"has_{coverage}", COMPOUND)
    assert first[other.pk] == (0, 1)

    def enter(day, **until):
        if coverage == "branch":
            make.branch([other], founded_on=day, kind=PartyOrganisationKind.JOINT_BRANCH)
        elif coverage == "property":
            make.contract(other, starts=day, **until)
        else:
            make.term(other, bodies[coverage], starts=day, **until)

    enter(date(2026, 4, 1))
    assert sums(cast, code, COMPOUND) == first
    enter(date(2026, 3, 31), ends=date(2026, 3, 31))
    assert sums(cast, code, COMPOUND) == first | {other.pk: (1, 1)}
    whole = len([key for key in first if key])
    having, of = sums(cast, code, STREET)[cast.street.pk]
    assert 1 <= having <= of <= whole


# --- Property ------------------------------------------------------------------------------------------


def test_property_problems_count_for_the_firm_whose_contract_is_in_force(cast):
    make.contract(cast.compound, starts=date(2024, 1, 1), ends=date(2026, 3, 30))
    firm = make.contract(cast.compound, starts=date(2026, 3, 31)).firm
    kind = Category.objects.filter(code="property-service").first() or make.category(
        code="property-service"
    )
    solved, unsolved = new.rated(cast), new.rated(cast, 1, resolved=False)
    new.rated(cast)
    for task in (solved, unsolved):
        type(task).objects.filter(pk=task.pk).update(category=kind)
    assert sums(cast, "property_solved", FIRM) == {firm.pk: (1, 2)}


def patrol(cast, due_on, rechecked_at=None, finding="消防通道堵塞"):
    found = {"finding": finding, "due_on": due_on if finding else None}
    if rechecked_at:
        found |= {"rechecked_by": cast.grid_worker, "rechecked_at": rechecked_at, "result": "已清"}
    return Patrol.objects.create(
        unit=cast.compound, by=cast.grid_worker, at=NOW, items=["fire_lane"], event_id=uuid4(),
        entered_at=NOW, **found,
    )  # fmt: skip


def test_problems_that_inspections_found_are_put_right(cast):
    firm = make.contract(cast.compound).firm
    patrol(cast, date(2026, 3, 20), NOW + timedelta(days=2))
    patrol(cast, date(2026, 3, 31))
    # After the run's moment; due in another month; nothing found.
    patrol(cast, date(2026, 3, 25), APRIL + timedelta(days=1))
    patrol(cast, date(2026, 4, 1), NOW)
    patrol(cast, None, finding="")
    assert sums(cast, "put_right", FIRM) == {firm.pk: (1, 3)}
    assert sums(cast, "put_right", COMPOUND) == {cast.compound.pk: (1, 3)}


# --- Deliberation ----------------------------------------------------------------------------------------


def test_topics_that_were_raised_and_decided_for_or_against(cast):
    for action, at in (
        (TopicAction.ANNOUNCE, NOW), (TopicAction.REJECT, NOW), (None, NOW),
        # Decided after the moment of the run.
        (TopicAction.LAPSE, APRIL + timedelta(hours=1)),
    ):  # fmt: skip
        topic = make.topic(cast)
        if action:
            topic.entries.create(action=action, who=TopicWho.values[0], at=at, to_stage=topic.stage)
    make.topic(cast, now=NOW - timedelta(days=60))
    assert sums(cast, "topics_decided", COMPOUND) == {cast.compound.pk: (2, 4)}


def test_promises_that_fell_due_and_were_kept_in_time(cast):
    topic = make.topic(cast)
    for due, state, ended in (
        (20, PromiseState.DONE, 20), (20, PromiseState.DONE, 21), (25, PromiseState.DROPPED, 24),
        (31, PromiseState.PLANNED, None),
    ):  # fmt: skip
        Promise.objects.create(
            topic=topic, round=1, text="装灯", owner="物业", due_on=date(2026, 3, due),
            state=state, ended_on=date(2026, 3, ended) if ended else None,
            promised_by=cast.secretary, promised_at=NOW,
        )  # fmt: skip
    assert sums(cast, "promises_kept", COMPOUND) == {cast.compound.pk: (1, 4)}
    assert sums(cast, "promises_kept", COMPOUND, period="2026-04") == {}


# --- Duty ----------------------------------------------------------------------------------------------------


def test_the_duty_and_the_branchs_word_are_of_closed_months(cast):
    rule, states = serve.duty_rule(), {}
    for number, (state, rating, minutes) in enumerate(
        [("closed", "good", 240), ("closed", "needs_call", 10), ("closed", "", 240), ("review", "good", 240)]
    ):  # fmt: skip
        branch = states.get(state) or make.branch([cast.compound], code=f"X{number}")
        month = serve.ServiceMonth.objects.filter(branch=branch).first() or serve.service_month(
            cast, branch=branch, state=state, reviewed_from=NOW,
            closed_at=NOW if state == "closed" else None,
        )  # fmt: skip
        states[state] = branch
        who = serve.participant(cast.compound)
        MonthResult.objects.create(
            month=month, participant=who, report_in=serve.report_in(cast, who, branch=branch),
            rule=rule, owed_days=3100, needed_activities=0, needed_minutes=240, activities=0,
            duty_minutes=minutes, voluntary_minutes=0, met=minutes >= 240, rating=rating,
            rated_by=cast.secretary if rating else None, rated_at=NOW if rating else None,
        )  # fmt: skip
    closed = states["closed"].pk
    assert sums(cast, "duty_met", SubjectKind.BRANCH) == {closed: (2, 3)}
    assert sums(cast, "branch_rating", SubjectKind.BRANCH) == {closed: (1, 2)}
    assert sums(cast, "minutes", SubjectKind.BRANCH) == {closed: (490, 3)}
    assert sums(cast, "duty_met", SubjectKind.BRANCH, as_of=NOW) == {}


# --- Closed periods ------------------------------------------------------------------------------------------


def test_a_year_counts_the_closed_months_as_they_were_released(cast):
    """Unreleased ones and those of other years not at all."""
    month = new.scheme(
        cast, Definition((Item("rating_superior", weight=1),)), code="worker-month",
        subject_kind=SubjectKind.COMMUNITY_WORKER, begins=date(2026, 1, 1),
    )  # fmt: skip
    worker = cast.community_worker.pk
    for period, points, is_released in (
        ("2026-01", 90, True), ("2026-02", 85, True), ("2026-03", 10, False),
    ):  # fmt: skip
        ratings.rate(
            scheme=month, period=period, subject=worker, group=RaterGroup.SUPERIOR, points=points,
            by=cast.street_cadre, now=datetime.fromisoformat(f"{period}-10T09:00:00+08:00"),
        )  # fmt: skip
        run = new.run(cast, month, period, APRIL)
        if is_released:
            runs.release(run=run, by=cast.district_cadre, now=APRIL)
    later = APRIL + timedelta(hours=1)
    # A correction under way takes nothing out: its score is not released yet.
    corrected = Run.objects.get(period="2026-01")
    again = runs.correct(run=corrected, reason="补录", by=cast.district_cadre, now=APRIL)
    computing.compute(again.pk, APRIL)
    year = {"period": "2026", "as_of": later}
    found = sums(cast, "closed_months", SubjectKind.COMMUNITY_WORKER, **year)
    assert found[worker] == (9000 + 8500, 20_000)
    assert sums(cast, "closed_quarters", SubjectKind.COMMUNITY_WORKER, **year) == {}
    year["period"] = "2025"
    assert sums(cast, "closed_months", SubjectKind.COMMUNITY_WORKER, **year) == {}
