from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.utils.translation import gettext_lazy as _


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = _("Governance")

    def ready(self) -> None:
        from orgs.audit import labels

        labels.add(
            {
                "governance.back_up": _("backup made"),
                "governance.restore": _("backup restored"),
            }
        )


class StaticFiles(StaticFilesConfig):
    """Leaves out what no page uses of the front-end packages."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *(f"tabler-{part}*" for part in ("flags", "marketing", "payments", "props", "socials")),
        "*.rtl.*",
        *("echarts.js", "echarts.min.js", "echarts.common.js", "echarts.esm*", "echarts.simple*"),
        *("gcoord.cjs*", "gcoord.esm*", "gcoord.global.js", "*.d.ts", "echarts*.map", "extension"),
        "redoc",
    ]
