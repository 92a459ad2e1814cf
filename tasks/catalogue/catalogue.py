"""The catalogue that every installation starts with, and proposals made from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from orgs.calendar.working_time import Span
from orgs.db.versions import put_in_force
from orgs.enums import TimeUnit, UnitKind
from orgs.errors import Refused
from orgs.models import Department, Unit, User
from tasks.enums import DISPATCH_LIMITS, AssignmentRole, DeclineReason, LimitKind, WhistleKind
from tasks.models import Category, Duty, RateRule, StageRule, WhistleRule
from tasks.models.catalogue import COMPLAINTS, OTHER

HOUR, DAY = 60, 24 * 60
# The longest limit: a year.
MOST_DAYS = 366
MOST_MINUTES = MOST_DAYS * DAY
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


def ensure_fixed_categories(**_signal: Any) -> None:
    """There is always a kind for what fits no other, and one for complaints and suggestions."""
    Category.objects.get_or_create(
        code=COMPLAINTS,
        defaults={
            "name": "投诉建议",
            "name_en": "Complaints and suggestions",
            "keywords": "投诉 建议 意见 表扬 服务态度 作风 物业服务",
            "position": 8900,
        },
    )
    Category.objects.get_or_create(
        code=OTHER,
        defaults={
            "name": "其他",
            "name_en": "Other",
            "keywords": "其他 别的 不清楚 咨询 政策 社保 养老金 医保 证明",
            "position": 9000,
        },
    )


# How many per cent of satisfaction each number of stars is worth.
FIRST_WEIGHTS = {"1": 0, "2": 25, "3": 60, "4": 80, "5": 100}


def ensure_rate_rule(**_signal: Any) -> None:
    """The rates have a first version of their rule; later versions are left alone."""
    if not RateRule.objects.exists():
        RateRule.objects.create(
            version=1,
            weights=FIRST_WEIGHTS,
            exclusions=[str(code) for code in DeclineReason],
            source="北京市接诉即办工作条例第十一条、第三十二条；权重为本平台默认值",
        )


def _rule(kind: WhistleKind, version: int, terms: dict[str, Any]) -> WhistleRule:
    values = dict(terms)
    for limit in DISPATCH_LIMITS:
        span = values.pop(limit.value)
        values |= {limit.value: span.amount, f"{limit.value}_unit": span.unit}
    return WhistleRule(kind=kind, version=version, **values)


def refuse_bad_limits(rule: WhistleRule) -> None:
    """Raises Refused for a limit of nothing or beyond a year, and a district told before its street.

    Dispatch reckons with every limit: what never ends would stop it.
    """
    refuse_bad_spans(rule, DISPATCH_LIMITS)


def refuse_bad_spans(rule: WhistleRule | StageRule, limits: Iterable[LimitKind]) -> None:
    """Raises Refused for the limits of a rule that are none or too long, naming each."""
    wrong: dict[str, Sequence[str]] = {}
    for limit in limits:
        span = rule.span(limit)
        most = MOST_DAYS if span.unit == TimeUnit.WORKING_DAYS else MOST_MINUTES
        if not 1 <= span.amount <= most:
            wrong[limit.value] = [_("Write a whole number from 1 to %(most)d.") % {"most": most}]
    if not rule.street_after <= rule.district_after <= MOST_MINUTES:
        sentence = _("The district is told after the street, within %(most)d minutes.")
        wrong["district_after"] = [sentence % {"most": MOST_MINUTES}]
    if wrong:
        raise Refused(next(iter(wrong.values()))[0], code="bad_limits", fields=wrong)


def new_rule(*, rule: WhistleRule, by: User, now: datetime) -> WhistleRule:
    """Puts limits in force for a kind as its next version; tasks under way keep theirs.

    Raises Refused as `refuse_bad_limits` does.
    """
    refuse_bad_limits(rule)
    earlier = WhistleRule.objects.filter(kind=rule.kind)
    put_in_force(rule, earlier, "tasks.new-whistle-rule", by=by, now=now)
    return rule


def refuse_bad_weights(rule: RateRule) -> None:
    """Raises Refused unless 1 to 5 stars weigh 0 to 100 per cent, more stars never less, and the
    reasons are known."""
    weights = rule.weights if isinstance(rule.weights, dict) else {}
    sound = set(weights) == {"1", "2", "3", "4", "5"} and all(
        isinstance(weight, int) and 0 <= weight <= 100 for weight in weights.values()
    )
    if not sound:
        raise Refused(_("Give each of 1 to 5 stars a weight from 0 to 100."))
    if sorted(weights.values()) != [weights[stars] for stars in sorted(weights)]:
        raise Refused(_("More stars never weigh less than fewer."))
    known = isinstance(rule.exclusions, list) and set(rule.exclusions) <= set(DeclineReason.values)
    if not known:
        raise Refused(_("Choose among the known reasons."))


def new_rate_rule(*, rule: RateRule, by: User, now: datetime) -> RateRule:
    """Puts weights and reasons in force for the rates; what was counted keeps its own.

    Raises Refused as `refuse_bad_weights` does.
    """
    refuse_bad_weights(rule)
    put_in_force(rule, RateRule.objects.all(), "tasks.new-rate-rule", by=by, now=now)
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
