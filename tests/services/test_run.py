"""`make run` as people use it: it starts, serves, refuses a taken port, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.services.conftest import PATIENCE

ENVIRONMENT = {
    "DEMO": "0",
    "DATABASE_URL": "",
    "REDIS_URL": "",
    "LOG_LEVEL": "WARNING",
    "PYTHONUNBUFFERED": "1",
}


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """One folder for all: setting up takes a while, and a second start must lose nothing."""
    return tmp_path_factory.mktemp("portal-data")


@pytest.fixture
def portal(start, free_port, data):
    """Starts the portal on its own data; gives the process and its port."""

    def run(*command: str, **environment: str):
        return start(
            *command,
            **ENVIRONMENT | {"PORT": str(free_port), "DATA_DIR": str(data)} | environment,
        )

    return run


def processes_with(text: str) -> list[str]:
    """The command lines of living processes that work on this folder."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if text.encode() in environment and state != "Z":
            found.append((folder / "cmdline").read_text().replace("\0", " "))
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_and_a_signal_to_make_ends_everything(portal, free_port, data, number):
    process = portal("make", "--no-print-directory", "run")
    process.wait_for(f"http://127.0.0.1:{free_port}")
    process.wait_for("web started")
    process.wait_for("worker started")
    process.wait_for("beat started")
    answer = _ask(free_port, process)
    assert answer == 200
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # Ctrl-C reaches the whole group
    else:
        process.signal(number)
    assert process.end() != 0
    process.wait_for("The portal has stopped.")
    assert processes_with(str(data)) == []


def _ask(port: int, process) -> int:
    """The status of /readyz as soon as the web process listens."""
    process.wait_for("Listening at")
    with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=PATIENCE) as answer:
        return answer.status


def test_a_taken_port_is_one_clear_sentence(portal):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = portal(".venv/bin/python", "manage.py", "run_portal", PORT=str(port))
        assert process.end() == 1
    assert [line for line in process.lines if line] == [
        f"CommandError: Port {port} is taken; stop what listens there or choose another: "
        f"make run PORT={port + 1}"
    ]


def _pid(line: str) -> int:
    return int(line.rpartition("pid=")[2].rstrip(")"))


def test_a_killed_beat_is_started_again_and_without_pages_all_stop(portal, data):
    process = portal(".venv/bin/python", "manage.py", "run_portal")
    web, beat = (_pid(process.wait_for(f"{name} started")) for name in ("web", "beat"))
    process.wait_for("worker started")
    os.kill(beat, signal.SIGKILL)
    process.wait_for("beat ended (rc=-9) and is started again")
    os.kill(web, signal.SIGKILL)
    assert process.end() == 1
    process.wait_for("web ended by itself; the portal has stopped.")
    assert processes_with(str(data)) == []


def test_a_real_client_sees_the_413(portal, free_port, tmp_path):
    """200 MB without a login: the answer arrives, not a broken connection."""
    process = portal(".venv/bin/python", "manage.py", "run_portal")
    process.wait_for("web started")
    _ask(free_port, process)
    big = tmp_path / "photo.jpg"
    with big.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    answer = subprocess.run(
        [
            *("curl", "-s", "-o", str(tmp_path / "answer"), "-w", "%{http_code}"),
            *("-F", f"file=@{big}", f"http://127.0.0.1:{free_port}/api/v1/attachments/"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout == "401"
    json_answer = subprocess.run(
        [
            *("curl", "-s", "-o", str(tmp_path / "answer"), "-w", "%{http_code}"),
            *("-H", "Content-Type: application/json", "--data-binary", f"@{big}"),
            f"http://127.0.0.1:{free_port}/api/v1/tasks/",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json_answer.stdout == "413"
