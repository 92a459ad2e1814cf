"""Two lifts replaced from the repair fund in 翡翠一品小区: from a proposal to its rated execution.

1,500 households on the roll, several owners with many flats, the developer's unsold ones. Who acts in a
browser: the proposer and co-signers on their phones, a first-time voter, the community and the committee
at the paper desk, the branch, the property firm, the supervisor. A thousand neighbours vote beside
them through the same use-case. The portal's clock is moved from one date to the next.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.e2e.conftest import Story, barriers
from tests.e2e.test_story import choose, follow
from tests.e2e.test_topics_pages import act, send
from tests.e2e.test_votes_pages import cast_on_screen, poll_of

TITLE = "更换3栋两部电梯"
QUESTION = "是否同意使用维修资金42万元更换3栋两部电梯？"
# Days from the proposal: voting opens and closes, the days for disputes, the publicity and the rating
# are over.
OPENS, CLOSES, FINAL, CARRIED_OUT, RATED = 16, 46, 51, 68, 76


def test_the_lifts_of_building_three(
    story: Story, picture: Callable[[Page, str], Path], tmp_path: Path
) -> None:
    topic = proposed_and_approved(story, picture)
    poll = announced(story, topic)
    story.on(OPENS)
    counts = voted(story, poll, picture)
    story.on(CLOSES + 1)
    closed_and_published(story, poll)
    read_and_recounted(story, poll, counts, picture, tmp_path)
    carried_out(story, topic)


def proposed_and_approved(story: Story, picture: Callable[[Page, str], Path]) -> str:
    """Raised on a phone, co-signed, discussed, heard by the sides, approved by the branch."""
    page = story.page("owner", "/topics/new/")
    follow(page, page.locator(".row-title a", has_text="翡翠一品小区"))
    page.fill("input[name=title]", TITLE)
    page.fill("textarea[name=text]", "3栋两部电梯用了17年，今年困人五次，配件已停产。")
    choose(page, "decider", "owners")
    page.select_option("select[name=matter]", "5")
    picture(page, "topic-new")
    send(page)
    topic = page.url
    for who in ("owner2", "member"):
        act(story.page(who, topic), "co-sign")
    desk = story.page("community", topic)
    act(desk, "discuss")
    for who, words in (
        ("property", "可以配合施工，停梯期间安排人帮老人提菜。"),
        ("committee", "同意列入本季度议程。"),
    ):
        side = story.page(who, topic)
        act(side, "state")
        side.fill("textarea[name=text]", words)
        send(side)
    desk.goto(topic)
    act(desk, "review")
    send(desk)
    branch = story.page("secretary", topic)
    picture(branch, "topic-review")
    act(branch, "approve")
    branch.fill("textarea[name=reason]", "内容合法，关系居民安全，同意提交表决。")
    send(branch)
    assert "待表决" in branch.inner_text("main")
    return topic


def announced(story: Story, topic: str) -> str:
    """The committee prepares the poll from the topic and announces it; the law's notice runs."""
    page = story.page("committee", topic)
    follow(page, page.locator("main a[href*='/polls/new/?topic=']").first)
    page.fill("textarea[name=questions]", QUESTION)
    page.fill("input[name=opens_at]", story.moment(OPENS, 0))
    page.fill("input[name=closes_at]", story.moment(CLOSES, 18))
    send(page)
    poll = page.url
    act(page, "announce")
    assert QUESTION in page.inner_text("main")
    send(page)
    assert "公告" in page.inner_text("main")
    assert page.locator("a[href$='/act/open/']").count() == 0, "the notice of 15 days runs"
    return poll


def voted(story: Story, poll: str, picture: Callable[[Page, str], Path]) -> dict[str, int]:
    """The committee opens; on phones, on paper, and a thousand neighbours beside."""
    committee = story.page("committee", poll)
    act(committee, "open")
    send(committee)
    committee.goto(f"{poll}missing/")
    assert "未达到" in committee.inner_text("main"), "every door of 1,500 homes is listed"
    key = re.search(r"/polls/(\d+)/", poll).group(1)
    neighbours = story.beside("-m", "tests.e2e.neighbours", key)

    first_time = story.page("owner2", "/polls/")
    poll_of(first_time, TITLE)
    assert first_time.locator(".vote-mine .vote-part").count() == 3, "three flats, one voter"
    cast_on_screen(first_time, picture)
    for who in ("owner", "member"):
        page = story.page(who, poll)
        cast_on_screen(page)

    counts: dict[str, int] = json.loads(neighbours())
    for who in ("community", "committee"):
        desk = story.page(who, f"{poll}desk/")
        desk.fill("input[name=number]", str(counts["next door"]))
        send(desk)
        choose(desk, "q1", "for")
        if who == "community":
            picture(desk, "vote-desk")
        follow(desk, desk.locator(".vote-form button[type=submit]"))
    assert "票箱中有60张纸质票" in re.sub(r"\s", "", committee.inner_text("main"))
    committee.goto(f"{poll}missing/")
    assert "截止前" in committee.inner_text("main"), "for and against stay closed"
    cast = counts["online"] + counts["paper"] + 4
    supervisor = story.page("supervisor", f"{poll}board/")
    assert str(cast) in supervisor.inner_text("main")
    return counts | {"cast": cast}


