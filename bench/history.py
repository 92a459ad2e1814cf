"""A long past for a city: `python -m bench.history 10000000 --from bench_100000`.

Copies the database of a city that exists and repeats its finished tasks, with their assignments,
ratings and timelines, further back within the last year, until so many tasks are there. A row is a
finished one under another number and at other times: the server writes them to a file of its own and
reads that by COPY. Indexes are built when all rows are there.
"""

import argparse
import os
import time
from typing import Any

import psycopg2
from psycopg2 import sql

from bench import databases
from bench.city import DAYS, YEAR_DAYS, say

STATES = ("closed", "declined", "withdrawn")
REPEATS_AT_ONCE = 10
# Read and removed by the server, in the folder of its database.
FILE = "bench_history"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", type=int)
    parser.add_argument("--from", dest="source", default="bench_100000")
    parser.add_argument(
        "--timelines", type=int, default=1, help="copied for every so manieth repeat, which is most"
    )
    asked = parser.parse_args()
    source, target = databases.check_name(asked.source), f"bench_{asked.tasks}"
    _copy_database(source, databases.check_name(target))
    os.environ.update(databases.environment(target), DJANGO_SETTINGS_MODULE="governance.settings")
    import django

    django.setup()
    server = psycopg2.connect(databases.url_of(target))
    server.autocommit = True
    with server.cursor() as cursor:
        # No keys are compared: what is repeated fits already.
        cursor.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        cursor.execute("SET maintenance_work_mem = '1GB'")
        _repeat(cursor, asked.tasks, asked.timelines)
        say("Vacuuming ...")
        cursor.execute("VACUUM ANALYZE")
    server.close()


def _copy_database(source: str, target: str) -> None:
    server = psycopg2.connect(os.environ.get("DATABASE_URL") or databases.DEFAULT_URL)
    server.autocommit = True
    with server.cursor() as cursor:
        names = {"target": sql.Identifier(target), "source": sql.Identifier(source)}
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {target} WITH (FORCE)").format(**names))
        cursor.execute(sql.SQL("CREATE DATABASE {target} TEMPLATE {source}").format(**names))
    server.close()


def _repeat(cursor: Any, wanted: int, timelines: int) -> None:
    from tasks.models import Assignment, Event, Rating, Task

    models = [Task, Assignment, Rating, Event]
    cursor.execute("SELECT count(*), max(id), min(id) FROM tasks_task")
    present, last, first = cursor.fetchone()
    stride = last - first + 1
    cursor.execute(
        "CREATE TEMP TABLE finished AS SELECT id FROM tasks_task WHERE status = ANY(%s)",
        [list(STATES)],
    )
    cursor.execute("SELECT count(*) FROM finished")
    each = cursor.fetchone()[0]
    repeats = max(0, wanted - present + each - 1) // each
    say(f"{present:,} tasks; {each:,} finished ones {repeats} times more ...")
    definitions = [one for model in models for one in _without_indexes(cursor, model)]
    for model in models:
        every = timelines if model is Event else 1
        for start in range(1, repeats + 1, REPEATS_AT_ONCE * every):
            until = min(start + REPEATS_AT_ONCE * every - 1, repeats)
            began = time.monotonic()
            _copy(cursor, model, stride, list(range(start, until + 1, every)))
            say(
                f"  {model._meta.model_name}s of {until} repeats ({time.monotonic() - began:.0f} s)"
            )
    for definition in definitions:
        say(f"  {definition[:100]}")
        cursor.execute(definition)
    cursor.execute(
        "SELECT setval(pg_get_serial_sequence('tasks_task', 'id'), max(id)) FROM tasks_task"
    )


def _without_indexes(cursor: Any, model: Any) -> list[str]:
    """Drops what only speeds up or only forbids; gives the statements that build it again."""
    cursor.execute(
        """
        SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
        WHERE indrelid = %s::regclass AND NOT EXISTS
            (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
        """,
        [model._meta.db_table],
    )
    found = cursor.fetchall()
    for name, _definition in found:
        cursor.execute(f"DROP INDEX {name}")
    return [definition for _name, definition in found]


def _copy(cursor: Any, model: Any, stride: int, turns: list[int]) -> None:
    """Rows of finished tasks, repeated by each of some turns."""
    columns, rows = _columns_and_rows(model)
    cursor.execute(
        f"COPY ({rows}) TO PROGRAM 'cat > {FILE}' (FORMAT binary)",
        {"stride": stride, "turns": turns},
    )
    cursor.execute(
        f"COPY {model._meta.db_table} ({columns}) FROM PROGRAM 'cat {FILE}; rm {FILE}' "
        "(FORMAT binary)"
    )


def _columns_and_rows(model: Any) -> tuple[str, str]:
    """The columns of repeated rows, and the query that gives them; names come from the model."""
    from django.db.models import DateTimeField

    from tasks.models import Task

    # The first repeat lies before what is at hand, the others day by day further back.
    back = f"make_interval(days => {DAYS} + (turn * 7) % {YEAR_DAYS - DAYS})"
    columns, values = [], []
    for field in model._meta.concrete_fields:
        name = f'"{field.column}"'
        if field.primary_key and model is not Task:
            continue
        value = f"old.{name}"
        if (field.primary_key and model is Task) or field.column == "task_id":
            # Below the keys of what is at hand: the newest stay the newest.
            value = f"{value} - %(stride)s::bigint * turn"
        elif model is Task and field.name == "number":
            value = f"('B' || to_char(turn, 'FM0000') || substr({value}, 3))::varchar"
        elif isinstance(field, DateTimeField):
            value = f"{value} - {back}"
        columns.append(name)
        values.append(value)
    key = "id" if model is Task else "task_id"
    rows = (
        f"SELECT {', '.join(values)} FROM {model._meta.db_table} old "
        f"JOIN finished ON finished.id = old.{key} CROSS JOIN unnest(%(turns)s) AS turn"
    ).replace(" % ", " %% ")
    return ", ".join(columns), rows


if __name__ == "__main__":
    main()
