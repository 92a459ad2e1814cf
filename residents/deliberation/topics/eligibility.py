"""Who may raise, sign and judge a topic, and how many they are: people, households, area."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from orgs.models import Unit
from orgs.scoping import lies_in
from orgs.values.days import age_on
from residents.deliberation.enums import (
    MEETINGS_DECIDE,
    OWNERS_DECIDE,
    Decider,
    PetitionBasis,
    Threshold,
)
from residents.deliberation.models import CoSignature, Topic
from residents.enums import OWNING, HouseholdState, Relation
from residents.models import Belonging, Household
from residents.roll.rights import verified_belongings

if TYPE_CHECKING:
    from orgs.models import User

ADULT = 18
# The households' delegates who can call a residents' meeting: a tenth (organic law, art. 26).
MEETING_PERCENT = 10


def for_owners(decider: str) -> bool:
    """Whether a topic with this decider matters to owners alone."""
    return decider in OWNERS_DECIDE


def home_of(user: "User", unit: Unit, *, owners: bool) -> Belonging | None:
    """The verified home by which somebody takes part in a place's topics; None without one.

    An owner's before others. Whoever is known to be younger than 18 takes no part.
    """
    homes = verified_belongings(user).filter(lies_in(unit, "household__building"))
    if owners:
        homes = homes.filter(relation__in=OWNING)
    rows = list(homes.select_related("person", "household__building").order_by("pk"))
    rows.sort(key=lambda one: one.relation not in OWNING)
    return next((one for one in rows if is_adult(one)), None)


def is_adult(belonging: Belonging) -> bool:
    """Whether the person of a home is 18, or nobody knows better."""
    born = belonging.person.born
    return born is None or age_on(born, timezone.localdate()) >= ADULT


@dataclass(frozen=True)
class Signed:
    """How many signed a topic. `area` is in 0.01 m², of the homes that signing owners own."""

    people: int
    households: int
    area: int


@dataclass(frozen=True)
class Petition:
    """How far a petition is: signed of all, by heads and (where it counts) by area in 0.01 m²."""

    heads: int
    all_heads: int
    area: int
    all_area: int
    percent: int
    by_area: bool

    @property
    def reached(self) -> bool:
        """Whole numbers: "以上" includes the number itself (Civil Code, art. 1259)."""
        heads = self.all_heads > 0 and 100 * self.heads >= self.percent * self.all_heads
        area = 100 * self.area >= self.percent * self.all_area > 0
        return heads and (area or not self.by_area)

    @property
    def heads_needed(self) -> int:
        return -(-self.percent * self.all_heads // 100)

    @property
    def area_needed(self) -> int:
        return -(-self.percent * self.all_area // 100)


def active(topic: Topic, *, current: bool = False) -> QuerySet[CoSignature]:
    """The signatures that stand; `current`: only those under the present text."""
    rows = CoSignature.objects.filter(topic=topic, ended_at=None)
    return rows.filter(version=topic.text_version) if current else rows


def counts(topic: Topic) -> Signed:
    """Who signed a topic, in two statements."""
    signed = active(topic).aggregate(
        people=Count("person", distinct=True), households=Count("household", distinct=True)
    )
    area = _owned_by(active(topic), topic.unit).aggregate(sum=Sum("area"))["sum"] or 0
    return Signed(signed["people"], signed["households"], area)


def needed(topic: Topic) -> int:
    """How many co-signers open the discussion: none for what an organisation proposes."""
    return topic.rule.threshold if topic.proposed_as == "resident" else 0


def counted(topic: Topic, count: Signed) -> int:
    """The number that is compared with `needed`."""
    by_households = topic.rule.counted_by == Threshold.HOUSEHOLDS
    return count.households if by_households else count.people


def has_petition(topic: Topic) -> bool:
    """Whether signatures can call a meeting about this topic: one of owners or of residents."""
    return topic.decider in OWNERS_DECIDE or topic.decider == Decider.RESIDENTS


def petition(topic: Topic) -> Petition:
    """How far the signatures under the present text are on the way to a petition.

    Of owners: 20 % of them (物业管理条例, art. 13; Hubei, art. 26), or of area and owners (建房
    〔2009〕274号, art. 21). One person with several flats is one owner, and so is the developer with
    all that is unsold or not handed over. Of a residents' meeting: a tenth of the households'
    delegates (organic law, art. 26).
    """
    signed, unit = active(topic, current=True), topic.unit
    if topic.decider in MEETINGS_DECIDE:
        homes = _parts(unit).exclude(
            state__in=[HouseholdState.UNSOLD, HouseholdState.UNDELIVERED, HouseholdState.SHOP]
        )
        heads = signed.aggregate(homes=Count("household", distinct=True))["homes"]
        return Petition(heads, homes.count(), 0, 0, MEETING_PERCENT, False)
    owned = _owned_by(signed, unit)
    heads = _heads(owned)
    whole = _parts(unit)
    by_area = topic.rule.petition_basis == PetitionBasis.AREA_AND_OWNERS
    area = owned.aggregate(sum=Sum("area"))["sum"] or 0
    all_area = whole.aggregate(sum=Sum("area"))["sum"] or 0
    return Petition(heads, _heads(whole), area, all_area, topic.rule.petition_percent, by_area)


def _parts(unit: Unit) -> QuerySet[Household]:
    """The exclusive parts of a place: flats and shops; parking spaces are none of them here."""
    rows = Household.objects.filter(lies_in(unit, "building"))
    return rows.exclude(state=HouseholdState.PARKING)


def _owned_by(signatures: QuerySet[CoSignature], unit: Unit) -> QuerySet[Household]:
    """The parts that those who signed as owners own today, alone or with others."""
    owners = signatures.filter(is_owner=True).order_by().values("person")
    owned = Belonging.objects.filter(person__in=owners, relation__in=OWNING, ends=None)
    return _parts(unit).filter(pk__in=owned.order_by().values("household"))


def _heads(parts: QuerySet[Household]) -> int:
    """How many owners some parts have: each part's first owner, the developer once.

    A part whose owner nobody knows counts as one more: the denominator is never too small.
    """
    first = Belonging.objects.filter(relation=Relation.OWNER, ends=None)
    owners = first.filter(household__in=parts.order_by().values("pk"))
    known = owners.aggregate(people=Count("person", distinct=True))["people"]
    unknown = parts.filter(~Exists(first.filter(household=OuterRef("pk"))))
    developers = Q(state__in=[HouseholdState.UNSOLD, HouseholdState.UNDELIVERED])
    of = unknown.aggregate(
        developer=Count("pk", filter=developers), others=Count("pk", filter=~developers)
    )
    return known + min(of["developer"], 1) + of["others"]
