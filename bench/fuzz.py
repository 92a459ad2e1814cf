"""Ten thousand requests of pages and API that nobody sane sends, as every role: none may answer 5xx.

    .venv/bin/python -m bench.fuzz --requests 10000 --seed 1

They go through Django's test client, in this process: nothing leaves the machine. The database has to
be a demo district (`make run` or `manage.py load_demo`), and is changed: use one that may be thrown away
(`DATA_DIR=/tmp/somewhere`). The same seed sends the same requests to the same database.
"""

import argparse
import json
import logging
import os
import random
import re
import sys
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import django

from bench.fuzz_values import LEFT_OUT, Dice, Fields

HOST = "127.0.0.1"
METHODS = {"get", "post", "patch", "put", "delete"}
# Keys of rows by the name of an argument; others take the keys of any row.
KEYS_OF_ONE_KIND = 40


@dataclass(frozen=True)
class Page:
    """An address of a page: how it is written, and its arguments with their converters."""

    template: str
    arguments: dict[str, str]


@dataclass(frozen=True)
class Operation:
    """A call of the API as the schema describes it."""

    method: str
    path: str
    parameters: list[dict[str, Any]]
    body: dict[str, Any] | None


def pages() -> list[Page]:
    """The addresses of all pages, the admin's too."""
    from django.urls import get_resolver

    found = list(_pages(get_resolver().url_patterns, "", {}))
    return sorted(
        (page for page in found if not LEFT_OUT.search(page.template)),
        key=lambda page: page.template,
    )


def _pages(patterns: list[Any], prefix: str, above: dict[str, str]) -> Iterator[Page]:
    from django.urls import URLResolver
    from django.urls.resolvers import RoutePattern

    for pattern in patterns:
        names = {
            name: type(converter).__name__.removesuffix("Converter").lower()
            for name, converter in pattern.pattern.converters.items()
        }
        if not isinstance(pattern.pattern, RoutePattern):
            continue
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _pages(pattern.url_patterns, route, above | names)
        elif not route.startswith(("api/", "media/", "static/")):
            yield Page(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route), above | names)


def operations() -> tuple[list[Operation], dict[str, Any]]:
    """The calls of the API, and the schemas that they refer to."""
    from drf_spectacular.generators import SchemaGenerator

    schema = SchemaGenerator().get_schema(request=None, public=True)
    found = []
    for path, item in sorted(schema["paths"].items()):
        for method, call in item.items():
            if method in METHODS and not LEFT_OUT.search(path):
                content = call.get("requestBody", {}).get("content", {})
                body = next(iter(content.values()), {}).get("schema")
                found.append(Operation(method, path, call.get("parameters", []), body))
    return found, schema.get("components", {}).get("schemas", {})


