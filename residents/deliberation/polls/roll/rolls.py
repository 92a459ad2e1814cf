"""Work on a roll: contesting, deciding what is unclear, deliveries, later changes of ownership."""

import re
from datetime import datetime
from functools import cache

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat, Replace
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.db.first_keys import Statement, statement_of
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Unit, User
from orgs.scoping import Way, keys_way_by_way, reach_of, way_by_way
from residents.deliberation.enums import (
    DELIVERED,
    BallotState,
    ChangedOwner,
    DeliveryWay,
    PollState,
    RollState,
    Rule,
    VoterKind,
)
from residents.deliberation.models import (
    Ballot,
    Delivery,
    Poll,
    RollEntry,
    RollPart,
    VoterChoice,
)
from residents.deliberation.models.polls import DESK_KEEPERS
from residents.deliberation.models.rolls import own_parts, parts_of
from residents.deliberation.polls import poll_settings
from residents.deliberation.polls.box import chain
from residents.deliberation.polls.course.workflow import WORKFLOW
from residents.deliberation.polls.roll import building
from residents.enums import OWNING
from residents.models import Belonging, Household, Person

LONGEST_REASON = 500


def keeps(user: User, unit: Unit) -> bool:
    """Whether somebody enters paper, deliveries and proxies at a place; never the property firm."""
    return bool(reach_of(user).roles_at(unit) & DESK_KEEPERS)


def must_keep(user: User, poll: Poll) -> None:
    """Raises NotAllowed for who does not work at the desk of a poll."""
    if not keeps(user, poll.unit):
        raise NotAllowed(_("You may not work at the desk of this poll."))


# --- Deciding --------------------------------------------------------------------------------------


@transaction.atomic
def decide(*, entry: RollEntry, text: str, by: User, now: datetime) -> RollEntry:
    """Writes down how an unclear entry was decided; it stays as it is. Raises WrongState once frozen."""
    must_keep(by, entry.poll)
    entry = (
        RollEntry.objects.select_for_update(of=("self",)).select_related("poll").get(pk=entry.pk)
    )
    if entry.state == RollState.FROZEN:
        raise WrongState(_("The roll is frozen since voting opened."), code="roll_frozen")
    if not text.strip():
        raise Refused(_("Say how it was decided, and by what."), field="text")
    entry.decision = text.strip()
    entry.save(update_fields=["decision"])
    audit.record("deliberation.decide-entry", by=by, obj=entry, now=now)
    return entry


def possible_voters(entry: RollEntry) -> list[Belonging]:
    """The owners of an entry's flats, of whom one votes for each."""
    owners = Belonging.objects.filter(
        household__in=entry.parts.values("household"), ends=None, relation__in=OWNING
    )
    related = owners.select_related("household__building", "person")
    return list(related.order_by("household__code", "-relation", "pk"))


@transaction.atomic
def choose_voter(
    *,
    poll: Poll,
    household: Household,
    person: Person,
    by: User,
    now: datetime,
    separate: bool = False,
) -> VoterChoice:
    """Writes down whom the co-owners of a flat chose (274号, art. 25), and draws the roll up anew.

    Raises Refused for who is no owner of it, WrongState once the roll is frozen.
    """
    must_keep(by, poll)
    poll = WORKFLOW.locked(poll)
    if poll.state != PollState.ANNOUNCED:
        raise WrongState(_("The roll is frozen since voting opened."), code="roll_frozen")
    owners = Belonging.objects.filter(household=household, ends=None, relation__in=OWNING)
    if not owners.filter(person=person).exists():
        raise Refused(_("Choose one of the owners of this flat."), field="person")
    choice, _is_new = VoterChoice.objects.update_or_create(
        poll=poll,
        household=household,
        defaults={"person": person, "separate": separate, "by": by, "at": now},
    )
    building.rebuild(poll)
    audit.record("deliberation.choose-voter", by=by, obj=choice, now=now)
    return choice


@transaction.atomic
def mark_veto(*, entry: RollEntry, by: User, now: datetime, has_veto: bool = True) -> RollEntry:
    """Writes down that the lift takes an own part of this voter: without consent it is not built."""
    must_keep(by, entry.poll)
    entry = (
        RollEntry.objects.select_for_update(of=("self",)).select_related("poll").get(pk=entry.pk)
    )
    if entry.poll.rule != Rule.LIFT:
        raise WrongState(_("This poll is not about a lift."))
    if entry.state == RollState.FROZEN:
        raise WrongState(_("The roll is frozen since voting opened."), code="roll_frozen")
    entry.has_veto = has_veto
    entry.save(update_fields=["has_veto"])
    audit.record("deliberation.mark-veto", by=by, obj=entry, now=now)
    return entry


