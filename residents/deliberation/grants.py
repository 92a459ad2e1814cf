"""Which roles hold the permissions of topics and polls."""

from orgs.enums import Role
from orgs.permissions import grant, in_sight
from orgs.workflow.grants import grant_actions
from residents.deliberation.discussion import discussion
from residents.deliberation.meetings import meetings
from residents.deliberation.models.topics import TOPIC_READERS
from residents.deliberation.promises import promises
from residents.deliberation.topics import rules as topic_rules
from residents.deliberation.topics import workflow as topics_workflow
from residents.deliberation.topics.proposals import may_propose, may_propose_anywhere

# --- Topics ----------------------------------------------------------------------------------------

grant_actions(topics_workflow.WORKFLOW, topics_workflow.ROLES)
_STREET = topics_workflow.STREET_ROLES
_LOCAL = frozenset({Role.COMMUNITY_WORKER, Role.BRANCH_SECRETARY})
# Whoever has a verified home at the place proposes, and its branch, committee and community.
grant("deliberation.propose_topic", None, may_propose, anywhere=may_propose_anywhere)
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
