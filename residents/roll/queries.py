"""Reading households and people. Every answer costs the same number of queries."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db.models import Prefetch, Q, QuerySet
from django.db.models.functions import Substr
from django.db.models.lookups import Exact
from django.http import Http404
from django.utils import timezone

from orgs.enums import UnitKind
from orgs.errors import Refused
from orgs.models import Attachment, Unit
from orgs.scoping import any_of, lies_in, reach_of
from orgs.values import phones
from orgs.values.names import compared, contains_word
from residents.enums import ROLL_KEEPERS, ROLL_READERS, Permission
from residents.models import Belonging, Household, Person, PropertyContract
from residents.roll.guardians import could_guard
from residents.roll.values import id_numbers

if TYPE_CHECKING:
    from orgs.scoping import Person as Reader


FOUND_AT_MOST = 50
_PLACE_AND_DOOR = re.compile(
    r"(.*(?:号楼|栋|幢|座|#楼|#))((?:[0-9a-z]+单元)?[0-9a-z]+(?:号房|室|房|号)?)"
)


def households_of(unit: Unit, among: QuerySet[Household]) -> QuerySet[Household]:
    """The households in a unit of any kind, by code."""
    return among.filter(lies_in(unit, "building")).select_related("building")


def people_of(unit: Unit, among: QuerySet[Person]) -> QuerySet[Person]:
    """The people on the roll of a unit of any kind, or belonging to a household in it today."""
    belonging = Belonging.objects.filter(lies_in(unit, "household__building"), ends=None)
    return among.filter(lies_in(unit, "place") | Q(pk__in=belonging.values("person")))


def household_by_code(code: str, among: QuerySet[Household]) -> Household | None:
    """The household that has this code, or had it before its building got another one."""
    if "\0" in code:  # which no text of PostgreSQL can hold
        return None
    household = among.select_related("building").filter(code=code).first()
    if household or code.count("-") < 2:
        return household
    building, entrance, room = code.rsplit("-", 2)
    return (
        among.select_related("building")
        .filter(building__aliases__code=building, room=room)
        .filter(entrance="" if entrance == "0" else entrance)
        .first()
    )


def household_for(user: "Reader", code: str) -> Household:
    """The household of a page or a call, in sight. Raises Http404."""
    household = household_by_code(code, Household.objects.visible_to(user, one=True))
    if household is None:
        raise Http404
    return household


def with_members(households: QuerySet[Household]) -> QuerySet[Household]:
    """Households with `members`: who belongs to them today, owners first, with their person."""
    today = Belonging.objects.filter(ends=None).select_related("person")
    return households.prefetch_related(
        Prefetch("belongings", today.order_by("-relation", "pk"), to_attr="members")
    )


def with_homes(people: QuerySet[Person], among: QuerySet[Belonging]) -> QuerySet[Person]:
    """People with `homes`: where they belong today, as far as it is among those in sight."""
    today = among.filter(ends=None).select_related("household__building")
    return people.prefetch_related(
        Prefetch("belongings", today.order_by("pk"), to_attr="homes")
    ).select_related("place")


def history_of(household: Household) -> QuerySet[Belonging]:
    """Who belonged to a household before, the latest first."""
    return household.belongings.exclude(ends=None).select_related("person").order_by("-ends", "-pk")


def guardians_in(household: Household) -> QuerySet[Person]:
    """The grown-ups of a home, who may speak for a child of it."""
    at_home = Belonging.objects.filter(household=household, ends=None)
    return could_guard(Person.objects.filter(pk__in=at_home.values("person")), timezone.localdate())


def guardians_of(person: Person, user: "Reader") -> QuerySet[Person]:
    """Who may speak for a person: the grown-ups of their homes in sight, and the present guardian."""
    seen = Belonging.objects.visible_to(user)
    homes = seen.filter(person=person, ends=None).values("household")
    at_home = Belonging.objects.filter(household__in=homes, ends=None).values("person")
    fits = could_guard(Person.objects.filter(pk__in=at_home), timezone.localdate())
    could = Q(pk__in=fits.values("pk")) | Q(pk=person.guardian_id)
    return Person.objects.filter(could).exclude(pk=person.pk)


def found(words: str, user: "Reader") -> list[Person]:
    """Who fits in a person's sight, with their homes, by name; one more than is shown."""
    keys: list[int] = []
    for reading in _readings(words, user):
        keys += [key for key in reading if key not in keys]
        if len(keys) > FOUND_AT_MOST:
            break
    seen = Belonging.objects.visible_to(user)
    people = {person.pk: person for person in with_homes(Person.objects.filter(pk__in=keys), seen)}
    return [people[key] for key in keys[: FOUND_AT_MOST + 1]]


