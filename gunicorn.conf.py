"""Read by gunicorn from the folder it is started in, whoever starts it."""

import gc
import os
from pathlib import Path

# Two portals of one user would share the socket, and nothing here speaks to it.
control_socket_disable = True
preload_app = True


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


def when_ready(server):
    """Loads the rest of what all workers share, and sets it aside before they are made: see decision 0039.

    The collector need not look at it again and again (with Python's own thresholds it takes a tenth of
    the processor's time of a request), nor write into what is shared.
    """
    from django.db import connections
    from django.urls import get_resolver
    from django.utils.translation import gettext

    # Addresses with their views and the Chinese texts are loaded when they are asked for first.
    _patterns, _text = get_resolver().url_patterns, gettext("Home")
    # No two processes speak through one connection.
    connections.close_all()
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
