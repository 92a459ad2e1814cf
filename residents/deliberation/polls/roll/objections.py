"""Objections: to an entry of the roll, to a result, to a lift; in writing, under the real name."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import User
from orgs.values import phones
from residents.deliberation.enums import (
    PollObjectionKind,
    PollObjectionState,
    PollState,
    PollWho,
    Rule,
    VoterKind,
)
from residents.deliberation.models import Poll, PollObjection, RollEntry
from residents.deliberation.models.rolls import own_belongings
from residents.deliberation.models.topics import authors
from residents.deliberation.polls import queries
from residents.deliberation.polls.course.workflow import WORKFLOW
from residents.deliberation.polls.roll import building, rolls
from residents.models import Belonging, Household, Person


@transaction.atomic
def contest(
    *,
    entry: RollEntry,
    reason: str,
    at_desk: bool = False,
    name: str = "",
    by: User,
    now: datetime,
) -> PollObjection:
    """Contests an entry of the roll before it is frozen: a voter their own, or any with a reason.

    `at_desk`: the desk enters what the voter of the entry said, or `name` of a household that votes.
    Raises WrongState once voting is open, and `already_contested` while one waits for its answer;
    NotAllowed for who does not work at the desk.
    """
    voter = _voter_at_desk(entry, name, by) if at_desk else None
    # As whoever opens voting: it is said before and answered, or not at all.
    poll = WORKFLOW.locked(entry.poll)
    if poll.state != PollState.ANNOUNCED:
        raise WrongState(_("The roll is frozen since voting opened."), code="roll_frozen")
    try:
        with transaction.atomic():
            return _object(poll, PollObjectionKind.ROLL, reason, by, now, entry, voter)
    except IntegrityError:
        raise WrongState(
            _("This row is contested already: the answer comes before voting opens."),
            code="already_contested",
        ) from None


def contested(entries: Iterable[RollEntry]) -> set[int]:
    """Which of some entries are contested and wait for an answer, by their keys."""
    waiting = PollObjection.objects.filter(
        kind=PollObjectionKind.ROLL, state=PollObjectionState.WAITING, entry__in=list(entries)
    )
    return {key for key in waiting.values_list("entry", flat=True) if key is not None}


@transaction.atomic
def object_to(
    *,
    poll: Poll,
    kind: PollObjectionKind,
    reason: str,
    voter: RollEntry | None = None,
    name: str = "",
    by: User,
    now: datetime,
) -> PollObjection:
    """Objects to a result, or to a lift: in writing, under one's name (咸宁 12, 孝感 14).

    `voter`: the entry for which the desk enters it; `name`: who of a household says it. Raises
    NotAllowed for whom the poll does not concern; WrongState before there is something to object to,
    and `posting_over` once the result is no longer posted.
    """
    person = _voter_at_desk(voter, name, by) if voter else None
    if voter is None and not concerns(by, poll):
        raise NotAllowed(_("Only those whom this vote concerns object to it."))
    if kind == PollObjectionKind.LIFT:
        if poll.rule != Rule.LIFT or poll.state == PollState.DRAFT:
            raise WrongState(_("This poll is not about a lift."))
    elif not poll.is_counted:
        raise WrongState(_("There is no result yet."))
    if poll.posted_until is not None and not is_posted(poll, now):
        raise WrongState(
            _("Objections were made until %(day)s, while the result was posted.")
            % {"day": date_format(poll.posted_until)},
            code="posting_over",
        )
    return _object(poll, kind, reason, by, now, person=person)


def _voter_at_desk(entry: RollEntry, name: str, by: User) -> Person:
    """The voter for whom the desk speaks; of a household that votes, who of it is named.

    Raises NotAllowed; WrongState for an entry without a person; Refused (`not_on_roll`) for a name that
    the household does not have.
    """
    if not by.has_perm("deliberation.desk_poll", entry.poll):
        raise NotAllowed(_("You do not work at the desk of this vote."))
    if entry.kind == VoterKind.HOUSEHOLD:
        return _of_household(entry, name)
    person = entry.successor or entry.person
    if person is None:
        raise WrongState(_("Nobody by name stands behind this entry."), code="no_voter")
    return person


def _of_household(entry: RollEntry, name: str) -> Person:
    homes = Belonging.objects.filter(
        household__in=entry.parts.values("household"),
        person__name=" ".join(name.split()),
        verified_at__isnull=False,
        ends=None,
    )
    home = homes.select_related("person").order_by("pk").first()
    if home is None:
        message = _("Nobody of this household has this name.")
        raise Refused(message, code="not_on_roll", field="name")
    return home.person


def concerns(user: User, poll: Poll) -> bool:
    """Whether a poll concerns somebody: on its roll, or with a verified home where it is held; by a
    lift everybody in the building is affected (利害关系人).
    """
    if rolls.mine(user, poll).exists():
        return True
    homes = building.scope(poll)
    if poll.rule == Rule.LIFT:
        homes = Household.objects.filter(building__in=poll.buildings.all())
    own = own_belongings(user).filter(ends=None)
    return own.filter(household__in=homes.order_by().values("pk")).exists()


def is_posted(poll: Poll, now: datetime) -> bool:
    """Whether objections are still received: until the last day of the posting."""
    return poll.posted_until is None or timezone.localdate(now) <= poll.posted_until


def _object(
    poll: Poll,
    kind: PollObjectionKind,
    reason: str,
    by: User,
    now: datetime,
    entry: RollEntry | None = None,
    person: Person | None = None,
) -> PollObjection:
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say what is wrong."), field="reason")
    named = person or getattr(by, "person", None)
    objection = PollObjection.objects.create(
        poll=poll,
        kind=kind,
        entry=entry,
        reason=reason,
        name=named.name if named else by.name,
        by=by,
        person=person,
        at=now,
    )
    detail: dict[str, Any] = {"kind": kind} | audit.on_behalf_of(person)
    audit.record("deliberation.object", by=by, obj=objection, detail=detail, now=now)
    return objection


def may_answer(user: User, poll: Poll) -> bool:
    """Whether somebody answers objections: whoever convenes the poll or works at its desk."""
    return PollWho.ORGANISER in WORKFLOW.relations(poll, user) or rolls.keeps(user, poll.unit)


@transaction.atomic
def answer(
    *, objection: PollObjection, state: PollObjectionState, text: str, by: User, now: datetime
) -> PollObjection:
    """Settles an objection, or leaves it on the record with an answer.

    Raises WrongState for one that is answered, NotAllowed for one's own.
    """
    objection = (
        PollObjection.objects.select_for_update().select_related("poll__unit").get(pk=objection.pk)
    )
    if not may_answer(by, objection.poll):
        raise NotAllowed(_("You may not answer objections here."))
    if by.pk in authors(objection):
        raise NotAllowed(_("Nobody answers their own objection."), code="own_case")
    if objection.state != PollObjectionState.WAITING:
        raise WrongState(_("This was answered already."))
    objection.state, objection.answer = state, text
    objection.answered_by, objection.answered_at = by, now
    objection.save()
    audit.record("deliberation.answer", by=by, obj=objection, detail={"state": state}, now=now)
    return objection


def objector(objection: PollObjection, reader: User, *, in_full: bool) -> str:
    """The real name for who answers (`in_full`) and for oneself, 王** for others."""
    if in_full or reader.pk in authors(objection):
        return objection.name
    return phones.mask_name(objection.name)


def in_sight(reader: User, poll: Poll) -> QuerySet[PollObjection]:
    """The objections of a poll in sight, of those that `visible_to` shows: asked without asking once
    more who sees the poll.
    """
    found: QuerySet[PollObjection] = PollObjection.objects.filter(poll=poll)
    if queries.watches(reader, poll):
        return found
    public = Q(kind__in=[PollObjectionKind.RESULT, PollObjectionKind.LIFT])
    return found.filter(public | Q(by=reader) | Q(person__account=reader))
