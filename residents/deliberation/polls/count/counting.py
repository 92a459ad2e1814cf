"""The count: pure, integers only. Areas are in 0.01 m².

It is given what was cast, already added up by side, and a rule sheet; a neighbour with a pocket
calculator gets the same answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from residents.deliberation.enums import Choice, Silence
from residents.deliberation.polls.count.rule_sheets import ONE_THIRD, OVER_HALF, Sheet


@dataclass(frozen=True)
class Weight:
    """So many people with so much area (0.01 m²)."""

    people: int = 0
    area: int = 0

    def __add__(self, other: "Weight") -> "Weight":
        return Weight(self.people + other.people, self.area + other.area)

    def __sub__(self, other: "Weight") -> "Weight":
        return Weight(self.people - other.people, self.area - other.area)


NOTHING = Weight()


def total(weights: Iterable[Weight]) -> Weight:
    """All of them together."""
    return sum(weights, NOTHING)


@dataclass(frozen=True)
class Outcome:
    """One question counted. `participating` includes `silent`; `for_` and `against` what joined them."""

    total: Weight
    participating: Weight
    for_: Weight
    against: Weight
    abstain: Weight
    silent: Weight
    quorum_met: bool
    passed: bool
    # Entries that had a veto and did not agree.
    vetoes: int = 0
    options: Mapping[str, Weight] = field(default_factory=dict)
    chosen: Sequence[str] = ()


def quorum_met(sheet: Sheet, participating: Weight, of: Weight) -> bool:
    """Whether enough take part: by people, and by area where the sheet counts it."""
    return sheet.participation.is_met(participating.people, of.people) and (
        not sheet.by_area or sheet.participation.is_met(participating.area, of.area)
    )


def agrees(sheet: Sheet, weight: Weight, participating: Weight) -> bool:
    """Whether enough of those who take part agree."""
    return sheet.consent.is_met(weight.people, participating.people) and (
        not sheet.by_area or sheet.consent.is_met(weight.area, participating.area)
    )


def leading(cast: Mapping[str, Weight]) -> Choice | None:
    """The side that leads among cast ballots by people and by area; None where these differ or tie."""
    yes, no = cast.get(Choice.FOR, NOTHING), cast.get(Choice.AGAINST, NOTHING)
    if yes.people > no.people and yes.area > no.area:
        return Choice.FOR
    if no.people > yes.people and no.area > yes.area:
        return Choice.AGAINST
    return None


def count(
    sheet: Sheet,
    of: Weight,
    cast: Mapping[str, Weight],
    *,
    silence: Silence = Silence.NO_PARTICIPATION,
    delivered_silent: Weight = NOTHING,
    vetoes: int = 0,
) -> Outcome:
    """Counts a yes-or-no question.

    `of`: the whole roll; `cast`: for, against and abstain among live ballots; `delivered_silent`:
    entries that cast nothing though a delivery to the voter is on record. `vetoes`: how many whose
    own part is taken did not agree (加装电梯).
    """
    silent = NOTHING if silence == Silence.NO_PARTICIPATION else delivered_silent
    sides = {choice: cast.get(choice, NOTHING) for choice in Choice}
    participating = total(sides.values()) + silent
    joined = leading(cast) if silence == Silence.WITH_MAJORITY else None
    if joined is not None:
        sides[joined] += silent
    enough = quorum_met(sheet, participating, of)
    if sheet.is_plain:
        passed = sides[Choice.FOR].people > sides[Choice.AGAINST].people
    else:
        passed = enough and agrees(sheet, sides[Choice.FOR], participating)
    return Outcome(
        total=of,
        participating=participating,
        for_=sides[Choice.FOR],
        against=sides[Choice.AGAINST],
        abstain=sides[Choice.ABSTAIN],
        silent=silent,
        quorum_met=enough,
        passed=passed and not (sheet.has_veto and vetoes),
        vetoes=vetoes if sheet.has_veto else 0,
    )


def count_options(
    sheet: Sheet,
    of: Weight,
    cast: Iterable[tuple[Sequence[str], Weight]],
    names: Sequence[str],
    *,
    silence: Silence = Silence.NO_PARTICIPATION,
    delivered_silent: Weight = NOTHING,
) -> Outcome:
    """Counts a choice among options: each is chosen that enough of those who take part marked; where
    no threshold applies, those that most people marked.

    `cast`: what was marked, with the weight of all who marked just that; nothing marked abstains.
    The silent take part at most: there is no side that they could join.
    """
    silent = NOTHING if silence == Silence.NO_PARTICIPATION else delivered_silent
    marked = dict.fromkeys(names, NOTHING)
    voted = abstain = NOTHING
    for options, weight in cast:
        voted += weight
        if not options:
            abstain += weight
        for option in options:
            marked[option] += weight
    participating = voted + silent
    enough = quorum_met(sheet, participating, of)
    if sheet.is_plain:
        most = max((weight.people for weight in marked.values()), default=0)
        chosen = [name for name in names if most and marked[name].people == most]
    else:
        chosen = [name for name in names if enough and agrees(sheet, marked[name], participating)]
    return Outcome(
        total=of,
        participating=participating,
        for_=NOTHING,
        against=NOTHING,
        abstain=abstain,
        silent=silent,
        quorum_met=enough,
        passed=bool(chosen),
        options=marked,
        chosen=chosen,
    )


@dataclass(frozen=True)
class Missing:
    """How much is missing for a quorum; `binding` names the count that takes more voters."""

    people: int
    area: int
    binding: str


def missing(sheet: Sheet, participating: Weight, of: Weight) -> Missing:
    """What is missing *to take part*; never how the votes stand."""
    if sheet.is_plain:
        return Missing(0, 0, "")
    people = max(0, sheet.participation.least(of.people) - participating.people)
    area = 0
    if sheet.by_area:
        area = max(0, sheet.participation.least(of.area) - participating.area)
    average = of.area // of.people if of.people else 0
    by_area = -(-area // average) if average else 0
    binding = "" if not people and not area else "area" if by_area > people else "people"
    return Missing(people, area, binding)


def elected(
    votes: Mapping[str, int], voted: int, seats: int, *, second_ballot: bool = False
) -> list[str]:
    """Who is elected, most votes first (Organic Law of Urban Residents' Committees, art. 19).

    First ballot: more than half of those who voted. Second: the most votes, from a third of the
    ballots cast on. Where a tie reaches over the last seat, nobody of it is elected.
    """
    share = ONE_THIRD if second_ballot else OVER_HALF
    enough = [name for name in votes if share.is_met(votes[name], voted)]
    ranked = sorted(enough, key=lambda name: (-votes[name], name))
    if len(ranked) > seats:
        border = votes[ranked[seats]]
        ranked = [name for name in ranked[:seats] if votes[name] > border]
    return ranked
