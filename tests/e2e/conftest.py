"""The demo district on a real server, visited with a real browser.

Every page that a test opens is watched: a violation of the Content-Security-Policy or an error of a
script fails the test.
"""

import fcntl
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "Neighbour-2026"
PHONE, DESK = 390, 1280
# Who uses a phone in a story; the others sit at a desk.
ON_PHONES = {"owner", "owner2", "member", "member2"}
HEIGHTS = {PHONE: 844, DESK: 860}
WATCH = """document.addEventListener('securitypolicyviolation', event =>
  console.error(`CSP ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`))"""
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@pytest.fixture(scope="session")
def portal_settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment in which the portal's processes run."""
    return os.environ | {
        "DATA_DIR": str(tmp_path_factory.mktemp("portal")),
        "DEBUG": "0",
        "DEMO": "1",
        "HTTPS": "0",
        "STAFF_SECOND_FACTOR": "0",
        "DEMO_PASSWORD": PASSWORD,
        "CODE_SENDER": "orgs.accounts.one_time_codes.send_to_console",
        "THROTTLE_LOGIN": "1000/min",
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture(scope="session")
def portal(
    portal_settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a server with a freshly loaded demo district, or of the one in PORTAL_URL."""
    if running := os.environ.get("PORTAL_URL"):
        yield running
        return
    env, data = portal_settings, Path(portal_settings["DATA_DIR"])
    shutil.copytree(loaded_demo(tmp_path_factory, env), data, dirs_exist_ok=True)
    with serve(env) as address:
        yield address


def loaded_demo(tmp_path_factory: pytest.TempPathFactory, env: dict[str, str]) -> Path:
    """The files of a demo district that nobody used yet: the first of parallel processes loads it."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    demo, done = folder / "demo", folder / "demo.done"
    with (folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(demo, ignore_errors=True)
            for name in ("broker", "broker-control"):
                (demo / name).mkdir(parents=True)
            for command in ("migrate -v0", "load_demo", "collectstatic --noinput -v0"):
                subprocess.run(
                    [sys.executable, "manage.py", *command.split()],
                    cwd=ROOT,
                    env=env | {"DATA_DIR": str(demo)},
                    check=True,
                    stdout=subprocess.DEVNULL,
                )
            done.touch()
    return demo


@contextmanager
def serve(env: dict[str, str], program: str = "governance.wsgi") -> Iterator[str]:
    """A server on the data that the environment names, and its address."""
    # The door is open before the server runs: whoever knocks waits until it answers.
    log_file = Path(env["DATA_DIR"]) / "server.log"
    with log_file.open("w") as log, socket.create_server(("127.0.0.1", 0)) as door:
        address = f"http://127.0.0.1:{door.getsockname()[1]}"
        arguments = f"-m gunicorn {program} --bind fd://{door.fileno()} --threads 8 --timeout 60"
        server = subprocess.Popen(
            [sys.executable, *arguments.split()],
            cwd=ROOT,
            env=env,
            stdout=log,
            stderr=log,
            pass_fds=[door.fileno()],
        )
    try:
        urlopen(f"{address}/healthz", timeout=180).close()
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture
def worker(portal: str, portal_settings: dict[str, str]) -> Iterator[None]:
    """The worker of the portal, for what pages leave to a job."""
    if os.environ.get("PORTAL_URL"):
        yield
        return
    program = "-m celery --quiet --app governance.celery worker --pool threads --concurrency 1"
    with (Path(portal_settings["DATA_DIR"]) / "worker.log").open("w") as log:
        running = subprocess.Popen(
            [sys.executable, *program.split()],
            cwd=ROOT,
            env=portal_settings,
            stdout=log,
            stderr=log,
        )
    yield
    running.terminate()
    running.wait(timeout=20)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium of the machine."""
    program = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    assert program, "install Chromium (Debian: apt-get install chromium)"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield started
        started.close()


DRAFTS = """() => new Promise((resolve) => {
  const asked = indexedDB.open("queue", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("drafts", {keyPath: "mark"});
  asked.onsuccess = () => {
    const counted = asked.result.transaction("drafts").objectStore("drafts").count();
    counted.onsuccess = () => { asked.result.close(); resolve(counted.result); };
  };
})"""


def arrived(page: Page, within: float = 20) -> None:
    """Nothing waits in this browser any more: what its queue held is with the server (seconds).

    The store is asked: a page that was just opened shows nothing as waiting before it has looked.
    """
    for _ in range(int(within * 10)):
        if page.evaluate(DRAFTS) == 0:
            break
        page.wait_for_timeout(100)
    assert page.evaluate(DRAFTS) == 0
    expect(page.locator("[data-queue-box]")).to_be_hidden()


def barriers(page: Page) -> list[tuple[str, str]]:
    """What axe finds serious or critical: rule and first place."""
    page.evaluate((ROOT / "node_modules/axe-core/axe.min.js").read_text())
    found = json.loads(page.evaluate("axe.run().then(result => JSON.stringify(result.violations))"))
    return [
        (one["id"], one["nodes"][0]["html"][:160])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


class Visitors:
    """Opens pages for people, each in a browser context of their own; remembers what went wrong."""

    def __init__(self, browser: Browser, portal: str) -> None:
        self.browser, self.portal = browser, portal
        self.faults: list[str] = []
        self.contexts: list[BrowserContext] = []

    def __call__(
        self, username: str = "", width: int = DESK, *, path: str = "/", scripts: bool = True
    ) -> Page:
        """A page at `path`, signed in as `username` ("" for a passer-by)."""
        context = self.browser.new_context(
            base_url=self.portal,
            viewport={"width": width, "height": HEIGHTS.get(width, 860)},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            java_script_enabled=scripts,
            device_scale_factor=1,
        )
        context.set_default_timeout(30_000)
        self.contexts.append(context)
        page = context.new_page()
        if scripts:
            page.add_init_script(WATCH)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        if username:
            self.sign_in(page, username, path)
        if page.url.removeprefix(self.portal) != path:
            page.goto(path)
        return page

    def sign_in(self, page: Page, username: str, path: str) -> None:
        """Through the door, to the page at `path`."""
        page.goto(f"/accounts/login/?{urlencode({'next': path})}")
        page.fill("input[name=login]", username)
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(lambda url: "/accounts/login" not in url)

    def _heard(self, message: object) -> None:
        text = getattr(message, "text", "")
        # htmx says so when a page is left while it still asks for a part of it, or where there is no line.
        expected = (
            "htmx:sendAbort",
            "htmx:sendError",
            "htmx:afterRequest",
            "Failed to load resource",
        )
        left = text.startswith(expected)
        if getattr(message, "type", "") == "error" and not left:
            self.faults.append(text)


@contextmanager
def visitors(browser: Browser, portal: str) -> Iterator[Visitors]:
    """People who open pages of a portal; at the end no page may have reported a fault."""
    people = Visitors(browser, portal)
    yield people
    for context in people.contexts:
        context.close()
    assert people.faults == []


@pytest.fixture
def visit(browser: Browser, portal: str) -> Iterator[Callable[..., Page]]:
    """visit("street", PHONE, path="/board/"); fails the test on any fault that a page reported."""
    with visitors(browser, portal) as people:
        yield people


@pytest.fixture
def picture(tmp_path: Path) -> Callable[[Page, str], Path]:
    """Keeps a screenshot: in docs/images where UPDATE_IMAGES is set, else beside the test's files."""
    folder = ROOT / "docs/images" if os.environ.get("UPDATE_IMAGES") else tmp_path
    folder.mkdir(parents=True, exist_ok=True)

    def keep(page: Page, name: str) -> Path:
        path = folder / f"{name}.png"
        page.screenshot(path=path)
        with Image.open(path) as shot:
            small = shot.convert("RGB").quantize(128)
        small.save(path, optimize=True)
        return path

    return keep


class Story:
    """One portal whose clock goes forward, and everybody who has a page of it open today."""

    def __init__(self, people: Visitors, env: dict[str, str]) -> None:
        self.people, self.env, self.day = people, env, 0.0
        self.pages: dict[str, Page] = {}
        self.signed_out: set[str] = set()
        self.teller: subprocess.Popen[str] | None = None

    def on(self, day: float) -> None:
        """It is so many days after the proposal; whoever comes signs in anew, on the same device."""
        self.day = day
        Path(self.env["CLOCK"]).write_text(str(day))
        for context in self.people.contexts:
            context.clear_cookies()
        self.signed_out = set(self.pages)

    def page(self, who: str, path: str) -> Page:
        """The page at an address, on the device that somebody uses."""
        path = path.removeprefix(self.people.portal)
        if who not in self.pages:
            self.pages[who] = self.people(who, PHONE if who in ON_PHONES else DESK, path=path)
        elif who in self.signed_out:
            self.signed_out.remove(who)
            self.people.sign_in(self.pages[who], who, path)
        else:
            self.pages[who].goto(path)
        return self.pages[who]

    def moment(self, day: int, hour: int) -> str:
        """A day of the story as a field of a form takes it."""
        then = datetime.now() + timedelta(days=day)
        return f"{then:%Y-%m-%d}T{hour:02}:00"

    def listen(self) -> None:
        """Begins to load what `tell` needs, while the browser goes on."""
        log = (Path(self.env["DATA_DIR"]) / "teller.log").open("w")
        with log:
            self.teller = subprocess.Popen(
                [sys.executable, "-m", "tests.e2e.teller"],
                cwd=ROOT, env=self.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                text=True,
            )  # fmt: skip

    def tell(self, words: str) -> str:
        """What a piece of Python prints that runs on the portal's data; fails with its error."""
        if self.teller is None:
            self.listen()
        assert self.teller, "listening"
        assert self.teller.stdin, "a pipe"
        assert self.teller.stdout, "a pipe"
        self.teller.stdin.write(json.dumps(words) + "\n")
        self.teller.stdin.flush()
        answer = json.loads(self.teller.stdout.readline())
        assert not answer["failed"], answer["failed"]
        return str(answer["said"])

    def leave(self) -> None:
        """Nobody is told anything more."""
        if self.teller:
            self.teller.communicate(timeout=20)

    def run(self, *command: str, code: int = 0) -> str:
        """What a program says that runs on the portal's data and ends with a code."""
        return self.beside(*command, code=code)()

    def beside(self, *command: str, code: int = 0) -> Callable[[], str]:
        """As `run`, but it begins now, and what is given waits for it: the story goes on meanwhile."""
        program = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

        def said() -> str:
            output, errors = program.communicate(timeout=300)
            assert program.returncode == code, errors[-2000:]
            return output

        return said


@pytest.fixture
def story(
    browser: Browser, portal: str, portal_settings: dict[str, str], tmp_path: Path
) -> Iterator[Story]:
    """A portal of its own on a copy of the demo, as no other test lives in the future."""
    there = Path(portal_settings["DATA_DIR"])
    with (
        sqlite3.connect(there / "portal.sqlite3") as demo,
        sqlite3.connect(tmp_path / "portal.sqlite3") as copy,
    ):
        demo.backup(copy)
    for folder in ("broker", "broker-control"):
        (tmp_path / folder).mkdir()
    (tmp_path / "static").symlink_to(there / "static")
    env = portal_settings | {"DATA_DIR": str(tmp_path), "CLOCK": str(tmp_path / "clock")}
    env["DJANGO_SETTINGS_MODULE"] = "governance.settings"
    with serve(env, "tests.e2e.later") as address, visitors(browser, address) as people:
        told = Story(people, env)
        yield told
        told.leave()
