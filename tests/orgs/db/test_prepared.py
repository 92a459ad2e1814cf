"""Queries whose SQL is kept: the same rows as Django's own, without working it out again."""

import pytest
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

from orgs.db.prepared import NO_TEXT, PreparedQuery
from orgs.models import Position, Unit


def below(key):
    return (
        Unit.objects.filter(parent=key).select_related("parent").defer("path_key").order_by("-pk")
    )


def test_each_key_gets_its_own_rows_with_what_is_joined_to_them(cast, django_assert_num_queries):
    prepared = PreparedQuery(below)
    for parent in [cast.street, cast.community, cast.street]:
        expected = list(below(parent.pk))
        with django_assert_num_queries(1):
            rows = prepared.rows(parent.pk)
            assert {row.parent.name for row in rows} == {parent.name}
        assert len(rows) > 1
        assert rows == expected
        assert [vars(row).keys() for row in rows] == [vars(row).keys() for row in expected]
    assert prepared.rows(0) == []


def test_columns_alone_come_as_their_values(cast):
    prepared = PreparedQuery(lambda user: Position.objects.filter(user=user).values_list("role"))
    assert prepared.rows(cast.street_cadre.pk) == [("street_cadre",)]


def test_keys_may_be_texts(cast):
    prepared = PreparedQuery(lambda code: Unit.objects.filter(code=code), stand_in=NO_TEXT)
    assert prepared.rows(cast.street.code) == [cast.street]
    assert prepared.rows("nowhere") == []


def test_the_sql_is_worked_out_once(cast, monkeypatch):
    prepared = PreparedQuery(below)
    rows = prepared.rows(cast.street.pk)

    def again(*_args, **_kwargs):
        raise AssertionError("worked out again")

    monkeypatch.setattr(SQLCompiler, "setup_query", again)
    assert prepared.rows(cast.street.pk) == rows


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_a_transaction_is_refused_each_time():
    locked = PreparedQuery(lambda key: Unit.objects.filter(pk=key).select_for_update())
    for _again in range(2):
        with pytest.raises(TransactionManagementError):
            locked.rows(1)


@pytest.mark.django_db
def test_a_query_that_does_not_ask_for_its_key_is_refused():
    with pytest.raises(AssertionError):
        PreparedQuery(lambda _key: Unit.objects.all()).rows(1)
