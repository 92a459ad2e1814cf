"""People on the roll: entering, correcting, moving in and out of households."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Unit
from orgs.scoping import lies_in
from orgs.values import names, phones
from orgs.values.sentences import gettext as _
from residents.enums import OWNING, Permission, Relation
from residents.models import Belonging, Household, Person
from residents.roll.guardians import refuse_unguarded
from residents.roll.values import id_numbers, shares

if TYPE_CHECKING:
    from orgs.models import User

LONGEST_NAME = 40
# Sent again within it, the same words are a double click.
SENT_TWICE = timedelta(minutes=1)
# Kept as they are entered; numbers have their own way.
PLAIN_FIELDS = (
    "name", "sex", "born", "ethnicity", "marital", "employment", "insurance", "registered_at",
    "note", "died_on",
)  # fmt: skip
# Told about apart, and emptied when people withdraw the consent on which they gave them.
SENSITIVE_FIELDS = (
    "id_number", "ethnicity", "marital", "employment", "insurance", "registered_at",
)  # fmt: skip


@dataclass(frozen=True)
class Details:
    """What is known of a person, checked and in one way of writing."""

    name: str
    id_number: str = ""
    phone: str = ""
    plain: dict[str, Any] = field(default_factory=dict)

    @property
    def name_key(self) -> str:
        """The comparing form of the name."""
        return names.compared(self.name)

    def columns(self) -> dict[str, Any]:
        """The values of the columns; what is not known is left out."""
        values: dict[str, Any] = {"name": self.name, "name_key": self.name_key, **self.plain}
        if self.id_number:
            values |= {
                "id_number": self.id_number,
                "id_index": id_numbers.index(self.id_number),
                "born": id_numbers.birth_date(self.id_number),
                "sex": id_numbers.sex(self.id_number),
            }
        if self.phone:
            values |= {
                "phone": self.phone,
                "phone_index": phones.index(self.phone),
                "phone_tail": self.phone[-4:],
            }
        return values


def checked(*, name: str, id_number: str = "", phone: str = "", **plain: Any) -> Details:
    """The details in one way of writing. Raises Refused with the fields that are not right."""
    wrong: dict[str, list[str]] = {}

    def tried(key: str, text: str, normalise: Any) -> str:
        try:
            return normalise(text) if text else ""
        except Refused as error:
            wrong[key] = [error.message]
            return ""

    name = names.shown(name)
    if not 0 < len(name) <= LONGEST_NAME:
        wrong["name"] = [
            _("Give a name of 1 to %(longest)d characters.") % {"longest": LONGEST_NAME}
        ]
    for key, day in _days(plain):
        if day > timezone.localdate():
            wrong[key] = [_("This day is still to come.")]
    number = tried("id_number", id_number, id_numbers.normalise)
    telephone = tried("phone", phone, phones.normalise)
    if wrong:
        raise Refused(
            _("Some of what was sent is not right."), code="bad_details", fields={**wrong}
        )
    return Details(name, number, telephone, plain)


def _days(plain: dict[str, Any]) -> Iterator[tuple[str, date]]:
    """The days that lie behind everybody who stands on the roll."""
    for key in ("born", "died_on"):
        if day := plain.get(key):
            yield key, date.fromisoformat(day) if isinstance(day, str) else day


def with_details(body: dict[str, Any]) -> dict[str, Any]:
    """What a form or a body says, its facts about a person checked and gathered as `details`."""
    facts = {"id_number", "phone", "guardian", *PLAIN_FIELDS} & body.keys()
    details = checked(**{name: body[name] for name in facts})
    return {"details": details} | {name: body[name] for name in body.keys() - facts}


def share_of(text: str) -> Fraction | None:
    """A share written as 1/2, 50% or 0.5; None for nothing. Raises Refused."""
    try:
        return shares.parse(text) if text.strip() else None
    except ValueError:
        raise Refused(_("Write a share as a fraction, like 1/2."), code="bad_share", field="share")


def known_as(details: Details, among: QuerySet[Person]) -> Person | None:
    """The person whom details fit for certain: by ID number anywhere, else by phone and name.

    Raises Refused (`id_taken`) where the ID number stands under another name.
    """
    if details.id_number:
        person = Person.objects.filter(id_index=id_numbers.index(details.id_number)).first()
        if person and person.name_key != details.name_key:
            message = _("This ID number is on the roll under another name. Check both.")
            raise Refused(message, code="id_taken", field="id_number")
        if person:
            return person
    if not details.phone:
        return None
    by_phone = among.filter(phone_index=phones.index(details.phone), name_key=details.name_key)
    return next(
        (namesake for namesake in by_phone if not (details.id_number and namesake.id_index)), None
    )


@transaction.atomic
def move_in(
    *,
    household: Household,
    details: Details,
    relation: Relation,
    share: Fraction | None = None,
    starts: date | None = None,
    by: "User",
    now: datetime,
) -> Belonging:
    """Enters who belongs to a household from a day on (today); a person known already is met again.

    Whoever keeps the roll vouches for the entry, so it counts as verified. Raises NotAllowed;
    Refused for a share that is none or makes more than the whole, `belongs_already`, a second
    first owner (`owner_exists`), the same words twice (`entered_already`).
    """
    must_keep(by, household.building)
    Household.objects.select_for_update(of=("self",)).get(pk=household.pk)
    person = known_as(details, _roll_around(household.building))
    if person is None:
        _refuse_twice(household, details, by, now)
        person = enter(details=details, place=household.building, by=by, now=now)
    elif Person.objects.sees(by, person):
        # Of somebody on another place's roll nothing is changed here.
        _fill_in(person, details, now)
    return belong(
        person=person,
        household=household,
        relation=relation,
        share=share,
        starts=starts,
        by=by,
        now=now,
    )


@transaction.atomic
def enter(*, details: Details, place: Unit, by: "User", now: datetime) -> Person:
    """Puts a new person on the roll of a place.

    Raises Refused: `id_taken` for a known ID number, `guardian_needed` for a child under 14 without.
    """
    must_keep(by, place)
    columns = details.columns()
    refuse_unguarded(columns.get("born"), columns.get("guardian"), timezone.localdate(now))
    try:
        with transaction.atomic():
            person = Person.objects.create(place=place, entered_at=now, **columns)
    except IntegrityError:
        message = _("This ID number is on the roll already.")
        raise Refused(message, code="id_taken", field="id_number")
    audit.record("residents.enter-person", by=by, obj=person, now=now)
    return person


@transaction.atomic
def belong(
    *,
    person: Person,
    household: Household,
    relation: Relation,
    share: Fraction | None = None,
    starts: date | None = None,
    by: "User",
    now: datetime,
) -> Belonging:
    """Ties a person to a household. Raises as `move_in` does."""
    _refuse_share(household, relation, share)
    try:
        with transaction.atomic():
            belonging = Belonging.objects.create(
                person=person,
                household=household,
                relation=relation,
                share_part=share.numerator if share else None,
                share_whole=share.denominator if share else None,
                starts=starts or timezone.localdate(now),
                verified_by=by,
                verified_at=now,
            )
    except IntegrityError:
        raise _already(person, household)
    audit.record(
        "residents.move-in", by=by, obj=belonging, detail={"household": household.code}, now=now
    )
    return belonging


@transaction.atomic
def move_out(*, belonging: Belonging, ends: date, by: "User", now: datetime) -> Belonging:
    """Ends a belonging with a day; the row stays as history.

    Raises NotAllowed; WrongState if it has ended; Refused for a day before it began.
    """
    belonging = Belonging.objects.select_for_update(of=("self",)).get(pk=belonging.pk)
    must_keep(by, belonging.household.building)
    if belonging.ends:
        raise WrongState(_("This person has moved out already."), code="ended")
    if ends < belonging.starts:
        message = _("This day lies before the day of moving in.")
        raise Refused(message, code="bad_dates", field="ends")
    belonging.ends = ends
    belonging.save(update_fields=["ends"])
    audit.record(
        "residents.move-out",
        by=by,
        obj=belonging,
        detail={"household": belonging.household.code},
        now=now,
    )
    return belonging


@transaction.atomic
def correct(*, person: Person, details: Details, by: "User", now: datetime) -> Person:
    """Corrects what the roll knows of a person; empty numbers stay as they were.

    Raises NotAllowed; Refused for another person's ID number (`id_taken`), for a child under 14
    without a guardian (`guardian_needed`).
    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    must_keep(by, person.place)
    changed = _set(person, details.columns())
    refuse_unguarded(person.born, person.guardian, timezone.localdate(now), of=person)
    # What the community enters itself rests upon its duty from now on.
    person.own_fields = [name for name in person.own_fields if name not in changed]
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        message = _("This ID number is on the roll already.")
        raise Refused(message, code="id_taken", field="id_number")
    audit.record(
        "residents.correct-person", by=by, obj=person, detail={"changed": changed}, now=now
    )
    return person


