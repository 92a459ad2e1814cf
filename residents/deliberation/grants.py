"""Which roles hold the permissions of topics and polls."""

from orgs.enums import Role
from orgs.models import Unit, User
from orgs.permissions import grant, holds_role_at_unit, in_sight
from orgs.workflow.grants import grant_actions
from residents.deliberation.discussion import discussion
from residents.deliberation.enums import PollWho
from residents.deliberation.meetings import meetings
from residents.deliberation.models import (
    Ballot,
    BallotBox,
    Checkpoint,
    PollObjection,
    RollEntry,
)
from residents.deliberation.models.polls import DESK_KEEPERS, ORGANISERS, POLL_READERS
from residents.deliberation.models.rolls import ROLL_WATCHERS
from residents.deliberation.models.topics import TOPIC_READERS
from residents.deliberation.polls import queries
from residents.deliberation.polls.course.workflow import (
    STREET,
    WATCHERS,
    WORKFLOW,
    may_draft,
)
from residents.deliberation.promises import promises
from residents.deliberation.topics.course import relations as topics_relations
from residents.deliberation.topics.course import rules as topic_rules
from residents.deliberation.topics.course import workflow as topics_workflow
from residents.deliberation.topics.course.proposals import may_propose, may_propose_anywhere

# Being a superuser decides nothing about polls and ballots.
grant_actions(
    WORKFLOW,
    {
        PollWho.DRAFTER: ORGANISERS,
        PollWho.ORGANISER: ORGANISERS,
        PollWho.STREET: STREET,
        PollWho.SYSTEM: frozenset(),
    },
)


def _drafts(user: User, unit: Unit) -> bool:
    return may_draft(user, unit)


grant("deliberation.create_poll", ORGANISERS, _drafts, superusers=False)
grant("deliberation.organise_poll", ORGANISERS, _drafts, superusers=False)
grant(
    "deliberation.desk_poll",
    DESK_KEEPERS,
    holds_role_at_unit(DESK_KEEPERS, "unit"),
    superusers=False,
)
# The whole roll, the doors that are missing, the queue of paper: never the property firm.
grant("deliberation.watch_poll", ROLL_WATCHERS, queries.watches, superusers=False)
grant("deliberation.view_poll", POLL_READERS | ORGANISERS, in_sight)
for _model in (RollEntry, PollObjection):
    grant(f"deliberation.view_{_model._meta.model_name}", ROLL_WATCHERS, in_sight, superusers=False)
for _name in (model._meta.model_name for model in (Ballot, BallotBox, Checkpoint)):
    # Their columns in the admin say nothing of what was chosen.
    grant(
        f"deliberation.view_{_name}",
        WATCHERS,
        holds_role_at_unit(WATCHERS, "poll__unit"),
        superusers=False,
    )

# --- Topics ----------------------------------------------------------------------------------------

grant_actions(topics_workflow.WORKFLOW, topics_relations.ROLES)
_STREET = topics_relations.STREET_ROLES
_LOCAL = frozenset({Role.COMMUNITY_WORKER, Role.BRANCH_SECRETARY})
# Whoever has a verified home at the place proposes, and its branch, committee and community.
grant(
    "deliberation.propose_topic", None, may_propose, superusers=False, anywhere=may_propose_anywhere
)
grant(topic_rules.KEEP, _STREET | {Role.COMMUNITY_WORKER}, "")
grant(discussion.MODERATE, _STREET | _LOCAL, "unit")
grant(meetings.CALL, _STREET | _LOCAL | {Role.OWNERS_COMMITTEE}, "")
grant(promises.KEEP, {Role.OWNERS_COMMITTEE, Role.COMMUNITY_WORKER}, "unit")
for _name in (
    *("topic", "topictext", "topicentry", "topicside", "cosignature", "comment", "jointmeeting"),
    *("topicobjection", "promise", "resultrating"),
):
    grant(f"deliberation.view_{_name}", TOPIC_READERS, in_sight)
grant("deliberation.view_topicrule", TOPIC_READERS, lambda user, rule: True)
