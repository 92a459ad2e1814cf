"""What a resident's phone costs: pages on a slow line, taps and bytes of what people come for.

    DEMO=1 HTTPS=0 make run                                # a demo portal, in another window
    .venv/bin/python -m bench.phone http://127.0.0.1:8000   # its address

It needs Chromium and the development tools, and writes reports and a claim into that demo. A page's paint
is measured at 400 kbit/s, with 400 ms from here to there, on a processor slowed four times.
"""

import os
import re
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, sync_playwright

RESULTS = Path(__file__).resolve().parent / "results"
PASSWORD = os.environ.get("DEMO_PASSWORD", "Neighbour-2026")
WIDE, HIGH = 390, 844
# Kilobits a second, milliseconds, how many times slower than this machine.
LINE, FAR, SLOWED = 400, 400, 4
MOST_BYTES, MOST_REQUESTS, LATEST_PAINT = 100_000, 12, 2_500
# Seconds until three photos are stored.
LATEST_PHOTOS = 60
PLACE = "421102005003-001"
NUMBERS = dict(zip("零一二三四五六七八九", range(10), strict=True))
STORED = """() => document.querySelectorAll('.report-photo').length === 3
  && !document.querySelector('.photo-busy, .photo-failed, .photo-note')"""
COUNT_SENT = """() => {
  window.sentBytes = 0;
  const { upload } = window.sendQueue;
  window.sendQueue.upload = (what) => {
    window.sentBytes += what.file.bytes.byteLength;
    return upload(what);
  };
}"""
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
SMALL = """least => [...document.querySelectorAll('a, button, input, select, summary, label:has(input)')]
  .filter(one => one.checkVisibility() && !one.closest('.visually-hidden, p, dd, .errorlist, .foot'))
  .filter(one => !one.matches('.photo-input') && !(one.matches('input') && one.closest('label, .field-check')))
  .filter(one => getComputedStyle(one, '::after').position !== 'absolute')
  .map(one => [one.getBoundingClientRect(), one.textContent.trim().slice(0, 20) || one.name])
  .filter(([box]) => box.height && box.height < least - 0.5).map(([box, text]) => `${text} ${Math.round(box.height)}`)"""


class Finger:
    """Somebody's phone: counts what is tapped, and what goes over the line."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps, self.bytes, self.requests = page, 0, 0, 0
        self.line = page.context.new_cdp_session(page)
        self.line.send("Network.enable")
        self.line.on("Network.loadingFinished", self._arrived)

    def _arrived(self, event: dict[str, float]) -> None:
        self.bytes += int(event["encodedDataLength"])
        self.requests += 1

    def tap(self, selector: str, **options: object) -> None:
        """One tap, and the page that it leads to, if it does."""
        self.taps += 1
        self.page.locator(selector).first.click(**options)  # type: ignore[arg-type]
        self.page.wait_for_load_state("load")

    def write(self, selector: str, text: str) -> None:
        """A tap into a field, and typing."""
        self.taps += 1
        self.page.fill(selector, text)

    def starts(self) -> None:
        self.taps = self.bytes = self.requests = 0


@contextmanager
def phone(browser: Browser, portal: str, who: str = "") -> Iterator[Finger]:
    """Somebody's phone, signed in before anything is counted."""
    context = browser.new_context(
        base_url=portal, viewport={"width": WIDE, "height": HIGH}, locale="zh-CN"
    )
    context.set_default_timeout(60_000)
    page = context.new_page()
    if who:
        page.goto("/accounts/login/")
        page.fill("[name=login]", who)
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(lambda url: "/accounts/login" not in url)
    finger = Finger(page)
    yield finger
    context.close()


def weigh(browser: Browser, portal: str, who: str, path: str) -> str:
    """One page opened for the first time on a slow line."""
    with phone(browser, portal, who) as finger:
        finger.line.send("Network.clearBrowserCache")
        narrow(finger)
        finger.starts()
        finger.page.goto(path)
        finger.page.wait_for_load_state("networkidle")
        paint = round(finger.page.evaluate(PAINT))
        wrong = [
            *(["bytes"] if finger.bytes > MOST_BYTES else []),
            *(["requests"] if finger.requests > MOST_REQUESTS else []),
            *(["paint"] if paint > LATEST_PAINT else []),
        ]
        small = finger.page.evaluate(SMALL, 44)
    return (
        f"| {who or 'visitor'} {path} | {finger.bytes / 1000:.0f} kB | {finger.requests} | "
        f"{paint / 1000:.1f} s | {', '.join(wrong) or 'kept'} | {', '.join(small) or 'none'} |"
    )


def camera_photo(grain: float) -> bytes:
    """A photo of 12 million pixels as a phone takes it: soft forms with a `grain` of leaves and gravel."""
    size = (4000, 3000)
    forms = Image.effect_noise((50, 38), 120).resize(size, Image.Resampling.BICUBIC)
    leaves = Image.effect_noise((1600, 1200), 90).resize(size, Image.Resampling.BICUBIC)
    grey = Image.blend(forms, leaves, grain)
    sky = Image.linear_gradient("L").resize(size)
    out = BytesIO()
    Image.merge("RGB", (grey, Image.blend(grey, sky, 0.4), grey)).save(out, "JPEG", quality=92)
    return out.getvalue()


