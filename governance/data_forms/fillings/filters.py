"""Who is listed in a form: a filter that can be read in words, within what somebody sees."""

from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from governance.data_forms.enums import ANSWERERS, FILLERS, Permission, Subject
from governance.data_forms.fields import people, places
from governance.data_forms.models import BlankForm
from orgs.errors import NotAllowed, Refused
from orgs.models import Unit
from orgs.scoping import lies_in, reach_of
from orgs.units.queries import unit_by_code
from orgs.values.days import birthday_of
from orgs.values.sentences import gettext as _
from residents.care.queries import kinds_of
from residents.enums import CareKind, HouseholdState, Relation, Sex
from residents.models import Belonging, CareEntry, Household, Person
from volunteers.models import PartyMembership

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgs.models import User

OLDEST = 130


@dataclass(frozen=True)
class Filter:
    """What a form lists; "" and None ask for nothing. `unit` is a code; ages are whole years."""

    unit: str = ""
    min_age: int | None = None
    max_age: int | None = None
    sex: str = ""
    relation: str = ""
    care: str = ""
    members_only: bool = False
    state: str = ""

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Filter":
        """A filter as a form keeps it; names of an earlier version are passed over."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in known})

    @property
    def stored(self) -> dict[str, Any]:
        return asdict(self)

    def for_subject(self, subject: Subject) -> "Filter":
        """The filter without what rows of a subject cannot be chosen by."""
        if subject == Subject.PERSON:
            return Filter(**self.stored | {"state": ""})
        if subject == Subject.HOUSEHOLD:
            return Filter(unit=self.unit, state=self.state)
        return Filter(unit=self.unit)


def places_of(user: "User") -> QuerySet[Unit]:
    """The streets, communities and compounds from whose rosters somebody fills forms."""
    reached = Unit.objects.filter(reach_of(user).q("", FILLERS), level__lte=2)
    return reached.order_by("tree_id", "lft")


def unit_of(filters: Filter, user: "User") -> Unit:
    """The place that a filter names. Raises Refused where there is none, NotAllowed beyond one's own."""
    unit = unit_by_code(filters.unit) if filters.unit else None
    if unit is None:
        raise Refused(
            _("Say whose rosters fill this form: choose the place."), code="no_place", field="unit"
        )
    if not user.has_perm(Permission.FILL_FORMS, unit):
        raise NotAllowed(_("You fill forms from the rosters of your own places alone."))
    return unit


def for_reader(filters: Filter, user: "User") -> Filter:
    """A filter as somebody may use it: a street's form lists a community's own people to the community.

    Raises Refused, NotAllowed.
    """
    unit = unit_by_code(filters.unit) if filters.unit else None
    if unit is None or user.has_perm(Permission.FILL_FORMS, unit):
        return checked(filters, user)
    own = places_of(user).filter(lies_in(unit)).first()
    return checked(replace(filters, unit=own.code) if own else filters, user)


def listed(form: BlankForm, user: "User", today: date) -> tuple[Filter, QuerySet[Any]]:
    """Whom a form lists to somebody who completes it; to a grid worker those of the own houses.

    Raises NotAllowed, Refused.
    """
    subject = Subject(form.subject)
    chosen = Filter.of(form.filters).for_subject(subject)
    if reach_of(user).roles & FILLERS:
        chosen = for_reader(chosen, user)
        return chosen, rows(chosen, unit_of(chosen, user), subject, user, today)
    unit = unit_by_code(chosen.unit) if chosen.unit else None
    if unit is None or not user.has_perm(Permission.ANSWER_FORMS, form):
        raise NotAllowed(_("You complete forms for the houses of your own grid alone."))
    _refuse_care(chosen, unit, user)
    found = rows(chosen, unit, subject, user, today)
    if subject == Subject.PERSON:
        at_home = Belonging.objects.filter(
            reach_of(user).q("household__building", ANSWERERS), ends=None
        )
        return chosen, found.filter(pk__in=at_home.order_by().values("person"))
    path = "building" if subject == Subject.HOUSEHOLD else ""
    return chosen, found.filter(reach_of(user).q(path, ANSWERERS))


