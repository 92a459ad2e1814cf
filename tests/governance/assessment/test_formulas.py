"""The language of the formulas: exact, small, and nothing else."""

import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.assessment.formulas import language
from governance.assessment.formulas.language import FormulaError, compiled
from governance.assessment.formulas.numbers import canonical, half_up, text_of


def result(text, **values):
    exact = {name: None if value is None else Fraction(value) for name, value in values.items()}
    return compiled(text, exact)(exact)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) × 3 ÷ 4", "9/4"),
        ("10 − 4 - 3", "3"),
        ("8 / 2 / 2", "2"),
        ("0.1 + 0.2", "3/10"),
        ("-a + 1", "-1"),
        ("a >= 2", "1"),
        ("a < 2", "0"),
        ("a ≥ 2", "1"),
        ("a != 2", "0"),
        ("if(a > 1, 5, 7)", "5"),
        ("min(a, 1, 3)", "1"),
        ("max(a, 1, 3)", "3"),
        ("round(2.5)", "3"),
        ("round(-2.5)", "-3"),
        ("round(2.345, 2)", "47/20"),
        ("band(59.9, 60, 1, 80, 2)", "0"),
        ("band(60, 60, 1, 80, 2)", "1"),
        ("band(99, 60, 1, 80, 2)", "2"),
    ],
)
def test_computes_exactly(text, expected):
    assert result(text, a=2) == Fraction(expected)


@pytest.mark.parametrize(
    "text", ["a / 0", "n + 1", "n > 1", "if(n, 1, 2)", "min(n, 1)", "band(n, 1, 2)", "round(n)"]
)
def test_no_value_goes_through_and_dividing_by_zero_gives_none(text):
    assert result(text, a=2, n=None) is None


def test_the_other_part_of_a_condition_is_not_asked_for():
    assert result("if(a > 1, 5, n)", a=2, n=None) == 5


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 1),
        ("a +", 4),
        ("a + * 2", 5),
        ("a + b", 5),
        ("a & 1", 3),
        ("a ** 2", 4),
        ("a.real", 2),
        ("'a'", 1),
        ('"a"', 1),
        ("__import__(1)", 1),
        ("while(1)", 6),
        ("exec(a)", 5),
        ("a[0]", 2),
        ("(a", 3),
        ("a)", 2),
        ("round(a, a)", 10),
        ("round(a, 7)", 10),
        ("if(a, 1)", 1),
        ("band(a, 60)", 1),
        ("1 < 2 < 3", 7),
        ("A", 1),
        ("lambda", 1),
        ("for a in a", 5),
        ("1e9", 2),
        ("9999999999999", 13),
    ],
)
def test_says_where_what_is_wrong(text, position):
    with pytest.raises(FormulaError) as refused:
        compiled(text, {"a"})
    assert refused.value.position == position
    assert refused.value.code == "formula"


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "1" + ")" * 10_000,
        "-" * 10_000 + "1",
        "min(" * 10_000,
        "1+" * 10_000 + "1",
        "(" * 21 + "1" + ")" * 21,
        "-" * 100 + "1",
    ],
)
def test_a_nested_or_long_formula_is_refused_at_once(text):
    begun = time.perf_counter()
    with pytest.raises(FormulaError):
        compiled(text, {"a"})
    assert time.perf_counter() - begun < 1


def test_twenty_levels_and_five_hundred_characters_are_taken():
    assert result("(" * 20 + "1" + ")" * 20) == 1
    assert result("+".join(["1"] * 250)) == 250


def test_a_formula_is_compiled_once():
    assert compiled("a + 1", {"a"}) is compiled("a + 1", {"a"})


@given(st.fractions(), st.fractions(), st.fractions())
def test_agrees_with_fractions(a, b, c):
    values = {"a": a, "b": b, "c": c}
    formula = compiled("(a + b) * c - a / b", values)
    assert formula(values) == (None if b == 0 else (a + b) * c - a / b)


@given(st.text(max_size=600))
def test_any_text_is_a_formula_or_refused(text):
    try:
        compiled(text, {"a"})
    except FormulaError as refused:
        assert 1 <= refused.position <= language.MAX_LENGTH + 1


@given(st.fractions(), st.integers(min_value=0, max_value=6))
def test_rounding_is_half_away_from_zero(value, digits):
    rounded = half_up(value, digits)
    assert abs(rounded - value) <= Fraction(1, 2 * 10**digits)
    assert half_up(-value, digits) == -rounded
    assert Fraction(text_of(value, digits)) == rounded


def test_halves_round_up():
    assert text_of(Fraction(875, 10), 0) == "88"
    assert text_of(Fraction(-875, 10), 0) == "-88"
    assert text_of(Fraction(2, 3), 2) == "0.67"
    assert text_of(None, 2) is None


def test_json_is_canonical_and_knows_no_floats():
    assert canonical({"b": [1, None], "a": "分"}) == '{"a":"分","b":[1,null]}'
    with pytest.raises(TypeError):
        canonical({"a": [0.5]})


def test_the_grammar_is_short():
    lines = (language.Path(language.__file__).with_name("grammar.lark")).read_text().splitlines()
    assert len(lines) < 30
