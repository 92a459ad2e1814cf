"""`manage.py backup DIR`: database and uploads as of now."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from governance.recovery import backups


class Command(BaseCommand):
    help = "Backs up the database and the uploads into a new folder. The portal may stay in use."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = backups.back_up(folder=options["folder"].resolve(), now=timezone.now())
        except backups.BackupRefused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(
            f"{sum(manifest.tables.values())} rows of {len(manifest.tables)} tables and "
            f"{len(manifest.files)} uploads are in {options['folder']}. The secrets are not: keep "
            "FIELD_KEYS, BLIND_INDEX_KEY and SECRET_KEY in another safe."
        )
