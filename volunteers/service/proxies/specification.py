"""What pages and the API know of each action with a ring, in the order of the next steps."""

from django.utils.translation import gettext_lazy as _

from orgs.workflow.notifications import Staff
from orgs.workflow.specification import Specification
from volunteers.service.enums import SERVICE_KEEPERS, STREET_ROLES, Level, RingAction
from volunteers.service.models import RingEntry
from volunteers.service.orders.forms import WordsForm
from volunteers.service.proxies import bodies, forms, rings
from volunteers.service.proxies.workflow import bound_until, team_members

# The kinds of notices: one's own rings, those to answer, those of a place where one works.
MINE, ANSWER, TODO = "ring-mine", "ring-answer", "ring-todo"


def _callers(entry: RingEntry) -> set[int]:
    row = entry.ring
    for_whom = row.person.account_id if row.person else None
    return {key for key in (row.rung_by_id, for_whom) if key is not None}


def _for_caller(entry: RingEntry, staff: Staff) -> dict[str, set[int]]:
    return {MINE: _callers(entry)}


def _asked(entry: RingEntry, staff: Staff) -> dict[str, set[int]]:
    """The bound member alone first; else the teams up to the ring's level."""
    row = entry.ring
    until = bound_until(row)
    if until is not None and until > entry.at:
        account = row.bound.account_id if row.bound else None
        return {ANSWER: {account} if account else set()}
    accounts = team_members(row).values_list("participant__account", flat=True)
    return {ANSWER: {account for account in accounts if account}}


def _rung(entry: RingEntry, staff: Staff) -> dict[str, set[int]]:
    return {**_asked(entry, staff), TODO: staff.at(entry.ring.unit, SERVICE_KEEPERS)}


def _risen(entry: RingEntry, staff: Staff) -> dict[str, set[int]]:
    desk = SERVICE_KEEPERS
    if entry.data.get("level") == Level.STREET:
        desk = desk | STREET_ROLES
    return {**_asked(entry, staff), TODO: staff.at(entry.ring.unit, desk)}


def _returned(entry: RingEntry, staff: Staff) -> dict[str, set[int]]:
    return {TODO: staff.at(entry.ring.unit, SERVICE_KEEPERS)}


A = RingAction
SPECIFICATIONS: dict[RingAction, Specification] = {
    A.TAKE: Specification(
        rings.take, forms.TakeForm, bodies.RingTakeBody,
        done=_("It is yours. Door and telephone are shown below."),
        audience=_for_caller, is_next_step=True,
    ),
    A.FINISH: Specification(
        rings.finish, forms.FinishForm, bodies.RingFinishBody,
        done=_("Done; thank you."), audience=_for_caller, is_next_step=True,
    ),
    A.DROP: Specification(
        rings.drop, WordsForm, bodies.RingWordsBody,
        done=_("Given back; it rings again."), audience=_rung,
    ),
    A.CANCEL: Specification(
        rings.cancel, WordsForm, bodies.RingWordsBody,
        done=_("The ring is taken back."),
    ),
    # Part of ringing, and what time does.
    A.RING: Specification(audience=_rung),
    A.RISE: Specification(audience=_risen),
    A.RETURN: Specification(audience=_returned),
}  # fmt: skip
