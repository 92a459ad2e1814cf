from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

# What the audit calls what this app does.
AUDIT_LABELS = {
    "tasks.follow": _("report of a neighbour followed"),
    "tasks.unfollow": _("report of a neighbour followed no longer"),
    "tasks.reveal-contact": _("contact of a report seen"),
    "task-reveal-contact": _("contact of a report seen"),
    "tasks.watch-limits": _("limits watched"),
    "tasks.forget-contacts": _("contact taken out of closed reports"),
    "tasks.record-patrol": _("patrol written down"),
    "tasks.recheck-patrol": _("finding of a patrol looked at again"),
    "tasks.export-patrols": _("patrols exported"),
    "tasks.open-feedback-round": _("invited to rate departments"),
    "tasks.answer-feedback": _("rated a department"),
    "tasks.rate-whistle": _("spoke of a whistle"),
    "tasks.call-back-not-reached": _("called back, not reached"),
    "tasks.ask-exclusion": _("asked to leave a task out of the rates"),
    "tasks.print-bulletin": _("bulletin printed"),
    "tasks.export-bulletin": _("bulletin fetched as Excel"),
    "tasks.create-campaign": _("campaign list opened"),
    "tasks.import-campaign": _("measures imported from Excel"),
    "tasks.export-campaign": _("campaign list fetched as Excel"),
    "tasks.export-ledger": _("roster exported"),
    "tasks.import-hotline": _("hotline tickets imported"),
    "tasks.export-replies": _("answers for the hotline exported"),
    "tasks.decide-exclusion": _("decided on leaving a task out of the rates"),
    "tasks.new-rate-rule": _("weights of the rates changed"),
    "tasks.new-stage-rule": _("limits of community work changed"),
    "tasks.new-whistle-rule": _("limits of a whistle changed"),
}


class TasksConfig(AppConfig):
    name = "tasks"
    verbose_name = _("Tasks")

    def ready(self) -> None:
        from orgs import registry
        from orgs.audit import labels
        from orgs.db import append_only
        from orgs.imports import rosters
        from orgs.notifications import notifications
        from orgs.web import navigation
        from tasks import grants  # noqa: F401 (fills the table of permissions)
        from tasks.campaigns import notifications as campaigns_notifications
        from tasks.campaigns.queries import may_see_evidence
        from tasks.campaigns.roster import MEASURES
        from tasks.catalogue import duty_lists, synonyms
        from tasks.catalogue import grants as catalogue_grants  # noqa: F401 (the same for the catalogue)
        from tasks.catalogue.catalogue import (
            ensure_fixed_categories,
            ensure_rate_rule,
            ensure_whistle_rules,
        )
        from tasks.catalogue.stage_rules import ensure_stage_rules
        from tasks.enums import Action, MeasureAction
        from tasks.feedback import notifications as feedback_notifications
        from tasks.hotline.roster import HOTLINE
        from tasks.lists import panels
        from tasks.models import dispatches
        from tasks.navigation import ITEMS
        from tasks.reports import work_orders
        from tasks.workflow import contacts
        from tasks.workflow import notifications as workflow_notifications
        from tasks.workflow.queries import may_see_attachment, own_report_parts, own_reports

        # After migrate and after a test's flush alike: no installation is without limits.
        post_migrate.connect(ensure_whistle_rules, sender=self)
        post_migrate.connect(ensure_rate_rule, sender=self)
        post_migrate.connect(ensure_fixed_categories, sender=self)
        post_migrate.connect(synonyms.ensure_synonyms, sender=self)
        post_migrate.connect(ensure_stage_rules, sender=self)
        for module in (workflow_notifications, feedback_notifications, campaigns_notifications):
            for kind in module.KINDS:
                notifications.register(kind)
        for roster in (HOTLINE, MEASURES):
            rosters.register(roster)
        append_only.register("tasks.Event")
        append_only.register("tasks.LimitStepTaken")
        append_only.register("tasks.Assignment", free=dispatches.FREE)
        append_only.register("tasks.Rating")
        append_only.register("tasks.CallBackTry")
        append_only.register("tasks.WhistleRule")
        append_only.register("tasks.StageRule")
        append_only.register("tasks.RateRule")
        append_only.register("tasks.MeasureEntry")
        append_only.register("tasks.MeasureAttachment")
        registry.register(registry.Name.MAY_SEE_ATTACHMENT, may_see_attachment)
        registry.register(registry.Name.MAY_SEE_ATTACHMENT, may_see_evidence)
        registry.register(registry.Name.OPEN_WORK_ORDER, work_orders.open_work_order)
        registry.register(registry.Name.WORK_ORDER_RUNS, work_orders.runs)
        registry.register(registry.Name.WORK_ORDER_KINDS, work_orders.kinds)
        registry.register(registry.Name.PERSONAL_DATA_OF, own_reports)
        registry.register(registry.Name.PERSONAL_DATA_PARTS, own_report_parts)
        registry.register(registry.Name.UNIT_PANELS, panels.unit_panel)
        registry.register(registry.Name.UNIT_PANELS, duty_lists.unit_panel)
        registry.register(registry.Name.HOUSEHOLD_PANELS, panels.household_panel)
        registry.register(registry.Name.HOUSEHOLD_PANELS, panels.home_reports)
        registry.register(registry.Name.PERSON_PANELS, panels.person_reports)
        registry.register(registry.Name.ERASE_PERSONAL_DATA_OF, contacts.forget)
        navigation.register(ITEMS)
        labels.add(AUDIT_LABELS)
        numbers = ("number", "outside_number")
        labels.add_records({"tasks.task": labels.Records("number", exact=numbers)})
        # As the use-case writes it, and as the address of a refused request.
        for action in Action:
            labels.add({f"tasks.{action}": action.label, f"task-{action}": action.label})
        for step in MeasureAction:
            labels.add({f"tasks.{step}-measure": step.label})
