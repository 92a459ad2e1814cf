from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class OrgsConfig(AppConfig):
    name = "orgs"
    verbose_name = _("Organisation")

    def ready(self) -> None:
        from orgs import grants, signing_in, unit_grants  # noqa: F401 (they fill the tables of permissions and receivers)
        from orgs.append_only import protect

        post_migrate.connect(protect, dispatch_uid="append_only")
