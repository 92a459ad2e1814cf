"""Requests about data: followed to their answer; what is granted is done, once, at that moment."""

from datetime import timedelta

import pytest

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import AuditEntry
from residents.enums import ConsentPurpose, DataRequestKind, DataRequestState, Relation
from residents.models import Claim, Consent, DataRequest, Person
from residents.privacy import consents, data_requests
from tasks.enums import Status
from tests import factories as make


def ask(cast, kind=DataRequestKind.DELETE, by=None, **values):
    return data_requests.ask(kind=kind, by=by or cast.owner, now=make.NOW, **values)


def correct(cast, **corrections):
    return ask(cast, DataRequestKind.CORRECT, corrections=corrections, agrees=True)


def decide(cast, request, granted=True, by=None):
    return data_requests.decide(
        request=request, granted=granted, reason="已核实", by=by or cast.community_worker,
        now=make.NOW,
    )  # fmt: skip


@pytest.fixture
def person(cast):
    make.sensitive(cast)
    made = make.resident(
        cast.building, name="沈业住", phone="13800005678", id_number=make.id_number(),
        account=cast.owner, employment="教师",
    )  # fmt: skip
    made.home = make.household(cast.building)
    return made


def test_a_request_is_followed_to_its_answer(cast, page, person):
    asked = ask(cast)
    assert (asked.due_at - make.NOW).days >= 15
    with pytest.raises(WrongState):
        ask(cast)
    assert len(page(cast.community_worker).get("/data-requests/").context["rows"]) == 1
    assert page(cast.sibling_worker).get("/data-requests/").context["rows"] == []
    address = f"/data-requests/{asked.pk}/"
    body = {"granted": "0", "reason": "仍是业主"}
    for who in (cast.sibling_worker, cast.owner):
        assert page(who).post(address, body).status_code == 404
    assert page(cast.community_worker).post(address, body | {"reason": ""}).status_code == 400
    assert page(cast.community_worker).post(address, body).status_code == 302
    asked.refresh_from_db()
    assert asked.state == DataRequestState.REFUSED
    assert "仍是业主" in page(cast.owner).get("/my-data/").content.decode()


def test_the_desk_shows_only_what_it_answers(cast, page, person):
    """A flat elsewhere makes nobody there the one who answers."""
    ask(cast)
    far = make.unit(make.unit(cast.sibling, name="新桥小区"), name="9栋")
    make.belonging(person, make.household(far))
    assert page(cast.sibling_worker).get(f"/people/{person.pk}/").status_code == 200
    assert page(cast.sibling_worker).get("/data-requests/").context["rows"] == []


@pytest.mark.parametrize(
    ("late", "light"),
    [(timedelta(days=-10), "green"), (timedelta(days=-1), "yellow"), (timedelta(0), "yellow"),
     (timedelta(seconds=1), "red")],
)  # fmt: skip
def test_the_light_says_how_near_the_answer_is(cast, person, late, light):
    asked = ask(cast)
    assert data_requests.light(asked, asked.due_at + late) == light
    assert data_requests.light(decide(cast, asked), asked.due_at + late) == ""


def test_a_granted_correction_is_on_the_roll_at_once(cast, page, person):
    number = make.id_number()
    client = page(cast.owner)
    body = {"kind": "correct", "name": "沈业主", "phone": "138 0000 9999", "id_number": number}
    refused = client.post("/my-data/ask/", body)
    assert (refused.status_code, refused.context["form"].errors.keys()) == (400, {"agrees"})
    assert client.post("/my-data/ask/", body | {"agrees": "on"}).status_code == 302
    asked = DataRequest.objects.get()
    assert asked.corrections == {"name": "沈业主", "phone": "13800009999", "id_number": number}
    assert Consent.objects.get().purpose == ConsentPurpose.SENSITIVE
    desk = page(cast.community_worker).get("/data-requests/").content.decode()
    assert "沈业主" in desk
    assert number not in desk
    assert "13800009999" not in desk
    done = decide(cast, asked)
    person.refresh_from_db()
    assert (person.name, person.phone, person.id_number) == ("沈业主", "13800009999", number)
    assert Person.objects.get(phone_index=person.phone_index) == person
    assert (done.corrections, done.done) == ({}, {"changed": ["id_number", "name", "phone"]})
    assert person.own_fields == ["id_number"]
    detail = AuditEntry.objects.get(action="residents.decide-about-data").detail
    assert number not in str(detail)


