"""A small table of named calls: what a lower floor asks of upper ones.

Upper floors fill it when their app is ready. Several may answer to one name; a name that nobody
registered has no answers.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

_answerers: dict[str, list[Callable[..., Any]]] = defaultdict(list)


def register(name: str, function: Callable[..., Any]) -> None:
    """Lets a function answer to a name; the same function only once."""
    if function not in _answerers[name]:
        _answerers[name].append(function)


def call(name: str, *args: Any, **kwargs: Any) -> list[Any]:
    """The answers of all that registered, in the order of their registration."""
    return [function(*args, **kwargs) for function in _answerers.get(name, ())]
