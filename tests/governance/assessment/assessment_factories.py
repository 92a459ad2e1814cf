"""Schemes, runs and the work that they count."""

from datetime import date, datetime
from typing import Any

from governance.assessment.enums import PeriodKind, SubjectKind
from governance.assessment.models import Run, Scheme
from governance.assessment.runs import computing, runs
from governance.assessment.schemes import schemes
from governance.assessment.schemes.definitions import Definition, Item
from tasks.enums import Action, Status
from tasks.models import Task
from tests import factories as make

# Work is done in March (make.NOW); the month is closed in April.
MARCH = "2026-03"
APRIL = datetime.fromisoformat("2026-04-05T09:00:00+08:00")
RATES = Definition(
    (
        Item("response", weight=30),
        Item("resolution", weight=35),
        Item("satisfaction", weight=35),
    )
)


def scheme(cast: Any, definition: Definition = RATES, **values: Any) -> Scheme:
    """A scheme in force of the cast's district."""
    wanted = {
        "code": "department-rates",
        "name": "部门三率",
        "subject_kind": SubjectKind.DEPARTMENT,
        "period_kind": PeriodKind.MONTH,
        "begins": date(2026, 3, 1),
        "source": "示例",
    } | values
    drafted = schemes.draft(
        district=cast.district, definition=definition, by=None, now=make.NOW, **wanted
    )
    return schemes.publish(scheme=drafted, by=None, now=make.NOW)


def rated(cast: Any, stars: int = 5, resolved: bool = True, now: datetime = make.NOW) -> Task:
    """A task that the urban management was called for, and that the reporter rated."""
    task = make.task(cast, Status.REPORTED_IN, now)
    task = make.act(task, Action.CONTACT, cast.urban_officer, now, text="已联系")
    done = {"outcome": "solved", "text": "已办", "reason": "无"}
    task = make.act(task, Action.RESOLVE, cast.urban_officer, now, **done)
    task = make.act(task, Action.CONFIRM, cast.street_cadre, now)
    rating = {"contacted": True, "resolved": resolved, "stars": stars}
    return make.act(task, Action.RATE, cast.owner, now, **rating)


def run(cast: Any, made: Scheme | None = None, period: str = MARCH, now: datetime = APRIL) -> Run:
    """A run that is computed."""
    started = runs.start(scheme=made or scheme(cast), period=period, by=None, now=now)
    assert computing.compute(started.pk, now)
    started.refresh_from_db()
    return started
