"""The pages that staff open all day: who opens them, and how many statements each takes.

Started by the run with the environment of one city, it prints JSON: for each page the cookies of
people who open it, and the most statements that any of them needs.
"""

import json
import sys

import django

# Page: whose desk or figures it is.
PAGES = {
    "desk (community)": ("/", "worker_"),
    "desk (street)": ("/", "cadre_"),
    "rates (street)": ("/rates/", "cadre_"),
    "rates (all streets)": ("/rates/", "bench_admin"),
}
PEOPLE = 8


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from bench.statements import NOT_COUNTED
    from orgs.models import User

    found = {}
    for page, (path, start) in PAGES.items():
        cookies, most = [], 0
        people = User.objects.filter(username__startswith=start).order_by("?")[:PEOPLE]
        for person in sorted(people, key=lambda one: one.pk):
            client = Client(headers={"host": "127.0.0.1"})
            client.force_login(person, backend="orgs.backends.PositionBackend")
            cookies.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
            # The first opening warms what a process remembers.
            for _turn in range(2):
                with CaptureQueriesContext(connection) as captured:
                    answer = client.get(path)
            if answer.status_code != 200:
                raise RuntimeError(f"{page}: {answer.status_code}")
            most = max(most, sum(not NOT_COUNTED.match(row["sql"]) for row in captured))
        found[page] = {"path": path, "cookies": cookies, "statements": most}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
