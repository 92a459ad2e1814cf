"""Posts of buildings: one holder a seat, what positions fill is not asked again, gaps counted."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from orgs.enums import PartyOrganisationKind, Role
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import AuditEntry
from tests import factories as make
from volunteers.enums import BuildingRole, RoleSetCode
from volunteers.models import BuildingPost, RoleSet
from volunteers.posts import posts, vacancies
from volunteers.posts.rules import new_role_set

TODAY = make.NOW.date()


def fill(cast, role=BuildingRole.HEAD, holder=None, **values):
    return posts.fill(
        **{
            "building": cast.building, "role": role, "holder": holder or posts.Holder(name="钱一"),
            "by": cast.secretary, "now": make.NOW,
        }
        | values
    )  # fmt: skip


def test_a_seat_has_one_holder_and_a_history(cast):
    first = fill(cast)
    with pytest.raises(Refused) as refused:
        fill(cast, holder=posts.Holder(name="孙二"))
    assert refused.value.code == "post_held"
    posts.end(post=first, by=cast.community_worker, now=make.NOW)
    second = fill(cast, holder=posts.Holder(name="孙二"))
    first.refresh_from_db()
    assert (first.ends, second.ends, BuildingPost.objects.count()) == (TODAY, None, 2)
    with pytest.raises(WrongState):
        posts.end(post=first, by=cast.secretary, now=make.NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.post(cast.building, BuildingRole.HEAD)


def test_other_posts_are_as_many_as_people_take_on(cast):
    for title in ("楼顶菜园", "楼道图书"):
        fill(cast, BuildingRole.OTHER, title=title)
    assert [post.label for post in BuildingPost.objects.order_by("pk")] == ["楼顶菜园", "楼道图书"]


def test_a_centre_household_is_a_door_of_the_building(cast):
    there = make.household(make.unit(cast.compound))
    for holder in (posts.Holder(household=there), posts.Holder(name="钱一")):
        with pytest.raises(Refused) as refused:
            fill(cast, BuildingRole.CENTRE, holder)
        assert refused.value.fields.keys() == {"household"}
    post = fill(
        cast, BuildingRole.CENTRE, posts.Holder(household=make.household(cast.building, "501"))
    )
    assert post.holder == "501"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"role": BuildingRole.OTHER}, "title"),
        ({"title": "楼长"}, "title"),
        ({"holder": posts.Holder(name="")}, "name"),
        ({"starts": TODAY + timedelta(days=1)}, "starts"),
    ],
)
def test_what_does_not_fit_is_named(cast, values, field):
    with pytest.raises(Refused) as refused:
        fill(cast, **values)
    assert refused.value.fields.keys() == {field}


@pytest.mark.parametrize(
    "who",
    ["grid_worker", "street_cadre", "district_cadre", "property_clerk", "member", "sibling_worker",
     "sibling_cadre", "other_worker"],
)  # fmt: skip
def test_who_keeps_no_posts(cast, who):
    with pytest.raises(NotAllowed):
        fill(cast, by=getattr(cast, who))
    post = make.post(cast.building, BuildingRole.HEAD)
    with pytest.raises(NotAllowed):
        posts.end(post=post, by=getattr(cast, who), now=make.NOW)


@pytest.mark.parametrize(
    ("who", "count"),
    [("secretary", 1), ("grid_worker", 1), ("street_cadre", 1), ("owner", 1), ("neighbour", 0),
     ("property_clerk", 0), ("committee_member", 0), ("sibling_cadre", 0), ("district_cadre", 0)],
)  # fmt: skip
def test_who_sees_a_post(cast, who, count):
    make.post(
        cast.building, BuildingRole.HEAD, person=make.resident(cast.building, account=cast.owner)
    )
    assert BuildingPost.objects.visible_to(getattr(cast, who)).count() == count


def test_somebody_on_the_roll_is_found_by_name(cast):
    one = make.resident(cast.building, name="钱一", phone="13900001234")
    assert posts.holder_named(cast.building, " 钱一 ").person == one
    assert posts.holder_named(cast.building, "外来人") == posts.Holder(name="外来人")
    two = make.resident(cast.compound, name="钱一", phone="13900001235")
    with pytest.raises(Refused) as refused:
        posts.holder_named(cast.building, "钱一")
    assert refused.value.code == "which_person"
    assert posts.holder_named(cast.building, "钱一", "139 0000 1235").person == two


# --- The report of gaps --------------------------------------------------------------------------


def cells(cast):
    [line] = vacancies.matrix(cast.building, TODAY)
    return {cell.role: cell.names for cell in line.cells}


def test_positions_fill_posts_without_being_asked(cast):
    assert cells(cast) == {
        BuildingRole.GROUP_LEADER: [], BuildingRole.HEAD: [], BuildingRole.HEALTH: [],
        BuildingRole.SECURITY: [], BuildingRole.CULTURE: [], BuildingRole.PROPERTY: ["杨物业"],
        BuildingRole.GRID: ["郑网格"], BuildingRole.CENTRE: [],
    }  # fmt: skip
    group = make.branch([cast.building], kind=PartyOrganisationKind.BUILDING_GROUP)
    make.position(make.user(name="吕组长"), Role.BRANCH_SECRETARY, group)
    assert cells(cast)[BuildingRole.GROUP_LEADER] == ["吕组长"]
    fill(cast, BuildingRole.PROPERTY, posts.Holder(name="本楼管家"))
    assert cells(cast)[BuildingRole.PROPERTY] == ["本楼管家"]
    assert vacancies.summary(cast.building, TODAY).filled_seats == 3


def test_a_position_that_is_over_fills_nothing(cast):
    cast.grid_worker.positions.update(ends=TODAY - timedelta(days=1))
    assert cells(cast)[BuildingRole.GRID] == []
    assert vacancies.summary(cast.building, TODAY).filled[BuildingRole.GRID] == 0


def test_gaps_are_counted_up_the_tree(cast):
    second = make.unit(cast.compound, name="6栋")
    for place in (cast.street, cast.community, cast.compound):
        place.refresh_from_db()
    far = make.unit(cast.other_compound, name="1栋")
    for place in (cast.street, cast.community, cast.compound, cast.building, second, far):
        place.refresh_from_db()
    for role in (BuildingRole.HEAD, BuildingRole.HEALTH):
        make.post(second, role)
    make.post(far, BuildingRole.HEAD, name="走了", ends=TODAY)
    compound = vacancies.summary(cast.compound, TODAY)
    assert (compound.seats, compound.filled_seats, compound.buildings) == (16, 6, 2)
    by_unit = {
        line.unit: (line.seats, line.gaps) for line in vacancies.lines_below(cast.community, TODAY)
    }
    assert by_unit == {cast.compound: (16, 10), cast.other_compound: (8, 8)}
    by_unit = {
        line.unit: (line.seats, line.gaps) for line in vacancies.lines_below(cast.street, TODAY)
    }
    assert by_unit == {cast.community: (24, 18), cast.sibling: (0, 0)}
    lights = [line.light for line in vacancies.lines_below(cast.community, TODAY)]
    assert lights == ["yellow", "red"]


def test_the_nearest_choice_of_posts_holds(cast):
    cast.compound.refresh_from_db()
    for unit, code, by in (
        (cast.street, RoleSetCode.TWO_FOUR_X, cast.street_cadre),
        (cast.compound, RoleSetCode.TWO_FIVE_ONE, cast.community_worker),
    ):
        posts.choose_set(unit=unit, code=code, by=by, now=make.NOW)
    assert vacancies.set_code(cast.building) == RoleSetCode.TWO_FIVE_ONE
    assert vacancies.set_code(cast.community) == RoleSetCode.TWO_FOUR_X
    posts.choose_set(
        unit=cast.compound, code=RoleSetCode.TWO_FOUR_X, by=cast.community_worker, now=make.NOW
    )
    assert BuildingRole.MEDIATION in cells(cast)
    make.post(cast.building, BuildingRole.HEAD)
    make.post(cast.building, BuildingRole.SECURITY)
    total = vacancies.summary(cast.compound, TODAY)
    assert (total.seats, total.filled_seats) == (6, 1)
    [line] = vacancies.matrix(cast.building, TODAY)
    assert [post.role for post in line.others] == [BuildingRole.SECURITY]


def test_who_chooses_posts(cast):
    for who in (cast.secretary, cast.sibling_cadre, cast.grid_worker):
        with pytest.raises(NotAllowed):
            posts.choose_set(unit=cast.compound, code=RoleSetCode.TWO_FOUR_X, by=who, now=make.NOW)
    with pytest.raises(Refused):
        posts.choose_set(
            unit=cast.building, code=RoleSetCode.TWO_FOUR_X, by=cast.street_cadre, now=make.NOW
        )


def test_a_new_version_of_a_set_counts_at_once_and_no_version_is_changed(cast):
    row = RoleSet(code=RoleSetCode.TWO_FIVE_ONE, roles=[BuildingRole.HEAD], source="试点通知")
    with pytest.raises(NotAllowed):
        new_role_set(row=row, by=cast.street_cadre, now=make.NOW)
    made = new_role_set(row=row, by=cast.admin, now=make.NOW)
    assert made.version == 2
    assert vacancies.summary(cast.building, TODAY).seats == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleSet.objects.update(source="改了")
    assert AuditEntry.objects.get().action == "volunteers.new-role-set"


@pytest.mark.parametrize("buildings", [1, 30])
def test_statements_do_not_grow_with_buildings(cast, buildings, django_assert_num_queries):
    for _number in range(buildings):
        make.post(make.unit(cast.compound), BuildingRole.HEAD)
    for place in (cast.street, cast.community, cast.compound):
        place.refresh_from_db()
    with django_assert_num_queries(3):
        vacancies.lines_below(cast.street, TODAY)
    with django_assert_num_queries(4):
        vacancies.matrix(cast.compound, TODAY)
