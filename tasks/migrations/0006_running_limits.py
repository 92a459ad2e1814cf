from django.db import migrations
from django.db.models import F, Q


def keep_running_limits(apps, schema_editor):
    """Tasks with departments follow their last limit; the next step of each winds them properly."""
    apps.get_model("tasks", "Task").objects.filter(
        Q(status__in=("dispatched", "reported_in")) & Q(limit_at=None)
    ).update(
        limit_kind="resolve",
        limit_at=F("resolve_by"),
        remind_at=F("resolve_by"),
        street_at=F("resolve_by"),
        district_at=F("resolve_by"),
        next_step_at=F("resolve_by"),
    )


class Migration(migrations.Migration):
    dependencies = [("tasks", "0005_limits_kept")]

    operations = [migrations.RunPython(keep_running_limits, migrations.RunPython.noop)]
