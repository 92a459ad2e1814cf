"""Bodies of residents: terms of office that never overlap, seats, who keeps and who reads them."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import AuditEntry
from residents.enums import BodyKind, Relation, Seat
from residents.models import BodyMember, LocalBody, Term
from residents.organisations import bodies
from tests import factories as make

URL = "/api/v1/bodies/"
TODAY = make.NOW.date()
FIRST, LAST = date(2026, 1, 1), date(2028, 12, 31)


@pytest.fixture
def body(cast):
    return bodies.establish(
        unit=cast.compound,
        kind=BodyKind.OWNERS_COMMITTEE,
        by=cast.community_worker,
        now=make.NOW,
    )


def term(cast, body, starts=FIRST, ends=LAST, by=None, **values):
    by = by or cast.community_worker
    return bodies.add_term(body=body, starts=starts, ends=ends, by=by, now=make.NOW, **values)


def seat(cast, body, name="王业委", by=None, **values):
    by = by or cast.community_worker
    return bodies.seat(body=body, name=name, by=by, now=make.NOW, **values)


def refusal(function, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refused:
        function(*args, **kwargs)
    return refused.value.code


def test_a_body_is_entered_once(cast, body):
    again = bodies.establish(
        unit=cast.compound, kind=BodyKind.OWNERS_COMMITTEE, by=cast.street_cadre, now=make.NOW
    )
    assert again == body
    assert AuditEntry.objects.filter(action="residents.establish-body").count() == 1


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("building", BodyKind.MEDIATION),
        ("street", BodyKind.RESIDENTS_COUNCIL),
        ("community", BodyKind.OWNERS_COMMITTEE),
        ("community", BodyKind.SELF_GOVERNMENT),
    ],
)
def test_places_have_only_bodies_of_their_own(cast, place, kind):
    unit = getattr(cast, place)
    make_it = {"unit": unit, "kind": kind, "by": cast.street_cadre, "now": make.NOW}
    assert refusal(bodies.establish, **make_it) == "wrong_place"
    assert LocalBody.objects.count() == 0


def test_terms_take_the_next_number(cast, body):
    assert term(cast, body).number == 1
    assert term(cast, body, LAST + timedelta(days=1), date(2031, 12, 31)).number == 2


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        (FIRST, LAST),
        (FIRST - timedelta(days=400), FIRST),
        (LAST, LAST + timedelta(days=400)),
        (FIRST + timedelta(days=9), LAST - timedelta(days=9)),
        (FIRST - timedelta(days=9), LAST + timedelta(days=9)),
    ],
)
def test_terms_never_overlap(cast, body, starts, ends):
    term(cast, body)
    assert refusal(term, cast, body, starts, ends) == "overlaps"
    assert Term.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"ends": FIRST - timedelta(days=1)}, "ends"),
        ({"ends": date(2033, 1, 1)}, "ends"),
        ({"elected_on": LAST + timedelta(days=1)}, "elected_on"),
        ({"registered_on": FIRST}, "registration"),
        ({"registration": "备1号"}, "registration"),
    ],
)
def test_days_that_make_no_term(cast, body, values, field):
    with pytest.raises(Refused) as refused:
        term(cast, body, **values)
    assert list(refused.value.fields) == [field]
    assert Term.objects.count() == 0


def test_a_term_is_registered_and_ended_early(cast, body):
    made = term(cast, body)
    keeper = {"by": cast.street_cadre, "now": make.NOW}
    made = bodies.register_term(term=made, on=TODAY, number=" 西备3号 ", **keeper)
    assert (made.registered_on, made.registration) == (TODAY, "西备3号")
    ended = bodies.end_term(term=made, on=TODAY, reason="集体辞职", **keeper)
    assert (ended.ends, ended.end_reason) == (TODAY, "集体辞职")
    assert term(cast, body, TODAY + timedelta(days=1), date(2029, 1, 1)).number == 2
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {
        "residents.register-term", "residents.end-term",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("on", "reason", "field"),
    [
        (FIRST - timedelta(days=1), "x", "on"),
        (LAST, "x", "on"),
        (TODAY, "  ", "reason"),
        (TODAY, "x" * 301, "reason"),
    ],
)
def test_an_early_end_has_its_day_and_reason(cast, body, on, reason, field):
    made = term(cast, body)
    with pytest.raises(Refused) as refused:
        bodies.end_term(term=made, on=on, reason=reason, by=cast.street_cadre, now=make.NOW)
    assert list(refused.value.fields) == [field]
    assert Term.objects.get().ends == LAST


def test_a_registration_is_not_of_the_future(cast, body):
    made = term(cast, body)
    tomorrow = TODAY + timedelta(days=1)
    with pytest.raises(Refused):
        bodies.register_term(term=made, on=tomorrow, number="1", by=cast.street_cadre, now=make.NOW)
    assert Term.objects.get().registered_on is None


def test_a_name_of_the_roll_is_that_person(cast, body):
    term(cast, body)
    known = make.resident(cast.building, name="王业委", phone="13900001234")
    assert seat(cast, body).person == known
    assert seat(cast, body, "外请律师").name == "外请律师"


def test_two_of_one_name_are_told_apart_by_digits(cast, body):
    term(cast, body)
    make.resident(cast.building, name="王业委", phone="13900001111")
    second = make.resident(cast.building, name="王业委", phone="13900002222")
    assert refusal(seat, cast, body) == "who"
    assert seat(cast, body, phone_tail="2222").person == second
    assert refusal(seat, cast, body, phone_tail="9999") == "invalid"


def test_people_of_other_places_are_not_found_by_name(cast, body):
    term(cast, body)
    make.resident(cast.other_community, name="王业委")
    assert seat(cast, body).person is None


def test_one_chair_and_one_seat_each(cast, body):
    term(cast, body)
    person = make.resident(cast.building, name="王业委")
    first = seat(cast, body, seat=Seat.CHAIR)
    assert refusal(seat, cast, body, "另一人", seat=Seat.CHAIR) == "chair_taken"
    assert refusal(seat, cast, body, person=person) == "sits_already"
    bodies.unseat(member=first, on=TODAY, by=cast.community_worker, now=make.NOW)
    assert seat(cast, body, "另一人", seat=Seat.CHAIR).seat == Seat.CHAIR
    with pytest.raises(WrongState):
        bodies.unseat(member=first, on=TODAY, by=cast.community_worker, now=make.NOW)


def test_a_member_of_a_committee_is_not_called_a_party_member():
    with translation.override("zh-hans"):
        assert [str(one.label) for one in Seat] == ["主任", "副主任", "委员"]


def test_a_seat_needs_a_term_of_today(cast, body):
    term(cast, body, date(2020, 1, 1), date(2022, 12, 31))
    with pytest.raises(WrongState) as refused:
        seat(cast, body)
    assert refused.value.code == "no_term"
    term(cast, body)
    assert refusal(seat, cast, body, starts=LAST + timedelta(days=1)) == "invalid"
    assert BodyMember.objects.count() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "", "person": None},
        {"ends": date(2024, 1, 1)},
    ],
)
def test_the_database_refuses_seats_of_nobody(cast, wrong):
    row = make.term(cast.compound)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.body_member(row, **wrong)


def test_the_database_refuses_terms_that_cannot_be(cast):
    row = make.term(cast.compound)
    for wrong in ({"number": 1}, {"ends": date(2024, 1, 1)}, {"registered_on": FIRST}):
        with pytest.raises(IntegrityError), transaction.atomic():
            make.term(cast.compound, **{"starts": FIRST + timedelta(days=4000)} | wrong)
    assert Term.objects.get() == row


# --- Who keeps, who reads -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("community_worker", 201), ("street_cadre", 201),
        ("grid_worker", 403), ("committee_member", 403), ("property_clerk", 403),
        ("secretary", 403), ("district_cadre", 403),
        ("sibling_worker", 404), ("sibling_cadre", 404), ("outsider", 404), ("auditor", 404),
    ],
)  # fmt: skip
def test_who_enters_a_term_over_the_api(api, cast, body, who, status):
    answer = api(getattr(cast, who)).post(
        f"{URL}{body.pk}/terms/", {"starts": "2026-01-01", "ends": "2028-12-31"}, format="json"
    )
    assert answer.status_code == status
    assert Term.objects.count() == (status == 201)


@pytest.mark.parametrize("who", ["grid_worker", "sibling_worker", "sibling_cadre", "outsider"])
def test_others_enter_no_body(api, cast, who):
    sent = {"unit": cast.compound.code, "kind": "mediation"}
    assert api(getattr(cast, who)).post(URL, sent, format="json").status_code == 403
    assert LocalBody.objects.count() == 0


def test_the_api_from_body_to_member(api, cast):
    client = api(cast.community_worker)
    sent = {"unit": cast.compound.code, "kind": "owners_committee"}
    made = client.post(URL, sent, format="json").json()
    assert made["term"] is None
    days = {"starts": "2026-01-01", "ends": "2036-01-01"}
    assert client.post(f"{URL}{made['id']}/terms/", days, format="json").status_code == 400
    ends = date.today() + timedelta(days=400)
    days = {"starts": "2026-01-01", "ends": f"{ends:%Y-%m-%d}"}
    assert client.post(f"{URL}{made['id']}/terms/", days, format="json").status_code == 201
    person = {"name": "朱业委", "seat": "chair"}
    first = client.post(f"{URL}{made['id']}/members/", person, format="json")
    assert (first.status_code, first.json()["on_roll"]) == (201, False)
    again = client.post(f"{URL}{made['id']}/members/", person, format="json")
    assert (again.status_code, again.json()["code"]) == (400, "chair_taken")
    (shown,) = client.get(URL).json()["results"]
    assert shown["term"]["members"][0]["name"] == "朱业委"
    assert "phone" not in str(shown)


def test_residents_read_names_and_outsiders_nothing(api, page, cast, body):
    made = term(cast, body, TODAY - timedelta(days=9), TODAY + timedelta(days=900))
    make.body_member(made, person=make.resident(cast.building, name="王主任", phone="13900005678"))
    home = make.household(cast.building)
    resident = make.resident(cast.building, account=cast.neighbour)
    make.belonging(
        resident, home, Relation.TENANT, verified_by=cast.community_worker, verified_at=make.NOW
    )
    text = page(cast.neighbour).get(f"/bodies/{body.pk}/").content.decode()
    assert "王主任" in text
    assert "5678" not in text
    assert len(api(cast.neighbour).get(URL).json()["results"]) == 1
    assert api(cast.outsider).get(URL).json()["results"] == []
    assert page(cast.outsider).get(f"/bodies/{body.pk}/").status_code == 404


def test_an_unverified_claim_shows_nothing(api, cast, body):
    home = make.household(cast.building)
    make.belonging(make.resident(cast.building, account=cast.neighbour), home, Relation.OWNER)
    assert api(cast.neighbour).get(URL).json()["results"] == []


@pytest.mark.parametrize("number", [1, 30])
def test_a_list_costs_the_same(api, cast, number, django_assert_num_queries):
    for _number in range(number):
        compound = make.unit(cast.community)
        for _member in range(3):
            make.body_member(
                make.term(compound, starts=TODAY, number=1 + _member)
                if not _member
                else Term.objects.latest("pk")
            )
    client = api(cast.community_worker)
    with django_assert_num_queries(4):
        answer = client.get(URL)
    assert len(answer.json()["results"]) == number


# --- Pages ----------------------------------------------------------------------------------------


def test_the_pages_from_body_to_history(page, cast):
    client = page(cast.community_worker)
    answer = client.post(f"/units/{cast.compound.code}/bodies/add/", {"kind": "mediation"})
    body = LocalBody.objects.get()
    assert answer.url == f"/bodies/{body.pk}/terms/add/"
    bad = client.post(answer.url, {"starts": "2026-01-01", "ends": "2025-01-01"})
    assert (bad.status_code, Term.objects.count()) == (400, 0)
    client.post(answer.url, {"starts": "2026-01-01", "ends": "2028-12-31"})
    one = Term.objects.get()
    client.post(
        f"/terms/{one.pk}/register/", {"registered_on": "2026-02-01", "registration": "备1号"}
    )
    client.post(f"/bodies/{body.pk}/members/add/", {"name": "罗调解", "seat": "member"})
    member = BodyMember.objects.get()
    client.post(f"/body-members/{member.pk}/leave/", {"on": member.starts.isoformat()})
    client.post(f"/terms/{one.pk}/end/", {"on": "2026-06-01", "reason": "换届"})
    text = client.get(f"/bodies/{body.pk}/").content.decode()
    for shown in ("备1号", "罗调解", "换届"):
        assert shown in text
    member.refresh_from_db()
    assert member.ends == member.starts


@pytest.mark.parametrize("who", ["grid_worker", "committee_member", "property_clerk"])
def test_readers_get_no_forms(page, cast, body, who):
    made = term(cast, body)
    member = make.body_member(made)
    client = page(getattr(cast, who))
    assert client.get(f"/bodies/{body.pk}/").status_code == 200
    for path in (
        f"/bodies/{body.pk}/terms/add/",
        f"/bodies/{body.pk}/members/add/",
        f"/terms/{made.pk}/end/",
        f"/terms/{made.pk}/register/",
        f"/body-members/{member.pk}/leave/",
        f"/units/{cast.compound.code}/bodies/add/",
    ):
        assert client.get(path).status_code == 403


def test_nothing_is_kept_without_its_audit(cast, body, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(bodies.audit, "record", broken)
    with pytest.raises(RuntimeError):
        term(cast, body)
    assert Term.objects.count() == 0


def test_the_grid_keeps_no_bodies(cast, body):
    with pytest.raises(NotAllowed):
        term(cast, body, by=cast.grid_worker)
