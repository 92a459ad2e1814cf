from django.db import migrations, models


class Migration(migrations.Migration):
    """What dispatches hold leaves the tasks, and the database watches over it."""

    dependencies = [("tasks", "0013_dispatches_rebuilt")]

    operations = [
        migrations.RemoveConstraint(
            model_name='task',
            name='task_dispatched_has_limits',
        ),
        migrations.RemoveConstraint(
            model_name='task',
            name='task_limits_after_dispatch',
        ),
        migrations.RemoveIndex(
            model_name='task',
            name='task_dispatched',
        ),
        migrations.RemoveField(
            model_name='task',
            name='dispatched_at',
        ),
        migrations.RemoveField(
            model_name='task',
            name='report_in_by',
        ),
        migrations.RemoveField(
            model_name='task',
            name='respond_by',
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(condition=models.Q(('role', 'lead')), fields=['dispatched_at'], name='dispatch_made'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(condition=models.Q(('role', 'lead'), ('contacted_at', None), ('status__in', ('dispatched', 'reported_in'))), fields=['respond_by'], name='contact_awaited'),
        ),
        migrations.AddIndex(
            model_name='rating',
            index=models.Index(fields=['at'], name='rating_given'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.UniqueConstraint(condition=models.Q(('role', 'lead')), fields=('task', 'round'), name='one_lead_a_dispatch'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('status__in', ('ended', 'refused'))), models.Q(models.Q(('status__in', ('ended', 'refused')), _negated=True), ('ended_at', None)), _connector='OR'), name='assignment_ended_whole'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('limits_known', False), models.Q(('report_in_by__isnull', False), ('resolve_by__isnull', False), ('respond_by__isnull', False)), _connector='OR'), name='assignment_limits_whole'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('report_in_by__gte', models.F('dispatched_at')), ('resolve_by__gte', models.F('dispatched_at')), ('respond_by__gte', models.F('report_in_by'))), name='assignment_limits_in_order'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('contacted_at', None), ('reported_in_at__isnull', False), _connector='OR'), name='assignment_contact_after_report_in'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('dispatched', 'reported_in')), _negated=True), ('resolve_by__isnull', False), _connector='OR'), name='task_dispatched_has_limits'),
        ),
    ]
