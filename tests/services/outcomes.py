"""What became of use-cases that were tried at the same moment."""

from collections.abc import Callable
from typing import Any

from orgs.errors import DomainError


def outcome(function: Callable[[], Any]) -> Callable[[], str]:
    """The function's result as a word: done, or the code of the refusal."""

    def run() -> str:
        try:
            function()
        except DomainError as error:
            return error.code
        return "done"

    return run
