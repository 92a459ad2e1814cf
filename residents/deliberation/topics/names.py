"""Who stands behind what is said: offices by name, neighbours as far as they agreed to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orgs.models import User
from orgs.values import phones
from residents.deliberation.enums import PRIVATE_TOPIC_RELATIONS, TopicWho
from residents.deliberation.topics.workflow import WORKFLOW
from residents.enums import ConsentPurpose, Relation
from residents.privacy import consents

if TYPE_CHECKING:
    from residents.deliberation.models import Topic, TopicEntry

# As what somebody speaks, the weightiest first.
SPEAKING = (
    *(TopicWho.SECRETARY, TopicWho.COMMITTEE, TopicWho.PROPERTY, TopicWho.COMMUNITY),
    *(TopicWho.GRID, TopicWho.STREET, TopicWho.COUNCIL, TopicWho.RESIDENT),
)


@dataclass(frozen=True)
class Names:
    """The names of some accounts, as one reader may see them."""

    viewer: int | None
    open: frozenset[int]

    def of(self, person: User, who: str) -> str:
        """The role, and the name: whole for offices, oneself and who agreed, else 王**."""
        label = speaker_label(who)
        private = (
            who in PRIVATE_TOPIC_RELATIONS or who in Relation.values or who == TopicWho.COUNCIL
        )
        if private and person.pk != self.viewer and person.pk not in self.open:
            return f"{label} {phones.mask_name(person.name)}"
        return f"{label} {person.name}"


def speaker_label(who: str) -> str:
    """A standing or a relation in words."""
    if who in TopicWho.values:
        return str(TopicWho(who).label)
    return str(Relation(who).label) if who in Relation.values else who


def names_for(people: Iterable[int | None], viewer: User) -> Names:
    """The names of accounts for one reader, in two statements."""
    known = {one for one in people if one is not None}
    agreed = consents.who_agreed(known, ConsentPurpose.DELIBERATION) if known else set()
    return Names(viewer.pk, frozenset(agreed))


def author(entry: "TopicEntry", names: Names) -> str:
    """Who did what an entry tells."""
    if entry.by is None:
        return str(TopicWho.SYSTEM.label)
    return names.of(entry.by, entry.who)


def speaks_as(topic: "Topic", user: User) -> str:
    """As what somebody takes part in a discussion; "" for who only reads it."""
    relations = WORKFLOW.relations(topic, user)
    who = next((one for one in SPEAKING if one in relations), None)
    return who.value if who else ""
