"""Counts the SQL statements of each request, in one process. Prints JSON. BEGIN and COMMIT are not counted.

Started by the run with the environment of one city: `python -m bench.statements bench_10000`.
"""

import json
import re
import sys

import django

NOT_COUNTED = re.compile(r"(BEGIN|COMMIT|ROLLBACK)\b")


def main(database: str) -> None:
    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from bench.requests import OPERATIONS, Asker

    asker, client = Asker(database), Client()
    counts: dict[str, int] = {}
    for operation in OPERATIONS:
        # The first answers warm what a process remembers; the most expensive of the others counts.
        for turn in range(6):
            asked = asker.next(operation)
            with CaptureQueriesContext(connection) as captured:
                answer = client.generic(
                    asked.method,
                    asked.path,
                    asked.body,
                    content_type="application/json",
                    headers={"Authorization": f"Token {asked.token}", "Host": "127.0.0.1"},
                )
            if answer.status_code >= 300:
                raise RuntimeError(f"{operation}: {answer.status_code} {answer.content!r}")
            made = [row["sql"] for row in captured if not NOT_COUNTED.match(row["sql"])]
            if turn > 1:
                counts[operation] = max(counts.get(operation, 0), len(made))
            if turn == 4 and "-v" in sys.argv:
                sys.stderr.write(
                    f"\n== {operation}\n" + "\n".join(one[:1500] for one in made) + "\n"
                )
    sys.stdout.write(json.dumps(counts))


if __name__ == "__main__":
    main(sys.argv[1])
