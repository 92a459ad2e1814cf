"""What every shipped scheme keeps, and how a score comes of its indicators."""

import json
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.assessment.enums import (
    FORBIDDEN,
    Counted,
    IndicatorRole,
    PeriodKind,
    SchemeState,
    SubjectKind,
)
from governance.assessment.indicators import registry
from governance.assessment.indicators.registry import ForbiddenIndicator, Indicator
from governance.assessment.models import Scheme
from governance.assessment.periods import Period
from governance.assessment.runs.results import Computer
from governance.assessment.schemes import examples, schemes
from governance.assessment.schemes.definitions import Band, Definition, Item, check, read
from orgs.errors import NotAllowed, Refused
from tests import factories as make
from tests.governance.assessment import assessment_factories as new


@pytest.mark.parametrize("counted", sorted(FORBIDDEN))
def test_the_registry_refuses_what_is_forbidden(counted):
    forbidden = Indicator("x", "x", "x", "x", "x", counted, {}, lambda keys: {})
    with pytest.raises(ForbiddenIndicator):
        registry.register(forbidden)
    with pytest.raises(Refused):
        registry.get("x")


def test_every_indicator_says_what_it_is():
    for indicator in registry.everything():
        assert str(indicator.sentence)
        assert indicator.sources
        assert indicator.entries_asked == 0


@pytest.mark.parametrize("example", examples.EXAMPLES, ids=lambda example: example.code)
def test_a_shipped_scheme_is_right_sourced_and_weighs_no_effort(example):
    check(example.definition, example.subject_kind)
    assert example.source
    assert example.definition.extra_entries == 0
    assert read(example.definition.text) == example.definition
    for item in example.definition.items:
        if registry.get(item.code).counts == Counted.EFFORT:
            assert (item.weight, item.role) == (0, IndicatorRole.SHOWN)
    if example.has_black_list:
        assert example.publisher == "housing"


def test_all_kinds_of_schemes_are_shipped():
    kinds = {(example.subject_kind, example.period_kind) for example in examples.EXAMPLES}
    assert {
        (SubjectKind.DEPARTMENT, PeriodKind.MONTH), (SubjectKind.DEPARTMENT, PeriodKind.QUARTER),
        (SubjectKind.STREET, PeriodKind.QUARTER), (SubjectKind.SECRETARY, PeriodKind.YEAR),
        (SubjectKind.COMMUNITY_WORKER, PeriodKind.MONTH),
        (SubjectKind.COMMUNITY_WORKER, PeriodKind.QUARTER),
        (SubjectKind.COMMUNITY_WORKER, PeriodKind.YEAR), (SubjectKind.MEMBER, PeriodKind.MONTH),
        (SubjectKind.MEMBER, PeriodKind.YEAR), (SubjectKind.FIRM, PeriodKind.HALF),
        (SubjectKind.BRANCH, PeriodKind.YEAR), (SubjectKind.COMMITTEE_MEMBER, PeriodKind.YEAR),
    } <= kinds  # fmt: skip


def test_every_example_computes(cast):
    made = examples.add_examples(
        district=cast.district, begins=date(2026, 1, 1), by=None, now=make.NOW
    )
    assert len(made) == len(examples.EXAMPLES)
    assert (
        examples.add_examples(
            district=cast.district, begins=date(2026, 1, 1), by=None, now=make.NOW
        )
        == []
    )
    for scheme in made:
        assert (scheme.state, scheme.is_example) == (SchemeState.DRAFT, True)
        scheme = schemes.publish(scheme=scheme, by=None, now=make.NOW)
        period = Period.at(PeriodKind(scheme.period_kind), date(2026, 2, 1))
        later = make.NOW.replace(year=2027, month=2)
        run = new.run(cast, scheme, period.name, later)
        assert run.scored == run.subjects


def test_the_authority_alone_keeps_the_black_list(cast):
    examples.add_examples(district=cast.district, begins=date(2026, 1, 1), by=None, now=make.NOW)
    scheme = Scheme.objects.get(code="property-credit")
    for person in (cast.district_cadre, cast.urban_officer, cast.admin, cast.street_cadre):
        with pytest.raises(NotAllowed):
            schemes.publish(scheme=scheme, by=person, now=make.NOW)
    schemes.publish(scheme=scheme, by=cast.housing_officer, now=make.NOW)


# --- Results -------------------------------------------------------------------------------------


def result(definition, **sums):
    value, band, text = Computer(definition).result(sums)
    return value, band, json.loads(text)


TWO = Definition((Item("response", weight=60), Item("resolution", weight=40)))


