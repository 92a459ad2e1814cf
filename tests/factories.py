"""Plain factories. Each makes one row with sensible values; keywords override."""

from datetime import date, datetime
from itertools import count
from typing import Any

from orgs.enums import ROLE_TARGETS, UNIT_LEVELS, PartyOrganisationKind, Role, UnitKind
from orgs.models import Department, District, Grid, PartyOrganisation, Position, Unit, User
from orgs.values import phones
from residents.deliberation.enums import Decider
from residents.deliberation.models import Topic
from residents.deliberation.topics.course import proposals
from residents.enums import (
    AreaSource,
    BodyKind,
    CareBasis,
    CareKind,
    ContractKind,
    Relation,
    SensitiveUse,
)
from residents.models import (
    Belonging,
    BodyMember,
    CareEntry,
    CareReader,
    Household,
    LocalBody,
    Person,
    PrivacyNotice,
    PropertyContract,
    PropertyFirm,
    Term,
)
from residents.privacy import consents, impact_assessments
from residents.roll import people
from residents.roll.households import code_of
from residents.roll.values import id_numbers
from tasks.campaigns import measures
from tasks.campaigns.campaigns import add_measure, create_campaign
from tasks.enums import Action, MeasureState, Outcome, Status, WhistleKind
from tasks.models import Campaign, Category, Duty, Measure, Task
from tasks.reports.report import report
from tasks.workflow.specification import SPECIFICATIONS
from volunteers.enums import BuildingRole, MemberClass
from volunteers.models import BuildingPost, HouseholdLink, PartyMembership
from volunteers.posts.rules import link_rule

NOW = datetime.fromisoformat("2026-03-10T09:00:00+08:00")
_numbers = count(1)


def district(**values: Any) -> District:
    number = next(_numbers)
    return District.objects.create(
        **{"code": f"9{number:05}000000", "name": f"区{number}"} | values
    )


def unit(parent: Unit | None = None, **values: Any) -> Unit:
    """A unit one level below its parent; without one, a street in a new district."""
    number = next(_numbers)
    kind = UNIT_LEVELS[parent.level + 1] if parent else UnitKind.STREET
    defaults: dict[str, Any] = {
        "code": f"8{number:011}",
        "name": f"{kind.label}{number}",
        "kind": kind,
    }
    if parent is None and "district" not in values:
        defaults["district"] = district()
    made = Unit(parent=parent, **defaults | values)
    made.path_name = f"{parent.path_name} {made.short_name}" if parent else made.short_name
    made.save()
    return made


def user(username: str = "", phone: str = "", **values: Any) -> User:
    person = new_user(username, phone, **values)
    person.save()
    return person


def new_user(username: str = "", phone: str = "", **values: Any) -> User:
    """Not stored yet."""
    username = username or f"user{next(_numbers)}"
    person = User(username=username, **{"name": username} | values)
    if phone:
        person.phone = phone
        person.phone_index = phones.index(phone)
        person.phone_verified = True
    person.set_password("Neighbour-2026")
    return person


def position(person: User, role: Role, where: Any, **values: Any) -> Position:
    made = new_position(person, role, where, **values)
    made.save()
    return made


def new_position(person: User, role: Role, where: Any, **values: Any) -> Position:
    """Not stored yet."""
    return Position(
        user=person,
        role=role,
        **{ROLE_TARGETS[role].value: where} | {"starts": date(2020, 1, 1)} | values,
    )


def grid(community: Unit, units: list[Unit], **values: Any) -> Grid:
    number = next(_numbers)
    made = Grid.objects.create(
        **{"code": f"G{number}", "name": f"网格{number}", "community": community} | values
    )
    made.units.set(units)
    return made


def branch(covers: list[Unit], **values: Any) -> PartyOrganisation:
    number = next(_numbers)
    made = PartyOrganisation.objects.create(
        **{"code": f"B{number}", "name": f"支部{number}", "kind": PartyOrganisationKind.BRANCH}
        | values
    )
    made.covers.set(covers)
    return made


