"""The catalogue that every installation starts with, and proposals made from it."""

from dataclasses import dataclass
from typing import Any

from orgs.enums import UnitKind
from orgs.models import Department, Unit
from tasks.enums import AssignmentRole, WhistleKind
from tasks.models import Category, Duty, WhistleRule

HOUR, DAY = 60, 24 * 60
_GULOU = "南京鼓楼“街道吹哨、部门报到”：1小时签收，24小时联系，3或5个工作日办结"
# kind: report in, contact, resolve (minutes), signature
FIRST_RULES: dict[WhistleKind, tuple[int, int, int, bool]] = {
    WhistleKind.PUBLIC: (HOUR, DAY, 3 * DAY, False),
    WhistleKind.ENFORCEMENT: (HOUR, DAY, 5 * DAY, False),
    WhistleKind.PRIORITY: (HOUR, DAY, 5 * DAY, True),
    WhistleKind.EMERGENCY: (HOUR // 2, 2 * HOUR, DAY, False),
}


def ensure_whistle_rules(**_signal: Any) -> None:
    """Every kind of whistle has a first version of its rule; later versions are left alone."""
    present = set(WhistleRule.objects.values_list("kind", flat=True))
    WhistleRule.objects.bulk_create(
        WhistleRule(
            kind=kind,
            report_in_minutes=report_in,
            contact_minutes=contact,
            resolve_minutes=resolve,
            needs_signature=signature,
            source=_GULOU,
        )
        for kind, (report_in, contact, resolve, signature) in FIRST_RULES.items()
        if kind not in present
    )


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
