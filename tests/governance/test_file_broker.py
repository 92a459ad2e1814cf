"""The broker made of files: nobody ever takes half a message."""

from collections.abc import Callable
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from django.conf import settings
from kombu import Connection

from governance.celery import app
from governance.engines.file_broker import Transport

QUEUE = "celery"


@pytest.fixture
def channel(tmp_path):
    """A channel over an empty folder."""
    folders = ("data_folder_in", "data_folder_out", "control_folder")
    options = dict.fromkeys(folders, str(tmp_path))
    with Connection(transport=Transport, transport_options=options) as connection:
        yield connection.channel()


class Looks:
    """Part of a message that, while it is written, does something."""

    def __init__(self, act: Callable[[], None]) -> None:
        self.act = act

    def __json__(self) -> str:
        self.act()
        return "seen"


def test_who_looks_while_a_message_is_written_finds_none(channel):
    looked: list[bool] = []

    def look() -> None:
        with pytest.raises(Empty):
            channel._get(QUEUE)
        looked.append(True)

    channel._put(QUEUE, {"body": Looks(look)})
    assert looked == [True]
    assert channel._get(QUEUE) == {"body": "seen"}


def test_messages_come_in_their_order_each_once(channel):
    sent: list[dict[str, Any]] = [{"number": number} for number in range(3)]
    for message in sent:
        channel._put(QUEUE, message)
    channel._put("another", {"number": 9})
    assert channel._size(QUEUE) == 3
    found = [channel._get(QUEUE) for _message in sent]
    assert sorted(found, key=lambda one: one["number"]) == sent
    with pytest.raises(Empty):
        channel._get(QUEUE)


@pytest.mark.parametrize("broken", [b"", b"{", b"\xff\xfe"])
def test_a_broken_message_is_passed_over(channel, tmp_path, broken):
    # Before every other: their names begin with the time since the machine started.
    Path(tmp_path / f"0_x.{QUEUE}.msg").write_bytes(broken)
    channel._put(QUEUE, {"number": 1})
    assert channel._get(QUEUE) == {"number": 1}
    assert list(tmp_path.iterdir()) == []


def test_the_embedded_portal_uses_it():
    with app.connection_for_write() as connection:
        assert isinstance(connection.transport, Transport) == (not settings.REDIS_URL)
