"""The count against a separate one, ballot by ballot with fractions, on random rolls."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residents.deliberation.enums import Choice, Electorate, Matter, Rule, Silence
from residents.deliberation.polls.count import counting
from residents.deliberation.polls.count.cost_sharing import share
from residents.deliberation.polls.count.counting import Weight
from residents.deliberation.polls.count.rule_sheets import Sheet, sheet_for

ANSWERS = [*Choice, "silent", "unreached"]
HALF, QUARTERS, THIRDS = Fraction(1, 2), Fraction(3, 4), Fraction(2, 3)
# What the law says, once more: (rule, matter, electorate) -> quorum, inclusive, consent, inclusive.
LAW = {
    (Rule.CIVIL_CODE_278, Matter.USE_FUND, Electorate.OWNERS): (THIRDS, True, HALF, False),
    (Rule.CIVIL_CODE_278, Matter.COMMON_PARTS, Electorate.OWNERS): (THIRDS, True, QUARTERS, True),
    (Rule.LIFT, None, Electorate.OWNERS): (THIRDS, True, QUARTERS, True),
    (Rule.RESIDENTS_MEETING, None, Electorate.RESIDENTS): (HALF, False, HALF, False),
    (Rule.REPRESENTATIVES_MEETING, None, Electorate.REPRESENTATIVES): (THIRDS, True, HALF, False),
    (Rule.ELECTION, None, Electorate.REPRESENTATIVES): (THIRDS, False, HALF, False),
    (Rule.ELECTION, None, Electorate.RESIDENTS): (HALF, False, HALF, False),
}
BY_AREA = {Rule.CIVIL_CODE_278, Rule.LIFT}


def named(key):
    """Which law, in the names of tests."""
    return f"{key[0].value}-{key[1]}-{key[2].value}"


EACH_RULE = pytest.mark.parametrize("key", LAW, ids=named)


def brute_force(law, by_area, roll, silence):
    """Ballot by ballot: (participating people, participating area, quorum, passed)."""
    quorum, at_quorum, consent, at_consent = law

    def enough(number, of, share_, inclusive):
        if of == 0:
            return False
        return Fraction(number, of) >= share_ if inclusive else Fraction(number, of) > share_

    taking_part = [
        (area, answer)
        for area, answer in roll
        if answer in tuple(Choice) or (answer == "silent" and silence != Silence.NO_PARTICIPATION)
    ]
    for_ = [area for area, answer in taking_part if answer == Choice.FOR]
    against = [area for area, answer in taking_part if answer == Choice.AGAINST]
    quiet = [area for area, answer in taking_part if answer == "silent"]
    if silence == Silence.WITH_MAJORITY and len(for_) > len(against) and sum(for_) > sum(against):
        for_ = for_ + quiet
    measures = [lambda rows: len(rows)] + ([lambda rows: sum(rows)] if by_area else [])
    part = [area for area, _ in taking_part]
    everybody = [area for area, _ in roll]
    met = all(enough(m(part), m(everybody), quorum, at_quorum) for m in measures)
    passed = met and all(enough(m(for_), m(part), consent, at_consent) for m in measures)
    return len(part), sum(part), met, passed


def counted(sheet, roll, silence):
    cast = {}
    quiet = counting.NOTHING
    for area, answer in roll:
        if answer in tuple(Choice):
            cast[answer] = cast.get(answer, counting.NOTHING) + Weight(1, area)
        elif answer == "silent":
            quiet += Weight(1, area)
    of = Weight(len(roll), sum(area for area, _ in roll))
    return counting.count(sheet, of, cast, silence=silence, delivered_silent=quiet)


@EACH_RULE
@given(
    roll=st.lists(
        st.tuples(st.sampled_from([1, 3, 4, 12, 8_900, 10_000, 12_345]), st.sampled_from(ANSWERS)),
        max_size=40,
    ),
    silence=st.sampled_from(Silence),
)
def test_same_as_brute_force(key, roll, silence):
    sheet = sheet_for(*key)
    outcome = counted(sheet, roll, silence)
    assert (
        outcome.participating.people,
        outcome.participating.area,
        outcome.quorum_met,
        outcome.passed,
    ) == brute_force(LAW[key], key[0] in BY_AREA, roll, silence)


@EACH_RULE
@given(k=st.integers(1, 40), area=st.integers(1, 20_000), off=st.sampled_from([-1, 0, 1]))
def test_rolls_exactly_on_a_threshold(key, k, area, off):
    """12k voters of one area: exactly so many take part or agree as the law asks, one off, one on."""
    quorum, at_quorum, consent, at_consent = LAW[key]
    taking_part = int(12 * k * quorum) + off
    roll = [(area, Choice.FOR)] * taking_part + [(area, "unreached")] * (12 * k - taking_part)
    assert decided(key, roll) == (off > 0 or (off == 0 and at_quorum),) * 2
    agreeing = int(12 * k * consent) + off
    roll = [(area, Choice.FOR)] * agreeing + [(area, Choice.AGAINST)] * (12 * k - agreeing)
    # “过半数” leaves exactly half out, “四分之三以上” includes it.
    assert decided(key, roll) == (True, off > 0 or (off == 0 and at_consent))


@pytest.mark.parametrize("key", [key for key in LAW if key[0] in BY_AREA], ids=named)
@given(
    areas=st.lists(st.integers(1, 20_000).map(lambda area: 6 * area), min_size=3, max_size=30),
    off=st.sampled_from([-1, 0, 1]),
)
def test_rolls_whose_area_alone_is_on_a_threshold(key, areas, off):
    """People suffice by far; the area of one flat brings it to the line, 0.01 m² short, or over."""
    _quorum, at_quorum, consent, at_consent = LAW[key]
    agreeing = [(area, Choice.FOR) for area in areas]
    absent = (sum(areas) // 2 - off, "unreached")
    assert decided(key, [*agreeing, absent]) == (off > 0 or (off == 0 and at_quorum),) * 2
    against = (sum(areas) // (1 if consent == HALF else 3) - off, Choice.AGAINST)
    assert decided(key, [*agreeing, against]) == (True, off > 0 or (off == 0 and at_consent))


def decided(key, roll):
    """Whether enough took part, and whether it passed: by the count, and by the separate one."""
    outcome = counted(sheet_for(*key), roll, Silence.NO_PARTICIPATION)
    separate = brute_force(LAW[key], key[0] in BY_AREA, roll, Silence.NO_PARTICIPATION)
    assert (outcome.quorum_met, outcome.passed) == separate[2:]
    return outcome.quorum_met, outcome.passed


def test_fifteen_flats_of_one_owner_are_one_person():
    """上海一中院: 406 + 15 against 414 was counted as 421; one owner with 15 flats is one person."""
    sheet = sheet_for(Rule.CIVIL_CODE_278, Matter.USE_FUND, Electorate.OWNERS)
    of = Weight(821, 821 * 10_000)
    outcome = counting.count(
        sheet,
        of,
        {Choice.FOR: Weight(407, 421 * 10_000), Choice.AGAINST: Weight(414, 414 * 10_000)},
    )
    assert outcome.quorum_met
    assert not outcome.passed


def test_silence_joins_no_side_where_people_and_area_differ():
    sheet = sheet_for(Rule.CIVIL_CODE_278, Matter.USE_FUND, Electorate.OWNERS)
    outcome = counting.count(
        sheet,
        Weight(10, 1000),
        {Choice.FOR: Weight(4, 200), Choice.AGAINST: Weight(3, 400)},
        silence=Silence.WITH_MAJORITY,
        delivered_silent=Weight(3, 400),
    )
    assert outcome.participating == Weight(10, 1000)
    assert outcome.silent == Weight(3, 400)
    assert (outcome.for_, outcome.against) == (Weight(4, 200), Weight(3, 400))


def test_a_veto_stops_a_lift():
    sheet = sheet_for(Rule.LIFT, None, Electorate.OWNERS)
    cast = {Choice.FOR: Weight(9, 900)}
    assert counting.count(sheet, Weight(10, 1000), cast).passed
    assert not counting.count(sheet, Weight(10, 1000), cast, vetoes=1).passed


def test_options():
    sheet = sheet_for(Rule.RESIDENTS_MEETING, None, Electorate.HOUSEHOLDS)
    outcome = counting.count_options(
        sheet,
        Weight(10),
        [(["a"], Weight(4)), (["a", "b"], Weight(1)), ([], Weight(3))],
        ["a", "b"],
    )
    assert outcome.options == {"a": Weight(5), "b": Weight(1)}
    assert outcome.abstain == Weight(3)
    assert list(outcome.chosen) == ["a"]


def test_missing_tells_participation_and_which_count_binds():
    sheet = sheet_for(Rule.CIVIL_CODE_278, Matter.USE_FUND, Electorate.OWNERS)
    assert counting.missing(sheet, Weight(6, 300), Weight(10, 1000)) == counting.Missing(
        1, 367, "area"
    )
    assert counting.missing(sheet, Weight(7, 667), Weight(10, 1000)) == counting.Missing(0, 0, "")
    meeting = sheet_for(Rule.RESIDENTS_MEETING, None, Electorate.RESIDENTS)
    assert counting.missing(meeting, Weight(5), Weight(10)).people == 1


def test_elected_by_more_than_half_then_by_a_third():
    assert counting.elected({"甲": 51, "乙": 50, "丙": 30}, 100, 2) == ["甲"]
    assert counting.elected({"乙": 34, "丙": 33}, 100, 1, second_ballot=True) == ["乙"]
    assert counting.elected({"乙": 33}, 100, 1, second_ballot=True) == []
    assert counting.elected({"乙": 40, "丙": 40}, 100, 1, second_ballot=True) == []


def test_a_sheet_is_kept_whole():
    for key in LAW:
        sheet = sheet_for(*key)
        assert Sheet.from_dict(sheet.as_dict()) == sheet


@given(
    amount=st.integers(0, 10**9),
    weights=st.dictionaries(st.text(max_size=3), st.integers(0, 10**6), min_size=1, max_size=30),
)
def test_shares_add_up_exactly(amount, weights):
    if not sum(weights.values()):
        with pytest.raises(ValueError, match="positive"):
            share(amount, weights)
        return
    parts = share(amount, weights)
    assert sum(parts.values()) == amount
    whole = sum(weights.values())
    for key, part in parts.items():
        assert 0 <= part - amount * weights[key] // whole <= 1
