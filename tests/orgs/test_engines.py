"""Which tests run beside PostgreSQL and Redis too."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import cache as caches

from tests.conftest import asks_the_database


def item(*fixtures: str, module: Any = None, mark: str = "") -> Any:
    """A test as pytest collects it, with these fixtures, in a module with these names."""
    return SimpleNamespace(
        path=Path("tests/orgs/test_words.py"), cls=None, fixturenames=list(fixtures),
        module=module or SimpleNamespace(),
        get_closest_marker=lambda name: name if name == mark else None,
    )  # fmt: skip


@pytest.mark.parametrize("fixture", ["db", "transactional_db", "broker_away", "live_server"])
def test_a_test_that_reaches_a_service_runs_on_both(fixture):
    assert asks_the_database(item(fixture))
    assert not asks_the_database(item("settings"))
    assert not asks_the_database(item(fixture, mark="same_on_each_engine"))


@pytest.mark.parametrize("value", [caches.cache, caches.caches, caches.caches["default"]])
def test_so_does_one_whose_module_has_a_cache(value):
    assert asks_the_database(item(module=SimpleNamespace(store=value)))
    assert not asks_the_database(item(module=SimpleNamespace(store="cache")))
