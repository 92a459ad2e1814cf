"""Unmasking: for a purpose, so often a day, recorded, reported to auditors."""

import io

import pytest
from openpyxl import load_workbook

from governance.logs import masked
from orgs.errors import NotAllowed, Refused, TooOften
from orgs.models import AuditEntry
from residents import unmasking
from residents.enums import PrivateField
from residents.models import Unmasking
from tests import factories as make

PURPOSE = "核对业主身份"


@pytest.fixture
def person(cast):
    return make.resident(cast.building, id_number=make.id_number(), phone="13900001234")


def reveal(cast, person, by=None, **values):
    return unmasking.reveal(
        **{"person": person, "field": PrivateField.ID_NUMBER, "purpose": PURPOSE}
        | {"by": by or cast.community_worker, "now": make.NOW}
        | values
    )


def test_a_purpose_opens_and_is_recorded(cast, person):
    assert reveal(cast, person) == person.id_number
    row = Unmasking.objects.get()
    assert (row.by, row.person, row.purpose) == (cast.community_worker, person, PURPOSE)
    entry = AuditEntry.objects.get(action="residents.unmask")
    assert person.id_number not in str(entry.detail)


@pytest.mark.parametrize("purpose", ["", "  ", "abc", "长" * 201])
def test_a_purpose_that_says_nothing_opens_nothing(cast, person, purpose):
    with pytest.raises(Refused):
        reveal(cast, person, purpose=purpose)
    assert Unmasking.objects.count() == 0


@pytest.mark.parametrize("who", ["admin", "street_cadre", "sibling_worker", "owner", "auditor"])
def test_others_see_nothing_superusers_included(cast, person, who):
    with pytest.raises(NotAllowed):
        reveal(cast, person, by=getattr(cast, who))


@pytest.mark.parametrize(("who", "status"), [("admin", 403), ("auditor", 200)])
def test_the_admin_shows_it_to_auditors_alone(cast, page, who, status):
    user = getattr(cast, who)
    user.is_staff = True
    user.save()
    assert page(user).get("/admin/residents/unmasking/").status_code == status


def test_so_many_a_day(cast, person, settings):
    settings.UNMASKINGS_A_DAY = 2
    for _time in range(2):
        reveal(cast, person)
    with pytest.raises(TooOften):
        reveal(cast, person)


def test_the_page_shows_it_once_and_is_not_kept(cast, page, person):
    client = page(cast.community_worker)
    address = f"/people/{person.pk}/unmask/"
    body = {"field": "id_number", "purpose": PURPOSE}
    shown = client.post(address, body)
    assert person.id_number in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert client.get(address).status_code == 405
    assert client.post(address, {"field": "note", "purpose": PURPOSE}).status_code == 400
    assert page(cast.sibling_worker).post(address, body).status_code == 404
    assert page(cast.street_cadre).post(address, body).status_code == 403


def test_an_auditor_reads_who_saw_whom(cast, page, person):
    reveal(cast, person)
    day = make.NOW.date().isoformat()
    client = page(cast.auditor)
    text = client.get(f"/unmaskings/?first={day}&last={day}").content.decode()
    assert PURPOSE in text
    assert person.id_number not in text
    sheet = client.get(f"/unmaskings/?first={day}&last={day}&format=xlsx")
    rows = list(load_workbook(io.BytesIO(sheet.content)).active.values)
    assert rows[1][5] == PURPOSE
    assert client.get("/unmaskings/?first=x").status_code == 400
    for who in (cast.admin, cast.community_worker):
        assert page(who).get("/unmaskings/").status_code == 403


def test_logs_hide_id_numbers():
    number = make.id_number()
    assert number not in masked(f"failed for {number}")
