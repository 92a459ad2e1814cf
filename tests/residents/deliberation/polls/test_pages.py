"""The pages of polls: each role's way through them."""

import io
import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from orgs.models import UnsentForm
from residents.deliberation.enums import (
    BallotKind,
    Electorate,
    PollMode,
    PollState,
    Rule,
)
from residents.deliberation.models import Ballot, BallotRun, Delivery, PaperBallot, Poll, RollEntry
from residents.deliberation.polls import documents, queries
from residents.deliberation.polls.box import casting, paper, proxies
from residents.deliberation.polls.course import polls
from residents.deliberation.polls.roll import rolls
from residents.deliberation.polls.views import voting
from residents.enums import Relation
from tests import factories as make

SCRIPT = Path(__file__).parents[4] / "docs" / "verify_ballots.py"


def later(place, **values):
    """An open poll that is open by the machine's clock too."""
    return place.poll(closes_at=make.NOW + timedelta(days=3650), **values)


def test_a_first_time_voter_casts_and_verifies(page, place, tmp_path):
    poll = later(place)
    owner = page(place.owner)
    assert "现在投票" in owner.get(f"/polls/{poll.pk}/").content.decode()
    entry = place.entry(poll, "owner")
    ballot_page = f"/polls/{poll.pk}/vote/{entry.pk}/"
    shown = owner.get(ballot_page).content.decode()
    assert "我要投票" not in shown
    assert Delivery.objects.get().how == "opened_online"
    answer = owner.post(ballot_page, {"seen": "0", "q1": "for"})
    assert (answer.status_code, answer["Location"]) == (302, f"/polls/{poll.pk}/mine/1/")
    receipt = owner.get(answer["Location"]).content.decode()
    ballot = Ballot.objects.get()
    assert ballot.hash in receipt
    assert ballot.nonce in receipt
    assert "修改我的票" in receipt
    assert "修改我的票" in owner.get(f"/polls/{poll.pk}/").content.decode()
    poll = polls.close(poll=poll, by=place.cast.committee_member, now=make.NOW)
    for name in ("board", "openings"):
        (tmp_path / name).write_bytes(owner.get(f"/polls/{poll.pk}/{name}.json").content)
    files = [tmp_path / "board", tmp_path / "openings"]
    run = [sys.executable, "-I", SCRIPT, *files]
    right = subprocess.run(run, capture_output=True, text=True, check=False)
    assert right.returncode == 0, right.stderr
    assert f"RIGHT: 1 ballots, 1 count, the last hash is {ballot.hash}" in right.stdout
    opened = json.loads(files[1].read_text())
    opened["entries"][0]["choices"]["1"] = "against"
    files[1].write_text(json.dumps(opened))
    wrong = subprocess.run(run, capture_output=True, text=True, check=False)
    assert (wrong.returncode, wrong.stderr) == (1, "WRONG: ballot 1: says something else\n")


def test_half_a_ballot_survives(page, place):
    questions = [
        {"id": "a", "text": "换电梯吗？", "kind": "yes_no"},
        {"id": "b", "text": "用维修资金吗？", "kind": "yes_no"},
    ]
    poll = later(place, questions=questions)
    entry = place.entry(poll, "owner")
    answer = page(place.owner).post(
        f"/polls/{poll.pk}/vote/{entry.pk}/", {"seen": "0", "qa": "against"}
    )
    assert answer.status_code == 400
    assert re.search(
        r'<input[^>]*name="qa"[^>]*value="against"[^>]*checked', answer.content.decode()
    )
    assert Ballot.objects.count() == 0


def test_a_stale_page_is_refused(page, place):
    poll = later(place)
    address = f"/polls/{poll.pk}/vote/{place.entry(poll, 'owner').pk}/"
    owner = page(place.owner)
    owner.post(address, {"seen": "0", "q1": "for"})
    answer = owner.post(address, {"seen": "0", "q1": "against"})
    assert answer.status_code == 409
    assert Ballot.objects.count() == 1
    # The page that comes back knows the ballot it speaks of: the next tap is meant, and counts.
    shown = answer.content.decode()
    assert "要以现在这张票为准" in shown
    assert re.search(r'<input[^>]*name="seen"[^>]*value="1"', shown)
    assert owner.post(address, {"seen": "1", "q1": "against"}).status_code == 302


