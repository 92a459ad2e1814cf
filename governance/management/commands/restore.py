"""`manage.py restore DIR`: database and uploads as they were backed up."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from governance.recovery import backups


class Command(BaseCommand):
    help = (
        "Restores a backup into an empty database and an empty folder of uploads, and proves that "
        "both are equal to it. Stop web, worker and beat first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--force",
            action="store_true",
            help="give up what the database and the uploads hold now",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = backups.restore(
                folder=options["folder"].resolve(), force=options["force"], now=timezone.now()
            )
        except backups.BackupRefused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(
            f"Restored the backup of {manifest.made_at}: {sum(manifest.tables.values())} rows of "
            f"{len(manifest.tables)} tables and {len(manifest.files)} uploads, each equal to the backup."
        )
        call_command("verify_audit", stdout=self.stdout)
        self.stdout.write("Now run manage.py migrate, and start the portal.")
