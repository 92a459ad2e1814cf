"""What an official platform, or the tellers of an election, counted: checked before it is kept."""

from typing import Any

from orgs.errors import Refused, WrongState
from orgs.values.sentences import gettext as _
from residents.deliberation.enums import Choice, Rule
from residents.deliberation.models import Poll
from residents.deliberation.polls.count import tallies

SIDES = ("participating", *Choice.values)


def read(poll: Poll, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row a question, all of them, each number possible on this roll.

    Of a lift each row names the entries whose own part is taken and who agreed (`agreed`): without
    every one of them it is not built. Raises WrongState where the portal itself counts, Refused for what cannot be.
    """
    if not poll.is_held_elsewhere:
        raise WrongState(_("This poll is counted here."))
    rows = {str(row.get("question")): row for row in given}
    if rows.keys() != {question["id"] for question in poll.questions} or len(rows) < len(given):
        raise _wrong(_("Give one row for each question."))
    holders = set(tallies.veto_holders(poll).values_list("pk", flat=True))
    return [row(poll, question["id"], rows[question["id"]], holders) for question in poll.questions]


def row(poll: Poll, key: str, given: dict[str, Any], holders: set[int]) -> dict[str, Any]:
    """The result of one question; `holders` are the entries whose own part is taken.

    Raises Refused for numbers that are not possible on this roll.
    """
    read_: dict[str, Any] = {"question": key}
    for name in SIDES:
        read_[name] = _weight(given.get(name, [0, 0]))
    people, area = read_["participating"]
    if people > (poll.roll_people or 0) or area > (poll.roll_area or 0):
        raise _wrong(_("More took part than stand on the roll."))
    for index, whole in enumerate((people, area)):
        if sum(read_[choice][index] for choice in Choice.values) > whole:
            raise _wrong(_("For, against and abstained are together more than took part."))
    if poll.rule == Rule.ELECTION:
        votes = given.get("votes")
        names = poll.settings["candidates"]
        if not isinstance(votes, dict) or votes.keys() != set(names):
            raise _wrong(_("Give the votes of every candidate."))
        read_["votes"] = {name: _number(votes[name]) for name in names}
        if any(number > people for number in read_["votes"].values()):
            raise _wrong(_("A candidate has more votes than people voted."))
    if poll.rule == Rule.LIFT:
        read_["agreed"] = _agreed(given.get("agreed", []), holders)
    return read_


def _agreed(value: Any, holders: set[int]) -> list[int]:
    """Which of those whose own part is taken agreed."""
    if not isinstance(value, list) or not all(type(one) is int for one in value):
        raise _wrong(_("Name the entries whose own part is taken and who agreed."))
    if set(value) - holders:
        raise _wrong(_("Only entries whose own part is taken are named here."))
    return sorted(set(value))


def _weight(value: Any) -> list[int]:
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise _wrong(_("A side is given as people and area."))
    return [_number(one) for one in value]


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**12:
        raise _wrong(_("Give whole numbers."))
    return value


def _wrong(sentence: str) -> Refused:
    return Refused(sentence, code="bad_result", field="official")
