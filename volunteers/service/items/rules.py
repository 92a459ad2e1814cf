"""The next versions of rules that administrators set."""

from datetime import datetime
from typing import Any

from orgs.db.versions import put_in_force
from orgs.models import User
from volunteers.service.models import Institution, RiseRule


def new_rule(*, row: Any, by: User, now: datetime) -> None:
    """Puts a rule in force as the version after the earlier ones of its kind."""
    earlier = type(row).objects.all()
    if isinstance(row, RiseRule):
        earlier = earlier.filter(kind=row.kind)
    elif isinstance(row, Institution):
        earlier = earlier.filter(code=row.code)
    put_in_force(row, earlier, f"service.new-{row._meta.model_name}", by=by, now=now)
