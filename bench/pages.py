"""The pages that staff open all day: who opens them, their statements, and how many rows they show.

Started by the run with the environment of one city, it prints JSON: for each page the addresses and
cookies of people who open it, the most statements that any of them needs, and its rows.
"""

import json
import re
import sys
from statistics import median

import django

# Page: whose it is, and its address or what its address is made of.
PAGES = {
    "desk (community)": ("worker_", "home"),
    "desk (street)": ("cadre_", "home"),
    "board": ("cadre_", "tasks:board"),
    "task list (community)": ("worker_", "tasks:list"),
    "task list (street)": ("cadre_", "tasks:list"),
    "task page": ("cadre_", "tasks:task"),
    "unit page": ("cadre_", "orgs:unit"),
    "rates (street)": ("cadre_", "tasks:rates"),
    "rates (all streets)": ("bench_admin", "tasks:rates"),
}
PEOPLE = 8
# What a page shows one below the other.
ROW = re.compile(r'class="(?:row-item|board-card|timeline-entry)[ "]|<tr>|<dt>')


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from bench.statements import NOT_COUNTED
    from orgs.models import Unit, User
    from tasks.models import Task

    def path_for(name: str, person: User) -> str:
        if name == "tasks:task":
            tasks = Task.objects.visible_to(person).filter(status="reported_in")
            return reverse(name, args=[tasks.order_by("-pk")[0].number])
        if name == "orgs:unit":
            street = person.positions.get().unit
            units = Unit.objects.filter(tree_id=street.tree_id, kind="compound")
            return reverse(name, args=[units.order_by("?")[0].code])
        return reverse(name) + ("?tab=" if name == "tasks:list" else "")

    opened = {}
    for page, (start, name) in PAGES.items():
        asks, most, rows = [], 0, []
        people = User.objects.filter(username__startswith=start).order_by("?")[:PEOPLE]
        for person in sorted(people, key=lambda one: one.pk):
            client = Client(headers={"host": "127.0.0.1"})
            client.force_login(person, backend="orgs.backends.PositionBackend")
            path = path_for(name, person)
            asks.append([path, client.cookies[settings.SESSION_COOKIE_NAME].value])
            # The first opening warms what a process remembers.
            for _turn in range(2):
                with CaptureQueriesContext(connection) as captured:
                    answer = client.get(path)
            if answer.status_code != 200:
                raise RuntimeError(f"{page}: {answer.status_code}")
            most = max(most, sum(not NOT_COUNTED.match(row["sql"]) for row in captured))
            rows.append(len(ROW.findall(answer.content.decode())))
        opened[page] = {"asks": asks, "statements": most, "rows": round(median(rows))}
    sys.stdout.write(json.dumps(opened))


if __name__ == "__main__":
    main()
