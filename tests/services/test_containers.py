"""No container engine is needed to know that the image would work: its commands are run as they stand.

Every command of the Dockerfile and of docker-compose.yml is read from the file. Those of the portal are
run here, verbatim; the others are listed with where CI does the same. A new command fails the test
until it is one or the other.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
import yaml
from django.conf import settings

from tests.services.conftest import database_url

ROOT = Path(settings.BASE_DIR)
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
# Commands that are not run here, by their beginning, each with what CI runs in their place.
ELSEWHERE = {
    "apt-get update": ".ci/run installs the PostgreSQL client where it is missing",
    "apt-get install": ".ci/run installs the PostgreSQL client where it is missing",
    "rm -rf /var/lib/apt/lists/*": "only makes the image smaller",
    "install -d": "only makes folders",
    "npm ci": "make packages installs the same lock file",
    "python -m venv": "make python does so",
    "python -m compileall": "every suite imports the same modules",
    "python -m pip install": "make python installs the same lock file; wheels: test_everything_is_a_wheel",
    "redis-server": ".ci/run starts it where none answers",
    "redis-cli ping": ".ci/run asks so",
    "pg_isready": "tests/services could not run without",
}
# Commands of the portal: run below.
RUN_HERE = {
    "python -m babel.messages.frontend",
    "python manage.py collectstatic",
    "python manage.py migrate",
    "gunicorn governance.wsgi",
    "celery --quiet --app governance.celery worker",
    "celery --quiet --app governance.celery beat",
    "python deploy/answers.py",
}


def of_dockerfile() -> list[str]:
    """The commands of RUN and CMD, one by one, without the variables set for them."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    found = []
    for line in re.findall(r"^RUN (.+)$", text, re.M):
        found += line.split(" && ")
    found += [" ".join(yaml.safe_load(line)) for line in re.findall(r"^CMD (.+)$", text, re.M)]
    return [re.sub(r"^(?:[A-Z_]+=\S+ )+", "", command.strip()) for command in found]


def of_compose() -> dict[str, list[str]]:
    """The commands and health checks of docker-compose.yml, with the default of each variable."""
    found = {}
    for name, service in COMPOSE["services"].items():
        for kind, command in (
            (name, service.get("command")),
            (f"{name} health", service.get("healthcheck", {}).get("test", [])[1:]),
        ):
            if command:
                found[kind] = [re.sub(r"\$\{\w+:-(\w+)\}", r"\1", part) for part in command]
    return found


def test_every_command_is_run_here_or_listed():
    commands = of_dockerfile() + [shlex.join(command) for command in of_compose().values()]
    known = [*ELSEWHERE, *RUN_HERE]
    assert [one for one in commands if not one.startswith(tuple(known))] == []
    assert [one for one in known if not any(two.startswith(one) for two in commands)] == []


def test_only_files_of_the_project_go_into_the_image():
    wanted = (ROOT / ".dockerignore").read_text().split("\n")
    kept = [line[1:] for line in wanted if line.startswith("!")]
    assert wanted[1] == "*"
    assert [name for name in kept if not (ROOT / name).exists()] == []
    assert {".env", "portal.env", "data", "backups", "tests"} & set(kept) == set()


def test_the_image_runs_as_nobody_in_particular():
    last = (ROOT / "Dockerfile").read_text().rpartition("FROM ")[2]
    assert re.findall(r"^USER (.+)$", last, re.M) == ["10001:10001"]


def test_uploads_are_not_public():
    """The proxy has them, and sends one only when the portal says so."""
    template = (ROOT / "deploy/nginx.conf.template").read_text()
    handover = COMPOSE["services"]["web"]["environment"]["MEDIA_HANDOVER"]
    block = re.search(rf"location {handover} \{{(.*?)\}}", template, re.S)
    assert block
    assert [line.strip() for line in block[1].strip().split("\n")] == [
        "internal;",
        "alias /media/;",
    ]
    assert template.count("/media/") == 1


