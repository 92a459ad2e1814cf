"""Read by gunicorn from the folder it is started in, whoever starts it."""

import os
from pathlib import Path

# Two portals of one user would share the socket, and nothing here speaks to it.
control_socket_disable = True


def on_starting(server):
    """With several processes, each writes its counters into files: last time's are not counted again."""
    for old in _counters("*.db"):
        old.unlink(missing_ok=True)


def child_exit(server, worker):
    """Takes a process that ended out of the gauges of living ones."""
    for old in _counters(f"gauge_live*_{worker.pid}.db"):
        old.unlink(missing_ok=True)


def _counters(pattern):
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    return Path(folder).glob(pattern) if folder else ()
