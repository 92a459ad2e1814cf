from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardsConfig(AppConfig):
    name = "governance.dashboards"
    label = "dashboards"
    verbose_name = _("Dashboards")

    def ready(self) -> None:
        from governance.dashboards import grants  # noqa: F401 (fills the table of permissions)
        from governance.dashboards.counting import days
        from governance.dashboards.navigation import ITEMS
        from orgs import registry
        from orgs.web import navigation

        registry.register(registry.Name.DAY_COUNTED, days.roll_up)
        registry.register(registry.Name.DAYS_COUNTED, days.settle)
        navigation.register(ITEMS)