def _readings(words: str, user: "Reader") -> Iterator[list[int]]:
    """The keys of people in sight by telephone (whole, or its last four digits), ID number, address
    or name.

    Whole numbers are found through their blind indexes, so nothing in clear is compared. Words are
    read as an address first ("5栋 501", beside it perhaps a name), then as a name or a given name.
    """
    first = {"most": FOUND_AT_MOST + 1}
    number = _by_number(words.strip())
    if number is not None:
        yield Person.objects.filter(number).first_keys(user, "name", **first)
        return
    given = [part for word in words.split()[:5] for part in _address_parts(compared(word))]
    buildings = _buildings_of(user)
    places = [word for word in given if buildings.filter(contains_word("path_key", word)).exists()]
    rooms = [word for word in given if word not in places and word[0].isascii()]
    names = [word for word in given if word not in places and word not in rooms]
    if places or rooms:
        at_home = _at_home(buildings, places, rooms).filter(*map(_named, names))
        ordered = at_home.order_by("name_key", "pk").values_list("pk", flat=True)
        yield list(ordered[: FOUND_AT_MOST + 1])
    # A foreign name has blanks of its own.
    for reading in (given, [compared(words)] if len(given) > 1 else []):
        if reading:
            named = Person.objects.filter(*map(_named, reading))
            yield named.first_keys(user, "name_key", **first)


def _address_parts(word: str) -> list[str]:
    """翡翠一品小区1栋2单元501 as the place 翡翠一品小区1栋 and the door 2单元501; any other word whole."""
    match = _PLACE_AND_DOOR.fullmatch(word)
    return [part for part in match.groups() if part] if match else [word]


def _by_number(text: str) -> Q | None:
    """The condition that a number sets; None for what is no number."""
    compact = text.replace(" ", "")
    if compact.isascii() and compact.isdigit() and len(compact) == 4:
        return Q(phone_tail=compact)
    for normalise, index, field in (
        (phones.normalise, phones.index, "phone_index"),
        (id_numbers.normalise, id_numbers.index, "id_index"),
    ):
        try:
            return Q(**{field: index(normalise(text))})
        except Refused:
            continue
    return None


def _named(word: str) -> Q:
    """Whose name begins so, or whose given name it is; each has its index."""
    if len(word) == 1:  # a family name: the index alone answers
        return Q(name_key__startswith=word)
    return Q(name_key__startswith=word) | Q(Exact(Substr("name_key", 2), word))


def _buildings_of(user: "Reader") -> QuerySet[Unit]:
    """The buildings of which a person reads the roll."""
    buildings = Unit.objects.filter(kind=UnitKind.BUILDING)
    return buildings if user.is_superuser else buildings.filter(reach_of(user).q("", ROLL_READERS))


def _at_home(buildings: QuerySet[Unit], places: list[str], rooms: list[str]) -> QuerySet[Person]:
    """Who belongs today to a room so numbered, in one of the buildings whose place is so named.

    The buildings are those of which the roll is read, so these people are in sight.
    """
    for word in places:
        buildings = buildings.filter(contains_word("path_key", word))
    homes = Belonging.objects.filter(
        ends=None, household__building__in=list(buildings.values_list("pk", flat=True))
    )
    for word in rooms:
        homes = homes.filter(_numbered(word, "household__"))
    return Person.objects.filter(pk__in=homes.values("person"))


def _numbered(word: str, path: str) -> Q:
    """The condition that a door sets (501室, 2单元501) on households reached over `path`."""
    entrance, _unit, room = word.rpartition("单元")
    wanted = Q(**{f"{path}room": re.sub("(号房|室|房|号)$", "", room).upper()})
    return wanted & Q(**{f"{path}entrance": entrance.upper()}) if entrance else wanted


def households_at_door(words: str, buildings: QuerySet[Unit]) -> QuerySet[Household]:
    """The households with the door that words give ("5栋 501", "翡翠一品5栋2单元501"), in some buildings.

    Says only whether there is such a door, so it needs no right to the roll. Words without a door
    find nothing.
    """
    given = [part for word in words.split()[:5] for part in _address_parts(compared(word))]
    places = [word for word in given if buildings.filter(contains_word("path_key", word)).exists()]
    doors = [word for word in given if word not in places]
    if len(doors) != 1:
        return Household.objects.none()
    for word in places:
        buildings = buildings.filter(contains_word("path_key", word))
    keys = buildings.order_by().values("pk")
    homes = Household.objects.filter(_numbered(doors[0], ""), building__in=keys)
    return homes.select_related("building").order_by("code")


def households_named(words: str, buildings: QuerySet[Unit]) -> list[Household]:
    """The household of a code, else those with such a door, in some buildings; two at most."""
    among = Household.objects.filter(building__in=buildings.order_by().values("pk"))
    home = household_by_code(words.strip()[:60], among)
    return [home] if home else list(households_at_door(words, buildings)[:2])


def places_kept(user: "Reader") -> list[Unit]:
    """The units whose roll somebody keeps, as they were given to them: a community, those of a grid."""
    areas = {
        held.area for held in reach_of(user).holdings if held.area and held.role in ROLL_KEEPERS
    }
    if not areas:
        return []
    given = any_of([Q(tree_id=area.tree_id, lft=area.left) for area in areas])
    return list(Unit.objects.filter(given).order_by("tree_id", "lft"))


def may_see_contract(user: "Reader", attachment: Attachment) -> bool:
    """Whether a photo is that of a property contract with which this person works.

    Who only lives in the compound reads the facts of the contract, not the paper.
    """
    contracts = PropertyContract.objects.visible_to(user, one=True).filter(document=attachment)
    return any(user.has_perm(Permission.VIEW_PROPERTYCONTRACT, contract) for contract in contracts)
