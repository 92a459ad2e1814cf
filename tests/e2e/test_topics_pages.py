"""A topic on a phone and at desks: raised, signed, discussed, heard, approved, decided, made public."""

from tests.e2e.conftest import DESK, PHONE, barriers
from tests.e2e.test_story import choose, follow

TITLE = "小区东门装快递架"


def act(page, action):
    """Opens the page of an action, or takes it where one click is enough."""
    button = page.locator(f"a[href$='/act/{action}/'], form[action$='/act/{action}/'] button").first
    follow(page, button)


def send(page):
    follow(page, page.locator("main form button[type=submit]").first)


def test_from_a_proposal_to_a_public_decision(visit):
    page = visit("owner", PHONE, path="/topics/")
    assert barriers(page) == []
    follow(page, page.locator("a[href='/topics/new/']").first)
    follow(page, page.locator(".row-title a", has_text="翡翠一品小区"))
    page.fill("input[name=title]", TITLE)
    page.fill("textarea[name=text]", "快递堆在地上挡路，建议装架子。")
    choose(page, "decider", "committee")
    assert barriers(page) == []
    send(page)
    address = page.url
    assert "还差 2 人联名" in page.inner_text("main")
    for who in ("owner2", "tenant"):
        signer = visit(who, PHONE, path=address)
        act(signer, "co-sign")
        assert "联名成功" in signer.inner_text("main")
    desk = visit("community", DESK, path=address)
    act(desk, "discuss")
    # A neighbour speaks, the property firm says what it thinks.
    follow(page, page.locator("a[href$='/say/']"))
    page.fill("textarea[name=text]", "装在岗亭旁边最好。")
    send(page)
    assert "装在岗亭旁边最好" in page.inner_text("main")
    assert barriers(page) == []
    firm = visit("property", DESK, path=address)
    act(firm, "state")
    firm.fill("textarea[name=text]", "物业可以安装。")
    send(firm)
    desk.goto(address)
    act(desk, "review")
    send(desk)
    branch = visit("secretary", DESK, path=address)
    act(branch, "approve")
    branch.fill("textarea[name=reason]", "合法可行。")
    send(branch)
    committee = visit("committee", DESK, path=address)
    act(committee, "record-decision")
    for name, number in (("members", "5"), ("present", "4"), ("in_favour", "4")):
        committee.fill(f"input[name={name}]", number)
    committee.fill("textarea[name=text]", "同意安装。")
    assert barriers(committee) == []
    send(committee)
    act(committee, "announce")
    committee.fill("textarea[name=text]", "公示：同意安装快递架。")
    send(committee)
    page.goto(address)
    assert "同意安装快递架" in page.inner_text("main")
    follow(page, page.locator("a[href$='/object/']"))
    page.fill("textarea[name=text]", "请别挡住盲道。")
    send(page)
    assert "请别挡住盲道" in page.inner_text("main")
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE


def test_every_stage_of_the_demo_is_readable(visit):
    page = visit("member2", PHONE, path="/topics/?view=all")
    assert barriers(page) == []
    addresses = [link.get_attribute("href") for link in page.locator(".row-title a").all()]
    assert len(addresses) >= 10
    for address in addresses:
        page.goto(f"{page.url.split('/topics/')[0]}{address}")
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
