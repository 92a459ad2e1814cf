"""Imports districts and units from a CSV file."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from orgs.units import csv_import

# Shorter work needs no word on its progress.
QUIET_SECONDS = 2.0


class Command(BaseCommand):
    help = "Imports districts and units from a CSV file; applies nothing if a line is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the CSV file, in UTF-8")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()

        def progress(text: str) -> None:
            seconds = time.monotonic() - started
            if seconds > QUIET_SECONDS:
                self.stdout.write(f"… {text} ({seconds:.0f} s)")

        try:
            with options["file"].open("rb") as stream:
                outcome = csv_import.load(stream, progress=progress)
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        except csv_import.ImportRefused as error:
            raise CommandError("\n".join(map(str, error.problems))) from error
        self.stdout.write(str(outcome))
