"""Who is listed in a form: a filter that can be read in words, within what somebody sees."""

from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from governance.data_forms.enums import ANSWERERS, FILLERS, Permission, Subject, TaskState
from governance.data_forms.fields import people, places, work
from governance.data_forms.models import BlankForm
from orgs.enums import Role
from orgs.errors import NotAllowed, Refused
from orgs.models import Unit
from orgs.scoping import lies_in, reach_of
from orgs.units.queries import unit_by_code
from orgs.values.days import birthday_of
from orgs.values.sentences import gettext as _
from residents.care.queries import kinds_of
from residents.enums import CareKind, HouseholdState, Relation, Sex
from residents.models import Belonging, CareEntry, Household, Person
from tasks.enums import OPEN, PeriodName, Status
from tasks.models import Task
from tasks.rates.periods import Period
from tasks.rates.scopes import departments_of
from volunteers.enums import MemberClass
from volunteers.models import PartyMembership

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from orgs.models import User

OLDEST = 130

_OF_PEOPLE = frozenset(
    {"unit", "min_age", "max_age", "sex", "relation", "care", "also_care", "members_only",
     "member_class"}
)  # fmt: skip
# By what the rows of a subject are chosen; those of every other one by their place alone.
CHOSEN_BY = {
    Subject.PERSON: _OF_PEOPLE,
    Subject.HOUSEHOLD: frozenset({"unit", "state"}),
    Subject.TASK: frozenset({"unit", "task_state", "period"}),
    Subject.DEPARTMENT: frozenset({"unit", "period"}),
}


# Over which path the place of a row is reached; of a person, of the homes that one belongs to.
_PATHS = {
    Subject.PERSON: "household__building", Subject.HOUSEHOLD: "building", Subject.TASK: "unit",
}  # fmt: skip
# What is asked for together: a tenant of a place has a home to let there, not one of each.
_TOGETHER = (
    ("unit", "relation"), ("min_age", "max_age"), ("sex",), ("care",), ("also_care",),
    ("members_only", "member_class"), ("state",), ("task_state",), ("period",),
)  # fmt: skip


@dataclass(frozen=True)
class Filter:
    """What a form lists; "" and None ask for nothing. `unit` is a code; ages are whole years.

    `also_care`: those who stand on a second care roster as well. `period` is of the days on which
    tasks were reported.
    """

    unit: str = ""
    min_age: int | None = None
    max_age: int | None = None
    sex: str = ""
    relation: str = ""
    care: str = ""
    also_care: str = ""
    members_only: bool = False
    member_class: str = ""
    state: str = ""
    task_state: str = ""
    period: str = ""

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Filter":
        """A filter as a form keeps it; names of an earlier version are passed over."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in known})

    @property
    def stored(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def said(self) -> dict[str, Any]:
        """What it asks for, by name."""
        return {
            name: value for name, value in self.stored.items() if value not in ("", None, False)
        }

    @property
    def rosters(self) -> list[CareKind]:
        """The care rosters that it reads."""
        return [CareKind(kind) for kind in (self.care, self.also_care) if kind]

    @property
    def parts(self) -> list["Filter"]:
        """Filters of one thing each, which together list the same."""
        said = self.said
        found = [{name: said[name] for name in names if name in said} for names in _TOGETHER]
        return [Filter(**one) for one in found if one]

    def for_subject(self, subject: Subject) -> "Filter":
        """The filter without what rows of a subject cannot be chosen by."""
        asked = CHOSEN_BY.get(subject, frozenset({"unit"}))
        return Filter(**{name: value for name, value in self.stored.items() if name in asked})


# What is asked of a list besides its place.
LISTED = tuple(field.name for field in fields(Filter) if field.name != "unit")


def places_of(user: "User") -> QuerySet[Unit]:
    """The streets, communities and compounds from whose rosters somebody fills forms."""
    reached = Unit.objects.filter(reach_of(user).q("", FILLERS), level__lte=2)
    return reached.order_by("tree_id", "lft")


def named_unit(filters: Filter) -> Unit | None:
    """The place that a filter names, if any."""
    return unit_by_code(filters.unit) if filters.unit else None


def unit_of(filters: Filter, user: "User") -> Unit:
    """The place that a filter names. Raises Refused where there is none, NotAllowed beyond one's own."""
    unit = named_unit(filters)
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
    unit = named_unit(filters)
    if unit is None or user.has_perm(Permission.FILL_FORMS, unit):
        return checked(filters, user)
    own = own_places(unit, user)
    return checked(replace(filters, unit=own[0].code) if own else filters, user)


