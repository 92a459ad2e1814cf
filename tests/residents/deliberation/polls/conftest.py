"""A compound with voters, and polls of it in any state."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from orgs.enums import Role
from orgs.models import User
from residents.deliberation.enums import (
    BallotKind,
    Electorate,
    Matter,
    PollMode,
    PollState,
    Rule,
)
from residents.deliberation.models import Poll, RollEntry
from residents.deliberation.polls.course import polls
from residents.enums import HouseholdState, Relation
from tests import factories as make
from tests.cast import Cast

NOW = make.NOW
YES_NO = [{"id": "1", "text": "是否使用维修资金更换5栋电梯？", "kind": "yes_no"}]


@dataclass
class Place:
    """Four flats with four owners, of which `multi` has two; two flats of the developer, a shop."""

    cast: Cast
    owner: User
    multi: User
    tenant: User
    supervisor: User
    people: dict[str, Any] = field(default_factory=dict)
    flats: dict[str, Any] = field(default_factory=dict)

    def draft(self, **values: Any) -> Poll:
        """A statutory owners' vote about the repair fund, by the owners' committee."""
        defaults: dict[str, Any] = {
            "unit": self.cast.compound,
            "title": "更换5栋电梯",
            "questions": YES_NO,
            "electorate": Electorate.OWNERS,
            "mode": PollMode.STATUTORY_PAPER,
            "rule": Rule.CIVIL_CODE_278,
            "matter": Matter.USE_FUND,
            "ballot": BallotKind.NAMED,
            "opens_at": NOW,
            "closes_at": NOW + timedelta(days=30),
            "rehearsal": True,
            "by": self.cast.committee_member,
            "now": NOW,
        }
        return polls.create(**defaults | values)

    def poll(self, state: PollState = PollState.OPEN, **values: Any) -> Poll:
        """A poll brought to a state; a rehearsal, so that no notice has to run."""
        poll = self.draft(**values)
        by = values.get("by", self.cast.committee_member)
        for step, reached in (
            (polls.announce, PollState.ANNOUNCED),
            (polls.open_poll, PollState.OPEN),
            (polls.close, PollState.CLOSED),
            (polls.publish, PollState.PUBLISHED),
        ):
            if PollState(poll.state) == state:
                break
            poll = step(poll=poll, by=by, now=NOW)
            assert poll.state == reached
        return poll

    def entry(self, poll: Poll, name: str) -> RollEntry:
        """The entry of one of the people, or of the developer."""
        entries = RollEntry.objects.select_related("poll", "person__guardian", "successor")
        if name == "developer":
            return entries.get(poll=poll, key="developer")
        return entries.get(poll=poll, person=self.people[name])


@pytest.fixture
def place(cast) -> Place:
    compound, building = cast.compound, cast.building
    make.position(
        supervisor := make.user("supervisor", name="监票员"), Role.SUPERVISOR, cast.district
    )
    place = Place(cast, cast.owner, cast.neighbour, make.user("tenant", name="租客"), supervisor)
    second = make.unit(compound, code=f"{compound.code}-006", name="6栋")
    compound.refresh_from_db()
    building.refresh_from_db()
    accounts = {"owner": place.owner, "multi": place.multi, "third": None, "fourth": None}
    for name, account in accounts.items():
        place.people[name] = make.resident(compound, name=f"业主{name}", account=account)
    for room, name in (("101", "owner"), ("102", "multi"), ("103", "third"), ("104", "fourth")):
        place.flats[room] = flat = make.household(building, room, area=10_000)
        make.belonging(place.people[name], flat, verified_by=cast.community_worker, verified_at=NOW)
    place.flats["201"] = flat = make.household(second, "201", area=12_050)
    make.belonging(place.people["multi"], flat, verified_by=cast.community_worker, verified_at=NOW)
    for room, state in (("202", HouseholdState.UNSOLD), ("203", HouseholdState.UNDELIVERED)):
        place.flats[room] = make.household(second, room, state=state, area=9_000)
    lodger = make.resident(compound, name="租客", account=place.tenant)
    make.belonging(
        lodger, place.flats["104"], Relation.TENANT,
        verified_by=cast.community_worker, verified_at=NOW,
    )  # fmt: skip
    return place


def at(days: float) -> datetime:
    return NOW + timedelta(days=days)
