"""What voters without an account say at the desk of a vote: entered under their name."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.enums import Role
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Attachment, Notice
from residents.deliberation.enums import (
    BallotState,
    Electorate,
    PollMode,
    PollObjectionKind,
    PollState,
    Rule,
)
from residents.deliberation.models import Ballot, Dispute, PollObjection, RollEntry
from residents.deliberation.polls import attachments, notifications
from residents.deliberation.polls.box import casting, disputes, paper, proxies
from residents.deliberation.polls.roll import objections
from residents.deliberation.topics.course import steps
from tests import factories as make
from tests import files
from tests.residents.deliberation.polls.conftest import NOW, at


def test_a_row_is_contested_at_the_desk(page, place):
    poll, by = place.poll(PollState.ANNOUNCED), place.cast.committee_member
    entry = place.entry(poll, "third")
    desk = page(by)
    address = f"/polls/{poll.pk}/desk/{entry.pk}/contest/"
    assert address in desk.get(f"/polls/{poll.pk}/desk/{entry.pk}/").content.decode()
    assert desk.post(address, {"reason": "面积不对"}).status_code == 302
    made = PollObjection.objects.get()
    assert (made.person, made.by, made.name, made.entry, made.kind) == (
        place.people["third"], by, place.people["third"].name, entry, PollObjectionKind.ROLL,
    )  # fmt: skip
    assert page(place.owner).post(address, {"reason": "冒名"}).status_code == 403
    with pytest.raises(NotAllowed):
        objections.contest(entry=entry, reason="冒名", at_desk=True, by=place.multi, now=NOW)


def test_a_result_is_objected_to_at_the_desk(page, place):
    poll, by = place.poll(PollState.CLOSED), place.cast.committee_member
    entry = place.entry(poll, "fourth")
    sent = page(by).post(f"/polls/{poll.pk}/desk/{entry.pk}/object/", {"reason": "没有通知到我"})
    assert sent.status_code == 302
    made = PollObjection.objects.get()
    assert (made.person, made.by, made.kind) == (
        place.people["fourth"], by, PollObjectionKind.RESULT,
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        objections.answer(objection=made, state="settled", text="已通知", by=by, now=NOW)
    made.person.account = street = place.cast.street_cadre
    made.person.save(update_fields=["account"])
    with pytest.raises(NotAllowed) as refused:
        objections.answer(objection=made, state="settled", text="已通知", by=street, now=NOW)
    assert refused.value.code == "own_case"
    assert objections.objector(made, street, in_full=False) == "业主fourth"
    assert made in PollObjection.objects.visible_to(street)
    developer = place.entry(poll, "developer")
    with pytest.raises(WrongState):
        objections.object_to(
            poll=poll, kind=PollObjectionKind.RESULT, reason="代开发商", voter=developer, by=by,
            now=NOW,
        )  # fmt: skip


@pytest.fixture
def second(place):
    """Another of the committee, who enters papers the second time."""
    person = make.user("second", name="冯业委")
    make.position(person, Role.OWNERS_COMMITTEE, place.cast.compound)
    return person


def on_paper(poll, entry, *clerks):
    """The ballot of a paper that two entered."""
    for by in clerks:
        paper.enter(entry=entry, choices={"1": "for"}, by=by, now=NOW)
    return Ballot.objects.get(entry=entry)


def test_a_paper_ballot_is_disputed_at_the_desk(page, place, second):
    poll, by = place.poll(closes_at=at(3650)), place.cast.committee_member
    entry = place.entry(poll, "third")
    address = f"/polls/{poll.pk}/desk/{entry.pk}/dispute/"
    desk = page(by)
    assert desk.get(address).status_code == 302  # nothing was cast
    ballot = on_paper(poll, entry, by, second)
    with pytest.raises(NotAllowed):
        disputes.dispute(ballot=ballot, reason="冒名", at_desk=True, by=place.multi, now=NOW)
    assert address in desk.get(f"/polls/{poll.pk}/desk/{entry.pk}/").content.decode()
    assert "选填" not in desk.get(address).content.decode()
    without = desk.post(address, {"reason": "本人来说没有投过"})
    assert (without.status_code, Dispute.objects.exists()) == (400, False)
    photo = SimpleUploadedFile("paper.jpg", files.photo(), content_type="image/jpeg")
    sent = desk.post(address, {"reason": "本人来说没有投过", "paper": photo})
    assert sent.status_code == 302
    made = Dispute.objects.get()
    assert (made.at_desk, made.by, made.paper.uploaded_by) == (True, by, by)
    ballot.refresh_from_db()
    assert ballot.state == BallotState.QUARANTINED
    judge = place.cast.street_cadre
    assert attachments.may_see_poll_paper(judge, made.paper)
    shown = page(judge).get(f"/polls/{poll.pk}/disputes/{ballot.i}/")
    assert str(made.paper.pk) in shown.content.decode()
    # Nobody was to be told; once the voter has an account, they are, and judge nothing of their own.
    assert notifications.tell_of_desk_disputes(NOW) == 0
    person = place.people["third"]
    person.account = judge
    person.save(update_fields=["account"])
    assert [notifications.tell_of_desk_disputes(NOW) for _again in range(2)] == [1, 0]
    assert Notice.objects.get().recipient == judge
    with pytest.raises(NotAllowed) as refused:
        disputes.decide(dispute=made, counts=False, text="查明", by=judge, now=NOW)
    assert refused.value.code == "own_case"


def test_what_was_disputed_at_the_desk_is_asked_for_in_one_go(place, second):
    poll, by = place.poll(closes_at=at(3650)), place.cast.committee_member
    counts = []
    for name in ("third", "fourth"):
        ballot = on_paper(poll, place.entry(poll, name), by, second)
        photo = Attachment.objects.create(kind="photo", uploaded_by=by, created_at=NOW)
        disputes.dispute(
            ballot=ballot, reason="本人没有投", at_desk=True, paper=[photo], by=by, now=NOW
        )
        person = place.people[name]
        person.account = make.user(name, name=person.name)
        person.save(update_fields=["account"])
        notifications.tell_of_desk_disputes(NOW)
        with CaptureQueriesContext(connection) as asked:
            assert notifications.tell_of_desk_disputes(NOW) == 0
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert Notice.objects.count() == 2


def test_the_desk_disputes_no_ballot_of_whoever_says_so_themselves(page, place, second):
    poll, by = place.poll(closes_at=at(3650)), place.cast.committee_member
    photo = Attachment.objects.create(kind="photo", uploaded_by=by, created_at=NOW)
    online = casting.cast(
        entry=place.entry(poll, "owner"), choices={"1": "for"}, by=place.owner, now=NOW
    )
    third, fourth = place.entry(poll, "third"), place.entry(poll, "fourth")
    give = {"holder": place.entry(poll, "multi"), "by": by, "now": NOW}
    proxies.give(entry=third, **give)
    by_proxy = casting.cast(entry=third, choices={"1": "for"}, by=place.multi, now=NOW)
    with_account = on_paper(poll, fourth, by, second)
    person = place.people["fourth"]
    person.account = make.user("fourth", name="孙业主")
    person.save(update_fields=["account"])
    for ballot in (online, by_proxy, with_account):
        with pytest.raises(WrongState) as refused:
            disputes.dispute(
                ballot=ballot, reason="本人没有投", at_desk=True, paper=[photo], by=by, now=NOW
            )
        assert refused.value.code == "has_account"
        ballot.refresh_from_db()
        assert ballot.state == BallotState.LIVE
        shown = page(by).get(f"/polls/{poll.pk}/desk/{ballot.entry_id}/").content.decode()
        assert f"/desk/{ballot.entry_id}/dispute/" not in shown


def by_households(place, state, **values):
    """A vote in which each household has one voice."""
    return place.poll(
        state, mode=PollMode.ADVISORY, electorate=Electorate.HOUSEHOLDS,
        rule=Rule.RESIDENTS_MEETING, matter=None, by=place.cast.secretary, **values,
    )  # fmt: skip


def test_where_households_vote_one_of_them_speaks_at_the_desk(page, place):
    poll, by = by_households(place, PollState.ANNOUNCED), place.cast.community_worker
    entry = RollEntry.objects.select_related("poll").get(
        poll=poll, parts__household=place.flats["103"]
    )
    assert (entry.person, steps._paper_entry(poll, place.people["third"])) == (None, entry)
    with pytest.raises(Refused) as refused:
        steps._paper_entry(poll, make.resident(place.cast.compound, name="路人"))
    assert refused.value.code == "not_on_roll"
    desk, address = page(by), f"/polls/{poll.pk}/desk/{entry.pk}/contest/"
    wrong = desk.post(address, {"name": "别人", "reason": "户名不对"})
    assert (wrong.status_code, PollObjection.objects.exists()) == (400, False)
    sent = desk.post(address, {"name": "业主third", "reason": "户名不对"})
    assert (sent.status_code, PollObjection.objects.get().person) == (302, place.people["third"])
    closed = by_households(place, PollState.CLOSED)
    entry = RollEntry.objects.get(poll=closed, parts__household=place.flats["104"])
    address = f"/polls/{closed.pk}/desk/{entry.pk}/object/"
    assert desk.post(address, {"name": "业主fourth", "reason": "没听说"}).status_code == 302
    assert PollObjection.objects.latest("pk").person == place.people["fourth"]
