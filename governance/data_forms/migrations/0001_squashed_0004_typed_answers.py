"""Forms, catalogue, collections and answers at once: what a new database gets instead of 0001 to 0004 (decision 0033)."""

import django.db.models.deletion
import django.db.models.expressions
import orgs.crypto
import orgs.db.tables_at_once
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('data_forms', '0001_data_forms'), ('data_forms', '0002_collections'), ('data_forms', '0003_sums_and_lists'), ('data_forms', '0004_typed_answers')]

    initial = True

    dependencies = [
        ('orgs', '0001_squashed_0015_nothing_is_not_whole'),
        ('orgs', '__first__'),
        ('residents', '0001_squashed_0016_nothing_is_not_whole'),
        ('tasks', '0001_squashed_0026_nothing_is_not_whole'),
    ]

    operations = [
        orgs.db.tables_at_once.CreateTables(
            models=[migrations.CreateModel(
                name='BlankForm',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=80, verbose_name='name')),
                    ('subject', models.CharField(choices=[('person', 'person'), ('household', 'household'), ('building', 'building'), ('compound', 'compound'), ('community', 'community'), ('task', 'task'), ('department', 'department'), ('sums', 'none, the form holds numbers alone')], max_length=10, verbose_name='a row is about a')),
                    ('filters', models.JSONField(blank=True, default=dict, verbose_name='who is listed')),
                    ('sheet', models.CharField(max_length=31, verbose_name='sheet')),
                    ('heading_row', models.PositiveIntegerField(verbose_name='first row of headings')),
                    ('first_row', models.PositiveIntegerField(verbose_name='first row of data')),
                    ('last_row', models.PositiveIntegerField(verbose_name='last row of data')),
                    ('foot_row', models.PositiveIntegerField(default=0, verbose_name='first row below')),
                    ('file_name', models.CharField(max_length=200, verbose_name='file')),
                    ('content', models.BinaryField()),
                    ('at', models.DateTimeField(verbose_name='when')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='sent by')),
                    ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='blank_forms', to='orgs.unit', verbose_name='place')),
                ],
                options={
                    'verbose_name': 'blank form',
                    'verbose_name_plural': 'blank forms',
                    'ordering': ['-pk'],
                    'permissions': [('keep_forms', 'May keep blank forms of a place'), ('fill_forms', 'May fill forms from the rosters of a place'), ('answer_forms', 'May complete the cells of forms that the portal does not know')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('heading_row__gt', 0), ('first_row__gt', models.F('heading_row')), ('last_row__gte', django.db.models.expressions.CombinedExpression(models.F('first_row'), '-', models.Value(1))), models.Q(('foot_row', 0), ('foot_row__gt', models.F('last_row')), _connector='OR')), name='blank_form_rows_follow'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='blank_form_named'), models.CheckConstraint(condition=models.Q(('subject__in', ['person', 'household', 'building', 'compound', 'community', 'task', 'department', 'sums'])), name='blank_form_subject_known')],
                },
            ), migrations.CreateModel(
                name='FilledRun',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('asked_at', models.DateTimeField(verbose_name='asked at')),
                    ('expires_at', models.DateTimeField(verbose_name='kept until')),
                    ('filters', models.JSONField(default=dict, verbose_name='who is listed')),
                    ('purpose', models.CharField(max_length=200, verbose_name='for what')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                    ('form', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='data_forms.blankform', verbose_name='form')),
                    ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit', verbose_name='place')),
                    ('collection', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='copies', to='data_forms.collection', verbose_name='collection')),
                ],
                options={
                    'verbose_name': 'filled form',
                    'verbose_name_plural': 'filled forms',
                    'ordering': ['-pk'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('purpose', ''), _negated=True), name='filled_form_has_purpose')],
                },
            ), migrations.CreateModel(
                name='FilledFile',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('claimed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                    ('state', models.CharField(choices=[('waiting', 'being filled'), ('ready', 'ready'), ('failed', 'failed')], default='waiting', max_length=10, verbose_name='state')),
                    ('file', models.FileField(blank=True, editable=False, upload_to='filled_forms/')),
                    ('total', models.PositiveIntegerField(default=0, verbose_name='rows')),
                    ('rows', models.PositiveIntegerField(default=0, verbose_name='rows done')),
                    ('cells', models.PositiveIntegerField(default=0, verbose_name='cells')),
                    ('known', models.PositiveIntegerField(default=0, verbose_name='cells filled')),
                    ('run', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='sheet', to='data_forms.filledrun', verbose_name='run')),
                ],
                options={
                    'verbose_name': 'file of a filled form',
                    'verbose_name_plural': 'files of filled forms',
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'ready'), ('file', ''), _connector='OR'), ('known__lte', models.F('cells')), ('rows__lte', models.F('total')), ('state__in', ['waiting', 'ready', 'failed'])), name='filled_file_when_ready')],
                },
            ), migrations.CreateModel(
                name='FormColumn',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('place', models.PositiveSmallIntegerField(verbose_name='column')),
                    ('heading', models.CharField(max_length=200, verbose_name='heading')),
                    ('key', models.CharField(db_index=True, editable=False, max_length=200)),
                    ('field', models.CharField(blank=True, max_length=40, verbose_name='field')),
                    ('match', models.CharField(choices=[('same', 'the same word'), ('alike', 'a word like it'), ('remembered', 'chosen on an earlier form'), ('chosen', 'chosen here'), ('none', 'not known')], max_length=10, verbose_name='known from')),
                    ('certainty', models.PositiveSmallIntegerField(default=0, verbose_name='certainty in per cent')),
                    ('computed', models.BooleanField(default=False, verbose_name='reckoned by the form')),
                    ('form', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='columns', to='data_forms.blankform', verbose_name='form')),
                    ('asked', models.BooleanField(default=True, verbose_name='asked for')),
                    ('kind', models.CharField(choices=[('text', 'text'), ('number', 'number'), ('day', 'day'), ('yes_no', 'yes or no'), ('choice', 'one of some words')], default='text', max_length=10, verbose_name='kind of answer')),
                    ('options', models.JSONField(blank=True, default=list, verbose_name='words to choose from')),
                ],
                options={
                    'verbose_name': 'column of a form',
                    'verbose_name_plural': 'columns of forms',
                    'ordering': ['place'],
                    'constraints': [models.UniqueConstraint(fields=('form', 'place'), name='form_column_once'), models.CheckConstraint(condition=models.Q(('certainty__lte', 100), ('kind__in', ['text', 'number', 'day', 'yes_no', 'choice']), ('match__in', ['same', 'alike', 'remembered', 'chosen', 'none']), ('place__gt', 0)), name='form_column_in_bounds')],
                },
            ), migrations.CreateModel(
                name='Answer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('value', orgs.crypto.EncryptedTextField(verbose_name='answer')),
                    ('source', models.CharField(choices=[('typed', 'typed on its page'), ('imported', 'imported from a file'), ('other_form', 'taken over from another form')], default='typed', max_length=10, verbose_name='source')),
                    ('at', models.DateTimeField(verbose_name='when')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='answered by')),
                    ('household', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='residents.household', verbose_name='household')),
                    ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='residents.person', verbose_name='person')),
                    ('place', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='orgs.unit', verbose_name='place')),
                    ('column', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='data_forms.formcolumn', verbose_name='column')),
                    ('department', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='orgs.department', verbose_name='department')),
                    ('task', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tasks.task', verbose_name='task')),
                ],
                options={
                    'verbose_name': 'answer in a form',
                    'verbose_name_plural': 'answers in forms',
                    'constraints': [models.UniqueConstraint(fields=('column', 'person'), name='form_answer_person_once'), models.UniqueConstraint(fields=('column', 'household'), name='form_answer_household_once'), models.UniqueConstraint(fields=('column', 'place'), name='form_answer_place_once'), models.CheckConstraint(condition=models.Q(models.Q(('person__isnull', False), ('household__isnull', True), ('place__isnull', True), ('task__isnull', True), ('department__isnull', True)), models.Q(('person__isnull', True), ('household__isnull', False), ('place__isnull', True), ('task__isnull', True), ('department__isnull', True)), models.Q(('person__isnull', True), ('household__isnull', True), ('place__isnull', False), ('task__isnull', True), ('department__isnull', True)), models.Q(('person__isnull', True), ('household__isnull', True), ('place__isnull', True), ('task__isnull', False), ('department__isnull', True)), models.Q(('person__isnull', True), ('household__isnull', True), ('place__isnull', True), ('task__isnull', True), ('department__isnull', False)), _connector='OR'), name='form_answer_about_one_row'), models.UniqueConstraint(fields=('column', 'task'), name='form_answer_task_once'), models.UniqueConstraint(fields=('column', 'department'), name='form_answer_department_once'), models.CheckConstraint(condition=models.Q(models.Q(('value__blank', True), _negated=True), ('source__in', ['typed', 'imported', 'other_form'])), name='form_answer_said')],
                },
            ), migrations.CreateModel(
                name='CatalogueForm',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('legal_basis', models.CharField(max_length=200, verbose_name='legal basis')),
                    ('purpose', models.CharField(max_length=200, verbose_name='for what')),
                    ('repeats', models.CharField(choices=[('once', 'once'), ('month', 'every month'), ('quarter', 'every quarter'), ('half', 'every half-year'), ('year', 'every year')], max_length=10, verbose_name='how often')),
                    ('days', models.PositiveSmallIntegerField(verbose_name='days to fill it in')),
                    ('admitted_at', models.DateTimeField(verbose_name='admitted at')),
                    ('ends', models.DateField(null=True, verbose_name='ended on')),
                    ('admitted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='admitted by')),
                    ('communities', models.ManyToManyField(related_name='+', to='orgs.unit', verbose_name='communities asked')),
                    ('department', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.department', verbose_name='department')),
                    ('form', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='entry', to='data_forms.blankform', verbose_name='form')),
                    ('street', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit', verbose_name='street')),
                ],
                options={
                    'verbose_name': 'form of the catalogue',
                    'verbose_name_plural': 'forms of the catalogue',
                    'ordering': ['-pk'],
                    'permissions': [('view_collections', 'May see which forms are asked'), ('ask_for_forms', 'May ask communities for a form'), ('keep_catalogue', 'May keep the catalogue of forms of a street'), ('view_burden', 'May see what forms cost'), ('receive_forms', 'May receive what communities filled in')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('legal_basis', ''), _negated=True), models.Q(('purpose', ''), _negated=True), ('days__range', (1, 90)), ('repeats__in', ['once', 'month', 'quarter', 'half', 'year'])), name='catalogue_form_grounded')],
                },
            ), migrations.CreateModel(
                name='Collection',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('legal_basis', models.CharField(max_length=200, verbose_name='legal basis')),
                    ('purpose', models.CharField(max_length=200, verbose_name='for what')),
                    ('repeats', models.CharField(choices=[('once', 'once'), ('month', 'every month'), ('quarter', 'every quarter'), ('half', 'every half-year'), ('year', 'every year')], max_length=10, verbose_name='how often')),
                    ('period', models.CharField(blank=True, max_length=8, verbose_name='period')),
                    ('due_on', models.DateField(verbose_name='limit')),
                    ('warn_on', models.DateField()),
                    ('state', models.CharField(choices=[('proposed', 'waits for admission'), ('open', 'being filled in'), ('delivered', 'delivered'), ('refused', 'not admitted'), ('withdrawn', 'withdrawn')], default='proposed', max_length=10, verbose_name='state')),
                    ('at', models.DateTimeField(verbose_name='asked at')),
                    ('opened_at', models.DateTimeField(null=True, verbose_name='opened at')),
                    ('delivered_at', models.DateTimeField(null=True, verbose_name='delivered at')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                    ('communities', models.ManyToManyField(related_name='+', to='orgs.unit', verbose_name='communities asked')),
                    ('department', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.department', verbose_name='department')),
                    ('entry', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='collections', to='data_forms.catalogueform', verbose_name='form of the catalogue')),
                    ('form', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='collections', to='data_forms.blankform', verbose_name='form')),
                    ('street', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit', verbose_name='street')),
                ],
                options={
                    'verbose_name': 'collection',
                    'verbose_name_plural': 'collections',
                    'ordering': ['-pk'],
                    'permissions': [('ask_collection', 'May ask a collection'), ('admit_collection', 'May admit a collection'), ('refuse_collection', 'May refuse a collection'), ('deliver_collection', 'May deliver a collection'), ('withdraw_collection', 'May withdraw a collection')],
                    'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['warn_on'], name='collection_to_remind')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('period', ''), _negated=True), fields=('entry', 'period'), name='collection_once_a_period'), models.CheckConstraint(condition=models.Q(models.Q(('legal_basis', ''), _negated=True), models.Q(('purpose', ''), _negated=True), ('warn_on__lte', models.F('due_on')), ('repeats__in', ['once', 'month', 'quarter', 'half', 'year']), ('state__in', ['proposed', 'open', 'delivered', 'refused', 'withdrawn'])), name='collection_grounded'), models.CheckConstraint(condition=models.Q(models.Q(('entry', None), ('opened_at', None), ('state__in', ['proposed', 'refused'])), models.Q(('entry__isnull', False), ('opened_at__isnull', False), ('state__in', ['open', 'delivered'])), ('state', 'withdrawn'), _connector='OR'), name='collection_admitted_before_open'), models.CheckConstraint(condition=models.Q(models.Q(('delivered_at__isnull', False), ('state', 'delivered')), models.Q(models.Q(('state', 'delivered'), _negated=True), ('delivered_at', None)), _connector='OR'), name='collection_delivered_whole'), models.CheckConstraint(condition=models.Q(('by__isnull', False), models.Q(('period', ''), _negated=True), _connector='OR'), name='collection_asked_by_somebody')],
                },
            ), migrations.CreateModel(
                name='CollectionEntry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('action', models.CharField(choices=[('ask', 'ask for a form'), ('admit', 'admit'), ('refuse', 'do not admit'), ('deliver', 'deliver'), ('withdraw', 'withdraw')], max_length=10, verbose_name='action')),
                    ('who', models.CharField(blank=True, choices=[('street', 'the street'), ('asker', 'whoever asks')], max_length=10, verbose_name='as')),
                    ('at', models.DateTimeField(verbose_name='when')),
                    ('text', models.TextField(blank=True, verbose_name='text')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                    ('collection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='data_forms.collection')),
                ],
                options={
                    'verbose_name': 'entry of a collection',
                    'verbose_name_plural': 'entries of collections',
                    'ordering': ['id'],
                },
            ), migrations.CreateModel(
                name='CoveredColumn',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('ground', models.CharField(choices=[('covered', 'covered by the basis'), ('consent', 'only with separate consent'), ('none', 'not handed over')], max_length=10, verbose_name='ground')),
                    ('column', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='data_forms.formcolumn', verbose_name='column')),
                    ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='covers', to='data_forms.catalogueform', verbose_name='form')),
                ],
                options={
                    'verbose_name': 'column covered by a basis',
                    'verbose_name_plural': 'columns covered by a basis',
                    'ordering': ['column__place'],
                    'constraints': [models.UniqueConstraint(fields=('entry', 'column'), name='covered_column_once'), models.CheckConstraint(condition=models.Q(('ground__in', ['covered', 'consent', 'none'])), name='covered_column_grounded')],
                },
            ), migrations.CreateModel(
                name='HandingConsent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('given_on', models.DateField(verbose_name='given on')),
                    ('at', models.DateTimeField(verbose_name='when')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                    ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='data_forms.catalogueform', verbose_name='form')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='residents.person', verbose_name='person')),
                ],
                options={
                    'verbose_name': 'consent to handing over',
                    'verbose_name_plural': 'consents to handing over',
                    'constraints': [models.UniqueConstraint(fields=('entry', 'person'), name='handing_consent_once')],
                },
            ), migrations.CreateModel(
                name='Submission',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('state', models.CharField(choices=[('asked', 'to be filled in'), ('signed', 'signed off'), ('returned', 'rows sent back')], default='asked', max_length=10, verbose_name='state')),
                    ('tried_at', models.DateTimeField(editable=False, null=True)),
                    ('filled_at', models.DateTimeField(null=True, verbose_name='filled at')),
                    ('kinds', models.JSONField(blank=True, default=list, editable=False)),
                    ('cells', models.PositiveIntegerField(default=0, verbose_name='cells')),
                    ('known', models.PositiveIntegerField(default=0, verbose_name='cells filled')),
                    ('gone', models.PositiveIntegerField(default=0, verbose_name='rows gone')),
                    ('typed', models.PositiveIntegerField(default=0, verbose_name='cells typed')),
                    ('minutes', models.PositiveSmallIntegerField(null=True, verbose_name='minutes spent')),
                    ('signed_at', models.DateTimeField(null=True, verbose_name='signed off at')),
                    ('collection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='data_forms.collection', verbose_name='collection')),
                    ('filler', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='filled anew for')),
                    ('signed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='signed off by')),
                    ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit', verbose_name='community')),
                ],
                options={
                    'verbose_name': 'submission',
                    'verbose_name_plural': 'submissions',
                    'ordering': ['-pk'],
                    'permissions': [('open_submission', 'May open a submission'), ('sign_submission', 'May sign a submission'), ('send_back_submission', 'May send-back a submission')],
                    'indexes': [models.Index(condition=models.Q(('filled_at', None)), fields=['tried_at'], name='submission_to_fill')],
                    'constraints': [models.UniqueConstraint(fields=('collection', 'unit'), name='submission_once'), models.CheckConstraint(condition=models.Q(('known__lte', models.F('cells')), ('typed__lte', models.F('known')), ('state__in', ['asked', 'signed', 'returned'])), name='submission_counted'), models.CheckConstraint(condition=models.Q(models.Q(('filled_at__isnull', False), ('minutes__isnull', False), ('signed_at__isnull', False), ('signed_by__isnull', False), ('state', 'signed')), models.Q(models.Q(('state', 'signed'), _negated=True), ('minutes', None), ('signed_at', None), ('signed_by', None)), _connector='OR'), name='submission_signed_whole')],
                },
            ), migrations.CreateModel(
                name='SubmissionEntry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('action', models.CharField(choices=[('open', 'open'), ('sign', 'sign off'), ('send-back', 'send rows back')], max_length=10, verbose_name='action')),
                    ('who', models.CharField(blank=True, choices=[('community', 'the community'), ('street', 'the street')], max_length=10, verbose_name='as')),
                    ('at', models.DateTimeField(verbose_name='when')),
                    ('text', models.TextField(blank=True, verbose_name='text')),
                    ('rows', models.PositiveIntegerField(default=0, verbose_name='rows')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                    ('submission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='data_forms.submission')),
                ],
                options={
                    'verbose_name': 'entry of a submission',
                    'verbose_name_plural': 'entries of submissions',
                    'ordering': ['id'],
                },
            ), migrations.CreateModel(
                name='SubmissionRow',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField(verbose_name='number')),
                    ('key', models.BigIntegerField()),
                    ('name', orgs.crypto.EncryptedTextField(verbose_name='name')),
                    ('cells', orgs.crypto.EncryptedTextField(verbose_name='cells')),
                    ('changed', models.JSONField(blank=True, default=list)),
                    ('is_new', models.BooleanField(default=False, verbose_name='new since the last time')),
                    ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                    ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='residents.person', verbose_name='person')),
                    ('submission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='data_forms.submission')),
                ],
                options={
                    'verbose_name': 'row of a submission',
                    'verbose_name_plural': 'rows of submissions',
                    'ordering': ['number'],
                    'constraints': [models.UniqueConstraint(fields=('submission', 'number'), name='submission_row_once'), models.UniqueConstraint(fields=('submission', 'key'), name='submission_row_of_one')],
                },
            ), migrations.CreateModel(
                name='SavedList',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=80, verbose_name='name')),
                    ('subject', models.CharField(choices=[('person', 'person'), ('household', 'household'), ('building', 'building'), ('compound', 'compound'), ('community', 'community'), ('task', 'task'), ('department', 'department')], max_length=10, verbose_name='a row is about a')),
                    ('filters', models.JSONField(default=dict, verbose_name='who is listed')),
                    ('columns', models.JSONField(default=list, verbose_name='fields')),
                    ('at', models.DateTimeField(verbose_name='when')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='saved by')),
                    ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='saved_lists', to='orgs.unit', verbose_name='place')),
                ],
                options={
                    'verbose_name': 'saved list',
                    'verbose_name_plural': 'saved lists',
                    'ordering': ['-pk'],
                    'permissions': [('keep_lists', 'May keep saved lists of a place'), ('export_lists', 'May fetch lists of the rosters as a workbook')],
                    'constraints': [models.UniqueConstraint(fields=('unit', 'name'), name='saved_list_name_once'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), ('subject__in', ['person', 'household', 'building', 'compound', 'community', 'task', 'department'])), name='saved_list_named')],
                },
            ), migrations.CreateModel(
                name='SumPart',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('row', models.PositiveIntegerField(verbose_name='row')),
                    ('place', models.PositiveSmallIntegerField(verbose_name='column')),
                    ('text', models.CharField(blank=True, max_length=200, verbose_name='words of the form')),
                    ('key', models.CharField(blank=True, db_index=True, editable=False, max_length=200)),
                    ('kind', models.CharField(choices=[('count', 'counts'), ('total', 'adds up the others'), ('follows', 'as its row and column say'), ('none', 'not known, stays empty')], max_length=10, verbose_name='what it says')),
                    ('subject', models.CharField(blank=True, choices=[('person', 'person'), ('household', 'household'), ('building', 'building'), ('compound', 'compound'), ('community', 'community'), ('task', 'task'), ('department', 'department')], max_length=10, verbose_name='what is counted')),
                    ('filters', models.JSONField(blank=True, default=dict, verbose_name='who is counted')),
                    ('match', models.CharField(choices=[('same', 'the same word'), ('alike', 'a word like it'), ('remembered', 'chosen on an earlier form'), ('chosen', 'chosen here'), ('none', 'not known')], default='none', max_length=10, verbose_name='known from')),
                    ('certainty', models.PositiveSmallIntegerField(default=0, verbose_name='certainty in per cent')),
                    ('formula', models.CharField(blank=True, max_length=1000, verbose_name='formula')),
                    ('form', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='data_forms.blankform', verbose_name='form')),
                ],
                options={
                    'verbose_name': 'part of a form that counts',
                    'verbose_name_plural': 'parts of forms that count',
                    'ordering': ['row', 'place'],
                    'constraints': [models.UniqueConstraint(fields=('form', 'row', 'place'), name='sum_part_once'), models.CheckConstraint(condition=models.Q(models.Q(('row__gt', 0), ('place__gt', 0), _connector='OR'), ('certainty__lte', 100), ('kind__in', ['count', 'total', 'follows', 'none']), ('match__in', ['same', 'alike', 'remembered', 'chosen', 'none']), ('subject__in', ['', 'person', 'household', 'building', 'compound', 'community', 'task', 'department'])), name='sum_part_somewhere'), models.CheckConstraint(condition=models.Q(models.Q(('place__gt', 0), ('row__gt', 0)), models.Q(models.Q(('kind', 'follows'), _negated=True), ('formula', '')), _connector='OR'), name='sum_part_cell_follows')],
                },
            )],
        ),
    ]
