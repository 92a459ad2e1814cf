"""The classes of pages and the rules of the stylesheets belong together: neither is left over."""

import re

from django.conf import settings

STATIC, TEMPLATES = settings.BASE_DIR / "static", settings.BASE_DIR / "templates"
# Written, or given their looks, by Django's forms and administration and by the map.
FOREIGN = {
    *("nonfield", "leaflet-container", "inline-group", "object-tools", "submit-row"),
    *("addlink", "changelink", "current-model", "viewlink"),
}


def _read(*patterns: str) -> str:
    paths = [path for pattern in patterns for path in settings.BASE_DIR.glob(pattern)]
    return "\n".join(path.read_text() for path in sorted(paths))


PAGES = _read("templates/**/*.html")
SCRIPTS = _read("static/js/*.js", "templates/**/*.js")
RULES = set(re.findall(r"\.([a-z][\w-]*)", re.sub(r"url\(.*?\)", "", _read("static/css/*.css"))))


def test_every_class_of_a_page_has_a_rule():
    written = set()
    for value in re.findall(r'class="([^"]*)"', PAGES):
        # What light-{{ value }} and notice-{% if … %} become is known only when the page is rendered.
        value = re.sub(r"[\w-]*{{.*?}}[\w-]*|[\w-]+-{% if .*?{% endif %}", "", value)
        written |= set(re.sub(r"{%.*?%}", " ", value).split())
    hooks = {name for name in written if re.search(rf"\.{name}\b", SCRIPTS)}
    assert written - hooks - RULES - FOREIGN == set()


def test_every_rule_is_for_a_class_that_something_writes():
    python = _read("orgs/**/*.py", "residents/**/*.py", "volunteers/**/*.py", "tasks/**/*.py")
    source = PAGES + SCRIPTS + python
    words = set(re.findall(r"[\w-]+", source))
    begun = tuple(set(re.findall(r'(?<=[\s"])([a-z-]+-){', source)))
    left = {name for name in RULES - words - FOREIGN if not name.startswith(begun)}
    assert left == set()