def pools() -> dict[str, list[str]]:
    """Keys of rows that exist, by the name or the converter of an argument."""
    from django.apps import apps

    from orgs.models import Attachment, Department, District, Unit
    from residents.models import Household
    from tasks.models import Category, Task

    def some(rows: Any, column: str) -> list[str]:
        found = rows.order_by("pk").values_list(column, flat=True)
        return [str(value) for value in found[:: max(1, len(found) // KEYS_OF_ONE_KIND)]]

    keys = [str(number) for number in range(1, KEYS_OF_ONE_KIND)]
    for model in apps.get_models():
        if model._meta.pk.get_internal_type().endswith("AutoField"):
            keys += [
                str(pk)
                for pk in model._default_manager.order_by("-pk").values_list("pk", flat=True)[:2]
            ]
    codes = [
        *some(Unit.objects.all(), "code"),
        *some(Household.objects.all(), "code"),
        *some(Department.objects.all(), "code"),
        *some(District.objects.all(), "code"),
    ]
    return {
        "code": codes,
        "number": some(Task.objects.all(), "number"),
        "category": some(Category.objects.all(), "code"),
        "action": _actions(),
        "roster": _rosters(),
        "role": ["head", "deputy", "member"],
        "int": sorted(set(keys), key=int),
        "uuid": some(Attachment.objects.all(), "pk"),
    }


def _actions() -> list[str]:
    from residents.deliberation.enums import PollAction, TopicAction
    from tasks.enums import Action, MeasureAction

    return sorted({*Action.values, *MeasureAction.values, *TopicAction.values, *PollAction.values})


def _rosters() -> list[str]:
    from orgs.imports import rosters

    return sorted(roster.code for roster in rosters.all_rosters())


class Fuzzer:
    """Sends requests as every role in turn; keeps what was answered."""

    def __init__(self, roles: list[str], seed: int) -> None:
        from django.core.signals import got_request_exception

        self.dice = Dice(random.Random(seed), pools())
        self.roles = roles
        self.pages = pages()
        self.operations, self.components = operations()
        self.answers: Counter[str] = Counter()
        self.failures = 0
        # What a role was shown: addresses of pages, and ids of the API by the first word of a path.
        self.links: dict[str, dict[str, None]] = {}
        self.ids: dict[tuple[str, str], dict[str, None]] = {}
        self._trace = ""
        got_request_exception.connect(self._remember)

    def _remember(self, **_signal: Any) -> None:
        self._trace = traceback.format_exc()

    def run(self, requests: int) -> None:
        """Sends so many requests: half to pages, half to the API."""
        from django.core.cache import cache

        client, role = None, ""
        for number in range(requests):
            if client is None or number % 50 == 0:
                role = self.roles[number // 50 % len(self.roles)]
                client = self._signed_in(role)
                # Throttles are not what is tried here.
                cache.clear()
            if number % 2:
                self._ask_page(client, role)
            else:
                self._ask_api(client, role)
            if sys.stderr.isatty() or number % 1000 == 999:
                print(f"\r{number + 1} {dict(self.answers)}", end="", file=sys.stderr)
        print(file=sys.stderr)

    def _signed_in(self, role: str) -> Any:
        from django.test import Client

        from orgs.models import User

        client = Client(raise_request_exception=False, SERVER_NAME=HOST)
        user = User.objects.filter(username=role, is_active=True).first() if role else None
        if user:
            client.force_login(user, backend="orgs.backends.PositionBackend")
        return client

    def _ask_page(self, client: Any, role: str) -> None:
        address = self._address(role)
        answer = self._send(client, role, "get", address)
        seen = self._seen(answer)
        self.links.setdefault(role, {"/": None}).update(dict.fromkeys(seen.links))
        known = seen.known
        if self.dice.random.random() < 0.5:
            query = urlencode(self._typed(known), doseq=True, errors="replace")
            self._send(client, role, "get", f"{address.partition('?')[0]}?{query}")
        else:
            self._send(client, role, "post", address, self._typed(known))

    def _address(self, role: str) -> str:
        """A page that the role was shown a link to, or any page with any key."""
        links = list(self.links.get(role, {}))
        if links and self.dice.random.random() < 0.6:
            return self.dice.random.choice(links)
        page = self.dice.random.choice(self.pages)
        arguments = {
            name: quote(self.dice.key(name, kind), safe="") for name, kind in page.arguments.items()
        }
        return "/" + page.template.format(**arguments)

    def _seen(self, answer: Any) -> Fields:
        if answer.streaming or "html" not in answer.get("Content-Type", ""):
            return Fields("")
        return Fields(answer.content.decode(errors="replace"))

    def _typed(self, known: dict[str, list[str]]) -> dict[str, Any]:
        own = dict(known) or {name: [] for name in ("q", "unit", "cursor", "first", "page")}
        typed: dict[str, Any] = {
            name: self.dice.text(values)
            for name, values in own.items()
            if self.dice.random.random() < 0.85
        }
        if self.dice.random.random() < 0.2:
            typed[self.dice.text()[:60] or "x"] = [self.dice.text(), self.dice.text()]
        return typed

    def _ask_api(self, client: Any, role: str) -> None:
        operation = self.dice.random.choice(self.operations)
        path, query = operation.path, {}
        for parameter in operation.parameters:
            name, schema = parameter["name"], parameter.get("schema", {})
            if parameter["in"] == "path":
                key = self._id(role, operation.path, name, _converter(schema))
                path = path.replace(f"{{{name}}}", quote(key, safe=""))
            elif parameter["in"] == "query" and self.dice.random.random() < 0.4:
                query[name] = self.dice.text([str(value) for value in schema.get("enum", [])])
        if query:
            path = f"{path}?{urlencode(query, errors='replace')}"
        body = None
        if operation.method != "get":
            body = self.dice.json(operation.body or {}, self.components)
        answer = self._send(client, role, operation.method, path, body)
        self._learn(role, operation.path, answer)

    def _id(self, role: str, path: str, name: str, converter: str) -> str:
        known = list(self.ids.get((role, path.split("/")[3]), {}))
        if known and self.dice.random.random() < 0.7:
            return self.dice.random.choice(known)
        return self.dice.key(name, converter)

    def _learn(self, role: str, path: str, answer: Any) -> None:
        """Remembers the ids of a list."""
        if answer.status_code != 200 or "json" not in answer.get("Content-Type", ""):
            return
        content = answer.json()
        rows = content.get("results", ()) if isinstance(content, dict) else content
        ids = self.ids.setdefault((role, path.split("/")[3]), {})
        for row in rows if isinstance(rows, list) else ():
            key = isinstance(row, dict) and (row.get("number") or row.get("id") or row.get("code"))
            if key:
                ids[str(key)] = None

    def _send(self, client: Any, role: str, method: str, address: str, body: Any = None) -> Any:
        self._trace = ""
        options: dict[str, Any] = {}
        if address.startswith("/api/"):
            user = getattr(client, "token", None) or _token(client, role)
            options = {"HTTP_AUTHORIZATION": user} if user else {}
        if method != "get":
            options["data"] = body
            if address.startswith("/api/"):
                options |= {"data": json.dumps(body), "content_type": "application/json"}
        answer = getattr(client, method)(address, **options)
        if answer.streaming:
            for _part in answer.streaming_content:
                break
        self.answers[f"{answer.status_code // 100}xx"] += 1
        if answer.status_code >= 500:
            self.failures += 1
            print(f"\n{answer.status_code} {role or 'nobody'} {method} {address[:500]}")
            print(f"  sent: {repr(body)[:2000]}\n{self._trace}", flush=True)
        return answer


def _converter(schema: dict[str, Any]) -> str:
    if schema.get("type") == "integer":
        return "int"
    return "uuid" if schema.get("format") == "uuid" else "str"


def _token(client: Any, role: str) -> str:
    """A token of the role, kept with its client."""
    from knox.models import AuthToken

    from orgs.models import User

    user = User.objects.filter(username=role).first() if role else None
    client.token = f"Token {AuthToken.objects.create(user=user)[1]}" if user else ""
    return str(client.token)


def main() -> None:
    """What the command line asks for; ends with 1 where a request was answered with 5xx."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "governance.settings"
    django.setup()
    # Ten thousand refusals are what is asked for; failures are printed below.
    logging.disable(logging.CRITICAL)
    from django.conf import settings
    from django.test import override_settings

    from governance import demo, running

    if not demo.is_loaded():
        sys.exit("Load the demo district first: DATA_DIR=... manage.py load_demo")
    running.make_folders()
    # Files that nobody collected have no fingerprint in their names.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES=settings.STORAGES | {"staticfiles": plain}):
        fuzzer = Fuzzer([*running.DEMO_USERNAMES, ""], asked.seed)
        fuzzer.run(asked.requests)
    print(f"{asked.requests} requests, seed {asked.seed}: {dict(sorted(fuzzer.answers.items()))}")
    sys.exit(1 if fuzzer.failures else 0)


if __name__ == "__main__":
    main()
