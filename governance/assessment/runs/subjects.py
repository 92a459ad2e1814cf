"""Whom a scheme assesses in a period: everybody of its kind, by key, with the name of then."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from django.db.models import BigIntegerField, F, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields import CharField
from django.db.models.functions import Coalesce

from governance.assessment.classes.classes import in_force
from governance.assessment.enums import SubjectKind
from governance.assessment.indicators.registry import Window
from governance.assessment.models import CompoundClass, Scheme
from orgs.enums import PartyOrganisationKind, Role
from orgs.models import Department, PartyOrganisation, Position, Unit
from residents.enums import BodyKind
from residents.models import BodyMember, PropertyFirm
from volunteers.models import BuildingPost
from volunteers.service.enums import ServantKind
from volunteers.service.models import Participant, ReportIn

COLUMNS = ("subject", "code", "name", "unit_id", "department_id", "account_id")
# Whom a kind has in a window; who comes up to a key may be left out already.
Among: TypeAlias = Callable[[Window, int], QuerySet[Any]]
_NOBODY = Value(None, BigIntegerField())


class Subject(NamedTuple):
    """One of them. `unit_id`, `department_id` and `account_id` say whom a score concerns."""

    key: int
    code: str
    name: str
    unit_id: int | None
    department_id: int | None
    account_id: int | None


def _rows(rows: QuerySet[Any], **columns: Any) -> QuerySet[Any]:
    """Rows with the columns under their names, of which a model may have some itself."""
    named = {f"of_{name}": columns.get(name, _NOBODY) for name in COLUMNS}
    return rows.order_by().annotate(**named).values_list(*named)


def _departments(window: Window, after: int) -> QuerySet[Any]:
    rows = Department.objects.filter(district=window.district_id, is_active=True)
    return _rows(
        rows, subject=F("pk"), code=F("code"), name=F("short_name"), unit_id=F("street_id"),
        department_id=F("pk"),
    )  # fmt: skip


def _units(level: int) -> Among:
    def of(window: Window, after: int) -> QuerySet[Any]:
        rows = Unit.objects.filter(tree_id__in=window.trees, level=level)
        return _rows(rows, subject=F("pk"), code=F("code"), name=F("path_name"), unit_id=F("pk"))

    return of


def _branches(window: Window, after: int) -> QuerySet[Any]:
    kinds = [PartyOrganisationKind.BRANCH, PartyOrganisationKind.JOINT_BRANCH]
    covered = PartyOrganisation.objects.filter(covers__tree_id__in=window.trees).order_by()
    rows = PartyOrganisation.objects.filter(kind__in=kinds, pk__in=covered.values("pk"))
    return _rows(rows, subject=F("pk"), code=F("code"), name=F("name"), unit_id=Min("covers"))


def _in_office(role: Role, path: str) -> Among:
    """Everybody who holds a role on the last day of the period, once."""

    def of(window: Window, after: int) -> QuerySet[Any]:
        last = window.period.last
        rows = Position.objects.filter(
            Q(ends=None) | Q(ends__gte=last), role=role, starts__lte=last, user__is_active=True,
            **{f"{path}tree_id__in": window.trees},
        )  # fmt: skip
        grouped = rows.order_by().values("user_id")
        named: dict[str, Any] = {
            "of_subject": F("user_id"),
            "of_code": F("user__username"),
            "of_name": F("user__name"),
            "of_unit_id": Min(path.removesuffix("__")),
            "of_department_id": _NOBODY,
            "of_account_id": F("user_id"),
        }
        return grouped.annotate(**named).values_list(*named)

    return of


def _building_heads(window: Window, after: int) -> QuerySet[Any]:
    last = window.period.last
    rows = BuildingPost.objects.filter(
        Q(ends=None) | Q(ends__gte=last), starts__lte=last, role="head",
        building__tree_id__in=window.trees,
    )  # fmt: skip
    return _rows(
        rows, subject=F("pk"), code=F("building__code"),
        name=Coalesce(F("person__name"), F("user__name"), F("title"), output_field=CharField()),
        unit_id=F("building_id"), account_id=Coalesce(F("user_id"), F("person__account_id")),
    )  # fmt: skip


def _members(window: Window, after: int) -> QuerySet[Any]:
    """Members reported in at some time of the period; their last place in it.

    Both conditions name the key, else each batch would look through all stays of those before it.
    """
    begins, ends = window.period.moments
    stays = ReportIn.objects.filter(
        Q(ended_at=None) | Q(ended_at__gte=begins), kind=ServantKind.MEMBER,
        confirmed_at__isnull=False, reported_at__lt=ends, unit__tree_id__in=window.trees,
        participant__gt=after,
    )  # fmt: skip
    own = stays.filter(participant=OuterRef("pk")).order_by("-reported_at", "-pk")
    rows = Participant.objects.filter(pk__in=stays.order_by().values("participant"))
    return _rows(
        rows, subject=F("pk"), code=Value("", CharField()), name=F("name"),
        unit_id=Subquery(own.values("unit")[:1]), account_id=F("account_id"),
    )  # fmt: skip


def _firms(window: Window, after: int) -> QuerySet[Any]:
    first, last = window.period.first, window.period.last
    rows = PropertyFirm.objects.filter(
        Q(contracts__ends=None) | Q(contracts__ends__gte=first), contracts__starts__lte=last,
        contracts__compound__tree_id__in=window.trees,
    )  # fmt: skip
    return _rows(
        PropertyFirm.objects.filter(pk__in=rows.order_by().values("pk")),
        subject=F("pk"), code=F("credit_code"), name=F("name"),
    )  # fmt: skip


def _committee_members(window: Window, after: int) -> QuerySet[Any]:
    first, last = window.period.first, window.period.last
    rows = BodyMember.objects.filter(
        Q(ends=None) | Q(ends__gte=first), starts__lte=last,
        term__body__kind=BodyKind.RESIDENTS_COMMITTEE,
        term__body__unit__tree_id__in=window.trees,
    )  # fmt: skip
    return _rows(
        rows, subject=F("pk"), code=F("term__body__unit__code"),
        name=Coalesce(F("person__name"), F("name"), output_field=CharField()),
        unit_id=F("term__body__unit_id"), account_id=F("person__account_id"),
    )  # fmt: skip


_OF: dict[SubjectKind, Among] = {
    SubjectKind.DEPARTMENT: _departments,
    SubjectKind.STREET: _units(0),
    SubjectKind.COMMUNITY: _units(1),
    SubjectKind.COMPOUND: _units(2),
    SubjectKind.BRANCH: _branches,
    SubjectKind.SECRETARY: _in_office(Role.BRANCH_SECRETARY, "party_organisation__covers__"),
    SubjectKind.BUILDING_HEAD: _building_heads,
    SubjectKind.COMMUNITY_WORKER: _in_office(Role.COMMUNITY_WORKER, "unit__"),
    SubjectKind.MEMBER: _members,
    SubjectKind.FIRM: _firms,
    SubjectKind.COMMITTEE_MEMBER: _committee_members,
}


def subjects(scheme: Scheme, window: Window, after: int = 0) -> QuerySet[Any]:
    """All whom a scheme assesses after a key, as rows of COLUMNS; ordered by `of_subject` read by key."""
    rows = _OF[SubjectKind(scheme.subject_kind)](window, after).filter(of_subject__gt=after)
    if scheme.compound_class:
        last = window.period.last
        held = CompoundClass.objects.filter(in_force(last), kind=scheme.compound_class)
        rows = rows.filter(of_unit_id__in=held.order_by().values("compound"))
    return rows


def after(scheme: Scheme, window: Window, key: int, most: int) -> list[Subject]:
    """The next subjects after a key, in its order."""
    rows = subjects(scheme, window, key).order_by("of_subject")[:most]
    return [Subject(*row) for row in rows]
