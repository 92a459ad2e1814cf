"""Rules that are data with a version: the newest is in force, and one that was is never changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused
from orgs.models import User


def put_in_force(
    rule: Any,
    earlier: QuerySet[Any],
    action: str,
    *,
    by: User,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Stores a rule as the version after the `earlier` ones of its kind.

    Raises NotAllowed for anyone but administrators; Refused where somebody else made a version at
    the same moment.
    """
    if not by.is_superuser:
        raise NotAllowed(_("Only an administrator changes this rule."))
    rule.version = (earlier.aggregate(last=Max("version"))["last"] or 0) + 1
    try:
        with transaction.atomic():
            rule.save(force_insert=True)
            audit.record(
                action, by=by, obj=rule, now=now, detail={"version": rule.version, **(detail or {})}
            )
    except IntegrityError:
        raise Refused(
            _("Somebody changed these rules at the same moment: look again."), code="rule_changed"
        ) from None
