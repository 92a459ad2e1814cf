"""Says whether the audit is as it was sealed, and where it is not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from orgs.audit import seals


class Command(BaseCommand):
    help = "Recomputes the seals of the audit and names the first that does not hold."

    def handle(self, *args: Any, **options: Any) -> None:
        holding, broken = seals.verify()
        if broken:
            raise CommandError(
                f"The chain broke between entries {broken.first_id} and {broken.last_id}: "
                f"{broken.expected} were sealed, {broken.found} are there, and their contents "
                f"{'differ' if broken.expected == broken.found else 'cannot be compared'}. "
                f"The {holding} entries before hold."
            )
        self.stdout.write(f"{holding} sealed entries hold.")
