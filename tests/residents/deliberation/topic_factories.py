"""Topics and homes to test with, made by the use-cases."""

from typing import Any

from orgs.models import User
from residents.deliberation.models import Topic, TopicRule
from residents.deliberation.topics import rules, steps
from residents.enums import Relation
from residents.models import Household
from tests import factories as make

NOW = make.NOW


def at_home(
    cast: Any, user: User, room: str, relation: Relation = Relation.OWNER, **values: Any
) -> Household:
    """A verified home of an account; its household."""
    building = values.pop("building", cast.building)
    person = getattr(user, "person", None) or make.resident(building, name=user.name, account=user)
    household = make.household(building, room, **values)
    make.belonging(person, household, relation, verified_by=cast.community_worker, verified_at=NOW)
    return household


def propose(cast: Any, by: User | None = None, **values: Any) -> Topic:
    """A topic of the cast's compound that the committee decides, raised by the owner."""
    return make.topic(cast, by=by or cast.owner, **values)


def rule(cast: Any, **values: Any) -> TopicRule:
    """A version of the compound's rules: two co-signers, unless the values say otherwise."""
    first = rules.FIRST_RULE | {"threshold": 2, "sides": ["branch", "property"], **values}
    return rules.set_rule(place=cast.compound, by=cast.community_worker, now=NOW, **first)


def deciding(cast: Any, **values: Any) -> Topic:
    """A topic of the branch that waits to be decided."""
    topic = propose(cast, by=cast.secretary, **values)
    topic = steps.discuss(topic=topic, by=cast.secretary, now=NOW)
    topic = steps.review(topic=topic, by=cast.community_worker, now=NOW)
    return steps.approve(topic=topic, reason="合法可行", by=cast.secretary, now=NOW)


def decision(cast: Any, topic: Topic, **values: Any) -> Topic:
    """The committee's decision, which passes unless the values say otherwise."""
    defaults = {"on": NOW.date(), "members": 5, "present": 4, "in_favour": 4, "text": "同意装灯"}
    return steps.record_decision(
        topic=topic, by=cast.committee_member, now=NOW, **defaults | values
    )
