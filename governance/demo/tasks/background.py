"""What goes on beside the stories: duty rosters, notices that were read, counts, tasks left out."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from governance.demo.cast import Cast
from governance.demo.places import STREET
from governance.demo.tasks.player import Story
from orgs.calendar import duty
from orgs.models import Notice
from orgs.notifications import notifications
from tasks.enums import DeclineReason, Ending
from tasks.models import Exclusion
from tasks.rates import day_counts, exclusions

# This week and three more.
ROSTER_DAYS = 28
READ_AFTER = timedelta(hours=12)
# Reasons for two tasks to be left out; the district has decided on the first.
_ASKED = (
    (DeclineReason.BEYOND_DUTIES, "属于业主与物业公司的合同纠纷，已告知走调解或诉讼渠道。"),
    (DeclineReason.REPEATED, "同一诉求三天前已答复办结，本次没有新情况。"),
)
_DECIDED = "情况属实，同意不计入。"


def make_rosters(places: Sequence[duty.Place], now: datetime) -> None:
    """Whoever holds an office at a place takes turns; the next in turn stands in."""
    today = timezone.localdate(now)
    monday = today - timedelta(days=today.weekday())
    for place in places:
        people = list(duty.people_of(place, today))
        if not people:
            continue
        count = len(people)
        turns = [
            duty.Turn(
                monday + timedelta(days=number),
                people[number % count],
                people[(number + 1) % count] if count > 1 else None,
            )
            for number in range(ROSTER_DAYS)
        ]
        duty.keep(place=place, turns=turns, by=people[0], now=now)


def settle(stories: Sequence[Story], cast: Cast, now: datetime) -> None:
    """Counts all days, leaves a task out of the rates, and has people read their older notices."""
    day_counts.count_touched(now)
    _leave_out(stories, cast, now)
    older = Notice.objects.filter(at__lt=now - READ_AFTER)
    for person in cast.people.values():
        notifications.read(notices=older, by=person, now=now)


def _leave_out(stories: Sequence[Story], cast: Cast, now: datetime) -> None:
    rated = [
        story.task
        for story in stories
        if story.course.name == "department-rated"
        and story.task.ending == Ending.RATED
        and story.task.unit.code.startswith(STREET[:9])
    ]
    asked: list[Exclusion] = []
    for task, (code, reason) in zip(rated, _ASKED, strict=False):
        by = cast.street_of(task.unit)
        at = now - timedelta(hours=20)
        asked.append(exclusions.ask(task=task, reason_code=code, reason=reason, by=by, now=at))
    district = cast.people["district"]
    exclusions.decide(exclusion=asked[0], granted=True, reason=_DECIDED, by=district, now=now)
