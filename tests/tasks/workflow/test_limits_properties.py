"""Left alone with the clock over a holiday week, the portal reminds, escalates and closes what the rules say.

The reference is written from the rules alone, minute by minute, with its own holidays; it shares
nothing with the code that it judges.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from itertools import pairwise

import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from orgs.calendar.working_time import forget_calendar
from orgs.models import CalendarDay
from tasks import jobs
from tasks.enums import Action, Light, LimitStep, Status
from tasks.models import Task
from tasks.workflow.limits.limits import with_light
from tasks.workflow.rules.workflow import WORKFLOW
from tests import factories as make
from tests.cast import make_cast

CHINA = timezone(timedelta(hours=8))
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# 国务院办公厅关于2026年部分节假日安排的通知: Spring Festival and National Day, with make-up workdays.
OFF = {date(2026, 2, day) for day in range(15, 24)} | {date(2026, 10, day) for day in range(1, 8)}
MADE_UP = {date(2026, 2, 14), date(2026, 2, 28), date(2026, 9, 20), date(2026, 10, 10)}
WEEKS = (
    datetime(2026, 2, 12, 8, tzinfo=CHINA),
    datetime(2026, 9, 28, 8, tzinfo=CHINA),
)
OFFICE = ((time(8, 30), time(12)), (time(14, 30), time(17, 30)))


# --- The slow reference ---------------------------------------------------------------------------


@dataclass
class Reference:
    """The rules of one whistle, minute by minute. `declared` is the administrator's calendar."""

    emergency: bool
    start: datetime
    declared: dict[date, bool]
    extended: datetime | None = None
    limits: dict[str, datetime] = field(init=False)

    def __post_init__(self) -> None:
        if self.emergency:
            lengths = {"report_in": 30, "contact": 120, "resolve": 24 * 60}
            self.limits = {kind: self.start + n * MINUTE for kind, n in lengths.items()}
            return
        report_in = self.walk(self.start, 60, self.office)
        contact = max(report_in, self.walk(self.start, 24 * 60, self.working))
        day, left = self.start.date(), 3
        while left:
            day += DAY
            left -= self.working(datetime.combine(day, time(12), CHINA))
        resolve = max(contact, datetime.combine(day, time(17, 30), CHINA))
        self.limits = {"report_in": report_in, "contact": contact, "resolve": resolve}

    def working(self, minute: datetime) -> bool:
        day = minute.date()
        weekday = day not in OFF and (day.weekday() < 5 or day in MADE_UP)
        return self.declared.get(day, weekday)

    def office(self, minute: datetime) -> bool:
        opened = any(opens <= minute.time() < closes for opens, closes in OFFICE)
        return opened and self.working(minute)

    def always(self, minute: datetime) -> bool:
        return True

    def walk(self, start: datetime, minutes: float, counts) -> datetime:
        """Goes on minute by minute until so many have counted; the last one may be a part."""
        at = start
        while minutes >= 1:
            minutes -= counts(at)
            at += MINUTE
        while minutes and not counts(at):
            at += MINUTE
        return at + minutes * MINUTE

    def counted(self, start: datetime, end: datetime, counts) -> int:
        return sum(counts(start + n * MINUTE) for n in range(int((end - start) / MINUTE)))

    def moments(self, kind: str, due: datetime) -> list[datetime]:
        """When the department is reminded, and the community, street and district are told."""
        runs = {"report_in": self.office, "contact": self.working, "resolve": self.office}[kind]
        later, street, district = self.office, 120, 390
        if self.emergency:
            runs, later, street, district = self.always, self.always, 15, 30
        total = self.counted(self.start, due, runs)
        remind = min(self.walk(self.start, total * 3 / 4, runs), due)
        return [remind, due, self.walk(due, street, later), self.walk(due, district, later)]


@dataclass
class Course:
    """What people do with one whistle, and when (None: never); `now` is compared, not scheduled."""

    done: dict[str, datetime | None]
    asked: datetime | None = None
    decided: datetime | None = None
    until: datetime | None = None
    granted: bool = False
    confirmed: datetime | None = None
    rated: datetime | None = None

    def is_done(self, what: str, now: datetime) -> bool:
        at = self.done[what]
        return at is not None and at <= now


def running(rules: Reference, course: Course, now: datetime) -> tuple[str, datetime] | None:
    if course.is_done("resolve", now):
        return None
    for kind in ("report_in", "contact"):
        if not course.is_done(kind, now):
            return kind, rules.limits[kind]
    return "resolve", rules.extended or rules.limits["resolve"]


# --- Random weeks ------------------------------------------------------------------------------------

minutes = st.integers(1, 12 * 24 * 60)
maybe = st.none() | minutes


@st.composite
def weeks(draw):
    start = draw(st.sampled_from(WEEKS)) + draw(st.integers(0, 6 * 24 * 60)) * MINUTE

    def moment(gap):
        return None if gap is None else start + gap * MINUTE

    # Reported in, then contacted, then done; from some step on nothing may happen any more.
    gaps = sorted(draw(st.lists(minutes, min_size=3, max_size=3, unique=True)))
    gaps = gaps[: draw(st.integers(0, 3))]
    gaps += [None] * (3 - len(gaps))
    done = dict(zip(("report_in", "contact", "resolve"), map(moment, gaps), strict=True))
    asked = draw(maybe)
    decided = asked + draw(st.integers(1, 3000)) if asked and draw(st.booleans()) else None
    course = Course(done, moment(asked), moment(decided), granted=draw(st.booleans()))
    if done["resolve"] and draw(st.booleans()):
        course.confirmed = done["resolve"] + draw(st.integers(1, 3000)) * MINUTE
        if draw(st.booleans()):
            course.rated = course.confirmed + draw(st.integers(1, 9 * 24 * 60)) * MINUTE
    runs = sorted(
        {start + gap * MINUTE for gap in draw(st.lists(minutes, min_size=1, max_size=14))}
    )
    if course.confirmed:
        # About when the time for a rating runs out.
        runs.append(course.confirmed + 7 * DAY + draw(st.integers(-2, 900)) * MINUTE)
    runs.append(max(runs) + draw(st.integers(1, 4 * 24 * 60)) * MINUTE)
    day = start.date() + draw(st.integers(0, 5)) * DAY
    declared = {day: draw(st.booleans())} if draw(st.booleans()) else {}
    return start, draw(st.booleans()), course, runs, declared, draw(st.integers(1, 60))