def narrow(finger: Finger, slowed: int = SLOWED) -> None:
    """From now on the line is slow, and so is the processor."""
    finger.line.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False, "latency": FAR,
            "downloadThroughput": LINE * 1000 / 8, "uploadThroughput": LINE * 1000 / 8,
        },
    )  # fmt: skip
    finger.line.send("Emulation.setCPUThrottlingRate", {"rate": slowed})


def uploads(browser: Browser, portal: str, name: str, grain: float) -> str:
    """Three photos of a resident, from choosing them until the last is stored."""
    with phone(browser, portal, "owner") as finger:
        page = finger.page
        page.goto("/report/")
        page.wait_for_load_state("networkidle")
        page.evaluate(COUNT_SENT)
        photos: list[FilePayload] = [
            {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": camera_photo(grain)}
            for number in range(3)
        ]
        narrow(finger, slowed=1)
        began = time.monotonic()
        page.set_input_files("#id_album", photos)
        page.wait_for_function(STORED, timeout=180_000)
        took = time.monotonic() - began
        sent = page.evaluate("window.sentBytes")
    before = sum(len(one["buffer"]) for one in photos) / 1e6
    verdict = "kept" if took <= LATEST_PHOTOS else "too slow"
    return f"| {name} | {before:.1f} MB | {sent / 1e6:.2f} MB | {took:.0f} s | {verdict} |"


def answer(page: Page) -> str:
    question = page.locator("label[for=id_answer]").inner_text()
    found = [NUMBERS[sign] for sign in question if sign in NUMBERS]
    return str(found[0] - found[1] if "减" in question else found[0] + found[1])


def sends(finger: Finger) -> None:
    """Sends a report; where alike ones are shown, all the same."""
    finger.tap("[data-send]")
    finger.page.wait_for_url(re.compile("sent|report"))
    if finger.page.locator("[data-asks]").count():
        finger.tap("[data-send]")


def reports(finger: Finger) -> None:
    """From the home page: a problem at home."""
    finger.tap("a[href='/report/']:visible")
    finger.write("[name=text]", "楼上有人扔东西下来，差点砸到人")
    finger.tap("#likely [data-kind]")
    finger.tap("[data-next]")
    if not finger.page.locator("[data-near] input:checked").count():
        finger.tap("[data-near] label")
    sends(finger)


def passes_by(finger: Finger) -> None:
    """Without an account, at a compound that is searched."""
    page = finger.page
    finger.tap("a[href='/public/report/']:visible")
    finger.write("[name=text]", "路边垃圾没人收")
    finger.tap("#kinds label")
    finger.tap("[data-next]")
    finger.write("#place-words", "翡翠一品")
    finger.tap("#found-places label")
    finger.write("[name=contact_phone]", f"139{int(time.time()) % 10**8:08}")
    finger.write("#id_answer", answer(page))
    sends(finger)


def claims(finger: Finger) -> None:
    """A newcomer with an account claims a flat."""
    finger.page.goto("/my-home/")
    finger.starts()
    finger.tap("main a[href*='claim']")
    finger.write("#q", "翡翠一品3栋")
    finger.tap("main button[type=submit]")
    if finger.page.locator(".row-link").count():
        finger.tap(".row-link")
    finger.page.locator(".door").last.click()
    finger.taps += 1
    finger.tap("label:has([value=tenant])")
    finger.write("[name=name]", "新居民")
    finger.tap("main button[type=submit]")


STORIES = (
    ("a resident reports from home", "owner", reports),
    ("a passer-by reports with a search for the place", "", passes_by),
    ("a newcomer claims a flat", "tenant", claims),
)
PHOTOS = (("walls and sky", 0.15), ("a courtyard", 0.4), ("leaves and gravel everywhere", 0.9))
PAGES = (
    ("", "/"),
    ("", "/public/report/"),
    ("owner", "/"),
    ("owner", "/report/"),
    ("owner", "/mine/"),
)


def main(portal: str) -> None:
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        lines = [
            "| page, opened for the first time | over the line | requests | first paint "
            f"| at most {MOST_BYTES // 1000} kB, {MOST_REQUESTS}, {LATEST_PAINT / 1000} s "
            "| targets under 44 px |",
            "|---|---|---|---|---|---|",
            *(weigh(browser, portal, who, path) for who, path in PAGES),
            "",
            "| story, from the home page | taps | over the line, with an empty cache |",
            "|---|---|---|",
        ]
        for name, who, story in STORIES:
            with phone(browser, portal, who) as finger:
                finger.page.goto("/")
                finger.line.send("Network.clearBrowserCache")
                finger.starts()
                story(finger)
                lines.append(f"| {name} | {finger.taps} | {finger.bytes / 1000:.0f} kB |")
        lines += [
            "",
            f"| three photos, at {LINE} kbit/s | as taken | over the line | stored after | at most {LATEST_PHOTOS} s |",
            "|---|---|---|---|---|",
            *(uploads(browser, portal, name, grain) for name, grain in PHOTOS),
        ]
        browser.close()
    text = "\n".join(lines)
    print(text)
    RESULTS.mkdir(exist_ok=True)
    stamp = f"{datetime.now(UTC):%Y-%m-%d}"
    (RESULTS / f"phone-{stamp}.md").write_text(f"# The resident's phone, {stamp}\n\n{text}\n")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
