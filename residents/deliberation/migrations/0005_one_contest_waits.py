from typing import Any

from django.conf import settings
from django.db import migrations, models


def leave_one(apps: Any, schema_editor: Any) -> None:
    """Of several open contests of one entry the first stays with it; the others stay with the poll."""
    objections = apps.get_model("deliberation", "PollObjection").objects
    waiting = objections.filter(kind="roll", state="waiting", entry__isnull=False)
    seen = set()
    for key, entry in waiting.order_by("pk").values_list("pk", "entry"):
        if entry in seen:
            objections.filter(pk=key).update(entry=None)
        seen.add(entry)


class Migration(migrations.Migration):

    dependencies = [
        ('deliberation', '0004_nothing_is_not_whole'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(leave_one, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='pollobjection',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'roll'), ('state', 'waiting')), fields=('entry',), name='poll_objection_one_waits_an_entry'),
        ),
    ]
