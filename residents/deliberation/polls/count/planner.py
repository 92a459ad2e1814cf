"""How many are missing *to take part* while a poll runs, and at which doors; never how votes stand."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from residents.deliberation.enums import BallotState, PollState, VoterKind
from residents.deliberation.models import Ballot, Poll, RollEntry, Turnout
from residents.deliberation.polls.count import counting, tallies
from residents.deliberation.polls.count.counting import Missing, Weight


@dataclass(frozen=True)
class Door:
    """A voter who has not voted."""

    entry: RollEntry
    label: str
    flats: int


@dataclass(frozen=True)
class Building:
    """The doors of a building to knock at, those first that bring the most."""

    name: str
    doors: list[Door]


@dataclass(frozen=True)
class Plan:
    of: Weight
    participating: Weight
    missing: Missing
    doors: int
    buildings: list[Building]


def plan(poll: Poll) -> Plan:
    """The shortest list of doors that would reach the quorum, grouped by building.

    Where the area binds the largest come first, else any order would do; whole buildings stay
    together. Once the quorum is reached everybody who has not voted is listed. Of a secret poll
    numbers alone. Three statements.
    """
    sheet, of = tallies.sheet_of(poll), tallies.roll_weight(poll)
    voted = tallies.participating(poll)
    lacking = counting.missing(sheet, voted, of)
    waiting = _waiting(poll)
    if lacking.people or lacking.area:
        waiting = _shortest(waiting, lacking)
    grouped: dict[str, list[Door]] = {}
    for entry in waiting:
        parts = list(entry.parts.all())
        building = parts[0].household.building.name if parts else ""
        door = Door(entry, parts[0].label if parts else entry.name, len(parts))
        grouped.setdefault(building, []).append(door)
    buildings = [Building(name, doors) for name, doors in grouped.items()]
    buildings.sort(key=lambda building: -len(building.doors))
    return Plan(of, voted, lacking, len(waiting), buildings)


def _waiting(poll: Poll) -> list[RollEntry]:
    """Who has not voted; the developer last: there is no door to knock at."""
    if poll.state != PollState.OPEN or poll.is_secret:
        return []
    cast = Ballot.objects.filter(entry=OuterRef("pk"), state=BallotState.LIVE)
    turned_out = Turnout.objects.filter(entry=OuterRef("pk"))
    found = RollEntry.objects.filter(
        ~Exists(cast), ~Exists(turned_out), poll=poll, is_void=False
    ).prefetch_related("parts__household__building")
    return sorted(
        found, key=lambda entry: (entry.kind == VoterKind.DEVELOPER, -entry.area, entry.number)
    )


def _shortest(waiting: list[RollEntry], lacking: Missing) -> list[RollEntry]:
    """The fewest entries that bring enough people and enough area: the largest areas first."""
    chosen: list[RollEntry] = []
    area = 0
    for entry in waiting:
        if len(chosen) >= lacking.people and area >= lacking.area:
            break
        chosen.append(entry)
        area += entry.area
    return chosen
