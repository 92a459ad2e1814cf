"""What happens beside the browser while a month is closed: `python -m tests.e2e.closed_month WHAT`.

`task`: a task of today that the urban management says is solved and the owner denies, beside one that the
owner confirms (so that a month has figures on its first day too); prints the number of the denied one.
`beat`: what beat would send now of the jobs of assessments, called as a worker calls them; prints them.
`change RUN`: one rating that a run counted is another since; prints its key.
"""

import sys
from typing import Any

import django

import tests.e2e.clock  # noqa: F401  first of all

JOBS = ("run-due-assessments", "tell-of-assessments")


def tasks() -> str:
    rated(resolved=True, stars=5)
    return rated(resolved=False, stars=1)


def rated(*, resolved: bool, stars: int) -> str:
    from django.utils import timezone

    from orgs.models import Department, User
    from residents.models import Belonging
    from tasks.enums import Action, Outcome, WhistleKind
    from tasks.models import Category
    from tasks.reports.report import report
    from tasks.workflow.specification import SPECIFICATIONS

    now = timezone.now()
    names = ("owner", "community", "street", "dept_urban")
    owner, community, street, officer = (User.objects.get(username=name) for name in names)
    home = Belonging.objects.filter(person__account=owner, ends=None).order_by("pk")[0]
    unit, category = home.household.building, Category.objects.filter(children=None)[0]
    task = report(by=owner, unit=unit, category=category, text="楼道里有飞线充电", now=now)
    urban = Department.objects.get(code="urban-management")
    steps: tuple[tuple[Action, User, dict[str, Any]], ...] = (
        (Action.WHISTLE, community, {"kind": WhistleKind.PUBLIC, "reason": "需要执法部门"}),
        (Action.DISPATCH, street, {"lead": urban, "assist": []}),
        (Action.REPORT_IN, officer, {}),
        (Action.CONTACT, officer, {"text": "已联系"}),
        (Action.RESOLVE, officer, {"outcome": Outcome.SOLVED, "text": "线已拆除"}),
        (Action.CONFIRM, street, {}),
        (Action.RATE, owner, {"contacted": True, "resolved": resolved, "stars": stars}),
    )
    for action, by, body in steps:
        task = SPECIFICATIONS[action].take(task=task, by=by, now=now, **body)
    return task.number


def beat() -> str:
    from governance.celery import app
    from governance.engines.scheduler import Scheduler

    app.loader.import_default_modules()
    scheduler = Scheduler(app=app)
    due = [entry for name in JOBS if (entry := scheduler.schedule[name]).is_due().is_due]
    for entry in due:
        app.tasks[entry.task].apply(entry.args, entry.kwargs).get()
    return " ".join(entry.name for entry in due)


def change(run: int) -> str:
    from governance.assessment.models import RunRow
    from orgs.db import append_only
    from tasks.models import Rating

    row = RunRow.objects.filter(run=run, indicator="satisfaction").order_by("pk")[0]
    rating = Rating.objects.get(pk=row.key)
    with append_only.lifted(Rating, by=None, reason="story"):
        Rating.objects.filter(pk=rating.pk).update(stars=1 if rating.stars > 1 else 5)
    return str(rating.pk)


if __name__ == "__main__":
    django.setup()
    what, *rest = sys.argv[1:]
    sys.stdout.write({"task": tasks, "beat": beat, "change": change}[what](*map(int, rest)))
