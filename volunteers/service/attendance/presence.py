"""Minutes from evidence: when somebody was there, how long that counts, what it is called. No database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from volunteers.service.accounts.spans import Span, common, minutes, union
from volunteers.service.enums import AttendanceState, Direction

EARLY, LATE = timedelta(minutes=15), timedelta(minutes=30)
# From when on it is not just what was planned, in minutes.
MUCH_LONGER = 15


@dataclass(frozen=True)
class Mark:
    """One check-in or check-out; `elsewhere`: at another activity, which ends this one."""

    at: datetime
    direction: Direction
    elsewhere: bool = False


@dataclass(frozen=True)
class Presence:
    """When somebody was there; `open_since`: a check-in without a check-out."""

    spans: list[Span]
    open_since: datetime | None = None


def presence_of(marks: Iterable[Mark]) -> Presence:
    """Pairs check-ins with check-outs by their time, in whichever order they arrived.

    A second check-in changes nothing; a check-out without check-in neither. Checking in elsewhere
    ends the presence here.
    """
    spans: list[Span] = []
    since: datetime | None = None
    # At the same moment check-outs come first, then what happens elsewhere, then what happens here.
    for mark in sorted(
        marks, key=lambda one: (one.at, one.direction == Direction.IN, not one.elsewhere)
    ):
        arrives = mark.direction == Direction.IN and not mark.elsewhere
        if arrives:
            since = since or mark.at
        elif since is not None and (mark.direction == Direction.IN or not mark.elsewhere):
            if mark.at > since:
                spans.append((since, mark.at))
            since = None
    return Presence(union(spans), since)


def windows(plan: Sequence[Span]) -> list[Span]:
    """When presence counts: from 15 minutes before each interval until 30 after."""
    return union((starts - EARLY, ends + LATE) for starts, ends in plan)


def counted(spans: Iterable[Span], plan: Sequence[Span]) -> list[Span]:
    """The presence that counts."""
    return common(spans, windows(plan))


def filled(plan: Sequence[Span], number: int) -> list[Span]:
    """The time that so many minutes fill: the plan first, then after it, then before it."""
    first, last = plan[0][0], plan[-1][1]
    left, spans = timedelta(minutes=number), []
    for starts, ends in [*plan, (last, last + LATE), (first - EARLY, first)]:
        length = min(left, ends - starts)
        if length:
            spans.append((starts, starts + length))
            left -= length
    return union(spans)


def most_minutes(plan: Sequence[Span]) -> int:
    """How many minutes can be credited at all."""
    return minutes(plan) + int((EARLY + LATE) / timedelta(minutes=1))


def state_of(number: int, planned: int) -> AttendanceState:
    """What so many minutes are called beside the planned ones: exact, in whole numbers."""
    if not number:
        return AttendanceState.NO_SHOW
    if 10 * number < 9 * planned:
        return AttendanceState.PARTIAL
    if number > planned + MUCH_LONGER:
        return AttendanceState.LONGER
    return AttendanceState.AS_PLANNED


def counts_activity(number: int, planned: int) -> bool:
    """Under 60 % of the planned time the minutes count, the activity does not."""
    return 10 * number >= 6 * planned
