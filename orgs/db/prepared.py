"""Queries by one key whose SQL is worked out once.

Of a short request most of the processor's time goes into making the SQL of the same few queries again
and again (measured for an action on a task: 16,000 of 35,000 calls of functions). Django has no public
way to keep it (decision 0036): this is the one place that keeps the compiler. Statements of which the
words alone are kept are those of `same_offices`, and one that asks for two keys (a voter's entries).
"""

from collections.abc import Callable
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import connections
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError

if TYPE_CHECKING:
    from django.db.models.sql.compiler import SQLCompiler

# Stand for the key while the SQL is worked out; no row has them.
_NO_KEY = -(2**62) + 7
NO_TEXT = "no row has this key"


class PreparedQuery:
    """The rows that `build` would find for a key, read by SQL that is kept.

    What `build` gives may depend on its key and on nothing else: it is called once, with `stand_in`,
    which is a text where keys are texts. Its rows come as a list, since a queryset could be narrowed
    further, and the SQL that is kept could not.
    """

    def __init__(self, build: Callable[[Any], QuerySet], *, stand_in: int | str = _NO_KEY) -> None:
        self._build, self._stand_in = build, stand_in

    def rows(self, key: int | str) -> list[Any]:
        """The rows of a key. Raises TransactionManagementError for a lock outside a transaction."""
        queryset, compiler, (sql, values), converters = self._worked_out
        connection = connections[queryset.db]
        if queryset.query.select_for_update and not connection.in_atomic_block:
            raise TransactionManagementError("Rows are locked inside a transaction.")
        ready: Any = copy(compiler)
        ready.connection = connection
        ready.as_sql = lambda: (
            sql, tuple(key if one == self._stand_in else one for one in values)
        )  # fmt: skip
        ready.get_converters = lambda _columns: converters
        asked: Any = queryset.all()
        asked.query.get_compiler = lambda *_using, **_named: ready
        return list(asked)

    @cached_property
    def _worked_out(self) -> tuple[QuerySet, "SQLCompiler", tuple[str, tuple[Any, ...]], Any]:
        queryset = self._build(self._stand_in)
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, values = compiler.as_sql()
        assert self._stand_in in values, "the query does not ask for its key"
        columns = [column for column, _sql, _alias in compiler.select[: compiler.col_count]]
        return queryset, compiler, (sql, tuple(values)), compiler.get_converters(columns)
