"""The fixed cast of people that tests are about."""

import pickle
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from orgs.enums import Role
from orgs.models import Department, District, Grid, PartyOrganisation, Position, Unit, User
from tests import factories as make


@dataclass
class Cast:
    """One street with two communities, a second street, and who works and lives there."""

    district: District
    street: Unit
    community: Unit
    sibling: Unit
    compound: Unit
    building: Unit
    other_compound: Unit
    other_street: Unit
    other_community: Unit
    grid: Grid
    branch: PartyOrganisation
    urban: Department
    housing: Department
    fire: Department

    admin: User
    district_cadre: User
    street_cadre: User
    street_leader: User
    sibling_cadre: User
    community_worker: User
    sibling_worker: User
    other_worker: User
    grid_worker: User
    secretary: User
    urban_officer: User
    housing_officer: User
    fire_officer: User
    member: User
    volunteer: User
    owner: User
    neighbour: User
    property_clerk: User
    committee_member: User
    auditor: User
    outsider: User


def make_cast() -> Cast:
    """All of them, each with the position that their name says. `sibling_cadre`: the other street's."""
    district = make.district(code="421102000000", name="黄州区")
    street = make.unit(code="421102005000", name="西湖街道", district=district)
    community = make.unit(street, code="421102005003", name="西湖社区居民委员会")
    sibling = make.unit(street, code="421102005004", name="新桥社区居民委员会")
    compound = make.unit(community, code="421102005003-001", name="翡翠一品小区")
    building = make.unit(compound, code="421102005003-001-005", name="5栋")
    other_compound = make.unit(community, code="421102005003-002", name="湖畔小区")
    other_street = make.unit(code="421102001000", name="赤壁街道", district=district)
    other_community = make.unit(other_street, code="421102001001", name="汉川门社区居民委员会")
    places = (
        street,
        community,
        sibling,
        compound,
        building,
        other_compound,
        other_street,
        other_community,
    )
    # The tree has moved since they were made.
    now = Unit.objects.in_bulk([place.pk for place in places])
    for place in places:
        stored = now[place.pk]
        vars(place).update(tree_id=stored.tree_id, lft=stored.lft, rght=stored.rght)
    grid = make.grid(community, [compound], code="421102005003-G01", name="翡翠一品网格")
    branch = make.branch([compound], name="翡翠一品小区党支部")
    urban = make.department(
        district, code="urban-management", name="城市管理执法局", short_name="城管局"
    )
    housing = make.department(
        district, code="housing", name="住房和城乡建设局", short_name="住建局"
    )
    fire = make.department(district, code="fire", name="消防救援大队", short_name="消防大队")

    # All people in two statements: nearly every test has them.
    people: list[User] = []
    positions: list[Position] = []

    def person(
        username: str, name: str, role: Role | None = None, where: object = None, **values: Any
    ) -> User:
        made = make.new_user(username, name=name, **values)
        people.append(made)
        if role:
            positions.append(make.new_position(made, role, where))
        return made

    cast = Cast(
        district,
        street,
        community,
        sibling,
        compound,
        building,
        other_compound,
        other_street,
        other_community,
        grid,
        branch,
        urban,
        housing,
        fire,
        admin=person("admin", "管理员", is_superuser=True, is_staff=True),
        district_cadre=person("district", "区委办", Role.DISTRICT_OFFICE, district),
        street_cadre=person("street", "王主任", Role.STREET_CADRE, street),
        street_leader=person("leader", "李书记", Role.STREET_LEADER, street),
        sibling_cadre=person("street2", "赵主任", Role.STREET_CADRE, other_street),
        community_worker=person("community", "陈社工", Role.COMMUNITY_WORKER, community),
        sibling_worker=person("community2", "周社工", Role.COMMUNITY_WORKER, sibling),
        other_worker=person("community3", "吴社工", Role.COMMUNITY_WORKER, other_community),
        grid_worker=person("grid", "郑网格", Role.GRID_WORKER, grid),
        secretary=person("secretary", "孙书记", Role.BRANCH_SECRETARY, branch),
        urban_officer=person("dept_urban", "钱队长", Role.DEPARTMENT_OFFICER, urban),
        housing_officer=person("dept_housing", "冯科长", Role.DEPARTMENT_OFFICER, housing),
        fire_officer=person("dept_fire", "褚参谋", Role.DEPARTMENT_OFFICER, fire),
        member=person("member", "卫党员", Role.PARTY_MEMBER, compound),
        volunteer=person("volunteer", "蒋志愿", Role.VOLUNTEER, compound),
        owner=person("owner", "沈业主", phone="13800005678", home=building),
        neighbour=person("owner2", "韩邻居"),
        property_clerk=person("property", "杨物业", Role.PROPERTY_STAFF, compound),
        committee_member=person("committee", "朱业委", Role.OWNERS_COMMITTEE, compound),
        auditor=person("auditor", "秦审计", Role.AUDITOR, district),
        outsider=person("outsider", "尤路人"),
    )
    User.objects.bulk_create(people)
    Position.objects.bulk_create(positions)
    return cast


class SharedCast:
    """The cast in a transaction that stays open from test to test.

    What a test does to the rows ends with its savepoint; the objects are copied for each test.
    """

    def __init__(self, blocker: Any) -> None:
        self._blocker = blocker
        self._open = ExitStack()
        self._pickled = b""

    def enter(self) -> None:
        """Makes the cast, unless it is still there."""
        if not self._pickled:
            self._open.enter_context(self._blocker.unblock())
            self._open.enter_context(transaction.atomic())
            self._open.callback(transaction.set_rollback, True)
            self._pickled = pickle.dumps(make_cast())

    def copy(self) -> Cast | None:
        """The people and places as they were made; None where no cast is shared."""
        return pickle.loads(self._pickled) if self._pickled else None

    def leave(self) -> None:
        """Takes the rows away again."""
        self._open.close()
        self._pickled = b""
