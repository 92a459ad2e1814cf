"""The roster 党员信息: members of the branches of a place, by class. People come from the roll only."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy

from orgs.enums import Verdict
from orgs.imports.rosters import Column, Roster, Row, Run
from orgs.imports.workbooks import cells, places
from orgs.models import PartyOrganisation, Unit, User
from orgs.scoping import lies_in
from orgs.values.names import compared
from orgs.values.sentences import gettext as _
from residents.models import Belonging, Person
from residents.roll.values import masking
from residents.rosters import address_columns as homes
from residents.rosters import person_columns as folk
from volunteers.enums import PARTY_KEEPERS, MemberClass, MembershipEnd, Permission
from volunteers.members.queries import members_of
from volunteers.models import PartyMembership
from volunteers.models.members import organisations_within

if TYPE_CHECKING:
    from residents.rosters.person_columns import People

CLASS_NAMES = {
    MemberClass.BRANCH.value: "自管党员", MemberClass.IN_SERVICE.value: "在职党员",
    MemberClass.RETIRED.value: "离退休党员", MemberClass.MOBILE.value: "流动党员",
}  # fmt: skip
CLASS_WORDS = {word: code for code, word in CLASS_NAMES.items()} | {
    word.removesuffix("党员"): code for code, word in CLASS_NAMES.items()
}
CLASS = Column(
    "member_class", "党员类别", cells.choice(CLASS_WORDS), ("四类党员", "管理类别", "类别"),
    choices=tuple(CLASS_NAMES.values()), example="在职党员",
    note=gettext_lazy("needed, unless the next column says that the member is a mobile one"),
)  # fmt: skip
MOBILE = Column(
    "mobile", "是否流动党员", cells.yes_no, choices=("是", "否"),
    note=gettext_lazy("as party systems export it"),
)  # fmt: skip
ORGANISATION = Column(
    "organisation", "所在党支部", cells.text(80), ("党支部", "所在支部", "所在党组织", "组织名称"),
    example="翡翠一品小区党支部",
    note=gettext_lazy("name or code; empty where the place has one organisation only"),
)  # fmt: skip
JOINED_ON = Column(
    "joined_on", "入党日期", cells.day, ("入党时间",), example="2001-07-01",
    note=gettext_lazy("not a day to come"),
)  # fmt: skip
COLUMNS = (*folk.COLUMNS, CLASS, MOBILE, ORGANISATION, JOINED_ON, places.ADDRESS)
# Headings of party systems that are known and not kept: nobody here has a use for them.
IGNORED = (
    "民族", "学历", "学位", "人员类别", "转正日期", "党龄", "党龄校正值", "新社会阶层类型", "工作岗位",
    "从事专业技术职务", "是否农民工", "户籍所在地", "是否失联党员", "入党类型", "转正情况",
    "入党时所在支部", "延长预备期时间", "起始日期",
)  # fmt: skip


@dataclass(slots=True)
class Step:
    """What writing a row does: a new row of the roster, or the open one as it becomes.

    A change of class leaves a copy of what was as history; the open row goes on, so that undoing
    never makes two open rows of one person.
    """

    row: PartyMembership
    values: dict[str, Any] = field(default_factory=dict)
    history: PartyMembership | None = None


def plan(rows: list[Row], run: Run) -> None:
    """A member of the roll is new on a roster, changes the class, or stands there already."""
    known = folk.people_of(rows, run)
    people = {row.number: person for row in rows if (person := _person(row, known))}
    memberships = _memberships(people.values(), run)
    for row in rows:
        person = people.get(row.number)
        if person and not row.is_open and not _says_again(row, person, run):
            _plan(row, person, memberships.get(person.pk, []), run)


def _person(row: Row, known: "People") -> Person | None:
    """The person whom a row means; a problem on the row for nobody, or somebody of another place."""
    folk.refuse_contradiction(row)
    person = known.of(row)
    if row.is_open:
        return None
    if person is None or person.pk is None:
        row.wrong("name", _("Nobody on the roll fits this row: enter the person there first."))
        return None
    if person.pk in known.foreign:
        row.wrong("name", _("This person is on the roll of another place."))
        return None
    return person


def _memberships(people: Iterable[Person], run: Run) -> dict[int, list[PartyMembership]]:
    """All rows of the people, the latest first; locked while an import is applied."""
    keys = {person.pk for person in people}
    rows = PartyMembership.objects.filter(person__in=keys).order_by("-starts", "-pk")
    if run.applying:
        rows = rows.select_for_update(of=("self",))
    by_person: dict[int, list[PartyMembership]] = {}
    for row in rows:
        by_person.setdefault(row.person_id, []).append(row)
    return by_person


def _says_again(row: Row, person: Person, run: Run) -> bool:
    """Whether an earlier row of the file is about the same member."""
    facts = {key: row.get(key) for key in ("member_class", "mobile", "organisation", "joined_on")}
    number, before = run.seen.setdefault(("member", person.pk), (row.number, facts))
    if number == row.number:
        return False
    if before == facts:
        row.verdict = Verdict.UNCHANGED
    else:
        row.wrong("name", _("Row %(row)d says something else of this person.") % {"row": number})
    return True


def _plan(row: Row, person: Person, memberships: list[PartyMembership], run: Run) -> None:
    present = next((membership for membership in memberships if membership.ends is None), None)
    organisation = _organisation(row, present, run)
    member_class = row.get("member_class") or (
        MemberClass.MOBILE.value if row.get("mobile") else ""
    )
    if not (member_class or present):
        row.wrong("member_class", _("Say in which of the four classes the member stands."))
    if row.get("joined_on") > run.today.isoformat():
        row.wrong("joined_on", _("This day is still to come."))
    if row.is_wrong or organisation is None:
        return
    joined_on = date.fromisoformat(row.get("joined_on")) if row.get("joined_on") else None
    if present is None:
        _enter(row, person, organisation, member_class, joined_on, run)
    else:
        _move(row, present, member_class or present.member_class, joined_on, run)


def _enter(
    row: Row,
    person: Person,
    organisation: PartyOrganisation,
    member_class: str,
    joined_on: date | None,
    run: Run,
) -> None:
    row.plan = Step(
        PartyMembership(
            person=person,
            organisation=organisation,
            member_class=member_class,
            joined_on=joined_on,
            starts=run.today,
            entered_by=run.by,
            entered_at=run.now,
        )
    )
    row.verdict = Verdict.NEW


def _move(
    row: Row, present: PartyMembership, member_class: str, joined_on: date | None, run: Run
) -> None:
    values: dict[str, Any] = {}
    history = None
    if joined_on and joined_on != present.joined_on:
        values["joined_on"] = joined_on
    if member_class != present.member_class:
        history = _ended(present, run)
        values |= {
            "member_class": member_class,
            "starts": run.today,
            "entered_by_id": run.by.pk,
            "entered_at": run.now,
        }
    row.plan = Step(present, values, history)
    row.verdict = Verdict.CHANGED if values else Verdict.UNCHANGED


def _ended(present: PartyMembership, run: Run) -> PartyMembership:
    """What was, as a row that ends today."""
    return PartyMembership(
        person_id=present.person_id,
        organisation_id=present.organisation_id,
        member_class=present.member_class,
        joined_on=present.joined_on,
        starts=min(present.starts, run.today),
        ends=run.today,
        ended_as=MembershipEnd.CLASS,
        entered_by_id=present.entered_by_id,
        entered_at=present.entered_at,
    )


def _organisation(row: Row, present: PartyMembership | None, run: Run) -> PartyOrganisation | None:
    """The organisation that a row names; a transfer is a step of its own, never of a file."""
    kept = _organisations(run)
    named = row.get("organisation")
    organisations = (
        [organisation for organisation in kept if _is_called(organisation, named)]
        if named
        else kept
    )
    if present and not named:
        organisations = [
            organisation for organisation in kept if organisation.pk == present.organisation_id
        ]
    if len(organisations) != 1:
        row.wrong("organisation", _("Name one party organisation of this place."))
        return None
    if present and present.organisation_id != organisations[0].pk:
        row.wrong(
            "organisation", _("This member stands on another organisation's roster: transfer them.")
        )
    return organisations[0]


def _is_called(organisation: PartyOrganisation, named: str) -> bool:
    return named == organisation.code or compared(named) == compared(organisation.name)


def _organisations(run: Run) -> list[PartyOrganisation]:
    """Those in the import's unit whose roster is `by`'s to keep; read once."""
    if "organisations" not in run.seen:
        unit = run.unit
        inside = PartyOrganisation.covers.through._default_manager.filter(lies_in(unit, "unit"))
        kept = organisations_within(run.by, PARTY_KEEPERS)
        run.seen["organisations"] = list(
            kept.filter(pk__in=inside.values("partyorganisation")).order_by("code")
        )
    organisations: list[PartyOrganisation] = run.seen["organisations"]
    return organisations


def write(rows: list[Row], run: Run) -> None:
    """History first, then what changes, then who is new."""
    steps: list[tuple[Row, Step]] = [(row, row.plan) for row in rows]
    run.create([(row, step.history) for row, step in steps if step.history])
    run.change([(row, step.row, step.values) for row, step in steps if step.values])
    run.create([(row, step.row) for row, step in steps if step.row.pk is None])


def lines(user: User, unit: Unit | None, filters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The members in sight of somebody, of a unit or all."""
    memberships: QuerySet[PartyMembership] = PartyMembership.objects.visible_to(user)
    if unit:
        memberships = members_of(unit, memberships)
    return lines_of(memberships.filter(ends=None))


