from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResidentsConfig(AppConfig):
    name = "residents"
    verbose_name = _("Residents")

    def ready(self) -> None:
        from orgs import append_only, audit_labels, registry
        from residents import grants, overview  # noqa: F401 (grants fill the table of permissions)
        from residents.households import follow_codes

        append_only.register("residents.Visit")
        registry.register("units_recoded", follow_codes)
        registry.register("unit_panels", overview.panel)
        audit_labels.add(
            {
                "residents.add-household": _("household added"),
                "residents.add-households": _("households added by pattern"),
                "residents.change-household": _("household changed"),
                "residents.enter-person": _("person entered on the roll"),
                "residents.correct-person": _("person corrected on the roll"),
                "residents.log-visit": _("visit written down"),
                "residents.move-in": _("person moved in"),
                "residents.move-out": _("person moved out"),
            }
        )
