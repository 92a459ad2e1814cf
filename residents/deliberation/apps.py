from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# What the audit calls what this app does.
AUDIT_LABELS: dict[str, object] = {}


class DeliberationConfig(AppConfig):
    name = "residents.deliberation"
    label = "deliberation"
    verbose_name = _("Deliberation")

    def ready(self) -> None:
        from orgs.audit import labels
        from orgs.web import navigation
        from residents.deliberation import grants  # noqa: F401 (fills the table of permissions)
        from residents.deliberation.navigation import ITEMS

        navigation.register(ITEMS)
        labels.add(AUDIT_LABELS)
