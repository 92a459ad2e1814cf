"""What people of a place say on paper or at the counter about a topic, entered for them at the desk.

The community and the grid enter it; the roll says whose home it is by. The row keeps for whom and by whom.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from orgs.enums import UnitKind
from orgs.errors import NotAllowed, Refused
from orgs.models import Unit
from orgs.scoping import lies_in, reach_of
from residents.deliberation.enums import TopicWho
from residents.deliberation.topics.course import eligibility
from residents.deliberation.topics.course.relations import DESK_ROLES
from residents.deliberation.topics.course.rules import TOPIC_PLACES
from residents.enums import OWNING
from residents.models import Belonging, Household
from residents.roll.queries import households_named

if TYPE_CHECKING:
    from orgs.models import User

# What whoever enters papers is to a topic.
DESK = frozenset({TopicWho.COMMUNITY, TopicWho.GRID})


def enters(user: "User", unit: Unit) -> bool:
    """Whether somebody enters at a place what others wrote on paper."""
    return bool(reach_of(user).roles_at(unit) & DESK_ROLES)


def paper_places(user: "User") -> list[Unit]:
    """The compounds and communities of whose people somebody enters papers."""
    if not reach_of(user).roles & DESK_ROLES:
        return []
    rows = Unit.objects.filter(reach_of(user).q("", DESK_ROLES), kind__in=TOPIC_PLACES)
    return list(rows.order_by("-level", "code")[:20])


def home_of(*, unit: Unit, household: str, name: str, owners: bool, by: "User") -> Belonging:
    """The home of the roll by which somebody takes part on paper.

    The household is named by its code or its door ("5栋501"). Raises NotAllowed for who does not enter
    papers there; Refused with the fields that are missing, `no_household` for an unknown one,
    `several_households` where more have this door, and `not_on_roll` for a name that the household does
    not have (`owners`: as an owner).
    """
    if not enters(by, unit):
        raise NotAllowed(_("Only the community and the grid enter what was signed on paper."))
    fields: dict[str, Sequence[str]] = {
        field: [_("needed for a signature on paper")]
        for field, value in (("household", household), ("name", name))
        if not value.strip()
    }
    if fields:
        raise Refused(_("Say which household signed, and who."), fields=fields)
    homes = Belonging.objects.filter(
        household=_household(unit, household.strip()),
        person__name=" ".join(name.split()),
        ends=None,
    )
    if owners:
        homes = homes.filter(relation__in=OWNING)
    homes = homes.select_related("person", "household__building").order_by("pk")
    home = next((one for one in homes if eligibility.is_adult(one)), None)
    if home is None:
        raise Refused(
            _("The roll has nobody of this name in this household who may sign."),
            code="not_on_roll",
            field="name",
        )
    return home


def _household(unit: Unit, named: str) -> Household:
    buildings = Unit.objects.filter(lies_in(unit), kind=UnitKind.BUILDING)
    rows = households_named(named, buildings)
    if not rows:
        message = _("This place has no such household: give its door (5栋501), or its code.")
        raise Refused(message, code="no_household", field="household")
    if len(rows) > 1:
        message = _(
            "Several households have this door: name the compound, the building and the entrance too."
        )
        raise Refused(message, code="several_households", field="household")
    return rows[0]
