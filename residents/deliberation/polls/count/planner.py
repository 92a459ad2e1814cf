"""How many are missing *to take part* while a poll runs, and at which doors; never how votes stand."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch
from django.utils.translation import gettext as _

from residents.deliberation.enums import BallotState, PollState, VoterKind
from residents.deliberation.models import Ballot, Poll, RollEntry, RollPart, Turnout
from residents.deliberation.polls.count import counting, tallies
from residents.deliberation.polls.count.counting import Missing, Weight
from residents.models import Belonging, Household


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
    numbers alone. Nobody is named: where people vote for no flat their home is the door.
    Statements do not grow.
    """
    sheet, of = tallies.sheet_of(poll), tallies.roll_weight(poll)
    voted = tallies.participating(poll)
    assert voted is not None, "asked of polls whose turnout the portal knows"
    lacking = counting.missing(sheet, voted, of)
    waiting = _waiting(poll)
    if lacking.people or lacking.area:
        waiting = _shortest(waiting, lacking)
    grouped: dict[str, list[Door]] = {}
    homes = _homes([entry for entry in waiting if not entry.parts.all()])
    for entry in waiting:
        building, door = _door(entry, homes)
        grouped.setdefault(building, []).append(door)
    buildings = [Building(name, doors) for name, doors in grouped.items()]
    buildings.sort(key=lambda building: -len(building.doors))
    return Plan(of, voted, lacking, len(waiting), buildings)


def _homes(entries: list[RollEntry]) -> dict[int, Household]:
    """Where the voters of entries without flats live, by person."""
    people = [entry.voter_id for entry in entries if entry.voter_id]
    belongings = Belonging.objects.filter(person__in=people, ends=None)
    related = belongings.select_related("household__building").order_by("-pk")
    return {belonging.person_id: belonging.household for belonging in related}


def _door(entry: RollEntry, homes: dict[int, Household]) -> tuple[str, Door]:
    """The building and the door of a voter: of the first flat, or the home; never a name."""
    parts = list(entry.parts.all())
    if parts:
        return parts[0].household.building.name, Door(entry, parts[0].label, len(parts))
    home = homes.get(entry.voter_id or 0)
    if home is None:
        return "", Door(entry, _("No. %(number)d of the roll") % {"number": entry.number}, 0)
    return home.building.name, Door(entry, f"{home.building.name} {home.door}", 0)


def _waiting(poll: Poll) -> list[RollEntry]:
    """Who has not voted; the developer last: there is no door to knock at."""
    if poll.state != PollState.OPEN or poll.is_secret:
        return []
    cast = Ballot.objects.filter(entry=OuterRef("pk"), state=BallotState.LIVE)
    turned_out = Turnout.objects.filter(entry=OuterRef("pk"))
    # Joined: SQLite cannot look for more than a thousand homes by their keys.
    parts = RollPart.objects.select_related("household__building")
    found = RollEntry.objects.filter(
        ~Exists(cast), ~Exists(turned_out), poll=poll, is_void=False
    ).prefetch_related(Prefetch("parts", parts))
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
