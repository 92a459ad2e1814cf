"""Computes a run again and names every row that changed since."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance.assessment.models import Run
from governance.assessment.runs.verification import differences


class Command(BaseCommand):
    help = "Computes a run again, compares byte for byte, and names each row that changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Run.objects.select_related("scheme", "district", "rate_rule")
        run = rows.filter(pk=options["run"]).first()
        if run is None:
            raise CommandError(f"There is no run {options['run']}.")
        if run.computed_at is None:
            raise CommandError(f"Run {run.pk} is still being computed.")
        found = 0
        for difference in differences(run):
            found += 1
            self.stdout.write(str(difference))
        if found:
            raise CommandError(f"Run {run.pk} ({run}): {found} differences.")
        self.stdout.write(f"Run {run.pk} ({run}) is as it was computed: {run.fingerprint}")
