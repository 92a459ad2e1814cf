"""All results of a month are counted together: when, is said once, on the month."""

from django.db import migrations, models
from django.db.models import Max, OuterRef, Subquery


def keep_when(apps, _schema):
    Month, Result = (apps.get_model("service", name) for name in ("ServiceMonth", "MonthResult"))
    counted = (
        Result.objects.filter(month=OuterRef("pk"))
        .order_by()
        .values("month")
        .annotate(last=Max("counted_at"))
        .values("last")
    )
    Month.objects.update(counted_at=Subquery(counted))


class Migration(migrations.Migration):
    dependencies = [("service", "0004_long_days")]

    operations = [
        migrations.AddField(
            model_name="servicemonth",
            name="counted_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="counted at"),
        ),
        migrations.RunPython(keep_when, migrations.RunPython.noop),
        migrations.RemoveField(model_name="monthresult", name="counted_at"),
    ]
