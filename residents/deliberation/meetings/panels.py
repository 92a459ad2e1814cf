"""The joint meetings on a topic's page."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from orgs.web.panels import Panel
from residents.deliberation.enums import FINAL_STAGES
from residents.deliberation.meetings.meetings import CALL
from residents.deliberation.models import JointMeeting

if TYPE_CHECKING:
    from orgs.models import User
    from residents.deliberation.models import Topic


@dataclass(frozen=True)
class Meetings:
    """The meetings about a topic, and whether the reader may call one."""

    topic: "Topic"
    meetings: list[JointMeeting]
    may_call: bool
    now: datetime


def panel(*, topic: "Topic", user: "User", now: datetime) -> Panel | None:
    """The meetings about a topic; nothing where there is none and the reader calls none."""
    may_call = topic.stage not in FINAL_STAGES and user.has_perm(CALL, topic.unit)
    found = list(topic.meetings.order_by("-starts_at"))
    if not found and not may_call:
        return None
    return Panel("deliberation/meetings/panel.html", Meetings(topic, found, may_call, now), 30)
