"""Playing the stories: every step goes through its use-case, in the order of time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from governance.demo.cast import Cast
from governance.demo.tasks import sentences
from governance.demo.tasks.bodies import assigned, body_of, filled
from governance.demo.tasks.stories import COURSES, Course, Step
from orgs.models import Attachment, Unit, User
from orgs.workflow.notifications import STALE_AFTER
from tasks.enums import (
    Action,
    AssignmentRole,
    AssignmentStatus,
    Channel,
    Status,
)
from tasks.models import Category, Task
from tasks.reports import report
from tasks.workflow import notifications
from tasks.workflow.limits import watcher
from tasks.workflow.rules.relations import VerifiedReporter
from tasks.workflow.specification import SPECIFICATIONS
from tasks.workflow.steps import closing

SPAN = timedelta(days=90)
DAY_STARTS, DAY_ENDS = 7, 21
PHOTO_STORIES = 2
# Only stories of residents go on by their reporter's hand, or with a member's.
RESIDENTS_ONLY = frozenset({"reopened", "withdrawn", "merged"})
STAFF_ONLY = frozenset({"staff-closed"})
WITH_MEMBERS = frozenset({"member-rated", "offered", "taken", "resolved-member", "recalled-rated"})
AT_EMERALD = WITH_MEMBERS | {
    *("handed", "handed-back", "handed-department"),
    *("visit-planned", "visit-held", "visit-cancelled"),
}
# What neighbours can do for each other.
FOR_MEMBERS = frozenset(
    {"fly-wire-charging", "fire-lanes", "parking", "rubbish", "dogs", "noise", "trees", "pests"}
)
# What happens once in a while: not among ten random stories.
RARE = frozenset({"lift-trapped", "gas-leak"})
AT_HOME_STREET = frozenset({"transferred", "unsigned"})
PROGRESS_EVERY = 200


@dataclass
class Story:
    """One task to be: what it is about, when each step comes, and the task once it is reported."""

    course: Course
    unit: Unit
    category: Category
    channel: Channel
    steps: list[Step]
    times: list[datetime]
    random: Random
    host: "Story | None" = None
    has_photo: bool = False
    task: Task = field(default=None)  # type: ignore[assignment]  # from the first step on


Draw = Callable[[Random, User, datetime], Attachment]


def play(
    cast: Cast,
    *,
    now: datetime,
    random: Random,
    draw: Draw,
    progress: Callable[[str], None],
) -> list[Story]:
    """Plans all stories, then takes their steps one by one, the earliest first."""
    stories = _plan(cast, now, random)
    moments = sorted(
        (at, number, step)
        for number, story in enumerate(stories)
        for step, at in enumerate(story.times)
    )
    after = [at for at, _number, _step in moments[1:]] + [now]
    for done, ((at, number, step), following) in enumerate(zip(moments, after, strict=True)):
        if done % PROGRESS_EVERY == 0:
            progress(f"{done}/{len(moments)}")
        story = stories[number]
        watcher.watch(at)
        if step == 0:
            _report(story, cast, at, draw)
        else:
            _take(story, story.steps[step - 1], cast, at)
        # Once an hour: each time costs more than all the notices that it makes.
        if at > now - STALE_AFTER and _hour(at) != _hour(following):
            notifications.notify_of_events(at)
    watcher.watch(now)
    notifications.notify_of_events(now)
    progress(f"{len(moments)}/{len(moments)}")
    return stories


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


# --- Planning ----------------------------------------------------------------------------------


def _plan(cast: Cast, now: datetime, random: Random) -> list[Story]:
    stories: list[Story] = []
    for course in COURSES:
        if course.name != "merged":
            stories += [_story(course, cast, now, random) for _number in range(course.count)]
    hosts = [story for story in stories if story.course.name == "department-rated"]
    merged = next(course for course in COURSES if course.name == "merged")
    for host in random.sample(hosts, merged.count):
        stories.append(_twin(merged, host, random))
    shown = [story for story in stories if story.course.name == "department-rated"]
    for story in [candidate for candidate in shown if candidate.channel == Channel.RESIDENT][
        :PHOTO_STORIES
    ]:
        story.has_photo = True
    return stories


def _story(course: Course, cast: Cast, now: datetime, random: Random) -> Story:
    unit = cast.place(
        random,
        emerald=course.name in AT_EMERALD,
        home_street=course.name in AT_HOME_STREET,
    )
    steps = course.steps(random)
    kinds = [kind for kind in cast.categories if kind.code not in RARE]
    if course.name in WITH_MEMBERS:
        kinds = [kind for kind in kinds if kind.code in FOR_MEMBERS]
    return Story(
        course=course,
        unit=unit,
        category=random.choice(kinds),
        channel=_channel(course, cast, unit, random),
        steps=steps,
        times=_times(course, steps, now, random),
        random=random,
    )


def _twin(course: Course, host: Story, random: Random) -> Story:
    """A second report of what another story is about, joined to it while that is open."""
    span = host.times[-1] - host.times[0]
    return Story(
        course=course,
        unit=host.unit,
        category=host.category,
        channel=Channel.RESIDENT,
        steps=course.steps(random),
        times=[host.times[0] + span * 0.1, host.times[0] + span * 0.2],
        random=random,
        host=host,
    )


def _channel(course: Course, cast: Cast, unit: Unit, random: Random) -> Channel:
    if course.name in STAFF_ONLY:
        return random.choice([Channel.PATROL, Channel.PATROL, Channel.CADRE])
    if course.name in RESIDENTS_ONLY:
        return Channel.RESIDENT
    return random.choices(
        [Channel.RESIDENT, Channel.PHONE, Channel.PASSER_BY, Channel.HOTLINE],
        weights=[64, 15, 12, 9],
    )[0]


def _times(course: Course, steps: list[Step], now: datetime, random: Random) -> list[datetime]:
    """When the report and each step happen: people sleep, and nothing lies ahead of `now`."""
    waits = [timedelta(minutes=random.randint(*step.wait)) for step in steps]
    if course.idle is not None:
        rest = timedelta(minutes=random.randint(*course.idle))
        return _backwards(now - rest, waits, now, random)
    free = SPAN - sum(waits, timedelta()) - timedelta(days=3)
    times = [_next_morning(now - SPAN + free * random.random(), random)]
    for step, wait in zip(steps, waits, strict=True):
        at = times[-1] + wait
        times.append(at if step.part == "system" else _next_morning(at, random))
    late = times[-1] - now
    back = timedelta(days=late // timedelta(days=1) + 1) if late >= timedelta() else timedelta()
    return [at - back for at in times]


def _backwards(
    last: datetime, waits: list[timedelta], now: datetime, random: Random
) -> list[datetime]:
    """The moments of an open story, found from its last one; who loads at night works at night."""
    by_day = _is_day(now)
    times = [_evening_before(last, random) if by_day else last]
    for wait in reversed(waits):
        at = times[-1] - wait
        times.append(_evening_before(at, random) if by_day else at)
    return times[::-1]


def _is_day(at: datetime) -> bool:
    return DAY_STARTS <= timezone.localtime(at).hour < DAY_ENDS


def _next_morning(at: datetime, random: Random) -> datetime:
    """The moment itself by day; at night, the next morning."""
    if _is_day(at):
        return at
    local = timezone.localtime(at)
    if local.hour >= DAY_ENDS:
        local += timedelta(days=1)
    return local.replace(hour=DAY_STARTS, minute=random.randint(20, 59))


def _evening_before(at: datetime, random: Random) -> datetime:
    """The moment itself by day; at night, the evening before."""
    if _is_day(at):
        return at
    local = timezone.localtime(at)
    if local.hour < DAY_STARTS:
        local -= timedelta(days=1)
    return local.replace(hour=DAY_ENDS - 1, minute=random.randint(0, 59))


# --- The first step ----------------------------------------------------------------------------


def _report(story: Story, cast: Cast, at: datetime, draw: Draw) -> None:
    random, unit = story.random, story.unit
    title, text = random.choice(sentences.WORDS[story.category.code][0])
    body: dict[str, Any] = {
        "unit": unit,
        "category": story.category,
        "title": title,
        "text": filled(text, unit, random),
    }
    by: User | AnonymousUser
    match story.channel:
        case Channel.RESIDENT:
            by = cast.resident(
                random, unit, other_than=story.host.task.reporter if story.host else None
            )
            body["hide_name"] = random.random() < 0.1
        case Channel.PASSER_BY:
            by = AnonymousUser()
            digit = random.randrange(10)
            body["contact_phone"] = f"1390000{str(digit) * 4}"
            body["contact_name"] = random.choice(["", *sentences.CALLERS])
        case Channel.PATROL:
            by = cast.patrol(unit)
        case Channel.CADRE:
            by = cast.street_of(unit)
        case _:
            by = cast.worker_of(unit)
            body["contact_name"] = random.choice(sentences.CALLERS)
            body["contact_phone"] = f"1390000{random.randrange(5000, 6000)}"
            body["received_at"] = at - timedelta(minutes=random.randint(5, 60))
            if story.channel == Channel.HOTLINE:
                body["outside_number"] = f"12345-{at:%y%m%d}-{random.randrange(10**5):05}"
                body["reply_by"] = at + timedelta(days=3)
    point = cast.point(random, unit)
    if point and random.random() < 0.6:
        body["lon"], body["lat"] = point
    if story.has_photo and isinstance(by, User):
        body["attachments"] = [draw(random, by, at)]
    story.task = report.report(by=by, now=at, **body)


# --- The other steps ---------------------------------------------------------------------------


def _take(story: Story, step: Step, cast: Cast, at: datetime) -> None:
    """Takes a step, unless the story went another way (nobody assists, nobody is to rate)."""
    task = story.task
    if step.action == Action.EXPIRE:
        story.task = closing.expire(task=task, now=at)
        return
    by = _actor(story, step, cast)
    if by is None or _is_needless(task, step):
        return
    body = body_of(story, step, cast, at)
    story.task = SPECIFICATIONS[step.action].take(task=task, by=by, now=at, **body)


def _is_needless(task: Task, step: Step) -> bool:
    if step.action == Action.SIGN:
        return not (task.whistle_rule and task.whistle_rule.needs_signature)
    if step.action == Action.RATE:
        return task.status == Status.CLOSED
    return False


def _actor(story: Story, step: Step, cast: Cast) -> Any:
    """Who takes the step; None where nobody can."""
    task, random = story.task, story.random
    match step.part:
        case "handler" | "confirmer":
            return cast.handler_of(task, random)
        case "offerer":
            return random.choice([cast.people["secretary"], cast.handler_of(task, random)])
        case "street":
            return cast.street_of(task.unit)
        case "leader":
            return cast.people["street"]
        case "district":
            return cast.people["district"]
        case "helper":
            return cast.helper(random, other_than=task.reporter)
        case "taker":
            return cast.by_id[task.taker_id] if task.taker_id else None
        case "holder":
            return cast.by_id[task.handed_to_id] if task.handed_to_id else None
        case "lead":
            return cast.officer_of(assigned(task, AssignmentRole.LEAD))
        case "assist":
            return _assisting(task, step, cast)
        case "rater":
            return _rater(task, cast, random)
    if task.reporter_id:
        return cast.by_id[task.reporter_id]
    return None if step.action == Action.COMMENT else VerifiedReporter(task.pk)


def _rater(task: Task, cast: Cast, random: Random) -> Any:
    """The reporter, or for those without an account now and then whoever calls back."""
    if task.reporter_id:
        return cast.by_id[task.reporter_id]
    caller = cast.call_back(task.unit)
    return caller if caller and random.random() < 0.6 else VerifiedReporter(task.pk)


def _assisting(task: Task, step: Step, cast: Cast) -> User | None:
    assignment = assigned(task, AssignmentRole.ASSIST)
    wanted = (
        AssignmentStatus.DISPATCHED
        if step.action == Action.REPORT_IN
        else AssignmentStatus.REPORTED_IN
    )
    if assignment is None or assignment.status != wanted:
        return None
    return cast.officer_of(assignment)