def empty_own(*, person: Person, by: "User", now: datetime) -> None:
    """Empties what a person gave on the ground of consent; the row is locked."""
    if not person.own_fields:
        return
    emptied = list(person.own_fields)
    for name in emptied:
        setattr(person, name, "")
        if name == "id_number":
            person.id_index = None
    person.own_fields = []
    person.save()
    audit.record("residents.empty-own-data", by=by, obj=person, detail={"fields": emptied}, now=now)


def must_keep(by: "User", place: Unit) -> None:
    """Raises NotAllowed for a place whose roll is not this person's to keep."""
    if not by.has_perm(Permission.KEEP_ROLL, place):
        raise NotAllowed(_("You do not keep the roll of this place."))


def _roll_around(building: Unit) -> QuerySet[Person]:
    """The people on the rolls of a building's compound and of what lies in it."""
    compound = building.parent or building
    return Person.objects.filter(lies_in(compound, "place"))


def _refuse_twice(household: Household, details: Details, by: "User", now: datetime) -> None:
    """Without numbers nothing else tells a form that was sent twice from two namesakes."""
    if details.id_number or details.phone:
        return
    just_now = household.belongings.filter(
        ends=None, verified_by=by, verified_at__gt=now - SENT_TWICE,
        person__name_key=details.name_key, person__id_index=None, person__phone_index="",
    )  # fmt: skip
    if just_now.exists():
        message = _("%(name)s was entered here just now. Enter a namesake after a minute.")
        raise Refused(message % {"name": details.name}, code="entered_already", field="name")


