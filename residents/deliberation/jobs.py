"""This app's jobs."""

from typing import Any

# When beat sends them. A key or name that changes needs a migration: beat stores both, and never
# deletes an entry.
SCHEDULE: dict[str, dict[str, Any]] = {}
