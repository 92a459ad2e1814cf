from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResidentsConfig(AppConfig):
    name = "residents"
    verbose_name = _("Residents")

    def ready(self) -> None:
        from orgs import append_only, audit_labels, notifying, registry
        from residents import claims, grants, overview, privacy  # noqa: F401 (grants fill the table of permissions)
        from residents.households import follow_codes
        from residents.queries import may_see_paper

        append_only.register("residents.Visit")
        append_only.register("residents.Unmasking")
        append_only.register("residents.Consent")
        append_only.register("residents.PrivacyNotice")
        append_only.register("residents.ImpactAssessment")
        for kind in claims.notice_kinds():
            notifying.register(kind)
        registry.register("units_recoded", follow_codes)
        registry.register("unit_panels", overview.panel)
        registry.register("may_see_attachment", may_see_paper)
        registry.register("notice_to_accept", privacy.current_notice)
        registry.register("notice_accepted", privacy.accept)
        audit_labels.add(
            {
                "residents.add-household": _("household added"),
                "residents.add-households": _("households added by pattern"),
                "residents.change-household": _("household changed"),
                "residents.enter-person": _("person entered on the roll"),
                "residents.correct-person": _("person corrected on the roll"),
                "residents.log-visit": _("visit written down"),
                "residents.claim": _("home claimed"),
                "residents.claim-verified": _("claim of a home verified"),
                "residents.claim-refused": _("claim of a home refused"),
                "residents.claim-withdrawn": _("claim of a home withdrawn"),
                "residents.print-letters": _("letters to the doors printed"),
                "residents.wrong-door-code": _("wrong code of a letter"),
                "residents.unmask": _("private data seen in clear"),
                "residents.export-unmaskings": _("report of who saw whom fetched"),
                "residents.publish-notice": _("privacy notice published"),
                "residents.consent": _("consent given or withdrawn"),
                "residents.export-own-data": _("own data fetched"),
                "residents.ask-about-data": _("request about own data"),
                "residents.decide-about-data": _("request about data decided"),
                "residents.erase-person": _("person erased on the roll"),
                "residents.forget-claims": _("names and papers of claims deleted"),
                "residents.empty-own-data": _("data emptied after a consent was withdrawn"),
                "residents.assess-impact": _("impact assessment approved"),
                "residents.order-letters": _("letters to the doors ordered"),
                "residents.fetch-letters": _("letters to the doors fetched"),
                "residents.forget-letters": _("files of letters deleted"),
                "residents.forget": _("old personal records deleted"),
                "residents.move-in": _("person moved in"),
                "residents.move-out": _("person moved out"),
            }
        )