def department(where: District, **values: Any) -> Department:
    number = next(_numbers)
    return Department.objects.create(
        **{"code": f"dept-{number}", "name": f"部门{number}", "short_name": f"部门{number}"}
        | {"district": where}
        | values
    )


def category(**values: Any) -> Category:
    number = next(_numbers)
    return Category.objects.create(**{"code": f"kind-{number}", "name": f"问题{number}"} | values)


def duty(where: Department, what: Category, role: str = "lead") -> Duty:
    return Duty.objects.create(department=where, category=what, role=role)


def act(task: Task, action: Action, by: Any, now: datetime = NOW, **body: Any) -> Task:
    """One step through its use-case."""
    return SPECIFICATIONS[action].take(task=task, by=by, now=now, **body)


def task(cast: Any, status: Status = Status.SUBMITTED, now: datetime = NOW, **values: Any) -> Task:
    """A task of the cast's compound, brought to a state by the steps that lead there.

    Reported by the owner, handled by the community worker, led by urban management with housing
    assisting, unless the values say otherwise.
    """
    kind = values.pop("whistle_kind", WhistleKind.PUBLIC)
    by = values.pop("by", cast.owner)
    what = values.pop("category", None) or category()
    made = report(
        by=by,
        now=now,
        **{"unit": cast.building, "category": what, "text": "楼道里有飞线充电"} | values,
    )
    steps: dict[Status, list[tuple[Action, Any, dict[str, Any]]]] = {
        Status.SUBMITTED: [],
        Status.HANDLING: [(Action.ACCEPT, cast.community_worker, {})],
        Status.DECLINED: [
            (Action.DECLINE, cast.community_worker, {"reason_code": "repeated", "reason": "已答复"})
        ],
        Status.WITHDRAWN: [(Action.WITHDRAW, by, {})],
        Status.OFFERED: [(Action.OFFER, cast.community_worker, {"minutes": 60})],
    }
    steps[Status.TAKEN] = [*steps[Status.OFFERED], (Action.TAKE, cast.member, {})]
    steps[Status.WHISTLED] = [
        (Action.WHISTLE, cast.community_worker, {"kind": kind, "reason": "需要执法部门"})
    ]
    steps[Status.DISPATCHED] = [
        *steps[Status.WHISTLED],
        *([(Action.SIGN, cast.street_leader, {})] if kind == WhistleKind.PRIORITY else []),
        (Action.DISPATCH, cast.street_cadre, {"lead": cast.urban, "assist": [cast.housing]}),
    ]
    steps[Status.REPORTED_IN] = [
        *steps[Status.DISPATCHED],
        (Action.REPORT_IN, cast.urban_officer, {}),
    ]
    done = {"outcome": Outcome.SOLVED, "text": "线已拆除", "reason": "协办已完成"}
    steps[Status.RESOLVED] = [
        *steps[Status.REPORTED_IN],
        (Action.RESOLVE, cast.urban_officer, done),
    ]
    steps[Status.RATING] = [*steps[Status.RESOLVED], (Action.CONFIRM, cast.street_cadre, {})]
    stars = {"contacted": True, "resolved": True, "stars": 5}
    steps[Status.CLOSED] = [*steps[Status.RATING], (Action.RATE, by, stars)]
    for action, who, body in steps[status]:
        made = act(made, action, who, now, **body)
    return made


# --- Households and people ---------------------------------------------------------------------


def id_number(born: str = "19800101", region: str = "421102") -> str:
    """An invented ID number with a right check digit; each one once."""
    first = f"{region}{born}{next(_numbers) % 1000:03}"
    return first + id_numbers.check_digit(first)


def notice(cast: Any) -> PrivacyNotice:
    """The privacy notice, without which nobody is asked for a consent."""
    return consents.publish(text_zh="告知", text_en="Notice", by=cast.admin, now=NOW)


def sensitive(cast: Any) -> None:
    """What must be there before sensitive data are asked for: a notice, assessments in force."""
    consents.current_notice() or notice(cast)
    for use in SensitiveUse:
        impact_assessments.record(use=use, text="已评估", by=cast.admin, now=NOW)


