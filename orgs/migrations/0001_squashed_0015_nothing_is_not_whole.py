"""Units, people, notices and all else of the ground floor at once: what a new database gets instead of 0001 to 0015 (decision 0033)."""

import django.contrib.auth.validators
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import mptt.fields
import orgs.crypto
import orgs.db.tables_at_once
import orgs.models.users
import orgs.values.names
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('orgs', '0001_initial'), ('orgs', '0002_attachment_preparing'), ('orgs', '0003_encrypted_answers'), ('orgs', '0004_calendar_and_duty'), ('orgs', '0005_notices'), ('orgs', '0006_service_points'), ('orgs', '0007_compared_names'), ('orgs', '0008_marks_and_codes'), ('orgs', '0009_unsent_forms'), ('orgs', '0010_leader_on_duty'), ('orgs', '0011_outlines'), ('orgs', '0012_short_messages_and_devices'), ('orgs', '0013_landmarks'), ('orgs', '0014_type_sizes'), ('orgs', '0015_nothing_is_not_whole')]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        orgs.db.tables_at_once.CreateTables(
            models=[migrations.CreateModel(
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
            ), migrations.CreateModel(
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
            ), migrations.CreateModel(
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
            ), migrations.CreateModel(
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
                    ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                    ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                    ('home', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='orgs.unit', verbose_name='home')),
                    ('signed_out_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('type_size', models.PositiveSmallIntegerField(choices=[(0, 'normal type'), (1, 'large type'), (2, 'largest type')], default=0, verbose_name='type size')),
                ],
                options={
                    'verbose_name': 'account',
                    'verbose_name_plural': 'accounts',
                    'permissions': [('unmask_person', 'May see private data in clear, with a reason')],
                },
                managers=[
                    ('objects', orgs.models.users.PhoneUserManager()),
                ],
            ), migrations.CreateModel(
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
            ), migrations.CreateModel(
                name='Department',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(max_length=40, unique=True, verbose_name='code')),
                    ('name', models.CharField(max_length=60, verbose_name='name')),
                    ('short_name', models.CharField(max_length=20, verbose_name='short name')),
                    ('is_active', models.BooleanField(default=True, verbose_name='can be called')),
                    ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='departments', to='orgs.district', verbose_name='district')),
                    ('street', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='departments', to='orgs.unit', verbose_name='street (for its own offices)')),
                    ('address', models.CharField(blank=True, max_length=100, verbose_name='address of the office')),
                    ('hours', models.CharField(blank=True, max_length=60, verbose_name='office hours')),
                    ('phone', models.CharField(blank=True, max_length=40, verbose_name='public telephone')),
                ],
                options={
                    'verbose_name': 'department',
                    'verbose_name_plural': 'departments',
                    'ordering': ['code'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('short_name', ''), _negated=True), name='department_has_short_name')],
                },
            ), migrations.CreateModel(
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
            ), migrations.CreateModel(
                name='PartyOrganisation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=40, unique=True, verbose_name='code')),
                    ('name', models.CharField(max_length=80, verbose_name='name')),
                    ('kind', models.CharField(choices=[('street_committee', 'street work committee'), ('community_committee', 'community committee'), ('branch', 'compound branch'), ('joint_branch', 'joint-area branch'), ('building_group', 'building group'), ('employer', 'sending organisation')], max_length=20, verbose_name='kind')),
                    ('founding_mode', models.CharField(blank=True, choices=[('single', 'set up for one compound'), ('joint', 'set up jointly'), ('sent', 'set up by party guides sent in')], max_length=10, verbose_name='founding mode')),
                    ('founded_on', models.DateField(blank=True, null=True, verbose_name='founded on')),
                    ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='orgs.partyorganisation', verbose_name='part of')),
                    ('covers', models.ManyToManyField(blank=True, related_name='party_organisations', to='orgs.unit', verbose_name='covers')),
                ],
                options={
                    'verbose_name': 'party organisation',
                    'verbose_name_plural': 'party organisations',
                    'ordering': ['code'],
                },
            ), migrations.CreateModel(
                name='Unit',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=24, unique=True, verbose_name='code')),
                    ('name', models.CharField(max_length=60, verbose_name='name')),
                    ('kind', models.CharField(choices=[('street', 'street'), ('community', 'community'), ('compound', 'compound'), ('building', 'building')], max_length=10, verbose_name='kind')),
                    ('official_type', models.CharField(blank=True, max_length=30, verbose_name='official type')),
                    ('path_name', models.CharField(editable=False, max_length=255, verbose_name='place')),
                    ('lft', models.PositiveIntegerField(editable=False)),
                    ('rght', models.PositiveIntegerField(editable=False)),
                    ('tree_id', models.PositiveIntegerField(db_index=True, editable=False)),
                    ('level', models.PositiveIntegerField(editable=False)),
                    ('district', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='streets', to='orgs.district', verbose_name='district')),
                    ('parent', mptt.fields.TreeForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='orgs.unit', verbose_name='part of')),
                    ('name_key', orgs.values.names.ComparedField(blank=True, editable=False, max_length=120, source='name')),
                    ('path_key', orgs.values.names.ComparedField(blank=True, editable=False, max_length=255, source='path_name')),
                ],
                options={
                    'verbose_name': 'unit',
                    'verbose_name_plural': 'units',
                    'ordering': ['tree_id', 'lft'],
                    'permissions': [('move_unit', 'May move a unit')],
                    'indexes': [models.Index(fields=['tree_id', 'lft', 'rght'], name='unit_subtree'), models.Index(fields=['tree_id', 'lft'], name='orgs_unit_tree_id_lft_idx')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'street'), ('level', 0), ('parent', None)), models.Q(('kind', 'community'), ('level', 1), ('parent__isnull', False)), models.Q(('kind', 'compound'), ('level', 2), ('parent__isnull', False)), models.Q(('kind', 'building'), ('level', 3), ('parent__isnull', False)), _connector='OR'), name='unit_kind_is_level'), models.CheckConstraint(condition=models.Q(models.Q(('district__isnull', False), ('kind', 'street')), models.Q(models.Q(('kind', 'street'), _negated=True), ('district', None)), _connector='OR'), name='unit_street_has_district'), models.UniqueConstraint(fields=('parent', 'name_key'), name='unit_name_once'), models.UniqueConstraint(condition=models.Q(('kind', 'street')), fields=('district', 'name_key'), name='unit_street_name_once')],
                },
            ), migrations.CreateModel(
                name='Position',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('role', models.CharField(choices=[('district_office', 'district party-building office'), ('street_cadre', 'street cadre'), ('street_leader', 'street leadership'), ('community_worker', 'community worker'), ('grid_worker', 'grid worker'), ('branch_secretary', 'branch secretary'), ('department_officer', 'department officer'), ('owners_committee', "owners' committee"), ('property_staff', 'property firm'), ('employer', 'sending organisation'), ('party_member', 'party member reported in'), ('volunteer', 'volunteer'), ('shop_staff', 'reward shop'), ('supervisor', 'vote supervisor'), ('auditor', 'auditor'), ('registrar', 'staff registrar')], max_length=20, verbose_name='role')),
                    ('starts', models.DateField(verbose_name='from')),
                    ('ends', models.DateField(blank=True, null=True, verbose_name='until')),
                    ('acting_for', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='stand_ins', to='orgs.position', verbose_name='stands in for')),
                    ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='orgs.department', verbose_name='department')),
                    ('district', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='orgs.district', verbose_name='district')),
                    ('grid', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='orgs.grid', verbose_name='grid')),
                    ('party_organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='orgs.partyorganisation', verbose_name='party organisation')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='positions', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                    ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='orgs.unit', verbose_name='unit')),
                ],
                options={
                    'verbose_name': 'position',
                    'verbose_name_plural': 'positions',
                    'ordering': ['user', 'role', 'pk'],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('department__isnull', True), ('district__isnull', True), ('grid__isnull', True), ('party_organisation__isnull', True), ('role__in', ['street_cadre', 'street_leader', 'community_worker', 'owners_committee', 'property_staff', 'party_member', 'volunteer', 'shop_staff']), ('unit__isnull', False)), models.Q(('department__isnull', True), ('district__isnull', True), ('grid__isnull', False), ('party_organisation__isnull', True), ('role__in', ['grid_worker']), ('unit__isnull', True)), models.Q(('department__isnull', True), ('district__isnull', False), ('grid__isnull', True), ('party_organisation__isnull', True), ('role__in', ['district_office', 'supervisor', 'auditor', 'registrar']), ('unit__isnull', True)), models.Q(('department__isnull', True), ('district__isnull', True), ('grid__isnull', True), ('party_organisation__isnull', False), ('role__in', ['branch_secretary', 'employer']), ('unit__isnull', True)), models.Q(('department__isnull', False), ('district__isnull', True), ('grid__isnull', True), ('party_organisation__isnull', True), ('role__in', ['department_officer']), ('unit__isnull', True)), _connector='OR'), name='position_at_its_target'), models.CheckConstraint(condition=models.Q(('ends', None), ('ends__gte', models.F('starts')), _connector='OR'), name='position_ends_after_start'), models.CheckConstraint(condition=models.Q(('acting_for', None), ('ends__isnull', False), _connector='OR'), name='position_stand_in_ends')],
                },
            ), migrations.CreateModel(
                name='CompoundProfile',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('year_built', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1900), django.core.validators.MaxValueValidator(2100)], verbose_name='year built')),
                    ('type', models.CharField(blank=True, choices=[('commercial', 'commercial housing'), ('old', 'old compound'), ('work_unit', 'former work-unit housing'), ('resettlement', 'resettlement housing'), ('public_rental', 'public rental housing'), ('single_building', 'single building')], max_length=16, verbose_name='type')),
                    ('property_mode', models.CharField(blank=True, choices=[('firm', 'property firm'), ('self', "residents' self-management"), ('community', 'looked after by the community'), ('none', 'no property service')], max_length=10, verbose_name='property service')),
                    ('property_firm', models.CharField(blank=True, max_length=80, verbose_name='property firm')),
                    ('planned_households', models.PositiveIntegerField(blank=True, null=True, verbose_name='planned households')),
                    ('lon', models.FloatField(blank=True, null=True, verbose_name='longitude (WGS-84)')),
                    ('lat', models.FloatField(blank=True, null=True, verbose_name='latitude (WGS-84)')),
                    ('unit', models.OneToOneField(limit_choices_to={'kind': 'compound'}, on_delete=django.db.models.deletion.CASCADE, related_name='profile', to='orgs.unit', verbose_name='compound')),
                ],
                options={
                    'verbose_name': 'compound profile',
                    'verbose_name_plural': 'compound profiles',
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('lat', None), ('lon', None)), models.Q(('lat__isnull', False), ('lon__isnull', False), ('lat__gte', -90), ('lat__lte', 90), ('lon__gte', -180), ('lon__lte', 180)), _connector='OR'), name='profile_point_whole')],
                },
            ), migrations.CreateModel(
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
            ), migrations.CreateModel(
                name='Attachment',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('kind', models.CharField(choices=[('photo', 'photo'), ('video', 'video')], max_length=5, verbose_name='kind')),
                    ('state', models.CharField(choices=[('ready', 'ready'), ('waiting', 'being prepared'), ('refused', 'refused')], default='ready', max_length=8, verbose_name='state')),
                    ('original', models.FileField(blank=True, upload_to='waiting/%Y/%m/')),
                    ('file', models.FileField(blank=True, upload_to='attachments/%Y/%m/', verbose_name='file')),
                    ('thumbnail', models.FileField(blank=True, upload_to='attachments/%Y/%m/', verbose_name='thumbnail')),
                    ('created_at', models.DateTimeField(verbose_name='uploaded at')),
                    ('uploaded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by')),
                    ('claimed_at', models.DateTimeField(editable=False, null=True)),
                    ('reason', models.CharField(blank=True, max_length=200, verbose_name='why refused')),
                    ('tries', models.PositiveSmallIntegerField(default=0, editable=False)),
                ],
                options={
                    'verbose_name': 'attachment',
                    'verbose_name_plural': 'attachments',
                    'ordering': ['created_at', 'id'],
                    'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['created_at'], name='attachment_waiting')],
                },
            ), migrations.CreateModel(
                name='IdempotentAnswer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(max_length=200)),
                    ('fingerprint', models.CharField(max_length=64)),
                    ('status', models.PositiveSmallIntegerField(default=0)),
                    ('created_at', models.DateTimeField(db_index=True)),
                    ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('body', orgs.crypto.EncryptedTextField(blank=True, default='')),
                    ('browser', models.CharField(blank=True, default='', editable=False, max_length=40)),
                ],
                options={
                    'verbose_name': 'remembered answer',
                    'verbose_name_plural': 'remembered answers',
                    'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='one_answer_a_user_and_key'), models.UniqueConstraint(condition=models.Q(('user', None)), fields=('browser', 'key'), name='one_answer_a_browser_and_key'), models.CheckConstraint(condition=models.Q(models.Q(('browser', ''), ('user__isnull', False)), models.Q(('user', None), models.Q(('browser', ''), _negated=True)), _connector='OR'), name='answer_is_somebodys')],
                },
            ), migrations.CreateModel(
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
            ), migrations.CreateModel(
                name='DutyDay',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField(verbose_name='day')),
                    ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='duty_days', to='orgs.department', verbose_name='department')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='on duty')),
                    ('stand_in', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='stand-in')),
                    ('street', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='duty_days', to='orgs.unit', verbose_name='street')),
                    ('leader', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='leader on duty')),
                ],
                options={
                    'verbose_name': 'day of duty',
                    'verbose_name_plural': 'duty roster',
                    'ordering': ['-day', 'pk'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('street__isnull', False)), fields=('street', 'day'), name='one_duty_a_street_and_day'), models.UniqueConstraint(condition=models.Q(('department__isnull', False)), fields=('department', 'day'), name='one_duty_a_department_and_day'), models.CheckConstraint(condition=models.Q(models.Q(('department__isnull', False), ('street__isnull', True)), models.Q(('department__isnull', True), ('street__isnull', False)), _connector='OR'), name='duty_of_street_or_department'), models.CheckConstraint(condition=models.Q(('stand_in', None), models.Q(('stand_in', models.F('person')), _negated=True), _connector='OR'), name='duty_stand_in_is_another'), models.CheckConstraint(condition=models.Q(('leader', None), models.Q(models.Q(('leader', models.F('person')), _negated=True), models.Q(('stand_in', None), models.Q(('leader', models.F('stand_in')), _negated=True), _connector='OR')), _connector='OR'), name='duty_leader_is_another')],
                },
            ), migrations.CreateModel(
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
            ), migrations.CreateModel(
                name='Notice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=20, verbose_name='kind')),
                    ('key', models.CharField(max_length=80)),
                    ('data', models.JSONField(default=dict)),
                    ('link', models.CharField(blank=True, max_length=200)),
                    ('at', models.DateTimeField(verbose_name='when')),
                    ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='read at')),
                    ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL, verbose_name='recipient')),
                ],
                options={
                    'verbose_name': 'notice',
                    'verbose_name_plural': 'notices',
                    'ordering': ['-pk'],
                    'indexes': [models.Index(fields=['recipient', '-id'], name='notice_of_recipient'), models.Index(condition=models.Q(('read_at', None)), fields=['recipient'], name='notice_unread')],
                    'constraints': [models.UniqueConstraint(fields=('recipient', 'key'), name='each_thing_told_once')],
                },
            ), migrations.CreateModel(
                name='Delivery',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('channel', models.CharField(max_length=20, verbose_name='channel')),
                    ('due_at', models.DateTimeField(verbose_name='due at')),
                    ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                    ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent at')),
                    ('failed_at', models.DateTimeField(blank=True, null=True, verbose_name='given up at')),
                    ('error', models.CharField(blank=True, max_length=200, verbose_name='error')),
                    ('notice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='orgs.notice')),
                ],
                options={
                    'verbose_name': 'delivery',
                    'verbose_name_plural': 'deliveries',
                    'ordering': ['-pk'],
                    'indexes': [models.Index(condition=models.Q(('failed_at', None), ('sent_at', None)), fields=['due_at'], name='delivery_due')],
                    'constraints': [models.UniqueConstraint(fields=('notice', 'channel'), name='one_delivery_a_channel'), models.CheckConstraint(condition=models.Q(('sent_at', None), ('failed_at', None), _connector='OR'), name='delivery_sent_or_failed')],
                },
            ), migrations.CreateModel(
                name='NoticeAddress',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('email', orgs.crypto.EncryptedTextField(verbose_name='e-mail address')),
                    ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='notice_address', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'address for notices',
                    'verbose_name_plural': 'addresses for notices',
                },
            ), migrations.CreateModel(
                name='NoticeChoice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=20, verbose_name='kind')),
                    ('way', models.CharField(choices=[('at_once', 'in the portal, and outside at once'), ('digest', 'in the portal, and outside once a day'), ('portal', 'in the portal only')], max_length=8, verbose_name='way')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notice_choices', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'choice of notices',
                    'verbose_name_plural': 'choices of notices',
                    'ordering': ['pk'],
                    'constraints': [models.UniqueConstraint(fields=('user', 'kind'), name='one_choice_a_kind'), models.CheckConstraint(condition=models.Q(('way__in', ['at_once', 'digest', 'portal'])), name='notice_way_known')],
                },
            ), migrations.CreateModel(
                name='ServicePoint',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('ends', models.DateField(blank=True, help_text='With a day it is shown no more.', null=True, verbose_name='ended on')),
                    ('kind', models.CharField(choices=[('emergency', 'emergency calls'), ('community', 'community on duty'), ('property', 'property service'), ('police', 'police station'), ('water', 'water supply'), ('power', 'power supply'), ('gas', 'gas supply'), ('health', 'medical care'), ('government', 'government services'), ('other', 'other')], max_length=12, verbose_name='Kind')),
                    ('name', models.CharField(max_length=60, verbose_name='name')),
                    ('phone', models.CharField(blank=True, max_length=20, validators=[django.core.validators.RegexValidator('^[0-9][0-9-]{2,19}\\Z', 'Write digits and dashes: 110, 0713-8350000.')], verbose_name='telephone')),
                    ('address', models.CharField(blank=True, max_length=120, verbose_name='address')),
                    ('opening', models.CharField(blank=True, choices=[('always', 'round the clock'), ('daily', 'every day in the daytime'), ('office', 'in office hours'), ('appointment', 'call before you come')], max_length=12, verbose_name='opening hours')),
                    ('note', models.CharField(blank=True, max_length=120, verbose_name='note')),
                    ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='orgs.unit', verbose_name='unit')),
                ],
                options={
                    'verbose_name': 'service point',
                    'verbose_name_plural': 'useful numbers',
                    'constraints': [models.UniqueConstraint(condition=models.Q(('ends', None)), fields=('unit', 'kind', 'name'), name='service_point_once', violation_error_message='This place has an entry of this kind and name.'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('phone', ''), _negated=True), models.Q(('address', ''), _negated=True), _connector='OR'), ('kind__in', ['emergency', 'community', 'property', 'police', 'water', 'power', 'gas', 'health', 'government', 'other']), ('opening__in', ['', 'always', 'daily', 'office', 'appointment'])), name='service_point_sound')],
                },
            ), migrations.CreateModel(
                name='CodesSent',
                fields=[
                    ('phone_index', models.CharField(max_length=64, primary_key=True, serialize=False)),
                    ('times', models.JSONField(default=list)),
                    ('last_at', models.DateTimeField(db_index=True)),
                ],
                options={
                    'verbose_name': 'codes sent to a telephone',
                    'verbose_name_plural': 'codes sent to telephones',
                },
            ), migrations.CreateModel(
                name='UnsentForm',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('browser', models.CharField(max_length=64)),
                    ('address', models.CharField(max_length=64)),
                    ('body', orgs.crypto.EncryptedTextField()),
                    ('expires_at', models.DateTimeField(db_index=True, verbose_name='expires at')),
                    ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'form not sent yet',
                    'verbose_name_plural': 'forms not sent yet',
                    'constraints': [models.UniqueConstraint(fields=('browser', 'owner', 'address'), name='one_unsent_form_an_address')],
                },
            ), migrations.CreateModel(
                name='Outline',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('areas', models.JSONField(verbose_name='areas')),
                    ('grid', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='outline', to='orgs.grid', verbose_name='grid')),
                    ('unit', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='outline', to='orgs.unit', verbose_name='compound')),
                ],
                options={
                    'verbose_name': 'outline',
                    'verbose_name_plural': 'outlines',
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('grid__isnull', False), ('unit', None)), models.Q(('grid', None), ('unit__isnull', False)), _connector='OR'), name='outline_of_unit_or_grid')],
                },
            ), migrations.CreateModel(
                name='Device',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('session_key', models.CharField(max_length=40, unique=True)),
                    ('name', models.CharField(max_length=60, verbose_name='device')),
                    ('stays', models.BooleanField(default=False, verbose_name='stays signed in')),
                    ('since', models.DateTimeField(verbose_name='signed in since')),
                    ('seen_at', models.DateTimeField(verbose_name='last used')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='devices', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'device',
                    'verbose_name_plural': 'devices',
                    'ordering': ['-seen_at', '-pk'],
                },
            ), migrations.CreateModel(
                name='ShortMessage',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(max_length=80, unique=True)),
                    ('phone', orgs.crypto.EncryptedTextField(verbose_name='telephone')),
                    ('text', orgs.crypto.EncryptedTextField(verbose_name='text')),
                    ('due_at', models.DateTimeField(verbose_name='due at')),
                    ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                    ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent at')),
                    ('failed_at', models.DateTimeField(blank=True, null=True, verbose_name='given up at')),
                ],
                options={
                    'verbose_name': 'short message',
                    'verbose_name_plural': 'short messages',
                    'ordering': ['-pk'],
                    'indexes': [models.Index(condition=models.Q(('failed_at', None), ('sent_at', None)), fields=['due_at'], name='short_message_due')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('sent_at', None), ('failed_at', None), _connector='OR'), name='short_message_sent_or_failed')],
                },
            ), migrations.CreateModel(
                name='Landmark',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('ends', models.DateField(blank=True, help_text='With a day it is shown no more.', null=True, verbose_name='ended on')),
                    ('kind', models.CharField(choices=[('road', 'road or lane'), ('public', 'public building'), ('school', 'school or kindergarten'), ('health', 'hospital or clinic'), ('market', 'market or shop'), ('park', 'park or square'), ('stop', 'bus stop or station'), ('other', 'other')], max_length=10, verbose_name='Kind')),
                    ('name', models.CharField(max_length=60, verbose_name='name')),
                    ('name_key', orgs.values.names.ComparedField(blank=True, editable=False, max_length=120, source='name')),
                    ('lon', models.FloatField(blank=True, null=True, verbose_name='longitude (WGS-84)')),
                    ('lat', models.FloatField(blank=True, null=True, verbose_name='latitude (WGS-84)')),
                    ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='orgs.unit', verbose_name='unit')),
                ],
                options={
                    'verbose_name': 'road or landmark',
                    'verbose_name_plural': 'roads and landmarks',
                    'indexes': [models.Index(fields=['lat', 'lon'], name='landmark_around')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('ends', None)), fields=('unit', 'name'), name='landmark_once', violation_error_message='This place has an entry of this name.'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('lat', None), ('lon', None)), models.Q(('lat__isnull', False), ('lon__isnull', False), ('lat__gte', -90), ('lat__lte', 90), ('lon__gte', -180), ('lon__lte', 180)), _connector='OR'), ('kind__in', ['road', 'public', 'school', 'health', 'market', 'park', 'stop', 'other'])), name='landmark_sound')],
                },
            )],
        ),
    ]
