"""Names in strings, which no type checker follows: permissions, and addresses of upper floors."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from orgs.permissions import everything_granted

FLOORS = ("orgs", "residents", "volunteers", "tasks", "governance")
BASE = Path(settings.BASE_DIR)


def modules(*floors: str) -> Iterator[tuple[Path, ast.Module]]:
    for floor in floors:
        for path in sorted((BASE / floor).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, ast.parse(path.read_text(encoding="utf-8"))


# --- Permissions ---------------------------------------------------------------------------------

PERMISSION = re.compile(rf"({'|'.join(FLOORS)})\.[a-z]+(_[a-z]+)+")
PERMISSION_OF_PAGES = re.compile(rf"perms\.(({'|'.join(FLOORS)})\.\w+)")
# Calls whose strings name an action for the audit, in the same form.
OF_THE_AUDIT = {"record", "put_in_force", "write"}
# Calls that ask for a permission, whatever it looks like.
ASKING = {"has_perm", "permission_required", "may"}


def asked(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Strings that name a permission, by their form or by the call that takes them."""
    other = {
        id(part)
        for node in ast.walk(tree)
        if (isinstance(node, ast.Call) and called(node) in OF_THE_AUDIT)
        for part in node.args
    } | {
        # The audit's words for what was done.
        id(key)
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key in node.keys
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if PERMISSION.fullmatch(node.value) and id(node) not in other:
                yield node.lineno, node.value
        elif isinstance(node, ast.Call) and called(node) in ASKING and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield node.lineno, first.value


def called(call: ast.Call) -> str:
    return getattr(call.func, "attr", "") or getattr(call.func, "id", "")


# Strings of the same form that are something else.
NO_PERMISSIONS = {
    "orgs.api_urls": "a module",
    "residents.api_urls": "a module",
    "tasks.api_urls": "a module",
    "volunteers.api_urls": "a module",
    "governance.engines.file_broker": "a module",
    "governance.data_forms": "a module",
}


def test_every_permission_that_is_asked_for_was_granted():
    """`has_perm` answers False for what nobody granted: a slip of the pen would close a page to all."""
    found = {
        name: f"{path.relative_to(BASE)}:{line}"
        for path, tree in modules(*FLOORS)
        for line, name in asked(tree)
    } | {
        name: str(path.relative_to(BASE))
        for path in sorted((BASE / "templates").rglob("*.html"))
        for name, _floor in PERMISSION_OF_PAGES.findall(path.read_text(encoding="utf-8"))
    }
    granted = everything_granted()
    unknown = {name: where for name, where in found.items() if name not in granted}
    assert {name: unknown[name] for name in unknown.keys() - NO_PERMISSIONS.keys()} == {}
    assert len(found.keys() & granted.keys()) > 40


def members() -> dict[str, str]:
    """What the enums of the apps name: the text of each permission, and where it stands."""
    enums = [
        import_module(f"{floor}.enums").Permission for floor in FLOORS if floor != "governance"
    ]
    return {one.value: f"{one.__module__}.{one}" for enum in enums for one in enum}


def test_a_permission_with_a_member_is_asked_for_by_it():
    """A text would be a second place to write it; Django's own checks bring texts, which are equal."""
    as_texts = [
        f"{path.relative_to(BASE)}:{line}: {name}"
        for path, tree in modules(*FLOORS)
        if path.name != "enums.py"
        for line, name in asked(tree)
        if name in members()
    ]
    assert as_texts == []


def test_every_member_was_granted():
    assert members().keys() - everything_granted().keys() == set()


@pytest.mark.parametrize(
    "source",
    [
        'user.has_perm("tasks.nobody_granted", task)',
        'PERMISSION = "tasks.nobody_granted"',
        'unit_for(user, code, "tasks.nobody_granted")',
        '@permission_required("tasks.nobody_granted", raise_exception=True)\ndef view(): ...',
        'may("slip")',
    ],
)
def test_a_slip_of_the_pen_is_found(source):
    [(_line, name)] = set(asked(ast.parse(source)))
    assert name not in everything_granted()


# --- Addresses -----------------------------------------------------------------------------------

# Names of the whole portal, which every floor may use.
OF_THE_PORTAL = {
    "home": "the front page",
    "set_language": "in the frame of every page",
    "set_type_size": "in the frame of every page",
    "/healthz": "monitors and load balancers ask there",
    "/readyz": "monitors and load balancers ask there",
}


def upper_names() -> set[str]:
    """Names of the addresses, with their namespaces, whose views lie above the ground floor."""

    def walk(patterns: list[URLPattern | URLResolver], names: str) -> Iterator[tuple[str, str]]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                inner = f"{names}{pattern.namespace}:" if pattern.namespace else names
                yield from walk(pattern.url_patterns, inner)
            else:
                view = getattr(pattern.callback, "view_class", None) or pattern.callback
                yield f"{names}{pattern.name}", view.__module__.partition(".")[0]

    return {name for name, floor in walk(get_resolver().url_patterns, "") if floor in FLOORS[1:]}


def leads_up(address: str) -> bool:
    """Whether a page of an upper floor answers at this address."""
    try:
        view = resolve(address).func
    except Resolver404:
        return False
    view = getattr(view, "view_class", view)
    return address != "/" and view.__module__.partition(".")[0] in FLOORS[1:]


def names_of_upper(upper: set[str], text: str, *, is_name: bool) -> bool:
    """Whether a string is the name of an address of an upper floor, or such an address."""
    if text in OF_THE_PORTAL:
        return False
    if text.startswith("/"):
        return leads_up(text.partition("?")[0])
    return text in upper and (is_name or ":" in text)


def in_modules(upper: set[str]) -> Iterator[str]:
    for path, tree in modules("orgs"):
        yield from (f"{path.relative_to(BASE)}: {name}" for name in above(tree, upper))


def above(tree: ast.Module, upper: set[str]) -> Iterator[str]:
    """Addresses of upper floors that the strings of a module name."""
    as_names = {
        id(node.args[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and called(node) in {"reverse", "reverse_lazy", "redirect", "NavItem", "resolve_url"}
        and node.args
    }
    for node in ast.walk(tree):
        text = getattr(node, "value", None)
        if isinstance(text, str) and names_of_upper(upper, text, is_name=id(node) in as_names):
            yield text


LINK = re.compile(r"""{% url ['"]([\w:-]+)['"]|(?:href|action|src|hx-\w+)="(/[^"{]*)""")
# Folders of templates that show the ground floor or the frame.
OF_THE_GROUND = ("account", "allauth", "components", "mfa", "orgs")


def in_templates(upper: set[str]) -> Iterator[str]:
    ground = [
        path for folder in OF_THE_GROUND for path in (BASE / "templates" / folder).rglob("*.html")
    ]
    for path in sorted([*ground, *(BASE / "templates").glob("*.html")]):
        for name, address in LINK.findall(path.read_text(encoding="utf-8")):
            if names_of_upper(upper, name or address, is_name=True):
                yield f"{path.relative_to(BASE)}: {name or address}"


def test_the_ground_floor_names_no_address_of_an_upper_one():
    upper = upper_names()
    assert {"tasks:list", "residents:my_home", "volunteers:members", "home"} <= upper
    assert [*in_modules(upper), *in_templates(upper)] == []


@pytest.mark.parametrize(
    "source",
    [
        'NAVIGATION = [("Tasks", "tasks:list")]',
        'reverse("home_of_nobody") + reverse("tasks:list")',
        'link = "/tasks/"',
        'redirect("/mine/?page=2")',
    ],
)
def test_an_address_in_a_module_is_found(source):
    assert len(list(above(ast.parse(source), upper_names()))) == 1


def test_an_address_in_a_template_is_found():
    page = """<a href="{% url 'tasks:report' %}?unit=1">x</a><form action="/tasks/">"""
    names = [name or address for name, address in LINK.findall(page)]
    assert names == ["tasks:report", "/tasks/"]
    assert all(names_of_upper(upper_names(), name, is_name=True) for name in names)