def _fill_in(person: Person, details: Details, now: datetime) -> None:
    """Adds what was not known yet; what the roll knows already stays."""
    missing = {
        name: value for name, value in details.columns().items() if not getattr(person, name)
    }
    if _set(person, missing):
        refuse_unguarded(person.born, person.guardian, timezone.localdate(now), of=person)
        person.save(update_fields=list(missing))


def _set(person: Person, values: dict[str, Any]) -> list[str]:
    """Sets fields; answers the names of those that changed, indexes left out."""
    changed = sorted(
        name
        for name, value in values.items()
        if getattr(person, name) != value and not name.endswith(("_index", "_tail", "_key"))
    )
    for name, value in values.items():
        setattr(person, name, value)
    return changed


def _refuse_share(household: Household, relation: Relation, share: Fraction | None) -> None:
    if share is None:
        return
    if relation not in OWNING:
        raise Refused(_("Only owners have a share."), code="bad_share", field="share")
    shares = household.belongings.filter(ends=None, share_part__isnull=False).values_list(
        "share_part", "share_whole"
    )
    total = sum((Fraction(part or 0, whole or 1) for part, whole in shares), share)
    if not 0 < share <= 1 or total > 1:
        message = _("The shares of a household add up to at most the whole.")
        raise Refused(message, code="bad_share", field="share")


def _already(person: Person, household: Household) -> Refused:
    """Why the database refused: the person belongs there already, or there is a first owner."""
    if household.belongings.filter(ends=None, person=person).exists():
        return Refused(
            _("%(name)s belongs to this household already.") % {"name": person.name},
            code="belongs_already",
        )
    message = _("This household has an owner already: enter further ones as co-owners.")
    return Refused(message, code="owner_exists", field="relation")