def listed(form: BlankForm, user: "User", today: date) -> tuple[Filter, QuerySet[Any]]:
    """Whom a form lists to somebody who completes it: the rows of all the own places that lie where the
    form is filled for, to a grid worker those of the own houses.

    Raises NotAllowed, Refused.
    """
    subject = Subject(form.subject)
    if subject == Subject.SUMS:
        raise Refused(_("A form of numbers has no rows to complete."), code="no_rows")
    chosen = Filter.of(form.filters).for_subject(subject)
    if reach_of(user).roles & FILLERS:
        return own_rows(chosen, subject, user, today, held_as=ANSWERERS)
    unit = named_unit(chosen)
    if unit is None or not user.has_perm(Permission.ANSWER_FORMS, form):
        raise NotAllowed(_("You complete forms for the houses of your own grid alone."))
    _refuse_care(chosen, [unit], user)
    found = _reached(chosen, unit, subject, user, today, ANSWERERS)
    return chosen, found.none() if subject == Subject.DEPARTMENT else found


def own_rows(
    filters: Filter, subject: Subject, user: "User", today: date,
    held_as: "Iterable[Role]" = FILLERS,
) -> tuple[Filter, QuerySet[Any]]:  # fmt: skip
    """What a filter lists to somebody who fills forms: the rows of all the own places in that of the
    filter; the figures of departments are those of one place. Raises NotAllowed, Refused.
    """
    unit = named_unit(filters)
    places = own_places(unit, user)
    if unit is None or not places or unit in places or subject == Subject.DEPARTMENT:
        chosen = for_reader(filters, user)
        return chosen, rows(chosen, unit_of(chosen, user), subject, user, today)
    _refuse_care(filters, places, user)
    if len(places) == 1:
        filters = replace(filters, unit=places[0].code)
    return filters, _reached(filters, unit, subject, user, today, held_as)


def _reached(
    filters: Filter, unit: Unit, subject: Subject, user: "User", today: date,
    held_as: "Iterable[Role]",
) -> QuerySet[Any]:  # fmt: skip
    """What a filter lists of a place in what somebody reaches in some roles."""
    placed = _in_place(filters, unit, subject, user, held_as)
    return seen_by(subject, user).filter(placed & own_condition(filters, subject, user, today))


def own_places(unit: Unit | None, user: "User") -> list[Unit]:
    """The places from whose rosters somebody fills a form that is kept for `unit`: itself, or what lies
    in it and is one's own, without what lies in one of these again."""
    if unit is None:
        return []
    if user.has_perm(Permission.FILL_FORMS, unit):
        return [unit]
    found: list[Unit] = []
    for place in places_of(user).filter(lies_in(unit)):
        if not found or place.lft > found[-1].rght:
            found.append(place)
    return found


def places_for(form: BlankForm, user: "User") -> list[Unit]:
    """For which of the own places somebody fills a form."""
    return own_places(named_unit(Filter.of(form.filters)), user)


def within(filters: Filter, unit: Unit | None) -> Filter:
    """The same for one place alone. Raises Refused for one that lies outside of the filter's."""
    if unit is None:
        return filters
    whole = named_unit(filters)
    if whole is None or not Unit.objects.filter(lies_in(whole), pk=unit.pk).exists():
        raise Refused(_("This place lies outside of the form's."), code="place", field="unit")
    return replace(filters, unit=unit.code)


