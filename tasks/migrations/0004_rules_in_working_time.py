from django.db import migrations, models

UNITS = [
    ("minutes", "minutes, round the clock"),
    ("office_minutes", "minutes of office hours"),
    ("workday_minutes", "minutes of working days"),
    ("working_days", "working days"),
]


def _unit():
    return models.CharField(choices=UNITS, max_length=16, verbose_name="counted in", default="minutes")


class Migration(migrations.Migration):
    """Limits get a unit each: what was stored counts minutes round the clock."""

    dependencies = [("tasks", "0003_states_checked")]

    operations = [
        migrations.RemoveConstraint("whistlerule", "whistle_rule_limits_grow"),
        migrations.RenameField("whistlerule", "report_in_minutes", "report_in"),
        migrations.RenameField("whistlerule", "contact_minutes", "contact"),
        migrations.RenameField("whistlerule", "resolve_minutes", "resolve"),
        *[
            migrations.AddField("whistlerule", f"{limit}_unit", _unit(), preserve_default=False)
            for limit in ("report_in", "contact", "resolve")
        ],
    ]
