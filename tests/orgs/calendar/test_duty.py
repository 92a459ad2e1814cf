"""The duty roster: who is called at two in the morning, and who keeps the list."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from orgs.calendar import duty, rotation
from orgs.calendar.duty import Turn
from orgs.enums import DutyDays, Role
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
    ("person", "stand_in", "leader"),
    [
        (None, "street_cadre", None),
        (None, None, "street_leader"),
        ("street_cadre", "street_cadre", None),
        ("street_leader", None, "street_leader"),
        ("street_cadre", "street_leader", "street_leader"),
        ("sibling_cadre", None, None),
        ("owner", None, None),
        ("street_cadre", "urban_officer", None),
        ("street_cadre", None, "sibling_cadre"),
    ],
)
def test_a_bad_day_is_refused_and_the_others_are_not_kept(cast, person, stand_in, leader):
    names = (person, stand_in, leader)
    bad = Turn(MONDAY, *(getattr(cast, name) if name else None for name in names))
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
        {"department": cast.urban, "person": cast.urban_officer, "leader": cast.urban_officer},
    ]
    for values in bad:
        with pytest.raises(IntegrityError), transaction.atomic():
            DutyDay.objects.create(day=MONDAY, **values)


# --- The page ---


def test_a_cadre_keeps_four_weeks(page, cast):
    client = page(cast.street_cadre)
    response = client.get("/duty/change/?from=2026-03-11")
    assert response.context["form"].rows()[0][0] == MONDAY
    assert len(response.context["form"].rows()) == 28
    data = {f"person_{MONDAY}": cast.street_cadre.pk, f"stand_in_{MONDAY}": cast.street_leader.pk}
    response = client.post("/duty/change/?from=2026-03-09", data)
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
    response = page(cast.street_cadre).post("/duty/change/?from=2026-03-09", chosen)
    assert response.status_code == 400
    assert response.context["form"][f"stand_in_{MONDAY}"].value() == str(cast.street_leader.pk)
    assert "3月9日 周一" in response.content.decode()


def test_who_is_second_to_send_the_roster_undoes_nothing(page, cast):
    address, tuesday = "/duty/change/?from=2026-03-09", MONDAY + timedelta(days=1)
    shown = page(cast.street_cadre).get(address).context["shown"]
    first = {f"person_{MONDAY}": cast.street_cadre.pk, "shown": shown}
    assert page(cast.street_leader).post(address, first).status_code == 302
    second = {f"person_{tuesday}": cast.street_leader.pk, "shown": shown}
    response = page(cast.street_cadre).post(address, second)
    assert response.status_code == 409
    form = response.context["form"]
    assert form[f"person_{MONDAY}"].value() == str(cast.street_cadre.pk)
    assert "已被改为" in response.content.decode()
    again = {name: form[name].value() or "" for name in form.fields} | {
        "shown": response.context["shown"]
    }
    assert page(cast.street_cadre).post(address, again).status_code == 302
    assert dict(DutyDay.objects.values_list("day", "person")) == {
        MONDAY: cast.street_cadre.pk,
        tuesday: cast.street_leader.pk,
    }


def test_a_box_holds_only_the_places_own_people(page, cast):
    data = {f"person_{MONDAY}": cast.sibling_cadre.pk}
    assert page(cast.street_cadre).post("/duty/change/?from=2026-03-09", data).status_code == 400


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
    assert client.get("/duty/?from=garbage").context["by_week"][0][0][
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


@pytest.fixture
def colleague(cast):
    """A second cadre of the street."""
    person = make.user("second-cadre", name="钱值守", phone="13900009999")
    make.position(person, Role.STREET_CADRE, cast.street)
    return person


def test_the_weeks_at_a_glance_with_numbers_to_call(page, cast, colleague):
    keep(cast, Turn(MONDAY, cast.street_cadre, colleague, cast.street_leader))
    response = page(cast.street_cadre).get("/duty/?from=2026-03-09")
    [[monday, *_days], *_weeks] = response.context["by_week"]
    assert (monday[0], monday[2].leader) == (MONDAY, cast.street_leader)
    assert ("钱值守", "13900009999") in response.context["numbers"]
    assert 'href="tel:13900009999"' in response.text


def days_of(cast) -> list[tuple[str, str, str]]:
    rows = duty.roster(cast.street, MONDAY, 28)
    return [
        (f"{row.day:%m-%d}", row.person.name, row.stand_in.name if row.stand_in else "")
        for row in rows
    ]


def rotate(cast, people, **values):
    options = {"first": MONDAY, "last": MONDAY + timedelta(days=2), "by": cast.street_cadre}
    return rotation.rotate(place=cast.street, people=people, now=make.NOW, **options | values)


def test_people_take_turns_and_the_next_one_stands_in(cast, colleague):
    one, two = cast.street_cadre, colleague
    assert rotate(cast, [one, two], begins=two, leaders=[cast.street_leader]) == 3
    assert days_of(cast) == [
        ("03-09", two.name, one.name),
        ("03-10", one.name, two.name),
        ("03-11", two.name, one.name),
    ]
    assert {row.leader for row in duty.roster(cast.street, MONDAY, 28)} == {cast.street_leader}


def test_nobody_leads_the_own_duty(cast, colleague):
    people = [cast.street_leader, colleague]
    rotate(cast, people, leaders=[cast.street_leader])
    assert {row.leader for row in duty.roster(cast.street, MONDAY, 28)} == {None}


@pytest.mark.parametrize(("days", "count"), [("all", 7), ("worked", 5), ("free", 2)])
def test_a_rotation_of_some_days_leaves_the_others(cast, colleague, days, count):
    sunday = MONDAY + timedelta(days=6)
    assert rotate(cast, [colleague], last=sunday, days=DutyDays(days)) == count


def test_a_rotation_is_refused_whole(cast, colleague):
    far = MONDAY + timedelta(days=rotation.MOST_DAYS)
    for values in ({"last": far}, {"last": MONDAY - timedelta(days=1)}, {"begins": colleague}):
        with pytest.raises(Refused):
            rotate(cast, [cast.street_cadre], **values)
    with pytest.raises(NotAllowed):
        rotate(cast, [cast.street_cadre], by=cast.sibling_cadre)
    assert not DutyDay.objects.exists()


def test_a_week_repeats_with_its_gaps(cast, colleague):
    tuesday = MONDAY + timedelta(days=1)
    keep(cast, turn(colleague), turn(cast.street_cadre, day=tuesday + timedelta(days=7)))
    options = {"place": cast.street, "monday": MONDAY, "by": cast.street_cadre, "now": make.NOW}
    assert rotation.repeat_week(weeks=2, **options) == 14
    assert [day for day, *_who in days_of(cast)] == ["03-09", "03-16", "03-23"]
    for wrong in ({"weeks": 0}, {"weeks": 13}, {"weeks": 1, "monday": date(2026, 5, 4)}):
        with pytest.raises(Refused):
            rotation.repeat_week(**options | wrong)


def test_the_pages_fill_weeks(page, cast, colleague):
    client = page(cast.street_cadre)
    assert client.get("/duty/rotate/?from=2026-03-09").status_code == 200
    data = {"people": [colleague.pk, cast.street_cadre.pk], "days": "all"}
    data |= {"first": "2026-03-09", "last": "2026-03-15", "begins": "", "leaders": []}
    assert client.post("/duty/rotate/?from=2026-03-09", data).status_code == 302
    assert client.get("/duty/repeat/?from=2026-03-09").status_code == 200
    assert client.post("/duty/repeat/?from=2026-03-09", {"weeks": 3}).status_code == 302
    assert DutyDay.objects.count() == 28
    assert client.post("/duty/repeat/?from=2026-03-09", {"weeks": 99}).status_code == 400
    other = f"?place={cast.other_street.code}"
    for address in ("change", "rotate", "repeat"):
        assert client.get(f"/duty/{address}/{other}").status_code == 404
        assert page(cast.owner).get(f"/duty/{address}/").status_code == 403


def test_who_left_the_office_is_lost_from_no_day_by_keeping_another(page, cast, colleague):
    tuesday = MONDAY + timedelta(days=1)
    keep(cast, turn(colleague))
    colleague.positions.all().delete()
    client = page(cast.street_cadre)
    form = client.get("/duty/change/?from=2026-03-09").context["form"]
    shown = {name: field.initial for name, field in form.fields.items()}
    assert shown[f"person_{MONDAY}"] == str(colleague.pk)
    changed = shown | {f"person_{tuesday}": cast.street_cadre.pk}
    assert client.post("/duty/change/?from=2026-03-09", changed).status_code == 302
    assert days_of(cast) == [("03-09", colleague.name, ""), ("03-10", "王主任", "")]
    anew = changed | {f"stand_in_{MONDAY}": cast.street_cadre.pk}
    assert client.post("/duty/change/?from=2026-03-09", anew).status_code == 400
