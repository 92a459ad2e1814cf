"""The catalogue that every installation starts with, and proposals made from it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from orgs import audit
from orgs.enums import TimeUnit, UnitKind
from orgs.errors import Refused
from orgs.models import Department, Unit, User
from orgs.working_time import Span
from tasks.enums import AssignmentRole, LimitKind, WhistleKind
from tasks.models import Category, Duty, WhistleRule

HOUR, DAY = 60, 24 * 60
_GULOU = "南京鼓楼“街道吹哨、部门报到”：1小时签收，24小时联系，3或5个工作日办结"
_EMERGENCY = "突发应急：30分钟到场，全天候"
_U = TimeUnit


@dataclass(frozen=True)
class FirstRule:
    """The limits that an installation starts with for one kind of whistle."""

    report_in: Span
    contact: Span
    resolve: Span
    street_after: int = 2 * HOUR
    district_after: int = 6 * HOUR
    needs_signature: bool = False
    source: str = _GULOU


_HOUR = Span(HOUR, _U.OFFICE_MINUTES)
_DAY = Span(DAY, _U.WORKDAY_MINUTES)
FIRST_RULES: dict[WhistleKind, FirstRule] = {
    WhistleKind.PUBLIC: FirstRule(_HOUR, _DAY, Span(3, _U.WORKING_DAYS)),
    WhistleKind.ENFORCEMENT: FirstRule(_HOUR, _DAY, Span(5, _U.WORKING_DAYS)),
    WhistleKind.PRIORITY: FirstRule(_HOUR, _DAY, Span(5, _U.WORKING_DAYS), needs_signature=True),
    WhistleKind.EMERGENCY: FirstRule(
        Span(HOUR // 2, _U.MINUTES),
        Span(2 * HOUR, _U.MINUTES),
        Span(DAY, _U.MINUTES),
        street_after=15,
        district_after=30,
        source=_EMERGENCY,
    ),
}


def ensure_whistle_rules(**_signal: Any) -> None:
    """Every kind of whistle has a first version of its rule; later versions are left alone."""
    present = set(WhistleRule.objects.values_list("kind", flat=True))
    for kind, first in FIRST_RULES.items():
        if kind not in present:
            _rule(kind, 1, vars(first)).save()


def _rule(kind: WhistleKind, version: int, terms: dict[str, Any]) -> WhistleRule:
    values = dict(terms)
    for limit in LimitKind:
        span = values.pop(limit.value)
        values |= {limit.value: span.amount, f"{limit.value}_unit": span.unit}
    return WhistleRule(kind=kind, version=version, **values)


def new_rule(*, rule: WhistleRule, by: User, now: datetime) -> WhistleRule:
    """Puts limits in force for a kind as its next version; tasks under way keep theirs.

    Raises Refused where somebody else made a version at the same moment.
    """
    last = WhistleRule.objects.filter(kind=rule.kind).aggregate(last=Max("version"))["last"] or 0
    rule.version = last + 1
    try:
        with transaction.atomic():
            rule.save(force_insert=True)
            audit.record(
                "tasks.new-whistle-rule",
                by=by,
                obj=rule,
                now=now,
                detail={"kind": rule.kind, "version": rule.version},
            )
    except IntegrityError:
        raise Refused(
            _("Somebody changed these limits at the same moment: look again."), code="rule_changed"
        ) from None
    return rule


def rules_in_force() -> dict[str, WhistleRule]:
    """The newest rule of each kind of whistle."""
    return {rule.kind: rule for rule in WhistleRule.objects.order_by("kind", "version")}


def rule_in_force(kind: WhistleKind) -> WhistleRule:
    """The newest rule of a kind of whistle."""
    return WhistleRule.objects.filter(kind=kind).order_by("-version")[0]


@dataclass(frozen=True)
class Proposal:
    """Which departments the duty lists name for a category, and the line that says so."""

    lead: Duty | None
    assist: list[Duty]


def propose(category: Category, street: Unit) -> Proposal:
    """Who should lead and assist, from the duty lists; people decide."""
    duties = list(
        Duty.objects.filter(
            category__in=[pk for pk in (category.pk, category.parent_id) if pk],
            department__in=callable_departments(street),
        )
        .select_related("department", "category")
        .order_by("department__code")
    )
    # A line for the category itself goes before one for its heading.
    duties.sort(key=lambda duty: duty.category_id != category.pk)
    lead = next((duty for duty in duties if duty.role == AssignmentRole.LEAD), None)
    taken = {lead.department_id} if lead else set()
    assist = []
    for duty in duties:
        if duty.role == AssignmentRole.ASSIST and duty.department_id not in taken:
            taken.add(duty.department_id)
            assist.append(duty)
    return Proposal(lead, assist)


def callable_departments(street: Unit) -> Any:
    """The departments that a street may call: its district's and its own offices."""
    assert street.kind == UnitKind.STREET
    departments = Department.objects.filter(is_active=True, district=street.district_id)
    return departments.filter(street=None) | departments.filter(street=street)