def test_what_was_given_by_consent_goes_with_it_and_the_rest_stays(cast, person):
    number = make.id_number()
    decide(cast, correct(cast, id_number=number, marital="single", name="沈业主"))
    consents.consent(purpose=ConsentPurpose.SENSITIVE, given=False, by=cast.owner, now=make.NOW)
    person.refresh_from_db()
    assert (person.id_number, person.id_index, person.marital) == ("", None, "")
    assert (person.name, person.employment, person.own_fields) == ("沈业主", "教师", [])


def test_what_the_community_enters_itself_stays(cast, page, person):
    decide(cast, correct(cast, marital="single"))
    body = {"name": "沈业住", "marital": "married", "employment": "教师"}
    assert page(cast.grid_worker).post(f"/people/{person.pk}/correct/", body).status_code == 302
    consents.consent(purpose=ConsentPurpose.SENSITIVE, given=False, by=cast.owner, now=make.NOW)
    person.refresh_from_db()
    assert person.marital == "married"


def test_a_withdrawn_consent_empties_what_still_waits(cast, person):
    asked = correct(cast, id_number=make.id_number(), name="沈业主")
    consents.consent(purpose=ConsentPurpose.SENSITIVE, given=False, by=cast.owner, now=make.NOW)
    asked.refresh_from_db()
    assert asked.corrections == {"name": "沈业主"}


def test_a_tenant_is_erased_whole_and_the_right_ends(cast, person):
    belonging = make.belonging(person, person.home, Relation.TENANT)
    Claim.objects.create(
        household=person.home, user=cast.owner, name="沈业住", relation="tenant", state="withdrawn",
        made_at=make.NOW, decided_by=cast.owner, decided_at=make.NOW,
    )  # fmt: skip
    task = make.task(cast, Status.CLOSED, contact_phone="13800005678", contact_name="沈业住")
    done = decide(cast, ask(cast))
    for row in (person, belonging, task):
        row.refresh_from_db()
    assert (person.name, person.id_index, person.account, person.erased_at) == (
        "", None, None, make.NOW,
    )  # fmt: skip
    assert (belonging.ends, done.done["kept"]) == (make.NOW.date(), [])
    assert {"id_number", "name", "phone", "claims"} <= set(done.done["erased"])
    assert Claim.objects.get().name == ""
    assert (task.contact_name, task.contact_phone, task.contact_phone_index) == ("", "", "")


def test_an_owner_stays_by_name_and_number_only(cast, page, person):
    belonging = make.belonging(person, person.home)
    number = person.id_number
    done = decide(cast, ask(cast))
    person.refresh_from_db()
    belonging.refresh_from_db()
    assert (person.name, person.id_number, person.employment) == ("沈业住", number, "")
    assert (person.account, belonging.ends, person.erased_at) == (cast.owner, None, None)
    assert Person.objects.get(id_index=person.id_index) == person
    assert done.done["erased"] == ["employment"]
    assert page(cast.owner).get("/my-data/").status_code == 200


def test_it_is_decided_once(cast, person):
    asked = ask(cast)
    decide(cast, asked, granted=False)
    with pytest.raises(WrongState):
        decide(cast, asked)
    person.refresh_from_db()
    assert person.employment == "教师"


def test_a_correction_that_the_roll_refuses_decides_nothing(cast, person):
    number = make.id_number()
    make.resident(cast.building, id_number=number)
    asked = correct(cast, id_number=number)
    with pytest.raises(Refused):
        decide(cast, asked)
    asked.refresh_from_db()
    assert (asked.state, asked.corrections) == (DataRequestState.OPEN, {"id_number": number})


