"""Sheets of hotline tickets are imports like all others; their history goes there."""

from typing import Any

from django.db import migrations


def move_history(apps: Any, _editor: Any) -> None:
    """Sheets that were imported stay as such; those that waited for a day at most are sent again."""
    files = apps.get_model("tasks", "HotlineFile").objects.exclude(applied_at=None)
    imported = apps.get_model("residents", "LedgerImport")
    imported.objects.bulk_create(
        (
            imported(
                ledger="hotline",
                file_name=file.name,
                sha256=file.sha256,
                # What the sheet held was forgotten with its import, and how much that was.
                size=0,
                state="applied",
                new=file.new,
                unchanged=file.known,
                sent_by_id=file.sent_by_id,
                sent_at=file.sent_at,
                applied_by_id=file.sent_by_id,
                applied_at=file.applied_at,
            )
            for file in files.order_by("pk").defer("content").iterator()
        ),
        batch_size=500,
    )


def end_job(apps: Any, _editor: Any) -> None:
    """The scheduler never forgets an entry by itself."""
    tasks = apps.get_model("django_celery_beat", "PeriodicTask").objects
    tasks.filter(name="forget-hotline-files").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("django_celery_beat", "0019_alter_periodictasks_options"),
        ("residents", "0009_imports_without_unit"),
        ("tasks", "0014_dispatches_whole"),
    ]

    operations = [
        migrations.RunPython(move_history, migrations.RunPython.noop),
        migrations.RunPython(end_job, migrations.RunPython.noop),
        migrations.DeleteModel("HotlineFile"),
    ]
