from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# What the audit calls what this app does.
AUDIT_LABELS = {
    "residents.add-household": _("household added"),
    "residents.add-households": _("households added by pattern"),
    "residents.change-household": _("household changed"),
    "residents.enter-person": _("person entered on the roll"),
    "residents.correct-person": _("person corrected on the roll"),
    "residents.log-visit": _("visit written down"),
    "residents.claim": _("home claimed"),
    "residents.claim-relation": _("relation of a claim put right"),
    "residents.leave": _("left a home"),
    "residents.take-back-request": _("request about own data taken back"),
    "residents:claim_home": _("home claimed"),
    "residents:claim_code": _("wrong code of a letter"),
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
    "residents.enter-care": _("person entered on a care roster"),
    "residents.change-care": _("entry on a care roster changed"),
    "residents.end-care": _("entry on a care roster ended"),
    "residents.read-care": _("entry on a care roster looked at"),
    "residents.export-care": _("care roster fetched as a sheet"),
    "residents.name-care-reader": _("reader of a care roster named"),
    "residents.dismiss-care-reader": _("naming of a reader taken back"),
    "residents.upload-ledger": _("file of a roster sent"),
    "residents.decide-ledger-row": _("row of a roster decided"),
    "residents.apply-ledger": _("import of a roster applied"),
    "residents.discard-ledger": _("import of a roster discarded"),
    "residents.undo-ledger": _("import of a roster undone"),
    "residents.export-ledger": _("roster fetched"),
    "residents.fetch-wrong-rows": _("rows of an import fetched to be corrected"),
    "residents.move-in": _("person moved in"),
    "residents.establish-body": _("body of residents entered"),
    "residents.add-term": _("term of office entered"),
    "residents.register-term": _("registration of a term written down"),
    "residents.end-term": _("term of office ended early"),
    "residents.seat-member": _("member of a body entered"),
    "residents.unseat-member": _("member of a body left"),
    "residents.rename-firm": _("property firm renamed by an upgrade"),
    "residents.merge-firms": _("property firms merged by an upgrade"),
    "residents.start-contract": _("property contract entered"),
    "residents.end-contract": _("property contract ended early"),
    "residents.export-coverage": _("table of the five coverages fetched"),
    "residents.move-out": _("person moved out"),
}


class ResidentsConfig(AppConfig):
    name = "residents"
    verbose_name = _("Residents")

    def ready(self) -> None:
        from orgs import registry
        from orgs.audit import labels
        from orgs.db import append_only
        from orgs.imports import rosters
        from orgs.notifications import notifications
        from orgs.web import navigation
        from residents import grants  # noqa: F401 (fills the table of permissions)
        from residents.care import panels as care_panels
        from residents.care.care_rosters import ROSTERS as CARE_ROSTERS
        from residents.claims import notices as claim_notices
        from residents.navigation import ITEMS
        from residents.organisations import expiry_reminders
        from residents.organisations import panels as organisations_panels
        from residents.privacy import consents
        from residents.privacy.unmasking import may_see_paper
        from residents.roll import panels as roll_panels
        from residents.roll.households import follow_codes
        from residents.roll.queries import may_see_contract
        from residents.rosters.households_roster import HOUSEHOLDS
        from residents.rosters.residents_roster import RESIDENTS, TENANTS
        from residents.rosters.visits_roster import VISITS

        append_only.register("residents.Visit")
        append_only.register("residents.Unmasking")
        append_only.register("residents.Consent")
        append_only.register("residents.PrivacyNotice")
        append_only.register("residents.ImpactAssessment")
        for roster in (HOUSEHOLDS, RESIDENTS, TENANTS, VISITS, *CARE_ROSTERS):
            rosters.register(roster)
        for kind in claim_notices.notice_kinds():
            notifications.register(kind)
        notifications.register(expiry_reminders.NOTICE)
        registry.register(registry.Name.UNITS_RECODED, follow_codes)
        registry.register(registry.Name.UNIT_PANELS, roll_panels.unit_panel)
        registry.register(registry.Name.UNIT_PANELS, care_panels.unit_panel)
        registry.register(registry.Name.UNIT_PANELS, organisations_panels.unit_panel)
        registry.register(registry.Name.DESK_PANELS, organisations_panels.desk_panel)
        registry.register(registry.Name.DESK_PANELS, consents.desk_panel)
        registry.register(registry.Name.UNIT_PANELS, organisations_panels.coverage_panel)
        registry.register(registry.Name.MAY_SEE_ATTACHMENT, may_see_paper)
        registry.register(registry.Name.MAY_SEE_ATTACHMENT, may_see_contract)
        registry.register(registry.Name.NOTICE_TO_ACCEPT, consents.current_notice)
        registry.register(registry.Name.NOTICE_ACCEPTED, consents.accept)
        navigation.register(ITEMS)
        labels.add(AUDIT_LABELS)
        labels.add_records(
            {
                "residents.person": labels.Records(compared=("name_key",)),
                "residents.household": labels.Records("code", exact=("code",)),
            }
        )
