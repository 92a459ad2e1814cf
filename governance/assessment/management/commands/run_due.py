"""Computes every period that is due, oldest first."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from governance.assessment.runs.due import run_due


class Command(BaseCommand):
    help = "Computes every period of every scheme in force that has no run yet, oldest first."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{run_due(timezone.now())} runs computed")
