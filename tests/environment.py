"""The environment of the suite, set before settings load (pytest is told to import this first).

The suite reads no .env, keeps its files apart and runs as production does.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_folder = tempfile.mkdtemp(prefix="portal-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
for _name in ("static", "broker", "broker-control", "media"):
    (Path(_folder) / _name).mkdir()

os.environ.update(
    ENV_FILE=os.devnull,
    DATA_DIR=_folder,
    DEBUG="0",
    DEMO="0",
    HTTPS="0",
    STAFF_SECOND_FACTOR="0",
    SECRET_KEY="tests",
    FIELD_KEYS="tests-new,tests-old",
    BLIND_INDEX_KEY="tests-index",
    CODE_SENDER="tests.outbox.keep",
)

if os.environ.get("REDIS_URL"):
    # Redis keeps 16 databases; the last ones are the suite's, one for each parallel process.
    _worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'].rsplit('/', 1)[0]}/{15 - _worker}"
