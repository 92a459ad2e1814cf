"""Who keeps the catalogue: all districts share kinds and limits, each keeps its own duty lists."""

from orgs.enums import Role
from orgs.models import User
from orgs.permissions import grant
from orgs.scoping import reach_of
from tasks.models import Category, Duty, RateRule, StageRule, WhistleRule

DUTY_KEEPERS = frozenset({Role.DISTRICT_OFFICE})


def _may_keep_duty(user: User, duty: Duty) -> bool:
    return duty.department.district_id in reach_of(user).district_ids(DUTY_KEEPERS)


for _verb in ("add", "change", "delete"):
    grant(f"tasks.{_verb}_duty", DUTY_KEEPERS, _may_keep_duty)
# Whoever is signed in may look; kinds and limits are changed by superusers.
for _model in (Category, Duty, RateRule, StageRule, WhistleRule):
    grant(f"tasks.view_{_model._meta.model_name}", None, lambda user, obj: True)
