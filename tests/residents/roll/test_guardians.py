"""Children under 14: a grown-up of the roll speaks for each, at every way in."""

from datetime import date

import pytest

from orgs.errors import Refused
from residents.enums import Relation
from residents.models import Person
from residents.roll import guardians, people
from tests import factories as make


@pytest.mark.parametrize(
    ("born", "child"),
    [(date(2012, 3, 11), True), (date(2012, 3, 10), False), (None, False)],
)
def test_children_are_under_fourteen(born, child):
    assert guardians.is_child(born, date(2026, 3, 10)) is child


@pytest.fixture
def home(cast):
    made = make.household(cast.building)
    made.parent = make.resident(cast.building, name="家长", born=date(1985, 1, 1))
    make.belonging(made.parent, made)
    return made


def body(**values):
    return {"name": "小明", "relation": "family", "born": "2020-05-01", **values}


def test_the_page_enters_no_child_without_a_guardian(cast, page, home):
    client, address = page(cast.grid_worker), f"/households/{home.code}/move-in/"
    refused = client.post(address, body())
    assert (refused.status_code, refused.context["form"].errors.keys()) == (400, {"guardian"})
    assert not Person.objects.filter(name="小明").exists()
    assert client.post(address, body(guardian=home.parent.pk)).status_code == 302
    assert Person.objects.get(name="小明").guardian == home.parent


def test_the_day_of_birth_in_an_id_number_counts(cast, page, home):
    given = body(born="", id_number=make.id_number("20200501"))
    refused = page(cast.grid_worker).post(f"/households/{home.code}/move-in/", given)
    assert refused.context["form"].errors.keys() == {"guardian"}


def test_the_api_enters_no_child_without_a_guardian(cast, api, home):
    client, address = api(cast.grid_worker), f"/api/v1/households/{home.code}/people/"
    refused = client.post(address, body(), format="json")
    assert (refused.status_code, refused.json()["code"]) == (400, "guardian_needed")
    stranger = make.resident(cast.other_street)
    unseen = client.post(address, body(guardian=stranger.pk), format="json")
    assert unseen.json()["errors"].keys() == {"guardian"}
    assert client.post(address, body(guardian=home.parent.pk), format="json").status_code == 201


def test_the_admin_enters_nobody(cast, page):
    assert page(cast.admin).post("/admin/residents/person/add/", body()).status_code == 403


@pytest.mark.parametrize(
    "values", [{"born": date(2010, 1, 1)}, {"erased_at": make.NOW}, {"born": date(2020, 1, 1)}]
)
def test_a_guardian_is_a_grown_up_of_the_roll(cast, values):
    person = make.resident(cast.building, **values)
    with pytest.raises(Refused) as refused:
        guardians.refuse_unguarded(date(2020, 5, 1), person, make.NOW.date())
    assert refused.value.code == "guardian_needed"


def test_nobody_guards_themselves(cast):
    child = make.resident(cast.building, born=date(2020, 5, 1))
    with pytest.raises(Refused):
        guardians.refuse_unguarded(child.born, child, make.NOW.date(), of=child)


def test_a_correction_leaves_no_child_alone(cast, page, home):
    person = make.resident(cast.building, name="小明")
    make.belonging(person, home, Relation.FAMILY)
    client, address = page(cast.grid_worker), f"/people/{person.pk}/correct/"
    given = {"name": "小明", "born": "2020-05-01"}
    assert client.post(address, given).context["form"].errors.keys() == {"guardian"}
    person.refresh_from_db()
    assert person.born is None
    assert client.post(address, given | {"guardian": home.parent.pk}).status_code == 302
    person.refresh_from_db()
    assert person.guardian == home.parent


def test_a_known_person_is_not_made_a_child_by_the_way(cast, home):
    known = make.resident(cast.building, name="小明", phone="13900001111")
    details = people.checked(name="小明", phone="13900001111", born=date(2020, 5, 1))
    with pytest.raises(Refused):
        people.move_in(
            household=home, details=details, relation=Relation.FAMILY, by=cast.grid_worker,
            now=make.NOW,
        )  # fmt: skip
    known.refresh_from_db()
    assert known.born is None


def test_only_grown_ups_of_the_home_are_offered(cast, page, home):
    make.belonging(make.resident(cast.building, born=date(2015, 1, 1)), home, Relation.FAMILY)
    make.resident(cast.building, name="邻家")
    form = page(cast.grid_worker).get(f"/households/{home.code}/move-in/").context["form"]
    assert list(form.fields["guardian"].queryset) == [home.parent]


def test_wards_are_ones_own_children_under_fourteen(cast):
    parent = make.resident(cast.building, account=cast.owner)
    mine = make.resident(cast.building, born=date(2012, 3, 11), guardian=parent)
    make.resident(cast.building, born=date(2012, 3, 10), guardian=parent)
    make.resident(cast.building, born=date(2020, 1, 1), guardian=make.resident(cast.building))
    assert list(guardians.wards_of(cast.owner, make.NOW.date())) == [mine]


def test_the_29th_of_february(cast):
    assert guardians.guarded_since(date(2028, 2, 29)) == date(2014, 2, 28)


def test_nobody_of_a_home_in_another_place_is_offered(cast, page, home):
    child = make.resident(cast.building, born=date(2020, 5, 1), guardian=home.parent)
    make.belonging(child, home, Relation.FAMILY)
    far = make.household(make.unit(make.unit(cast.other_community), name="9栋"))
    make.belonging(child, far, Relation.FAMILY)
    make.belonging(make.resident(cast.other_community, name="远亲"), far)
    form = page(cast.community_worker).get(f"/people/{child.pk}/correct/").context["form"]
    assert list(form.fields["guardian"].queryset) == [home.parent]
