"""Drawing up the roll of a poll from households and people, and freezing it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings as site
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import override

from orgs.enums import UnitKind
from orgs.scoping import lies_in
from orgs.values.days import age_on, in_force
from residents.deliberation.enums import Doubt, Electorate, RollState, Rule, VoterKind
from residents.deliberation.models import Poll, RollEntry, RollPart, VoterChoice
from residents.deliberation.polls import poll_settings
from residents.deliberation.polls.box import chain
from residents.enums import OWNING, BodyKind, HouseholdState, Relation
from residents.models import Belonging, BodyMember, Household, Person
from residents.models.households import door_of

# Flats that are the developer's until they are handed over (法释〔2009〕7号, art. 9).
DEVELOPERS = frozenset({HouseholdState.UNSOLD, HouseholdState.UNDELIVERED})
GROWN_UP = 18


@dataclass
class Voter:
    """One voter under way."""

    key: str
    kind: VoterKind
    person: Person | None = None
    name: str = ""
    doubt: str = ""
    households: list[Household] = field(default_factory=list)
    owns_alone: bool = False
    owns_jointly: bool = False

    def doubted(self, doubt: Doubt) -> None:
        """The first doubt stays."""
        self.doubt = self.doubt or doubt.value

    @property
    def area(self) -> int:
        return sum(household.area or 0 for household in self.households)


def scope(poll: Poll) -> QuerySet[Household]:
    """The households whose people vote: of the place, some buildings, or one entrance."""
    found = Household.objects.filter(lies_in(poll.unit, "building"))
    buildings = [building.pk for building in poll.buildings.all()]
    if buildings:
        found = found.filter(building__in=buildings)
    if poll.entrance:
        found = found.filter(entrance=poll.entrance)
    return found.select_related("building").order_by("code")


def voters(poll: Poll) -> list[Voter]:
    """Everybody who votes, in the order of their first flats. A fixed number of statements."""
    match poll.electorate:
        case Electorate.OWNERS:
            return list(_owners(poll).values())
        case Electorate.HOUSEHOLDS:
            return list(_households(poll))
        case Electorate.RESIDENTS:
            return list(_residents(poll))
        case _:
            return list(_representatives(poll))


def _owners(poll: Poll) -> dict[str, Voter]:
    parking = poll_settings.of(poll).parking_counts
    households = scope(poll)
    if not parking:
        # Shops are exclusive parts and always count; parking as the rules of procedure say.
        households = households.exclude(state=HouseholdState.PARKING)
    owners = _belongings(poll, OWNING)
    chosen = {
        one.household_id: one
        for one in VoterChoice.objects.filter(poll=poll).select_related("person__guardian")
    }
    today = timezone.localdate()
    found: dict[str, Voter] = {}
    for household in households:
        voter = _owner_of(household, owners.get(household.pk, []), chosen, today)
        known = found.setdefault(voter.key, voter)
        known.households.append(household)
        known.owns_alone |= voter.owns_alone
        known.owns_jointly |= voter.owns_jointly
        if household.area is None:
            known.doubted(Doubt.NO_AREA)
        if voter.doubt:
            known.doubted(Doubt(voter.doubt))
    for voter in found.values():
        if voter.owns_alone and voter.owns_jointly:
            voter.doubted(Doubt.SOLE_AND_CO)
    return found


def _owner_of(
    household: Household,
    owners: list[Belonging],
    chosen: dict[int, VoterChoice],
    today: date,
) -> Voter:
    """Who votes for one flat."""
    if household.state in DEVELOPERS:
        return Voter("developer", VoterKind.DEVELOPER)
    choice = chosen.get(household.pk)
    if choice and choice.person_id not in {one.person_id for one in owners}:
        choice = None  # no owner any more: the choice went with the flat
    alone = len(owners) == 1
    if choice:
        key = f"household:{household.pk}" if choice.separate else f"person:{choice.person_id}"
        voter = Voter(key, VoterKind.PERSON, choice.person, choice.person.name)
        # Somebody decided how this flat and the voter's others are counted.
        voter.owns_alone = alone and not choice.separate
        _check_age(voter, today)
        return voter
    first = [one for one in owners if one.relation == Relation.OWNER]
    voting = first[0] if first else owners[0] if alone else None
    if voting is None:
        voter = Voter(f"household:{household.pk}", VoterKind.PERSON)
        voter.doubted(Doubt.NO_VOTER if owners else Doubt.NO_OWNER)
        return voter
    person = voting.person
    voter = Voter(f"person:{person.pk}", VoterKind.PERSON, person, person.name)
    voter.owns_alone, voter.owns_jointly = alone, not alone
    _check_age(voter, today)
    return voter


def _check_age(voter: Voter, today: date) -> None:
    """274号, art. 25: for a minor the guardian votes."""
    person = voter.person
    if person and person.born and age_on(person.born, today) < GROWN_UP and not person.guardian_id:
        voter.doubted(Doubt.MINOR)


def _households(poll: Poll) -> Iterator[Voter]:
    homes = scope(poll).exclude(state__in=[*DEVELOPERS, HouseholdState.PARKING])
    people = _belongings(poll, frozenset(Relation))
    for household in homes:
        at_home = people.get(household.pk, [])
        if not at_home:
            continue  # nobody lives there, as far as is known
        name = at_home[0].person.name
        yield Voter(
            f"household:{household.pk}", VoterKind.HOUSEHOLD, None, name, households=[household]
        )


def _residents(poll: Poll) -> Iterator[Voter]:
    """居民委员会组织法, art. 26: the residents from 18 years on."""
    today = timezone.localdate()
    seen: dict[int, Voter] = {}
    homes = {household.pk: household for household in scope(poll)}
    for household_id, at_home in _belongings(poll, frozenset(Relation)).items():
        for belonging in at_home:
            person = belonging.person
            if person.pk in seen or household_id not in homes:
                continue
            if person.born and age_on(person.born, today) < GROWN_UP:
                continue
            voter = Voter(f"person:{person.pk}", VoterKind.PERSON, person, person.name)
            if person.born is None:
                voter.doubted(Doubt.NO_AGE)
            seen[person.pk] = voter
    yield from seen.values()


def _representatives(poll: Poll) -> Iterator[Voter]:
    """Who sits in the bodies of the place that vote, each person once."""
    seen = set()
    for member in _members(poll, _bodies(poll)):
        key = f"person:{member.person_id}" if member.person_id else f"member:{member.pk}"
        if key not in seen:
            seen.add(key)
            yield Voter(key, VoterKind.PERSON, member.person, member.shown_name)


def _bodies(poll: Poll) -> frozenset[BodyKind]:
    """Whose members vote where representatives do.

    In a community the residents' committee with the residents' representatives (居民委员会组织法 28), who
    alone elect the committee (19); in a compound the owners' representatives (274号 27), or its
    residents' council where it has none.
    """
    if poll.unit.kind == UnitKind.COMMUNITY:
        delegates = frozenset({BodyKind.RESIDENTS_DELEGATES})
        if poll.rule == Rule.ELECTION:
            return delegates
        return delegates | {BodyKind.RESIDENTS_COMMITTEE}
    owners = frozenset({BodyKind.OWNERS_DELEGATES})
    return owners if _members(poll, owners).exists() else frozenset({BodyKind.RESIDENTS_COUNCIL})


def _members(poll: Poll, kinds: frozenset[BodyKind]) -> QuerySet[BodyMember]:
    """Who is in office today in bodies of the place, representatives before the committee."""
    today = timezone.localdate()
    members = BodyMember.objects.filter(
        in_force(today),
        term__body__unit=poll.unit_id,
        term__body__kind__in=kinds,
        term__starts__lte=today,
        term__ends__gte=today,
    ).select_related("person__guardian")
    return members.order_by("-term__body__kind", "pk")


def has_too_few_delegates(poll: Poll) -> bool:
    """居民委员会组织法 28: representatives are at least four fifths of the meeting's members."""
    if poll.rule != Rule.REPRESENTATIVES_MEETING or poll.unit.kind != UnitKind.COMMUNITY:
        return False
    delegates = _members(poll, frozenset({BodyKind.RESIDENTS_DELEGATES}))
    keys = {member.person_id or -member.pk for member in delegates}
    everybody = {member.person_id or -member.pk for member in _members(poll, _bodies(poll))}
    return 5 * len(keys) < 4 * len(everybody)


