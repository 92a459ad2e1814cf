"""Letters to the doors: printed, used once, locked after five wrong tries."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation
from django.utils.formats import date_format
from fpdf import FPDF

from orgs.errors import NotAllowed, Refused, WrongState
from residents.claims import claims, door_codes
from residents.enums import ClaimBasis, ClaimState, Relation
from residents.models import DoorCode
from tests import factories as make

CODE = "ABCDEFGH"


@pytest.fixture
def home(cast):
    made = make.household(cast.building, "501")
    DoorCode.objects.create(
        household=made,
        digest=door_codes.digest(made, CODE),
        made_by=cast.community_worker,
        expires_at=make.NOW + door_codes.LIFE,
    )
    return made


def claim(cast, home, relation=Relation.TENANT, by=None):
    return claims.claim(household=home, relation=relation, by=by or cast.owner, now=make.NOW)


def use(cast, one, code=CODE, now=make.NOW, by=None):
    return door_codes.use(claim=one, code=code, by=by or cast.owner, now=now)


def test_the_code_verifies_once(cast, home):
    done = use(cast, claim(cast, home), " abcd-efgh ")
    assert (done.state, done.basis) == (ClaimState.VERIFIED, ClaimBasis.CODE)
    with pytest.raises(Refused):
        use(cast, claim(cast, home, by=cast.neighbour), by=cast.neighbour)


def test_five_wrong_tries_lock(cast, home):
    one = claim(cast, home)
    for _try in range(5):
        with pytest.raises(Refused):
            use(cast, one, "XXXXXXXX")
    with pytest.raises(Refused):
        use(cast, one)


def test_a_strangers_tries_void_nobody_elses_letter(cast, home):
    strange = claim(cast, home, by=cast.neighbour)
    for _try in range(9):
        with pytest.raises(Refused):
            use(cast, strange, "XXXXXXXX", by=cast.neighbour)
    assert use(cast, claim(cast, home)).state == ClaimState.VERIFIED


def test_another_claim_of_the_same_person_forgets_no_tries(cast, home):
    one = claim(cast, home)
    for _try in range(5):
        with pytest.raises(Refused):
            use(cast, one, "XXXXXXXX")
    claims.withdraw(claim=one, by=cast.owner, now=make.NOW)
    with pytest.raises(Refused):
        use(cast, claim(cast, home))


def test_an_old_code_is_void(cast, home):
    with pytest.raises(Refused):
        use(cast, claim(cast, home), now=make.NOW + timedelta(days=30))


def test_a_code_makes_nobody_owner_beside_other_owners(cast, home):
    make.belonging(make.resident(cast.building), home)
    with pytest.raises(WrongState) as refused:
        use(cast, claim(cast, home, Relation.CO_OWNER))
    assert refused.value.code == "community_decides"


def test_a_code_is_for_ones_own_claim(cast, home):
    with pytest.raises(NotAllowed):
        use(cast, claim(cast, home), by=cast.neighbour)


def test_letters_are_a_pdf_and_void_the_old_codes(cast, page, home):
    make.household(cast.building, "502")
    before = DoorCode.objects.get().digest
    answer = page(cast.community_worker).post(f"/letters/{cast.building.code}/", {"once": "mark"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    # By this the page learns that its file came; its button is free again.
    assert answer.cookies["file_answer"].value == "mark"
    assert answer.content.startswith(b"%PDF")
    assert "no-store" in answer["Cache-Control"]
    assert DoorCode.objects.count() == 2
    assert not DoorCode.objects.filter(digest=before).exists()


@pytest.mark.parametrize("mark", ["标记", "a\nb", ""])
def test_a_mark_that_no_header_holds_is_no_cookie(cast, page, home, mark):
    answer = page(cast.community_worker).post(f"/letters/{cast.building.code}/", {"once": mark})
    assert (answer.status_code, "file_answer" in answer.cookies) == (200, False)


@pytest.mark.parametrize("who", ["street_cadre", "sibling_worker", "owner", "property_clerk"])
def test_others_print_none(cast, page, home, who):
    assert page(getattr(cast, who)).post(f"/letters/{cast.building.code}/").status_code == 403


@pytest.fixture
def printed(cast, home, monkeypatch):
    """What stands in the letters of the building, printed by the community's worker."""
    words = []

    def write(sheet, width, line, text, **options):
        words.append(text.replace("\n", ""))
        return multi_cell(sheet, width, line, text, **options)

    multi_cell = FPDF.multi_cell
    monkeypatch.setattr(FPDF, "multi_cell", write)

    def letters(building=cast.building):
        words.clear()
        door_codes.letters(building=building, by=cast.community_worker, now=make.NOW)
        return words

    return letters


def test_a_letter_says_who_writes_why_until_when_and_whom_to_ask(cast, printed):
    make.service_point(cast.community, kind="community", phone="0713-8350001")
    words = printed()
    assert words[0] == cast.street.name
    assert words[1] == words[-2] == cast.community.name
    assert f"致 {cast.building.path_name} 501 住户：" in words
    assert f"联系人：{cast.community_worker.name}    社区电话：0713-8350001" in words
    assert any("自愿" in text for text in words)
    until = date_format(timezone.localdate(make.NOW + door_codes.LIFE))
    assert f"有效期至{until}，仅可使用一次。" in "".join(words).replace(" ", "")


def test_the_nearest_number_of_the_community_counts(cast, printed):
    make.service_point(cast.street, kind="community", phone="0713-1111111")
    assert any(text.endswith("社区电话：0713-1111111") for text in printed())
    make.service_point(cast.community, kind="community", phone="0713-2222222")
    make.service_point(cast.community, kind="police", phone="110")
    assert any(text.endswith("社区电话：0713-2222222") for text in printed())


def test_a_letter_is_in_the_language_of_the_place(printed):
    with translation.override("en"):
        assert "住户身份核实告知书" in printed()


def test_without_a_number_the_page_says_so(cast, page):
    client, address = page(cast.community_worker), f"/letters/{cast.building.code}/"
    assert "还没有登记社区电话" in client.get(address).text
    make.service_point(cast.community, kind="community", phone="0713-8350001")
    assert "0713-8350001" in client.get(address).text


def test_a_wrong_code_is_said_at_the_field_and_its_address_shows_the_form_again(cast, page, home):
    one, client = claim(cast, home), page(cast.owner)
    address = f"/claims/{one.pk}/code/"
    wrong = client.post(address, {"code": "XXXXXXXX"})
    assert f'id="code-{one.pk}-error"' in wrong.content.decode()
    again = client.get(address, follow=True)
    assert (again.status_code, again.redirect_chain) == (200, [("/my-home/", 302)])
    assert f'action="{address}"' in again.content.decode()
