"""Going a round: writing it down once, passing a problem on, looking at it again."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Attachment, Unit
from orgs.values import geo
from tasks.enums import PatrolItem, Permission
from tasks.models import MAX_TEXT, Category, Patrol
from tasks.reports.report import report

if TYPE_CHECKING:
    from orgs.models import User

# A draft waits on a phone for at most so long.
OLDEST = timedelta(days=31)


def record(
    *,
    unit: Unit,
    items: Sequence[str],
    event_id: UUID,
    by: "User",
    now: datetime,
    at: datetime | None = None,
    finding: str = "",
    advice: str = "",
    due_on: date | None = None,
    category: Category | None = None,
    attachments: Sequence[Attachment] = (),
    lon: float | None = None,
    lat: float | None = None,
) -> Patrol:
    """Writes down a round; the same `event_id` again answers the first one.

    With a `category` the finding goes out as a task, with its photos. Raises NotAllowed for a place
    that is not `by`'s to patrol; Refused for nothing looked at, a time to come or long past, photos
    or a category without a finding.
    """
    if not by.has_perm(Permission.GO_PATROL, unit):
        raise NotAllowed(_("This place is not yours to patrol."))
    earlier = _known(event_id, by)
    if earlier:
        return earlier
    at = at or now
    wrong = geo.faults(lon, lat)
    if due_on and _lies_within(at, now) and due_on < timezone.localdate(at):
        wrong["due_on"] = [_("Choose the day of the round or a later one.")]
    _refuse(items, finding.strip(), category, attachments, at, now, wrong)
    try:
        with transaction.atomic():
            task = None
            if category:
                task = report(
                    unit=unit, category=category, text=finding, by=by, now=now, lon=lon, lat=lat,
                    attachments=attachments,
                )  # fmt: skip
            patrol = Patrol.objects.create(
                unit=unit, by=by, at=at, items=list(dict.fromkeys(items)), finding=finding.strip(),
                advice=advice.strip(), due_on=due_on, task=task, lon=lon, lat=lat,
                event_id=event_id, entered_at=now,
            )  # fmt: skip
            audit.record("tasks.record-patrol", by=by, obj=patrol, now=now)
    except IntegrityError:
        # The same draft, sent twice at once.
        earlier = _known(event_id, by)
        if earlier is None:
            raise
        return earlier
    return patrol


@transaction.atomic
def recheck(*, patrol: Patrol, result: str, by: "User", now: datetime) -> Patrol:
    """Notes what became of a finding. Raises NotAllowed; WrongState where nothing waits for it."""
    patrol = Patrol.objects.select_for_update(of=("self",)).get(pk=patrol.pk)
    if not by.has_perm(Permission.GO_PATROL, patrol.unit):
        raise NotAllowed(_("This place is not yours to patrol."))
    if not patrol.is_open:
        raise WrongState(_("Nothing waits here to be looked at again."), code="not_open")
    result = result.strip()
    if not 0 < len(result) <= MAX_TEXT:
        raise Refused(_("Say what became of it."), field="result")
    patrol.result, patrol.rechecked_by, patrol.rechecked_at = result, by, now
    patrol.save(update_fields=["result", "rechecked_by", "rechecked_at"])
    audit.record("tasks.recheck-patrol", by=by, obj=patrol, now=now)
    return patrol


def _known(event_id: UUID, by: "User") -> Patrol | None:
    """The round that this person wrote down under a mark; another person's mark is refused."""
    earlier = Patrol.objects.filter(event_id=event_id).first()
    if earlier and earlier.by_id != by.pk:
        raise Refused(_("This round could not be kept. Write it down anew."), code="mark_taken")
    return earlier


def _lies_within(at: datetime, now: datetime) -> bool:
    return now - OLDEST <= at <= now


def _refuse(
    items: Sequence[str],
    finding: str,
    category: Category | None,
    attachments: Sequence[Attachment],
    at: datetime,
    now: datetime,
    wrong: dict[str, list[str]],
) -> None:
    if not items or set(items) - set(PatrolItem.values):
        wrong["items"] = [_("Tick what you looked at.")]
    if len(finding) > MAX_TEXT:
        wrong["finding"] = [_("At most %(most)d characters.") % {"most": MAX_TEXT}]
    if (category or attachments) and not finding:
        wrong["finding"] = [_("Say in a few words what is wrong.")]
    if attachments and not category:
        wrong["category"] = [_("Photos go with a problem that is passed on: choose its kind.")]
    if not _lies_within(at, now):
        wrong["at"] = [_("This time lies in the future, or more than a month back.")]
    if wrong:
        raise Refused(_("Some of what was sent is not right."), fields={**wrong})