def _belongings(poll: Poll, relations: frozenset[Relation]) -> dict[int, list[Belonging]]:
    """Who belongs today, by household, owners first.

    The households by their keys: where a roll was just loaded, PostgreSQL knows too little of the
    tables to join them well (it took minutes for 1,500 households).
    """
    rows = Belonging.objects.filter(
        household__in=list(scope(poll).order_by().values_list("pk", flat=True)),
        ends=None,
        relation__in=relations,
        person__erased_at=None,
        person__died_on=None,
    )
    found: dict[int, list[Belonging]] = {}
    for belonging in rows.select_related("person__guardian").order_by("-relation", "pk"):
        found.setdefault(belonging.household_id, []).append(belonging)
    return found


# --- Writing ---------------------------------------------------------------------------------------

_COLUMNS = ("number", "kind", "person", "name", "area", "doubt", "is_void", "decision")


def rebuild(poll: Poll) -> None:
    """Writes the roll anew; entries keep their key and what was decided.

    Only what differs is written, so that a roll that was checked opens in no time. Statements do not
    grow.
    """
    entries = {one.key: one for one in RollEntry.objects.filter(poll=poll)}
    before = {key: _columns(entry) for key, entry in entries.items()}
    drawn = voters(poll)
    for number, voter in enumerate(drawn, start=1):
        entry = entries.setdefault(voter.key, RollEntry(poll=poll, key=voter.key))
        if entry.doubt != voter.doubt:
            entry.decision = ""
        entry.number, entry.kind, entry.person = number, voter.kind, voter.person
        entry.name, entry.area, entry.doubt = voter.name, voter.area, voter.doubt
        entry.is_void = False
    for key in entries.keys() - {voter.key for voter in drawn}:
        entries[key].is_void = True
    new = [entry for key, entry in entries.items() if key not in before]
    changed = [entries[key] for key, old in before.items() if _columns(entries[key]) != old]
    RollEntry.objects.bulk_create(new, batch_size=1000)
    RollEntry.objects.bulk_update(changed, _COLUMNS, batch_size=500)
    _write_parts(poll, drawn, entries)


