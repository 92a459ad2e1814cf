from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.utils.translation import gettext_lazy as _


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = _("Governance")

    def ready(self) -> None:
        from governance.navigation import ITEMS
        from orgs.audit import labels
        from orgs.web import navigation

        navigation.register(ITEMS)
        labels.add(
            {
                "governance.back_up": _("backup made"),
                "governance.restore": _("backup restored"),
            }
        )


class AdminConfig(DjangoAdminConfig):
    """Django's administration, grouped by noun."""

    default_site = "governance.admin_site.PortalSite"


class StaticFiles(StaticFilesConfig):
    """Leaves out what no page loads."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *("django_htmx", "redoc", "rest_framework"),
        *("echarts.[!c]*", "echarts.common.js*", "extension", "package.json"),
        *("gcoord.[!g]*", "gcoord.global.js*", "*.d.ts"),
        *("htmx.[!m]*", "htmx.min.js.gz", "ext"),
        "leaflet-src*",
    ]
