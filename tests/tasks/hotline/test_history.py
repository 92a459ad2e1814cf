"""Sheets that were imported before there was one engine stay known as imports."""

from django_celery_beat.models import IntervalSchedule, PeriodicTask

from orgs.enums import ImportState
from orgs.models import LedgerImport
from tests import factories as make

BEFORE = [("tasks", "0014_dispatches_whole")]
AFTER = [("tasks", "0015_no_hotline_files")]


def test_imported_sheets_become_imports_and_the_job_ends(migrate, cast, page):
    every, _made = IntervalSchedule.objects.get_or_create(every=1, period="hours")
    PeriodicTask.objects.create(
        name="forget-hotline-files", task="tasks.jobs.forget_hotline_files", interval=every
    )
    files = migrate(BEFORE)("tasks", "HotlineFile").objects
    sent = {"sha256": "0" * 64, "sent_by_id": cast.community_worker.pk, "sent_at": make.NOW}
    files.create(name="旧.xlsx", applied_at=make.NOW, new=3, known=1, **sent)
    files.create(name="没导.xlsx", content="eA==", **sent)
    migrate(AFTER)
    imported = LedgerImport.objects.get()
    assert (imported.file_name, imported.ledger, imported.unit) == ("旧.xlsx", "hotline", None)
    assert (imported.state, imported.new, imported.unchanged) == (ImportState.APPLIED, 3, 1)
    assert (imported.applied_by, imported.applied_at) == (cast.community_worker, make.NOW)
    assert not PeriodicTask.objects.filter(name="forget-hotline-files").exists()
    shown = page(cast.community_worker).get(f"/imports/{imported.pk}/").content.decode()
    assert "旧.xlsx" in shown
    assert "撤销整次导入" not in shown