@pytest.mark.parametrize(("policy", "votes"), [("none", 1), ("once", 2)])
def test_nobody_is_offered_a_change_that_would_be_refused(page, place, policy, votes):
    poll = later(place, settings={"change_policy": policy})
    address = f"/polls/{poll.pk}/vote/{place.entry(poll, 'owner').pk}/"
    owner = page(place.owner)
    for seen in range(votes):
        assert owner.get(address).status_code == 200
        assert owner.post(address, {"seen": str(seen), "q1": "for"}).status_code == 302
    for one in (f"/polls/{poll.pk}/", f"/polls/{poll.pk}/mine/{votes}/"):
        assert "修改我的票" not in owner.get(one).content.decode()
    answer = owner.get(address, follow=True)
    assert answer.redirect_chain == [(f"/polls/{poll.pk}/", 302)]
    words = {"none": "您已投票，本次表决不能修改。", "once": "已经修改过一次。"}
    assert words[policy] in answer.content.decode()
    assert owner.post(address, {"seen": str(votes), "q1": "against"}).status_code == 409


def test_a_poll_past_its_end_offers_no_ballot(page, place):
    poll = place.poll(closes_at=make.NOW + timedelta(days=1))
    owner = page(place.owner)
    assert "现在投票" not in owner.get(f"/polls/{poll.pk}/").content.decode()
    entry = place.entry(poll, "owner")
    answer = owner.get(f"/polls/{poll.pk}/vote/{entry.pk}/", follow=True)
    assert answer.redirect_chain == [(f"/polls/{poll.pk}/", 302)]
    assert "投票已截止。" in answer.content.decode()


def test_home_and_topics_lead_to_what_is_voted_on(page, place):
    running = later(place)
    # Over by the clock, not closed yet: nothing to call anybody to.
    place.poll(closes_at=make.NOW + timedelta(days=1))
    owner = page(place.owner)
    home = owner.get("/").content.decode()
    assert re.findall(r'href="/polls/(\d+)/"', home) == [str(running.pk)]
    assert 'class="button" href="/polls/"' in owner.get("/topics/").content.decode()


def test_who_is_not_on_the_roll_is_told(page, place):
    poll, words = later(place), "这次表决的名册上没有您"
    assert words not in page(place.owner).get(f"/polls/{poll.pk}/").content.decode()
    clerk = page(place.cast.property_clerk).get(f"/polls/{poll.pk}/").content.decode()
    assert words in clerk
    committee = page(place.cast.committee_member).get(f"/polls/{poll.pk}/").content.decode()
    assert words not in committee


def test_who_disputes_a_ballot_is_told_what_follows(page, place):
    poll = later(place)
    owner = page(place.owner)
    entry = place.entry(poll, "owner")
    owner.post(f"/polls/{poll.pk}/vote/{entry.pk}/", {"seen": "0", "q1": "for"})
    shown = owner.get(f"/polls/{poll.pk}/mine/1/dispute/").content.decode()
    assert "最多 5 天" in shown


def test_a_secret_vote_is_shown_to_nobody(page, place):
    poll = later(
        place,
        ballot=BallotKind.SECRET,
        mode=PollMode.ADVISORY,
        electorate=Electorate.RESIDENTS,
        rule=Rule.RESIDENTS_MEETING,
        matter=None,
    )
    entry = RollEntry.objects.get(poll=poll, person=place.people["owner"])
    owner = page(place.owner)
    owner.post(f"/polls/{poll.pk}/vote/{entry.pk}/", {"seen": "0", "q1": "against"})
    ballot = Ballot.objects.get()
    receipt = owner.get(f"/polls/{poll.pk}/mine/1/").content.decode()
    assert ballot.nonce not in receipt
    assert "反对" not in receipt
    # Nobody counts a secret poll again: the receipt does not say that they could.
    assert "自己重新计票" not in receipt
    assert " checked" not in owner.get(f"/polls/{poll.pk}/vote/{entry.pk}/").content.decode()


def test_pages_of_others(page, place):
    poll = later(place)
    entry = place.entry(poll, "owner")
    assert page(place.multi).get(f"/polls/{poll.pk}/vote/{entry.pk}/").status_code == 404
    # Who watches the poll sees the entry, and does not vote for it.
    assert (
        page(place.cast.committee_member).get(f"/polls/{poll.pk}/vote/{entry.pk}/").status_code
        == 403
    )
    for user in (place.owner, place.cast.property_clerk, place.cast.grid_worker):
        assert page(user).post(f"/polls/{poll.pk}/ballots/print/").status_code == 403
    for part in ("desk/", "missing/", f"desk/{entry.pk}/", "roll.xlsx", "costs/"):
        for user in (place.owner, place.cast.property_clerk, place.tenant):
            assert page(user).get(f"/polls/{poll.pk}/{part}").status_code == 403, (user, part)
        assert page(place.cast.other_worker).get(f"/polls/{poll.pk}/{part}").status_code == 404
    clerk = page(place.cast.property_clerk).get(f"/polls/{poll.pk}/").content.decode()
    assert "目前参与情况" not in clerk


