"""A database that an older portal filled.

Dispatches that did not keep their limits: what can be known is written, the rest marked. Sheets that were
imported before there was one engine stay known as imports. (One way back and forth: it takes long.)
"""

from datetime import timedelta

from django_celery_beat.models import IntervalSchedule, PeriodicTask

from orgs.enums import ImportState
from orgs.models import LedgerImport
from tasks.models import Assignment, Rating, Task
from tests import factories as make

BEFORE = [("tasks", "0011_found_by_unit")]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LIMITS = ("report_in_by", "respond_by", "resolve_by")
FIRST, SECOND = make.NOW, make.NOW + 10 * DAY
UNTIL = FIRST + 8 * DAY


def limits(at) -> dict:
    return dict(zip(LIMITS, (at + HOUR, at + DAY, at + 3 * DAY), strict=True))


class Past:
    """Rows as the use-cases of that day left them."""

    def __init__(self, model, cast) -> None:
        self.model, self.cast = model, cast
        self.rule = model("tasks", "WhistleRule").objects.filter(kind="public").first()
        self.category = model("tasks", "Category").objects.create(
            code="wires", name="飞线", position=1
        )

    def add(self, name: str, /, **values):
        return self.model("tasks", name).objects.create(**values)

    def task(self, **values):
        number = self.model("tasks", "Task").objects.count()
        known = {
            "number": f"HZ26031000000{number}",
            "unit_id": self.cast.building.pk,
            "category_id": self.category.pk,
            "title": "飞线",
            "text": "楼道飞线",
            "channel": "resident",
            "triage": "community",
            "created_at": FIRST,
            "moved_at": FIRST,
            "whistle_kind": "public",
            "whistle_rule": self.rule,
            "dispatch_round": 1,
        }
        return self.add("Task", **known | values)

    def lead(self, task, at=FIRST, **values):
        known = {"status": "dispatched", "round": 1, "role": "lead", "dispatched_at": at}
        department = values.pop("department", self.cast.urban)
        return self.add("Assignment", task=task, department_id=department.pk, **known | values)

    def step(self, task, kind, due_at, step=1):
        self.add("LimitStepTaken", task=task, kind=kind, due_at=due_at, step=step, at=due_at)

    def event(self, task, action, at, department=None):
        self.add(
            "Event", task=task, action=action, who="lead", at=at,
            department_id=department and department.pk,
        )  # fmt: skip

    def extension(self, task, until):
        self.add(
            "DecisionRequest", task=task, kind="extension", round=1, until=until, reason="缺料",
            asked_by_id=self.cast.urban_officer.pk, asked_at=FIRST, granted=True, decided_at=FIRST,
        )  # fmt: skip


def running(at) -> dict:
    end = limits(at)["report_in_by"]
    steps = {"remind_at": end, "street_at": end, "district_at": end, "next_step_at": end}
    return {"limit_kind": "report_in", "limit_at": end, **steps}


def known_of(task) -> list[tuple]:
    rows = Assignment.objects.filter(task=task.pk).order_by("round")
    return list(rows.values_list(*LIMITS, "limits_known"))


def under_way(past):
    """The task has the limits of the dispatch in force."""
    task = past.task(status="dispatched", dispatched_at=FIRST, **limits(FIRST), **running(FIRST))
    past.lead(task)
    return task


def dispatched_again(past):
    """Of the dispatch that was taken back only the steps of one limit were kept."""
    task = past.task(
        status="dispatched", dispatch_round=2, dispatched_at=SECOND, **limits(SECOND),
        **running(SECOND),
    )  # fmt: skip
    past.lead(task, status="ended", ended_at=FIRST + 2 * DAY, reported_in_at=FIRST + HOUR / 2)
    past.lead(task, SECOND, round=2, department=past.cast.housing)
    past.step(task, "contact", FIRST + DAY)
    past.step(task, "contact", FIRST + DAY, step=2)
    past.step(task, "report_in", SECOND + HOUR)
    return task


def extended(past, *steps):
    """The task has the limit that was granted, the steps perhaps the first."""
    task = past.task(
        status="dispatched", dispatched_at=FIRST, **limits(FIRST) | {"resolve_by": UNTIL},
        **running(FIRST),
    )  # fmt: skip
    past.lead(task)
    past.extension(task, UNTIL)
    for due_at in (UNTIL, *steps):
        past.step(task, "resolve", due_at)
    return task


def rated_twice(past):
    """A department's work, and after the task was taken up again the community's."""
    task = past.task(status="handling")
    past.lead(task, status="finished", reported_in_at=FIRST, finished_at=FIRST + DAY)
    for at, stars, department in ((FIRST, 1, past.cast.urban), (SECOND, 5, None)):
        past.event(task, "resolve", at + DAY, department)
        past.add(
            "Rating", task=task, contacted=True, resolved=stars > 2, stars=stars, at=at + 2 * DAY
        )
    return task


def sheets(past) -> None:
    """One that was imported, one that was not, and the job that forgot them."""
    every, _made = IntervalSchedule.objects.get_or_create(every=1, period="hours")
    PeriodicTask.objects.create(
        name="forget-hotline-files", task="tasks.jobs.forget_hotline_files", interval=every
    )
    sent = {
        "sha256": "0" * 64,
        "sent_by_id": past.cast.community_worker.pk,
        "sent_at": make.NOW,
    }
    past.add("HotlineFile", name="旧.xlsx", applied_at=make.NOW, new=3, known=1, **sent)
    past.add("HotlineFile", name="没导.xlsx", content="eA==", **sent)


def test_what_an_older_portal_left_comes_along(cast, migrate, page):
    past = Past(migrate(BEFORE), cast)
    running_task, again, rated = under_way(past), dispatched_again(past), rated_twice(past)
    known, unknown = extended(past, FIRST + 3 * DAY), extended(past)
    sheets(past)
    migrate()

    report_in_by, respond_by, resolve_by = limits(FIRST).values()
    assert known_of(running_task) == [(report_in_by, respond_by, resolve_by, True)]
    assert known_of(again) == [
        (None, respond_by, None, False),
        (*limits(SECOND).values(), True),
    ]
    assert known_of(known) == [(report_in_by, respond_by, resolve_by, True)]
    assert known_of(unknown) == [(report_in_by, respond_by, None, False)]
    assert known_of(rated) == [(None, None, None, False)]

    shown = Task.objects.in_bulk()
    assert [shown[task.pk].respond_by for task in (running_task, again, known, rated)] == [
        respond_by, SECOND + DAY, respond_by, None
    ]  # fmt: skip
    assert {shown[task.pk].resolve_by for task in (known, unknown)} == {UNTIL}
    assert Assignment.objects.get(task=again.pk, round=1).reported_in_at == FIRST + HOUR / 2
    assert list(Rating.objects.order_by("pk").values_list("stars", "department")) == [
        (1, cast.urban.pk),
        (5, None),
    ]

    imported = LedgerImport.objects.get()
    assert (imported.file_name, imported.ledger, imported.unit) == ("旧.xlsx", "hotline", None)
    assert (imported.state, imported.new, imported.unchanged) == (ImportState.APPLIED, 3, 1)
    assert (imported.applied_by, imported.applied_at) == (cast.community_worker, make.NOW)
    assert not PeriodicTask.objects.filter(name="forget-hotline-files").exists()
    text = page(cast.community_worker).get(f"/imports/{imported.pk}/").content.decode()
    assert "旧.xlsx" in text
    assert "撤销整次导入" not in text
