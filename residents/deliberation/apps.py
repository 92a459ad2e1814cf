from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

# What the audit calls what this app does.
AUDIT_LABELS = {
    "deliberation.create-poll": _("poll set up"),
    "deliberation.edit-poll": _("draft of a poll changed"),
    "deliberation.announce-poll": _("poll announced"),
    "deliberation.order-poll": _("owners' committee ordered to convene"),
    "deliberation.rebuild-roll-poll": _("roll of a poll drawn up anew"),
    "deliberation.open-poll": _("voting opened"),
    "deliberation.close-poll": _("voting closed"),
    "deliberation.import-result-poll": _("official result entered"),
    "deliberation.publish-poll": _("result of a poll published"),
    "deliberation.object": _("objection made"),
    "deliberation.answer": _("objection answered"),
    "deliberation.decide-entry": _("unclear entry of a roll decided"),
    "deliberation.choose-voter": _("voter of co-owners written down"),
    "deliberation.mark-veto": _("own part taken by a lift written down"),
    "deliberation.deliver": _("delivery of a ballot written down"),
    "deliberation.pass-vote": _("unused vote passed to the buyer"),
    "deliberation.cast": _("ballot cast"),
    "deliberation.enter-paper": _("paper ballot entered"),
    "deliberation.settle-paper": _("paper ballot read by a third person"),
    "deliberation.give-proxy": _("proxy entered"),
    "deliberation.revoke-proxy": _("proxy revoked"),
    "deliberation.turnout": _("turnout of an election written down"),
    "deliberation.dispute": _("ballot disputed"),
    "deliberation.decide-dispute": _("disputed ballot decided"),
    "deliberation.read-openings": _("opened ballots of a poll read"),
    "deliberation.end-posting-poll": _("posting of a result ended"),
    "deliberation.print-ballots": _("ballots of a poll ordered"),
    "deliberation.fetch-ballots": _("printed ballots fetched"),
    "deliberation.forget-ballots": _("old printed ballots deleted"),
    "deliberation.keep-result-file": _("file of an official result kept"),
    "deliberation.import-result": _("numbers of an official platform read from its workbook"),
    "deliberation.read-result-file": _("file of an official result read"),
    "deliberation.fetch-roll": _("roll of a poll fetched"),
    "deliberation.set-rules": _("rules of topics set"),
    "deliberation.say": _("contribution to a discussion"),
    "deliberation.hide-comment": _("contribution hidden"),
    "deliberation.appeal-comment": _("appeal against hiding"),
    "deliberation.decide-appeal": _("appeal against hiding decided"),
    "deliberation.export-discussion": _("discussion fetched as Excel"),
    "deliberation.call-meeting": _("joint meeting called"),
    "deliberation.write-minutes": _("minutes of a joint meeting written"),
    "deliberation.object-to-topic": _("objection to a decision"),
    "deliberation.answer-topic-objection": _("objection to a decision answered"),
    "deliberation.print-notice": _("notice of a decision printed"),
    "deliberation.promise": _("something promised"),
    "deliberation.report-promise": _("progress of a promise reported"),
    "deliberation.end-promise": _("promise done or dropped"),
    "deliberation.finish-part": _("part of a joint work order done"),
    "deliberation.open-order": _("work order opened for a promise"),
}


