"""Rating whom a scheme assesses: streets and departments each other, superiors, peers, households."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.assessment.enums import (
    DISTRICT,
    STREET_ROLES,
    PeriodKind,
    RaterGroup,
    SchemeState,
    SubjectKind,
)
from governance.assessment.indicators.opinions import RATED
from governance.assessment.indicators.places import LEVELS
from governance.assessment.models import Evaluation, Run, Scheme
from governance.assessment.periods import Period
from governance.assessment.schemes.definitions import read
from orgs.audit import audit
from orgs.enums import Role
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Department, PartyOrganisation, Position, Unit, User
from orgs.scoping import reach_of
from orgs.values.days import in_force
from residents.models import Belonging, Household, PropertyContract, PropertyFirm
from volunteers.enums import BuildingRole
from volunteers.models import BuildingPost

# Who enters what households rated on paper: never the branch that is rated.
PAPER_DESK = STREET_ROLES | {Role.COMMUNITY_WORKER}


def rate(
    *,
    scheme: Scheme,
    period: str,
    subject: int,
    group: RaterGroup,
    points: int,
    by: User,
    now: datetime,
    text: str = "",
    household: Household | None = None,
    on_paper: bool = False,
) -> Evaluation:
    """One rating of one subject for one period; the same rater never twice.

    Raises NotAllowed (`own_case` of oneself), Refused, WrongState (`rated_already`, `run_exists` once
    the period is computed).
    """
    named = Period.parse(period, PeriodKind(scheme.period_kind))
    kind = SubjectKind(scheme.subject_kind)
    if (
        scheme.state != SchemeState.PUBLISHED
        or f"rating_{group.value}" not in read(scheme.definition).names
    ):
        raise Refused(_("This scheme does not ask for such a rating."), code="not_asked_for")
    if kind not in RATED[group]:
        raise Refused(_("This scheme does not ask for such a rating."), code="not_asked_for")
    if not 0 <= points <= 100:
        raise Refused(_("Give 0 to 100 points."), code="bad_points", field="points")
    if named.first > timezone.localdate(now):
        raise WrongState(_("This period has not begun."), code="period_not_begun")
    if Run.objects.filter(
        district=scheme.district_id, code=scheme.code, period=named.name
    ).exists():
        raise WrongState(_("This period was computed already."), code="run_exists")
    rater = _rater(scheme, kind, subject, group, household, on_paper, by)
    try:
        with transaction.atomic():
            row: Evaluation = Evaluation.objects.create(
                district_id=scheme.district_id, code=scheme.code, period=named.name,
                starts=named.first, subject_kind=kind, subject=subject, group=group,
                points=points, text=text.strip()[:500], on_paper=on_paper, by=by, at=now, **rater,
            )  # fmt: skip
            audit.record(
                "assessment.rate", by=by, obj=row, now=now,
                detail={"scheme": scheme.code, "period": named.name, "group": group.value},
            )  # fmt: skip
    except IntegrityError:
        raise WrongState(
            _("This rater has rated for this period already."), code="rated_already"
        ) from None
    return row


def _rater(
    scheme: Scheme, kind: SubjectKind, subject: int, group: RaterGroup,
    household: Household | None, on_paper: bool, by: User,
) -> dict[str, Any]:  # fmt: skip
    """As whom somebody rates. Raises NotAllowed for whoever is none of the group, or the subject."""
    places = _places_of(kind, subject, scheme)
    if places:
        streets = Unit.objects.filter(district=scheme.district_id, level=0)
        trees = set(streets.order_by().values_list("tree_id", flat=True))
        places = [place for place in places if place.tree_id in trees] or None
    if places is None:
        raise Refused(
            _("There is nobody of this key to rate."), code="unknown_subject", field="subject"
        )
    if _is_oneself(kind, subject, by):
        raise NotAllowed(_("Nobody rates themselves."), code="own_case")
    if group == RaterGroup.RESIDENT:
        return {"household": _voting_household(household, places, on_paper, by)}
    if group == RaterGroup.STREET:
        held = _held(by, STREET_ROLES)
        own = [unit for unit in held if unit.level == 0 and unit.district_id == scheme.district_id]
        if not own:
            raise NotAllowed(_("Only streets rate here."))
        if Department.objects.filter(pk=subject, street=own[0]).exists():
            raise NotAllowed(_("Nobody rates themselves."), code="own_case")
        return {"rater_unit": own[0]}
    if group == RaterGroup.DEPARTMENT:
        departments = Department.objects.filter(district=scheme.district_id)
        departments = departments.filter(pk__in=reach_of(by).department_ids)
        department = departments.order_by("pk").first()
        if department is None:
            raise NotAllowed(_("Only departments rate here."))
        if department.street_id == subject:
            raise NotAllowed(_("Nobody rates themselves."), code="own_case")
        return {"rater_department": department}
    roles = STREET_ROLES | DISTRICT if group == RaterGroup.SUPERIOR else _peers(kind)
    reach = reach_of(by)
    above = any(reach.roles_at(place) & roles for place in places)
    if kind == SubjectKind.FIRM and group == RaterGroup.SUPERIOR:
        above = any(
            reach.roles_at(place) & (STREET_ROLES | {Role.COMMUNITY_WORKER}) for place in places
        )
    if group == RaterGroup.PEER:
        # Of the same street.
        trees = {place.tree_id for place in places}
        above = any(
            held.area and held.area.tree_id in trees and held.role in roles
            for held in reach.holdings
        )
    if not above:
        raise NotAllowed(_("You do not rate here."))
    return {"rater": by}


def _is_oneself(kind: SubjectKind, subject: int, by: User) -> bool:
    if kind in (SubjectKind.COMMUNITY_WORKER, SubjectKind.SECRETARY):
        return by.pk == subject
    own = BuildingPost.objects.filter(Q(user=by) | Q(person__account=by), pk=subject)
    return kind == SubjectKind.BUILDING_HEAD and own.exists()


def _peers(kind: SubjectKind) -> frozenset[Role]:
    if kind == SubjectKind.SECRETARY:
        return frozenset({Role.BRANCH_SECRETARY})
    return frozenset({Role.COMMUNITY_WORKER})


def _held(user: User, roles: frozenset[Role]) -> list[Unit]:
    rows = Position.objects.filter(in_force(timezone.localdate()), user=user, role__in=roles)
    return [row.unit for row in rows.select_related("unit").order_by("pk") if row.unit]


def _places_of(kind: SubjectKind, subject: int, scheme: Scheme) -> list[Unit] | None:
    """Where a subject is at work; None where there is none. Departments and streets: everywhere."""
    district = scheme.district_id
    if kind == SubjectKind.DEPARTMENT:
        found = Department.objects.filter(pk=subject, district=district).exists()
        return [] if found else None
    if kind in LEVELS:
        return list(Unit.objects.filter(pk=subject, level=LEVELS[kind])) or None
    if kind == SubjectKind.BRANCH:
        branch = PartyOrganisation.objects.filter(pk=subject).first()
        return list(branch.covers.all()) if branch else None
    if kind == SubjectKind.FIRM:
        contracts = PropertyContract.objects.filter(
            in_force(timezone.localdate()), firm=subject
        ).select_related("compound")
        known = PropertyFirm.objects.filter(pk=subject).exists()
        return [row.compound for row in contracts] if known else None
    if kind == SubjectKind.BUILDING_HEAD:
        today = timezone.localdate()
        posts = BuildingPost.objects.filter(in_force(today), pk=subject, role=BuildingRole.HEAD)
        return [post.building for post in posts.select_related("building")] or None
    role = {
        SubjectKind.SECRETARY: Role.BRANCH_SECRETARY,
        SubjectKind.COMMUNITY_WORKER: Role.COMMUNITY_WORKER,
    }.get(kind)
    rows = Position.objects.filter(in_force(timezone.localdate()), user=subject, role=role)
    places: list[Unit] = []
    for row in rows.select_related("unit", "party_organisation"):
        if row.unit:
            places.append(row.unit)
        elif row.party_organisation:
            places += list(row.party_organisation.covers.all())
    return places or None


def verified_of(household: Household) -> QuerySet[Belonging]:
    """Who of a household is verified: without one of them it rates nobody."""
    return Belonging.objects.filter(household=household, ends=None, verified_at__isnull=False)


def _voting_household(
    household: Household | None, places: list[Unit], on_paper: bool, by: User
) -> Household:
    """The household that rates: one's own, verified; or that of a paper which a desk entered."""
    if household is None:
        raise Refused(_("Choose the household."), code="no_household", field="household")
    building = household.building
    inside = any(
        building.tree_id == place.tree_id and place.lft <= building.lft <= place.rght
        for place in places
    )
    if not inside:
        raise Refused(
            _("This household does not belong to the place."), code="elsewhere", field="household"
        )
    verified = verified_of(household)
    if not verified.exists():
        raise Refused(
            _("Nobody of this household is verified."), code="not_verified", field="household"
        )
    if on_paper:
        if not reach_of(by).roles_at(building) & PAPER_DESK:
            raise NotAllowed(_("Only the community enters papers."))
    elif not verified.filter(person__account=by).exists():
        raise NotAllowed(_("Only whoever belongs to the household rates for it."))
    return household
