from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrgsConfig(AppConfig):
    name = "orgs"
    verbose_name = _("Organisation")

    def ready(self) -> None:
        from orgs import grants  # noqa: F401 (fills the table of permissions)
        from orgs.accounts import sign_in  # noqa: F401 (connects the receivers of signing in)
        from orgs.directory.directory import SERVICE_POINTS
        from orgs.imports import rosters
        from orgs.landmarks.landmarks import LANDMARKS
        from orgs.navigation import ITEMS
        from orgs.positions.staff_roster import STAFF
        from orgs.units import grants as units_grants  # noqa: F401 (fills the table of permissions)
        from orgs.web import navigation

        rosters.register(STAFF)
        rosters.register(SERVICE_POINTS)
        rosters.register(LANDMARKS)
        navigation.register(ITEMS)
