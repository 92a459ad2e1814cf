"""Names of people and firms in their comparing form: one name, whichever way it is written."""

from importlib import import_module

import django.db.models.functions.text
from django.db import migrations, models

import orgs.values.names

names_of_units = import_module("orgs.migrations.0007_compared_names")
tell, write_keys = names_of_units.tell, names_of_units.write_keys


def fill(apps, schema_editor):
    """Writes the forms; firms that were one under two ways of writing become one."""
    Firm = apps.get_model("residents", "PropertyFirm")
    Contract = apps.get_model("residents", "PropertyContract")
    first = {}
    for firm in Firm.objects.order_by("pk"):
        kept = first.setdefault(firm.name_key, firm)
        if kept is firm:
            continue
        if kept.credit_code and firm.credit_code:
            before = firm.name
            firm.name = f"{firm.name[:60]}（{firm.credit_code}）"[:80]
            firm.save()
            detail = {"from": before, "to": firm.name}
            tell(apps, "residents.rename-firm", "residents.propertyfirm", firm.pk, detail)
            continue
        Contract.objects.filter(firm=firm).update(firm=kept)
        code = firm.credit_code
        detail = {"from": f"{firm.name} ({firm.pk})", "to": kept.name}
        tell(apps, "residents.merge-firms", "residents.propertyfirm", kept.pk, detail)
        firm.delete()
        if code:
            kept.credit_code = code
            kept.save()
    write_keys(Firm, ["name_key"])
    write_keys(apps.get_model("residents", "Person"), ["name_key"])
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def compared_field(**options):
    return orgs.values.names.ComparedField(
        blank=True, editable=False, max_length=120, source="name", **options
    )


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0007_compared_names"),
        ("residents", "0010_rosters_in_words"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="person", name="person_name_starts"),
        migrations.RemoveIndex(model_name="person", name="person_by_given_name"),
        migrations.AddField(
            model_name="person",
            name="name_key",
            field=compared_field(default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="propertyfirm",
            name="name_key",
            field=compared_field(default=""),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="propertyfirm", name="name_key", field=compared_field(unique=True)
        ),
        migrations.AlterField(
            model_name="propertyfirm",
            name="name",
            field=models.CharField(max_length=80, verbose_name="name"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                fields=["name_key"],
                include=("place", "id"),
                name="person_name_starts",
                opclasses=["varchar_pattern_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                django.db.models.functions.text.Substr("name_key", 2), name="person_by_given_name"
            ),
        ),
        # Wrong codes of letters count for the claim, no longer for the letter.
        migrations.RemoveField(model_name="doorcode", name="failures"),
        migrations.AddField(
            model_name="claim",
            name="wrong_codes",
            field=models.PositiveSmallIntegerField(
                default=0, editable=False, verbose_name="wrong codes"
            ),
        ),
    ]
