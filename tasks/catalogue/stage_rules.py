"""How long accepting, handling and dispatching may take: rules in versions."""

from datetime import datetime
from functools import partial
from typing import Any

from django.core.cache import cache
from django.db import transaction

from orgs.db.versions import put_in_force
from orgs.enums import TimeUnit
from orgs.models import User
from tasks.catalogue.catalogue import refuse_bad_spans
from tasks.enums import STAGE_LIMITS, StageUrgency
from tasks.models import StageRule

_CACHE_KEY, _CACHED_FOR = "tasks.stage-rules", 60
_OFFICE, _MINUTES = TimeUnit.OFFICE_MINUTES, TimeUnit.MINUTES
_SOURCE = "本平台默认值：受理2小时、派单2小时（办公时间），自办5个工作日；紧急的15分钟受理、15分钟派单，全天候"
# What an installation starts with.
FIRST_STAGE_RULES: dict[StageUrgency, dict[str, Any]] = {
    StageUrgency.ORDINARY: {
        "accept": 120, "accept_unit": _OFFICE, "handle": 5,
        "handle_unit": TimeUnit.WORKING_DAYS, "dispatch": 120, "dispatch_unit": _OFFICE,
        "street_after": 120, "district_after": 390,
    },
    StageUrgency.EMERGENCY: {
        "accept": 15, "accept_unit": _MINUTES, "handle": 24 * 60, "handle_unit": _MINUTES,
        "dispatch": 15, "dispatch_unit": _MINUTES, "street_after": 15, "district_after": 30,
    },
}  # fmt: skip


def ensure_stage_rules(**_signal: Any) -> None:
    """Both have a first version of their rule; later versions are left alone."""
    present = set(StageRule.objects.values_list("kind", flat=True))
    for kind, terms in FIRST_STAGE_RULES.items():
        if kind not in present:
            StageRule.objects.create(kind=kind, source=_SOURCE, **terms)
    transaction.on_commit(partial(cache.delete, _CACHE_KEY), robust=True)


def rules_in_force() -> dict[str, StageRule]:
    """The newest rule for ordinary tasks and for emergencies; remembered for a minute."""
    rules: dict[str, StageRule] | None = cache.get(_CACHE_KEY)
    if rules is None:
        rules = {rule.kind: rule for rule in StageRule.objects.order_by("kind", "version")}
        cache.set(_CACHE_KEY, rules, _CACHED_FOR)
    return rules


def refuse_bad_limits(rule: StageRule) -> None:
    """Raises Refused for a limit of nothing or beyond a year, and a district told before its street."""
    refuse_bad_spans(rule, STAGE_LIMITS)


def new_rule(*, rule: StageRule, by: User, now: datetime) -> StageRule:
    """Puts limits in force as the next version; stages under way keep theirs.

    Raises Refused as `refuse_bad_limits` does.
    """
    refuse_bad_limits(rule)
    earlier = StageRule.objects.filter(kind=rule.kind)
    put_in_force(rule, earlier, "tasks.new-stage-rule", by=by, now=now)
    transaction.on_commit(partial(cache.delete, _CACHE_KEY), robust=True)
    return rule