def test_the_desk(page, place):
    poll = later(place)
    entry = place.entry(poll, "third")
    community, committee = page(place.cast.community_worker), page(place.cast.committee_member)
    answer = community.post(f"/polls/{poll.pk}/desk/", {"number": entry.number})
    address = f"/polls/{poll.pk}/desk/{entry.pk}/"
    assert answer["Location"] == address
    assert community.post(f"/polls/{poll.pk}/desk/", {"number": "999"}).status_code == 400
    assert community.get(address).status_code == 200
    assert community.post(address, {"q1": ""}).status_code == 400
    assert community.post(address, {"q1": "for"}).status_code == 302
    # Who entered it first is offered no second time, and refused one.
    for shown in (community.get(address), community.get(f"/polls/{poll.pk}/desk/")):
        assert "由另一人录入" in shown.content.decode()
        assert "录入这张票" not in shown.content.decode()
        assert "录入第二次" not in shown.content.decode()
    assert community.post(address, {"q1": "for"}).status_code == 409
    # What the first person entered is not shown to the second.
    assert " checked" not in committee.get(address).content.decode()
    assert committee.post(address, {"q1": "against"}).status_code == 302
    paper = PaperBallot.objects.get()
    assert paper.state == "mismatch"
    again = page(place.cast.committee_member).post(
        f"/polls/{poll.pk}/desk/{entry.pk}/", {"q1": "for"}
    )
    assert again.status_code == 409
    assert 'class="errorlist' in again.content.decode()
    settle = f"/polls/{poll.pk}/papers/{paper.pk}/"
    street = page(place.cast.street_cadre)
    # Offered to a third person alone.
    desks = [clerk.get(f"/polls/{poll.pk}/desk/") for clerk in (community, committee, street)]
    assert [settle in shown.content.decode() for shown in desks] == [False, False, True]
    shown = street.get(settle).content.decode()
    assert "同意" in shown
    assert street.post(settle, {"q1": "against", "reason": "纸票上是反对"}).status_code == 302
    assert Ballot.objects.get().choices == '{"1":"against"}'
    delivery = {"how": "handed_over", "at": "2026-03-10T10:00"}
    assert community.post(f"{address}deliver/", delivery).status_code == 302
    assert community.post(f"{address}proxy/", {"holder": "王五"}).status_code == 302
    assert community.get(address).status_code == 200
    assert community.get(f"/polls/{poll.pk}/desk/").status_code == 200


def test_an_entry_is_found_at_the_desk_by_one_of_its_flats(page, place):
    compound = place.cast.compound
    make.household(place.flats["201"].building, "101", area=9_000)
    tower = make.unit(compound, code=f"{compound.code}-007", name="15栋")
    make.household(tower, "102", area=9_000)
    poll = later(place)
    community, desk = page(place.cast.community_worker), f"/polls/{poll.pk}/desk/"
    entry = place.entry(poll, "multi")
    for part in entry.parts.all():
        for typed in (part.label, part.label.replace(" ", "")):
            assert community.post(desk, {"number": typed})["Location"] == f"{desk}{entry.pk}/"
    for typed, why in (("栋101", "不止一套"), ("没有这套", "没有这套房"), ("2²", "没有这套房")):
        refused = community.post(desk, {"number": typed})
        assert (refused.status_code, why in refused.content.decode()) == (400, True), typed


def test_a_flat_of_another_building_is_not_found_by_the_end_of_its_name(page, place):
    """15栋 ends as 5栋 does: the paper of one would be entered for the other."""
    compound = place.cast.compound
    tower = make.unit(compound, code=f"{compound.code}-007", name="15栋")
    make.household(tower, "909", area=9_000)
    poll = later(place)
    community, desk = page(place.cast.community_worker), f"/polls/{poll.pk}/desk/"
    [entry] = poll.entries.filter(parts__label__endswith="909")
    for typed in ("15栋909", "栋909"):
        assert community.post(desk, {"number": typed})["Location"] == f"{desk}{entry.pk}/"
    refused = community.post(desk, {"number": "5栋909"})
    assert (refused.status_code, "没有这套房" in refused.content.decode()) == (400, True)


