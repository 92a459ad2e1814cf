"""The family: whoever belongs to one household, minutes given to them (时间银行), 家庭积分.

A family are the owners and family members of a household on the roll, verified by the community; a
tenant and the landlord stand in one household and are none.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from residents.enums import Relation
from residents.models import Belonging, Household, Person
from volunteers.service.accounts import ledgers
from volunteers.service.enums import EntryKind, EntrySource, MinutesKind
from volunteers.service.models import MinutesAccount, Participant, PointsAccount, TimeGift
from volunteers.service.reportins.participants import whose
from volunteers.service.reportins.same_person import Oneself, is_of_person
from volunteers.service.rewards.redemptions import rule_in_force

if TYPE_CHECKING:
    from orgs.models import User

RELATIONS = frozenset({Relation.OWNER, Relation.CO_OWNER, Relation.FAMILY})


def _belongings() -> QuerySet[Belonging]:
    return Belonging.objects.filter(
        ends=None, verified_at__isnull=False, relation__in=sorted(RELATIONS)
    )


def homes(user: "User | None" = None, *, person: Person | None = None) -> list[Household]:
    """The households whose family an account, or a person of the roll, belongs to."""
    if user is None and person is None:
        return []  # somebody from a printed sheet, who stands on no roll
    own = Q(person=person) if person else Q(person__account=user)
    mine = _belongings().filter(own).order_by()
    rows = Household.objects.filter(pk__in=mine.values("household"))
    return list(rows.select_related("building").order_by("pk"))


def relatives(user: "User | None" = None, *, person: Person | None = None) -> QuerySet[Person]:
    """The others of those households who live."""
    own = [home.pk for home in homes(user, person=person)]
    here = _belongings().filter(household__in=own).order_by()
    rows: QuerySet[Person] = Person.objects.filter(
        pk__in=here.values("person"), died_on=None, erased_at=None
    )
    others = rows.exclude(pk=person.pk) if person else rows.exclude(account=user)
    return others.order_by("name_key", "pk")


# --- Time gifts ------------------------------------------------------------------------------------


def to_give(participant: Participant | None, now: datetime) -> int:
    """How many minutes somebody may still give: served voluntarily, within the rule's limits.

    What one received oneself is not passed on.
    """
    account = MinutesAccount.objects.filter(
        participant=participant, minutes_kind=MinutesKind.VOLUNTARY
    ).first()
    if participant is None or account is None or account.stopped_at:
        return 0
    return max(min(_served(account), *_left(participant, now)), 0)


def _served(account: MinutesAccount) -> int:
    received = account.entries.filter(kind=EntryKind.GIFT_IN).aggregate(sum=Sum("amount"))["sum"]
    return account.balance - (received or 0)


def _left(participant: Participant, now: datetime) -> tuple[int, int]:
    """What the limits of the month and of the year leave."""
    rule, local = rule_in_force(), timezone.localtime(now)
    month = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    given = TimeGift.objects.filter(giver=participant)

    def sum_since(moment: datetime) -> int:
        return given.filter(at__gte=moment).aggregate(sum=Sum("minutes"))["sum"] or 0

    return (
        rule.gift_minutes_a_month - sum_since(month),
        rule.gift_minutes_a_year - sum_since(month.replace(month=1)),
    )


@transaction.atomic
def give(
    *,
    person: Person,
    minutes: int,
    participant: Participant | None = None,
    by: "User",
    now: datetime,
) -> TimeGift:
    """Gives voluntary minutes to a member of one's family.

    They leave the giver's balance; the receiver's certificate of service never shows them, for it is
    made of what the receiver did. The desk gives for a `participant` without an account.

    Raises NotAllowed, Refused (`not_family`, `bad_minutes`), WrongState (`not_enough`, `gift_limit`, `account_stopped`).
    """
    giver = whose(participant, by)
    if participant is not None and is_of_person(person, by):
        raise NotAllowed(_("Nobody enters at the desk what they get themselves."), code="own_case")
    family = relatives(person=participant.person) if participant else relatives(by)
    if not family.filter(pk=person.pk).exists():
        message = _("Minutes are given to whoever belongs to the same household on the roll.")
        raise Refused(message, code="not_family", field="person")
    if minutes < 1:
        raise Refused(_("Give one minute at least."), code="bad_minutes", field="minutes")
    receiver = _participant(person, now)
    if giver is None:
        raise WrongState(_("There are not so many minutes to give."), code="not_enough")
    # Locked in the order of their keys.
    who = sorted((giver, receiver), key=lambda one: one.pk)
    accounts = {one.pk: ledgers.locked_minutes(one, MinutesKind.VOLUNTARY) for one in who}
    mine = accounts[giver.pk]
    if mine.stopped_at:
        message = _("This account is being checked; nothing is given until then.")
        raise WrongState(message, code="account_stopped")
    if minutes > _served(mine):
        raise WrongState(_("There are not so many minutes to give."), code="not_enough")
    if minutes > min(_left(giver, now)):
        message = _("The limit leaves %(left)d minutes to give.")
        left = max(min(_left(giver, now)), 0)
        raise WrongState(message % {"left": left}, code="gift_limit")
    gift: TimeGift = TimeGift.objects.create(
        giver=giver, receiver=receiver, rule=rule_in_force(), minutes=minutes, by=by, at=now
    )
    for account, amount, kind in (
        (mine, -minutes, EntryKind.GIFT_OUT),
        (accounts[receiver.pk], minutes, EntryKind.GIFT_IN),
    ):
        ledgers.book(
            account,
            amount=amount,
            kind=kind,
            source=EntrySource.GIFT,
            source_id=gift.pk,
            month=timezone.localdate(now),
            text="时间银行",
            by=by,
            now=now,
        )
    detail = {"minutes": minutes} | audit.on_behalf_of(participant)
    audit.record("service.give-time", by=by, obj=gift, detail=detail, now=now)
    return gift


def _participant(person: Person, now: datetime) -> Participant:
    """The participant that somebody of the family is, made the first time."""
    if person.account_id is not None:
        known = Participant.objects.filter(account=person.account_id).first()
        if known is not None:
            return known
    participant, _is_new = Participant.objects.get_or_create(
        person=person,
        defaults={
            "name": person.name,
            "account_id": person.account_id,
            "place": person.place,
            "entered_at": now,
        },
    )
    return participant


# --- The family's points ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Home:
    """A household of somebody's, with the points of its family."""

    household: Household
    balance: int


