from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# What the audit calls what this app does.
AUDIT_LABELS = {
    "data_forms.add-form": _("blank form sent"),
    "data_forms.choose-fields": _("fields of a form chosen"),
    "data_forms.choose-rows": _("who is listed in a form chosen"),
    "data_forms.answer-cells": _("cells of a form completed"),
    "data_forms.import-answers": _("completed form taken in"),
    "data_forms.delete-form": _("blank form deleted"),
    "data_forms.preview-form": _("form looked at before it was filled"),
    "data_forms.order-form": _("filling of a form ordered"),
    "data_forms.fill-form": _("form filled"),
    "data_forms.fetch-form": _("filled form fetched"),
    "data_forms.forget-forms": _("filled forms deleted"),
    "data_forms.choose-sum": _("what a cell of a form counts chosen"),
    "data_forms.open-number": _("who is behind a number of a form looked at"),
    "data_forms.save-list": _("list saved"),
    "data_forms.choose-list": _("who is listed in a saved list chosen"),
    "data_forms.delete-list": _("saved list deleted"),
    "data_forms.open-list": _("saved list opened"),
    "data_forms.export-list": _("saved list fetched as a workbook"),
    "data_forms.end-form": _("form taken off the catalogue"),
    "data_forms.fill-submission": _("form filled for a community"),
    "data_forms.refill-submission": _("filling anew asked for"),
    "data_forms.consent-handing": _("consent to handing over entered"),
    "data_forms.withdraw-handing": _("consent to handing over withdrawn"),
    "data_forms.order-merged": _("merged copy of a form ordered"),
    "data_forms.merge-collection": _("forms of communities merged"),
    "data_forms.forget-rows": _("rows of forms deleted"),
}


class DataFormsConfig(AppConfig):
    name = "governance.data_forms"
    label = "data_forms"
    verbose_name = _("Forms")

    def ready(self) -> None:
        from governance.data_forms import grants  # noqa: F401 (fills the table of permissions)
        from governance.data_forms.answers import answers, returned_roster
        from governance.data_forms.collections.notifications import KINDS
        from governance.data_forms.enums import CollectionAction, SubmissionAction
        from governance.data_forms.navigation import ITEMS
        from governance.data_forms.purposes import USES
        from governance.data_forms.submissions import own_data
        from orgs import registry
        from orgs.audit import labels
        from orgs.db import append_only
        from orgs.imports import rosters
        from orgs.notifications import notifications
        from orgs.web import navigation
        from residents.privacy import purposes

        purposes.add(USES)
        registry.register(registry.Name.PERSON_ERASED, answers.forget_person)
        registry.register(registry.Name.PERSONAL_DATA_OF, answers.own_data)
        registry.register(registry.Name.PERSONAL_DATA_OF_PERSON, answers.own_data_of_person)
        registry.register(registry.Name.PERSONAL_DATA_PARTS, answers.own_data_parts)
        registry.register(registry.Name.PERSON_ERASED, own_data.forget_person)
        registry.register(registry.Name.PERSONAL_DATA_OF, own_data.own_data)
        registry.register(registry.Name.PERSONAL_DATA_OF_PERSON, own_data.own_data_of_person)
        registry.register(registry.Name.PERSONAL_DATA_PARTS, own_data.own_data_parts)
        navigation.register(ITEMS)
        labels.add(AUDIT_LABELS)
        rosters.register(returned_roster.RETURNED)
        for action in CollectionAction:
            name = f"{action}-collection"
            labels.add({f"data_forms.{name}": action.label, name: action.label})
        for step in SubmissionAction:
            name = f"{step}-submission"
            labels.add({f"data_forms.{name}": step.label, name: step.label})
        for model in ("CollectionEntry", "SubmissionEntry"):
            append_only.register(f"data_forms.{model}")
        for kind in KINDS:
            notifications.register(kind)