def _refuse_care(filters: Filter, unit: Unit, user: "User") -> None:
    if filters.care and CareKind(filters.care) not in kinds_of(user, unit=unit):
        raise NotAllowed(_("You are not named for this roster."))


def checked(filters: Filter, user: "User") -> Filter:
    """A filter that `user` may use. Raises Refused, NotAllowed."""
    unit = unit_of(filters, user)
    low, high = filters.min_age, filters.max_age
    if low is not None and high is not None and low > high:
        raise Refused(_("The lowest age is above the highest."), code="ages", field="min_age")
    _refuse_care(filters, unit, user)
    return filters


def in_words(filters: Filter, subject: Subject) -> str:
    """A filter as people say it: 80 岁以上、现住、西湖社区."""
    words: list[str] = []
    low, high = filters.min_age, filters.max_age
    if low is not None and high is not None:
        words.append(_("aged %(low)d to %(high)d") % {"low": low, "high": high})
    elif low is not None:
        words.append(_("aged %(low)d or more") % {"low": low})
    elif high is not None:
        words.append(_("aged %(high)d or less") % {"high": high})
    for value, names in (
        (filters.sex, Sex), (filters.relation, Relation), (filters.care, CareKind),
        (filters.state, HouseholdState),
    ):  # fmt: skip
        if value:
            words.append(str(names(value).label))
    if filters.members_only:
        words.append(_("party members"))
    if subject == Subject.PERSON:
        words.append(_("living here now"))
    unit = unit_by_code(filters.unit) if filters.unit else None
    words.append(unit.short_name if unit else _("place not chosen"))
    return "、".join(words)


def rows(filters: Filter, unit: Unit, subject: Subject, user: "User", today: date) -> QuerySet[Any]:
    """The rows in `unit`, its place, that a filter of `for_reader` lists, of those that somebody sees."""
    if subject == Subject.PERSON:
        return _people(filters, unit, user, today)
    if subject == Subject.HOUSEHOLD:
        homes = Household.objects.visible_to(user).filter(lies_in(unit, "building"))
        return homes.filter(state=filters.state) if filters.state else homes
    return Unit.objects.filter(lies_in(unit), kind=places.KINDS[subject])


def _people(filters: Filter, unit: Unit, user: "User", today: date) -> QuerySet[Person]:
    seen = Belonging.objects.visible_to(user).filter(
        lies_in(unit, "household__building"), ends=None
    )
    if filters.relation:
        seen = seen.filter(relation=filters.relation)
    # Found first, and not asked of each person: 474 tenants of 4,000 people took SQLite 3.7 s so.
    found: QuerySet[Person] = Person.objects.visible_to(user).filter(
        pk__in=seen.order_by().values("person"), died_on=None, erased_at=None
    )
    if filters.min_age is not None:
        found = found.filter(born__lte=birthday_of(filters.min_age, today))
    if filters.max_age is not None:
        found = found.filter(born__gt=birthday_of(filters.max_age + 1, today))
    if filters.sex:
        found = found.filter(sex=filters.sex)
    if filters.care:
        entries = CareEntry.objects.visible_to(user).filter(kind=filters.care, ends=None)
        found = found.filter(pk__in=entries.values("person"))
    if filters.members_only:
        members = PartyMembership.objects.visible_to(user).filter(ends=None)
        found = found.filter(pk__in=members.values("person"))
    return found


def lines(
    found: QuerySet[Any], filters: Filter, subject: Subject, user: "User", today: date
) -> "Iterator[Any]":
    """The lines of rows, as the fields of their subject read them."""
    if subject == Subject.PERSON:
        kind = CareKind(filters.care) if filters.care else None
        return people.lines(found, user, today, kind)
    if subject == Subject.HOUSEHOLD:
        return places.home_lines(found, user)
    return places.place_lines(found, subject, user, today)
