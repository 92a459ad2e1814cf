"""What somebody is to one topic: by office, by the own home, hand or seat."""

from typing import TYPE_CHECKING

from django.utils import timezone

from orgs.enums import Role
from orgs.scoping import reach_of
from orgs.units.queries import holders
from orgs.workflow.transitions import System
from residents.deliberation.enums import SideKind, TopicStage, TopicWho
from residents.deliberation.models import Topic
from residents.deliberation.topics.course import decisions, eligibility
from residents.enums import BodyKind
from residents.models import BodyMember
from residents.roll.rights import verified_belongings

if TYPE_CHECKING:
    from typing import TypeAlias

    from orgs.models import User
    from orgs.scoping import Person

    Actor: TypeAlias = Person | System

STREET_ROLES = frozenset({Role.STREET_CADRE, Role.STREET_LEADER})
ROLE_OF: dict[TopicWho, frozenset[Role]] = {
    TopicWho.COMMUNITY: frozenset({Role.COMMUNITY_WORKER}),
    TopicWho.GRID: frozenset({Role.GRID_WORKER}),
    TopicWho.SECRETARY: frozenset({Role.BRANCH_SECRETARY}),
    TopicWho.COMMITTEE: frozenset({Role.OWNERS_COMMITTEE}),
    TopicWho.PROPERTY: frozenset({Role.PROPERTY_STAFF}),
    TopicWho.STREET: STREET_ROLES,
}
# Who enters what people of the place wrote on paper.
DESK_ROLES = ROLE_OF[TopicWho.COMMUNITY] | ROLE_OF[TopicWho.GRID]
# The roles by which somebody can come to be this to a topic; None: anybody, depending on the topic.
ROLES: dict[TopicWho, frozenset[Role] | None] = {
    **ROLE_OF,
    **dict.fromkeys(
        (
            *(TopicWho.PROPOSER, TopicWho.SIGNER, TopicWho.ELIGIBLE),
            *(TopicWho.RESIDENT, TopicWho.COUNCIL, TopicWho.RATER),
        )
    ),
    TopicWho.REVIEWER: frozenset({Role.BRANCH_SECRETARY, Role.COMMUNITY_WORKER}),
    TopicWho.SYSTEM: frozenset(),
}
# For which side somebody speaks; the desk of the community enters what others say.
SIDE_OF: dict[TopicWho, SideKind] = {
    TopicWho.SECRETARY: SideKind.BRANCH,
    TopicWho.COMMITTEE: SideKind.COMMITTEE,
    TopicWho.PROPERTY: SideKind.PROPERTY,
    TopicWho.COUNCIL: SideKind.RESIDENTS,
}


def relations(topic: Topic, user: "Actor") -> frozenset[TopicWho]:
    """Everything that somebody is to a topic."""
    if isinstance(user, System):
        return frozenset({TopicWho.SYSTEM})
    if not user.is_authenticated:
        return frozenset()
    held = reach_of(user).roles_at(topic.unit)
    found = {who for who, roles in ROLE_OF.items() if held & roles}
    found |= _at_home(topic, user)
    if topic.person_id is not None and held & DESK_ROLES:
        # What a resident raised on paper, the desk changes and withdraws for them.
        found.add(TopicWho.PROPOSER)
    if _reviews(topic, found):
        found.add(TopicWho.REVIEWER)
    return frozenset(found)


def _at_home(topic: Topic, user: "User") -> set[TopicWho]:
    """What somebody is to a topic by the own home, hand or seat."""
    relations = set()
    if _raised(topic, user):
        relations.add(TopicWho.PROPOSER)
    if topic.stage == TopicStage.EVALUATING and _could_decide(topic, user):
        relations.add(TopicWho.RATER)
    if not verified_belongings(user).exists():
        return relations
    if eligibility.home_of(user, topic.unit, owners=False):
        relations.add(TopicWho.RESIDENT)
        owners = eligibility.for_owners(topic.decider)
        if not owners or eligibility.home_of(user, topic.unit, owners=True):
            relations.add(TopicWho.ELIGIBLE)
    if eligibility.active(topic).filter(person__account=user.pk).exists():
        relations.add(TopicWho.SIGNER)
    if _sits_in_council(topic, user):
        relations.add(TopicWho.COUNCIL)
    return relations


def _raised(topic: Topic, user: "User") -> bool:
    """Whether a topic is somebody's: raised here, or on the paper that the desk entered."""
    if topic.person is not None:
        return topic.person.account_id == user.pk
    return topic.proposer_id == user.pk


def _could_decide(topic: Topic, user: "User") -> bool:
    """Whether somebody stands on the roll of the poll that decided; without one, is affected."""
    poll = decisions.result_poll(topic)
    if poll is not None:
        return decisions.entry_of(poll, user) is not None
    owners = eligibility.for_owners(topic.decider)
    return eligibility.home_of(user, topic.unit, owners=owners) is not None


def _sits_in_council(topic: Topic, user: "User") -> bool:
    """Whether somebody speaks for the residents today: in their council or as their representative."""
    today = timezone.localdate()
    places = [topic.unit_id, *([topic.unit.parent_id] if topic.unit.parent_id else [])]
    seats = BodyMember.objects.filter(
        term__body__unit__in=places,
        term__body__kind__in=[BodyKind.RESIDENTS_COUNCIL, BodyKind.RESIDENTS_DELEGATES],
        term__starts__lte=today,
        term__ends__gte=today,
        ends=None,
        person__account=user.pk,
    )
    return seats.exists()


def _reviews(topic: Topic, relations: set[TopicWho]) -> bool:
    """The branch of the place reviews; where it has no secretary, the community's party committee."""
    if TopicWho.SECRETARY in relations:
        return True
    if TopicWho.COMMUNITY not in relations:
        return False
    return not holders(topic.unit, {Role.BRANCH_SECRETARY}, timezone.localdate())