# --- Deliveries ------------------------------------------------------------------------------------


@transaction.atomic
def deliver(
    *, entry: RollEntry, how: DeliveryWay, by: User, now: datetime, at: datetime | None = None
) -> Delivery:
    """Writes down how a ballot or notice reached a voter. What a tenant took is no delivery.

    Raises NotAllowed outside the desk, WrongState before the announcement or after closing, Refused
    for a moment that has not come.
    """
    must_keep(by, entry.poll)
    return _deliver(entry, how, by, now, at or now)


def opened_online(entry: RollEntry, by: User, now: datetime) -> None:
    """The voter opened the ballot on the phone: delivered, once."""
    if entry.delivered_at is None and entry.poll.state == PollState.OPEN:
        with transaction.atomic():
            _deliver(entry, DeliveryWay.OPENED_ONLINE, by, now, now)


def _deliver(entry: RollEntry, how: DeliveryWay, by: User, now: datetime, at: datetime) -> Delivery:
    poll = entry.poll
    if poll.state not in (PollState.ANNOUNCED, PollState.OPEN) or entry.is_void:
        raise WrongState(_("Ballots are delivered from the announcement until voting closes."))
    if at > now:
        raise Refused(_("This moment has not come yet."), field="at")
    if poll.announced_at and at < poll.announced_at:
        raise Refused(_("That was before the announcement."), field="at")
    delivery = Delivery.objects.create(entry=entry, how=how, at=at, by=by, entered_at=now)
    if how in DELIVERED:
        RollEntry.objects.filter(pk=entry.pk, delivered_at=None).update(delivered_at=at)
    audit.record("deliberation.deliver", by=by, obj=entry, detail={"how": how.value}, now=now)
    return delivery


# --- What changed since ----------------------------------------------------------------------------


def changed_owners(poll: Poll) -> QuerySet[RollPart]:
    """The flats whose voter of the frozen roll is no owner any more: listed, never moved by itself."""
    still = Belonging.objects.filter(
        household=OuterRef("household"),
        person=OuterRef("entry__person"),
        ends=None,
        relation__in=OWNING,
    )
    parts = RollPart.objects.filter(
        poll=poll, entry__kind=VoterKind.PERSON, entry__person__isnull=False, entry__is_void=False
    )
    return parts.filter(~Exists(still)).select_related("entry__person", "household__building")


@transaction.atomic
def pass_to_buyer(*, entry: RollEntry, by: User, now: datetime) -> RollEntry:
    """Passes an unused vote to the buyer, where the poll was announced so and the voter's only flat
    was sold.

    Raises WrongState where the roll stays as it was, or the vote was used.
    """
    must_keep(by, entry.poll)
    # The box first, as everybody who casts: a vote is used or passes on, never both.
    chain.locked_box(entry.poll)
    entry = RollEntry.objects.select_related("poll__unit", "person").get(pk=entry.pk)
    poll = entry.poll
    if poll_settings.of(poll).changed_owner != ChangedOwner.BUYER:
        raise WrongState(_("It was announced that the roll stays as it was at opening."))
    if poll.state != PollState.OPEN or entry.successor_id:
        raise WrongState(_("This vote cannot pass on now."))
    used = (BallotState.LIVE, BallotState.QUARANTINED)
    if Ballot.objects.filter(entry=entry, state__in=used).exists():
        raise WrongState(_("This vote was used already."), code="already_voted")
    parts = list(entry.parts.all())
    buyers = Belonging.objects.filter(
        household__in=[part.household_id for part in parts], ends=None, relation__in=OWNING
    ).exclude(person=entry.person)
    buyer = buyers.order_by("-relation", "pk").first()
    if len(parts) != 1 or buyer is None:
        raise WrongState(_("No single buyer is known for this vote."))
    RollEntry.objects.filter(pk=entry.pk, successor=None).update(successor=buyer.person)
    audit.record("deliberation.pass-vote", by=by, obj=entry, now=now)
    entry.refresh_from_db()
    return entry


# --- Reading ---------------------------------------------------------------------------------------