def household(building: Unit, room: str = "", **values: Any) -> Household:
    """A flat of 89.50 m² on the second floor or above."""
    room = room or f"{next(_numbers) + 200}"
    entrance = values.get("entrance", "")
    defaults = {
        "code": code_of(building.code, entrance, room),
        "area": 8950,
        "area_source": AreaSource.REGISTER,
    }
    return Household.objects.create(building=building, room=room, **defaults | values)


def resident(place: Unit, **values: Any) -> Person:
    """A person on the roll of a place; numbers are given in clear, as on paper."""
    known = {name: values.pop(name) for name in ("name", "id_number", "phone") if name in values}
    details = people.checked(**{"name": f"居民{next(_numbers)}"} | known)
    return Person.objects.create(place=place, entered_at=NOW, **details.columns() | values)


def belonging(
    person: Person, where: Household, relation: Relation = Relation.OWNER, **values: Any
) -> Belonging:
    defaults: dict[str, Any] = {"starts": NOW.date()}
    return Belonging.objects.create(
        person=person, household=where, relation=relation, **defaults | values
    )


# --- Members, posts, contacts --------------------------------------------------------------------


def membership(person: Person, organisation: PartyOrganisation, **values: Any) -> PartyMembership:
    """A member managed by the branch, since the factories' today."""
    defaults: dict[str, Any] = {
        "member_class": MemberClass.BRANCH,
        "starts": NOW.date(),
        "entered_at": NOW,
    }
    return PartyMembership.objects.create(
        person=person, organisation=organisation, **defaults | values
    )


def contact(cast: Any, **values: Any) -> Person:
    """A member of the cast's branch who lives in the cast's building; without an account."""
    person = resident(cast.building, **values)
    membership(person, cast.branch)
    return person


def post(building: Unit, role: BuildingRole, **values: Any) -> BuildingPost:
    defaults: dict[str, Any] = {"starts": NOW.date()}
    if not {"person", "user", "household"} & values.keys():
        defaults["name"] = f"居民{next(_numbers)}"
    return BuildingPost.objects.create(building=building, role=role, **defaults | values)


def link(cast: Any, person: Person, where: Household, **values: Any) -> HouseholdLink:
    defaults: dict[str, Any] = {"starts": NOW.date(), "assigned_by": cast.secretary}
    return HouseholdLink.objects.create(
        person=person, household=where, rule=link_rule(), **defaults | values
    )


def campaign(cast: Any, owner: Any = None, **values: Any) -> Campaign:
    """A list of the cast's street (or of the given owner), for the whole of 2026."""
    by = cast.street_cadre if owner is None else cast.district_cadre
    days = {"starts": date(2026, 1, 1), "ends": date(2026, 12, 31)}
    return create_campaign(
        owner=owner or cast.street,
        by=by,
        now=NOW,
        **{"name": "小区治理百日攻坚", "document": "西办发〔2026〕3号"} | days | values,
    )


def measure(
    cast: Any,
    state: MeasureState = MeasureState.OPEN,
    where: Campaign | None = None,
    **values: Any,
) -> Measure:
    """A measure led by urban management with housing assisting, brought to a state."""
    where = where or campaign(cast)
    keeper = cast.street_cadre if where.street_id else cast.district_cadre
    defaults: dict[str, Any] = {
        "aspect": "公共安全",
        "problem": "飞线充电屡禁不止",
        "text": "每个小区建成集中充电桩",
        "lead": cast.urban,
        "assist": [cast.housing],
        "due_on": date(2026, 3, 31),
    }
    made = add_measure(campaign=where, by=keeper, now=NOW, **defaults | values)
    if state != MeasureState.OPEN:
        made = measures.submit(
            measure=made, text="已建成", reference="验收单", by=cast.urban_officer, now=NOW
        )
    if state == MeasureState.CLOSED:
        made = measures.close(measure=made, by=keeper, now=NOW)
    return made


# --- Care rosters --------------------------------------------------------------------------------

