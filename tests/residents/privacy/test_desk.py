"""Rights of people without an account, exercised at the desk: the same rows, for whom and by whom."""

import pytest

from orgs.enums import Role
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import AuditEntry
from residents.enums import ConsentPurpose, DataRequestKind, DataRequestState
from residents.models import Claim, Consent, DataRequest, Person, Unmasking
from residents.privacy import consents, data_requests, own_data
from tests import factories as make


@pytest.fixture
def grandmother(cast):
    """Eighty, no telephone, on the roll of the building."""
    make.sensitive(cast)
    person = make.resident(cast.building, name="周奶奶", phone="", employment="退休")
    make.belonging(person, make.household(cast.building, "301"))
    return person


@pytest.fixture
def colleague(cast):
    person = make.user("colleague", name="钱社工")
    make.position(person, Role.COMMUNITY_WORKER, cast.community)
    return person


def ask(person, by, kind=DataRequestKind.CORRECT, **values):
    return data_requests.ask(
        kind=kind, person=person, text="口头提出", by=by, now=make.NOW, **values
    )


def test_a_correction_asked_at_the_desk_is_answered_by_a_colleague(cast, colleague, grandmother):
    asked = ask(grandmother, cast.community_worker, corrections={"phone": "13900001234"})
    assert (asked.person, asked.user) == (grandmother, cast.community_worker)
    entry = AuditEntry.objects.get(action="residents.ask-about-data")
    assert (entry.actor_id, entry.detail["on_behalf_of"]) == (
        cast.community_worker.pk, grandmother.pk,
    )  # fmt: skip
    assert not data_requests.may_decide(cast.community_worker, asked)
    assert list(data_requests.open_for(cast.community_worker)) == []
    assert list(data_requests.open_for(colleague)) == [asked]
    data_requests.decide(request=asked, granted=True, reason="已核实", by=colleague, now=make.NOW)
    assert Person.objects.get(pk=grandmother.pk).phone == "13900001234"


def test_deleting_at_the_desk_touches_nothing_of_whoever_entered_it(cast, colleague, grandmother):
    number = make.id_number()
    mine = Claim.objects.create(
        household=make.household(cast.building, "302"), user=cast.community_worker, name="陈社工",
        relation="tenant", id_number=number, made_at=make.NOW,
    )  # fmt: skip
    asked = ask(grandmother, cast.community_worker, DataRequestKind.DELETE)
    data_requests.decide(request=asked, granted=True, reason="本人要求", by=colleague, now=make.NOW)
    assert Person.objects.get(pk=grandmother.pk).employment == ""
    mine.refresh_from_db()
    assert mine.id_number == number


def test_one_is_open_for_each_person_and_kind_whoever_enters_it(cast, colleague, grandmother):
    first = ask(grandmother, cast.community_worker)
    other = make.resident(cast.building, name="吴大爷")
    ask(other, cast.community_worker)
    with pytest.raises(WrongState):
        ask(grandmother, colleague)
    # Any of the desk takes it back for her; afterwards she may ask anew.
    data_requests.take_back(request=first, by=colleague, now=make.NOW)
    ask(grandmother, colleague)


def test_the_desk_speaks_for_nobody_elses_roll_and_for_no_account(cast, grandmother):
    for person in (cast.owner, cast.sibling_worker, cast.secretary, cast.auditor):
        with pytest.raises(NotAllowed):
            ask(grandmother, person)
    grandmother.account = cast.neighbour
    grandmother.save(update_fields=["account"])
    with pytest.raises(WrongState) as refused:
        ask(grandmother, cast.community_worker)
    assert refused.value.code == "has_account"


def test_what_is_entered_for_others_is_none_of_ones_own(cast, page, grandmother):
    ask(grandmother, cast.community_worker)
    consents.consent(
        purpose=ConsentPurpose.DELIBERATION, given=True, person=grandmother,
        by=cast.community_worker, now=make.NOW,
    )  # fmt: skip
    mine = own_data.copy(by=cast.community_worker, now=make.NOW)
    assert (mine["consents"], mine["requests"]) == ([], [])
    assert not consents.may_use(cast.community_worker, ConsentPurpose.DELIBERATION)
    assert consents.is_due(cast.community_worker)
    assert "口头提出" not in page(cast.community_worker).get("/my-data/").content.decode()


def test_sensitive_corrections_need_the_signature_and_go_with_its_withdrawal(cast, grandmother):
    number = make.id_number("19450101")
    with pytest.raises(Refused):
        ask(grandmother, cast.community_worker, corrections={"id_number": number})
    ask(grandmother, cast.community_worker, corrections={"id_number": number}, agrees=True)
    assert consents.on_paper(grandmother)[ConsentPurpose.SENSITIVE]
    consents.consent(
        purpose=ConsentPurpose.SENSITIVE, given=False, person=grandmother,
        by=cast.community_worker, now=make.NOW,
    )  # fmt: skip
    assert DataRequest.objects.get().corrections == {}
    assert Consent.objects.filter(person=grandmother, given=False).count() == 1


def test_the_desks_page_does_it_all_and_the_copy_is_recorded(cast, page, grandmother):
    desk, address = page(cast.community_worker), f"/people/{grandmother.pk}/data/"
    assert address in desk.get(f"/people/{grandmother.pk}/").content.decode()
    assert (
        desk.post(f"{address}consent/", {"purpose": "deliberation", "given": "1"}).status_code
        == 302
    )
    assert consents.on_paper(grandmother)[ConsentPurpose.DELIBERATION]
    sent = desk.post(address, {"kind": "correct", "text": "名字写错了"})
    assert sent.status_code == 302
    shown = desk.get(address).content.decode()
    assert "陈社工" in shown
    copied = desk.post(f"{address}copy/").content.decode()
    assert "周奶奶" in copied
    assert "退休" in copied
    assert Unmasking.objects.filter(person=grandmother, by=cast.community_worker).count() == 1
    asked = DataRequest.objects.get()
    assert desk.post(f"{address}requests/{asked.pk}/back/").status_code == 302
    assert not DataRequest.objects.filter(state=DataRequestState.OPEN).exists()
    for stranger in (cast.owner, cast.sibling_worker):
        assert page(stranger).get(address).status_code in (403, 404)
        assert page(stranger).post(f"{address}copy/").status_code in (403, 404)


def test_the_copy_leaves_care_rosters_to_their_readers(cast, grandmother):
    make.care_entry(grandmother)
    data = own_data.copy_at_desk(person=grandmother, by=cast.community_worker, now=make.NOW)
    assert data["person"]["care"] == []
    make.care_reader(cast.community_worker, cast.community)
    data = own_data.copy_at_desk(person=grandmother, by=cast.community_worker, now=make.NOW)
    assert len(data["person"]["care"]) == 1
