"""The floor: the same work as plain SQL through psycopg2, without HTTP, tokens or rules."""

import random
import threading
from typing import Any

import psycopg2

_ROW = """
SELECT task.*, unit.code, unit.path_name, category.code
FROM tasks_task task
JOIN orgs_unit unit ON unit.id = task.unit_id
JOIN tasks_category category ON category.id = task.category_id
"""
_ASSIGNMENTS = """
SELECT assignment.*, department.code FROM tasks_assignment assignment
JOIN orgs_department department ON department.id = assignment.department_id
WHERE task_id = ANY(%s)
"""
_EVENT = """
INSERT INTO tasks_event
    (task_id, action, by_id, who, office, at, text, from_status, to_status, internal, data)
SELECT id, %s, reporter_id, 'handler', '', now(), '', status, status, false, '{}' FROM tasks_task
WHERE id = %s
"""


class Floor:
    """One client's connection; `do` does one operation."""

    def __init__(self, url: str, seed: int) -> None:
        self.server = psycopg2.connect(url)
        self.dice = random.Random(seed)  # repeatable, not secret
        with self.server, self.server.cursor() as cursor:
            cursor.execute(
                "SELECT column_name FROM information_schema.columns "
                "WHERE table_name = 'tasks_task' AND column_name NOT IN ('id', 'number')"
            )
            columns = ", ".join(f'"{row[0]}"' for row in cursor)
            # Column names come from the catalogue.
            self._report = (
                f"INSERT INTO tasks_task (number, {columns}) SELECT %s, {columns} "
                "FROM tasks_task WHERE id = %s RETURNING id"
            )
            cursor.execute("SELECT id FROM tasks_task WHERE status = 'submitted' LIMIT 1000")
            self._fresh = [row[0] for row in cursor]
            cursor.execute("SELECT tree_id, lft, rght FROM orgs_unit WHERE kind = 'community'")
            self._communities = cursor.fetchall()

    def do(self, operation: str) -> None:
        with self.server, self.server.cursor() as cursor:
            if operation == "report":
                number = f"SQ{self.dice.randrange(10**12):012}{threading.get_ident() % 10**5}"
                cursor.execute(self._report, [number[:20], self.dice.choice(self._fresh)])
                cursor.execute(_EVENT, ["report", cursor.fetchone()[0]])
            elif operation == "act":
                key = self.dice.choice(self._fresh)
                cursor.execute(f"{_ROW} WHERE task.id = %s FOR UPDATE OF task", [key])
                cursor.execute("UPDATE tasks_task SET moved_at = now() WHERE id = %s", [key])
                cursor.execute(_EVENT, ["comment", key])
            else:
                self._list(cursor, operation)

    def _list(self, cursor: Any, operation: str) -> None:
        if operation == "list (officer)":
            where = "WHERE unit.tree_id = %s AND unit.lft >= %s AND unit.rght <= %s"
            values = self.dice.choice(self._communities)
        else:
            where, values = "", ()
        cursor.execute(f"{_ROW} {where} ORDER BY task.id DESC LIMIT 51", values)
        cursor.execute(_ASSIGNMENTS, [[row[0] for row in cursor]])
        cursor.fetchall()
