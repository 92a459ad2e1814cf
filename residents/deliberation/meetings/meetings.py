"""Joint meetings are called, and their minutes written down."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Unit
from residents.deliberation.enums import FINAL_STAGES
from residents.deliberation.models import Attendance, JointMeeting, Topic

if TYPE_CHECKING:
    from orgs.models import User

CALL = "deliberation.call_meeting"
MOST_TOPICS = 20


@transaction.atomic
def call(
    *,
    unit: Unit,
    title: str,
    starts_at: datetime,
    where: str,
    agenda: str,
    by: "User",
    now: datetime,
    topics: Iterable[Topic] = (),
) -> JointMeeting:
    """Calls the sides of a place together about some of its topics. Raises NotAllowed, Refused."""
    _must_call(by, unit)
    chosen = list(topics)
    if starts_at <= now:
        raise Refused(_("This moment has passed."), field="starts_at")
    if len(chosen) > MOST_TOPICS:
        raise Refused(_("At most %(most)d topics.") % {"most": MOST_TOPICS}, field="topics")
    if any(one.unit_id != unit.pk or one.stage in FINAL_STAGES for one in chosen):
        raise Refused(_("Choose open topics of this place."), field="topics")
    meeting = JointMeeting.objects.create(
        unit=unit, title=title.strip(), starts_at=starts_at, where=where.strip(),
        agenda=agenda.strip(), called_by=by, called_at=now,
    )  # fmt: skip
    meeting.topics.set(chosen)
    detail = {"topics": [one.pk for one in chosen]}
    audit.record("deliberation.call-meeting", by=by, obj=meeting, now=now, detail=detail)
    return meeting


@transaction.atomic
def write_minutes(
    *,
    meeting: JointMeeting,
    minutes: str,
    attendance: Mapping[str, str],
    by: "User",
    now: datetime,
) -> JointMeeting:
    """Writes down who came and what was said; once, since people rely on it.

    Raises NotAllowed; WrongState (`not_begun`, `has_minutes`); Refused where nobody came.
    """
    rows = JointMeeting.objects.select_for_update(of=("self",)).select_related("unit")
    row = rows.get(pk=meeting.pk)
    _must_call(by, row.unit)
    if now < row.starts_at:
        raise WrongState(_("The meeting has not begun."), code="not_begun")
    if row.minutes_at is not None:
        raise WrongState(_("The minutes are written already."), code="has_minutes")
    came = {side: names.strip() for side, names in attendance.items() if names.strip()}
    if not came:
        raise Refused(_("Say who came."), field="attendance")
    Attendance.objects.bulk_create(
        Attendance(meeting=row, side=side, names=names) for side, names in came.items()
    )
    row.minutes, row.minutes_by, row.minutes_at = minutes.strip(), by, now
    row.save(update_fields=["minutes", "minutes_by", "minutes_at"])
    audit.record(
        "deliberation.write-minutes", by=by, obj=row, now=now, detail={"sides": list(came)}
    )
    return row


def _must_call(by: "User", unit: Unit) -> None:
    if not by.has_perm(CALL, unit):
        raise NotAllowed(_("The community, the branch and the committee call these meetings."))
