"""Lists of members are rosters in English texts."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('volunteers', '0002_import_members'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='partymembership',
            options={'permissions': [('keep_members', 'May keep the roster of a party organisation'), ('view_members', 'May read rosters of party members'), ('import_members', 'May send the roster of party members as a file'), ('count_members', 'May see how many members a place has')], 'verbose_name': 'party membership', 'verbose_name_plural': 'party memberships'},
        ),
        migrations.AlterField(
            model_name='partymembership',
            name='ended_as',
            field=models.CharField(blank=True, choices=[('class', 'class changed'), ('transfer', 'transferred to another organisation'), ('left', 'left the roster')], max_length=10, verbose_name='ended because'),
        ),
    ]
