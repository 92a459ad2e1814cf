"""When jobs run: what beat has stored in every installation stays, by key and by task."""

from typing import Any

import pytest
from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler

from governance.celery import app

# Beat stores both and never deletes: a key that is renamed runs twice, a task that is gone fails for
# ever. Whatever changes here needs a migration that renames or removes the stored entry.
STORED = {
    "forget-tickets": "tasks.jobs.forget_tickets",
    "ask-the-served": "volunteers.service.jobs.ask_the_served",
    "celery.backend_cleanup": "celery.backend_cleanup",
    "close-activities": "volunteers.service.jobs.close_activities",
    "close-due-polls": "residents.deliberation.jobs.close_due_polls",
    "close-months": "volunteers.service.jobs.close_months",
    "count-coverage": "residents.jobs.count_coverage",
    "count-recent-days": "tasks.jobs.count_recent_days",
    "count-touched-days": "tasks.jobs.count_touched_days",
    "deliver-notices": "orgs.jobs.deliver_notices",
    "dashboards-count-around": "governance.dashboards.jobs.count_around",
    "dashboards-count-coverage": "governance.dashboards.jobs.count_coverage",
    "dashboards-count-open": "governance.dashboards.jobs.count_open",
    "ask-periodic-forms": "governance.data_forms.jobs.ask_periodic_forms",
    "fill-waiting-submissions": "governance.data_forms.jobs.fill_waiting_submissions",
    "remind-of-collections": "governance.data_forms.jobs.remind_of_collections",
    "tell-of-collections": "governance.data_forms.jobs.tell_of_collections",
    "fill-waiting-forms": "governance.data_forms.jobs.fill_waiting_forms",
    "forget-filled-forms": "governance.data_forms.jobs.forget_filled_forms",
    "expire-redemptions": "volunteers.service.jobs.expire_redemptions",
    "expire-unrated-tasks": "tasks.jobs.expire_unrated",
    "forget-expired": "orgs.jobs.forget_expired",
    "forget-locations": "volunteers.service.jobs.forget_locations",
    "forget-residents": "residents.jobs.forget_residents",
    "forget-volunteers": "volunteers.jobs.forget_volunteers",
    "make-waiting-letters": "residents.jobs.make_waiting_letters",
    "print-waiting-ballots": "residents.deliberation.jobs.print_waiting_ballots",
    "process-waiting-attachments": "orgs.jobs.process_waiting_attachments",
    "prove-accounts": "volunteers.service.jobs.prove_accounts",
    "publish-checkpoints": "residents.deliberation.jobs.publish_checkpoints",
    "release-no-shows": "volunteers.service.jobs.release_no_shows",
    "remind-of-activities": "volunteers.service.jobs.remind_of_activities",
    "remind-of-endings": "residents.jobs.remind_of_endings",
    "remind-of-measures": "tasks.jobs.remind_of_measures",
    "remind-of-visits": "tasks.jobs.remind_of_visits",
    "remind-voters": "residents.deliberation.jobs.remind_voters",
    "seal-audit": "orgs.jobs.seal_audit",
    "send-letters": "volunteers.service.jobs.send_letters",
    "sweep-imports": "residents.jobs.sweep_imports",
    "tell-of-events": "tasks.jobs.tell_of_events",
    "tell-of-polls": "residents.deliberation.jobs.tell_of_polls",
    "raise-orders": "volunteers.service.jobs.raise_orders",
    "raise-rings": "volunteers.service.jobs.raise_rings",
    "close-unrated-orders": "volunteers.service.jobs.close_unrated_orders",
    "tell-of-service": "volunteers.service.jobs.tell_of_service",
    "run-due-assessments": "governance.assessment.jobs.run_due",
    "tell-of-assessments": "governance.assessment.jobs.tell_of_assessments",
    "tell-of-topics": "residents.deliberation.jobs.tell_of_topics",
    "watch-limits": "tasks.jobs.watch_limits",
    "watch-postings": "residents.deliberation.jobs.watch_postings",
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
