"""Real processes, as in tests/services."""

from tests.services.conftest import free_port, start

__all__ = ["free_port", "start"]
