"""Excel lists of a community are rosters in English texts too: labels, and sentences that rows keep."""

from django.db import migrations, models


# What an import may have said of itself or of a row, before and since.
SENTENCES = {
    text: text.replace("ledger", "roster")
    for text in (
        "%(name)s stands on this ledger already.",
        "This ledger does not keep this.",
        "This ledger is for people of %(age)d or more.",
        "This ledger needs this.",
        "This member stands on another organisation's ledger: transfer them.",
        "This person stands on a ledger already. Change the class, or transfer.",
        "You are not named for this ledger.",
        "You are not named to keep this ledger here.",
        "You do not keep the ledger of this party organisation.",
        "You may not import this ledger here.",
    )
}


def new_words(text):
    """A stored sentence with its words of today; any other text as it is."""
    for before, now in SENTENCES.items():
        if before in text:
            return text.replace(before, now)
    return text


def reword(apps, schema_editor):
    imports = apps.get_model("residents", "LedgerImport").objects
    for pk, problem in imports.filter(problem__contains="ledger").values_list("pk", "problem"):
        imports.filter(pk=pk).update(problem=new_words(problem))
    rows = apps.get_model("residents", "LedgerRow").objects
    for pk, problems in rows.exclude(problems={}).values_list("pk", "problems").iterator():
        said = {
            name: new_words(one) if isinstance(one, str) else [new_words(one[0]), *one[1:]]
            for name, one in problems.items()
        }
        if said != problems:
            rows.filter(pk=pk).update(problems=said)


class Migration(migrations.Migration):

    dependencies = [
        ('residents', '0009_imports_without_unit'),
    ]

    operations = [
        migrations.RunPython(reword, migrations.RunPython.noop),
        migrations.AlterModelOptions(
            name='careentry',
            options={'permissions': [('view_care', 'May read care rosters for which one is named'), ('keep_care', 'May keep care rosters for which one is named')], 'verbose_name': 'entry on a care roster', 'verbose_name_plural': 'entries on care rosters'},
        ),
        migrations.AlterModelOptions(
            name='carereader',
            options={'permissions': [('appoint_carereader', 'May name who reads the care rosters of a place')], 'verbose_name': 'named reader of a care roster', 'verbose_name_plural': 'named readers of care rosters'},
        ),
        migrations.AlterModelOptions(
            name='ledgerimport',
            options={'verbose_name': 'import of a roster', 'verbose_name_plural': 'imports of rosters'},
        ),
        migrations.AlterField(
            model_name='careentry',
            name='kind',
            field=models.CharField(choices=[('living_alone', 'older people living alone'), ('allowance', 'families with the minimum living allowance'), ('disability', 'disabled people'), ('assistance', 'people who need help')], max_length=12, verbose_name='care roster'),
        ),
        migrations.AlterField(
            model_name='carereader',
            name='kind',
            field=models.CharField(choices=[('living_alone', 'older people living alone'), ('allowance', 'families with the minimum living allowance'), ('disability', 'disabled people'), ('assistance', 'people who need help')], max_length=12, verbose_name='care roster'),
        ),
        migrations.AlterField(
            model_name='ledgerimport',
            name='ledger',
            field=models.CharField(max_length=40, verbose_name='roster'),
        ),
        migrations.AlterField(
            model_name='unmasking',
            name='field',
            field=models.CharField(choices=[('id_number', 'ID number'), ('phone', 'telephone'), ('registered_at', 'registered residence'), ('care', 'entry on a care roster')], max_length=20, verbose_name='field'),
        ),
    ]