# The least that each roster asks for.
CARE_DETAILS: dict[CareKind, dict[str, Any]] = {
    CareKind.LIVING_ALONE: {"health": "高血压"},
    CareKind.ALLOWANCE: {"allowance": "urban", "family_size": 2, "amount": 81250},
    CareKind.DISABILITY: {"disability": "sight", "grade": 2},
    CareKind.ASSISTANCE: {"needs": "每周送菜"},
}


def care_reader(
    person: User, unit: Unit, *kinds: CareKind, keeps: bool = False, **values: Any
) -> list[CareReader]:
    """Names the holder of a person's first position for rosters of a unit (all of them)."""
    defaults: dict[str, Any] = {"starts": date(2020, 1, 1), "appointed_at": NOW}
    by = values.pop("by", None) or user()
    return [
        CareReader.objects.create(
            position=person.positions.order_by("pk")[0],
            unit=unit,
            kind=kind,
            keeps=keeps,
            appointed_by=by,
            **defaults | values,
        )
        for kind in kinds or CareKind
    ]


def care_entry(
    person: Person, kind: CareKind = CareKind.ASSISTANCE, by: User | None = None, **values: Any
) -> CareEntry:
    """Somebody on a care roster since the day of NOW."""
    defaults: dict[str, Any] = {"basis": CareBasis.DUTY, "starts": NOW.date(), "entered_at": NOW}
    return CareEntry.objects.create(
        person=person,
        kind=kind,
        entered_by=by or user(),
        **defaults | CARE_DETAILS[kind] | values,
    )


def term(where: Unit, kind: BodyKind = BodyKind.OWNERS_COMMITTEE, **values: Any) -> Term:
    """A term of office of a body, which is made where it is not there yet; three years of 2025."""
    body, _is_new = LocalBody.objects.get_or_create(
        unit=where, kind=kind, defaults={"entered_at": NOW}
    )
    defaults: dict[str, Any] = {
        "number": body.terms.count() + 1,
        "starts": date(2025, 1, 1),
        "ends": date(2027, 12, 31),
        "entered_at": NOW,
    }
    return Term.objects.create(body=body, **defaults | values)


def body_member(where: Term, **values: Any) -> BodyMember:
    """Somebody by name, since the beginning of the term."""
    defaults: dict[str, Any] = {"starts": where.starts}
    if "person" not in values:
        defaults["name"] = f"委员{next(_numbers)}"
    return BodyMember.objects.create(term=where, **defaults | values)


def firm(**values: Any) -> PropertyFirm:
    return PropertyFirm.objects.create(**{"name": f"物业{next(_numbers)}"} | values)


def contract(where: Unit, **values: Any) -> PropertyContract:
    """A property contract from 2025 until further notice."""
    defaults: dict[str, Any] = {
        "kind": ContractKind.CONTRACT,
        "starts": date(2025, 1, 1),
        "entered_at": NOW,
    }
    if "firm" not in values and values.get("kind", "contract") in ("contract", "interim"):
        defaults["firm"] = firm()
    return PropertyContract.objects.create(compound=where, **defaults | values)


def service_point(where: Unit, **values: Any) -> Any:
    """An entry of the directory."""
    defaults = {"kind": "water", "name": "示范供水站", "phone": "0713-0000001"}
    return where.servicepoints.create(**defaults | values)


# --- Topics --------------------------------------------------------------------------------------


def landmark(where: Unit, **values: Any) -> Any:
    """A road of a place."""
    defaults = {"kind": "road", "name": "学府路"}
    return where.landmarks.create(**defaults | values)


def topic(cast: Any, **values: Any) -> Topic:
    """A topic of the cast's compound that its branch raised and the owners' committee decides."""
    defaults: dict[str, Any] = {
        "unit": cast.compound,
        "title": "楼道装声控灯",
        "text": "晚上楼道黑，老人容易摔。",
        "decider": Decider.COMMITTEE,
    }
    return proposals.propose(
        by=values.pop("by", cast.secretary), now=values.pop("now", NOW), **defaults | values
    )
