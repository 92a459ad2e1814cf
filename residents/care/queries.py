"""Reading care rosters: lists, what is due, one entry in words, counts. Query counts stay flat."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, Prefetch, QuerySet, Value, When
from django.utils.translation import gettext as _

from orgs.db.counting import Counts, counted
from orgs.scoping import lies_in
from orgs.values import phones
from orgs.values.days import birthday_of
from residents.enums import CareKind, HouseholdState
from residents.models import Belonging, CareChange, CareEntry, Person, Visit
from residents.models.care import field_of, namings_of
from residents.roll.head_counts import OLD

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from orgs.models import Unit, User

FEN = 100
SHOWN_CHANGES = 30


def entries_in(unit: "Unit", among: QuerySet[CareEntry]) -> QuerySet[CareEntry]:
    """The entries of people on the roll of a unit of any kind."""
    return among.filter(lies_in(unit, "person__place"))


def with_people(entries: QuerySet[CareEntry], user: "User") -> QuerySet[CareEntry]:
    """Entries with their person, and `person.homes`: where they belong today, as far as in sight."""
    today = (
        Belonging.objects.visible_to(user).filter(ends=None).select_related("household__building")
    )
    homes = Prefetch("person__belongings", today.order_by("pk"), to_attr="homes")
    return entries.select_related("person__place", "entered_by").prefetch_related(homes)


def due(entries: QuerySet[CareEntry], until: date) -> QuerySet[CareEntry]:
    """The open entries whose next visit is due by a day, the longest overdue first."""
    return entries.filter(ends=None, next_visit_on__lte=until).order_by("next_visit_on", "pk")


def kinds_of(user: "User", *, keeps: bool = False, unit: "Unit | None" = None) -> list[CareKind]:
    """The rosters that somebody is named for (at a unit), in their usual order."""
    held = {
        naming.kind
        for naming in namings_of(user)
        if (naming.keeps or not keeps) and (unit is None or naming.covers(unit))
    }
    return [kind for kind in CareKind if kind in held]


@dataclass(frozen=True)
class OfPerson:
    """What a person's page shows to named readers: the entries, and the rosters to be entered on."""

    entries: list[CareEntry]
    free: list[CareKind]


def of_person(person: Person, user: "User") -> OfPerson | None:
    """The entries of a person that somebody is named for; None for those who are named for nothing."""
    if not kinds_of(user, unit=person.place):
        return None
    seen = CareEntry.objects.visible_to(user).filter(person=person)
    entries = list(seen.order_by("-pk"))
    taken = {entry.kind for entry in entries if entry.ends is None}
    kept = kinds_of(user, keeps=True, unit=person.place)
    return OfPerson(entries, [kind for kind in kept if kind not in taken])


def own_entries(user: "User") -> QuerySet[CareEntry]:
    """On which care rosters the person of an account stands or stood, for their own eyes."""
    entries: QuerySet[CareEntry] = CareEntry.objects.filter(person__account=user)
    return entries.order_by("-pk")


def in_words(entry: CareEntry, *, own: bool = False) -> list[tuple["_StrPromise | str", str]]:
    """What an entry says, field by field; what is empty is left out. Telephones are masked."""
    values = {name: getattr(entry, name) for name in entry.fields if name != "next_visit_on"}
    return facts_of(values, own=own)


def history_of(entry: CareEntry) -> list[tuple[CareChange, list[tuple["_StrPromise | str", str]]]]:
    """Who changed an entry when, and what it said before; the latest first."""
    changes = entry.changes.select_related("by").order_by("-pk")[:SHOWN_CHANGES]
    return [(change, facts_of(change.values)) for change in changes]


def facts_of(values: dict[str, Any], *, own: bool = False) -> list[tuple["_StrPromise | str", str]]:
    facts = []
    for name, value in values.items():
        if value not in (None, ""):
            facts.append((field_of(name).verbose_name, value_text(name, value, own=own)))
    return facts


def value_text(name: str, value: Any, *, own: bool = False) -> str:
    """One value as people read it."""
    choices = dict(field_of(name).flatchoices)
    if value in choices:
        return str(choices[value])
    if name == "amount":
        return yuan(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "guardian_phone" and not own:
        return phones.mask(value)
    return str(value)


def yuan(amount: int) -> str:
    """812.50 元: an amount of 0.01 yuan."""
    return _("%(amount)s yuan") % {"amount": f"{amount // FEN}.{amount % FEN:02}"}


def perhaps_alone(unit: "Unit", today: date) -> QuerySet[Person]:
    """Older people on the roll of a unit who seem to live alone and stand on no such roster.

    They are the only one who belongs to a home that its owner lives in.
    """
    here = lies_in(unit, "household__building")
    alone = (
        Belonging.objects.filter(here, ends=None, household__state=HouseholdState.LIVED_IN)
        .order_by()
        .values("household")
        .annotate(living=Count("pk"))
        .filter(living=1)
    )
    at_home = Belonging.objects.filter(ends=None, household__in=alone.values("household"))
    entered = CareEntry.objects.filter(kind=CareKind.LIVING_ALONE, ends=None)
    older_people: QuerySet[Person] = Person.objects.filter(
        lies_in(unit, "place"),
        pk__in=at_home.values("person"),
        born__lte=birthday_of(OLD, today),
        died_on=None,
    )
    return older_people.exclude(pk__in=entered.values("person"))


def visits_to(people: Iterable[int], user: "User") -> dict[int, list[Visit]]:
    """The visits to people that somebody may see, the latest first; one query."""
    visits_of: dict[int, list[Visit]] = {}
    seen = Visit.objects.visible_to(user).filter(person__in=list(people))
    for visit in seen.select_related("by").order_by("-on", "-pk"):
        visits_of.setdefault(visit.person_id or 0, []).append(visit)
    return visits_of


# How the next visit of an entry stands, as the database tells it.
_DUE, _UNPLANNED = "due", "unplanned"


@dataclass(frozen=True)
class RosterCount:
    """The open entries of one roster in a unit, and what is missing."""

    kind: CareKind
    people: int
    due: int
    unplanned: int


def counting_queries(unit: "Unit", kinds: Iterable[CareKind], today: date) -> list[QuerySet[Any]]:
    """What is counted of some rosters at a unit, for `roster_counts`."""
    rows = entries_in(unit, CareEntry.objects.filter(ends=None, kind__in=kinds))
    next_visit = Case(
        When(next_visit_on=None, then=Value(_UNPLANNED)),
        When(next_visit_on__lte=today, then=Value(_DUE)),
        default=Value(""),
    )
    return [counted("care-entries", rows, "kind", next_visit, number=Count("pk"))]


def roster_counts(counts: Counts, kinds: Iterable[CareKind]) -> list[RosterCount]:
    """The rosters in the order in which they are given, with their counts."""
    people: Counter[str] = Counter()
    visits: Counter[tuple[str, str]] = Counter()
    for kind, next_visit, number, _none in counts["care-entries"]:
        people[kind] += number
        visits[kind, next_visit] = number
    return [
        RosterCount(kind, people[kind], visits[kind, _DUE], visits[kind, _UNPLANNED])
        for kind in kinds
    ]
