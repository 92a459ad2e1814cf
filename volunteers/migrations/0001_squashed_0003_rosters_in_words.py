"""Members, posts and links at once: what a new database gets instead of 0001 to 0003 (decision 0033)."""

import django.db.models.deletion
import orgs.db.tables_at_once
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('volunteers', '0001_members_posts_links'), ('volunteers', '0002_import_members'), ('volunteers', '0003_rosters_in_words')]

    initial = True

    dependencies = [
        ('orgs', '0001_squashed_0015_nothing_is_not_whole'),
        ('orgs', '__first__'),
        ('residents', '0001_squashed_0016_nothing_is_not_whole'),
    ]

    operations = [
        orgs.db.tables_at_once.CreateTables(
            models=[migrations.CreateModel(
                name='LinkRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveSmallIntegerField(unique=True, verbose_name='version')),
                    ('households', models.PositiveSmallIntegerField(verbose_name='households at most')),
                    ('visit_days', models.PositiveSmallIntegerField(verbose_name='days between visits')),
                    ('source', models.CharField(max_length=200, verbose_name='source')),
                ],
                options={
                    'verbose_name': 'rule of contacts',
                    'verbose_name_plural': 'rules of contacts',
                    'ordering': ['-version'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('households__gt', 0), ('visit_days__gt', 0)), name='link_rule_positive')],
                },
            ), migrations.CreateModel(
                name='RoleSet',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(choices=[('two_five_one', 'two heads, five members, one household'), ('two_four_x', '2+4+X')], max_length=20, verbose_name='set of posts')),
                    ('version', models.PositiveSmallIntegerField(verbose_name='version')),
                    ('roles', models.JSONField(verbose_name='posts')),
                    ('source', models.CharField(max_length=200, verbose_name='source')),
                ],
                options={
                    'verbose_name': 'set of posts',
                    'verbose_name_plural': 'sets of posts',
                    'ordering': ['code', '-version'],
                    'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='role_set_version_once')],
                },
            ), migrations.CreateModel(
                name='BuildingPost',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('role', models.CharField(choices=[('group_leader', "leader of the building's party group"), ('head', 'head of the building'), ('health', 'health'), ('security', 'public security'), ('culture', 'culture and sports'), ('property', 'property steward'), ('grid', 'grid manager'), ('centre', 'centre household'), ('publicity', 'publicity'), ('mediation', 'mediator'), ('other', 'other post')], max_length=12, verbose_name='post')),
                    ('title', models.CharField(blank=True, max_length=40, verbose_name='name of the post')),
                    ('name', models.CharField(blank=True, max_length=40, verbose_name='name')),
                    ('starts', models.DateField(verbose_name='from')),
                    ('ends', models.DateField(blank=True, null=True, verbose_name='until')),
                    ('building', models.ForeignKey(limit_choices_to={'kind': 'building'}, on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='orgs.unit', verbose_name='building')),
                    ('household', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='centre_posts', to='residents.household', verbose_name='centre household')),
                    ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='building_posts', to='residents.person', verbose_name='person of the roll')),
                    ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='building_posts', to=settings.AUTH_USER_MODEL, verbose_name='account')),
                ],
                options={
                    'verbose_name': 'building post',
                    'verbose_name_plural': 'building posts',
                    'permissions': [('keep_posts', 'May fill and empty the posts of a building'), ('view_posts', 'May see who holds the posts of a building'), ('count_posts', 'May see which posts of a place are empty'), ('choose_role_set', 'May choose which posts a place has')],
                    'indexes': [models.Index(condition=models.Q(('ends', None)), fields=['building', 'role'], name='post_open')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('ends', None), ('role__in', ['centre', 'culture', 'grid', 'group_leader', 'head', 'health', 'mediation', 'property', 'publicity', 'security'])), fields=('building', 'role'), name='post_one_holder'), models.CheckConstraint(condition=models.Q(('ends', None), ('ends__gte', models.F('starts')), _connector='OR'), name='post_ends_after_start'), models.CheckConstraint(condition=models.Q(models.Q(('household__isnull', False), ('name', ''), ('person', None), ('role', 'centre'), ('user', None)), models.Q(models.Q(('role', 'centre'), _negated=True), ('household', None), models.Q(models.Q(('name', ''), ('person__isnull', False), ('user', None)), models.Q(('name', ''), ('person', None), ('user__isnull', False)), models.Q(('person', None), ('user', None), models.Q(('name', ''), _negated=True)), _connector='OR')), _connector='OR'), name='post_has_one_holder'), models.CheckConstraint(condition=models.Q(models.Q(('role', 'other'), models.Q(('title', ''), _negated=True)), models.Q(('role__in', ['centre', 'culture', 'grid', 'group_leader', 'head', 'health', 'mediation', 'property', 'publicity', 'security']), ('title', '')), _connector='OR'), name='post_other_has_title')],
                },
            ), migrations.CreateModel(
                name='HouseholdLink',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('starts', models.DateField(verbose_name='from')),
                    ('ends', models.DateField(blank=True, null=True, verbose_name='until')),
                    ('assigned_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='assigned by')),
                    ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='residents.household', verbose_name='household')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='household_links', to='residents.person', verbose_name='contact')),
                    ('rule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='volunteers.linkrule', verbose_name='rule')),
                ],
                options={
                    'verbose_name': 'contact of a household',
                    'verbose_name_plural': 'contacts of households',
                    'permissions': [('keep_links', 'May assign members to households'), ('view_links', 'May see which households have a contact')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('ends', None)), fields=('household',), name='link_one_contact'), models.CheckConstraint(condition=models.Q(('ends', None), ('ends__gte', models.F('starts')), _connector='OR'), name='link_ends_after_start')],
                },
            ), migrations.CreateModel(
                name='PartyMembership',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('member_class', models.CharField(choices=[('branch', 'managed by the branch'), ('in_service', 'in service elsewhere'), ('retired', 'retired members'), ('mobile', 'mobile members')], max_length=12, verbose_name='class of member')),
                    ('joined_on', models.DateField(blank=True, null=True, verbose_name='joined the party on')),
                    ('starts', models.DateField(verbose_name='from')),
                    ('ends', models.DateField(blank=True, null=True, verbose_name='until')),
                    ('ended_as', models.CharField(blank=True, choices=[('class', 'class changed'), ('transfer', 'transferred to another organisation'), ('left', 'left the roster')], max_length=10, verbose_name='ended because')),
                    ('entered_at', models.DateTimeField(verbose_name='entered at')),
                    ('entered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='orgs.partyorganisation', verbose_name='party organisation')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='residents.person', verbose_name='member')),
                ],
                options={
                    'verbose_name': 'party membership',
                    'verbose_name_plural': 'party memberships',
                    'permissions': [('keep_members', 'May keep the roster of a party organisation'), ('view_members', 'May read rosters of party members'), ('import_members', 'May send the roster of party members as a file'), ('count_members', 'May see how many members a place has')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('ends', None)), fields=('person',), name='membership_one_class_at_a_time'), models.CheckConstraint(condition=models.Q(('ends', None), ('ends__gte', models.F('starts')), _connector='OR'), name='membership_ends_after_start'), models.CheckConstraint(condition=models.Q(models.Q(('ended_as', ''), ('ends', None)), models.Q(('ends__isnull', False), ('ended_as__in', ['class', 'transfer', 'left'])), _connector='OR'), name='membership_end_has_reason'), models.CheckConstraint(condition=models.Q(('member_class__in', ['branch', 'in_service', 'retired', 'mobile'])), name='membership_class_known')],
                },
            ), migrations.CreateModel(
                name='RoleSetChoice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(choices=[('two_five_one', 'two heads, five members, one household'), ('two_four_x', '2+4+X')], max_length=20, verbose_name='set of posts')),
                    ('chosen_at', models.DateTimeField(verbose_name='chosen at')),
                    ('chosen_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='chosen by')),
                    ('unit', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='role_set_choice', to='orgs.unit', verbose_name='unit')),
                ],
                options={
                    'verbose_name': 'choice of posts',
                    'verbose_name_plural': 'choices of posts',
                    'constraints': [models.CheckConstraint(condition=models.Q(('code__in', ['two_five_one', 'two_four_x'])), name='role_set_code_known')],
                },
            )],
        ),
    ]
