"""Names in their comparing form: neighbours are told apart whichever way they are written."""

from django.db import migrations, models
from django.utils import timezone

import orgs.values.names

BATCH = 1000


def fill(apps, schema_editor):
    """Writes the forms; of neighbours that had one name all along, the later ones get a number."""
    Unit = apps.get_model("orgs", "Unit")
    taken, renamed = set(), []
    for unit in Unit.objects.order_by("pk").iterator(chunk_size=BATCH):
        number, name = 1, unit.name
        while (unit.parent_id or f"district {unit.district_id}", unit.name_key) in taken:
            number += 1
            unit.name = f"{name[:55]}（{number}）"
        taken.add((unit.parent_id or f"district {unit.district_id}", unit.name_key))
        if number > 1:
            renamed.append((unit.pk, name, unit.name))
    for key, before, after in renamed:
        unit = Unit.objects.get(pk=key)
        inside = Unit.objects.filter(tree_id=unit.tree_id, lft__gte=unit.lft, rght__lte=unit.rght)
        start = unit.path_name
        for one in inside:
            if start.endswith(before) and one.path_name.startswith(start):
                one.path_name = (start.removesuffix(before) + after + one.path_name[len(start):])[:255]
                one.save(update_fields=["path_name"])
        Unit.objects.filter(pk=key).update(name=after)
        tell(apps, "orgs.rename_unit", "orgs.unit", key, {"from": before, "to": after})
    write_keys(Unit, ["name_key", "path_key"])


def tell(apps, action, kind, key, detail):
    """Says what an upgrade changed of what people had entered: on the terminal, and in the audit."""
    print(f"\n  {action} {kind} {key}: {detail['from']} -> {detail['to']}", end="")
    apps.get_model("orgs", "AuditEntry").objects.create(
        at=timezone.now(),
        actor="",
        action=action,
        object_type=kind,
        object_id=str(key),
        result="ok",
        detail={**detail, "upgrade": True},
    )


def write_keys(model, names):
    """Writes comparing forms of all rows, in batches."""
    batch = []
    for row in model.objects.order_by("pk").iterator(chunk_size=BATCH):
        batch.append(row)
        if len(batch) == BATCH:
            model.objects.bulk_update(batch, names)
            batch.clear()
    if batch:
        model.objects.bulk_update(batch, names)


class Migration(migrations.Migration):
    dependencies = [("orgs", "0006_service_points")]

    operations = [
        migrations.AddField(
            model_name="unit",
            name="name_key",
            field=orgs.values.names.ComparedField(
                blank=True, default="", editable=False, max_length=120, source="name"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="unit",
            name="path_key",
            field=orgs.values.names.ComparedField(
                blank=True, default="", editable=False, max_length=255, source="path_name"
            ),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.UniqueConstraint(
                fields=("parent", "name_key"), name="unit_name_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "street")),
                fields=("district", "name_key"),
                name="unit_street_name_once",
            ),
        ),
    ]
