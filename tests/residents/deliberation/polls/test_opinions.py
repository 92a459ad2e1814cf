"""Advisory polls: an opinion is counted and told; it neither passes nor fails."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgs.attachments.sheets import Sheets
from orgs.errors import Refused
from residents.deliberation.enums import Choice, Electorate, PollMode, PollState, Rule
from residents.deliberation.models import Poll
from residents.deliberation.polls import documents, questions
from residents.deliberation.polls.box import casting, paper
from residents.deliberation.polls.count import counting
from residents.deliberation.polls.count.counting import Weight
from residents.deliberation.polls.count.rule_sheets import sheet_for
from residents.deliberation.polls.course import polls
from tests import factories as make
from tests.residents.deliberation.polls.conftest import NOW, YES_NO

PLAIN = sheet_for(Rule.OPINION, None, Electorate.HOUSEHOLDS)
OPTIONS = [
    {"id": "1", "text": "活动室什么时候开放？", "kind": "single", "options": ["早上", "晚上"]},
]


def asked(place, choice="for", state=PollState.CLOSED, **values):
    """Five are asked, one answers: far from any quorum."""
    defaults = {
        "mode": PollMode.ADVISORY, "rule": Rule.OPINION, "matter": None,
        "electorate": Electorate.OWNERS, "closes_at": NOW + timedelta(days=3650),
    }  # fmt: skip
    poll = place.poll(**defaults | values)
    casting.cast(entry=place.entry(poll, "owner"), choices={"1": choice}, by=place.owner, now=NOW)
    if state != PollState.OPEN:
        poll = polls.close(poll=poll, by=place.cast.committee_member, now=NOW)
    return poll


@given(*(st.integers(0, 50) for _ in range(3)), st.integers(0, 100))
def test_more_for_than_against_whatever_the_turnout(yes, no, abstain, silent):
    sides = zip(Choice, (yes, no, abstain), strict=True)
    of = Weight(yes + no + abstain + silent)
    outcome = counting.count(PLAIN, of, {side: Weight(people) for side, people in sides})
    assert outcome.passed == (yes > no)
    assert outcome.quorum_met == (of.people > 0)
    assert counting.missing(PLAIN, outcome.participating, of).binding == ""


@given(st.lists(st.sampled_from("甲乙丙"), max_size=20))
def test_the_options_that_most_chose(marks):
    cast = [([one], Weight(1)) for one in marks]
    outcome = counting.count_options(PLAIN, Weight(30), cast, ["甲", "乙", "丙"])
    most = max((marks.count(name) for name in "甲乙丙"), default=0)
    assert list(outcome.chosen) == [name for name in "甲乙丙" if most and marks.count(name) == most]


@pytest.mark.parametrize(
    ("choice", "words"),
    [("for", "同意的多于反对的"), ("against", "反对的多于同意的"), ("abstain", "一样多")],
)
def test_the_page_says_what_was_counted(page, place, choice, words):
    poll = asked(place, choice)
    shown = page(place.owner).get(f"/polls/{poll.pk}/").content.decode()
    assert words in shown
    for statutory in ("未通过", "三分之二", "未达到", "bar-line", "法律依据"):
        assert statutory not in shown, statutory


def test_options_are_told_by_who_chose_them_most(page, place):
    poll = asked(place, ["晚上"], questions=OPTIONS)
    shown = page(place.owner).get(f"/polls/{poll.pk}/").content.decode()
    assert "选的人最多：晚上" in shown
    assert "未通过" not in shown


def test_while_it_runs_the_turnout_has_no_line(page, place):
    poll = asked(place, state=PollState.OPEN)
    shown = page(place.cast.committee_member).get(f"/polls/{poll.pk}/").content.decode()
    assert "1 / 5" in shown
    assert "bar-line" not in shown
    missing = page(place.cast.committee_member).get(f"/polls/{poll.pk}/missing/").content.decode()
    assert "未达到" not in missing


def test_with_the_rule_of_a_law_the_thresholds_are_a_comparison(page, place):
    poll = asked(place, rule=Rule.CIVIL_CODE_278, matter=5)
    shown = page(place.owner).get(f"/polls/{poll.pk}/").content.decode()
    assert "同意的多于反对的" in shown
    assert "未通过" in shown.partition("仅供对照")[2][:30], "only in: neither passes nor fails"
    assert "未通过" not in shown.partition("仅供对照")[0]
    assert "<details" in shown.partition("仅供对照")[0]


def test_the_notice_says_it_in_words(place, monkeypatch):
    poll, lines = asked(place), []
    monkeypatch.setattr(Sheets, "line", lambda self, text, *sizes: lines.append(text))
    documents.notice(poll)
    text = "\n".join(lines)
    assert "同意的多于反对的" in text
    assert "通过" not in text.replace("没有“通过”", "")


def test_no_statutory_vote_is_counted_without_thresholds(place):
    with pytest.raises(Refused) as refusal:
        place.draft(rule=Rule.OPINION, matter=None)
    assert refusal.value.fields.keys() == {"rule"}


def test_over_the_api(api, place):
    client = api(place.cast.secretary)
    body = {
        "unit": place.cast.compound.code, "electorate": "households", "mode": "advisory",
        "rule": "opinion", "questions": YES_NO, "opens_at": "2026-03-10T09:00:00+08:00",
        "closes_at": "2036-03-10T09:00:00+08:00", "rehearsal": True, "settings": {},
    }  # fmt: skip
    made = client.post("/api/v1/polls/", body, format="json")
    assert (made.status_code, made.data["rule"]) == (201, "opinion")
    poll = Poll.objects.get()
    for step in ("announce", "open"):
        assert client.post(f"/api/v1/polls/{poll.pk}/{step}/").status_code == 200
    entry = poll.entries.filter(parts__household=place.flats["101"]).get()
    for clerk in (place.cast.committee_member, place.cast.community_worker):
        paper.enter(entry=entry, choices={"1": "for"}, by=clerk, now=make.NOW)
    said = client.get(f"/api/v1/polls/{poll.pk}/", headers={"accept-language": "zh-hans"}).data
    assert said["sheet_text"].startswith("这是征求意见")
    client.post(f"/api/v1/polls/{poll.pk}/close/")
    tally = client.get(f"/api/v1/polls/{poll.pk}/tally/").data
    assert (tally["passed"], tally["rule"]["rule"]) == (True, "opinion")
    wrong = client.post("/api/v1/polls/", body | {"mode": "statutory_paper"}, format="json")
    assert wrong.status_code == 400


def test_what_nobody_answered():
    row = {"people": {"participating": 0, "for": 0, "against": 0}, "options": []}
    assert questions.opinion(row) == "没有人参加"
    row = {"people": {"participating": 1}, "options": [{"option": "甲", "people": 0}]}
    assert questions.opinion(row) == "全部弃权"
