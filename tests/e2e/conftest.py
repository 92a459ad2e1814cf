"""The demo district on a real server, visited with a real browser.

Every page that a test opens is watched: a violation of the Content-Security-Policy or an error of a
script fails the test.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "Neighbour-2026"
PHONE, DESK = 390, 1280
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
def portal(portal_settings: dict[str, str]) -> Iterator[str]:
    """The address of a server with a freshly loaded demo district, or of the one in PORTAL_URL."""
    if running := os.environ.get("PORTAL_URL"):
        yield running
        return
    env, data = portal_settings, Path(portal_settings["DATA_DIR"])
    for folder in ("broker", "broker-control"):
        (data / folder).mkdir()
    manage = [sys.executable, "manage.py"]
    for command in (["migrate", "-v0"], ["load_demo"], ["collectstatic", "--noinput", "-v0"]):
        subprocess.run(
            [*manage, *command], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL
        )
    # The door is open before the server runs: whoever knocks waits until it answers.
    with (data / "server.log").open("w") as log, socket.create_server(("127.0.0.1", 0)) as door:
        address = f"http://127.0.0.1:{door.getsockname()[1]}"
        program = (
            f"-m gunicorn governance.wsgi --bind fd://{door.fileno()} --threads 8 --timeout 60"
        )
        server = subprocess.Popen(
            [sys.executable, *program.split()],
            cwd=ROOT,
            env=env,
            stdout=log,
            stderr=log,
            pass_fds=[door.fileno()],
        )
    try:
        urlopen(f"{address}/healthz", timeout=90).close()
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
            page.goto("/accounts/login/")
            page.fill("input[name=login]", username)
            page.fill("input[name=password]", PASSWORD)
            page.click("main button[type=submit]")
            page.wait_for_url(lambda url: "/accounts/login" not in url)
        page.goto(path)
        return page

    def _heard(self, message: object) -> None:
        text = getattr(message, "text", "")
        # htmx says so when a page is left while it still asks for a part of it.
        left = text.startswith(("htmx:sendAbort", "htmx:afterRequest", "Failed to load resource"))
        if getattr(message, "type", "") == "error" and not left:
            self.faults.append(text)


@pytest.fixture
def visit(browser: Browser, portal: str) -> Iterator[Callable[..., Page]]:
    """visit("street", PHONE, path="/board/"); fails the test on any fault that a page reported."""
    visitors = Visitors(browser, portal)
    yield visitors
    for context in visitors.contexts:
        context.close()
    assert visitors.faults == []


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