def _refuse_care(filters: Filter, places: "Sequence[Unit]", user: "User") -> None:
    """Raises NotAllowed where somebody reads the rosters of a filter in none of some places."""
    if filters.rosters and not any(
        set(filters.rosters) <= set(kinds_of(user, unit=place)) for place in places
    ):
        raise NotAllowed(_("You are not named for this roster."))


def checked(filters: Filter, user: "User") -> Filter:
    """A filter that `user` may use. Raises Refused, NotAllowed."""
    unit = unit_of(filters, user)
    low, high = filters.min_age, filters.max_age
    if low is not None and high is not None and low > high:
        raise Refused(_("The lowest age is above the highest."), code="ages", field="min_age")
    _refuse_care(filters, [unit], user)
    return filters


def named_units(rows: "Iterable[Any]") -> dict[str, Unit]:
    """The places that the filters of some forms or lists name, by code, in one statement."""
    codes = {Filter.of(row.filters).unit for row in rows} - {""}
    return {unit.code: unit for unit in Unit.objects.filter(code__in=codes)} if codes else {}


def in_words(filters: Filter, subject: Subject, units: "Mapping[str, Unit] | None" = None) -> str:
    """A filter as people say it: 80 岁以上、现住、西湖社区. `units`: those that are known already."""
    words = words_of(filters)
    if subject == Subject.PERSON:
        words.append(_("living here now"))
    unit = (units or {}).get(filters.unit)
    if unit is None and filters.unit:
        unit = unit_by_code(filters.unit)
    words.append(unit.short_name if unit else _("place not chosen"))
    return "、".join(words)


def words_of(filters: Filter) -> list[str]:
    """What a filter asks for beside its place."""
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
        (filters.also_care, CareKind), (filters.member_class, MemberClass),
        (filters.state, HouseholdState), (filters.task_state, TaskState), (filters.period, PeriodName),
    ):  # fmt: skip
        if value:
            words.append(str(names(value).label))
    if filters.members_only and not filters.member_class:
        words.append(_("party members"))
    return words


# --- The rows --------------------------------------------------------------------------------------


def rows(filters: Filter, unit: Unit, subject: Subject, user: "User", today: date) -> QuerySet[Any]:
    """The rows in `unit`, its place, that a filter of `for_reader` lists, of those that somebody sees."""
    return seen_by(subject, user).filter(condition(filters, unit, subject, user, today))


def seen_by(subject: Subject, user: "User") -> QuerySet[Any]:
    """All rows of a subject in somebody's sight, wherever they are."""
    if subject == Subject.PERSON:
        return Person.objects.visible_to(user).filter(died_on=None, erased_at=None)
    if subject == Subject.HOUSEHOLD:
        return Household.objects.visible_to(user)
    if subject == Subject.TASK:
        return Task.objects.visible_to(user)
    if subject == Subject.DEPARTMENT:
        return departments_of(user).filter(is_active=True)
    return Unit.objects.filter(kind=places.KINDS[subject])


def condition(filters: Filter, unit: Unit, subject: Subject, user: "User", today: date) -> Q:
    """Which rows of `seen_by` a filter lists in a place."""
    return _in_place(filters, unit, subject, user) & own_condition(filters, subject, user, today)


def _in_place(
    filters: Filter, unit: Unit, subject: Subject, user: "User",
    held_as: "Iterable[Role] | None" = None,
) -> Q:  # fmt: skip
    """What lies in a place; of that, with `held_as`, what somebody reaches in one of these roles."""
    if subject == Subject.DEPARTMENT:
        return _of_departments(unit)
    path = _PATHS.get(subject, "")
    inside = lies_in(unit, path)
    if held_as is not None:
        inside &= reach_of(user).q(path, held_as)
    if subject != Subject.PERSON:
        return inside
    seen = Belonging.objects.visible_to(user).filter(inside, ends=None)
    if filters.relation:
        seen = seen.filter(relation=filters.relation)
    # Found first, and not asked of each person: 474 tenants of 4,000 people took SQLite 3.7 s so.
    return Q(pk__in=seen.order_by().values("person"))


