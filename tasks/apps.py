from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class TasksConfig(AppConfig):
    name = "tasks"
    verbose_name = _("Tasks")

    def ready(self) -> None:
        from orgs import append_only, audit_labels, notifying, registry
        from tasks import catalogue_grants, grants, notices  # noqa: F401 (they fill the table of permissions)
        from tasks.catalogue import ensure_rate_rule, ensure_whistle_rules
        from tasks.enums import Action
        from tasks.queries import may_see_attachment, own_reports

        # After migrate and after a test's flush alike: no installation is without limits.
        post_migrate.connect(ensure_whistle_rules, sender=self)
        post_migrate.connect(ensure_rate_rule, sender=self)
        for kind in notices.KINDS:
            notifying.register(kind)
        append_only.register("tasks.Event")
        append_only.register("tasks.LimitStepTaken")
        append_only.register("tasks.WhistleRule")
        append_only.register("tasks.RateRule")
        registry.register("may_see_attachment", may_see_attachment)
        registry.register("personal_data_of", own_reports)
        audit_labels.add(
            {
                "tasks.watch-limits": _("limits watched"),
                "tasks.ask-exclusion": _("asked to leave a task out of the rates"),
                "tasks.decide-exclusion": _("decided on leaving a task out of the rates"),
                "tasks.new-rate-rule": _("weights of the rates changed"),
                "tasks.new-whistle-rule": _("limits of a whistle changed"),
            }
        )
        # As the use-case writes it, and as the address of a refused request.
        for action in Action:
            audit_labels.add({f"tasks.{action}": action.label, f"task-{action}": action.label})
