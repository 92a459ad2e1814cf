"""The courses that the demo's tasks take: which steps, by whom, how long after the one before.

A course is a list of steps; `COURSES` says how many tasks take each. Who and what with are decided
when a step is taken (see `governance.demo.tasks.player`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tasks.enums import Action

A = Action
HOUR, DAY = 60, 24 * 60


@dataclass(frozen=True)
class Step:
    """An action, who takes it (a part, see player), and the wait before it in minutes."""

    action: Action
    part: str
    wait: tuple[int, int]
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Course:
    """How one kind of story goes: how many there are, its steps, and whether it is still open.

    `idle` is how long an open story has rested at its last step, in minutes.
    """

    name: str
    count: int
    steps: Callable[[Random], list[Step]]
    idle: tuple[int, int] | None = None


def _some(random: Random, chance: float, *steps: Step) -> list[Step]:
    """The steps, sometimes."""
    return list(steps) if random.random() < chance else []


def _accepted(random: Random) -> list[Step]:
    steps = [Step(A.ACCEPT, "handler", (10, 4 * HOUR))]
    steps += _some(random, 0.25, Step(A.COMMENT, "handler", (20, 2 * HOUR)))
    return steps + _some(random, 0.15, Step(A.COMMENT, "reporter", (30, 5 * HOUR)))


def _whistled(random: Random, kind: str = "") -> list[Step]:
    steps = _accepted(random) if random.random() < 0.6 else []
    return [*steps, Step(A.WHISTLE, "handler", (20, 5 * HOUR), {"kind": kind} if kind else {})]


def _dispatched(random: Random) -> list[Step]:
    steps = _whistled(random)
    steps += _some(random, 0.15, Step(A.COMMENT, "street", (10, 40), {"internal": True}))
    return [*steps, Step(A.SIGN, "leader", (5, 90)), Step(A.DISPATCH, "street", (10, 3 * HOUR))]


def _reported_in(random: Random, late: float = 0.15) -> list[Step]:
    steps = _dispatched(random)
    waits = (2 * HOUR, 9 * HOUR) if random.random() < late else (5, 55)
    steps.append(Step(A.REPORT_IN, "lead", waits))
    steps += _some(random, 0.9, Step(A.CONTACT, "lead", (20, 8 * HOUR)))
    steps += _some(random, 0.6, Step(A.REPORT_IN, "assist", (5, 3 * HOUR)))
    return steps + _some(random, 0.2, Step(A.URGE, "reporter", (12 * HOUR, DAY)))


def _department_done(random: Random) -> list[Step]:
    steps = _reported_in(random)
    steps += _some(random, 0.6, Step(A.FINISH, "assist", (2 * HOUR, DAY)))
    late = random.random() < 0.12
    steps += _some(
        random,
        0.5 if late else 0.05,
        Step(A.REQUEST_EXTENSION, "lead", (4 * HOUR, DAY)),
        Step(A.DECIDE_EXTENSION, "street", (30, 5 * HOUR), {"granted": random.random() < 0.7}),
    )
    waits = (4 * DAY, 7 * DAY) if late else (6 * HOUR, 50 * HOUR)
    steps.append(Step(A.RESOLVE, "lead", waits))
    return steps + _some(
        random,
        0.12,
        Step(A.REWORK, "street", (HOUR, 8 * HOUR)),
        Step(A.RESOLVE, "lead", (5 * HOUR, DAY)),
    )


def _own_done(random: Random) -> list[Step]:
    return [*_accepted(random), Step(A.RESOLVE, "handler", (2 * HOUR, 2 * DAY))]


def _taken(random: Random) -> list[Step]:
    steps = _accepted(random) if random.random() < 0.5 else []
    return [
        *steps,
        Step(A.OFFER, "offerer", (20, 3 * HOUR)),
        Step(A.TAKE, "helper", (15, 9 * HOUR)),
    ]


def _member_done(random: Random) -> list[Step]:
    steps = _taken(random)
    steps += _some(
        random,
        0.15,
        Step(A.DROP, "taker", (HOUR, 8 * HOUR)),
        Step(A.TAKE, "helper", (HOUR, 8 * HOUR)),
    )
    return [*steps, Step(A.RESOLVE, "taker", (2 * HOUR, DAY))]


def _confirmed(steps: list[Step], by: str) -> list[Step]:
    return [*steps, Step(A.CONFIRM, by, (HOUR, 12 * HOUR))]


def _rated(steps: list[Step]) -> list[Step]:
    return [*steps, Step(A.RATE, "rater", (HOUR, 3 * DAY))]


def _refused(random: Random) -> list[Step]:
    """A first refusal sends the task back to the street, which calls again."""
    return [
        *_dispatched(random),
        Step(A.REFUSE, "lead", (10, 50)),
        Step(A.DISPATCH, "street", (30, 4 * HOUR), {"again": True}),
    ]


def _refused_twice(random: Random) -> list[Step]:
    """The same department is called again, refuses again: the district decides."""
    return [
        *_dispatched(random),
        Step(A.REFUSE, "lead", (10, 50)),
        Step(A.DISPATCH, "street", (30, 4 * HOUR)),
        Step(A.REFUSE, "lead", (10, 50)),
    ]


def _district_decides(random: Random, *, granted: bool) -> list[Step]:
    """What follows the second refusal: another department, or the same after all."""
    steps = [
        *_refused_twice(random),
        Step(A.DECIDE_REFUSAL, "district", (HOUR, 5 * HOUR), {"granted": granted}),
    ]
    if granted:
        steps.append(Step(A.DISPATCH, "street", (30, 3 * HOUR), {"again": True}))
    steps += [Step(A.REPORT_IN, "lead", (10, 50)), Step(A.RESOLVE, "lead", (8 * HOUR, 40 * HOUR))]
    return _rated(_confirmed(steps, "street"))


def _reopened(random: Random) -> list[Step]:
    return [
        *_rated(_confirmed(_own_done(random), "handler")),
        Step(A.REOPEN, "reporter", (DAY, 4 * DAY)),
        Step(A.RESOLVE, "handler", (5 * HOUR, DAY)),
        Step(A.CONFIRM, "handler", (HOUR, 5 * HOUR)),
        Step(A.RATE, "rater", (2 * HOUR, DAY)),
    ]


def _handed_back(random: Random) -> list[Step]:
    """The community hands it to one of its people, who gives it back."""
    return [
        *_accepted(random),
        Step(A.ASSIGN, "handler", (10, HOUR)),
        Step(A.HAND_BACK, "holder", (HOUR, 5 * HOUR)),
    ]


def _to_meet(random: Random, days: int) -> list[Step]:
    """The lead invites to a joint visit so many days ahead."""
    return [
        *_reported_in(random, late=0),
        Step(A.ARRANGE_VISIT, "lead", (30, 3 * HOUR), {"days": days}),
    ]


_NOW, _SOON, _DAYS = (10, 3 * HOUR), (20, 9 * HOUR), (10 * HOUR, 3 * DAY)

# A good three hundred stories.
COURSES = (
    # Finished.
    Course("department-rated", 58, lambda r: _rated(_confirmed(_department_done(r), "street"))),
    Course("own-rated", 44, lambda r: _rated(_confirmed(_own_done(r), "handler"))),
    Course("member-rated", 20, lambda r: _rated(_confirmed(_member_done(r), "confirmer"))),
    Course("own-expired", 12, lambda r: [
        *_confirmed(_own_done(r), "handler"), Step(A.EXPIRE, "system", (7 * DAY + 5, 7 * DAY + 30))
    ]),
    Course("staff-closed", 22, lambda r: _confirmed(_own_done(r), "handler")),
    Course("refused-rated", 6, lambda r: _rated(_confirmed([
        *_refused(r), Step(A.REPORT_IN, "lead", (5, 50)), Step(A.RESOLVE, "lead", (5 * HOUR, 2 * DAY))
    ], "street"))),
    Course("refusal-granted", 2, lambda r: _district_decides(r, granted=True)),
    Course("refusal-denied", 2, lambda r: _district_decides(r, granted=False)),
    Course("reopened", 4, _reopened),
    Course("merged", 8, lambda r: [Step(A.MERGE, "handler", (20, 2 * HOUR))]),
    Course("declined", 12, lambda r: [Step(A.DECLINE, "handler", (20, 5 * HOUR))]),
    Course("withdrawn", 6, lambda r: [Step(A.WITHDRAW, "reporter", (HOUR, 9 * HOUR))]),
    Course("recalled-rated", 2, lambda r: _rated(_confirmed([
        *_taken(r), Step(A.RECALL, "handler", (HOUR, 5 * HOUR)),
        Step(A.RESOLVE, "handler", (3 * HOUR, DAY)),
    ], "handler"))),
    # Open.
    Course("submitted", 13, lambda r: [], _SOON),
    Course("transferred", 3, lambda r: [Step(A.TRANSFER, "handler", (20, 2 * HOUR))], _SOON),
    Course("corrected", 1, lambda r: [
        *_accepted(r), Step(A.CORRECT, "handler", (5, 2 * HOUR))
    ], _SOON),
    Course("handling", 12, _accepted, _DAYS),
    Course("returned", 3, lambda r: [
        *_whistled(r), Step(A.RETURN, "street", (30, 3 * HOUR))
    ], _SOON),
    Course("offered", 9, lambda r: _taken(r)[:-1], _SOON),
    Course("taken", 7, _taken, _SOON),
    Course("whistled", 9, _whistled, _NOW),
    Course("unsigned", 3, lambda r: _whistled(r, "priority"), _NOW),
    Course("dispatched", 7, _dispatched, (5, 25)),
    Course("dispatched-soon", 3, _dispatched, (46, 57)),
    Course("dispatched-late", 3, _dispatched, (3 * HOUR, 20 * HOUR)),
    Course("refusal-pending", 2, _refused_twice, (HOUR, 5 * HOUR)),
    Course("reported-in", 10, lambda r: _reported_in(r, late=0.05), _SOON),
    Course("reported-in-soon", 4, lambda r: _reported_in(r, late=0), (51 * HOUR, 57 * HOUR)),
    Course("reported-in-late", 4, lambda r: _reported_in(r, late=0.4), (6 * DAY, 8 * DAY)),
    Course("extension-pending", 3, lambda r: [
        *_reported_in(r, late=0), Step(A.REQUEST_EXTENSION, "lead", (5 * HOUR, DAY))
    ], _NOW),
    Course("handed", 2, lambda r: [
        *_accepted(r), Step(A.ASSIGN, "handler", (10, HOUR))
    ], _SOON),
    Course("handed-back", 1, _handed_back, _NOW),
    Course("handed-department", 1, lambda r: [
        *_reported_in(r, late=0), Step(A.ASSIGN, "lead", (10, HOUR))
    ], _SOON),
    Course("visit-planned", 2, lambda r: _to_meet(r, days=2), _SOON),
    Course("visit-held", 1, lambda r: [
        *_to_meet(r, days=1), Step(A.RECORD_VISIT, "lead", (26 * HOUR, 29 * HOUR))
    ], _SOON),
    Course("visit-cancelled", 1, lambda r: [
        *_to_meet(r, days=2), Step(A.CANCEL_VISIT, "lead", (HOUR, 5 * HOUR))
    ], _NOW),
    Course("resolved-department", 7, _department_done, _SOON),
    Course("resolved-own", 3, _own_done, _NOW),
    Course("resolved-member", 3, _member_done, _NOW),
    Course("rating-department", 8, lambda r: _confirmed(_department_done(r), "street"), _DAYS),
    Course("rating-own", 6, lambda r: _confirmed(_own_done(r), "handler"), _DAYS),
)  # fmt: skip