def test_the_mean_is_weighted():
    value, _band, whole = result(TWO, response=(9, 10, 10), resolution=(1, 2, 2))
    assert value == "74.00"
    assert [one["points"] for one in whole["indicators"]] == ["90.00", "50.00"]


def test_nothing_of_nothing_is_no_value_and_its_weight_goes_to_the_others():
    value, _band, whole = result(TWO, response=(9, 10, 10), resolution=(0, 0, 0))
    assert value == "90.00"
    assert whole["indicators"][1]["note"] == "no_value"
    assert whole["indicators"][1]["value"] is None


def test_under_half_of_the_weight_there_is_no_score():
    assert result(TWO, resolution=(1, 1, 1))[0] is None
    half = Definition((Item("response", weight=50), Item("resolution", weight=50)))
    assert result(half, resolution=(1, 1, 1))[0] == "100.00"


def test_fewer_than_five_call_backs_are_too_few():
    definition = Definition((Item("denied", weight=1),))
    assert result(definition, denied=(1, 4, 4))[2]["indicators"][0]["note"] == "too_few"
    assert result(definition, denied=(1, 5, 5))[0] == "20.00"


def test_caps_floors_bonus_and_deduction():
    definition = Definition(
        (
            Item("response", weight=1, cap="95"),
            Item("resolution", IndicatorRole.BONUS, formula="n", cap="3"),
            Item("overdue", IndicatorRole.DEDUCTION, formula="n * 2", floor="1"),
        )
    )
    value, _band, whole = result(
        definition, response=(1, 1, 1), resolution=(9, 9, 9), overdue=(2, 9, 9)
    )
    assert (value, whole["bonus"], whole["deduction"]) == ("94.00", "3.00", "4.00")


def test_a_band_is_a_condition_and_not_only_a_cut():
    bands = (
        Band("C", "C", "(score < 60) * (overdue_n > 0)"),
        Band("B", "B", "score < 70"),
        Band("A", "A", "score >= 70"),
    )
    definition = Definition(
        (Item("response", weight=1), Item("overdue", IndicatorRole.SHOWN)), bands=bands
    )
    assert result(definition, response=(1, 2, 2), overdue=(0, 5, 5))[1] == "B"
    assert result(definition, response=(1, 2, 2), overdue=(1, 5, 5))[1] == "C"
    assert result(definition, response=(9, 10, 9), overdue=(1, 5, 5))[1] == "A"
    assert result(definition, overdue=(1, 5, 5))[1] == ""


def test_enough_raters_and_enough_residents_among_them():
    items = (Item("rating_superior", weight=30), Item("rating_resident", weight=70))
    definition = Definition(items, least_raters=10, residents_percent=70)
    assert (
        result(definition, rating_superior=(90, 100, 1), rating_resident=(800, 1000, 9))[0]
        == "83.00"
    )
    few = result(definition, rating_superior=(90, 100, 1), rating_resident=(700, 800, 8))
    assert few[0] is None
    assert {one["note"] for one in few[2]["indicators"]} == {"too_few"}
    officials = result(definition, rating_superior=(900, 1000, 10), rating_resident=(800, 1000, 10))
    assert officials[0] is None


def test_members_are_met_or_not_and_have_no_score():
    [example] = [one for one in examples.EXAMPLES if one.code == "member-month"]
    assert result(example.definition, duty_met=(1, 1, 1))[:2] == (None, "met")
    assert result(example.definition, duty_met=(0, 1, 1))[:2] == (None, "not_met")
    assert result(example.definition)[:2] == (None, "")


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 10**6), st.integers(1, 10**6))
def test_agrees_with_fractions(a, b, c, d):
    value = result(TWO, response=(a, b, b), resolution=(c, d, d))[0]
    exact = (60 * Fraction(100 * a, b) + 40 * Fraction(100 * c, d)) / 100
    assert abs(Fraction(value) - exact) <= Fraction(1, 200)


def test_the_same_inputs_give_the_same_bytes():
    first, second = (Computer(TWO).result({"response": (1, 3, 3)}) for _time in range(2))
    assert first == second
    assert first[2] == (
        '{"band":"","base":"33.33","bonus":"0.00","deduction":"0.00","indicators":[{"code":"response",'
        '"denominator":3,"note":"","numerator":1,"points":"33.33","rows":3,"value":"0.3333"},'
        '{"code":"resolution","denominator":0,"note":"no_value","numerator":0,"points":null,"rows":0,'
        '"value":null}],"value":"33.33"}'
    )


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026-H1", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_periods(text, first, last):
    period = Period.parse(text)
    assert (period.first, period.last, period.name) == (first, last, text)
    assert period.after.before == period
