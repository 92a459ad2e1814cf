"""`manage.py restore_drill [DIR]`: proves that a backup can be restored, without touching the portal."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from governance.recovery import backups, drill


class Command(BaseCommand):
    help = (
        "Restores a backup (or makes one first) into a scratch database and folder, compares rows "
        "and uploads, and throws both away. The portal may stay in use."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, nargs="?", help="a backup; without it a new one")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"] and options["folder"].resolve()
        try:
            result = drill.drill(folder=folder, now=timezone.now())
        except backups.BackupRefused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(
            f"The drill succeeded: {result.rows} rows of {result.tables} tables and {result.files} "
            f"uploads are equal; {result.protected} append-only tables are protected."
        )
