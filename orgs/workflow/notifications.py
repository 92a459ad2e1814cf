"""Who is told of what happens to a row: read from its timeline, so that no use-case has to wait for it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db.models import QuerySet
from django.utils import timezone

from orgs.enums import Role
from orgs.models import Unit
from orgs.notifications import notifications
from orgs.notifications.notifications import NewNotice
from orgs.units.queries import holders, officers
from orgs.workflow.timelines import read_events

if TYPE_CHECKING:
    from orgs.workflow.specification import Specification

AT_ONCE = 500
# Older news is none: after a long stop nobody is told of last month.
STALE_AFTER = timedelta(days=2)


@dataclass
class Staff:
    """Who holds what where on one day, each asked for once."""

    today: date
    _holders: dict[Any, set[int]] = field(default_factory=dict)

    def once(self, key: Any, find: Callable[[], set[int]]) -> set[int]:
        """What `find` gives, remembered under a key."""
        if key not in self._holders:
            self._holders[key] = find()
        return self._holders[key]

    def at(self, unit: Unit, roles: Iterable[Role]) -> set[int]:
        """Those who hold one of the roles over a unit."""
        wanted = frozenset(roles)
        return self.once((unit.pk, wanted), lambda: holders(unit, wanted, self.today))

    def of(self, departments: Iterable[int]) -> set[int]:
        """The officers of some departments."""
        wanted = frozenset(departments)
        return self.once(wanted, lambda: officers(wanted, self.today) if wanted else set())


# The people to be told of an entry of a timeline, by the kind of notice.
Audience: TypeAlias = Callable[[Any, Staff], Mapping[str, set[int]]]


def nobody(entry: Any, staff: Staff) -> Mapping[str, set[int]]:
    """An entry that makes no notice."""
    return {}


def notify_audiences(
    specifications: "Mapping[Any, Specification]",
    entries: QuerySet[Any],
    notice_of: Callable[[str, Any, int], NewNotice],
    *,
    bookmark: str,
    now: datetime,
) -> int:
    """Tells people of what stands on the timelines since the last time; answers how many notices.

    Whoever was told already is not told again, whoever acted is not told at all.
    """
    counts: list[int] = []

    def handle(batch: list[Any]) -> None:
        staff = Staff(timezone.localdate(now))
        notices = (
            notice_of(kind, entry, person)
            for entry in batch
            if entry.at >= now - STALE_AFTER
            for kind, people in specifications[entry.action].audience(entry, staff).items()
            for person in people - {entry.by_id}
        )
        counts.append(notifications.notify(notices, now=now))

    read_events(bookmark, handle, events=entries, now=now, at_once=AT_ONCE, oldest=STALE_AFTER)
    return sum(counts)
