"""Rules and items that every installation has from its first day on; later versions are left alone."""

from datetime import date
from typing import Any

from volunteers.service.enums import InstitutionCode, RuleKind
from volunteers.service.items.first_items import FIRST_ITEMS, SOURCE
from volunteers.service.models import (
    DutyRule,
    ExchangeRule,
    Institution,
    PostRule,
    RiseRule,
    ServiceItem,
)

_OWN = "本平台默认值，请按本地文件修订"
# Before any month that is counted.
_FROM = date(2020, 1, 1)


def ensure_rules(**_signal: Any) -> None:
    """The first version of each rule and item, where there is none."""
    if not PostRule.objects.exists():
        PostRule.objects.create(version=1, at_once=2, source=_OWN)
    if not ExchangeRule.objects.exists():
        ExchangeRule.objects.create(
            version=1,
            hold_hours=72,
            redeemed_a_month=500,
            gift_minutes_a_month=240,
            gift_minutes_a_year=1200,
            report_points=2,
            work_order_minutes=480,
            source=_OWN,
        )
    for kind in RuleKind:
        if not RiseRule.objects.filter(kind=kind).exists():
            RiseRule.objects.create(
                kind=kind, version=1, hours=24, bound_first_hours=4, rate_days=7, source=_OWN
            )
    if not DutyRule.objects.filter(branch=None).exists():
        DutyRule.objects.create(
            version=1,
            month=_FROM,
            activities=1,
            minutes=240,
            source="黄冈市在职党员下沉：每月至少参加1次活动、服务4小时",
        )
    if not Institution.objects.exists():
        Institution.objects.bulk_create(
            Institution(code=code, version=1, name=name, source="报道点名的三项，其余三项未见原文")
            for code, name in (
                (InstitutionCode.CONTACT, "报到联系"),
                (InstitutionCode.RECORD, "服务纪实"),
                (InstitutionCode.ASSESSMENT, "考核评价"),
            )
        )
    if not ServiceItem.objects.exists():
        ServiceItem.objects.bulk_create(_first_items())


def _first_items() -> list[ServiceItem]:
    names = (
        *("code", "item_class", "name", "use", "minutes", "points", "minutes_kind"),
        *("is_dangerous", "least_age", "skill"),
    )
    return [
        ServiceItem(version=1, source=SOURCE, **dict(zip(names, row, strict=True)))
        for row in FIRST_ITEMS
    ]
