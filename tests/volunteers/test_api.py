"""Members, posts and contacts over the API."""

import pytest

from tests import factories as make
from volunteers.enums import BuildingRole
from volunteers.models import BuildingPost, HouseholdLink, PartyMembership

MEMBERS, POSTS, LINKS = (
    f"/api/v1/{name}/" for name in ("party-members", "building-posts", "links")
)
PHONE = "13900001234"


@pytest.fixture
def member(cast):
    return make.membership(make.resident(cast.building, name="钱一二", phone=PHONE), cast.branch)


def test_a_member_is_entered_and_moved_on(api, cast):
    person = make.resident(cast.building, name="钱一二", phone=PHONE)
    there = make.branch([cast.other_compound])
    client = api(cast.community_worker)
    body = {"organisation": cast.branch.code, "person": person.pk, "member_class": "in_service"}
    made = client.post(MEMBERS, body, format="json")
    assert made.status_code == 201
    row = made.json()
    assert (row["name"], row["phone"], row["ends"]) == ("钱一二", "139****1234", None)
    changed = client.post(
        f"{MEMBERS}{row['id']}/change-class/", {"member_class": "retired"}, format="json"
    ).json()
    assert (changed["member_class"], changed["id"] == row["id"]) == ("retired", False)
    again = client.post(
        f"{MEMBERS}{row['id']}/change-class/", {"member_class": "mobile"}, format="json"
    )
    assert (again.status_code, again.json()["code"]) == (409, "ended")
    moved = client.post(
        f"{MEMBERS}{changed['id']}/transfer/", {"organisation": there.code}, format="json"
    ).json()
    assert moved["organisation"] == there.code
    ended = client.post(f"{MEMBERS}{moved['id']}/end/", {}, format="json").json()
    assert ended["ended_as"] == "left"
    assert client.get(MEMBERS).json()["results"] == []
    history = client.get(MEMBERS, {"ended": "1", "unit": cast.community.code}).json()["results"]
    assert [one["ended_as"] for one in history] == ["left", "transfer", "class"]


def test_a_secretary_names_somebody_of_the_roll(api, cast):
    person = make.resident(cast.building, name="钱一二", phone=PHONE)
    client = api(cast.secretary)
    body = {"organisation": cast.branch.code, "member_class": "branch"}
    answer = client.post(MEMBERS, body | {"person": person.pk}, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["person"])
    answer = client.post(MEMBERS, body, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["person"])
    named = body | {"name": "钱一二", "number": "13900009999"}
    answer = client.post(MEMBERS, named, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "not_on_roll")
    answer = client.post(MEMBERS, named | {"number": PHONE}, format="json")
    assert (answer.status_code, answer.json()["person"]) == (201, person.pk)


@pytest.mark.parametrize(
    ("who", "shown", "entering", "ending"),
    [("street_leader", 1, 403, 403), ("sibling_cadre", 0, 403, 404), ("grid_worker", 0, 403, 404),
     ("property_clerk", 0, 403, 404), ("owner", 0, 403, 404)],
)  # fmt: skip
def test_who_works_with_members(api, cast, member, who, shown, entering, ending):
    client = api(getattr(cast, who))
    assert len(client.get(MEMBERS).json()["results"]) == shown
    body = {
        "organisation": cast.branch.code,
        "name": "钱一二",
        "number": PHONE,
        "member_class": "mobile",
    }
    assert client.post(MEMBERS, body, format="json").status_code == entering
    for step in ("change-class", "end"):
        answer = client.post(
            f"{MEMBERS}{member.pk}/{step}/", {"member_class": "mobile"}, format="json"
        )
        assert answer.status_code == ending
    assert PartyMembership.objects.get().ends is None


