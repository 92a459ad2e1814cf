"""Computes runs again and names every row that changed since."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance.assessment.models import Run
from governance.assessment.runs.verification import differences


class Command(BaseCommand):
    help = (
        "Computes a run again (without a number: every run that is computed), compares byte for byte,"
        " and names each row that changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", type=int, nargs="*")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = options["run"]
        rows = Run.objects.select_related("scheme", "district", "rate_rule").order_by("pk")
        runs = {run.pk: run for run in (rows.filter(pk__in=wanted) if wanted else rows)}
        for key in wanted:
            if key not in runs:
                raise CommandError(f"There is no run {key}.")
            if runs[key].computed_at is None:
                raise CommandError(f"Run {key} is still being computed.")
        changed = [run for run in runs.values() if run.computed_at and self._verify(run)]
        if changed:
            names = ", ".join(f"{run.pk} ({run})" for run in changed)
            raise CommandError(f"Not as computed: run {names}")

    def _verify(self, run: Run) -> int:
        """Writes what is not as the run has it; answers how much."""
        found = 0
        for difference in differences(run):
            found += 1
            self.stdout.write(f"Run {run.pk} ({run}): {difference}")
        if not found:
            self.stdout.write(f"Run {run.pk} ({run}) is as it was computed: {run.fingerprint}")
        return found