def test_a_number_typed_at_the_desk_is_one_of_the_roll(page, place):
    place.poll()
    # The second roll: its numbers are not the keys of its rows.
    poll = later(place)
    entry, holder = place.entry(poll, "third"), place.entry(poll, "multi")
    community = page(place.cast.community_worker)
    address = f"/polls/{poll.pk}/desk/{entry.pk}/proxy/"
    own = community.post(address, {"holder": str(entry.number)})
    assert own.status_code == 400
    assert community.post(address, {"holder": f" {holder.number} "}).status_code == 302
    assert entry.proxies.get().holder == place.people["multi"]


@pytest.mark.parametrize("state", PollState)
def test_every_state_is_a_page_to_everybody_in_sight(page, place, state):
    poll = place.poll(state)
    cast = place.cast
    watchers = (cast.committee_member, cast.community_worker, cast.street_cadre, place.supervisor)
    voters = (place.owner, place.multi, place.tenant, cast.property_clerk, cast.secretary)
    for user in (*watchers, *voters):
        answer = page(user).get(f"/polls/{poll.pk}/")
        hidden = state == PollState.DRAFT and user not in (*watchers[:3], cast.secretary)
        assert answer.status_code == (404 if hidden else 200), user.username
        assert page(user).get("/polls/").status_code == 200
    if state == PollState.DRAFT:
        return
    committee, owner = page(cast.committee_member), page(place.owner)
    for part in (
        "roll/",
        "board/",
        "missing/",
        "what-if/",
        "desk/",
        "costs/?amount=100&key=area&first_floor=2",
    ):
        assert committee.get(f"/polls/{poll.pk}/{part}").status_code in (200, 302), part
    assert owner.get(f"/polls/{poll.pk}/roll/").status_code == 200
    for part in ("notice.pdf", "poster.pdf"):
        assert owner.get(f"/polls/{poll.pk}/{part}").content[:4] == b"%PDF"
    assert committee.get(f"/polls/{poll.pk}/roll.xlsx").status_code == 200


def test_from_a_draft_to_the_result_in_the_browser(page, place):
    committee = page(place.cast.committee_member)
    draft = {
        "unit": place.cast.compound.pk,
        "title": "更换电梯",
        "questions": "是否使用维修资金更换5栋电梯？\n是否委托业委会组织实施？",
        "mode": "statutory_paper",
        "electorate": "owners",
        "rule": "civil_code_278",
        "matter": "5",
        "ballot": "named",
        "opens_at": "2026-03-10T09:00",
        "closes_at": "2036-03-10T09:00",
        "change_policy": "until_closing",
        "silence": "no_participation",
        "rehearsal": "on",
    }
    answer = committee.post("/polls/new/", draft | {"questions": " "})
    assert answer.status_code == 400
    assert "更换电梯" in answer.content.decode()
    answer = committee.post("/polls/new/", draft)
    assert answer.status_code == 302
    poll = Poll.objects.get()
    act = f"/polls/{poll.pk}/act/"
    assert committee.get(f"{act}edit/").status_code == 200
    edited = {name: value for name, value in draft.items() if name != "unit"}
    assert committee.post(f"{act}edit/", edited | {"title": "更换5栋电梯"}).status_code == 302
    assert committee.get(f"{act}announce/").status_code == 200
    for step in ("announce", "open", "close", "publish"):
        answer = committee.post(f"{act}{step}/")
        assert answer.status_code == 302, answer.content.decode()
    poll.refresh_from_db()
    assert (poll.state, poll.title, len(poll.questions)) == ("published", "更换5栋电梯", 2)


def test_objections_and_disputes_in_the_browser(page, place):
    poll = later(place)
    owner, street = page(place.owner), page(place.cast.street_cadre)
    entry = place.entry(poll, "owner")
    owner.post(f"/polls/{poll.pk}/vote/{entry.pk}/", {"seen": "0", "q1": "for"})
    assert (
        owner.post(f"/polls/{poll.pk}/mine/1/dispute/", {"reason": "不是我投的"}).status_code == 302
    )
    judge = f"/polls/{poll.pk}/disputes/1/"
    # Whoever judges reads whose ballot it is and how it came in; the way there is shown to them alone.
    shown = street.get(judge).content.decode()
    assert place.flats["101"].room in shown
    assert "线上" in shown
    assert page(place.cast.committee_member).get(judge).status_code == 403
    ways = [
        one.get(f"/polls/{poll.pk}/").content.decode()
        for one in (street, page(place.cast.committee_member))
    ]
    assert [judge in shown for shown in ways] == [True, False]
    assert page(place.multi).get(judge).status_code == 404
    assert street.post(judge, {"counts": "no", "text": "核实为冒用"}).status_code == 302
    poll = polls.close(poll=poll, by=place.cast.committee_member, now=make.NOW)
    assert owner.post(f"/polls/{poll.pk}/object/", {"reason": "计票有误"}).status_code == 302
    committee = page(place.cast.committee_member)
    objection = poll.objections.get()
    reply = f"/poll-objections/{objection.pk}/answer/"
    assert committee.post(reply, {"state": "on_record", "text": "经复核无误"}).status_code == 302
    assert "经复核无误" in owner.get(f"/polls/{poll.pk}/").content.decode()


