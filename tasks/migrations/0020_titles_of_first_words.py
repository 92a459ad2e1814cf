from django.db import migrations
from django.db.models import F

from orgs.values.text import first_words

LONGEST = 30
AT_ONCE = 1000


def name(apps, schema_editor):
    """Reports of before, called by their kind, get the resident's first words as a title."""
    tasks = apps.get_model("tasks", "Task")._base_manager.using(schema_editor.connection.alias)
    plain = tasks.filter(title=F("category__name")).order_by("pk").only("title", "text")
    last = 0
    while rows := list(plain.filter(pk__gt=last)[:AT_ONCE]):
        last = rows[-1].pk
        for row in rows:
            row.title = first_words(row.text, LONGEST) or row.title
        tasks.bulk_update(rows, ["title"], batch_size=200)


class Migration(migrations.Migration):
    dependencies = [("tasks", "0019_satisfied_counted")]

    operations = [migrations.RunPython(name, migrations.RunPython.noop)]
