from django.apps import AppConfig
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
    "deliberation.fetch-roll": _("roll of a poll fetched"),
}


class DeliberationConfig(AppConfig):
    name = "residents.deliberation"
    label = "deliberation"
    verbose_name = _("Deliberation")

    def ready(self) -> None:
        from orgs import registry
        from orgs.audit import labels
        from orgs.db import append_only
        from orgs.notifications import notifications
        from orgs.web import navigation
        from residents.deliberation import grants  # noqa: F401 (fills the table of permissions)
        from residents.deliberation.navigation import ITEMS
        from residents.deliberation.polls import notifications as poll_notifications
        from residents.deliberation.polls import own_data
        from residents.deliberation.polls.attachments import may_see_poll_paper

        # Frozen by the database: a poll from its announcement on, a roll from the opening on.
        append_only.register("deliberation.Poll", free=("state",), draft=("state", "draft"))
        for label in ("RollEntry", "RollPart"):
            append_only.register(f"deliberation.{label}", free=(), draft=("state", "open"))
        append_only.register("deliberation.Ballot", free=("state",))
        for label in ("PollEvent", "Delivery", "Turnout", "Checkpoint", "PollClause"):
            append_only.register(f"deliberation.{label}")
        for kind in poll_notifications.KINDS:
            notifications.register(kind)
        registry.register(registry.Name.MAY_SEE_ATTACHMENT, may_see_poll_paper)
        registry.register(registry.Name.PEOPLE_STILL_NEEDED, own_data.people_still_needed)
        registry.register(registry.Name.PERSONAL_DATA_OF, own_data.own_data)
        registry.register(registry.Name.PERSONAL_DATA_PARTS, own_data.own_data_parts)
        navigation.register(ITEMS)
        labels.add(AUDIT_LABELS)
