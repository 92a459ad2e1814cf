"""The codes on printed ballots: read out of the PDF by an independent decoder, they lead to the right entry."""

import io
import json
import re
import struct
import subprocess
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image

from residents.deliberation.polls import documents
from tests import factories as make

QUIET = 40
ROOT = Path(__file__).parents[4]
# jsQR is what the portal's scanner runs in a browser; here in Node.js, over every picture's pixels.
DECODE = """
const jsQR = require(process.argv[1]);
const read = [];
for (const { width, rows } of JSON.parse(require("fs").readFileSync(0, "utf8"))) {
  const pixels = new Uint8ClampedArray(width * rows.length * 4);
  rows.forEach((row, y) => [...row].forEach((one, x) =>
    pixels.set(one === "1" ? [255, 255, 255, 255] : [0, 0, 0, 255], (y * width + x) * 4)));
  read.push(jsQR(pixels, width, rows.length)?.data ?? null);
}
console.log(JSON.stringify(read));
"""


def pictures(pdf: bytes) -> list[dict[str, object]]:
    """The codes in a PDF (fax pictures, square) as rows of 0 and 1, with white around them."""
    found = []
    for width, data in re.findall(
        rb"/Filter /CCITTFaxDecode\n/Height (\d+)\n.*?stream\n(.*?)\nendstream", pdf, re.DOTALL
    ):
        size = int(width)
        picture = Image.open(io.BytesIO(tiff(size, data)))
        inner = [["01"[picture.getpixel((x, y)) > 0] for x in range(size)] for y in range(size)]
        edge, quiet = "1" * QUIET, "1" * (size + 2 * QUIET)
        rows = [edge + "".join(row) + edge for row in inner]
        found.append({"width": len(quiet), "rows": [quiet] * QUIET + rows + [quiet] * QUIET})
    return found


def tiff(size: int, data: bytes) -> bytes:
    """A square fax picture (group 4) as a file that Pillow reads."""
    tags = {256: size, 257: size, 258: 1, 259: 4, 262: 1, 273: 0, 277: 1, 278: size, 279: len(data)}
    tags[273] = 8 + 2 + 12 * len(tags) + 4
    rows = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    return struct.pack("<2sHIH", b"II", 42, 8, len(tags)) + rows + struct.pack("<I", 0) + data


def decoded(pdf: bytes) -> list[str]:
    """What the codes of a PDF say, in its order."""
    run = subprocess.run(
        [ROOT / ".venv/bin/node", "-e", DECODE, ROOT / "node_modules/jsqr/dist/jsQR.js"],
        input=json.dumps(pictures(pdf)), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(run.stdout)


def later(place, **values):
    return place.poll(closes_at=make.NOW + timedelta(days=3650), **values)


def test_the_code_of_a_ballot_leads_to_its_entry(page, place, settings):
    poll = later(place)
    entries = list(documents.entries_to_print(poll))
    addresses = decoded(documents.ballots(poll, entries))
    assert len(set(addresses)) == len(entries) == 5
    numbers = {entry.number: entry for entry in entries}
    for entry, address in zip(entries, addresses, strict=True):
        assert address.startswith(settings.SITE_URL)
        path = urlsplit(address).path
        assert numbers[int(path.rstrip("/").rpartition("/")[2])] == entry
        clerk = page(place.cast.community_worker).get(path)
        assert clerk["Location"] == f"/polls/{poll.pk}/desk/{entry.pk}/"
    own = place.entry(poll, "owner")
    path = urlsplit(addresses[entries.index(own)]).path
    assert page(place.owner).get(path)["Location"] == f"/polls/{poll.pk}/vote/{own.pk}/"
    # Whoever finds a neighbour's ballot learns nothing by its code.
    for user in (place.multi, place.tenant, place.cast.property_clerk):
        assert page(user).get(path)["Location"] == f"/polls/{poll.pk}/"
    assert page(place.owner).get(f"/polls/{poll.pk}/no/9999/")["Location"] == f"/polls/{poll.pk}/"
    assert page(place.cast.outsider).get(path).status_code == 404


@pytest.mark.parametrize("paper", [documents.notice, documents.poster])
def test_the_code_of_a_notice_and_a_poster_leads_to_the_poll(place, settings, paper):
    poll = later(place)
    assert decoded(paper(poll)) == [f"{settings.SITE_URL}/polls/{poll.pk}/"]
