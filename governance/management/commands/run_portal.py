"""`make run`: prepares what is missing and runs the portal in the foreground."""

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from governance import running
from orgs.models import District


class Command(BaseCommand):
    help = "Prepares the database, the demo district and static files, then serves the portal."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        port = int(os.environ.get("PORT") or 8000)
        if not running.port_is_free(port):
            raise CommandError(
                f"Port {port} is taken; stop what listens there or choose another: "
                f"make run PORT={port + 1}"
            )
        running.make_folders()
        self.prepare()
        self.greet(port)
        portal = running.Portal(running.commands(port))
        portal.loop()
        if portal.first_to_end:
            raise CommandError(f"{portal.first_to_end} ended by itself; the portal has stopped.")
        self.stdout.write("The portal has stopped.")
        sys.exit(portal.returncode)

    def prepare(self) -> None:
        """Brings the database and the static files up to date."""
        with running.step(self.stdout, "Updating the database"):
            call_command("migrate", verbosity=0)
        if settings.DEMO and not District.objects.exists():
            self.stdout.write("Loading the demo district ...")
            call_command("load_demo")
        stamp = settings.STATIC_ROOT / ".collected"
        print_ = running.static_fingerprint()
        if not stamp.exists() or stamp.read_text() != print_:
            with running.step(self.stdout, "Collecting static files (half a minute)"):
                call_command("collectstatic", interactive=False, clear=True, verbosity=0)
            stamp.write_text(print_)

    def greet(self, port: int) -> None:
        """Where to look, and with which accounts."""
        self.stdout.write(f"\nThe portal is at http://{running.HOST}:{port}  (Ctrl-C stops it)\n")
        if settings.DEMO:
            accounts = running.demo_accounts()
            width = max(map(len, accounts), default=0)
            for username, positions in accounts.items():
                self.stdout.write(f"  {username:<{width}}  {positions}")
            self.stdout.write(f"Password of every account: {settings.DEMO_PASSWORD}\n")