def find(poll: Poll, text: str) -> RollEntry:
    """The entry that somebody at the desk means: by its number, or by one of its flats (8栋2单元902),
    with the compound's name before it where a community votes.

    Raises Refused where there is none, or more than one.
    """
    typed = "".join(text.split())
    entries = RollEntry.objects.filter(poll=poll, is_void=False)
    if typed.isascii() and typed.isdigit() and len(typed) < 10:
        entry = entries.filter(number=int(typed)).first()
        if entry is None:
            raise Refused(_("No entry of this roll has this number."), field="number")
        return entry
    compound = Replace("household__building__parent__name", Value(" "))
    flat = Replace("label", Value(" "))
    flats = RollPart.objects.filter(poll=poll).alias(flat=flat, full=Concat(compound, flat))
    # In full first: two buildings may end the same. A number is the whole number: 1栋101 is not 11栋101.
    before = "(^|[^0-9])" if typed[:1].isdigit() else ""
    ends = f"{before}{re.escape(typed)}$"
    for named in (Q(flat=typed) | Q(full=typed), Q(flat__regex=ends) | Q(full__regex=ends)):
        found = list(entries.filter(pk__in=flats.filter(named).values("entry"))[:2])
        if found:
            break
    else:
        raise Refused(_("No flat of this roll is named so."), field="number")
    if len(found) > 1:
        message = _(
            "Several flats are named so: add the building and the entrance, before them the compound, or"
            " give the number of the entry."
        )
        raise Refused(message, field="number")
    return found[0]


def mine(user: User, poll: Poll, *, held: bool = False) -> QuerySet[RollEntry]:
    """The entries for which somebody votes, or in whose flats they are owners; `held`: those too
    whose proxy they hold. Each way by its index: the page of a result is opened by all at once.
    """
    sql, params = _sql_of_mine(held=held)
    keys = {_ANYBODY.pk: user.pk, _ANY_POLL.pk: poll.pk}
    own = RawSQL(sql, [keys.get(value, value) for value in params])  # noqa: S611  Django's own words
    return RollEntry.objects.filter(poll=poll, is_void=False, pk__in=own)


# Who and what stand in for the user and the poll while the statement is put into words.
_ANYBODY, _ANY_POLL = User(pk=-1), Poll(pk=-2)


@cache
def _sql_of_mine(*, held: bool) -> Statement:
    """The statement and its parameters, put into words once for everybody: for each reader anew it
    was a fifth of the page of a result (measured).
    """
    entries: QuerySet[RollEntry] = RollEntry.objects.filter(poll=_ANY_POLL, is_void=False)
    ways: list[Way] = [
        Q(person__account=_ANYBODY),
        Q(successor__account=_ANYBODY),
        Q(person__guardian__account=_ANYBODY),
        own_parts(_ANYBODY).filter(poll=_ANY_POLL).values("entry"),
    ]
    if held:
        ways.append(Q(proxies__holder__account=_ANYBODY, proxies__revoked_at=None))
    return statement_of(keys_way_by_way(entries, ways))


def of_person(person: Person, poll: Poll) -> QuerySet[RollEntry]:
    """The entries for which a person of the roll votes, or in whose flats they are owners."""
    entries: QuerySet[RollEntry] = RollEntry.objects.filter(poll=poll, is_void=False)
    ways: list[Way] = [
        Q(person=person),
        Q(successor=person),
        parts_of(person).filter(poll=poll).values("entry"),
    ]
    return entries.filter(way_by_way(entries, ways))


def unclear(poll: Poll) -> QuerySet[RollEntry]:
    """Entries that wait for a decision."""
    found: QuerySet[RollEntry] = RollEntry.objects.filter(poll=poll, is_void=False, decision="")
    return found.exclude(doubt="")


def missing_accounts(poll: Poll) -> set[int]:
    """The accounts that vote for an entry without a ballot that counts: as it came, by whomever."""
    cast = Ballot.objects.filter(poll=poll, state=BallotState.LIVE)
    return _accounts(poll, ~Q(pk__in=cast.values("entry")))


def voting_accounts(poll: Poll, *, entry: int | None = None) -> set[int]:
    """The accounts of everybody who votes, perhaps for one entry: themselves, as guardians, as people
    of a household.
    """
    return _accounts(poll, Q() if entry is None else Q(pk=entry))


def _accounts(poll: Poll, which: Q) -> set[int]:
    return set().union(*accounts_by_entry(RollEntry.objects.filter(which, poll=poll)).values())


def accounts_by_entry(entries: QuerySet[RollEntry]) -> dict[int, set[int]]:
    """The accounts that vote for each of some entries, by their keys: two statements for all of them."""
    entries = entries.filter(is_void=False)
    ways = ("person__account", "successor__account", "person__guardian__account")
    found = {pk: set(keys) - {None} for pk, *keys in entries.values_list("pk", *ways)}
    at_home = Belonging.objects.filter(
        household__roll_parts__entry__in=entries.filter(kind=VoterKind.HOUSEHOLD).values("pk"),
        ends=None,
        verified_at__isnull=False,
    ).exclude(person__account=None)
    for pk, account in at_home.values_list("household__roll_parts__entry", "person__account"):
        # The roll may be drawn up anew between the two statements.
        found.setdefault(pk, set()).add(account)
    return found
