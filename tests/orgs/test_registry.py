"""Named calls: what a lower floor asks of upper ones."""

from typing import Any

import pytest

from orgs import registry
from orgs.registry import Name


@pytest.mark.parametrize("ask", [registry.call, lambda name: registry.register(name, print)])
def test_an_unknown_name_is_an_error(ask):
    unknown: Any = "may_see_atachment"
    with pytest.raises(ValueError, match="may_see_atachment"):
        ask(unknown)


def test_every_name_has_somebody_who_answers():
    assert [name for name in Name if not registry._answerers.get(name)] == []


def test_a_function_answers_once(monkeypatch):
    monkeypatch.setattr(registry, "_answerers", {Name.UNITS_RECODED: []})

    def answer(family: str) -> str:
        return family

    registry.register(Name.UNITS_RECODED, answer)
    registry.register(Name.UNITS_RECODED, answer)
    assert registry.call(Name.UNITS_RECODED, "family") == ["family"]