def lines_of(memberships: QuerySet[PartyMembership]) -> Iterator[dict[str, Any]]:
    """Rows of the roster by column; numbers masked."""
    homes_today = Belonging.objects.filter(ends=None).select_related("household__building__parent")
    memberships = memberships.select_related("person", "organisation").prefetch_related(
        Prefetch("person__belongings", homes_today.order_by("pk"), to_attr="homes")
    )
    for membership in memberships.order_by("organisation", "pk").iterator(chunk_size=1000):
        person = membership.person
        yield {
            "name": person.name,
            "id_number": masking.id_number(person),
            "phone": masking.phone(person),
            "sex": person.get_sex_display(),
            "born": person.born.isoformat() if person.born else "",
            "member_class": CLASS_NAMES[membership.member_class],
            "mobile": "是" if membership.member_class == MemberClass.MOBILE else "否",
            "organisation": membership.organisation.name,
            "joined_on": membership.joined_on.isoformat() if membership.joined_on else "",
            "address": _address(person.homes),  # type: ignore[attr-defined]
            "starts": membership.starts.isoformat(),
            "ends": membership.ends.isoformat() if membership.ends else "",
        }


def _address(belongings: list[Belonging]) -> str:
    """Where somebody lives, as such a file is read: 翡翠一品小区5栋2单元501; "" for nowhere here."""
    if not belongings:
        return ""
    home = belongings[0].household
    entrance = f"{home.entrance}单元" if home.entrance else ""
    compound = home.building.parent.name if home.building.parent else ""
    return f"{compound}{home.building.name}{entrance}{home.room}"


MEMBERS = Roster(
    code="members",
    name=gettext_lazy("Party members"),
    about=gettext_lazy(
        "Party members in their four classes, as party systems export them; they are on the roll already."
    ),
    columns=COLUMNS,
    permission=Permission.IMPORT_MEMBERS,
    reads=Permission.VIEW_MEMBERS,
    plan=plan,
    write=write,
    lines=lines,
    links=homes.links,
    candidates=folk.candidates,
    refuse_heading=folk.refuse_control,
    ignored=IGNORED,
)
