"""What somebody may still rate, and what they rated."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeAlias

from django.utils import timezone

from governance.assessment.enums import (
    STREET_ROLES,
    PeriodKind,
    Permission,
    RaterGroup,
    SchemeState,
    SubjectKind,
)
from governance.assessment.models import Evaluation, MemberReview, Run, Scheme
from governance.assessment.periods import Period
from governance.assessment.schemes.definitions import read
from orgs.enums import PartyOrganisationKind
from orgs.models import Department, PartyOrganisation, Unit
from orgs.scoping import reach_of
from orgs.values.days import in_force
from residents.enums import BodyKind
from residents.models import Belonging, BodyMember, Household

if TYPE_CHECKING:
    from orgs.models import User

MOST = 60
# Key, name and household of those who are rated, by district.
Subjects: TypeAlias = dict[int, list[tuple[int, str, Household | None]]]
# Whom a group rates.
_SUBJECTS: Mapping[RaterGroup, SubjectKind] = {
    RaterGroup.STREET: SubjectKind.DEPARTMENT,
    RaterGroup.DEPARTMENT: SubjectKind.STREET,
    RaterGroup.RESIDENT: SubjectKind.BRANCH,
}


@dataclass(frozen=True)
class ToRate:
    """One subject that somebody may rate for a period."""

    scheme: Scheme
    period: Period
    group: RaterGroup
    subject: int
    name: str
    household: Household | None = None
    is_rated: bool = False


def open_ratings(user: "User", now: datetime) -> list[ToRate]:
    """What streets, departments and residents may rate: the period under way and the last that is not
    computed."""
    schemes = Scheme.objects.filter(state=SchemeState.PUBLISHED).order_by("code")
    asked = [
        (scheme, group)
        for scheme in schemes
        for group, kind in _SUBJECTS.items()
        if scheme.subject_kind == kind and f"rating_{group.value}" in read(scheme.definition).names
    ]
    subjects = {group: _FINDERS[group](user) for group in {group for _scheme, group in asked}}
    today = timezone.localdate(now)
    computed = _computed([scheme for scheme, _group in asked], today)
    mine = Evaluation.objects.visible_to(user).filter(
        code__in={scheme.code for scheme, _group in asked}, group__in=subjects
    )
    rated = set(mine.values_list("district", "code", "group", "period", "subject"))
    found = [
        ToRate(
            scheme, period, group, key, name, household,
            (scheme.district_id, scheme.code, group.value, period.name, key) in rated,
        )
        for scheme, group in asked
        for period in _periods(scheme, today)
        if (scheme.district_id, scheme.code, period.name) not in computed
        for key, name, household in subjects[group].get(scheme.district_id, ())
    ]  # fmt: skip
    return found[:MOST]


@dataclass(frozen=True)
class ToReview:
    """A member of a residents' committee, and the newest yearly review."""

    member: BodyMember
    last: MemberReview | None


def open_reviews(user: "User", now: datetime) -> list[ToReview]:
    """The members of residents' committees in office whose yearly review this person enters."""
    if not user.has_perm(Permission.ENTER_REVIEWS):
        return []
    today = timezone.localdate(now)
    members = (
        BodyMember.objects.visible_to(user)
        .filter(in_force(today), in_force(today, "term"))
        .filter(term__body__kind=BodyKind.RESIDENTS_COMMITTEE)
        .select_related("person", "term__body__unit")
    )
    rows = [
        row
        for row in members.order_by("term__body__unit__code", "pk")[:MOST]
        if user.has_perm(Permission.ENTER_REVIEWS, row)
    ]
    reviews = MemberReview.objects.filter(member__in=rows).order_by("year")
    newest = {review.member_id: review for review in reviews}
    return [ToReview(row, newest.get(row.pk)) for row in rows]


def _periods(scheme: Scheme, today: date) -> list[Period]:
    """The period under way and the one before it, as far as the scheme was in force."""
    current = Period.at(PeriodKind(scheme.period_kind), today)
    return [period for period in (current.before, current) if period.first >= scheme.begins]


def _computed(schemes: list[Scheme], today: date) -> set[tuple[int, str, str]]:
    """District, code and period of the runs that there are of these periods."""
    names = {period.name for scheme in schemes for period in _periods(scheme, today)}
    rows = Run.objects.filter(code__in={scheme.code for scheme in schemes}, period__in=names)
    return set(rows.values_list("district", "code", "period"))


def _departments(user: "User") -> Subjects:
    found: Subjects = defaultdict(list)
    if reach_of(user).roles & STREET_ROLES:
        for row in Department.objects.filter(is_active=True, street=None).order_by("code"):
            found[row.district_id].append((row.pk, row.short_name, None))
    return found


def _streets(user: "User") -> Subjects:
    found: Subjects = defaultdict(list)
    if reach_of(user).department_ids:
        for row in Unit.objects.filter(level=0, district__isnull=False).order_by("code"):
            found[row.district_id or 0].append((row.pk, row.name, None))
    return found


def _branches(user: "User") -> Subjects:
    """The branches of one's verified homes, in the district of each home."""
    homes = Belonging.objects.filter(
        person__account=user, ends=None, verified_at__isnull=False
    ).select_related("household__building__parent")
    rows = [
        (home.household, home.household.building.parent) for home in homes.order_by("household")
    ]
    compounds = {compound.pk: compound.tree_id for _home, compound in rows if compound}
    streets = Unit.objects.filter(level=0, tree_id__in=set(compounds.values()))
    districts = dict(streets.values_list("tree_id", "district"))
    branches: dict[int, list[PartyOrganisation]] = defaultdict(list)
    covering = PartyOrganisation.covers.through.objects.filter(
        unit__in=compounds, partyorganisation__kind=PartyOrganisationKind.BRANCH
    )
    for covered in covering.select_related("partyorganisation").order_by("partyorganisation"):
        branches[covered.unit_id].append(covered.partyorganisation)
    found: Subjects = defaultdict(list)
    for household, compound in rows:
        for branch in branches[compound.pk] if compound else ():
            name = f"{branch.name} · {household}"
            found[districts[compounds[compound.pk]]].append((branch.pk, name, household))
    return found
    return found


_FINDERS: Mapping[RaterGroup, "Callable[[User], Subjects]"] = {
    RaterGroup.STREET: _departments,
    RaterGroup.DEPARTMENT: _streets,
    RaterGroup.RESIDENT: _branches,
}
