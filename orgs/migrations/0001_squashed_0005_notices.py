"""Organisations, accounts, calendar and notices at once: what a new database gets instead of 0001 to 0005.

0003 encrypted what was remembered; a new database remembers nothing yet.
"""

import django.contrib.auth.validators
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import mptt.fields
import orgs.crypto
import orgs.models.users
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('orgs', '0001_initial'),
        ('orgs', '0002_attachment_preparing'),
        ('orgs', '0003_encrypted_answers'),
        ('orgs', '0004_calendar_and_duty'),
        ('orgs', '0005_notices'),
    ]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, verbose_name='when')),
                ('actor_id', models.BigIntegerField(db_index=True, null=True, verbose_name='account number')),
                ('actor', models.CharField(max_length=150, verbose_name='who')),
                ('action', models.CharField(db_index=True, max_length=60, verbose_name='what')),
                ('object_type', models.CharField(blank=True, max_length=60, verbose_name='kind of record')),
                ('object_id', models.CharField(blank=True, db_index=True, max_length=40, verbose_name='record')),
                ('result', models.CharField(choices=[('ok', 'done'), ('refused', 'refused'), ('failed', 'failed')], max_length=8, verbose_name='result')),
                ('detail', models.JSONField(default=dict, verbose_name='detail')),
                ('ip', models.GenericIPAddressField(null=True, verbose_name='from where')),
                ('request_id', models.CharField(blank=True, max_length=36, verbose_name='request')),
            ],
            options={
                'verbose_name': 'audit entry',
                'verbose_name_plural': 'audit entries',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='AuditSeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_id', models.BigIntegerField(verbose_name='from entry')),
                ('last_id', models.BigIntegerField(unique=True, verbose_name='to entry')),
                ('count', models.PositiveIntegerField(verbose_name='entries')),
                ('digest', models.CharField(max_length=64, verbose_name='digest')),
                ('sealed_at', models.DateTimeField(verbose_name='sealed at')),
            ],
            options={
                'verbose_name': 'audit seal',
                'verbose_name_plural': 'audit seals',
                'ordering': ['-last_id'],
            },
        ),
        migrations.CreateModel(
            name='District',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=12, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='orgs.district', verbose_name='part of')),
            ],
            options={
                'verbose_name': 'district',
                'verbose_name_plural': 'districts',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=24, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('kind', models.CharField(choices=[('street', 'street'), ('community', 'community'), ('compound', 'compound'), ('building', 'building')], max_length=10, verbose_name='kind')),
                ('official_type', models.CharField(blank=True, max_length=30, verbose_name='official type')),
                ('parent', mptt.fields.TreeForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='orgs.unit', verbose_name='part of')),
                ('district', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='streets', to='orgs.district', verbose_name='district')),
                ('path_name', models.CharField(editable=False, max_length=255, verbose_name='place')),
                ('lft', models.PositiveIntegerField(editable=False)),
                ('rght', models.PositiveIntegerField(editable=False)),
                ('tree_id', models.PositiveIntegerField(db_index=True, editable=False)),
                ('level', models.PositiveIntegerField(editable=False)),
            ],
            options={
                'verbose_name': 'unit',
                'verbose_name_plural': 'units',
                'ordering': ['tree_id', 'lft'],
                'permissions': [('move_unit', 'May move a unit')],
                'indexes': [models.Index(fields=['tree_id', 'lft', 'rght'], name='unit_subtree'), models.Index(fields=['tree_id', 'lft'], name='orgs_unit_tree_id_lft_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'street'), ('level', 0), ('parent', None)), models.Q(('kind', 'community'), ('level', 1), ('parent__isnull', False)), models.Q(('kind', 'compound'), ('level', 2), ('parent__isnull', False)), models.Q(('kind', 'building'), ('level', 3), ('parent__isnull', False)), _connector='OR'), name='unit_kind_is_level'), models.CheckConstraint(condition=models.Q(models.Q(('district__isnull', False), ('kind', 'street')), models.Q(models.Q(('kind', 'street'), _negated=True), ('district', None)), _connector='OR'), name='unit_street_has_district')],
            },
        ),
        migrations.CreateModel(
            name='Grid',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=24, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('community', models.ForeignKey(limit_choices_to={'kind': 'community'}, on_delete=django.db.models.deletion.PROTECT, related_name='grids', to='orgs.unit', verbose_name='community')),
                ('units', models.ManyToManyField(related_name='covering_grids', to='orgs.unit', verbose_name='compounds and buildings')),
            ],
            options={
                'verbose_name': 'grid',
                'verbose_name_plural': 'grids',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('name', models.CharField(blank=True, max_length=40, verbose_name='name')),
                ('phone', orgs.crypto.EncryptedTextField(blank=True, default='', verbose_name='mobile number')),
                ('phone_index', models.CharField(editable=False, max_length=64, null=True, unique=True)),
                ('phone_verified', models.BooleanField(default=False, verbose_name='number verified')),
                ('must_change_password', models.BooleanField(default=False, verbose_name='must change the password')),
                ('large_type', models.BooleanField(default=False, verbose_name='large type')),
                ('home', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='orgs.unit', verbose_name='home')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'account',
                'verbose_name_plural': 'accounts',
                'permissions': [('unmask_person', 'May see private data in clear, with a reason')],
            },
            managers=[
                ('objects', orgs.models.users.PhoneUserManager()),
            ],
        ),
        migrations.CreateModel(
            name='Department',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('short_name', models.CharField(max_length=20, verbose_name='short name')),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='departments', to='orgs.district', verbose_name='district')),
                ('street', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='departments', to='orgs.unit', verbose_name='street (for its own offices)')),
                ('is_active', models.BooleanField(default=True, verbose_name='can be called')),
            ],
            options={
                'verbose_name': 'department',
                'verbose_name_plural': 'departments',
                'ordering': ['code'],
                'constraints': [models.CheckConstraint(condition=models.Q(('short_name', ''), _negated=True), name='department_has_short_name')],
            },
        ),
        migrations.CreateModel(
            name='OneTimeCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(max_length=60, verbose_name='purpose')),
                ('phone_index', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('expires_at', models.DateTimeField(db_index=True, verbose_name='expires at')),
                ('failures', models.PositiveSmallIntegerField(default=0, verbose_name='wrong tries')),
            ],
            options={
                'verbose_name': 'one-time code',
                'verbose_name_plural': 'one-time codes',
                'constraints': [models.UniqueConstraint(fields=('purpose', 'phone_index'), name='one_code_a_purpose_and_phone')],
            },
        ),
        migrations.CreateModel(
            name='PartyOrganisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('kind', models.CharField(choices=[('street_committee', 'street work committee'), ('community_committee', 'community committee'), ('branch', 'compound branch'), ('joint_branch', 'joint-area branch'), ('building_group', 'building group'), ('employer', 'sending organisation')], max_length=20, verbose_name='kind')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='orgs.partyorganisation', verbose_name='part of')),
                ('founding_mode', models.CharField(blank=True, choices=[('single', 'set up for one compound'), ('joint', 'set up jointly'), ('sent', 'set up by party guides sent in')], max_length=10, verbose_name='founding mode')),
                ('founded_on', models.DateField(blank=True, null=True, verbose_name='founded on')),
                ('covers', models.ManyToManyField(blank=True, related_name='party_organisations', to='orgs.unit', verbose_name='covers')),
            ],
            options={
                'verbose_name': 'party organisation',
                'verbose_name_plural': 'party organisations',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='Position',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='positions', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('role', models.CharField(choices=[('district_office', 'district party-building office'), ('street_cadre', 'street cadre'), ('street_leader', 'street leadership'), ('community_worker', 'community worker'), ('grid_worker', 'grid worker'), ('branch_secretary', 'branch secretary'), ('department_officer', 'department officer'), ('owners_committee', "owners' committee"), ('property_staff', 'property firm'), ('employer', 'sending organisation'), ('party_member', 'party member reported in'), ('volunteer', 'volunteer'), ('shop_staff', 'reward shop'), ('supervisor', 'vote supervisor'), ('auditor', 'auditor'), ('registrar', 'staff registrar')], max_length=20, verbose_name='role')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='orgs.unit', verbose_name='unit')),
                ('grid', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='orgs.grid', verbose_name='grid')),
                ('district', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='orgs.district', verbose_name='district')),
                ('party_organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='orgs.partyorganisation', verbose_name='party organisation')),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='orgs.department', verbose_name='department')),
                ('starts', models.DateField(verbose_name='from')),
                ('ends', models.DateField(blank=True, null=True, verbose_name='until')),
                ('acting_for', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='stand_ins', to='orgs.position', verbose_name='stands in for')),
            ],
            options={
                'verbose_name': 'position',
                'verbose_name_plural': 'positions',
                'ordering': ['user', 'role', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('department__isnull', True), ('district__isnull', True), ('grid__isnull', True), ('party_organisation__isnull', True), ('role__in', ['street_cadre', 'street_leader', 'community_worker', 'owners_committee', 'property_staff', 'party_member', 'volunteer', 'shop_staff']), ('unit__isnull', False)), models.Q(('department__isnull', True), ('district__isnull', True), ('grid__isnull', False), ('party_organisation__isnull', True), ('role__in', ['grid_worker']), ('unit__isnull', True)), models.Q(('department__isnull', True), ('district__isnull', False), ('grid__isnull', True), ('party_organisation__isnull', True), ('role__in', ['district_office', 'supervisor', 'auditor', 'registrar']), ('unit__isnull', True)), models.Q(('department__isnull', True), ('district__isnull', True), ('grid__isnull', True), ('party_organisation__isnull', False), ('role__in', ['branch_secretary', 'employer']), ('unit__isnull', True)), models.Q(('department__isnull', False), ('district__isnull', True), ('grid__isnull', True), ('party_organisation__isnull', True), ('role__in', ['department_officer']), ('unit__isnull', True)), _connector='OR'), name='position_at_its_target'), models.CheckConstraint(condition=models.Q(('ends', None), ('ends__gte', models.F('starts')), _connector='OR'), name='position_ends_after_start'), models.CheckConstraint(condition=models.Q(('acting_for', None), ('ends__isnull', False), _connector='OR'), name='position_stand_in_ends')],
            },
        ),
        migrations.CreateModel(
            name='CompoundProfile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.OneToOneField(limit_choices_to={'kind': 'compound'}, on_delete=django.db.models.deletion.CASCADE, related_name='profile', to='orgs.unit', verbose_name='compound')),
                ('year_built', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1900), django.core.validators.MaxValueValidator(2100)], verbose_name='year built')),
                ('type', models.CharField(blank=True, choices=[('commercial', 'commercial housing'), ('old', 'old compound'), ('work_unit', 'former work-unit housing'), ('resettlement', 'resettlement housing'), ('public_rental', 'public rental housing'), ('single_building', 'single building')], max_length=16, verbose_name='type')),
                ('property_mode', models.CharField(blank=True, choices=[('firm', 'property firm'), ('self', "residents' self-management"), ('community', 'looked after by the community'), ('none', 'no property service')], max_length=10, verbose_name='property service')),
                ('property_firm', models.CharField(blank=True, max_length=80, verbose_name='property firm')),
                ('planned_households', models.PositiveIntegerField(blank=True, null=True, verbose_name='planned households')),
                ('lon', models.FloatField(blank=True, null=True, verbose_name='longitude (WGS-84)')),
                ('lat', models.FloatField(blank=True, null=True, verbose_name='latitude (WGS-84)')),
            ],
            options={
                'verbose_name': 'compound profile',
                'verbose_name_plural': 'compound profiles',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('lat', None), ('lon', None)), models.Q(('lat__gte', -90), ('lat__lte', 90), ('lon__gte', -180), ('lon__lte', 180)), _connector='OR'), name='profile_point_whole')],
            },
        ),
        migrations.CreateModel(
            name='UnitAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=24, unique=True, verbose_name='code')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='orgs.unit')),
            ],
            options={
                'verbose_name': 'former code',
                'verbose_name_plural': 'former codes',
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('photo', 'photo'), ('video', 'video')], max_length=5, verbose_name='kind')),
                ('state', models.CharField(choices=[('ready', 'ready'), ('waiting', 'being prepared'), ('refused', 'refused')], default='ready', max_length=8, verbose_name='state')),
                ('original', models.FileField(blank=True, upload_to='waiting/%Y/%m/')),
                ('file', models.FileField(blank=True, upload_to='attachments/%Y/%m/', verbose_name='file')),
                ('thumbnail', models.FileField(blank=True, upload_to='attachments/%Y/%m/', verbose_name='thumbnail')),
                ('uploaded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by')),
                ('created_at', models.DateTimeField(verbose_name='uploaded at')),
                ('claimed_at', models.DateTimeField(editable=False, null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='why refused')),
            ],
            options={
                'verbose_name': 'attachment',
                'verbose_name_plural': 'attachments',
                'ordering': ['created_at', 'id'],
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['created_at'], name='attachment_waiting')],
            },
        ),
        migrations.CreateModel(
            name='IdempotentAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('key', models.CharField(max_length=200)),
                ('fingerprint', models.CharField(max_length=64)),
                ('status', models.PositiveSmallIntegerField(default=0)),
                ('body', orgs.crypto.EncryptedTextField(blank=True, default='')),
                ('created_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'verbose_name': 'remembered answer',
                'verbose_name_plural': 'remembered answers',
                'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='one_answer_a_user_and_key')],
            },
        ),
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True, verbose_name='day')),
                ('is_worked', models.BooleanField(verbose_name='worked')),
                ('note', models.CharField(max_length=100, verbose_name='reason or document')),
            ],
            options={
                'verbose_name': 'calendar day',
                'verbose_name_plural': 'working calendar',
                'ordering': ['-day'],
            },
        ),
        migrations.CreateModel(
            name='DutyDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('street', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='duty_days', to='orgs.unit', verbose_name='street')),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='duty_days', to='orgs.department', verbose_name='department')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='on duty')),
                ('stand_in', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='stand-in')),
            ],
            options={
                'verbose_name': 'day of duty',
                'verbose_name_plural': 'duty roster',
                'ordering': ['-day', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('street__isnull', False)), fields=('street', 'day'), name='one_duty_a_street_and_day'), models.UniqueConstraint(condition=models.Q(('department__isnull', False)), fields=('department', 'day'), name='one_duty_a_department_and_day'), models.CheckConstraint(condition=models.Q(models.Q(('department__isnull', False), ('street__isnull', True)), models.Q(('department__isnull', True), ('street__isnull', False)), _connector='OR'), name='duty_of_street_or_department'), models.CheckConstraint(condition=models.Q(('stand_in', None), models.Q(('stand_in', models.F('person')), _negated=True), _connector='OR'), name='duty_stand_in_is_another')],
            },
        ),
        migrations.CreateModel(
            name='Bookmark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, unique=True)),
                ('position', models.BigIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'bookmark',
                'verbose_name_plural': 'bookmarks',
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL, verbose_name='recipient')),
                ('kind', models.CharField(max_length=20, verbose_name='kind')),
                ('key', models.CharField(max_length=80)),
                ('data', models.JSONField(default=dict)),
                ('link', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField(verbose_name='when')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='read at')),
            ],
            options={
                'verbose_name': 'notice',
                'verbose_name_plural': 'notices',
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['recipient', '-id'], name='notice_of_recipient'), models.Index(condition=models.Q(('read_at', None)), fields=['recipient'], name='notice_unread')],
                'constraints': [models.UniqueConstraint(fields=('recipient', 'key'), name='each_thing_told_once')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='orgs.notice')),
                ('channel', models.CharField(max_length=20, verbose_name='channel')),
                ('due_at', models.DateTimeField(verbose_name='due at')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent at')),
                ('failed_at', models.DateTimeField(blank=True, null=True, verbose_name='given up at')),
                ('error', models.CharField(blank=True, max_length=200, verbose_name='error')),
            ],
            options={
                'verbose_name': 'delivery',
                'verbose_name_plural': 'deliveries',
                'ordering': ['-pk'],
                'indexes': [models.Index(condition=models.Q(('failed_at', None), ('sent_at', None)), fields=['due_at'], name='delivery_due')],
                'constraints': [models.UniqueConstraint(fields=('notice', 'channel'), name='one_delivery_a_channel'), models.CheckConstraint(condition=models.Q(('sent_at', None), ('failed_at', None), _connector='OR'), name='delivery_sent_or_failed')],
            },
        ),
        migrations.CreateModel(
            name='NoticeAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='notice_address', to=settings.AUTH_USER_MODEL)),
                ('email', orgs.crypto.EncryptedTextField(verbose_name='e-mail address')),
            ],
            options={
                'verbose_name': 'address for notices',
                'verbose_name_plural': 'addresses for notices',
            },
        ),
        migrations.CreateModel(
            name='NoticeChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notice_choices', to=settings.AUTH_USER_MODEL)),
                ('kind', models.CharField(max_length=20, verbose_name='kind')),
                ('way', models.CharField(choices=[('at_once', 'in the portal, and outside at once'), ('digest', 'in the portal, and outside once a day'), ('portal', 'in the portal only')], max_length=8, verbose_name='way')),
            ],
            options={
                'verbose_name': 'choice of notices',
                'verbose_name_plural': 'choices of notices',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('user', 'kind'), name='one_choice_a_kind'), models.CheckConstraint(condition=models.Q(('way__in', ['at_once', 'digest', 'portal'])), name='notice_way_known')],
            },
        ),
    ]
