"""Claims of homes: made, verified, refused, confirmed; who may, and what a storm of them gets."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from orgs.attachments import attachments
from orgs.enums import ServiceKind
from orgs.errors import NotAllowed, Refused, TooOften, WrongState
from orgs.models import Notice, ServicePoint
from residents.claims import claims, door_codes, notices
from residents.enums import ClaimBasis, ClaimState, ConsentPurpose, PrivateField, Relation
from residents.models import Belonging, Claim, Consent, DoorCode, Person, Unmasking
from residents.privacy import consents, unmasking
from residents.roll import rights
from residents.roll.values import id_numbers
from tests import factories as make
from tests.files import photo, upload

URL = "/api/v1/claims/"


@pytest.fixture
def home(cast):
    return make.household(cast.building, "501")


def claim(cast, home, relation=Relation.OWNER, by=None, **values):
    return claims.claim(
        household=home, relation=relation, by=by or cast.owner, now=make.NOW, **values
    )


def verify(cast, one, by=None):
    return claims.verify(claim=one, by=by or cast.community_worker, now=make.NOW)


def test_over_the_api_from_claim_to_right(api, cast, home):
    made = api(cast.owner).post(URL, {"household": home.code, "relation": "owner"}, format="json")
    assert (made.status_code, made.json()["state"]) == (201, "waiting")
    pk = made.json()["id"]
    again = api(cast.owner).post(URL, {"household": home.code, "relation": "owner"}, format="json")
    assert again.json()["id"] == pk
    done = api(cast.community_worker).post(f"{URL}{pk}/verify/")
    assert (done.status_code, done.json()["state"]) == (200, "verified")
    assert rights.may_vote(cast.owner, home)
    assert api(cast.community_worker).post(f"{URL}{pk}/verify/").status_code == 409


def test_a_refusal_has_a_reason(api, cast, home):
    pk = claim(cast, home).pk
    client = api(cast.grid_worker)
    assert client.post(f"{URL}{pk}/refuse/", {}, format="json").status_code == 400
    done = client.post(f"{URL}{pk}/refuse/", {"reason": "房号不对"}, format="json")
    assert (done.status_code, done.json()["reason"]) == (200, "房号不对")
    assert not rights.rights_at(cast.owner, home)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("sibling_worker", 404), ("other_worker", 404), ("neighbour", 404), ("property_clerk", 404),
        ("auditor", 404), ("street_cadre", 403), ("owner", 403),
    ],
)  # fmt: skip
@pytest.mark.parametrize("action", ["verify", "refuse"])
def test_others_decide_nothing(api, cast, home, who, status, action):
    pk = claim(cast, home).pk
    answer = api(getattr(cast, who)).post(f"{URL}{pk}/{action}/", {"reason": "x"}, format="json")
    assert answer.status_code == status
    assert Claim.objects.get().state == ClaimState.WAITING


def test_nobody_decides_the_own_claim(cast, home):
    with pytest.raises(NotAllowed):
        verify(cast, claim(cast, home, by=cast.grid_worker), by=cast.grid_worker)


def test_the_person_of_the_roll_is_met_again_by_phone(cast, home):
    cast.owner.phone_verified = True
    cast.owner.save()
    known = make.resident(cast.building, name="沈某", phone="13800005678")
    make.belonging(known, home, Relation.CO_OWNER)
    verify(cast, claim(cast, home))
    assert Person.objects.get().account == cast.owner
    assert Belonging.objects.get().verified_by == cast.community_worker


def test_a_number_that_was_not_confirmed_proves_nothing(cast, home):
    cast.owner.phone_verified = False
    known = make.resident(cast.building, name="另一人", phone="13800005678")
    make.belonging(known, home)
    one = claim(cast, home, Relation.FAMILY)
    assert claims.match(one, by_name=True) is None


def test_what_the_roll_contradicts_is_not_verified(cast, home):
    make.belonging(make.resident(cast.building, name="业主甲"), home)
    with pytest.raises(Refused) as refused:
        verify(cast, claim(cast, home))
    assert refused.value.code == "owner_exists"
    assert (Claim.objects.get().state, Person.objects.count()) == (ClaimState.WAITING, 1)
    make.belonging(make.resident(cast.building, account=cast.neighbour), home, Relation.TENANT)
    with pytest.raises(Refused) as refused:
        verify(cast, claim(cast, home, Relation.CO_OWNER, by=cast.neighbour))
    assert refused.value.code == "relation_differs"


def test_a_child_needs_a_guardian_on_the_roll(cast, home):
    child = make.resident(cast.building, name="小明", born=make.NOW.date().replace(year=2018))
    make.belonging(child, home, Relation.FAMILY)
    one = claim(cast, home, Relation.FAMILY, name="小明")
    with pytest.raises(Refused) as refused:
        verify(cast, one)
    assert refused.value.code == "guardian_needed"
    child.guardian = make.resident(cast.building, account=cast.neighbour)
    child.save()
    with pytest.raises(Refused):
        verify(cast, one)
    make.notice(cast)
    consents.consent(
        purpose=ConsentPurpose.ACCOUNT, given=True, ward=child, by=cast.neighbour, now=make.NOW
    )
    assert verify(cast, one).state == ClaimState.VERIFIED


@pytest.mark.parametrize("known_by", ["phone", "id_number"])
def test_a_child_claims_nothing_by_itself(api, cast, home, known_by):
    make.sensitive(cast)
    body = {"household": home.code, "relation": "family", "agrees": True}
    if known_by == "phone":
        child = make.resident(cast.building, phone="13800005678", born=make.NOW.date())
        make.belonging(child, home, Relation.FAMILY)
    else:
        body["id_number"] = make.id_number("20200101")
    answer = api(cast.owner).post(URL, body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "guardian_needed")
    assert not Claim.objects.exists()


# --- ID number and papers ---------------------------------------------------------------------


def test_an_id_number_needs_a_consent_of_its_own_and_goes_with_the_decision(api, cast, home):
    make.sensitive(cast)
    number = make.id_number()
    person = make.resident(cast.building, name="另名", id_number=number)
    make.belonging(person, home)
    body = {"household": home.code, "relation": "owner", "id_number": number}
    client = api(cast.owner)
    refused = client.post(URL, body, format="json")
    assert (refused.status_code, refused.json()["code"]) == (400, "consent_needed")
    made = client.post(URL, body | {"agrees": True}, format="json")
    assert made.status_code == 201
    assert number not in made.content.decode()
    row = Consent.objects.get()
    assert (row.user, row.purpose, row.given) == (cast.owner, ConsentPurpose.CLAIM, True)
    assert (row.notice.version, Claim.objects.get().id_number) == (1, number)
    verify(cast, Claim.objects.get())
    person.refresh_from_db()
    assert (person.account, Claim.objects.get().id_number) == (cast.owner, "")


def test_an_id_number_alone_proves_nothing_to_a_letter(cast, home):
    make.sensitive(cast)
    number = make.id_number()
    make.belonging(make.resident(cast.building, id_number=number), home)
    one = claim(cast, home, id_number=number, agrees=True)
    assert claims.match(one, by_name=False) is None
    assert claims.match(one, by_name=True).id_number == number


def test_withdrawing_the_consent_takes_number_and_papers_back(cast, home):
    make.sensitive(cast)
    paper = attachments.store(upload=upload(photo()), by=cast.owner, now=make.NOW)
    one = claim(cast, home, id_number=make.id_number(), papers=[paper], agrees=True)
    consents.consent(purpose=ConsentPurpose.CLAIM, given=False, by=cast.owner, now=make.NOW)
    one.refresh_from_db()
    assert (one.id_number, one.papers.count(), one.state) == ("", 0, ClaimState.WAITING)
    # The core of it still works.
    assert verify(cast, one).state == ClaimState.VERIFIED


def test_without_an_assessment_nothing_sensitive_is_asked_or_taken(api, page, cast, home):
    make.notice(cast)
    address = f"/my-home/claim/{home.code}/"
    assert not page(cast.owner).get(address).context["form"].fields.keys() & {"id_number", "photo"}
    body = {"household": home.code, "relation": "owner", "agrees": True}
    answer = api(cast.owner).post(URL, body | {"id_number": make.id_number()}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_assessed")
    assert api(cast.owner).post(URL, body, format="json").status_code == 201
    make.sensitive(cast)
    shown = page(cast.owner).get(address)
    assert shown.context["form"].fields.keys() >= {"id_number", "photo", "agrees"}


def test_the_page_says_what_is_missing_and_keeps_nothing(page, cast, home):
    make.sensitive(cast)
    number = make.id_number()
    body = {"relation": "owner", "name": "沈业主", "id_number": number}
    answer = page(cast.owner).post(f"/my-home/claim/{home.code}/", body)
    assert (answer.status_code, answer.context["form"].errors.keys()) == (400, {"agrees"})
    assert not Claim.objects.exists()
    answer = page(cast.owner).post(f"/my-home/claim/{home.code}/", body | {"agrees": "on"})
    assert answer.status_code == 302
    desk = page(cast.community_worker).get("/claims/").content.decode()
    assert id_numbers.mask(number) in desk
    assert number not in desk


def test_the_database_keeps_no_number_of_a_decided_claim(cast, home):
    one = verify(cast, claim(cast, home))
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.filter(pk=one.pk).update(id_number=make.id_number())


def test_a_verified_owner_confirms_family_and_tenants_only(api, cast, home):
    verify(cast, claim(cast, home))
    family = claim(cast, home, Relation.FAMILY, by=cast.neighbour)
    co_owner = claim(cast, home, Relation.CO_OWNER, by=cast.outsider)
    client = api(cast.owner)
    assert client.post(f"{URL}{co_owner.pk}/verify/").status_code == 404
    assert client.post(f"{URL}{family.pk}/verify/").json()["basis"] == ClaimBasis.OWNER
    assert rights.rights_at(cast.neighbour, home) == rights.RIGHTS[Relation.FAMILY]
    assert not rights.may_vote(cast.neighbour, home)


def test_an_owner_whom_nobody_verified_confirms_nothing(cast, home):
    make.belonging(make.resident(cast.building, account=cast.owner), home)
    with pytest.raises(NotAllowed):
        verify(cast, claim(cast, home, Relation.FAMILY, by=cast.neighbour), by=cast.owner)


def test_a_second_claim_alerts_community_and_owner(cast, home):
    verify(cast, claim(cast, home))
    claim(cast, home, by=cast.neighbour)
    told = Notice.objects.filter(kind=notices.SECOND).values_list("recipient", flat=True)
    assert {cast.community_worker.pk, cast.grid_worker.pk, cast.owner.pk} == set(told)
    links = Notice.objects.filter(kind=notices.SECOND, recipient=cast.owner)
    assert links.get().link == "/my-home/"


def test_a_second_claim_alerts_whoever_claimed_first(cast, home):
    claim(cast, home)
    assert not Notice.objects.filter(kind=notices.SECOND).exists()
    claim(cast, home, by=cast.neighbour)
    told = Notice.objects.filter(kind=notices.SECOND).values_list("recipient", flat=True)
    assert {cast.community_worker.pk, cast.grid_worker.pk, cast.owner.pk} == set(told)


def test_a_storm_from_one_phone_is_refused_whatever_the_account(cast):
    phone = cast.owner.phone
    homes = [make.household(cast.building) for _number in range(11)]
    for one in homes[:10]:
        claims.withdraw(claim=claim(cast, one), by=cast.owner, now=make.NOW)
    # The number moves on to another account.
    cast.owner.phone, cast.owner.phone_index = "", None
    cast.owner.save()
    second = make.user(phone=phone)
    with pytest.raises(TooOften):
        claim(cast, homes[10], by=second)
    later = make.NOW + timedelta(days=1, minutes=1)
    assert claims.claim(household=homes[10], relation=Relation.OWNER, by=second, now=later)


def test_code_and_withdrawing_over_the_api(api, cast, home):
    DoorCode.objects.create(
        household=home, digest=door_codes.digest(home, "ABCDEFGH"), made_by=cast.grid_worker,
        expires_at=timezone.now() + door_codes.LIFE,
    )  # fmt: skip
    one, client = claim(cast, home, Relation.TENANT), api(cast.owner)
    address = f"{URL}{one.pk}/code/"
    for key in ("", "k1", "k2"):
        wrong = client.post(
            address, {"code": "XXXXXXXX"}, format="json", headers={"Idempotency-Key": key}
        )
        assert (wrong.status_code, wrong.json()["code"]) == (400, "bad_code")
    # Under a key too: a wrong try is not rolled back.
    one.refresh_from_db()
    assert one.wrong_codes == 3
    assert api(cast.neighbour).post(address, {"code": "ABCDEFGH"}, format="json").status_code == 404
    done = client.post(address, {"code": "abcd efgh"}, format="json")
    assert (done.status_code, done.json()["basis"]) == (200, "code")
    other = claim(cast, make.household(cast.building), by=cast.neighbour)
    gone = api(cast.neighbour).post(f"{URL}{other.pk}/withdraw/")
    assert (gone.status_code, gone.json()["state"]) == (200, "withdrawn")
    assert api(cast.neighbour).post(f"{URL}{other.pk}/withdraw/").status_code == 409


def test_a_storm_is_refused(cast):
    homes = [make.household(cast.building) for _number in range(12)]
    for one in homes[:5]:
        claim(cast, one)
    with pytest.raises(TooOften):
        claim(cast, homes[5])
    for one in Claim.objects.all():
        claims.withdraw(claim=one, by=cast.owner, now=make.NOW)
    for one in homes[5:10]:
        claims.withdraw(claim=claim(cast, one), by=cast.owner, now=make.NOW)
    with pytest.raises(TooOften):
        claim(cast, homes[10])
    assert claim(cast, homes[10], by=cast.neighbour)


def test_a_claimant_learns_nothing_of_others(api, page, cast, home):
    make.belonging(make.resident(cast.building, name="邹保密"), home)
    shown = api(cast.outsider).post(URL, {"household": home.code, "relation": "owner"}).json()
    pages = [
        page(cast.outsider).get(address).content.decode()
        for address in ("/my-home/", f"/my-home/claim/{home.code}/", f"/my-home/claim/?unit={cast.building.code}&q=501")
    ]  # fmt: skip
    assert "邹保密" not in "".join([str(shown), *pages])
    assert api(cast.outsider).get(f"/api/v1/households/{home.code}/").status_code == 404


def test_bad_input_names_its_fields(api, cast):
    body = {"household": "nowhere", "relation": "king", "papers": ["x"]}
    answer = api(cast.owner).post(URL, body, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"].keys() == {"household", "relation", "papers"}


def test_papers_are_looked_up_together_all_or_none(api, cast, home):
    known = attachments.store(upload=upload(photo()), by=cast.owner, now=make.NOW)
    body = {"household": home.code, "relation": "owner", "papers": [str(known.pk), str(uuid4())]}
    with CaptureQueriesContext(connection) as queries:
        answer = api(cast.owner).post(URL, body, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["papers"])
    assert sum('FROM "orgs_attachment"' in query["sql"] for query in queries) == 1


def test_the_database_refuses_half_decisions_and_doubles(cast, home):
    one = claim(cast, home)
    for wrong in ({"state": "verified"}, {"state": "refused"}, {"decided_at": make.NOW}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Claim.objects.filter(pk=one.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(
            household=home, user=cast.owner, name="x", relation="owner", made_at=make.NOW
        )


def test_withdrawing_names_what_goes_and_asks_once(page, cast, home):
    one, client = claim(cast, home), page(cast.owner)
    shown = client.get("/my-home/").content.decode()
    address = reverse("residents:claim_withdraw", args=[one.pk])
    question = shown.split(f'action="{address}"')[0].rsplit("<details", 1)[1]
    assert "data-confirm-details" in question
    assert 'class="confirm-question"' in question
    assert client.post(address).status_code == 302


def test_withdrawn_is_withdrawn(cast, home):
    one = claim(cast, home)
    claims.withdraw(claim=one, by=cast.owner, now=make.NOW)
    with pytest.raises(WrongState):
        verify(cast, one)


@pytest.mark.parametrize("rows", [1, 30])
def test_the_desk_costs_the_same(page, cast, rows, django_assert_max_num_queries):
    for _number in range(rows):
        one = make.household(cast.building)
        make.belonging(make.resident(cast.building), one)
        claim(cast, one, by=make.user())
    client = page(cast.community_worker)
    with django_assert_max_num_queries(12):
        answer = client.get("/claims/")
    assert len(answer.context["rows"]) == rows


def test_my_home_costs_the_same_and_says_whom_to_call(page, cast, django_assert_num_queries):
    ServicePoint.objects.create(
        unit=cast.community, kind=ServiceKind.COMMUNITY, name="社区居委会", phone="0713-8350000"
    )
    client = page(cast.owner)
    claim(cast, make.household(cast.building))
    client.get("/my-home/")
    with CaptureQueriesContext(connection) as one:
        client.get("/my-home/")
    for _number in range(3):
        claim(cast, make.household(cast.building))
    with django_assert_num_queries(len(one.captured_queries)):
        text = client.get("/my-home/").content.decode()
    assert text.count('href="tel:0713-8350000"') == 4


@pytest.mark.parametrize("words", ["3-1-501", "5栋", "1单元501"])
def test_a_door_without_its_compound_is_asked_for_it(page, cast, home, words):
    text = page(cast.owner).get("/my-home/claim/", {"q": words}).content.decode()
    assert "是哪个小区？请先写小区名" in text
    assert "没有找到" not in text


def test_the_pages_lead_from_search_to_claim(page, cast, home):
    client = page(cast.owner)
    found = client.get("/my-home/claim/?q=翡翠").content.decode()
    assert cast.compound.code in found
    assert cast.building.code in client.get(f"/my-home/claim/?unit={cast.compound.code}").content.decode()  # fmt: skip
    sent = client.post(f"/my-home/claim/{home.code}/", {"relation": "owner", "name": "沈业主"})
    assert sent.status_code == 302
    assert Claim.objects.get().name == "沈业主"
    done = page(cast.community_worker).post(f"/claims/{Claim.objects.get().pk}/verify/")
    assert done.status_code == 302
    assert "501" in client.get("/my-home/").content.decode()


# --- Looking at papers -------------------------------------------------------------------------


def test_papers_are_seen_once_they_were_opened_which_is_recorded(cast, home, page):
    make.sensitive(cast)
    paper = attachments.store(upload=upload(photo()), by=cast.owner, now=make.NOW)
    attachments.prepare(attachment_id=paper.pk, now=make.NOW)
    made = claim(cast, home, papers=[paper], agrees=True)
    worker = page(cast.community_worker)
    address = f"/claims/{made.pk}/papers/"
    picture = reverse("orgs:attachment", args=[paper.pk])
    assert worker.get(picture).status_code == 404
    assert picture not in worker.get("/claims/").content.decode()
    assert picture not in worker.get(address).content.decode()
    assert Unmasking.objects.count() == 0
    assert worker.post(address).status_code == 302
    assert picture in worker.get(address).content.decode()
    assert worker.get(picture).status_code == 200
    seen = Unmasking.objects.get()
    assert (seen.by, seen.claim, seen.field) == (cast.community_worker, made, PrivateField.PAPERS)
    assert (seen.whom, seen.place) == (made.name, cast.building)
    # Who else checks claims opens them anew; who does not has none.
    assert page(cast.grid_worker).get(picture).status_code == 404
    assert page(cast.admin).post(address).status_code == 403
    assert page(cast.sibling_worker).post(address).status_code == 404
    auditor = page(cast.auditor).get("/unmaskings/").content.decode()
    assert made.name in auditor
    assert "认领材料" in auditor
    with time_machine.travel(timezone.now() + unmasking.PAPERS_STAY_OPEN, tick=False):
        assert worker.get(picture).status_code == 404


def test_a_look_at_papers_counts_among_those_of_a_day(cast, home, settings):
    make.sensitive(cast)
    paper = attachments.store(upload=upload(photo()), by=cast.owner, now=make.NOW)
    made = claim(cast, home, papers=[paper], agrees=True)
    settings.UNMASKINGS_A_DAY = 1
    unmasking.record_papers(claim=made, by=cast.community_worker, now=make.NOW)
    with pytest.raises(TooOften):
        unmasking.record_papers(claim=made, by=cast.community_worker, now=make.NOW)


def test_no_look_at_papers_that_nobody_sent(cast, home):
    with pytest.raises(Refused):
        unmasking.record_papers(claim=claim(cast, home), by=cast.community_worker, now=make.NOW)