def test_everything_is_a_wheel(tmp_path):
    """What is installed here from the lock file came as wheels, so the image finds them too."""
    names = re.findall(r"^([a-z0-9_.-]+)==", (ROOT / "requirements/base.txt").read_text(), re.M)
    installed = {
        re.split(r"-\d", folder.name)[0].lower().replace("_", "-").replace(".", "-"): folder
        for folder in Path(sys.prefix).glob("lib/python*/site-packages/*.dist-info")
    }
    here = [installed[key] for name in names if (key := re.sub("[._]", "-", name)) in installed]
    assert len(here) > 50
    assert [folder.name for folder in here if not (folder / "WHEEL").exists()] == []


# --- The portal's own commands -----------------------------------------------------------------------


def environment(tmp_path: Path, port: int) -> dict[str, str]:
    """As docker-compose.yml and portal.env set it, but for where the engines are."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "DATA_DIR": str(tmp_path),
        "ALLOWED_HOSTS": "portal.example.gov.cn,web,127.0.0.1",
        "HTTPS": "1",
        "PROXY_COUNT": "1",
        "PORT": str(port),
        # The address alone is CI's: in a container the portal listens to its network.
        "GUNICORN_CMD_ARGS": f"--bind=127.0.0.1:{port}",
        "WEB_CONCURRENCY": "2",
        "PYTHONUNBUFFERED": "1",
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
    }


def test_web_worker_and_beat_start_as_compose_starts_them(
    start, transactional_db, tmp_path, free_port
):
    commands, surroundings = of_compose(), environment(tmp_path, free_port)
    migrate = start(*commands["migrate"], **surroundings)
    assert migrate.end() == 0, migrate.lines
    web, worker, beat = (
        start(*commands[name], **surroundings) for name in ("web", "worker", "beat")
    )
    web.wait_for("Booting worker", times=2)
    assert f"http://127.0.0.1:{free_port}" in web.wait_for("Listening at")
    # The program is loaded before the door is opened.
    urlopen(f"http://127.0.0.1:{free_port}/healthz", timeout=90).close()
    assert start(*commands["web health"], **surroundings).end() == 0
    worker.wait_for("ready")
    beat.wait_for("tasks.jobs.tell_of_events")
    for process in (web, worker, beat):
        process.kill_all()
    assert start(*commands["web health"], **surroundings).end() == 1


def test_the_image_is_built_with_nothing_but_what_goes_into_it(tmp_path):
    """The commands of the build, on a copy of only the files that .dockerignore lets in."""
    place = tmp_path / "portal"
    place.mkdir()
    for line in (ROOT / ".dockerignore").read_text().split("\n"):
        if line.startswith("!"):
            source, target = ROOT / line[1:], place / line[1:]
            target.parent.mkdir(parents=True, exist_ok=True)
            ignore = shutil.ignore_patterns("__pycache__", "*.mo")
            if source.is_dir():
                shutil.copytree(source, target, ignore=ignore)
            else:
                shutil.copy(source, target)
    (place / "node_modules").symlink_to(ROOT / "node_modules")
    build = re.search(r"^RUN (python -m babel.*)$", (ROOT / "Dockerfile").read_text(), re.M)
    assert build
    nothing_else = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C.UTF-8",
    }
    subprocess.run(["/bin/sh", "-ec", build[1]], cwd=place, env=nothing_else, check=True)
    assert (place / "locale/zh_Hans/LC_MESSAGES/django.mo").stat().st_size > 10_000
    assert (place / "data/static/staticfiles.json").exists()


@pytest.mark.parametrize("name", ["DEMO", "DEBUG"])
def test_no_setting_of_the_demo_is_in_the_files(name):
    for path in ("Dockerfile", "docker-compose.yml", "deploy/portal.env.example"):
        assert f"{name}=" not in (ROOT / path).read_text().replace("\n", " ")