def family_points(user: "User") -> list[Home]:
    """The family accounts of somebody; nothing before anything was passed on."""
    rows = homes(user)
    balances = dict(
        PointsAccount.objects.filter(household__in=rows).values_list("household", "balance")
    )
    return [Home(row, balances.get(row.pk, 0)) for row in rows]


def own_home(
    user: "User", household: Household, participant: Participant | None = None
) -> Household:
    """A household of whose family somebody is. Raises NotAllowed."""
    own = homes(person=participant.person) if participant else homes(user)
    if not any(home.pk == household.pk for home in own):
        raise NotAllowed(_("This is no household of the family."))
    return household


@transaction.atomic
def feed(
    *,
    household: Household,
    points: int,
    participant: Participant | None = None,
    by: "User",
    now: datetime,
) -> PointsAccount:
    """Passes points of one's own to the family's account (家庭积分).

    The desk passes them on for a `participant` without an account. Raises NotAllowed for another
    household, Refused (`bad_points`), WrongState (`not_enough_points`, `account_stopped`).
    """
    at_desk, participant = participant, whose(participant, by)
    own_home(by, household, at_desk)
    if at_desk is not None and _lives_in(by, household):
        raise NotAllowed(_("Nobody enters at the desk what they get themselves."), code="own_case")
    if points < 1:
        raise Refused(_("Pass one point at least."), code="bad_points", field="points")
    own = PointsAccount.objects.filter(participant=participant).first() if participant else None
    if own is None or participant is None:
        raise WrongState(_("There are not so many points."), code="not_enough_points")
    family, _is_new = PointsAccount.objects.get_or_create(household=household)
    locked = {
        row.pk: row
        for row in PointsAccount.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=[own.pk, family.pk])
        .order_by("pk")
    }
    own, family = locked[own.pk], locked[family.pk]
    if own.stopped_at or family.stopped_at:
        message = _("This account is being checked; nothing is passed on until then.")
        raise WrongState(message, code="account_stopped")
    if own.balance < points:
        raise WrongState(_("There are not so many points."), code="not_enough_points")
    words = {
        "kind": EntryKind.FEED,
        "source": EntrySource.ENTRY,
        "month": timezone.localdate(now),
        "text": "家庭积分",
        "by": by,
        "now": now,
    }
    # Each entry names the other: one's own the place of the family's, the family's one's own key.
    mine = ledgers.book(own, amount=-points, source_id=_next_key(own), **words)  # type: ignore[arg-type]
    ledgers.book(family, amount=points, source_id=mine.pk, **words)  # type: ignore[arg-type]
    detail = {"points": points} | audit.on_behalf_of(at_desk)
    audit.record("service.feed-family", by=by, obj=family, detail=detail, now=now)
    return family


def _lives_in(by: "User", household: Household) -> bool:
    """Whether somebody is of a household's family, under whatever name."""
    people = Person.objects.filter(
        pk__in=_belongings().filter(household=household).values("person")
    )
    return any(map(Oneself(by).is_person, people))


def _next_key(account: PointsAccount) -> int:
    """What no entry of an account has named yet: the number that its next one gets."""
    return account.length + 1
