"""The database itself refuses to change or delete what must stay."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction

from orgs.audit import audit
from orgs.db import append_only
from orgs.models import AuditEntry, AuditSeal


@pytest.fixture
def entry(db) -> AuditEntry:
    return audit.record("tests.act", by=None)


def refused(work) -> bool:
    """Whether the database refused the work."""
    try:
        with transaction.atomic():
            work()
    except IntegrityError as error:
        return "append-only" in str(error)
    return False


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE orgs_auditentry SET actor = 'somebody else'",
        "DELETE FROM orgs_auditentry",
        "UPDATE orgs_auditentry SET actor = 'x' WHERE id = (SELECT max(id) FROM orgs_auditentry)",
    ],
)
def test_raw_sql_is_refused(entry, sql):
    assert refused(lambda: connection.cursor().execute(sql))
    entry.refresh_from_db()
    assert entry.actor == ""


def test_querysets_and_rows_are_refused(entry):
    entry.actor = "somebody else"
    assert refused(entry.save)
    assert refused(entry.delete)
    assert refused(lambda: AuditEntry.objects.update(actor="somebody else"))
    assert refused(lambda: AuditEntry.objects.all().delete())
    assert list(AuditEntry.objects.values_list("actor", flat=True)) == [""]


def test_every_registered_model_is_protected(db):
    for model in append_only.protected_models():
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'append_only%%' "
                    "AND tgrelid = %s::regclass",
                    [model._meta.db_table],
                )
            else:
                cursor.execute(
                    "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' "
                    "AND name LIKE 'append_only%%' AND tbl_name = %s",
                    [model._meta.db_table],
                )
            assert cursor.fetchone()[0] == 2, model


def test_lifting_is_audited_and_ends(entry):
    with append_only.lifted(AuditEntry, by=None, reason="retention"):
        AuditEntry.objects.filter(pk=entry.pk).delete()
    lifting = AuditEntry.objects.get()
    assert (lifting.action, lifting.detail) == ("append_only.lift", {"reason": "retention"})
    assert refused(lambda: AuditEntry.objects.all().delete())


def test_only_the_named_tables_are_lifted(entry):
    with append_only.lifted(AuditSeal, by=None, reason="retention"):
        assert refused(lambda: AuditEntry.objects.all().delete())
        AuditSeal.objects.all().delete()


def test_a_failure_while_lifted_leaves_everything_as_it_was(entry):

    def fail() -> None:
        with append_only.lifted(AuditEntry, by=None, reason="retention"):
            AuditEntry.objects.all().delete()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(AuditEntry.objects.all()) == [entry]
    assert refused(lambda: AuditEntry.objects.all().delete())


@pytest.mark.django_db(transaction=True)
def test_a_rebuilt_table_is_protected_again():
    """SQLite rebuilds a table to alter a column; migrate ends by making the triggers again."""
    AuditSeal.objects.create(
        first_id=1, last_id=1, count=1, digest="", sealed_at="2026-01-01T00:00:00Z"
    )
    narrow = AuditSeal._meta.get_field("digest")
    wide = models.CharField(max_length=65)
    wide.set_attributes_from_name("digest")
    with connection.schema_editor() as editor:
        editor.alter_field(AuditSeal, narrow, wide)
        editor.alter_field(AuditSeal, wide, narrow)
    call_command("migrate", verbosity=0)
    assert refused(lambda: AuditSeal.objects.update(count=2))


@pytest.mark.django_db(transaction=True)
def test_the_flush_of_the_suite_empties_protected_tables():
    audit.record("tests.act", by=None)
    call_command("flush", interactive=False, verbosity=0)
    assert AuditEntry.objects.count() == 0
    audit.record("tests.act", by=None)
    assert refused(lambda: AuditEntry.objects.all().delete())
