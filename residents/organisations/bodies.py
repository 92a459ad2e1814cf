"""Bodies of residents: setting them up, their terms of office, who sits in them."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.enums import UnitKind
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Unit
from orgs.values import names
from residents.enums import OF_COMMUNITIES, OF_COMMUNITIES_ALONE, BodyKind, Permission, Seat
from residents.models import BodyMember, LocalBody, Person, Term
from residents.roll.queries import people_of

if TYPE_CHECKING:
    from orgs.models import User

LONGEST_REASON = 300
# 物业管理条例 and local rules know three to five years; longer is a slip of the pen.
LONGEST_TERM_YEARS = 6


@transaction.atomic
def establish(*, unit: Unit, kind: BodyKind, by: "User", now: datetime) -> LocalBody:
    """Enters a body of a compound or community; the one that is there already is answered again.

    Raises NotAllowed; Refused (`wrong_place`) for a place that has no body of this kind.
    """
    must_keep(by, unit)
    communal = unit.kind == UnitKind.COMMUNITY and kind in OF_COMMUNITIES
    of_compound = unit.kind == UnitKind.COMPOUND and kind not in OF_COMMUNITIES_ALONE
    if not of_compound and not communal:
        raise Refused(_("A place of this kind has no such body."), code="wrong_place", field="kind")
    body, is_new = LocalBody.objects.get_or_create(
        unit=unit, kind=kind, defaults={"entered_at": now}
    )
    if is_new:
        audit.record("residents.establish-body", by=by, obj=body, detail={"kind": kind}, now=now)
    return body


@transaction.atomic
def add_term(
    *,
    body: LocalBody,
    starts: date,
    ends: date,
    elected_on: date | None = None,
    registered_on: date | None = None,
    registration: str = "",
    by: "User",
    now: datetime,
) -> Term:
    """Enters a term of office; it takes the next number.

    Raises NotAllowed; Refused for days that make no term, a registration without its day, or
    (`overlaps`) days of another term.
    """
    body = _locked(body, by)
    _refuse_term(starts, ends, elected_on, registered_on, registration)
    if body.terms.filter(starts__lte=ends, ends__gte=starts).exists():
        message = _("Another term of office lies within these days. End that one first.")
        raise Refused(message, code="overlaps", field="starts")
    last = body.terms.order_by("-number").values_list("number", flat=True).first() or 0
    term = Term.objects.create(
        body=body, number=last + 1, starts=starts, ends=ends, elected_on=elected_on,
        registered_on=registered_on, registration=registration.strip(), entered_at=now,
    )  # fmt: skip
    audit.record("residents.add-term", by=by, obj=term, detail={"number": term.number}, now=now)
    return term


@transaction.atomic
def register_term(*, term: Term, on: date, number: str, by: "User", now: datetime) -> Term:
    """Writes down that a term was registered (备案). Raises NotAllowed, Refused."""
    body = _locked(term.body, by)
    term = body.terms.get(pk=term.pk)
    if not number.strip():
        raise Refused(_("Give the number of the registration."), field="registration")
    _refuse_future("registered_on", on, now)
    term.registered_on, term.registration = on, number.strip()
    term.save(update_fields=["registered_on", "registration"])
    audit.record("residents.register-term", by=by, obj=term, now=now)
    return term


@transaction.atomic
def end_term(*, term: Term, on: date, reason: str, by: "User", now: datetime) -> Term:
    """Ends a term before its time; `on` is its last day.

    Raises NotAllowed; Refused for a day outside of the term or without a reason.
    """
    body = _locked(term.body, by)
    term = body.terms.get(pk=term.pk)
    if not term.starts <= on < term.ends:
        raise Refused(_("This day does not lie before the end of the term."), field="on")
    term.ends, term.end_reason = on, checked_reason(reason)
    term.save(update_fields=["ends", "end_reason"])
    audit.record("residents.end-term", by=by, obj=term, now=now)
    return term


@transaction.atomic
def seat(
    *,
    body: LocalBody,
    name: str = "",
    phone_tail: str = "",
    person: Person | None = None,
    seat: Seat = Seat.MEMBER,
    starts: date | None = None,
    by: "User",
    now: datetime,
) -> BodyMember:
    """Gives somebody a seat in the present term: a person of the roll, or whoever has this name.

    A name that stands once on the roll of the place is that person. Raises NotAllowed; WrongState
    (`no_term`); Refused for a name that several have (`who`), a second chair (`chair_taken`), a
    second seat (`sits_already`), a day outside of the term.
    """
    body = _locked(body, by)
    today = timezone.localdate(now)
    term = body.terms.filter(starts__lte=today, ends__gte=today).first()
    if term is None:
        raise WrongState(_("Enter a term of office first."), code="no_term")
    starts = starts or max(term.starts, today)
    if not term.starts <= starts <= term.ends:
        raise Refused(_("This day lies outside of the term of office."), field="starts")
    person = person or on_roll(name=name, phone_tail=phone_tail, around=body.unit)
    _refuse_seat(term, person, seat)
    member = BodyMember.objects.create(
        term=term, person=person, name="" if person else _name(name), seat=seat, starts=starts
    )
    audit.record("residents.seat-member", by=by, obj=member, detail={"seat": seat}, now=now)
    return member


@transaction.atomic
def unseat(*, member: BodyMember, on: date, by: "User", now: datetime) -> BodyMember:
    """Writes down that somebody left a seat; `on` is the last day.

    Raises NotAllowed; WrongState if it was left already; Refused for a day before the first.
    """
    _locked(member.term.body, by)
    member.refresh_from_db()
    if member.ends:
        raise WrongState(_("This seat has been left already."), code="ended")
    if on < member.starts:
        raise Refused(_("This day lies before the first one."), field="on")
    member.ends = on
    member.save(update_fields=["ends"])
    audit.record("residents.unseat-member", by=by, obj=member, now=now)
    return member


def on_roll(*, name: str, phone_tail: str, around: Unit) -> Person | None:
    """Who has this name on the roll of a place; None for nobody.

    Raises Refused (`who`) where several have it.
    """
    matches = people_of(around, Person.objects.filter(name_key=names.compared(name), died_on=None))
    if phone_tail:
        matches = matches.filter(phone_tail=phone_tail)
    people = list(matches.order_by("pk")[:2]) if name.strip() else []
    if len(people) > 1:
        message = _("Several people of the roll have this name: add the last four digits.")
        raise Refused(message, code="who", field="phone_tail")
    if phone_tail and not people:
        raise Refused(_("Nobody on the roll has this name and these digits."), field="phone_tail")
    return people[0] if people else None


def must_keep(by: "User", place: Unit) -> None:
    """Raises NotAllowed for a place whose bodies and contracts are not this person's to keep."""
    if not by.has_perm(Permission.KEEP_BODIES, place):
        raise NotAllowed(_("You do not keep the organisations of this place."))


