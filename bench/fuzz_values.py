"""What a fuzzer sends: values that could be right, keys of rows that exist, and garbage."""

import random
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

# Each has broken some web portal: signs, sizes, clocks, other alphabets, other types.
GARBAGE = (
    "",
    " ",
    "0",
    "-1",
    "9" * 30,
    str(2**31),
    str(2**63),
    "1e400",
    "nan",
    "NaN",
    "inf",
    "true",
    "null",
    "None",
    "[]",
    "{}",
    "\x00",
    "a\x00b",
    "\ufeff",
    "\u200b",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "’;--\"'<script>alert(1)</script>",
    "%",
    "%00",
    "%ff",
    "../../etc/passwd",
    "{{ 7|add:7 }}",
    "٣",
    "²",
    "①",
    "Ⅳ",
    "x" * 5000,
    "字" * 3000,
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "9999-12-31T23:59:59-12:00",
    "0001-01-01T00:00:00+14:00",
    "24:00",
    "2026-13",
    "2026-Q9",
    "cD0x",
    "cj0xJnA9YQ==",
    "00000000-0000-0000-0000-000000000000",
)
GARBAGE_JSON: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**31, 2**63, 2**200, 1.5, 1e308),
    *([], {}, [None], [[]], [{}], {"a": None}, ["x"] * 300, [2**64], {"": ""}),
    *GARBAGE,
)
PLAUSIBLE = (
    *("飞线充电", "楼道里堆满了杂物，请派人来看看。", "赵四", "2", "501", "100", "1", "3", "5"),
    *("13912345678", "110101199003070038", "2026-11-29", "2026-11-29 09:00", "2026-11", "89.50"),
    *("on", "owner", "public", "solved", "1/2", "30.45", "114.87", "2026-11-29T09:00:00+08:00"),
)


# Leaving and choosing another language end the work of a role; what is Django's own is left to Django.
LEFT_OUT = re.compile(
    r"logout|i18n/language|^/?admin/(jsi18n|autocomplete)|^/?accounts/(2fa|social)"
)


@dataclass
class Dice:
    """Chance, and the keys of rows that exist by the names of arguments."""

    random: random.Random
    pools: dict[str, list[str]] = field(default_factory=dict)

    def key(self, name: str, converter: str) -> str:
        """An argument of an address: mostly of some row, sometimes of none."""
        pool = self.pools.get(name) or self.pools.get(converter)
        if pool and self.random.random() < 0.9:
            return self.random.choice(pool)
        if converter == "int":
            return self.random.choice(("0", "1", str(2**31), str(2**63), "9" * 30))
        return self.random.choice(("nothing", "0", "字", "a" * 300, "..", "%00", "-"))

    def text(self, known: list[str] | None = None) -> str:
        """What somebody types into a field, or chooses of its `known` values."""
        dice = self.random.random()
        if known and dice < 0.6:
            return self.random.choice(known)
        if dice < 0.75:
            pool = self.random.choice(list(self.pools.values())) if self.pools else PLAUSIBLE
            return self.random.choice(pool or PLAUSIBLE)
        return self.random.choice(PLAUSIBLE if dice < 0.85 else GARBAGE)

    def json(self, schema: dict[str, Any], components: dict[str, Any], depth: int = 0) -> Any:
        """A value of a schema of OpenAPI; one in six is of none."""
        if "$ref" in schema:
            schema = components[schema["$ref"].rsplit("/", 1)[-1]]
        for several in ("oneOf", "anyOf", "allOf"):
            if several in schema:
                schema = self.json_choice(schema[several], components)
        if depth > 4 or self.random.random() < 1 / 6:
            return self.random.choice(GARBAGE_JSON)
        if choices := schema.get("enum"):
            return self.random.choice(choices)
        kind = schema.get("type")
        if kind == "object" or "properties" in schema:
            required = schema.get("required", ())
            return {
                name: self.json(part, components, depth + 1)
                for name, part in schema.get("properties", {}).items()
                if self.random.random() < (0.95 if name in required else 0.5)
            }
        if kind == "array":
            count = self.random.choice((0, 1, 1, 2, 3))
            return [
                self.json(schema.get("items", {}), components, depth + 1) for _n in range(count)
            ]
        if kind == "boolean":
            return self.random.random() < 0.5
        if kind in ("integer", "number"):
            return self.random.choice((0, 1, 2, 3, 5, 100, 8950, -1, 10**6))
        return self.text()

    def json_choice(self, several: list[dict[str, Any]], components: dict[str, Any]) -> Any:
        part = self.random.choice(several)
        return components[part["$ref"].rsplit("/", 1)[-1]] if "$ref" in part else part


class Fields(HTMLParser):
    """The fields of a page's forms with the values that the page offers, and its links."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.known: dict[str, list[str]] = {}
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name, value = found.get("name") or "", found.get("value") or ""
        link = found.get("href") or found.get("action") or ""
        if link.startswith("/") and not LEFT_OUT.search(link):
            self.links.append(link)
        if tag == "option" and self._select:
            self.known[self._select].append(value)
        elif tag in ("input", "textarea", "select", "button") and name:
            self._select = name if tag == "select" else ""
            values = self.known.setdefault(name, [])
            if value:
                values.append(value)
