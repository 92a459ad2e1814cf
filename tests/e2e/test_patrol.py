"""A patrol in a basement: written down without a network, sent once when there is one."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import DESK, PHONE, arrived, barriers

FINDING = "地下室消防栓缺水带"


def test_what_is_kept_without_a_network_arrives_once(visit):
    page = visit("grid", PHONE, path="/patrols/new/")
    assert barriers(page) == []
    # The worker has kept the form once it governs the page.
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.context.set_offline(True)
    page.goto("/patrols/new/")
    expect(page.locator("[data-queue-offline]")).to_be_visible()
    for finding in (FINDING, f"{FINDING}二"):
        page.select_option("#id_unit", index=2)
        page.locator("input[name=items]").first.check()
        page.fill("#id_finding", finding)
        page.click("main button[type=submit]")
        expect(page.locator("[data-queue-said]")).to_be_visible()
    expect(page.locator("[data-queue-list] li")).to_have_count(2)
    page.context.set_offline(False)
    page.goto("/patrols/new/")
    arrived(page)
    page.goto("/patrols/")
    expect(page.get_by_text(FINDING, exact=True)).to_have_count(1)
    expect(page.get_by_text(f"{FINDING}二", exact=True)).to_have_count(1)


def test_a_refused_draft_stays_to_be_mended(visit):
    page = visit("grid", DESK, path="/patrols/new/")
    page.select_option("#id_unit", index=2)
    page.locator("input[name=items]").first.check()
    page.select_option("#id_category", index=1)
    page.click("main button[type=submit]")
    # A kind without a finding: the sentence says what is missing, and the form keeps what was chosen.
    expect(page.locator("[data-queue-said]")).to_contain_text("请")
    assert page.input_value("#id_unit")
    page.fill("#id_finding", "楼道堆物")
    page.click("main button[type=submit]")
    expect(page.locator("[data-queue-said]")).to_contain_text("已发送")


STORED = """() => new Promise((resolve) => {
  const asked = indexedDB.open("queue", 1);
  asked.onsuccess = () => {
    const rows = asked.result.transaction("drafts").objectStore("drafts").getAll();
    rows.onsuccess = () => resolve(rows.result.map((draft) => [draft.mark, draft.body.at]));
  };
})"""


@pytest.mark.parametrize("status", [401, 403])
def test_a_draft_outlives_the_session_and_keeps_its_time_when_edited(visit, status):
    page = visit("grid", DESK, path="/patrols/new/")
    page.route(
        "**/api/v1/patrols/",
        lambda route: route.fulfill(status=status, json={"code": "signed_out"}),
    )
    finding = f"楼道灯不亮{status}"
    page.select_option("#id_unit", index=2)
    page.locator("input[name=items]").first.check()
    page.fill("#id_finding", finding)
    page.click("main button[type=submit]")
    expect(page.locator("[data-queue-list] li")).to_have_count(1)
    [[mark, at]] = page.evaluate(STORED)
    page.get_by_role("button", name="修改").click()
    expect(page.locator("#id_finding")).to_have_value(finding)
    page.fill("#id_finding", f"{finding}，已报修")
    page.click("main button[type=submit]")
    expect(page.locator("[data-queue-list] li")).to_have_count(1)
    assert page.evaluate(STORED) == [[mark, at]]
    page.unroute("**/api/v1/patrols/")
    page.goto("/patrols/new/")
    arrived(page)
    page.goto("/patrols/")
    expect(page.get_by_text(f"{finding}，已报修", exact=True)).to_have_count(1)
