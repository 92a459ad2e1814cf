"""Topics on other pages: on a unit's, on the desk of who has the next step."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from orgs.db.first_keys import Statement, keys_of, keys_statement
from orgs.db.same_offices import OfficeStatement
from orgs.enums import Role, UnitTab
from orgs.models import Unit
from orgs.scoping import reach_of
from orgs.web.panels import Panel, UnitPanel
from residents.deliberation.enums import FINAL_STAGES, TopicStage
from residents.deliberation.models import Poll, Topic
from residents.deliberation.topics.course import rules, states
from residents.deliberation.topics.course.relations import STREET_ROLES

if TYPE_CHECKING:
    from orgs.models import User

SHOWN = 5


@dataclass(frozen=True)
class Topics:
    """Some topics, each with where it stands and its light."""

    unit: Unit | None
    rows: list[tuple[Topic, str, str]]
    keeps_rules: bool
    now: datetime


def unit_panel(*, unit: Unit, user: "User", now: datetime) -> UnitPanel:
    """The topics of a place that have not ended; its rules for who sets them."""
    return UnitPanel(
        UnitTab.OVERVIEW,
        lambda: unit.kind in rules.TOPIC_PLACES,
        partial(_of_unit, unit, user, now),
    )


def _of_unit(unit: Unit, user: "User", now: datetime) -> Panel | None:
    keeps = user.has_perm(rules.KEEP, unit)
    rows = Topic.objects.visible_to(user).filter(unit=unit).exclude(stage__in=FINAL_STAGES)
    found = list(rows.select_related("unit").order_by("-pk")[:SHOWN])
    if not found and not keeps:
        return None
    return Panel("deliberation/topics/unit_panel.html", _topics(found, now, unit, keeps), 40)


def desk_panel(*, user: "User", now: datetime) -> Panel | None:
    """What waits for this person: reviews of the branch, duties to convene, orders of the street."""
    [keys] = keys_of(_WAITING.of(user, now), 1)
    if not keys:
        return None
    rows = Topic.objects.filter(pk__in=keys).select_related("unit").order_by("due_by", "-pk")
    return Panel("deliberation/topics/desk_panel.html", _topics(list(rows), now), 20)


def _waiting(user: "User", now: datetime) -> Statement:
    reach = reach_of(user)
    waits = Q(pk__in=())
    if Role.BRANCH_SECRETARY in reach.roles:
        waits |= Q(reach.q("unit", {Role.BRANCH_SECRETARY}), stage=TopicStage.REVIEWING)
    if Role.COMMUNITY_WORKER in reach.roles:
        mine = reach.q("unit", {Role.COMMUNITY_WORKER})
        waits |= mine & Q(stage__in=[TopicStage.DISCUSSING, TopicStage.PUBLICITY])
    if reach.roles & STREET_ROLES:
        mine = reach.q("unit", STREET_ROLES)
        waits |= mine & Q(convene_by__lt=now, ordered_at=None) & ~Q(stage__in=FINAL_STAGES)
    return keys_statement(Topic.objects.filter(waits).order_by("due_by", "-pk")[:SHOWN])


_WAITING = OfficeStatement(_waiting)


def for_home(user: "User") -> list[tuple[Topic, str]]:
    """The newest topics at one's own home that have not ended, for the phone's home page."""
    rows = Topic.objects.visible_to(user).exclude(stage__in=FINAL_STAGES)
    found = rows.select_related("unit").order_by("-pk")[:3]
    return [(row, states.sentence(row)) for row in found]


def to_convene(user: "User") -> list[Topic]:
    """The petitions about which an owners' committee has still to call the owners together, the next first."""
    own = reach_of(user).q("unit", {Role.OWNERS_COMMITTEE})
    announced = Poll.objects.filter(
        topic=OuterRef("pk"), rehearsal=False, announced_at__gte=OuterRef("petition_at")
    )
    rows = Topic.objects.filter(own, ~Exists(announced), petition_at__isnull=False)
    return list(rows.exclude(stage__in=FINAL_STAGES).order_by("convene_by", "pk")[:SHOWN])


def _topics(
    rows: list[Topic], now: datetime, unit: Unit | None = None, keeps: bool = False
) -> Topics:
    shown = [(row, states.sentence(row), row.light(now)) for row in rows]
    return Topics(unit, shown, keeps, now)
