"""Polls that are counted outside of the portal: official platforms, and elections on paper."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from orgs.errors import NotAllowed, Refused, WrongState
from orgs.imports import worker
from orgs.models import LedgerImport
from residents.deliberation.enums import BallotKind, Electorate, PollMode, PollState, Rule
from residents.deliberation.models import Proxy, RollEntry, Turnout
from residents.deliberation.polls import documents
from residents.deliberation.polls.box import opening, proxies
from residents.deliberation.polls.count import result_files, tallies
from residents.deliberation.polls.course import polls
from residents.deliberation.polls.official_workbook import OFFICIAL_RESULT
from residents.deliberation.polls.roll import rolls
from tests import factories as make
from tests.residents.deliberation.polls.conftest import NOW, YES_NO, at
from tests.roster_workbooks import again, apply, book, clock, problems, send, verdicts

BASE = "/api/v1/polls/"
ELECTION = {
    "mode": PollMode.STATUTORY_PAPER,
    "ballot": BallotKind.SECRET,
    "rule": Rule.ELECTION,
    "matter": None,
    "electorate": Electorate.RESIDENTS,
    "settings": {"candidates": ["甲", "乙", "丙"], "seats": 2},
}


@pytest.fixture
def api(api):
    """As everywhere, with bodies in JSON."""

    def sign_in(user=None):
        client = api(user)
        client.default_format = "json"
        return client

    return sign_in


def election(place, state=PollState.OPEN, **values):
    return place.poll(state, by=place.cast.community_worker, **ELECTION | values)


def platform(place, state=PollState.CLOSED, **values):
    return place.poll(state, mode=PollMode.OFFICIAL_PLATFORM, **values)


def words_of(monkeypatch, make_it, *args):
    """What a PDF says, line by line."""
    said = []
    monkeypatch.setattr(documents.Sheets, "line", lambda self, text, *size: said.append(text))
    make_it(*args)
    return said


@pytest.mark.parametrize("held", [platform, election])
def test_between_closing_and_import_nothing_is_counted(api, page, place, held):
    poll = held(place, PollState.CLOSED)
    client = api(place.owner)
    tally = client.get(f"{BASE}{poll.pk}/tally/").data
    assert tally["note"] == "not_imported"
    assert (tally["passed"], tally["people"]["for"], tally["silent"]) == (None, None, None)
    if held is platform:
        assert tally["people"]["participating"] is tally["quorum_met"] is None
    assert client.get(f"{BASE}{poll.pk}/board/").data == {
        "poll": poll.pk, "note": "not_imported", "entries": [],
    }  # fmt: skip
    if held is platform:
        answer = client.get(f"{BASE}{poll.pk}/openings/")
        assert (answer.status_code, answer.data["code"]) == (409, "not_imported")
    text = page(place.owner).get(f"/polls/{poll.pk}/").content.decode()
    assert "结果尚未录入" in text
    assert "未通过" not in text
    assert page(place.cast.committee_member).get(f"/polls/{poll.pk}/what-if/").status_code == 302
    assert "结果尚未录入" in page(place.owner).get(f"/polls/{poll.pk}/board/").content.decode()


def test_who_took_part_on_a_platform_nobody_knows_here(api, place):
    poll = platform(place, PollState.OPEN)
    committee = api(place.cast.committee_member)
    tally = committee.get(f"{BASE}{poll.pk}/tally/").data
    assert (tally["note"], tally["people"]["participating"]) == ("held_elsewhere", None)
    answer = committee.get(f"{BASE}{poll.pk}/plan/")
    assert (answer.status_code, answer.data["code"]) == (409, "held_elsewhere")


def test_an_imported_result_is_counted(api, place):
    poll = platform(place)
    row = {"question": "1", "participating": [4, 49_000], "for": [4, 49_000]}
    committee = api(place.cast.committee_member)
    answer = committee.post(f"{BASE}{poll.pk}/import-result/", {"official": [row]})
    assert answer.status_code == 200, answer.data
    tally = committee.get(f"{BASE}{poll.pk}/tally/").data
    assert (tally["note"], tally["passed"], tally["people"]["for"]) == (None, True, 4)


@pytest.mark.parametrize(("agreed", "passed"), [(True, True), (False, False)])
def test_a_lift_on_an_official_platform_needs_whoever_loses_an_own_part(place, agreed, passed):
    worker = place.cast.community_worker
    poll = place.draft(
        rule=Rule.LIFT, matter=None, mode=PollMode.OFFICIAL_PLATFORM, by=worker,
        buildings=[place.cast.building], entrance="1",
    )  # fmt: skip
    for name in ("owner", "multi", "third"):
        flat = make.household(place.cast.building, f"9{name}"[:4], entrance="1", area=10_000)
        make.belonging(place.people[name], flat)
    poll = polls.announce(poll=poll, by=worker, now=NOW)
    holder = rolls.mark_veto(entry=place.entry(poll, "owner"), by=worker, now=NOW)
    poll = polls.close(poll=polls.open_poll(poll=poll, by=worker, now=NOW), by=worker, now=NOW)
    row = {"question": "1", "participating": [3, 30_000], "for": [3, 30_000]}
    stranger = place.entry(poll, "multi").pk
    for wrong in ([stranger], "x", [str(holder.pk)], [True]):
        with pytest.raises(Refused):
            polls.import_result(poll=poll, official=[row | {"agreed": wrong}], by=worker, now=NOW)
    row |= {"agreed": [holder.pk]} if agreed else {}
    poll = polls.import_result(poll=poll, official=[row], by=worker, now=NOW)
    tally = tallies.tally(poll)
    assert (tally.passed, tally.outcomes["1"].vetoes) == (passed, int(not agreed))


# --- Elections ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("candidates", "rehearsal", "code"),
    [
        ([], True, "no_candidates"),
        (["甲", "乙"], False, "too_few_candidates"),
        (["甲", "乙"], True, None),
        (["甲", "乙", "丙"], False, None),
    ],
)
def test_an_election_needs_candidates(place, candidates, rehearsal, code):
    worker = place.cast.community_worker
    poll = place.draft(
        by=worker, rehearsal=rehearsal, opens_at=at(20), closes_at=at(21),
        **ELECTION | {"settings": {"candidates": candidates, "seats": 2}},
    )  # fmt: skip
    if code is None:
        assert polls.announce(poll=poll, by=worker, now=NOW).state == "announced"
        return
    with pytest.raises(Refused) as refusal:
        polls.announce(poll=poll, by=worker, now=NOW)
    assert refusal.value.code == code


def test_papers_of_an_election_print_the_candidates_and_how_many(monkeypatch, place):
    poll = election(place)
    entries = documents.entries_to_print(poll)[:1]
    ballot = words_of(monkeypatch, documents.ballots, poll, entries)
    assert "□ 甲    □ 乙    □ 丙" in ballot
    assert any("最多选2" in line for line in ballot)
    for paper in (documents.notice, documents.poster):
        said = "\n".join(words_of(monkeypatch, paper, poll))
        assert "甲、乙、丙" in said
        assert "最多选2" in said


def test_papers_print_the_options_of_a_choice(monkeypatch, place):
    choice = {
        "id": "1",
        "text": "颜色",
        "kind": "multiple",
        "options": ["红", "绿", "蓝"],
        "max": 2,
    }
    single = {"id": "2", "text": "楼层", "kind": "single", "options": ["一", "二"]}
    poll = place.poll(mode=PollMode.ADVISORY, questions=[choice, single, *YES_NO[:0]])
    said = "\n".join(words_of(monkeypatch, documents.notice, poll))
    assert "红、绿、蓝（最多选2项）" in said
    assert "一、二（选一项）" in said


def test_the_notice_of_a_closed_poll_says_that_the_result_is_awaited(monkeypatch, place):
    said = words_of(monkeypatch, documents.notice, platform(place))
    assert "表决结果" not in said
    assert any("官方结果尚未录入" in line for line in said)


def test_a_proxy_votes_in_an_election_or_the_voter_who_takes_it_back(place):
    worker = place.cast.community_worker
    poll = election(place)
    own, other = (
        RollEntry.objects.select_related("poll__unit").get(poll=poll, person=place.people[name])
        for name in ("owner", "third")
    )
    holder = RollEntry.objects.get(poll=poll, person=place.people["multi"])
    with pytest.raises(Refused):
        proxies.record_turnout(entry=own, by=worker, now=NOW, by_proxy=True)
    for entry in (own, other):
        proxies.give(entry=entry, holder=holder, by=worker, now=NOW)
    used = proxies.record_turnout(entry=own, by=worker, now=NOW, by_proxy=True)
    assert used.proxy.entry == own
    with pytest.raises(WrongState) as refusal:
        proxies.revoke(proxy=used.proxy, by=worker, now=NOW)
    assert refusal.value.code == "already_voted"
    proxies.record_turnout(entry=other, by=worker, now=NOW)
    assert Turnout.objects.get(entry=other).proxy is None
    assert Proxy.objects.get(entry=other).revoked_at == NOW


def test_the_proxies_of_an_election_are_published_those_of_other_votes_are_not(api, page, place):
    worker = place.cast.community_worker
    poll = election(place)
    entry = RollEntry.objects.get(poll=poll, person=place.people["third"])
    holder = RollEntry.objects.get(poll=poll, person=place.people["multi"])
    proxies.give(
        entry=RollEntry.objects.select_related("poll__unit").get(pk=entry.pk),
        holder=holder, by=worker, now=NOW,
    )  # fmt: skip
    rows = api(place.owner).get(f"{BASE}{poll.pk}/proxies/").data["results"]
    assert [(row["voter"], row["holder_name"]) for row in rows] == [("业主third", "业主multi")]
    assert "业主third → 业主multi" in page(place.owner).get(f"/polls/{poll.pk}/").content.decode()
    other = place.poll(closes_at=NOW + timedelta(days=3650))
    proxies.give(
        entry=place.entry(other, "third"), holder=place.entry(other, "multi"),
        by=worker, now=NOW,
    )  # fmt: skip
    address = f"{BASE}{other.pk}/proxies/"
    assert api(place.owner).get(address).data["results"] == []
    assert len(api(place.multi).get(address).data["results"]) == 1  # the holder
    assert len(api(worker).get(address).data["results"]) == 1
    assert api(place.cast.property_clerk).get(address).data["results"] == []


# --- The files of a result ---------------------------------------------------------------------------

PDF = b"%PDF-1.7 counted"


def upload(name="result.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


def test_the_files_of_a_result_are_kept_and_hashed(api, place, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    poll = platform(place)
    committee, address = api(place.cast.committee_member), f"{BASE}{poll.pk}/result-files/"
    answer = committee.post(address, {"file": upload()}, format="multipart")
    assert answer.status_code == 201, answer.data
    sha256 = "".join(answer.data["sha256"])
    assert len(sha256) == 64
    again = committee.post(address, {"file": upload()}, format="multipart")
    assert (again.status_code, again.data["code"]) == (409, "already_kept")
    for name, content in (("x.exe", PDF), ("x.xlsx", PDF), ("x.csv", b"a\0"), ("x.pdf", b"")):
        wrong = committee.post(address, {"file": upload(name, content)}, format="multipart")
        assert (wrong.status_code, wrong.data["code"]) == (400, "bad_file"), name
    refused = api(place.owner).post(address, {"file": upload()}, format="multipart")
    assert refused.status_code == 403
    assert [row["sha256"] for row in api(place.owner).get(address).data["results"]] == [sha256]
    row = poll.result_files.get()
    with row.file.open("rb") as kept:
        assert PDF not in kept.read()
    assert result_files.read(file=row, by=place.supervisor, now=NOW) == PDF
    with pytest.raises(NotAllowed):
        result_files.read(file=row, by=place.owner, now=NOW)
    official = [{"question": "1", "participating": [4, 49_000], "for": [4, 49_000]}]
    by = place.cast.committee_member
    poll = polls.import_result(poll=poll, official=official, by=by, now=NOW)
    poll = polls.publish(poll=poll, by=by, now=NOW)
    assert poll.events.last().data["files"] == [sha256]
    with pytest.raises(WrongState):
        result_files.keep(poll=poll, file=upload("late.pdf", PDF + b"2"), by=by, now=NOW)


def test_the_pages_of_result_files(page, place, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    poll = platform(place)
    committee = page(place.cast.committee_member)
    assert "result-files/add/" in committee.get(f"/polls/{poll.pk}/").content.decode()
    address = f"/polls/{poll.pk}/result-files/add/"
    assert page(place.owner).get(address).status_code == 403
    assert committee.post(address, {"file": upload()}).status_code == 302
    row = poll.result_files.get()
    assert row.sha256 in page(place.owner).get(f"/polls/{poll.pk}/").content.decode()
    assert committee.post(f"/poll-result-files/{row.pk}/").content == PDF
    assert page(place.owner).post(f"/poll-result-files/{row.pk}/").status_code == 404


# --- The platform's workbook -------------------------------------------------------------------------

HEADINGS = ("表决议题", "参加表决人数", "参加表决面积", "赞成人数", "赞成面积", "反对人数")
QUESTION = YES_NO[0]["text"]


def test_the_numbers_are_read_from_the_platforms_workbook(page, place, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    poll, by = platform(place), place.cast.committee_member
    content = book(HEADINGS, [(QUESTION, 4, "490.00", "3户", 390, 1)])
    file = result_files.keep(poll=poll, file=upload("结果.xlsx", content), by=by, now=make.NOW)
    address = f"/poll-result-files/{file.pk}/read/"
    assert page(place.owner).post(address).status_code == 404
    assert page(place.supervisor).post(address).status_code == 403
    assert address in page(by).get(f"/polls/{poll.pk}/").content.decode()
    answer = page(by).post(address)
    imported = LedgerImport.objects.get()
    assert answer.headers["Location"] == f"/imports/{imported.pk}/"
    worker.work(key=imported.pk, clock=clock())
    assert verdicts(again(imported)) == ["new"], problems(imported)
    shown = page(by).get(f"/imports/{imported.pk}/").content.decode()
    assert "更换5栋电梯" in shown
    poll.refresh_from_db()
    assert poll.official is None, "it is looked through first"
    assert apply(again(imported), by).state == "applied"
    poll.refresh_from_db()
    assert poll.official == [
        {"question": "1", "participating": [4, 49_000], "for": [3, 39_000], "against": [1, 0],
         "abstain": [0, 0]}
    ]  # fmt: skip
    assert page(by).get(f"/imports/{imported.pk}/").status_code == 200
    assert page(by).post(address).status_code == 302
    assert LedgerImport.objects.count() == 1, "entered once"


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([("别的事项", 4, 490, 3, 390, 1)], "本次表决没有这一事项"),
        ([(QUESTION, 99, 490, 3, 390, 1)], "名册"),
        ([(QUESTION, 4, 490, 4, 390, 1)], "超过"),
        ([(QUESTION, 4, 490, 3, 390, 1), ("1", 4, 490, 3, 390, 1)], "第2行"),
    ],
)
def test_a_workbook_that_cannot_be_is_not_entered(place, lines, sentence):
    poll, by = platform(place), place.cast.committee_member
    imported = send(OFFICIAL_RESULT, poll, by, book(HEADINGS, lines))
    assert imported.wrong
    assert sentence in str(problems(imported))
    with pytest.raises(WrongState):
        apply(imported, by)


def test_the_sheet_for_the_result_offers_the_questions(page, place):
    poll = platform(place)
    address = f"/polls/{poll.pk}/result.xlsx"
    assert page(place.owner).get(address).status_code == 403
    answer = page(place.cast.committee_member).get(address)
    assert answer.status_code == 200
    assert b"".join(answer).startswith(b"PK")


def test_no_ballot_is_opened_of_an_election(place):
    poll = election(place, PollState.CLOSED)
    with pytest.raises(WrongState):
        opening.openings(poll, place.owner)
