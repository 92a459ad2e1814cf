"""The broker made of files: kombu's, in which a message appears whole or not at all.

Kombu makes the file first and writes it then: a worker that looks in between takes an empty message,
loses it and ends, and the portal with it (seen after half an hour on a busy machine).
"""

import os
import tempfile
from pathlib import Path
from time import monotonic_ns
from typing import Any
from uuid import uuid4

import structlog
from kombu.transport import filesystem
from kombu.utils.json import dumps

log = structlog.get_logger(__name__)


class Channel(filesystem.Channel):
    """Writes a message beside the queue, then moves it in."""

    def _put(  # type: ignore[override]  # as kombu's own for files
        self, queue: str, payload: Any, **_options: Any
    ) -> None:
        folder = Path(self.data_folder_out)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=folder, prefix=".", suffix=".part", delete=False
        ) as part:
            part.write(dumps(payload))
        # As kombu names them: in the order in which they were sent.
        name = f"{round(monotonic_ns() / 1_000_000)}_{uuid4()}.{queue}.msg"
        os.replace(part.name, folder / name)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """The next message that can be read; what is due lives in the database, not in the broken one."""
        while True:
            try:
                return super()._get(queue)
            except ValueError:
                log.warning("message_unreadable", queue=queue)


class Transport(filesystem.Transport):
    """Messages as files of one folder."""

    Channel = Channel
