from django.db import migrations, models
from django.db.models import F, Q
from django.utils import timezone


def count_anew(apps, schema_editor):
    """Days of before do not know who was satisfied: the nightly job counts all of them anew."""
    days = apps.get_model("tasks", "DayCount")._base_manager.order_by("day").values_list("day", flat=True)
    marks = apps.get_model("tasks", "DayToCount")._base_manager
    now = timezone.now()
    marks.bulk_create(
        [marks.model(day=day, asked_at=now) for day in days.distinct()], ignore_conflicts=True
    )


class Migration(migrations.Migration):
    """Each count of a day knows how many ratings were of four or five stars."""

    dependencies = [("tasks", "0018_sealed_callers")]

    operations = [
        migrations.AddField(
            model_name="daycount",
            name="satisfied",
            field=models.PositiveIntegerField(default=0, verbose_name="rated as satisfied"),
        ),
        migrations.RemoveConstraint(model_name="daycount", name="counts_are_parts"),
        migrations.AddConstraint(
            model_name="daycount",
            constraint=models.CheckConstraint(
                condition=Q(
                    in_time__lte=F("due"), resolved__lte=F("rated"), satisfied__lte=F("rated")
                ),
                name="counts_are_parts",
            ),
        ),
        migrations.RunPython(count_anew, migrations.RunPython.noop),
    ]