def test_posts_are_filled_and_emptied(api, cast):
    home = make.household(cast.building, "501")
    client = api(cast.secretary)
    body = {"building": cast.building.code, "role": "head", "name": "钱楼长"}
    made = client.post(POSTS, body, format="json")
    assert (made.status_code, made.json()["holder"]) == (201, "钱楼长")
    again = client.post(POSTS, body, format="json")
    assert (again.status_code, again.json()["code"]) == (400, "post_held")
    centre = {"building": cast.building.code, "role": "centre", "household": home.code}
    assert client.post(POSTS, centre, format="json").json()["household"] == home.code
    assert client.post(POSTS, centre | {"household": "x"}, format="json").status_code == 404
    shown = client.get(POSTS, {"unit": cast.compound.code}).json()["results"]
    assert [one["role"] for one in shown] == ["centre", "head"]
    assert len(client.get(POSTS, {"role": "head"}).json()["results"]) == 1
    ended = client.post(f"{POSTS}{made.json()['id']}/end/", {}, format="json")
    assert ended.status_code == 200
    assert BuildingPost.objects.get(role="head").ends is not None
    assert client.post(f"{POSTS}{made.json()['id']}/end/", {}, format="json").status_code == 409


@pytest.mark.parametrize(
    ("who", "shown", "ending"),
    [("grid_worker", 1, 403), ("street_cadre", 1, 403), ("sibling_cadre", 0, 404),
     ("property_clerk", 0, 404), ("owner", 0, 404)],
)  # fmt: skip
def test_who_works_with_posts(api, cast, who, shown, ending):
    post = make.post(cast.building, BuildingRole.HEAD)
    client = api(getattr(cast, who))
    assert len(client.get(POSTS).json()["results"]) == shown
    body = {"building": cast.building.code, "role": "health", "name": "钱"}
    assert client.post(POSTS, body, format="json").status_code == 403
    assert client.post(f"{POSTS}{post.pk}/end/", {}, format="json").status_code == ending


def test_contacts_are_assigned_and_ended(api, cast, member):
    homes = [make.household(cast.building).code for _number in range(11)]
    client = api(cast.secretary)
    many = client.post(LINKS, {"member": member.pk, "households": homes}, format="json")
    assert (many.status_code, many.json()["code"]) == (400, "too_many")
    made = client.post(LINKS, {"member": member.pk, "households": homes[:2]}, format="json")
    assert (made.status_code, [one["name"] for one in made.json()]) == (201, ["钱一二"] * 2)
    assert len(client.get(LINKS, {"unit": cast.building.code}).json()["results"]) == 2
    key = made.json()[0]["id"]
    assert client.post(f"{LINKS}{key}/end/", {}, format="json").status_code == 200
    assert HouseholdLink.objects.filter(ends=None).count() == 1
    unknown = client.post(LINKS, {"member": member.pk, "households": ["x"]}, format="json")
    assert unknown.status_code == 404


@pytest.mark.parametrize(
    ("who", "shown", "assigning", "ending"),
    [("street_cadre", 1, 403, 403), ("grid_worker", 0, 404, 404), ("sibling_worker", 0, 404, 404),
     ("property_clerk", 0, 404, 404), ("owner", 0, 404, 404)],
)  # fmt: skip
def test_who_works_with_contacts(api, cast, member, who, shown, assigning, ending):
    link = make.link(cast, member.person, make.household(cast.building))
    body = {"member": member.pk, "households": [make.household(cast.building).code]}
    client = api(getattr(cast, who))
    assert len(client.get(LINKS).json()["results"]) == shown
    assert client.post(LINKS, body, format="json").status_code == assigning
    assert client.post(f"{LINKS}{link.pk}/end/", {}, format="json").status_code == ending


def test_a_repeated_request_is_answered_and_not_done_again(api, cast, member):
    body = {"member": member.pk, "households": [make.household(cast.building).code]}
    client = api(cast.secretary)
    first, second = (
        client.post(LINKS, body, format="json", HTTP_IDEMPOTENCY_KEY="k1") for _twice in range(2)
    )
    assert first.json() == second.json()
    assert HouseholdLink.objects.count() == 1


@pytest.mark.parametrize("rows", [1, 30])
def test_statements_do_not_grow_with_rows(api, cast, rows, django_assert_max_num_queries):
    for number in range(rows):
        person = make.contact(cast)
        make.post(cast.building, BuildingRole.OTHER, title=f"岗位{number}", person=person)
        make.link(cast, person, make.household(cast.building))
    for address in (MEMBERS, POSTS, LINKS):
        client = api(cast.secretary)
        with django_assert_max_num_queries(6):
            assert len(client.get(address).json()["results"]) == rows
