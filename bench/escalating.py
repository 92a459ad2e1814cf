"""Ten thousand overdue tasks, escalated by one worker beside plain SQL. Prints JSON.

Started by the run with the environment of a city: `python -m bench.escalating`. The plain SQL does
the same in one set-based statement: a step, an entry on the timeline and the next step for each task.
"""

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import django

OVERDUE, ROUNDS = 10_000, 3

_CHOSEN = "SELECT id FROM tasks_task WHERE limit_kind <> '' ORDER BY id LIMIT %(count)s"
# Each round has a limit of its own, since no step of a limit is taken twice.
_OVERDUE = f"""
UPDATE tasks_task SET limit_at = %(limit)s, remind_at = %(limit)s, next_step_at = %(limit)s,
    limit_step = 1, street_at = %(later)s, district_at = %(later)s
WHERE id IN ({_CHOSEN})
"""
_PLAIN = """
WITH due AS (
    SELECT id, limit_kind, limit_at, limit_step, status, street_at FROM tasks_task
    WHERE next_step_at <= %(now)s FOR UPDATE SKIP LOCKED
), steps AS (
    INSERT INTO tasks_limitsteptaken (task_id, kind, due_at, step, at)
    SELECT id, limit_kind, limit_at, limit_step + 1, %(now)s FROM due ON CONFLICT DO NOTHING
), told AS (
    INSERT INTO tasks_event (task_id, action, by_id, who, office, department_id, at, text,
        from_status, to_status, internal, data)
    SELECT id, 'escalate', NULL, 'system', '', NULL, %(now)s, '', status, status, false,
        jsonb_build_object('limit', limit_kind, 'step', limit_step + 1) FROM due
)
UPDATE tasks_task task SET limit_step = task.limit_step + 1, next_step_at = due.street_at
FROM due WHERE due.id = task.id
"""


def main() -> None:
    django.setup()
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    from tasks.workflow.limits.watcher import watch

    base = datetime.now(UTC) - timedelta(days=1)
    later = datetime.now(UTC) + timedelta(days=30)

    def run(sql: str, **values: Any) -> int:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return int(cursor.rowcount)

    def make_overdue(turn: int) -> None:
        made = run(_OVERDUE, count=OVERDUE, limit=base + timedelta(seconds=turn), later=later)
        if made < OVERDUE:
            raise RuntimeError(f"Only {made} tasks have a limit: make the city bigger.")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE tasks_task")

    def plain() -> int:
        with transaction.atomic():
            return run(_PLAIN, now=datetime.now(UTC))

    run("UPDATE tasks_task SET next_step_at = NULL WHERE next_step_at IS NOT NULL")
    taken: dict[str, list[float]] = {"worker": [], "sql": []}
    turn = int(time.time()) % 80_000
    for number in range(ROUNDS * 2):
        side = ("worker", "sql")[number % 2]
        make_overdue(turn + number)
        began = time.perf_counter()
        done = watch(datetime.now(UTC)) if side == "worker" else plain()
        taken[side].append(time.perf_counter() - began)
        if done != OVERDUE:
            raise RuntimeError(f"{side}: {done} steps, not {OVERDUE}")
    make_overdue(turn + ROUNDS * 2)
    with CaptureQueriesContext(connection) as captured:
        watch(datetime.now(UTC))
    sys.stdout.write(
        json.dumps(
            {side: median(times) for side, times in taken.items()} | {"statements": len(captured)}
        )
    )


if __name__ == "__main__":
    main()
