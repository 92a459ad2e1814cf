"""What the front page costs on a phone, as the server compresses it: people wait for it on slow lines."""

import pytest

from tests.e2e.conftest import PHONE

BUDGET = 100_000  # bytes over the line with everything that the page loads, scripts too
MOST_REQUESTS = 12
LOADED = """[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .map(entry => [new URL(entry.name).pathname, entry.transferSize])"""
BLOCKING = """performance.getEntriesByType("resource")
  .filter(entry => entry.renderBlockingStatus === "blocking").map(entry => entry.initiatorType)"""
UNCOMPRESSED = """performance.getEntriesByType("resource")
  .filter(entry => /[.](css|js)$/.test(entry.name) && entry.encodedBodySize >= entry.decodedBodySize)
  .map(entry => entry.name)"""


@pytest.mark.parametrize("who", ["", "owner"])
def test_the_front_page_on_a_phone_is_light(visit, who):
    page = visit(who, PHONE)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto("/")
    loaded = page.evaluate(LOADED)
    # Nothing came from the browser's cache, and the list is whole.
    assert [path for path, size in loaded if size == 0] == []
    assert {path.rpartition(".")[2] for path, _ in loaded} >= {"/", "css", "js"}
    assert sum(size for _, size in loaded) < BUDGET, loaded
    assert len(loaded) <= MOST_REQUESTS, loaded
    # Scripts come after what is read.
    assert set(page.evaluate(BLOCKING)) == {"link"}
    assert page.evaluate(UNCOMPRESSED) == []
