"""Reading households and people. Every answer costs the same number of queries."""

from typing import TYPE_CHECKING

from django.db.models import Prefetch, Q, QuerySet

from orgs import phones
from orgs.errors import Refused
from orgs.models import Attachment, Unit
from residents import id_numbers
from residents.models import Belonging, Claim, Household, Person, PropertyContract

if TYPE_CHECKING:
    from orgs.scoping import Person as Reader


def households_of(unit: Unit, among: QuerySet[Household]) -> QuerySet[Household]:
    """The households in a unit of any kind, by code."""
    return among.filter(
        building__tree_id=unit.tree_id, building__lft__range=(unit.lft, unit.rght)
    ).select_related("building")


def people_of(unit: Unit, among: QuerySet[Person]) -> QuerySet[Person]:
    """The people on the roll of a unit of any kind, or belonging to a household in it today."""
    inside = {"tree_id": unit.tree_id, "lft__range": (unit.lft, unit.rght)}
    belonging = Belonging.objects.filter(
        ends=None, **{f"household__building__{name}": value for name, value in inside.items()}
    )
    on_roll = Q(**{f"place__{name}": value for name, value in inside.items()})
    return among.filter(on_roll | Q(pk__in=belonging.values("person")))


def household_by_code(code: str, among: QuerySet[Household]) -> Household | None:
    """The household that has this code, or had it before its building got another one."""
    found = among.select_related("building").filter(code=code).first()
    if found or code.count("-") < 2:
        return found
    building, entrance, room = code.rsplit("-", 2)
    return (
        among.select_related("building")
        .filter(building__aliases__code=building, room=room)
        .filter(entrance="" if entrance == "0" else entrance)
        .first()
    )


def with_members(households: QuerySet[Household]) -> QuerySet[Household]:
    """Households with `members`: who belongs to them today, owners first, with their person."""
    today = Belonging.objects.filter(ends=None).select_related("person")
    return households.prefetch_related(
        Prefetch("belongings", today.order_by("-relation", "pk"), to_attr="members")
    )


def with_homes(found: QuerySet[Person]) -> QuerySet[Person]:
    """People with `homes`: where they belong today, with the household and its building."""
    today = Belonging.objects.filter(ends=None).select_related("household__building")
    return found.prefetch_related(
        Prefetch("belongings", today.order_by("pk"), to_attr="homes")
    ).select_related("place")


def history_of(household: Household) -> QuerySet[Belonging]:
    """Who belonged to a household before, the latest first."""
    return household.belongings.exclude(ends=None).select_related("person").order_by("-ends", "-pk")


def matching(words: str, among: QuerySet[Person]) -> QuerySet[Person]:
    """People by name, telephone (whole, or its last four digits), ID number, or address.

    Whole numbers are found through their blind indexes, so nothing in clear is compared.
    """
    words = words.strip()
    compact = words.replace(" ", "")
    if compact.isascii() and compact.isdigit() and len(compact) == 4:
        return among.filter(phone_tail=compact)
    for normalise, index, field in (
        (phones.normalise, phones.index, "phone_index"),
        (id_numbers.normalise, id_numbers.index, "id_index"),
    ):
        try:
            return among.filter(**{field: index(normalise(words))})
        except Refused:
            continue
    for word in words.split():
        at = Belonging.objects.filter(
            Q(household__room=word) | Q(household__building__path_name__icontains=word), ends=None
        )
        among = among.filter(Q(name__icontains=word) | Q(pk__in=at.values("person")))
    return among


def may_see_paper(user: "Reader", attachment: Attachment) -> bool:
    """Whether a photo is a paper of a claim in sight that is the community's to check."""
    claims = Claim.objects.visible_to(user, one=True).filter(papers=attachment)
    return any(user.has_perm("residents.view_roll", one.household.building) for one in claims)


def may_see_contract(user: "Reader", attachment: Attachment) -> bool:
    """Whether a photo is that of a property contract with which this person works.

    Who only lives in the compound reads the facts of the contract, not the paper.
    """
    contracts = PropertyContract.objects.visible_to(user, one=True).filter(document=attachment)
    return any(user.has_perm("residents.view_propertycontract", one) for one in contracts)