def closed_and_published(story: Story, poll: str) -> None:
    """Closed on its day; a ballot is disputed and judged; then the result is out."""
    committee = story.page("committee", poll)
    act(committee, "close")
    send(committee)
    member = story.page("member", poll)
    follow(member, member.locator(".vote-mine a[href$='/dispute/']"))
    member.fill("textarea[name=reason]", "我当时在外地，不记得投过。")
    send(member)
    supervisor = story.page("supervisor", poll)
    follow(
        supervisor, supervisor.locator("#disputes ~ .rows a, section a[href*='/disputes/']").first
    )
    choose(supervisor, "counts", "yes")
    supervisor.fill("textarea[name=text]", "已电话核实，本人确认是自己投的。")
    send(supervisor)
    committee.goto(poll)
    assert "暂定结果" in committee.inner_text("main")
    assert committee.locator("a[href$='/act/publish/']").count() == 0, (
        "households may still dispute"
    )
    story.on(FINAL)
    committee = story.page("committee", poll)
    act(committee, "publish")
    send(committee)


def read_and_recounted(
    story: Story,
    poll: str,
    counts: dict[str, int],
    picture: Callable[[Page, str], Path],
    folder: Path,
) -> None:
    """A voter reads the result; the supervisor counts it anew with the independent script."""
    reader = story.page("owner", poll)
    key = re.search(r"/polls/(\d+)/", poll).group(1)
    verified = story.beside("manage.py", "verify_poll", key)
    result = reader.locator("section[aria-labelledby=result-1]")
    assert "通过" in result.inner_text()
    result.evaluate("panel => panel.scrollIntoView()")
    picture(reader, "vote-result")
    rows = {
        row.locator("th").inner_text(): row.locator("td").first.inner_text()
        for row in result.locator("tbody tr").all()
    }
    assert int(rows["参与表决"]) == counts["cast"]
    assert int(rows["在册"]) == counts["on the roll"]
    assert sum(int(rows[side]) for side in ("同意", "反对", "弃权")) == counts["cast"]

    supervisor = story.page("supervisor", f"{poll}board/")
    picture(supervisor, "vote-board")
    names = []
    for link in supervisor.locator("main .button-group a.button").all():
        with supervisor.expect_download() as download:
            link.click()
        names.append(folder / download.value.suggested_filename)
        download.value.save_as(names[-1])
    said = story.run("docs/verify_ballots.py", *map(str, names))
    assert f"RIGHT: {counts['cast']} ballots, {counts['cast']} count" in said
    assert f"1 for: {rows['同意']} people" in said
    verified()


def carried_out(story: Story, topic: str) -> None:
    """Made public, promised with money and a day, done, and rated by those who decided."""
    page = story.page("committee", topic)
    act(page, "announce")
    page.fill("textarea[name=text]", "业主大会决定：使用维修资金42万元更换3栋两部电梯。")
    send(page)
    follow(page, page.locator("a[href$='/promise/']").first)
    page.fill("input[name=text]", "更换3栋两部电梯")
    page.fill("input[name=owner]", "业主委员会")
    page.fill("input[name=budget_fen]", "420000")
    page.fill("input[name=due_on]", story.moment(CARRIED_OUT + 5, 0)[:10])
    send(page)
    story.on(CARRIED_OUT)
    page = story.page("committee", topic)
    act(page, "execute")
    send(page)
    page.goto(topic)
    follow(page, page.locator("a[href$='/end/']").first)
    page.fill("textarea[name=text]", "两部电梯已更换，检验合格。")
    send(page)
    page.goto(topic)
    act(page, "evaluate")
    send(page)
    for who, stars in (("owner", "5"), ("owner2", "4")):
        rater = story.page(who, topic)
        act(rater, "rate")
        choose(rater, "stars", stars)
        send(rater)
    story.on(RATED)
    page = story.page("committee", topic)
    act(page, "finish")
    send(page)
    reader = story.page("owner", topic)
    assert barriers(reader) == []
    body = reader.inner_text("main")
    assert "4.50" in body
    assert "检验合格" in body
