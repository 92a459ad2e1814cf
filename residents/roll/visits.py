"""Calling at households and writing it down."""

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused
from orgs.values.sentences import gettext as _
from residents.enums import Permission
from residents.models import Household, Person, Visit

if TYPE_CHECKING:
    from orgs.models import User

LONGEST_TEXT = 2000


def log(
    *,
    household: Household,
    person: Person | None = None,
    on: date,
    text: str,
    problem: str = "",
    measures: str = "",
    next_on: date | None = None,
    event_id: UUID,
    by: "User",
    now: datetime,
) -> Visit:
    """Writes down a visit; the same `event_id` again answers the first one.

    Raises NotAllowed for a household that is not `by`'s to visit; Refused for a day to come, an empty
    or too long text, a person of another household, a next visit that is not later.
    """
    if not by.has_perm(Permission.VISIT_HOUSEHOLD, household):
        raise NotAllowed(_("This household is not yours to visit."))
    _refuse(household, person, on, text, next_on, timezone.localdate(now))
    try:
        with transaction.atomic():
            visit = Visit.objects.create(
                household=household, person=person, by=by, on=on, text=text.strip(),
                problem=problem.strip(), measures=measures.strip(), next_on=next_on,
                event_id=event_id, entered_at=now,
            )  # fmt: skip
            audit.record("residents.log-visit", by=by, obj=visit, now=now)
    except IntegrityError:
        # Another person's mark, or one used for another visit, answers nothing of theirs.
        earlier = Visit.objects.filter(event_id=event_id, by=by, household=household).first()
        if earlier is None:
            raise Refused(_("This visit could not be kept. Write it down anew."), code="mark_taken")
        return earlier
    return visit


def _refuse(
    household: Household,
    person: Person | None,
    on: date,
    text: str,
    next_on: date | None,
    today: date,
) -> None:
    wrong: dict[str, list[str]] = {}
    if on > today:
        wrong["on"] = [_("This day is still to come.")]
    if not 0 < len(text.strip()) <= LONGEST_TEXT:
        wrong["text"] = [_("Write 1 to %(longest)d characters.") % {"longest": LONGEST_TEXT}]
    if next_on and next_on <= on:
        wrong["next_on"] = [_("The next visit has to be later than this one.")]
    if person and not household.belongings.filter(person=person, ends=None).exists():
        wrong["person"] = [_("This person does not belong to the household.")]
    if wrong:
        raise Refused(_("Some of what was sent is not right."), fields={**wrong})
