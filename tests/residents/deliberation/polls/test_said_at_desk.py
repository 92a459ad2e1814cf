"""What voters without an account say at the desk of a vote: entered under their name."""

import pytest

from orgs.errors import NotAllowed, WrongState
from residents.deliberation.enums import BallotState, PollObjectionKind, PollState
from residents.deliberation.models import Dispute, PollObjection
from residents.deliberation.polls.box import casting, disputes
from residents.deliberation.polls.roll import objections
from tests.residents.deliberation.polls.conftest import NOW


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
    developer = place.entry(poll, "developer")
    with pytest.raises(WrongState):
        objections.object_to(
            poll=poll, kind=PollObjectionKind.RESULT, reason="代开发商", voter=developer, by=by,
            now=NOW,
        )  # fmt: skip


def test_a_ballot_is_disputed_at_the_desk(page, place):
    poll, by = place.poll(), place.cast.committee_member
    entry = place.entry(poll, "owner")
    address = f"/polls/{poll.pk}/desk/{entry.pk}/dispute/"
    desk = page(by)
    assert desk.get(address).status_code == 302  # nothing was cast
    ballot = casting.cast(entry=entry, choices={"1": "for"}, by=place.owner, now=NOW)
    with pytest.raises(NotAllowed):
        disputes.dispute(ballot=ballot, reason="冒名", at_desk=True, by=place.multi, now=NOW)
    assert desk.post(address, {"reason": "本人来说没有投过"}).status_code == 302
    made = Dispute.objects.get()
    assert (made.at_desk, made.by) == (True, by)
    ballot.refresh_from_db()
    assert ballot.state == BallotState.QUARANTINED
