"""When jobs run: what beat has stored in every installation stays, by key and by task."""

from typing import Any

import pytest
from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler

from governance.celery import app

# Beat stores both and never deletes: a key that is renamed runs twice, a task that is gone fails for
# ever. Whatever changes here needs a migration that renames or removes the stored entry.
STORED = {
    "celery.backend_cleanup": "celery.backend_cleanup",
    "close-due-polls": "residents.deliberation.jobs.close_due_polls",
    "count-coverage": "residents.jobs.count_coverage",
    "count-recent-days": "tasks.jobs.count_recent_days",
    "count-touched-days": "tasks.jobs.count_touched_days",
    "deliver-notices": "orgs.jobs.deliver_notices",
    "expire-unrated-tasks": "tasks.jobs.expire_unrated",
    "forget-expired": "orgs.jobs.forget_expired",
    "forget-residents": "residents.jobs.forget_residents",
    "forget-volunteers": "volunteers.jobs.forget_volunteers",
    "make-waiting-letters": "residents.jobs.make_waiting_letters",
    "process-waiting-attachments": "orgs.jobs.process_waiting_attachments",
    "publish-checkpoints": "residents.deliberation.jobs.publish_checkpoints",
    "remind-of-endings": "residents.jobs.remind_of_endings",
    "remind-of-measures": "tasks.jobs.remind_of_measures",
    "remind-voters": "residents.deliberation.jobs.remind_voters",
    "seal-audit": "orgs.jobs.seal_audit",
    "sweep-imports": "residents.jobs.sweep_imports",
    "tell-of-events": "tasks.jobs.tell_of_events",
    "tell-of-polls": "residents.deliberation.jobs.tell_of_polls",
    "tell-of-topics": "residents.deliberation.jobs.tell_of_topics",
    "watch-limits": "tasks.jobs.watch_limits",
    "watch-topics": "residents.deliberation.jobs.watch_topics",
}


def schedule() -> dict[str, Any]:
    app.loader.import_default_modules()
    return app.conf.beat_schedule


# The scheduler closes connections, so no transaction may lie around it.
@pytest.mark.django_db(transaction=True)
def test_beat_stores_what_the_apps_declare():
    schedule()
    DatabaseScheduler(app=app, lazy=True).setup_schedule()
    stored = dict(PeriodicTask.objects.order_by("pk").values_list("name", "task"))
    assert stored == STORED


def test_every_scheduled_task_exists():
    assert {entry["task"] for entry in schedule().values()} - app.tasks.keys() == set()
