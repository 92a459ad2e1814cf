import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Dispatches get their own limits, ratings the department whose work they rate."""

    dependencies = [
        ("orgs", "0005_notices"),
        ("tasks", "0011_found_by_unit"),
    ]

    operations = [
        migrations.CreateModel(
            name='DayToCount',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False, verbose_name='day')),
                ('asked_at', models.DateTimeField(verbose_name='asked at')),
            ],
            options={
                'verbose_name': 'day to be counted',
                'verbose_name_plural': 'days to be counted',
                'ordering': ['day'],
            },
        ),
        migrations.AddField(
            model_name='assignment',
            name='limits_known',
            field=models.BooleanField(default=True, editable=False),
        ),
        migrations.AddField(
            model_name='assignment',
            name='report_in_by',
            field=models.DateTimeField(blank=True, null=True, verbose_name='report in by'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='resolve_by',
            field=models.DateTimeField(blank=True, null=True, verbose_name='resolve by'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='respond_by',
            field=models.DateTimeField(blank=True, null=True, verbose_name='contact by'),
        ),
        migrations.AddField(
            model_name='rating',
            name='department',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.department'),
        ),
    ]
