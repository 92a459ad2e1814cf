"""The size of type is chosen among three; who had large type keeps it."""

from django.db import migrations, models


def keep(apps, schema_editor):
    apps.get_model("orgs", "User").objects.filter(large_type=True).update(type_size=1)


def back(apps, schema_editor):
    apps.get_model("orgs", "User").objects.filter(type_size__gt=0).update(large_type=True)


class Migration(migrations.Migration):
    dependencies = [("orgs", "0013_landmarks")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="type_size",
            field=models.PositiveSmallIntegerField(
                choices=[(0, "normal type"), (1, "large type"), (2, "largest type")],
                default=0,
                verbose_name="type size",
            ),
        ),
        migrations.RunPython(keep, back),
        migrations.RemoveField(model_name="user", name="large_type"),
    ]
