"""Rights of people without an account, exercised at the desk: the same rows, for whom and by whom."""

from datetime import date

import pytest

from orgs.enums import Role
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import AuditEntry
from residents.deliberation.topics.course import proposals
from residents.enums import ConsentPurpose, DataRequestKind, DataRequestState, PrivateField
from residents.models import Claim, Consent, DataRequest, Person, Unmasking
from residents.privacy import consents, data_requests, own_data
from tests import factories as make
from tests.volunteers.service import service_factories as serve


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


def with_account(person, user):
    person.account = user
    person.save(update_fields=["account"])


def test_what_was_agreed_to_on_paper_is_taken_back_with_the_account(cast, page, grandmother):
    """The newest word counts, on paper or with the account."""
    purpose, by = ConsentPurpose.DELIBERATION, cast.community_worker
    consents.consent(purpose=purpose, given=True, person=grandmother, by=by, now=make.NOW)
    assert consents.who_agreed_on_paper([grandmother], purpose) == {grandmother.pk}
    with_account(grandmother, cast.neighbour)
    assert consents.who_agreed([cast.neighbour.pk, by.pk], purpose) == {cast.neighbour.pk}
    assert consents.in_force(cast.neighbour)[purpose]
    assert consents.is_due(cast.neighbour)
    mine = page(cast.neighbour)
    assert mine.post("/my-data/consent/", {"purpose": purpose, "given": "0"}).status_code == 302
    assert not consents.in_force(cast.neighbour)[purpose]
    assert consents.who_agreed([cast.neighbour.pk], purpose) == set()
    assert consents.who_agreed_on_paper([grandmother], purpose) == set()
    consents.consent(purpose=purpose, given=True, by=cast.neighbour, now=make.NOW)
    assert consents.who_agreed_on_paper([grandmother], purpose) == {grandmother.pk}


def test_a_request_of_the_desk_is_theirs_once_they_have_an_account(cast, page, grandmother):
    asked = ask(grandmother, cast.community_worker, corrections={"phone": "13900001234"})
    with_account(grandmother, cast.neighbour)
    mine = page(cast.neighbour)
    assert f"/my-data/requests/{asked.pk}/back/" in mine.get("/my-data/").content.decode()
    copy = own_data.copy(by=cast.neighbour, now=make.NOW)
    assert [one["text"] for one in copy["requests"]] == ["口头提出"]
    assert not data_requests.may_decide(cast.neighbour, asked)
    with pytest.raises(WrongState):
        data_requests.take_back(request=asked, by=cast.community_worker, now=make.NOW)
    with pytest.raises(NotAllowed):
        data_requests.take_back(request=asked, by=cast.owner, now=make.NOW)
    assert mine.post(f"/my-data/requests/{asked.pk}/back/").status_code == 302
    assert not DataRequest.objects.exists()


def test_nobody_answers_a_request_about_themselves(cast, colleague, grandmother):
    asked = ask(grandmother, cast.community_worker)
    with_account(grandmother, colleague)
    assert not data_requests.may_decide(colleague, asked)
    assert list(data_requests.open_for(colleague)) == []


def test_for_a_child_its_guardian_speaks(cast, grandmother):
    """With the guardian's account; at the desk only where the guardian has none (PIPL, art. 31)."""
    child = make.resident(cast.building, born=date(2020, 1, 1), guardian=grandmother)
    by, purpose = cast.community_worker, ConsentPurpose.SENSITIVE
    consents.consent(purpose=purpose, given=True, person=child, by=by, now=make.NOW)
    with_account(grandmother, cast.neighbour)
    with pytest.raises(WrongState) as refused:
        consents.consent(purpose=purpose, given=False, person=child, by=by, now=make.NOW)
    assert refused.value.code == "has_account"
    grown = make.resident(cast.building, born=date(1990, 1, 1), guardian=grandmother)
    consents.consent(purpose=purpose, given=True, person=grown, by=by, now=make.NOW)


def test_the_printed_copy_holds_what_other_floors_know(cast, page, grandmother):
    by, home = cast.community_worker, grandmother.belongings.get().household
    make.belonging(grandmother, make.household(cast.building), verified_at=make.NOW, verified_by=by)
    other = make.household(cast.building)
    make.link(cast, grandmother, other)
    topic = proposals.propose(
        unit=cast.compound, title="楼道装扶手", text="不方便", decider="committee",
        household=grandmother.belongings.last().household.code, name="周奶奶", by=by, now=make.NOW,
    )  # fmt: skip
    serves = serve.participant(cast.compound, name="周奶奶", person=grandmother)
    serve.order(cast, ordered_by=by, person=grandmother)
    serve.credit(serves)
    data = own_data.copy_at_desk(person=grandmother, by=by, now=make.NOW)
    assert [one["title"] for one in data["topics"]] == [topic.title]
    assert [one["home"] for one in data["contact_of_households"]] == [str(other)]
    assert (len(data["service_orders"]), len(data["service_credits"])) == (1, 1)
    names = set(data)
    for_accounts = {
        "account",
        "linked",
        "children",
        "claims",
        "reports",
        "ratings",
        "contact_seen_by",
    }
    assert set(own_data.copy(by=cast.owner, now=make.NOW)) - names <= for_accounts
    assert str(home) in str(data["person"]["homes"])
    assert Unmasking.objects.get().field == PrivateField.COPY
    shown = page(by).post(f"/people/{grandmother.pk}/data/copy/").content.decode()
    assert "楼道装扶手" in shown
    # What was entered for her is nobody else's: not of whoever entered it either.
    assert own_data.copy(by=by, now=make.NOW)["topics"] == []