def _columns(entry: RollEntry) -> tuple[object, ...]:
    return (
        *(entry.number, str(entry.kind), entry.person_id, entry.name, entry.area, entry.doubt),
        *(entry.is_void, entry.decision),
    )


_PART = ("entry_id", "household_id", "code", "label", "floor", "area", "area_source")


def _write_parts(poll: Poll, drawn: list[Voter], entries: dict[str, RollEntry]) -> None:
    # Doors are kept in the portal's language, whoever draws the roll up.
    with override(site.LANGUAGE_CODE):
        parts = _parts(poll, drawn, entries)
    known = RollPart.objects.filter(poll=poll).order_by()
    if sorted(known.values_list(*_PART), key=_second) != sorted(
        (tuple(getattr(part, name) for name in _PART) for part in parts), key=_second
    ):
        known.delete()
        RollPart.objects.bulk_create(parts, batch_size=1000)


def _parts(poll: Poll, drawn: list[Voter], entries: dict[str, RollEntry]) -> list[RollPart]:
    return [
        RollPart(
            poll=poll,
            entry=entries[voter.key],
            household=household,
            code=household.code,
            label=f"{household.building.name} {door_of(household.entrance, household.room)}",
            floor=household.floor,
            area=household.area or 0,
            area_source=household.area_source,
        )
        for voter in drawn
        for household in voter.households
    ]


def _second(row: tuple[int, ...]) -> int:
    """The household of a part, which stands on a roll once."""
    return row[1]


@dataclass(frozen=True)
class Roll:
    """A roll as it was frozen."""

    people: int
    area: int
    sha256: str
    unclear: list[int]


def published(poll: Poll) -> str:
    """The canonical form that is hashed and published: flats with their areas, no names."""
    parts: dict[int, list[dict[str, object]]] = {}
    for entry, code, area, source in (
        RollPart.objects.filter(poll=poll)
        .order_by("code")
        .values_list("entry", "code", "area", "area_source")
    ):
        parts.setdefault(entry, []).append({"household": code, "area": area, "area_source": source})
    rows = (
        RollEntry.objects.filter(poll=poll)
        .exclude(is_void=True)
        .order_by("number")
        .values_list("pk", "number", "kind", "area")
    )
    return chain.canonical(
        [
            {"entry": pk, "number": number, "kind": kind, "area": area, "parts": parts.get(pk, [])}
            for pk, number, kind, area in rows
        ]
    )


def freeze(poll: Poll) -> Roll:
    """Draws the roll up a last time and freezes it: from here on the database keeps it."""
    rebuild(poll)
    text = published(poll)
    entries = RollEntry.objects.filter(poll=poll)
    live = entries.filter(is_void=False)
    rows = list(live.values_list("number", "area", "doubt", "decision"))
    entries.update(state=RollState.FROZEN)
    RollPart.objects.filter(poll=poll).update(state=RollState.FROZEN)
    return Roll(
        people=len(rows),
        area=sum(area for _number, area, _doubt, _decision in rows),
        sha256=chain.sha256(text),
        unclear=sorted(number for number, _area, doubt, decision in rows if doubt and not decision),
    )
