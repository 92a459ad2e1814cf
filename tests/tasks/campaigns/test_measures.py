"""Work on a measure: who may take which step, evidence before closing, what the database refuses."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from orgs.attachments import attachments
from orgs.db import append_only
from orgs.enums import Role
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import AuditEntry
from tasks.campaigns import measures
from tasks.campaigns.workflow import TRANSITIONS, WORKFLOW
from tasks.enums import Light, MeasureAction, MeasureState
from tasks.models import Measure, MeasureEntry
from tests import factories as make
from tests.cast import make_cast
from tests.files import photo, upload

S, A = MeasureState, MeasureAction


def step(action, measure, by, now=make.NOW, **more):
    """One step through its use-case, with what it asks for."""
    call = {
        A.REPORT: lambda: measures.report(
            measure=measure, by=by, now=now, **{"text": "正在选址"} | more
        ),
        A.SUBMIT: lambda: measures.submit(
            measure=measure,
            by=by,
            now=now,
            **{"text": "已建成", "reference": "验收单第3号"} | more,
        ),
        A.CLOSE: lambda: measures.close(measure=measure, by=by, now=now, **more),
        A.SEND_BACK: lambda: measures.send_back(
            measure=measure, by=by, now=now, **{"reason": "照片看不清"} | more
        ),
        A.REOPEN: lambda: measures.reopen(
            measure=measure, by=by, now=now, **{"reason": "问题反弹"} | more
        ),
    }
    return call[action]()


def test_the_way_from_open_to_struck_off(cast):
    made = make.measure(cast)
    made = step(A.REPORT, made, cast.housing_officer)
    assert (made.state, made.evidence) == (S.OPEN, None)
    made = step(A.SUBMIT, made, cast.urban_officer)
    assert (made.state, made.submitted_by, made.done_on) == (
        S.SUBMITTED, cast.urban_officer, make.NOW.date()
    )  # fmt: skip
    made = step(A.CLOSE, made, cast.street_cadre, text="现场看过")
    assert (made.state, made.closed_by, made.closed_at) == (S.CLOSED, cast.street_cadre, make.NOW)
    told = [(one.action, one.by, one.department) for one in made.entries.all()]
    assert told == [
        ("add", cast.street_cadre, None),
        ("report", cast.housing_officer, cast.housing),
        ("submit", cast.urban_officer, cast.urban),
        ("close", cast.street_cadre, None),
    ]
    audited = AuditEntry.objects.filter(object_type="tasks.measure", object_id=str(made.pk))
    assert list(audited.order_by("pk").values_list("action", flat=True)) == [
        "tasks.add-measure",
        "tasks.report-measure",
        "tasks.submit-measure",
        "tasks.close-measure",
    ]


# The only people of the cast who may take each step with a street's measure.
MAY = {
    A.REPORT: {"urban_officer", "housing_officer"},
    A.SUBMIT: {"urban_officer"},
    A.CLOSE: {"street_cadre", "street_leader"},
    A.SEND_BACK: {"street_cadre", "street_leader"},
    A.REOPEN: {"street_cadre", "street_leader"},
}
EVERYBODY = [
    "admin", "district_cadre", "street_cadre", "street_leader", "sibling_cadre",
    "community_worker", "grid_worker", "secretary", "urban_officer", "housing_officer",
    "fire_officer", "member", "owner", "property_clerk", "auditor", "outsider",
]  # fmt: skip


@pytest.mark.parametrize("action", MAY)
def test_role_before_state(cast, action):
    """Whoever may not is told so in every state; whoever may is told of the wrong state."""
    for state in S:
        made = make.measure(cast, state)
        for name in EVERYBODY:
            person = getattr(cast, name)
            expected = None
            if name not in MAY[action]:
                expected = NotAllowed
            elif state not in TRANSITIONS[action][0].sources:
                expected = WrongState
            if expected:
                with pytest.raises(expected):
                    step(action, made, person)
        assert Measure.objects.get(pk=made.pk).state == state


def test_nothing_is_submitted_without_evidence(cast):
    made = make.measure(cast)
    step(A.REPORT, made, cast.urban_officer)
    with pytest.raises(WrongState) as refusal:
        step(A.SUBMIT, made, cast.urban_officer, reference="")
    assert refusal.value.code == "evidence_required"
    assert made.entries.filter(action="submit").count() == 0
    proof = attachments.store(upload=upload(photo()), by=cast.urban_officer, now=make.NOW)
    made = step(A.REPORT, made, cast.urban_officer, attachments=[proof])
    assert made.evidence.pieces == 1
    assert step(A.SUBMIT, made, cast.urban_officer, reference="").state == S.SUBMITTED


@pytest.mark.parametrize(("state", "action"), [(S.SUBMITTED, A.SEND_BACK), (S.CLOSED, A.REOPEN)])
def test_what_comes_back_needs_new_evidence(cast, state, action):
    made = step(action, make.measure(cast, state), cast.street_cadre)
    assert (made.state, made.evidence, made.done_on, made.closed_by) == (S.OPEN, None, None, None)
    with pytest.raises(WrongState):
        step(A.SUBMIT, made, cast.urban_officer, reference="")


def test_who_closes_never_worked_on_it(cast):
    made = make.measure(cast, S.SUBMITTED)
    make.position(cast.street_leader, Role.DEPARTMENT_OFFICER, cast.housing)
    with pytest.raises(NotAllowed):
        step(A.CLOSE, made, cast.street_leader)
    # Also an officer who moved to the street after the work.
    held = cast.urban_officer.positions.get()
    held.ends = make.NOW.date() - timedelta(days=1)
    type(held).objects.filter(pk=held.pk).delete()
    make.position(cast.urban_officer, Role.STREET_CADRE, cast.street)
    with pytest.raises(NotAllowed):
        step(A.CLOSE, made, type(cast.urban_officer).objects.get(pk=cast.urban_officer.pk))


def test_a_districts_list_is_closed_by_the_district(cast):
    made = make.measure(cast, S.SUBMITTED, make.campaign(cast, cast.district))
    with pytest.raises(NotAllowed):
        step(A.CLOSE, made, cast.street_cadre)
    assert step(A.CLOSE, made, cast.district_cadre).state == S.CLOSED


def test_buttons_come_from_the_table(cast):
    made = make.measure(cast)
    assert WORKFLOW.available_actions(made, cast.urban_officer) == [A.SUBMIT, A.REPORT]
    assert WORKFLOW.available_actions(made, cast.street_cadre) == [A.CHANGE]
    done = make.measure(cast, S.SUBMITTED)
    assert WORKFLOW.available_actions(done, cast.street_cadre) == [A.CLOSE, A.SEND_BACK]
    assert WORKFLOW.available_actions(done, cast.district_cadre) == []


def test_a_used_photo_is_refused(cast):
    made = make.measure(cast)
    proof = attachments.store(upload=upload(photo()), by=cast.urban_officer, now=make.NOW)
    step(A.REPORT, made, cast.urban_officer, attachments=[proof])
    with pytest.raises(Refused) as refusal:
        step(A.REPORT, made, cast.urban_officer, attachments=[proof])
    assert refusal.value.code == "bad_attachment"
    with pytest.raises(Refused):
        make.task(cast, by=cast.urban_officer, attachments=[proof])


def test_a_broken_audit_keeps_nothing(cast, monkeypatch):
    made = make.measure(cast, S.SUBMITTED)

    def broken(*args, **kwargs):
        raise RuntimeError("no audit")

    monkeypatch.setattr("orgs.audit.audit.record", broken)
    with pytest.raises(RuntimeError):
        step(A.CLOSE, made, cast.street_cadre)
    assert Measure.objects.get(pk=made.pk).state == S.SUBMITTED
    assert made.entries.filter(action="close").count() == 0


# --- Lights --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "light"),
    [
        (date(2026, 1, 1), Light.GREEN),
        (date(2026, 3, 8), Light.GREEN),
        (date(2026, 3, 9), Light.YELLOW),
        (date(2026, 3, 31), Light.YELLOW),
        (date(2026, 4, 1), Light.RED),
    ],
)
def test_lights_of_work_under_way(cast, today, light):
    assert make.measure(cast).light(today) == light


def test_overdue_stays_visible_after_closing(cast):
    late = make.NOW + timedelta(days=60)
    made = step(A.SUBMIT, make.measure(cast), cast.urban_officer, now=late)
    made = step(A.CLOSE, made, cast.street_cadre, now=late)
    assert made.light(late.date()) == Light.RED
    in_time = make.measure(cast, S.CLOSED)
    assert in_time.light(late.date()) == Light.GREEN


# --- What the database refuses -------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"state": "closed"},
        {"evidence": None},
        {"state": "open"},
        {"closed_by": 1},
        {"submitted_at": None},
        {"warn_on": date(2027, 1, 1)},
        {"number": 0},
    ],
)
def test_halves_are_refused(cast, values):
    made = make.measure(cast, S.SUBMITTED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Measure.objects.filter(pk=made.pk).update(**values)


def test_closing_ones_own_work_or_without_evidence_is_refused_by_the_database(cast):
    made = make.measure(cast, S.CLOSED)
    rows = Measure.objects.filter(pk=made.pk)
    for values in ({"closed_by": cast.urban_officer}, {"evidence": None}, {"closed_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)


def test_entries_are_append_only(cast):
    made = make.measure(cast)
    assert MeasureEntry in append_only.protected_models()
    with pytest.raises(IntegrityError), transaction.atomic():
        made.entries.update(text="anders")
    with pytest.raises(IntegrityError), transaction.atomic():
        made.entries.all().delete()


# --- Whatever people try -------------------------------------------------------------------------

ACTORS = ("urban_officer", "housing_officer", "street_cadre", "both", "district_cadre", "admin")


class AnySequence(TestCase):
    """Whatever people try in whatever order: the rules refuse it, or a sound measure comes of it."""

    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()
        cls.cast.both = make.user()
        make.position(cls.cast.both, Role.DEPARTMENT_OFFICER, cls.cast.urban)
        make.position(cls.cast.both, Role.STREET_CADRE, cls.cast.street)

    @settings(max_examples=40)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(list(MAY)), st.sampled_from(ACTORS), st.sampled_from(["", "3号"])
            ),
            max_size=10,
        )
    )
    def test_no_sequence_closes_without_evidence_or_by_its_worker(self, tries):
        made = make.measure(self.cast)
        entries = 1
        for action, who, reference in tries:
            person = getattr(self.cast, who)
            more = {"reference": reference} if action in (A.REPORT, A.SUBMIT) else {}
            promised = action in WORKFLOW.available_actions(made, person)
            try:
                made = step(action, made, person, **more)
            except (NotAllowed, WrongState) as refusal:
                assert not promised or refusal.code == "evidence_required"
            else:
                assert promised
                entries += 1
            if made.state == S.CLOSED:
                assert made.evidence.is_evidence
                worked = made.entries.filter(department__isnull=False)
                assert made.closed_by_id not in set(worked.values_list("by", flat=True))
        assert made.entries.count() == entries