def checked_reason(reason: str) -> str:
    """The reason without outer blanks; raises Refused for none or a very long one."""
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise Refused(
            _("Write 1 to %(longest)d characters.") % {"longest": LONGEST_REASON}, field="reason"
        )
    return reason


def _locked(body: LocalBody, by: "User") -> LocalBody:
    """The body, locked, so that its terms change one by one."""
    must_keep(by, body.unit)
    return LocalBody.objects.select_for_update(of=("self",)).select_related("unit").get(pk=body.pk)


def _refuse_term(
    starts: date, ends: date, elected_on: date | None, registered_on: date | None, number: str
) -> None:
    if ends < starts:
        raise Refused(_("This day lies before the first one."), field="ends")
    if (ends - starts).days > LONGEST_TERM_YEARS * 366:
        raise Refused(_("No term of office is as long as that."), field="ends")
    if elected_on and elected_on > ends:
        raise Refused(
            _("The election lies before the term or at its beginning."), field="elected_on"
        )
    if bool(registered_on) != bool(number.strip()):
        raise Refused(
            _("Give both the day and the number of the registration."), field="registration"
        )


def _refuse_future(field: str, day: date, now: datetime) -> None:
    if day > timezone.localdate(now):
        raise Refused(_("This day is still to come."), field=field)


def _refuse_seat(term: Term, person: Person | None, seat: Seat) -> None:
    sitting = term.members.filter(ends=None)
    if seat == Seat.CHAIR and sitting.filter(seat=Seat.CHAIR).exists():
        raise Refused(_("There is a chair already."), code="chair_taken", field="seat")
    if person and sitting.filter(person=person).exists():
        message = _("%(name)s has a seat already.") % {"name": person.name}
        raise Refused(message, code="sits_already", field="name")


def _name(name: str) -> str:
    name = names.shown(name)
    longest = BodyMember._meta.get_field("name").max_length or 0
    if not 0 < len(name) <= longest:
        raise Refused(
            _("Give a name of 1 to %(longest)d characters.") % {"longest": longest}, field="name"
        )
    return name