def test_whoever_answers_what_is_said_of_a_row_reads_which_it_is(page, place):
    poll = place.poll(PollState.ANNOUNCED)
    entry = place.entry(poll, "owner")
    page(place.owner).post(f"/polls/{poll.pk}/roll/{entry.pk}/contest/", {"reason": "面积不对"})
    shown = page(place.cast.committee_member).get(
        f"/poll-objections/{poll.objections.get().pk}/answer/"
    )
    for words in (entry.parts.get().label, "100.00 m²", "业主owner", f"/desk/{entry.pk}/"):
        assert words in shown.content.decode()


def test_a_void_entry_that_an_objection_names_has_no_desk(page, place):
    poll = place.poll(PollState.ANNOUNCED)
    entry = place.entry(poll, "owner")
    page(place.owner).post(f"/polls/{poll.pk}/roll/{entry.pk}/contest/", {"reason": "面积不对"})
    type(entry).objects.filter(pk=entry.pk).update(is_void=True)
    committee = page(place.cast.committee_member)
    shown = committee.get(f"/poll-objections/{poll.objections.get().pk}/answer/").content.decode()
    assert "面积不对" in shown
    assert f"/desk/{entry.pk}/" not in shown
    assert committee.get(f"/polls/{poll.pk}/desk/{entry.pk}/").status_code == 404


def test_a_proxy_reads_for_whom_they_vote(page, place):
    poll = later(place)
    entry = place.entry(poll, "third")
    proxies.give(
        entry=entry, holder=place.entry(poll, "multi"), by=place.cast.community_worker, now=make.NOW
    )
    multi = page(place.multi)
    assert f"{entry.number} 号表决权（受托）" in multi.get(f"/polls/{poll.pk}/").content.decode()
    ballot = multi.get(f"/polls/{poll.pk}/vote/{entry.pk}/").content.decode()
    assert entry.parts.get().label in ballot


def test_a_ballot_is_kept_nowhere_when_the_session_ends(page, place):
    poll = later(place)
    owner, entry = page(place.owner), place.entry(poll, "owner")
    owner.get("/")
    Session.objects.all().delete()
    answer = owner.post(f"/polls/{poll.pk}/vote/{entry.pk}/", {"seen": "0", "q1": "for"})
    assert answer.headers["Location"].startswith("/accounts/login/")
    assert UnsentForm.objects.count() == Ballot.objects.count() == 0


@pytest.mark.parametrize("mode", [PollMode.STATUTORY_PAPER, PollMode.OFFICIAL_PLATFORM])
def test_whole_names_leave_only_for_an_official_platform(page, place, mode):
    poll = later(place, mode=mode)
    committee = page(place.cast.committee_member)
    content = committee.get(f"/polls/{poll.pk}/roll.xlsx").content
    names = {row[1] for row in load_workbook(io.BytesIO(content)).active.values}
    assert ("业主owner" in names) == (mode == PollMode.OFFICIAL_PLATFORM)
    assert "业主" not in str(place.entry(poll, "owner"))


SECRET = {
    "ballot": BallotKind.SECRET,
    "electorate": Electorate.RESIDENTS,
    "rule": Rule.RESIDENTS_MEETING,
    "mode": PollMode.ADVISORY,
    "matter": None,
}


def test_a_secret_poll_has_no_paper(page, place):
    poll = later(place, **SECRET)
    committee = page(place.cast.committee_member)
    committee.post(f"/polls/{poll.pk}/ballots/print/")
    assert not BallotRun.objects.exists()
    address = f"/polls/{poll.pk}/desk/{place.entry(poll, 'third').pk}/"
    assert 'name="q1"' not in committee.get(address).content.decode()
    assert committee.post(address, {"q1": "for"}).status_code == 409
    assert not PaperBallot.objects.exists()


