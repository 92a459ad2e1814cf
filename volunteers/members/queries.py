"""Reading the roster of members."""

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from orgs.db.counting import counted
from orgs.enums import UnitKind
from orgs.errors import Refused
from orgs.models import PartyOrganisation, Unit
from orgs.scoping import lies_in
from orgs.values import phones
from orgs.values.names import compared
from residents.models import Person
from residents.roll.queries import people_of
from residents.roll.values import id_numbers
from volunteers.models import BuildingPost, HouseholdLink, PartyMembership

if TYPE_CHECKING:
    from orgs.models import User

# No telephone number has as many digits, with its country code or without.
SHORTEST_ID = 15


def members_of(unit: Unit, among: QuerySet[PartyMembership]) -> QuerySet[PartyMembership]:
    """The members of the organisations that cover something in a unit; of a building, who lives there."""
    if unit.kind == UnitKind.BUILDING:
        living = people_of(unit, Person.objects.all())
        return among.filter(person__in=living.order_by().values("pk"))
    organisations = PartyOrganisation.objects.filter(lies_in(unit, "covers"))
    return among.filter(organisation__in=organisations.order_by().values("pk"))


def by_class(unit: Unit) -> QuerySet[Any]:
    """How many members of each class, to be read with other counts."""
    members = members_of(unit, PartyMembership.objects.filter(ends=None))
    return counted("members", members, "member_class", number=Count("pk"))


def person_on_roll(organisation: PartyOrganisation, name: str, number: str) -> Person | None:
    """The person of a name and a telephone or ID number, among those where an organisation works.

    Raises Refused for a number that is neither.
    """
    number, name_key = "".join(number.split()), compared(name)
    if len(number) >= SHORTEST_ID:
        people = Person.objects.filter(id_index=id_numbers.index(id_numbers.normalise(number)))
    else:
        people = Person.objects.filter(phone_index=phones.index(phones.normalise(number)))
    here = Q(pk__in=())
    for unit in organisation.covers.all():
        here |= Q(pk__in=people_of(unit, Person.objects.all()).order_by().values("pk"))
    return people.filter(here, name_key=name_key, erased_at=None).first()


def required_person(organisation: PartyOrganisation, name: str, number: str) -> Person:
    """The same; raises Refused (`not_on_roll`) for nobody. Nobody is typed in a second time."""
    try:
        person = person_on_roll(organisation, name, number)
    except Refused as error:
        raise Refused(error.message, code=error.code, field="number")
    if person is None:
        message = _(
            "Nobody of this name and number is on the roll there. Ask the community to enter them."
        )
        raise Refused(message, code="not_on_roll", field="number")
    return person


def history_of(membership: PartyMembership) -> QuerySet[PartyMembership]:
    """All rows of a member, the latest first."""
    return (
        PartyMembership.objects.filter(person=membership.person_id)
        .select_related("organisation", "entered_by")
        .order_by("-starts", "-pk")
    )


def posts_held(
    unit: Unit | None, role: str, among: QuerySet[BuildingPost]
) -> QuerySet[BuildingPost]:
    """The posts held today, in a unit or (None) anywhere; of one kind, or ("") all."""
    links = among.filter(ends=None)
    if unit:
        links = links.filter(lies_in(unit, "building"))
    if role:
        links = links.filter(role=role)
    return links.select_related("building", "person", "user", "household")


def own_data(user: "User") -> dict[str, Any]:
    """What this floor knows of an account, for the copy of one's data."""
    return _own_parts(Q(person__account=user))


def own_data_of_person(person: Person) -> dict[str, Any]:
    """The same of a person of the roll."""
    return _own_parts(Q(person=person))


def _own_parts(own: Q) -> dict[str, Any]:
    rows = PartyMembership.objects.filter(own).order_by("pk")
    links = HouseholdLink.objects.filter(own).order_by("pk")
    links = links.select_related("household__building")
    return {
        "party_memberships": list(
            rows.values("organisation__name", "member_class", "joined_on", "starts", "ends")
        ),
        "contact_of_households": [
            {"home": str(link.household), "starts": link.starts, "ends": link.ends}
            for link in links
        ],
    }


def own_data_parts() -> dict[str, Any]:
    """How these parts of the copy are called, and of which model they are."""
    return {
        "party_memberships": (_("party memberships"), PartyMembership),
        "contact_of_households": (_("contacts of households"), HouseholdLink),
    }


def people_still_needed() -> QuerySet[Any]:
    """Whom retention leaves alone: a mobile member has moved out and is still on the roster."""
    members = PartyMembership.objects.filter(ends=None).order_by().values("person")
    posts = BuildingPost.objects.filter(ends=None, person__isnull=False).order_by()
    return members.union(posts.values("person"), all=True)
