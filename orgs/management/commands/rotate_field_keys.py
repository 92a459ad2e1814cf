from typing import Any

from django.core.management.base import BaseCommand

from orgs.db.key_rotation import rotate


class Command(BaseCommand):
    """Run it after putting a new key first in FIELD_KEYS; then the old key can be removed."""

    help = "Encrypt all personal data at rest with the newest of FIELD_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        count = rotate(progress=lambda label: self.stdout.write(f"{label} ..."))
        self.stdout.write(f"{count} rows are encrypted with the newest key.")