def test_a_ballot_of_an_election_tells_nobodys_name(place, monkeypatch):
    printed = []
    monkeypatch.setattr(documents.Sheets, "line", lambda self, text, *_: printed.append(text))
    monkeypatch.setattr(documents.Sheets, "code", lambda self, text, *_: printed.append(text))
    election = {"rule": Rule.ELECTION, "mode": PollMode.STATUTORY_PAPER}
    poll = place.draft(**SECRET | election, settings={"candidates": ["甲", "乙"]})
    poll = polls.announce(poll=poll, by=place.cast.community_worker, now=make.NOW)
    documents.ballots(poll, documents.entries_to_print(poll)[:2])
    assert printed[: len(printed) // 2] == printed[len(printed) // 2 :]
    assert not [text for text in printed if "polls/" in text or "____" in text]


def test_a_secret_poll_shows_numbers_alone_until_it_is_published(page, place):
    poll = later(place, **SECRET)
    committee, owner = page(place.cast.committee_member), page(place.owner)
    entry = place.entry(poll, "owner")
    owner.post(f"/polls/{poll.pk}/vote/{entry.pk}/", {"seen": "0", "q1": "against"})
    shown = committee.get(f"/polls/{poll.pk}/missing/").content.decode()
    assert "业主third" not in shown
    assert "无记名表决：不列出谁还没投票" in shown
    poll = polls.close(poll=poll, by=place.cast.committee_member, now=make.NOW)
    assert committee.get(f"/polls/{poll.pk}/what-if/").status_code == 302
    tally = queries.tally(place.cast.committee_member, poll)
    assert tally["people"]["against"] is None
    poll = polls.publish(poll=poll, by=place.cast.committee_member, now=make.NOW)
    assert queries.tally(place.owner, poll)["people"]["against"] == 1


def test_a_second_tap_leads_to_the_receipt(page, place):
    poll = later(place)
    address = f"/polls/{poll.pk}/vote/{place.entry(poll, 'owner').pk}/"
    owner = page(place.owner)
    first, second = (owner.post(address, {"seen": "0", "q1": "for"}) for _ in range(2))
    assert second.status_code == 302
    assert second["Location"] == first["Location"] == f"/polls/{poll.pk}/mine/1/"
    assert Ballot.objects.count() == 1


def test_a_ballot_after_closing_is_answered_in_words(page, place):
    poll = later(place)
    address = f"/polls/{poll.pk}/vote/{place.entry(poll, 'owner').pk}/"
    polls.close(poll=poll, by=place.cast.committee_member, now=make.NOW)
    answer = page(place.owner).post(address, {"seen": "0", "q1": "for"}, follow=True)
    assert "投票已截止" in [str(one).rstrip("。") for one in answer.context["messages"]]
    assert Ballot.objects.count() == 0


def test_a_co_owner_is_led_to_no_page_that_is_not_theirs(page, place):
    person = make.resident(place.cast.compound, account=place.cast.member)
    make.belonging(
        person, place.flats["101"], Relation.CO_OWNER,
        verified_by=place.cast.community_worker, verified_at=make.NOW,
    )  # fmt: skip
    poll = place.draft(closes_at=make.NOW + timedelta(days=3650))
    polls.announce(poll=poll, by=place.cast.committee_member, now=make.NOW)
    rolls.choose_voter(
        poll=poll, household=place.flats["101"], person=place.people["owner"],
        by=place.cast.community_worker, now=make.NOW,
    )  # fmt: skip
    poll = polls.open_poll(poll=poll, by=place.cast.committee_member, now=make.NOW)
    entry = place.entry(poll, "owner")
    casting.cast(entry=entry, choices={"1": "for"}, by=place.owner, now=make.NOW)
    receipt, dispute = f"/polls/{poll.pk}/mine/1/", f"/polls/{poll.pk}/mine/1/dispute/"
    shown = page(place.owner).get(f"/polls/{poll.pk}/").content.decode()
    assert receipt in shown
    assert dispute in shown
    shown = page(place.cast.member).get(f"/polls/{poll.pk}/").content.decode()
    assert "101" in shown
    assert receipt not in shown
    assert dispute not in shown


def test_a_result_costs_the_same_however_many_voted(page, place):
    """1,500 people open it within half a minute: `python -m bench.votes`."""
    reader = page(place.owner)

    def statements():
        poll = later(place)
        for entry in poll.entries.filter(person__account=None, kind="person"):
            for clerk in (place.cast.committee_member, place.cast.community_worker):
                paper.enter(entry=entry, choices={"1": "for"}, by=clerk, now=make.NOW)
        poll = polls.close(poll=poll, by=place.cast.committee_member, now=make.NOW)
        polls.publish(poll=poll, by=place.cast.committee_member, now=make.NOW)
        reader.get(f"/polls/{poll.pk}/")
        with CaptureQueriesContext(connection) as few:
            assert "通过" in reader.get(f"/polls/{poll.pk}/").content.decode()
        return len(few)

    before = statements()
    for number in range(12):
        flat = make.household(place.cast.building, f"9{number:02}", area=5_000)
        make.belonging(make.resident(place.cast.compound), flat)
    assert statements() == before


def test_the_property_firm_reads_no_turnout_on_any_page_while_a_poll_runs(page, place):
    poll = later(place)
    casting.cast(
        entry=place.entry(poll, "owner"), choices={"1": "for"}, by=place.owner, now=make.NOW
    )
    clerk, at = page(place.cast.property_clerk), f"/polls/{poll.pk}/"
    shown = clerk.get(at).content.decode()
    assert "目前参与情况" not in shown
    assert f"{at}board/" not in shown
    for part in ("board/", "board.json", "missing/", "desk/", "roll.xlsx", "what-if/", "costs/"):
        assert clerk.get(f"{at}{part}").status_code == 403, part
    assert f"{at}board/" in page(place.owner).get(at).content.decode()
    polls.close(poll=poll, by=place.cast.committee_member, now=make.NOW)
    assert clerk.get(f"{at}board/").status_code == 200
    assert f"{at}board/" in clerk.get(at).content.decode()


def test_a_file_that_is_refused_is_a_problem_with_a_sentence(page, place):
    secret, running = later(place, **SECRET), later(place)
    owner, tenant = page(place.owner), page(place.tenant)
    polls.close(poll=secret, by=place.cast.committee_member, now=make.NOW)
    for client, address, status, code in (
        (owner, f"/polls/{secret.pk}/openings.json", 404, "secret"),
        (owner, f"/polls/{running.pk}/openings.json", 409, "not_closed"),
        (tenant, f"/polls/{running.pk}/openings.json", 403, "permission_denied"),
        (tenant, f"/polls/{running.pk}/board.json", 403, "permission_denied"),
        (owner, "/polls/999999/openings.json", 404, "not_found"),
    ):
        answer = client.get(address)
        assert answer["Content-Type"] == "application/problem+json"
        said = answer.json()
        assert (answer.status_code, said["status"], said["code"]) == (status, status, code)
        assert said["detail"].endswith(("。", "."))


def test_a_row_is_contested_once_at_a_time(page, place):
    poll = place.poll(PollState.ANNOUNCED, closes_at=make.NOW + timedelta(days=3650))
    owner, at = page(place.owner), f"/polls/{poll.pk}/"
    address = f"{at}roll/{place.entry(poll, 'owner').pk}/contest/"
    assert address in owner.get(at).content.decode()
    assert owner.post(address, {"reason": "面积不对"}).status_code == 302
    shown = owner.get(at).content.decode()
    assert address not in shown
    assert "您已提出这里有错" in shown
    refused = owner.post(address, {"reason": "再说一遍"})
    assert refused.status_code in (400, 409)
    assert "已经有人提出异议" in refused.content.decode()


def test_buildings_and_entrances_are_chosen_from_a_list(page, place):
    make.household(place.cast.building, "301", entrance="1", area=9_000)
    committee = page(place.cast.committee_member)
    code = place.cast.building.code
    other = place.flats["201"].building.code
    shown = committee.get("/polls/new/").content.decode()
    for value in (f'value="{code}"', f'value="{other}"', f'value="{code}:1"'):
        assert value in shown
    assert "5栋 1 单元" in shown
    draft = {
        "title": "给5栋1单元加装电梯", "questions": "是否同意加装电梯？", "mode": "statutory_paper",
        "electorate": "owners", "rule": "lift", "ballot": "named",
        "opens_at": "2026-03-10T09:00", "closes_at": "2036-03-10T09:00",
        "change_policy": "until_closing", "silence": "no_participation",
        "entrance": f"{code}:1",
    }  # fmt: skip
    refused = committee.post("/polls/new/", draft | {"buildings": [other]})
    assert refused.status_code == 400
    assert "这个单元不在所勾选的楼栋里" in refused.content.decode()
    unknown = committee.post("/polls/new/", draft | {"buildings": ["421102005003-002-001"]})
    assert unknown.status_code == 400
    assert committee.post("/polls/new/", draft).status_code == 302
    poll = Poll.objects.get()
    assert (list(poll.buildings.all()), poll.entrance) == ([place.cast.building], "1")
    edit = committee.get(f"/polls/{poll.pk}/act/edit/").content.decode()
    assert f'value="{code}:1" selected' in edit
    assert re.search(f'value="{code}"[^>]* checked', edit)


def test_who_prepares_polls_of_several_places_chooses_one_first(page, place):
    worker = page(place.cast.community_worker)
    shown = worker.get("/polls/new/").content.decode()
    compound = place.cast.compound.code
    assert f"?unit={compound}" in shown
    form = worker.get(f"/polls/new/?unit={compound}").content.decode()
    assert f'value="{place.cast.building.code}"' in form
    assert worker.get(f"/polls/new/?unit={place.cast.other_street.code}").status_code == 404
    community = worker.get(f"/polls/new/?unit={place.cast.community.code}").content.decode()
    assert "翡翠一品小区 5栋" in community
    assert page(place.owner).get("/polls/new/").status_code == 403


@pytest.mark.parametrize("buildings", [1, 30])
def test_the_form_costs_the_same_however_many_buildings(page, place, buildings):
    for number in range(buildings):
        code = f"{place.cast.compound.code}-{100 + number}"
        building = make.unit(place.cast.compound, code=code, name=f"{100 + number}栋")
        make.household(building, "101", entrance="1", area=9_000)
    committee = page(place.cast.committee_member)
    committee.get("/polls/new/")
    with CaptureQueriesContext(connection) as statements:
        committee.get("/polls/new/")
    assert len(statements) <= 12


def test_who_has_not_voted_is_told_so_afterwards(page, place):
    poll = later(place)
    casting.cast(
        entry=place.entry(poll, "owner"), choices={"1": "for"}, by=place.owner, now=make.NOW
    )
    polls.close(poll=poll, by=place.cast.committee_member, now=make.NOW)
    assert "没有您的投票记录" in page(place.multi).get(f"/polls/{poll.pk}/").content.decode()
    voted = page(place.owner).get(f"/polls/{poll.pk}/").content.decode()
    assert "没有您的投票记录" not in voted
    assert "您的票已投入票箱" in voted


def test_ones_own_ballot_is_on_the_board_however_many_came_after(page, place, monkeypatch):
    monkeypatch.setattr(voting, "SHOWN", 2)
    monkeypatch.setattr(voting, "AROUND", 1)
    poll = later(place, settings={"change_policy": "until_closing"})
    entry = place.entry(poll, "owner")
    mine = casting.cast(entry=entry, choices={"1": "for"}, by=place.owner, now=make.NOW)
    for _again in range(3):
        casting.cast(
            entry=place.entry(poll, "multi"), choices={"1": "for"}, by=place.multi, now=make.NOW
        )
    owner, board = page(place.owner), f"/polls/{poll.pk}/board/"
    assert mine.hash not in owner.get(board).content.decode()
    receipt = owner.get(f"/polls/{poll.pk}/mine/{mine.i}/").content.decode()
    assert f'href="{board}?i={mine.i}#last"' in receipt
    shown = owner.get(f"{board}?i={mine.i}").content.decode()
    assert mine.hash in shown
    assert f"第 {mine.i} 号票前后" in shown
    assert owner.get(f"{board}?i={'9' * 18}").status_code == 200


def test_votes_that_wait_for_the_committee_stand_on_its_home(page, cast, place):
    drafted = place.draft(title="续聘物业")
    running = place.poll(title="更换电梯")
    found = page(cast.committee_member).get("/").context["committee_polls"]
    assert [poll.pk for poll in found] == [drafted.pk]
    assert running.pk not in [poll.pk for poll in found]
    assert page(place.multi).get("/").context["committee_polls"] == []
    # What is announced waits until it may be opened; what a meeting decides, the community convenes.
    days = {"opens_at": make.NOW + timedelta(days=3), "closes_at": make.NOW + timedelta(days=40)}
    announced = place.poll(PollState.ANNOUNCED, title="公告中", **days)
    type(drafted).objects.filter(pk=drafted.pk).update(electorate="households")
    with time_machine.travel(make.NOW, tick=False):
        assert page(cast.committee_member).get("/").context["committee_polls"] == []
    with time_machine.travel(make.NOW + timedelta(days=4), tick=False):
        found = page(cast.committee_member).get("/").context["committee_polls"]
    assert [poll.pk for poll in found] == [announced.pk]
