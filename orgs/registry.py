"""A small table of named calls: what a lower floor asks of upper ones.

Upper floors fill it when their app is ready. Several may answer to one name, or nobody.
"""

from collections import defaultdict
from collections.abc import Callable
from enum import StrEnum, auto
from typing import Any


class Name(StrEnum):
    """What is asked, with what the answers are given and what they are."""

    # (user, attachment) -> bool: whether a record of this floor shows it to the user.
    MAY_SEE_ATTACHMENT = auto()
    # (user, household) -> bool: whether the user visits this household.
    MAY_VISIT_HOUSEHOLD = auto()
    # (units): their codes have changed.
    UNITS_RECODED = auto()
    # () -> the privacy notice to accept at sign-up; (by, now): it was accepted.
    NOTICE_TO_ACCEPT = auto()
    NOTICE_ACCEPTED = auto()
    # (user) -> parts of the copy of one's own data; (person) -> those of somebody of the roll, printed at
    # the desk; () -> their names and labels.
    PERSONAL_DATA_OF = auto()
    PERSONAL_DATA_OF_PERSON = auto()
    PERSONAL_DATA_PARTS = auto()
    # (user, by, now): what this floor keeps of the user goes.
    ERASE_PERSONAL_DATA_OF = auto()
    # (person, by, now): somebody of the roll is emptied; what this floor keeps of them goes.
    PERSON_ERASED = auto()
    # () -> people whose data other records still need.
    PEOPLE_STILL_NEEDED = auto()
    # (unit, title, text, category, by, now) -> the number of the work order that was opened, or "".
    OPEN_WORK_ORDER = auto()
    # (number) -> whether somebody still works on the order of this number.
    WORK_ORDER_RUNS = auto()
    # () -> codes and names of the kinds of work for which an order can be opened.
    WORK_ORDER_KINDS = auto()
    # -> a UnitPanel of a unit's page.
    UNIT_PANELS = auto()
    # -> a Panel, or None, of a household's page, a person's, the desk, "my homes".
    HOUSEHOLD_PANELS = auto()
    PERSON_PANELS = auto()
    DESK_PANELS = auto()
    # (poll, passed, by, now): the result of a poll is published; never of a rehearsal.
    POLL_PUBLISHED = auto()
    HOME_PANELS = auto()
    # (activity, now): an activity was closed; what is clean of its attendance is credited.
    ACTIVITY_HELD = auto()
    # (activity, now): what came of an activity was written down, its pictures with it; same transaction.
    ACTIVITY_SUMMARISED = auto()
    # -> a Panel, or None, of a topic's page (topic, user, now).
    TOPIC_PANELS = auto()
    # (day, rule, now): the figures of a day were counted anew; in the same transaction.
    DAY_COUNTED = auto()
    # (now): all that happened to tasks until now is in the figures of its days.
    DAYS_COUNTED = auto()


_answerers: dict[Name, list[Callable[..., Any]]] = defaultdict(list)


def register(name: Name, function: Callable[..., Any]) -> None:
    """Lets a function answer to a name; the same function only once. ValueError: an unknown name."""
    answerers = _answerers[Name(name)]
    if function not in answerers:
        answerers.append(function)


def call(name: Name, *args: Any, **kwargs: Any) -> list[Any]:
    """The answers of all that registered, in the order of their registration.

    ValueError: an unknown name.
    """
    return [function(*args, **kwargs) for function in _answerers.get(Name(name), ())]