class HolidayWeeks(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()
        cls.category = make.category()

    @settings(max_examples=40, derandomize=True)
    @given(weeks())
    def test_left_alone_it_does_what_the_rules_say(self, week):
        start, emergency, course, runs, declared, longer = week
        for day, is_worked in declared.items():
            CalendarDay.objects.create(day=day, is_worked=is_worked, note="区里通知")
        forget_calendar()
        rules = Reference(emergency, start, declared)
        kind = "emergency" if emergency else "public"
        task = make.task(
            self.cast, Status.DISPATCHED, start, category=self.category, whistle_kind=kind
        )
        assert (task.report_in_by, task.respond_by, task.resolve_by) == tuple(rules.limits.values())
        expected, closed = [], None
        for before, now in pairwise([start, *sorted(set(runs))]):
            task = self.act(task, rules, course, before, now, longer)
            with time_machine.travel(now, tick=False):
                jobs.watch_limits()
                jobs.watch_limits()
                jobs.expire_unrated()
            expected += self.steps(rules, course, now, expected)
            waited = course.confirmed and now > course.confirmed + 7 * DAY
            if closed is None and course.rated and course.rated <= now:
                closed = ("rated", course.rated)
            if closed is None and waited:
                closed = ("not_rated", now)
            task = Task.objects.select_related("whistle_rule", "unit").get(pk=task.pk)
            self.assert_light(task, rules, course, now)
        taken = list(task.limit_steps.values_list("kind", "due_at", "step", "at"))
        assert sorted(taken) == sorted(expected)
        told = task.events.filter(action__in=[Action.REMIND, Action.ESCALATE])
        assert sorted(told.values_list("data__limit", "data__step")) == sorted(
            (kind, step) for kind, _due, step, _at in expected
        )
        assert (task.ending, task.closed_at) == (closed or ("", None))
        if closed:
            for days, open_ in ((15 * DAY, True), (15 * DAY + MINUTE, False)):
                at = closed[1] + days
                assert WORKFLOW.is_open(task, Action.REOPEN, self.cast.owner, at) is open_

    def act(self, task, rules, course, before, now, longer):
        """What people do between two runs, each at its own moment."""
        done = {"outcome": "solved", "text": "已办", "reason": "无"}
        urban, street = self.cast.urban_officer, self.cast.street_cadre
        planned = [
            (course.done["report_in"], Action.REPORT_IN, urban, {}),
            (course.done["contact"], Action.CONTACT, urban, {"text": "已联系"}),
            (course.asked, Action.REQUEST_EXTENSION, urban, {"reason": "缺料"}),
            (course.decided, Action.DECIDE_EXTENSION, street, {}),
            (course.done["resolve"], Action.RESOLVE, urban, done),
            (course.confirmed, Action.CONFIRM, street, {}),
            (course.rated, Action.RATE, self.cast.owner, RATED),
        ]
        due = [one for one in planned if one[0] and before < one[0] <= now]
        for at, action, by, body in sorted(due, key=lambda one: one[0]):
            finished = course.is_done("resolve", at)
            if action == Action.REQUEST_EXTENSION:
                if finished:
                    course.asked = course.decided = None
                    continue
                course.until = max(rules.limits["resolve"], at) + longer * 60 * MINUTE
                body = body | {"until": course.until}
            if action == Action.DECIDE_EXTENSION:
                if finished or course.until is None:
                    continue
                body = {"granted": course.granted, "reason": "已核"}
                if course.granted:
                    rules.extended = course.until
            if action == Action.RATE and task.status != Status.RATING:
                course.rated = None
                continue
            task = make.act(Task.objects.get(pk=task.pk), action, by, at, **body)
        return task

    def steps(self, rules, course, now, taken):
        """The steps that a run at a moment takes: each of a limit once, no reminder after it."""
        found = running(rules, course, now)
        if found is None:
            return []
        kind, due = found
        known = {(one[0], one[1], one[2]) for one in taken}
        return [
            (kind, due, int(step), now)
            for step, at in zip(LimitStep, rules.moments(kind, due), strict=True)
            if at <= now
            and (step != LimitStep.REMIND or now < due)
            and (kind, due, int(step)) not in known
        ]

    def assert_light(self, task, rules, course, now):
        """The light of the page and of the list: what the reference says."""
        found = running(rules, course, now)
        if found is None:
            late = course.done["resolve"] > (rules.extended or rules.limits["resolve"])
            light = Light.RED if late else Light.GREEN
        else:
            remind, due, *_told = rules.moments(*found)
            light = Light.RED if now > due else Light.YELLOW if now > remind else Light.GREEN
        assert task.light(now) == light
        shown = [one for one in Light if with_light(Task.objects.all(), one, now).exists()]
        assert shown == [light]


RATED = {"contacted": True, "resolved": True, "stars": 5}