def test_without_the_audit_nothing_is_done(cast, person, monkeypatch):
    asked = ask(cast)

    def broken(action, **rest):
        if action == "residents.decide-about-data":
            raise RuntimeError(action)
        return record(action, **rest)

    record = audit.record
    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(RuntimeError):
        decide(cast, asked)
    asked.refresh_from_db()
    person.refresh_from_db()
    assert (asked.state, person.name) == (DataRequestState.OPEN, "沈业住")


def test_bad_corrections_name_their_fields(cast, page, person):
    body = {"kind": "correct", "phone": "12", "id_number": "421102198001011235", "agrees": "on"}
    answer = page(cast.owner).post("/my-data/ask/", body)
    assert answer.status_code == 400
    assert answer.context["form"].errors.keys() == {"phone", "id_number"}
    assert page(cast.owner).post("/my-data/ask/", {"kind": "correct"}).status_code == 400


def test_without_an_assessment_no_sensitive_field_is_shown(cast, page):
    make.notice(cast)
    shown = page(cast.owner).get("/my-data/").context["form"].fields
    assert not shown.keys() & {"id_number", "marital", "agrees"}
    with pytest.raises(NotAllowed):
        correct(cast, id_number=make.id_number())


def test_a_guardian_asks_for_a_child(cast, page, person):
    child = make.resident(cast.building, name="小名", born=make.NOW.date(), guardian=person)
    make.belonging(child, person.home, Relation.FAMILY)
    asked = ask(cast, DataRequestKind.CORRECT, corrections={"name": "小明"}, ward=child)
    assert len(page(cast.community_worker).get("/data-requests/").context["rows"]) == 1
    decide(cast, asked)
    child.refresh_from_db()
    person.refresh_from_db()
    assert (child.name, person.name) == ("小明", "沈业住")
    with pytest.raises(NotAllowed):
        ask(cast, DataRequestKind.DELETE, by=cast.neighbour, ward=child)


@pytest.mark.parametrize("rows", [1, 30])
def test_the_desk_costs_the_same(cast, page, rows, django_assert_max_num_queries):
    for _number in range(rows):
        one = make.user()
        make.resident(cast.building, account=one)
        ask(cast, by=one)
    client = page(cast.community_worker)
    with django_assert_max_num_queries(10):
        answer = client.get("/data-requests/")
    assert len(answer.context["rows"]) == rows


def test_an_own_request_is_taken_back_while_it_is_open(cast, page):
    row = ask(cast)
    address = f"/my-data/requests/{row.pk}/back/"
    assert page(cast.neighbour).post(address).status_code == 404
    assert page(cast.owner).post(address).status_code == 302
    assert not DataRequest.objects.exists()
    # It can be asked anew, and what was answered stays.
    again = ask(cast)
    decide(cast, again, granted=False)
    with pytest.raises(WrongState):
        data_requests.take_back(request=again, by=cast.owner, now=make.NOW)


def test_deletion_names_its_consequence_and_asks_once(cast, page, person):
    client, wish = page(cast.owner), {"kind": "delete", "text": "不再使用"}
    asked = client.post("/my-data/ask/", wish)
    assert asked.status_code == 400
    words = asked.content.decode()
    assert "删除后无法恢复" in words
    assert "不再使用" in words
    assert not DataRequest.objects.exists()
    assert client.post("/my-data/ask/", wish | {"sure": "on"}).status_code == 302
    assert DataRequest.objects.get().kind == DataRequestKind.DELETE


def test_a_copy_is_asked_for_without_a_second_question(cast, page, person):
    sent = page(cast.owner).post("/my-data/ask/", {"kind": "copy", "text": "要一份"})
    assert sent.status_code == 302


def test_taking_a_request_back_asks_once_and_a_reload_shows_the_form(cast, page, person):
    asked, client = ask(cast), page(cast.owner)
    shown = client.get("/my-data/ask/").content.decode()
    question, _rest = shown.split(f'action="/my-data/requests/{asked.pk}/back/"')
    assert "这项请求不再办理，也不保留" in question.rsplit("<details", 1)[1]