class DeliberationConfig(AppConfig):
    name = "residents.deliberation"
    label = "deliberation"
    verbose_name = _("Deliberation")

    def ready(self) -> None:
        from orgs import registry
        from orgs.audit import labels
        from orgs.db import append_only
        from orgs.imports import rosters
        from orgs.notifications import notifications
        from orgs.web import navigation
        from residents.deliberation import grants  # noqa: F401 (fills the table of permissions)
        from residents.deliberation.discussion import notifications as discussion_notifications
        from residents.deliberation.discussion import panels as discussion_panels
        from residents.deliberation.enums import TopicAction
        from residents.deliberation.meetings import panels as meetings_panels
        from residents.deliberation.navigation import ITEMS
        from residents.deliberation.polls import notifications as poll_notifications
        from residents.deliberation.polls import own_data
        from residents.deliberation.polls.attachments import may_see_poll_paper
        from residents.deliberation.polls.official_workbook import OFFICIAL_RESULT
        from residents.deliberation.promises import panels as promises_panels
        from residents.deliberation.topics import notifications as topic_notifications
        from residents.deliberation.topics import own_data as topic_data
        from residents.deliberation.topics import panels as topic_panels
        from residents.deliberation.topics import purposes as topic_purposes
        from residents.deliberation.topics import queries as topic_queries
        from residents.deliberation.topics.course import rules as topic_rules
        from residents.deliberation.topics.course import steps
        from residents.privacy import purposes

        # Frozen by the database: a poll from its announcement on, a roll from the opening on.
        append_only.register("deliberation.Poll", free=("state",), draft=("state", "draft"))
        for label in ("RollEntry", "RollPart"):
            append_only.register(f"deliberation.{label}", free=(), draft=("state", "open"))
        append_only.register("deliberation.Ballot", free=("state",))
        for label in ("PollEvent", "Delivery", "Turnout", "Checkpoint", "PollClause", "ResultFile"):
            append_only.register(f"deliberation.{label}")
        rosters.register(OFFICIAL_RESULT)
        for kind in poll_notifications.KINDS:
            notifications.register(kind)
        registry.register(registry.Name.MAY_SEE_ATTACHMENT, may_see_poll_paper)
        for label in ("TopicRule", "TopicText", "TopicEntry", "TopicAttachment"):
            append_only.register(f"deliberation.{label}")
        for label in ("PromiseEntry", "PromiseAttachment", "ResultRating"):
            append_only.register(f"deliberation.{label}")
        # A signature ends; nothing else of it changes.
        append_only.register("deliberation.CoSignature", free=())
        # After migrate and after a test's flush alike: no installation is without rules.
        post_migrate.connect(topic_rules.ensure_first_rule, sender=self)
        for kind in (*topic_notifications.KINDS, *discussion_notifications.KINDS):
            notifications.register(kind)
        registry.register(registry.Name.MAY_SEE_ATTACHMENT, topic_queries.may_see_attachment)
        for panel in (
            promises_panels.publicity_panel,
            promises_panels.promises_panel,
            promises_panels.ratings_panel,
            meetings_panels.panel,
            discussion_panels.panel,
        ):
            registry.register(registry.Name.TOPIC_PANELS, panel)
        registry.register(registry.Name.PERSONAL_DATA_OF, topic_data.own_data)
        registry.register(registry.Name.PERSONAL_DATA_OF_PERSON, topic_data.own_data_of_person)
        registry.register(registry.Name.PERSONAL_DATA_PARTS, topic_data.own_data_parts)
        purposes.add(topic_purposes.USES)
        registry.register(registry.Name.UNIT_PANELS, topic_panels.unit_panel)
        registry.register(registry.Name.DESK_PANELS, topic_panels.desk_panel)
        registry.register(registry.Name.POLL_PUBLISHED, steps.poll_published)
        registry.register(registry.Name.PEOPLE_STILL_NEEDED, own_data.people_still_needed)
        registry.register(registry.Name.PERSONAL_DATA_OF, own_data.own_data)
        registry.register(registry.Name.PERSONAL_DATA_OF_PERSON, own_data.own_data_of_person)
        registry.register(registry.Name.PERSONAL_DATA_PARTS, own_data.own_data_parts)
        navigation.register(ITEMS)
        labels.add(AUDIT_LABELS)
        # As the use-case writes it, and as the address of a refused request.
        for action in TopicAction:
            labels.add(
                {
                    f"deliberation.{action}-topic": action.label,
                    f"topic-{action}": action.label,
                }
            )
