"""What an official platform, or the tellers of an election, counted: checked before it is kept."""

from typing import Any

from django.utils.translation import gettext as _

from orgs.errors import Refused, WrongState
from residents.deliberation.enums import Choice, PollMode, Rule
from residents.deliberation.models import Poll

SIDES = ("participating", *Choice.values)


def read(poll: Poll, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row a question, all of them, each number possible on this roll.

    Raises WrongState where the portal itself counts, Refused for what cannot be.
    """
    if poll.mode != PollMode.OFFICIAL_PLATFORM and poll.rule != Rule.ELECTION:
        raise WrongState(_("This poll is counted here."))
    rows = {str(row.get("question")): row for row in given}
    if rows.keys() != {question["id"] for question in poll.questions} or len(rows) < len(given):
        raise _wrong(_("Give one row for each question."))
    return [_row(poll, question["id"], rows[question["id"]]) for question in poll.questions]


def _row(poll: Poll, key: str, row: dict[str, Any]) -> dict[str, Any]:
    read_: dict[str, Any] = {"question": key}
    for name in SIDES:
        read_[name] = _weight(row.get(name, [0, 0]))
    people, area = read_["participating"]
    if people > (poll.roll_people or 0) or area > (poll.roll_area or 0):
        raise _wrong(_("More took part than stand on the roll."))
    for index, whole in enumerate((people, area)):
        if sum(read_[choice][index] for choice in Choice.values) > whole:
            raise _wrong(_("For, against and abstained are together more than took part."))
    if poll.rule == Rule.ELECTION:
        votes = row.get("votes")
        names = poll.settings["candidates"]
        if not isinstance(votes, dict) or votes.keys() != set(names):
            raise _wrong(_("Give the votes of every candidate."))
        read_["votes"] = {name: _number(votes[name]) for name in names}
        if any(number > people for number in read_["votes"].values()):
            raise _wrong(_("A candidate has more votes than people voted."))
    return read_


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
