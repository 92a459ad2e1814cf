"""Django's flush, for the demo and for tests only: it empties append-only tables too."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import flush
from django.db import connections

from orgs.db import append_only


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        name = str(connections[options["database"]].settings_dict["NAME"])
        if not (settings.DEMO or name.startswith("test_") or "mode=memory" in name):
            raise CommandError("The audit of this portal is kept: flush works in the demo only.")
        everything = append_only.protected_models()
        using = options["database"]
        with append_only.lifted(*everything, by=None, reason="flush", using=using):
            super().handle(**options)
