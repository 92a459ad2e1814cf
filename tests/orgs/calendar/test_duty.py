"""The duty roster: who is called at two in the morning, and who keeps the list."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from orgs.calendar import duty
from orgs.calendar.duty import Turn
from orgs.enums import Role
from orgs.errors import NotAllowed, Refused
from orgs.models import DutyDay
from tests import factories as make

MONDAY = date(2026, 3, 9)


def turn(person=None, stand_in=None, day=MONDAY):
    return Turn(day, person, stand_in)


def keep(cast, *turns, by=None, place=None):
    place = place or cast.street
    return duty.keep(place=place, turns=turns, by=by or cast.street_cadre, now=make.NOW)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+08:00")


@pytest.mark.parametrize(
    ("moment", "found"),
    [
        ("2026-03-09T08:29", 0),
        ("2026-03-09T08:30", 1),
        ("2026-03-10T02:00", 1),
        ("2026-03-10T08:30", 0),
    ],
)
def test_a_day_of_duty_lasts_until_the_next_office_hours(cast, moment, found):
    keep(cast, turn(cast.street_cadre, cast.street_leader))
    on_duty = duty.on_duty(streets=[cast.street.pk], departments=[cast.urban.pk], now=at(moment))
    assert [(one.person, one.stand_in) for one in on_duty] == [
        (cast.street_cadre, cast.street_leader)
    ] * found


def test_keeping_again_replaces_and_empties(cast):
    tuesday = MONDAY + timedelta(days=1)
    keep(cast, turn(cast.street_cadre), turn(cast.street_leader, day=tuesday))
    keep(cast, turn(), turn(cast.street_cadre, day=tuesday))
    assert list(DutyDay.objects.values_list("day", "person")) == [(tuesday, cast.street_cadre.pk)]


@pytest.mark.parametrize(
    ("person", "stand_in"),
    [
        (None, "street_cadre"),
        ("street_cadre", "street_cadre"),
        ("sibling_cadre", None),
        ("owner", None),
        ("street_cadre", "urban_officer"),
    ],
)
def test_a_bad_day_is_refused_and_the_others_are_not_kept(cast, person, stand_in):
    bad = turn(*(getattr(cast, name) if name else None for name in (person, stand_in)))
    with pytest.raises(Refused) as refused:
        keep(cast, turn(cast.street_leader, day=MONDAY + timedelta(days=1)), bad)
    assert "3月9日 周一" in refused.value.message
    assert not DutyDay.objects.exists()


@pytest.mark.parametrize(
    ("who", "place", "allowed"),
    [
        ("street_leader", "street", True),
        ("district_cadre", "street", True),
        ("sibling_cadre", "street", False),
        ("community_worker", "street", False),
        ("urban_officer", "urban", True),
        ("district_cadre", "urban", True),
        ("housing_officer", "urban", False),
        ("street_cadre", "urban", False),
    ],
)
def test_who_keeps_which_roster(cast, who, place, allowed):
    person, where = getattr(cast, who), getattr(cast, place)
    on_duty = cast.urban_officer if place == "urban" else cast.street_cadre
    if allowed:
        assert keep(cast, turn(on_duty), by=person, place=where) == 1
    else:
        with pytest.raises(NotAllowed):
            keep(cast, turn(on_duty), by=person, place=where)


def test_the_database_keeps_one_duty_a_day(cast):
    keep(cast, turn(cast.street_cadre))
    bad = [
        {"street": cast.street, "person": cast.street_leader},
        {"person": cast.street_leader},
        {"street": cast.street, "department": cast.urban, "person": cast.street_leader},
        {"department": cast.urban, "person": cast.urban_officer, "stand_in": cast.urban_officer},
    ]
    for values in bad:
        with pytest.raises(IntegrityError), transaction.atomic():
            DutyDay.objects.create(day=MONDAY, **values)


# --- The page ---


def test_a_cadre_keeps_four_weeks(page, cast):
    client = page(cast.street_cadre)
    response = client.get("/duty/?from=2026-03-11")
    assert response.context["rows"][0][0] == MONDAY
    assert len(response.context["rows"]) == 28
    data = {f"person_{MONDAY}": cast.street_cadre.pk, f"stand_in_{MONDAY}": cast.street_leader.pk}
    response = client.post("/duty/?from=2026-03-09", data)
    assert response.status_code == 302
    assert client.get(response["Location"]).status_code == 200
    kept = DutyDay.objects.get()
    assert (kept.street, kept.person, kept.stand_in) == (
        cast.street,
        cast.street_cadre,
        cast.street_leader,
    )


def test_what_was_chosen_wrong_survives_with_its_reason(page, cast):
    chosen = {f"person_{MONDAY}": "", f"stand_in_{MONDAY}": cast.street_leader.pk}
    response = page(cast.street_cadre).post("/duty/?from=2026-03-09", chosen)
    assert response.status_code == 400
    assert response.context["form"][f"stand_in_{MONDAY}"].value() == str(cast.street_leader.pk)
    assert "3月9日 周一" in response.content.decode()


def test_a_box_holds_only_the_places_own_people(page, cast):
    data = {f"person_{MONDAY}": cast.sibling_cadre.pk}
    assert page(cast.street_cadre).post("/duty/?from=2026-03-09", data).status_code == 400


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("street_leader", 200),
        ("urban_officer", 200),
        ("community_worker", 403),
        ("owner", 403),
        ("district_cadre", 403),
    ],
)
def test_who_has_the_page(page, cast, who, status):
    assert page(getattr(cast, who)).get("/duty/").status_code == status


def test_another_places_roster_is_not_there(page, cast):
    client = page(cast.street_cadre)
    assert client.get(f"/duty/?place={cast.other_street.code}").status_code == 404
    assert client.get(f"/duty/?place={cast.urban.code}").status_code == 404
    assert client.get("/duty/?from=garbage").context["rows"][0][
        0
    ] == timezone.localdate() - timedelta(days=timezone.localdate().weekday())


def test_who_keeps_several_rosters_chooses(page, cast):
    make.position(cast.street_cadre, Role.DEPARTMENT_OFFICER, cast.housing)
    response = page(cast.street_cadre).get("/duty/?place=housing")
    assert list(response.context["places"]) == [cast.street.code, "housing"]
    assert response.context["place"] == cast.housing


def test_the_number_of_queries_does_not_grow(page, cast, django_assert_num_queries):
    client = page(cast.street_cadre)
    client.get("/duty/?from=2026-03-09")
    with django_assert_num_queries(50, exact=False) as empty:
        client.get("/duty/?from=2026-03-09")
    keep(
        cast,
        *[
            turn(cast.street_cadre, cast.street_leader, MONDAY + timedelta(days=n))
            for n in range(28)
        ],
    )
    with django_assert_num_queries(len(empty.captured_queries)):
        client.get("/duty/?from=2026-03-09")


def test_the_page_says_who_has_the_duty_now(page, cast):
    client = page(cast.street_cadre)
    with time_machine.travel(make.NOW, tick=False):
        assert "现在没有排班" in client.get("/duty/").text
        keep(cast, turn(cast.street_leader, cast.street_cadre, duty.duty_day(make.NOW)))
        text = client.get("/duty/").text
    assert f"现在值班：{cast.street_leader.name}。 副班：{cast.street_cadre.name}。" in text
