"""That somebody looked at the papers of a claim stands among those who saw whom."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("residents", "0014_representatives")]

    operations = [
        migrations.RemoveConstraint(model_name="unmasking", name="unmasking_of_person_or_report"),
        migrations.AddField(
            model_name="unmasking",
            name="claim",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="unmaskings",
                to="residents.claim",
                verbose_name="claim of a home",
            ),
        ),
        migrations.AlterField(
            model_name="unmasking",
            name="field",
            field=models.CharField(
                choices=[
                    ("id_number", "ID number"),
                    ("phone", "telephone"),
                    ("registered_at", "registered residence"),
                    ("caller", "name and home"),
                    ("care", "entry on a care roster"),
                    ("contact", "contact of a report"),
                    ("papers", "papers of a claim"),
                ],
                max_length=20,
                verbose_name="field",
            ),
        ),
        migrations.AddConstraint(
            model_name="unmasking",
            constraint=models.CheckConstraint(
                name="unmasking_of_one",
                condition=Q(person__isnull=False, report="", report_place=None, claim=None)
                & ~Q(field__in=["contact", "papers"])
                | Q(person=None, report_place__isnull=False, claim=None, field="contact")
                & ~Q(report="")
                | Q(person=None, report="", report_place=None, claim__isnull=False)
                & Q(field="papers"),
            ),
        ),
    ]
