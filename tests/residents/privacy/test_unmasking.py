"""Unmasking: for a purpose, so often a day, recorded, reported to auditors."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from governance.logs import masked
from orgs.errors import NotAllowed, Refused, TooLarge, TooOften
from orgs.models import AuditEntry
from residents.enums import PrivateField
from residents.models import Unmasking
from residents.privacy import unmasking
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


@pytest.mark.parametrize(
    ("who", "offered"), [("community_worker", True), ("street_cadre", False), ("owner", False)]
)
def test_only_who_may_unmask_is_offered_it(cast, page, who, offered):
    person = make.resident(cast.building, phone="13900001111", account=cast.owner)
    shown = page(getattr(cast, who)).get(f"/people/{person.pk}/").content.decode()
    assert "139****1111" in shown
    assert ("查看完整电话" in shown) is offered


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
    assert f'href="/people/{person.pk}/"' in shown.content.decode()
    assert client.get(address).status_code == 405
    assert client.post(address, {"field": "note", "purpose": PURPOSE}).status_code == 400
    assert page(cast.sibling_worker).post(address, body).status_code == 404
    assert page(cast.street_cadre).post(address, body).status_code == 403


def test_it_is_told_how_many_looks_are_left_today(cast, page, person, settings):
    settings.UNMASKINGS_A_DAY = 2
    client, said = page(cast.community_worker), "今天还可查看 {} 次"
    assert said.format(2) in client.get(f"/people/{person.pk}/").content.decode()
    body = {"field": "id_number", "purpose": PURPOSE}
    shown = client.post(f"/people/{person.pk}/unmask/", body).content.decode()
    assert said.format(1) in shown
    reveal(cast, person, now=timezone.now())
    assert said.format(0) in client.get(f"/people/{person.pk}/").content.decode()


def test_an_auditor_reads_who_saw_whom(cast, page, person):
    reveal(cast, person)
    day = make.NOW.date().isoformat()
    client = page(cast.auditor)
    text = client.get(f"/unmaskings/?first={day}&last={day}").content.decode()
    assert PURPOSE in text
    assert person.id_number not in text
    sheet = client.get(f"/unmaskings/?first={day}&last={day}&format=xlsx")
    rows = list(load_workbook(io.BytesIO(b"".join(sheet.streaming_content))).active.values)
    assert rows[1][5] == PURPOSE
    entry = AuditEntry.objects.get(action="residents.export-unmaskings")
    assert (entry.actor_id, entry.detail) == (
        cast.auditor.pk,
        {"rows": 1, "first": day, "last": day},
    )
    assert client.get("/unmaskings/?first=x").status_code == 400
    for who in (cast.admin, cast.community_worker):
        assert page(who).get("/unmaskings/").status_code == 403


def test_logs_hide_id_numbers():
    number = make.id_number()
    assert number not in masked(f"failed for {number}")


def test_the_period_counts_days_of_here(cast, person):
    late = make.NOW.replace(hour=23, minute=59)
    for moment in (late, late + timedelta(minutes=2)):
        reveal(cast, person, now=moment)
    day = make.NOW.date()
    for first, last, rows in ((day, day, 1), (day, day + timedelta(days=1), 2)):
        assert unmasking.who_saw_whom(first, last).count() == rows


def test_the_limit_is_one_of_a_day_of_here(cast, person, settings):
    settings.UNMASKINGS_A_DAY = 1
    late = make.NOW.replace(hour=23, minute=59)
    reveal(cast, person, now=late)
    reveal(cast, person, now=late + timedelta(minutes=2))


def test_a_report_of_too_many_rows_asks_for_fewer_days(cast, person, monkeypatch):
    reveal(cast, person)
    monkeypatch.setattr(unmasking, "MOST_ROWS", 0)
    day = make.NOW.date()
    with pytest.raises(TooLarge):
        unmasking.report(first=day, last=day, by=cast.auditor, now=make.NOW)
    with pytest.raises(NotAllowed):
        unmasking.report(first=day, last=day, by=cast.admin, now=make.NOW)


def test_a_day_with_a_large_copy_of_a_form_is_fetched_whole(cast, page, person):
    people = [person.pk] * 2_001
    unmasking.record_handed_over(
        people=people, purpose="核对高龄津贴", by=cast.street_cadre, now=make.NOW
    )
    day = make.NOW.date().isoformat()
    answer = page(cast.auditor).get(f"/unmaskings/?first={day}&last={day}&format=xlsx")
    assert (answer.status_code, answer.streaming) == (200, True)
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)), read_only=True)
    assert sum(1 for _row in book.active.rows) == 1 + len(people)
    entry = AuditEntry.objects.get(action="residents.export-unmaskings")
    assert entry.detail["rows"] == len(people)
    # As many rows as one copy of a form may have, several times over.
    assert unmasking.MOST_ROWS > 10 * 50_000


def test_a_name_that_looks_like_a_formula_is_harmless(cast, page):
    evil = make.resident(cast.building, name="=1+1", phone="13900001234")
    reveal(cast, evil, field=PrivateField.PHONE)
    day = make.NOW.date().isoformat()
    sheet = page(cast.auditor).get(f"/unmaskings/?first={day}&last={day}&format=xlsx")
    content = b"".join(sheet.streaming_content)
    assert list(load_workbook(io.BytesIO(content)).active.values)[1][2] == "'=1+1"


@pytest.mark.parametrize("rows", [1, 30])
def test_the_report_costs_the_same(cast, page, rows, django_assert_max_num_queries):
    for _number in range(rows):
        reveal(cast, make.resident(cast.building, id_number=make.id_number()))
    day = make.NOW.date().isoformat()
    client = page(cast.auditor)
    with django_assert_max_num_queries(10):
        answer = client.get(f"/unmaskings/?first={day}&last={day}")
    assert len(answer.context["page"].rows) == rows
