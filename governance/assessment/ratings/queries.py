"""What somebody may still rate, and what they rated."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils import timezone

from governance.assessment.classes.classes import in_force as class_in_force
from governance.assessment.enums import (
    PeriodKind,
    Permission,
    RaterGroup,
    SchemeState,
    SubjectKind,
)
from governance.assessment.models import CompoundClass, Evaluation, MemberReview, Run, Scheme
from governance.assessment.periods import Period
from governance.assessment.ratings.ratings import PAPER_DESK
from governance.assessment.ratings.subjects import FINDERS, Subjects, of_households
from governance.assessment.schemes.definitions import read
from orgs.enums import UnitKind
from orgs.models import Unit
from orgs.scoping import reach_of
from orgs.values.days import in_force
from orgs.values.names import compared
from residents.enums import BodyKind
from residents.models import BodyMember, Household

if TYPE_CHECKING:
    from orgs.models import User


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


def paper_buildings(user: "User") -> QuerySet[Unit]:
    """The buildings of whose households somebody enters what they rated on paper."""
    return Unit.objects.filter(reach_of(user).q("", PAPER_DESK), kind=UnitKind.BUILDING)


def open_ratings(user: "User", now: datetime) -> list[ToRate]:
    """What somebody may rate, what is rated last: the period under way and the last that is not computed."""

    def find(group: RaterGroup, kind: SubjectKind, today: date) -> Subjects:
        return FINDERS[group, kind](user, today)

    # As one's street or department, for a household, or by oneself.
    given = Evaluation.objects.visible_to(user).filter(Q(rater=None) | Q(rater=user))
    return _to_rate(RaterGroup, find, given, now)


def open_on_paper(home: Household, by: "User", now: datetime) -> list[ToRate]:
    """The same for a household, for the desk that enters what it rated on paper."""

    def find(_group: RaterGroup, kind: SubjectKind, today: date) -> Subjects:
        return of_households(kind, [home], by, today)

    return _to_rate([RaterGroup.RESIDENT], find, Evaluation.objects.filter(household=home), now)


def _to_rate(
    groups: Iterable[RaterGroup],
    find: Callable[[RaterGroup, SubjectKind, date], Subjects],
    given: QuerySet[Evaluation],
    now: datetime,
) -> list[ToRate]:
    schemes = Scheme.objects.filter(state=SchemeState.PUBLISHED).order_by("code")
    asked = [
        (scheme, group, SubjectKind(scheme.subject_kind))
        for scheme in schemes
        for group in groups
        if (group, scheme.subject_kind) in FINDERS
        and f"rating_{group.value}" in read(scheme.definition).names
    ]
    today = timezone.localdate(now)
    pairs = {(group, kind) for _scheme, group, kind in asked}
    subjects = {pair: find(*pair, today) for pair in pairs}
    classes = _classes(today) if any(scheme.compound_class for scheme, *_pair in asked) else {}
    computed = _computed([scheme for scheme, *_pair in asked], today)
    rows = given.filter(
        code__in={scheme.code for scheme, *_pair in asked}, group__in={one for one, _kind in pairs}
    )
    rated = set(rows.values_list("district", "code", "group", "period", "subject", "household"))
    found = [
        ToRate(
            scheme, period, group, one.key, one.name, one.household,
            (
                scheme.district_id, scheme.code, group.value, period.name, one.key,
                one.household.pk if one.household else None,
            ) in rated,
        )
        for scheme, group, kind in asked
        for period in _periods(scheme, today)
        if (scheme.district_id, scheme.code, period.name) not in computed
        for one in subjects[group, kind].get(scheme.district_id, ())
        if not scheme.compound_class or classes.get(one.place) == scheme.compound_class
    ]  # fmt: skip
    return sorted(found, key=lambda row: row.is_rated)


def named(rows: list[ToRate], words: str) -> list[ToRate]:
    """Those whose name, or whose scheme's, has each of some words."""
    keys = [compared(word) for word in words.split()]
    return [
        row for row in rows if all(key in compared(f"{row.name} {row.scheme.name}") for key in keys)
    ]


def _classes(today: date) -> dict[int | None, str]:
    """The class of each compound that has one."""
    rows = CompoundClass.objects.filter(class_in_force(today))
    return dict(rows.values_list("compound", "kind"))


@dataclass(frozen=True)
class ToReview:
    """A member of a residents' committee, and the newest yearly review."""

    member: BodyMember
    last: MemberReview | None


def open_reviews(user: "User", now: datetime) -> list[ToReview]:
    """The members of residents' committees in office whose yearly review this person enters: all of them."""
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
        for row in members.order_by("term__body__unit__code", "pk")
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
