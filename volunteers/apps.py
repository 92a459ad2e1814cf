from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

# What the audit calls what this app does.
AUDIT_LABELS = {
    "volunteers.enter-member": _("party member entered on a roster"),
    "volunteers.change-class": _("class of a member changed"),
    "volunteers.transfer-member": _("member transferred"),
    "volunteers.end-membership": _("member taken off the roster"),
    "volunteers.export-members": _("roster of members fetched as Excel"),
    "volunteers.fill-post": _("building post filled"),
    "volunteers.end-post": _("building post ended"),
    "volunteers.choose-role-set": _("posts of a place chosen"),
    "volunteers.export-posts": _("building posts fetched as Excel"),
    "volunteers.assign-links": _("contact of households assigned"),
    "volunteers.export-contacts": _("contacts of households fetched as Excel"),
    "volunteers.end-link": _("contact of a household ended"),
    "volunteers.end-links": _("all contacts of a member ended"),
    "volunteers.forget": _("old records of members and posts deleted"),
    "volunteers.new-role-set": _("set of posts changed"),
    "volunteers.new-link-rule": _("rule of contacts changed"),
}


class VolunteersConfig(AppConfig):
    name = "volunteers"
    verbose_name = _("Service")

    def ready(self) -> None:
        from orgs import registry
        from orgs.audit import labels
        from orgs.db import append_only
        from orgs.imports import rosters
        from orgs.notifications import notifications
        from orgs.web import navigation
        from residents.privacy import purposes
        from volunteers import (
            grants,  # noqa: F401 (fills the table of permissions)
            panels,
        )
        from volunteers.contacts import contacts
        from volunteers.members import queries
        from volunteers.members.members_roster import MEMBERS
        from volunteers.navigation import ITEMS
        from volunteers.posts.rules import ensure_rules
        from volunteers.purposes import USES

        # After migrate and after a test's flush alike: no installation is without sets of posts.
        post_migrate.connect(ensure_rules, sender=self)
        append_only.register("volunteers.RoleSet")
        append_only.register("volunteers.LinkRule")
        notifications.register(contacts.NOTICE)
        rosters.register(MEMBERS)
        purposes.add(USES)
        registry.register(registry.Name.MAY_VISIT_HOUSEHOLD, contacts.may_visit)
        registry.register(registry.Name.PEOPLE_STILL_NEEDED, queries.people_still_needed)
        registry.register(registry.Name.PERSONAL_DATA_OF, queries.own_data)
        registry.register(registry.Name.PERSONAL_DATA_OF_PERSON, queries.own_data_of_person)
        registry.register(registry.Name.PERSONAL_DATA_PARTS, queries.own_data_parts)
        registry.register(registry.Name.UNIT_PANELS, panels.unit_panel)
        registry.register(registry.Name.HOME_PANELS, panels.home_panel)
        navigation.register(ITEMS)
        labels.add(AUDIT_LABELS)