def own_condition(filters: Filter, subject: Subject, user: "User", today: date) -> Q:
    """What a filter asks for beside the place, and beside the relation to a home there."""
    if subject == Subject.TASK:
        return _of_tasks(filters, today)
    if subject == Subject.PERSON:
        return _of_people(filters, user, today)
    return Q(state=filters.state) if subject == Subject.HOUSEHOLD and filters.state else Q()


def _of_people(filters: Filter, user: "User", today: date) -> Q:
    asked = Q()
    if filters.min_age is not None:
        asked &= Q(born__lte=birthday_of(filters.min_age, today))
    if filters.max_age is not None:
        asked &= Q(born__gt=birthday_of(filters.max_age + 1, today))
    if filters.sex:
        asked &= Q(sex=filters.sex)
    for kind in filters.rosters:
        entries = CareEntry.objects.visible_to(user).filter(kind=kind, ends=None)
        asked &= Q(pk__in=entries.order_by().values("person"))
    if filters.members_only or filters.member_class:
        members = PartyMembership.objects.visible_to(user).filter(ends=None)
        if filters.member_class:
            members = members.filter(member_class=filters.member_class)
        asked &= Q(pk__in=members.order_by().values("person"))
    return asked


def _of_tasks(filters: Filter, today: date) -> Q:
    asked = Q()
    if filters.task_state == TaskState.CLOSED:
        asked &= Q(status=Status.CLOSED)
    elif filters.task_state:
        asked &= Q(status__in=sorted(OPEN))
    if filters.period:
        begins, ends = period_of(filters, today).moments
        asked &= Q(created_at__gte=begins, created_at__lt=ends)
    return asked


def _of_departments(unit: Unit) -> Q:
    """Those that the street of a place can call: the district's, and its own offices."""
    street = Unit.objects.filter(tree_id=unit.tree_id, level=0)
    return Q(district__in=street.values("district")) & (Q(street=None) | Q(street__in=street))


def period_of(filters: Filter, today: date) -> Period:
    """The days that a filter speaks of: the year until today where it names none."""
    if filters.period:
        return Period.named(PeriodName(filters.period), today)
    return Period.of(today.replace(month=1, day=1), today)


def merged(one: Filter, other: Filter, inside: "set[tuple[str, str]]") -> Filter | None:
    """What both filters ask for; None where nothing can be both.

    `inside` holds the pairs of codes of which the first place lies in the second.
    """
    said = one.said
    for name, value in other.said.items():
        mine = said.get(name)
        if mine is None or mine == value:
            said[name] = value
        elif name == "min_age":
            said[name] = max(mine, value)
        elif name == "max_age":
            said[name] = min(mine, value)
        elif name == "unit" and (value, mine) in inside:
            said[name] = value
        elif name == "unit" and (mine, value) in inside:
            continue
        elif name == "care" and not (one.also_care or other.also_care):
            said["also_care"] = value
        else:
            return None
    low, high = said.get("min_age"), said.get("max_age")
    return None if low is not None and high is not None and low > high else Filter(**said)


def lines(
    found: QuerySet[Any], filters: Filter, subject: Subject, user: "User", today: date
) -> "Iterator[Any]":
    """The lines of rows, as the fields of their subject read them."""
    if subject == Subject.PERSON:
        kind = CareKind(filters.care) if filters.care else None
        return people.lines(found, user, today, kind)
    if subject == Subject.HOUSEHOLD:
        return places.home_lines(found, user)
    if subject == Subject.TASK:
        return work.task_lines(found, user)
    if subject == Subject.DEPARTMENT:
        return work.department_lines(
            found, unit_of(filters, user), period_of(filters, today), user, timezone.now()
        )
    return places.place_lines(found, subject, user, today)
